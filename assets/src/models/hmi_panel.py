"""Operator panel on its own stand: box 380 x 340 x 110 mm leaning back 12 degrees, display 220 x 130 mm (10 inch class) with its centre at 1.35 m,
below it start, stop, reset (22 mm buttons) and the emergency stop (40 mm mushroom on a yellow plate, EN ISO 13850). Origin: floor centre; front: -Y.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import button, lens, mushroom, part_of, screen, slab

TILT = 12.0
# decal("hmi_labels") decal("screen_blank"): pictures drawn by the build
root = start("hmi_panel", asset="hmi_panel", domain="manufacturing")
lean = Matrix.Translation((0, -.055, 1.300)) @ Matrix.Rotation(math.radians(90 - TILT), 4, "X")
on = lambda ob, x=0.0, y=0.0, z=0.0: apply(move(ob, x, y, z), lean)
spot = lambda x, y, z=0.0: tuple(lean @ Vector((x, y, z)))
IN = tuple(lean.to_3x3() @ Vector((0, 0, -1)))
OUT = tuple(-Vector(IN))

foot = assign(prism(fillet(rect(.42, .42), .02, 3), 0, .010, .002), "coated_dark")
bolts = [assign(move(hex_body(.017, .010, .020, both=False), sx * .17, sy * .17, 0), "zinc") for sx in (1, -1) for sy in (1, -1)]
post = assign(sweep([(0, .02, .010), (0, .02, 1.16)], fillet(rect(.08, .08), .010, 3), up=(0, 1, 0)), "cabinet_grey")
webs = [assign(prism([(0, 0), (.09, 0), (0, .09)], -.004, .004, .0005), "cabinet_grey") for _ in range(4)]
for k, wb in enumerate(webs):
    move(spin(move(spin(wb, "x", 90), .039, 0, .010), "z", 90 * k), 0, .02, 0)
neck = assign(hull(box(.080, .080, .01, 0, 1, at=(0, .02, 1.155)), on(box(.16, .12, .004, 0, 1), 0, -.06, -.112)), "cabinet_grey")
case = prism(fillet(rect(.380, .340), .014, 4), -.110, 0, .003, n=2)
case = assign(on(case), "cabinet_grey")
bezel = assign(on(prism(fillet(rect(.262, .172), .008, 3), 0, .006, .0015, holes=[fillet(rect(.224, .134), .002, 2)[::-1]]), 0, .0505), "plastic_black")
back = assign(on(prism(rect(.228, .138), 0, .0035, .0002), 0, .0505), "print_black")
faces = [on(part_of("hmi_labels", (0, 0, 1024, 380), .364), 0, -.0980, .0004), on(part_of("hmi_labels", (0, 390, 1024, 130), .250), 0, .1500, .0004)]
PLACES = dict(start=(-.130, -.0945), stop=(-.065, -.0945), reset=(.000, -.0945), estop=(.112, -.0985))
fixed, caps = [], {}
for n_, mat in (("start", "lens_green"), ("stop", "plastic_red"), ("reset", "plastic_blue")):
    ring_, cap = button(.0145, mat)
    x, y = PLACES[n_]
    fixed.append(on(ring_, x, y))
    caps[n_] = on(cap, x, y)
plate, head = mushroom()
fixed.append(on(plate, *PLACES["estop"]))
caps["estop"] = on(head, *PLACES["estop"])
cable = assign(hose([(0, .075, 1.20), (0, .10, 1.10), (0, .085, .90), (0, .075, .40), (0, .10, .06), (0, .19, .012)], .010, 5, 8), "cladding")
node("panel", root, (0, 0, 0), join(foot, *bolts, post, *webs, neck, case, bezel, back, *faces, *fixed, cable))
node("screen", root, spot(0, .0505, .004), on(screen(.220, .130), 0, .0505, .004), slot="display", width_m=.220, height_m=.130)
for n_, travel in (("start", .003), ("stop", .003), ("reset", .003), ("estop", .008)):
    b = node(n_, root, spot(*PLACES[n_]), caps[n_], **joint("prismatic", IN, 0, travel))
    anchor("grab", n_, b, spot(*PLACES[n_], .034 if n_ == "estop" else .009), z=OUT, x=(1, 0, 0))
anchor("view", "screen", root, spot(0, .02, .48), z=OUT, x=(1, 0, 0))
anchor("view", "default", root, (.15, -1.1, 1.55), z=(.1, -1.0, .25), x=(1, 0, 0))
finish(root, ao=.06)
