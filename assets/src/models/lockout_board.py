"""Lockout station (5S shadow board), 0.80 x 0.72 m, for a wall: hooks with outlines for two padlocks, two tags, the mechanical block and the goggles.
Origin: middle of the back; front: -Y. On the anchors +Y is up: what hangs there hangs down from its own origin."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import front, slab

W, H = .80, .72
root = start("lockout_board", asset="lockout_board", domain="manufacturing")
board = assign(front(prism(fillet(rect(W, H), .012, 4), 0, .014, .002)), "paint_yellow")
face = front(decal("lockout_board_face", W - .02, H - .02), 0, -.0143, 0)
rim = assign(front(prism(fillet(rect(W + .024, H + .024), .018, 4), 0, .022, .003, holes=[fillet(rect(W - .004, H - .004), .010, 4)[::-1]])), "paint_red")
PLACES = dict(padlock_1=(-.310, .150), padlock_2=(-.200, .150), tag_1=(-.060, .150), tag_2=(.060, .150), prop=(.215, -.165), goggles=(-.190, -.235))
P = [board, face, rim]


def hook(x, z, reach=.030):
    P.append(assign(front(lathe([(.009, 0), (.009, .002), (.003, .0035), (0, .0035)], 16), x, -.014, z), "zinc"))
    P.append(assign(sweep([(x, -.014, z), (x, -.014 - reach + .004, z), (x, -.014 - reach, z + .005), (x, -.014 - reach, z + .011)], circle(.0021, 8), up=(1, 0, 0)), "zinc"))


for k in ("padlock_1", "padlock_2", "tag_1", "tag_2"):
    hook(*PLACES[k])
x, z = PLACES["prop"]
P.append(assign(slab(x - .045, x + .045, -.085, -.014, z - .004, z, .0012), "zinc"))
P.append(assign(move(cyl(.0078, z, z + .012, .001, 16), x, -.052, 0), "zinc"))
x, z = PLACES["goggles"]
shelf = assign(join(slab(x - .085, x + .085, -.180, -.014, z - .0315, z - .0280, .0015), slab(x - .085, x + .085, -.180, -.176, z - .0280, z - .0160, .001)), "poly_smoke")
node("board", root, (0, 0, 0), join(*P))["no_ao"] = 1
node("shelf", root, (x, -.014, z), shelf)
for k in ("padlock_1", "padlock_2"):
    x, z = PLACES[k]
    anchor("snap", k, root, (x, -.034, z + .0021), z=(0, 0, 1), x=(1, 0, 0), accepts="safety_padlock")
for k in ("tag_1", "tag_2"):
    x, z = PLACES[k]
    anchor("snap", k, root, (x, -.030, z), z=(0, 0, 1), x=(1, 0, 0), accepts="lock_tag")
x, z = PLACES["prop"]
anchor("snap", "prop", root, (x, -.052, z), z=(0, 0, 1), x=(1, 0, 0), accepts="cylinder_prop")
x, z = PLACES["goggles"]
anchor("snap", "goggles", root, (x, -.118, z), z=(0, 0, 1), x=(1, 0, 0), accepts="goggles")
anchor("view", "default", root, (0, -1.0, .08), z=(0, -1, .08), x=(1, 0, 0))
finish(root, ao=.05)
