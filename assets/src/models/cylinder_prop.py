"""Mechanical block for the raised stop: a red half collar of aluminium, 40 mm high, that is pushed over the rod between cylinder and stop head,
with a spring clip and a handle. Bore 17 mm for a rod of 16 mm. Origin: middle of its foot on the cylinder; open to +Y (away from the user)."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import front, slab

root = start("cylinder_prop", asset="cylinder_prop", domain="manufacturing")
arc = lambda r, a0, a1, n=14: [(r * math.cos(math.radians(a0 + (a1 - a0) * i / n)), r * math.sin(math.radians(a0 + (a1 - a0) * i / n))) for i in range(n + 1)]
shell = prism(arc(.0185, 145, 395, 24) + [(.0085, .0150), (.0085, .0030)] + arc(.0085, 0, -180, 14) + [(-.0085, .0150)], 0, .040, .0008)
shell = assign(shell, "paint_red")
handle = assign(sweep(spline([(-.012, -.012, .0075), (-.012, -.034, .0075), (-.008, -.041, .0075), (.008, -.041, .0075), (.012, -.034, .0075), (.012, -.012, .0075)], 4), circle(.0032, 10)), "steel")
face = controls.round_decal("cylinder_prop_label", .01872, .0150, .0385, -146, -34, n=16)
node("prop", root, (0, 0, 0), join(shell, handle, face))
anchor("grab", "hand", root, (0, -.041, .0075), z=(0, -1, 0), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.015)
