"""Waste bin for swarf, sheet steel, 0.36 x 0.30 x 0.42 m, open top, two handles; curls of swarf inside. Origin: floor centre."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import front

root = start("bin", asset="bin", domain="manufacturing")
ring = lambda w, d, z, r=.03: [Vector((x, y, z)) for x, y in fillet(rect(w, d), r, 4)]
outer = loft([ring(.300, .240, .004, .02), ring(.304, .244, 0.010, .024), ring(.352, .292, .404), ring(.362, .302, .410), ring(.362, .302, .420), ring(.350, .290, .420), ring(.346, .286, .404), ring(.300, .240, .016, .024)], caps=True)
body = assign(outer, "steel_blue")
lip = assign(sweep([*[(x, y, .417) for x, y in fillet(rect(.360, .300), .03, 4)], (*fillet(rect(.360, .300), .03, 4)[0], .417)], circle(.006, 8)), "steel_blue")
hand = []
for s in (1, -1):
    hand.append(assign(sweep(spline([(s * .172, -.045, .350), (s * .196, -.045, .352), (s * .202, -.036, .353), (s * .202, .036, .353), (s * .196, .045, .352), (s * .172, .045, .350)], 4), circle(.005, 8)), "zinc"))
lab = apply(decal("bin_label", .170, .085), Matrix.Translation((0, -.1372, .250)) @ Matrix.Rotation(math.radians(90 + 3.45), 4, "X"))
swarf = []
seed = 7
for k in range(26):
    seed = (seed * 1103515245 + 12345) % 2147483648
    a, b = (seed % 1000) / 1000, (seed // 1000 % 1000) / 1000
    x, y, r = -.10 + .20 * a, -.075 + .15 * b, .012 + .010 * ((seed // 77) % 10) / 10
    pts = [(x + r * math.cos(t * .8 + k) * (1 - t * .02), y + r * math.sin(t * .8 + k), .16 + .003 * (k % 7) + .0035 * t) for t in range(9)]
    swarf.append(assign(sweep(pts, [(-.003, -.0003), (.003, -.0003), (.003, .0003), (-.003, .0003)]), "turned_alu"))
bed = assign(move(grid(.27, .21, 10, 8), 0, 0, .165), "cast_iron")
for v in bed.data.vertices:
    v.co.z += .010 * math.sin(31 * v.co.x + 1) * math.sin(27 * v.co.y)
node("bin_body", root, (0, 0, 0), join(body, lip, *hand, lab, bed, *swarf))
anchor("snap", "waste", root, (0, 0, .200), z=(0, 0, 1), x=(1, 0, 0))
anchor("grab", "hand", root, (.202, 0, .353), z=(0, 0, 1), x=(0, 1, 0))
finish(root, ao=.15)
