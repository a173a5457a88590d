"""Rubber wheel chock 0.17 x 0.10 m, 0.10 m high; the hollow slope towards the front (+Z in the file) meets the tyre."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

W, LEN, H = .100, .170, .100
# side view: u = towards the front, v = up; slope is an arc of a 0.351 m tyre
arc, n = [], 12
u0, v0, u1, v1 = LEN / 2, .012, -.052, H
for k in range(n + 1):
    t = k / n
    sag = .010 * 4 * t * (1 - t)
    u, v = u0 + (u1 - u0) * t, v0 + (v1 - v0) * t
    nx, ny = -(v1 - v0), (u1 - u0)
    ln = math.hypot(nx, ny)
    arc.append((u + nx / ln * sag, v + ny / ln * sag, 0 if 0 < k < n else .004))
outline = fillet([(-LEN / 2, 0, .003), (LEN / 2, 0, .003)] + arc + [(-LEN / 2, .088, .012)], .004, 4)
root = start("wheel_chock", asset="wheel_chock", domain="auto")


def side(ob):
    return apply(ob, Matrix(((0, 0, 1, 0), (-1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1))))


body = prism(outline, -W / 2, W / 2, .0025, n=2, holes=[fillet([(-.058, .022), (.012, .022), (-.040, .066), (-.058, .066)], .008, 4)])
body = assign(side(body), "rubber")
ribs = []
for k in range(1, 7):                     # grip bars across the slope
    a, b = arc[2 * k - 1][:2], arc[2 * k][:2] if k < 6 else arc[11][:2]
    d = Vector((a[0] - b[0], a[1] - b[1])).normalized()
    c, nrm = Vector(a), Vector((-d.y, d.x))
    nrm = nrm if nrm.y > 0 else -nrm
    q = [c + d * .0035 - nrm * .004, c + d * .0022 + nrm * .0030, c - d * .0022 + nrm * .0030, c - d * .0035 - nrm * .004]
    ribs.append(prism([(p.x, p.y) for p in q], -W / 2 + .006, W / 2 - .006, .0005))
ribs = assign(side(join(*ribs)), "rubber")
band = []
for s in (-1, 1):                         # yellow reflective band on both sides
    b = prism(fillet([(-.080, .006), (.070, .006), (.058, .0165), (-.080, .0165)], .002, 2), s * (W / 2 - .0002) - .0006, s * (W / 2 - .0002) + .0006, .0003)
    band.append(b)
    b = prism(fillet([(-.080, .073), (-.043, .073), (-.0525, .083), (-.080, .083)], .002, 2), s * (W / 2 - .0002) - .0006, s * (W / 2 - .0002) + .0006, .0003)
    band.append(b)
band = assign(side(join(*band)), "rubber_yellow")
eye = side(move(tube_z(.0055, .0085, -.004, .004, .001, 20), -LEN / 2 - .004, .052))
eye = assign(eye, "zinc")
cord = hose([(0, .094, .052), (-.012, .100, .040), (-.024, .108, .018), (-.018, .122, .005), (.002, .132, .0046), (.026, .126, .0046), (.036, .112, .012), (.020, .100, .036), (.002, .0935, .056)], .0036, 4, 8)
cord = assign(cord, "rubber_yellow")
node("wheel_chock_body", root, (0, 0, 0), join(body, ribs, band, eye, cord))
anchor("grab", "hand", root, (0, .060, .085), z=(0, .3, 1), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), x=(0, -1, 0))
anchor("tool", "tyre", root, (0, -.030, .045), z=(0, -.55, .84), x=(1, 0, 0))
finish(root, ao=.04)
