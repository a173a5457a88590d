"""Hard-shell suitcase, 380 x 250 x 600 mm with wheels (medium size), pull handle drawn out to 1.00 m. Origin: floor; its front to -Y (glTF +Z)."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

W, D, H, Z0 = .380, .235, .540, .060
root = start("luggage", asset="luggage", domain="hotel")
half = lambda y0, y1: apply(prism(fillet(rect(W, H), .045, 6), y0, y1, .028, n=4), Matrix.Translation((0, 0, Z0 + H / 2)) @ Matrix.Rotation(math.radians(90), 4, "X"))
shell = [assign(half(-D / 2, -.004), "shell_wine"), assign(half(.004, D / 2), "shell_wine")]
zip_ = assign(apply(prism(fillet(rect(W - .012, H - .012), .040, 6), -.005, .005, .001, holes=[fillet(rect(W - .05, H - .05), .03, 4)[::-1]]), Matrix.Translation((0, 0, Z0 + H / 2)) @ Matrix.Rotation(math.radians(90), 4, "X")), "coated_dark")
ribs = [assign(move(box(.016, D + .004, H - .10, .006, 2), x, 0, Z0 + H / 2), "shell_wine") for x in (-.120, -.060, 0, .060, .120)]
grip = [assign(sweep(spline([(-.060, 0, Z0 + H - .004), (-.050, 0, Z0 + H + .022), (.050, 0, Z0 + H + .022), (.060, 0, Z0 + H - .004)], 5), fillet(rect(.020, .010), .004, 2), up=(0, 1, 0)), "rubber")]
rods = [assign(move(cyl(.0065, Z0 + H - .02, .985, .001, 14), x, .080, 0), "alloy_silver") for x in (-.075, .075)]
bar_ = assign(move(box(.185, .030, .028, .010, 3), 0, .080, .990), "plastic_black")
lock = assign(move(box(.020, .060, .045, .005, 2), W / 2 - .002, 0, Z0 + H * .62), "coated_dark")
wheels = []
for x in (-.145, .145):
    for y in (-.080, .080):
        wheels.append(assign(move(box(.050, .050, .026, .008, 2), x, y, Z0 - .004), "plastic_black"))
        for s in (-.012, .012):
            wheels.append(assign(move(spin(cyl(.024, -.007, .007, .002, 18), "y", 90), x + s, y, .024), "rubber"))
        wheels.append(assign(move(box(.012, .016, .034, .003, 1), x, y, .040), "plastic_black"))
node("case", root, (0, 0, 0), join(*shell, zip_, *ribs, *grip, *rods, bar_, lock, *wheels))
anchor("grab", "handle", root, (0, .080, 1.004), z=(0, 0, 1), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.06, ao_samples=32)
