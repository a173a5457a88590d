"""Magnetic steel parts tray 0.24 x 0.135 x 0.034 m, five ringed places for wheel nuts and one for the valve cap."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("parts_tray", asset="parts_tray", domain="auto")


def loop(dx, z, r):
    return [Vector((x, y, z)) for x, y in fillet(rect(.240 - 2 * dx, .135 - 2 * dx), r, 7)]


FL = .0075
pan = loft([loop(.016, .0040, .026), loop(.0135, .0048, .027), loop(.0060, .0270, .030), loop(.0040, .0305, .031), loop(.0012, .0322, .032), loop(0, .0335, .033),
            loop(.0010, .0345, .032), loop(.0030, .0335, .031), loop(.0052, .0310, .030), loop(.0078, .0270, .029), loop(.0150, .0095, .026), loop(.0185, FL, .024), loop(.024, FL, .020)], caps=True)
assign(pan, "brushed")
base = prism(fillet(rect(.190, .088), .020, 6), 0, .0055, .0012)
assign(base, "rubber")
PLACES = [(-.078, .022), (0, .022), (.078, .022), (-.042, -.024), (.036, -.024)]
CAP = (.083, -.026)
rings = [move(lathe(fillet([(.0158, FL - .0005), (.0190, FL - .0005), (.0184, FL + .0016), (.0164, FL + .0016)], .0005, 1), 18, closed=True), x, y, 0) for x, y in PLACES]
rings.append(move(lathe(fillet([(.0072, FL - .0005), (.0100, FL - .0005), (.0095, FL + .0014), (.0077, FL + .0014)], .0005, 1), 20, closed=True), *CAP, 0))
rings = assign(join(*rings), "brushed")
discs = [move(cyl(.0156, FL - .0008, FL + .0003, .0001, 18), x, y, 0) for x, y in PLACES] + [move(cyl(.0070, FL - .0008, FL + .0003, .0001, 16), *CAP, 0)]
discs = assign(join(*discs), "foam_black")
node("parts_tray_body", root, (0, 0, 0), join(pan, base, rings, discs))
for i, (x, y) in enumerate(PLACES, 1):
    anchor("snap", f"nut_{i}", root, (x, y, FL + .0003), x=(1, 0, 0), accepts="wheel_nut")
anchor("snap", "valve_cap", root, (*CAP, FL + .0003), x=(1, 0, 0), accepts="valve_cap")
anchor("grab", "hand", root, (0, -.062, .030), z=(0, -.3, 1), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), x=(1, 0, 0))
finish(root, ao=.03)
