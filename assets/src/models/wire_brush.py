"""Hub-face wire brush, 0.22 m, beech handle, brass wire. Origin: middle of the bristles' ends, bristles towards -Y in the file."""
import math, os, random, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

LB, H = .085, .022                       # bristle field length, free wire length
root = start("wire_brush", asset="wire_brush", domain="auto")
# handle along the back (+Y in Blender); top view half outline, thickness by loft
keys = [(-.050, .006, .010, .030), (-.0485, .0115, .007, .033), (-.044, .0145, .0055, .0345), (0, .0152, .0050, .0350), (.040, .0148, .0050, .0350), (.056, .0125, .0055, .0345),
        (.072, .0095, .0065, .0350), (.100, .0108, .0070, .0390), (.135, .0122, .0075, .0425), (.158, .0115, .0080, .0440), (.168, .0090, .0095, .0430), (.171, .0050, .0120, .0405)]
secs = []
for y, w, th, z in stations(keys, 2):     # y, half width, margin, height of the top
    zb, zt = z - .0165 + (th - .005) * .9, z + .002 - (th - .005) * .6
    r = min(w, (zt - zb) / 2) * .62
    sec = fillet([(-w, zb), (w, zb), (w, zt), (-w, zt)], r, 4)
    secs.append([Vector((x, y, q)) for x, q in sec])
wood = assign(loft(secs), "wood_beech", grain="y")
rnd = random.Random(7)
tufts = []
for i in range(10):
    for j in range(4):
        x0, y0 = -.0096 + .0064 * j, -LB / 2 + LB * (i + .5) / 10
        dx, dy = x0 * .16 + rnd.uniform(-.0010, .0010), y0 * .05 + rnd.uniform(-.0012, .0012)
        z1 = rnd.uniform(-.0004, .0006)
        n = 6
        a = rnd.uniform(0, 6)
        ring_ = lambda r, z, ox, oy, jag=0: [Vector((x0 + ox + r * math.cos(math.tau * k / n + a), y0 + oy + r * math.sin(math.tau * k / n + a), z + (jag if k % 2 else 0))) for k in range(n)]
        tufts.append(loft([ring_(.0017, H + .001, 0, 0), ring_(.0027, H * .5, dx * .4, dy * .4), ring_(.0040, z1 + .0015, dx, dy, .0010), ring_(.0027, z1 + .0003, dx, dy, .0012)]))
tufts = assign(join(*tufts), "wire_brass", grain="z")
plate = assign(move(box(.027, LB + .004, .0016, .0006, 1), 0, 0, H + .0005), "coated_dark")
hole = [assign(move(spin(cyl(.0035, -.0128, .0128, .0004, 16), "y", 0), 0, .158, .036), "print_black")]
ferr = assign(move(tube_z(.0033, .0052, -.0093, .0093, .0006, 20), 0, .157, .0365), "brass")
lab = move(spin(decal("brush_label", .050, .0125), "z", 90), 0, .005, .0372)
remove(*hole)
node("wire_brush_body", root, (0, 0, 0), join(wood, tufts, plate, ferr, lab))
anchor("tool", "bristles", root, (0, 0, 0), z=(0, 0, -1), x=(0, 1, 0))
anchor("grab", "hand", root, (0, .120, .034), z=(0, 0, 1), x=(0, -1, 0))
anchor("snap", "rest", root, (0, .061, 0), z=(0, 0, 1), x=(0, 1, 0))
finish(root, ao=.025)
