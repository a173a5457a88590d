"""Glass fuse 5 x 20 mm (IEC 60127), F 1 A: tube 5.2 mm, caps 5 mm long, wire inside. Lies along X; origin: middle."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("fuse_link", asset="fuse_link", domain="manufacturing")
tube = assign(spin(lathe([(.0024, -.0060), (.0024, .0060), (.0020, .0060), (.0020, -.0060)], 24, closed=True), "y", 90), "poly_clear")
caps = []
for s in (1, -1):
    c = spin(lathe(fillet([(0, .0050, 0), (.0026, .0050), (.0026, .0100, .0008), (0, .0100, 0)], .0002, 2, False), 24), "y", 90 * s)
    c = join(c, spin(lathe([(.0004, .0046), (.0007, .0050), (0, .0052)], 10), "y", 90 * s))
    caps.append(assign(c, "brass_nickel"))
node("fuse_caps", root, (0, 0, 0), join(*caps))
wire = assign(sweep([(-.0050, 0, 0), (-.0020, .0001, -.0004), (.0020, -.0001, -.0004), (.0050, 0, 0)], circle(.00022, 6)), "copper")
node("fuse_wire", root, (0, 0, 0), wire)
node("tube", root, (0, 0, 0), tube)
anchor("snap", "rest", root, (0, 0, -.0026), z=(0, 0, 1), x=(1, 0, 0), lie="1")
anchor("grab", "hand", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.006)
