"""Insulated slotted screwdriver 0.6 x 3.5 x 100 mm, 1000 V (IEC 60900): handle 104 mm, whole 204 mm. Along X, blade to +X; origin: middle of the handle."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("screwdriver", asset="screwdriver", domain="manufacturing")
ax = lambda o: spin(o, "y", 90)
core = assign(ax(lathe(fillet([(0, -.052, 0), (.0085, -.052, .003), (.0112, -.046, .004), (.0118, -.030, .01), (.0100, .012, .01), (.0075, .026, .006), (.0068, .034, .002), (.0110, .040, .002), (.0110, .044, .001), (.0052, .051, .002), (0, .051, 0)], .001, 2, False), 28)), "plastic_red")
soft = []
for k in range(6):
    f = sweep([(-.044, 0, .0092), (-.030, 0, .0104), (-.008, 0, .0098), (.014, 0, .0078)], [(.0026 * math.cos(t), .0022 * math.sin(t)) for t in [math.tau * i / 10 for i in range(10)]], scale=lambda t: .45 + .55 * math.sin(math.pi * min(1, .12 + .86 * t)))
    soft.append(spin(assign(f, "plastic_yellow"), "x", 60 * k))
sleeve = assign(ax(cyl(.0031, .050, .136, .0004, 18)), "plastic_red")
tip = loft([[Vector((x, y, z)) for y, z in fillet(rect(w, t), min(w, t) * .3, 2)] for x, w, t in ((.134, .0035, .0035), (.141, .0035, .0033), (.149, .0036, .0016), (.152, .0035, .0006))])
tip = assign(tip, "steel")
mark = assign(move(text("1000 V", .0058, .0003), -.030, 0, .01165), "print_white")
node("tool", root, (0, 0, 0), join(core, *soft, sleeve, tip, mark))
anchor("tool", "tip", root, (.152, 0, 0), z=(1, 0, 0), x=(0, 1, 0))
anchor("grab", "hand", root, (-.010, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, -.0125), z=(0, 0, 1), x=(1, 0, 0), lie="1")
finish(root, ao=.015)
