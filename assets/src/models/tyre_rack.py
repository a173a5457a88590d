"""Low steel floor stand for two upright wheels (radius 0.351, width 0.225) side by side, outboard faces to the front (+Z).

Two cross tubes carry each tyre; hoops keep it upright. The wheel's mounting face lies 45 mm in front of its middle plane.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

R, WT, ET = .351, .225, .045
PITCH, DX, RT, ZB = .740, .190, .0200, .052         # wheels' spacing, cross tubes off the wheel's middle, tube radius, tube height
AXIS = ZB + math.sqrt((R + RT) ** 2 - DX ** 2)
YF, YB = -(WT / 2 + .030), WT / 2 + .030           # front and back long tubes
root = start("tyre_rack", asset="tyre_rack", domain="auto")
HALF = PITCH / 2 + .340
tubes = []


def bar(a, b, r=.0175, n=16):
    return sweep([a, [(p + q) / 2 for p, q in zip(a, b)], b], circle(r, n), up=(0, 0, 1) if abs(a[2] - b[2]) < .01 else (0, 1, 0))


for y in (YF, YB):
    tubes.append(bar((-HALF, y, .030), (HALF, y, .030)))
for x in (-HALF, HALF):
    tubes.append(bar((x, YF, .030), (x, YB, .030)))
cross = []
for cx in (-PITCH / 2, PITCH / 2):
    for s in (-1, 1):
        x = cx + s * DX
        cross.append(bar((x, YF - .0, ZB), (x, YB + .0, ZB), RT, 18))
    for y, h, w in ((YF, .135, .250), (YB, .330, .230)):        # hoops
        c = [(cx - w, y, .030), (cx - w, y, h - .05), (cx - w + .018, y, h - .012), (cx - w + .06, y, h), (cx, y, h), (cx + w - .06, y, h), (cx + w - .018, y, h - .012), (cx + w, y, h - .05), (cx + w, y, .030)]
        tubes.append(sweep(spline(c, 3), circle(.0125, 12), up=(0, 1, 0)))
sl = [assign(sweep([(cx + k * .09, y, h), (cx + k * .09 + .001, y, h), (cx + (k + 1.6) * .09, y, h)], circle(.0150, 12), up=(0, 0, 1)), "rubber") for cx in (-PITCH / 2, PITCH / 2) for y, h, k in ((YF, .135, -.8), (YB, .330, -.8))]
frame = assign(join(*tubes), "paint_grey")
cross = assign(join(*cross), "zinc")
caps = [assign(move(spin(cyl(.0188, -.006, .004, .002, 16), "y", 90 * s), s * HALF, y, .030), "plastic_black") for s in (-1, 1) for y in (YF, YB)]
feet = [assign(move(cyl(.022, 0, .014, .002, 20), x, y), "rubber") for x in (-HALF + .06, 0, HALF - .06) for y in (YF, YB)]
plate = assign(move(box(.250, .004, .060, .0015), 0, YF - .016, .046), "paint_yellow")
lab = move(spin(decal("tyre_rack_label", .236, .050), "x", 90), 0, YF - .0184, .046)
node("frame", root, (0, 0, 0), join(frame, cross, *caps, *feet, *sl, plate, lab))
for i, cx in enumerate((-PITCH / 2, PITCH / 2), 1):
    anchor("snap", f"wheel_{i}", root, (cx, -ET, AXIS), z=(0, -1, 0), x=(0, 0, 1), accepts="wheel_5x112")
anchor("snap", "rest", root, (0, 0, 0), x=(1, 0, 0))
finish(root, ao=.12)
