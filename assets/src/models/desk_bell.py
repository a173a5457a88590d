"""Desk bell, dome of 85 mm diameter, 60 mm high, with a button on top that goes down 4 mm. Origin: middle of its foot."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("desk_bell", asset="desk_bell", domain="hotel")
base = assign(lathe(fillet([(0, 0, 0), (.046, 0, .002), (.048, .006, .002), (.040, .013, .004), (0, .013, 0)], .001, 1, False), 30), "wood_walnut")
dome = [(.0425 * math.cos(a), .0165 + .030 * math.sin(a)) for a in [math.radians(4 + 80 * k / 9) for k in range(10)]]
shell = assign(lathe(fillet([(.0385, .0165), (.0425, .0160), *dome, (.006, .0472), (.006, .0440)], .0004, 1, False), 30), "brass_satin")
node("bell", root, (0, 0, 0), join(base, shell))
knob = assign(lathe(fillet([(0, .0440, 0), (.0035, .0440), (.0035, .053), (.0075, .0545, .002), (.0070, .0595, .003), (0, .0605, 0)], .0006, 2, False), 24), "brass_satin")
node("button", root, (0, 0, .050), knob, **joint("prismatic", (0, 0, -1), 0, .004))
anchor("grab", "button", root, (0, 0, .0605), z=(0, 0, 1), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.02, ao_samples=32)
