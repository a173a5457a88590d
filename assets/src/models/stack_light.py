"""Signal tower, 70 mm, three lights (red over yellow over green, EN 60073), 0.30 m high on its base. Each light: a dark lens in the body and, just
over it, the lit lens as a node of its own (lamp_red, lamp_yellow, lamp_green): shown when the light is on. Origin: foot, centre."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("stack_light", asset="stack_light", domain="manufacturing")
foot = lathe(fillet([(0, 0, 0), (.030, 0, .002), (.030, .012, .003), (.0135, .024, .006), (.0135, .060), (.030, .066, .003), (.034, .072), (.034, .084), (0, .084, 0)], .001, 2, False), 36)
parts = [assign(foot, "plastic_black")]
Z = .084
lit = []
for name in ("green", "yellow", "red"):
    lens_ = lathe([(.0325, Z), (.0325, Z + .056), (0, Z + .056)], 36)
    parts.append(assign(lens_, "lens_" + name))
    fins = [(.0330 + (.0006 if k % 2 else 0), Z + .001 + .054 * k / 8) for k in range(9)]
    glow = lathe([(.0300, Z + .0005), *fins, (.0300, Z + .0555)], 36)
    lit.append((name, Z, assign(glow, "glow_" + name)))
    parts.append(assign(tube_z(.0300, .0345, Z + .056, Z + .062, .001, 36), "plastic_black"))
    Z += .062
parts.append(assign(lathe(fillet([(.0, Z - .006, 0), (.0345, Z - .006), (.0345, Z + .004, .003), (.030, Z + .012, .006), (0, Z + .014, 0)], .001, 2, False), 36), "plastic_black"))
node("tower", root, (0, 0, 0), join(*parts))
for name, z, ob in lit:
    node("lamp_" + name, root, (0, 0, z), ob)
anchor("snap", "foot", root, (0, 0, 0), z=(0, 0, -1), x=(1, 0, 0))
finish(root, ao=.02)
