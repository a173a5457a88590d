"""Lectern for the work order: weighted foot, post, plate tilted 35 degrees, lip edge 1.02 m, top edge about 1.20 m. Origin: floor centre."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

TILT = 35.0
root = start("order_stand", asset="order_stand", domain="auto")
foot = lathe(fillet([(0, 0, 0), (.185, 0, .002), (.185, .010, .004), (.060, .022, .010), (.034, .040, .006), (.030, .060, .002), (0, .060, 0)], .003, 2, False), 40)
foot = assign(foot, "paint_grey")
ringf = assign(tube_z(.172, .186, 0, .004, .0012, 40), "rubber")
post = assign(lathe([(.0225, .030), (.0225, .075), (.0225, .200), (.0225, .800), (.0225, 1.020), (.0225, 1.070)], 28), "steel")
collar = assign(lathe(fillet([(.0220, .985), (.0290, .985), (.0290, 1.035), (.0220, 1.035)], .002, 2), 28, closed=True), "plastic_black")
knob = assign(move(spin(cyl(.014, .026, .048, .003, 20, 2), "x", -90), 0, 0, 1.010), "plastic_black")
plate = prism(fillet(rect(.270, .360), .014, 4), 0, .004, .0012)
lip = [move(box(.262, .004, .020, .0015, 1), 0, -.178, .012), move(box(.004, .080, .012, .0015, 1), -.1335, -.140, .008), move(box(.004, .080, .012, .0015, 1), .1335, -.140, .008)]
stiff = [move(box(.040, .200, .018, .003, 1), 0, 0, -.009)]
top = Matrix.Translation((0, 0, 1.100)) @ Matrix.Rotation(math.radians(TILT), 4, "X")
tilt = lambda o: apply(o, top)
plate = assign(tilt(join(plate, *lip)), "paint_blue")
stiff = assign(tilt(stiff[0]), "paint_grey")
head = assign(hull(move(cyl(.0240, 1.040, 1.056, .002, 24), 0, 0, 0), tilt(move(box(.036, .060, .004, 0), 0, 0, -.016))), "paint_grey")
lab = tilt(move(decal("order_stand_label", .120, .020), 0, -.1545, .0042))
node("stand", root, (0, 0, 0), join(foot, ringf, post, collar, knob, plate, stiff, head, lab))
p = top @ Vector((0, -.006, .0042))
anchor("snap", "work_order", root, tuple(p), z=tuple((top.to_3x3() @ Vector((0, 0, 1)))), x=(1, 0, 0), lie="1", accepts="work_order")
anchor("snap", "rest", root, (0, 0, 0), x=(1, 0, 0))
v = top @ Vector((0, 0, .55))
anchor("view", "order", root, tuple(v), z=tuple((top.to_3x3() @ Vector((0, 0, 1)))), x=(1, 0, 0))
finish(root, ao=.06)
