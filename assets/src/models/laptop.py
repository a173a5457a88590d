"""Engineering laptop, 330 x 230 x 22 mm closed, open to 105 degrees, display 290 x 165 mm. Origin: middle of the foot; the user sits at -Y."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import screen

# decal("screen_blank"): drawn by the build
root = start("laptop", asset="laptop", domain="manufacturing")
OPEN = 105.0
base = assign(prism(fillet(rect(.330, .230), .012, 4), .002, .018, .002, n=2), "coated_dark")
feet = [assign(move(cyl(.007, 0, .003, .0008, 12), sx * .14, sy * .09, 0), "rubber") for sx in (1, -1) for sy in (1, -1)]
keys = move(decal("laptop_keys", .298, .190), 0, -.004, .0183)
hinge = [assign(move(spin(cyl(.006, -.025, .025, .001, 14), "y", 90), s * .10, .112, .0185), "plastic_black") for s in (1, -1)]
node("base", root, (0, 0, 0), join(base, *feet, keys, *hinge))
lid = assign(prism(fillet(rect(.330, .222, 0, .113), .010, 4), -.004, .004, .0015, n=2), "coated_dark")
rim = assign(prism(fillet(rect(.322, .214, 0, .113), .008, 3), .004, .0046, .0002, holes=[rect(.292, .167, 0, .117)[::-1]]), "plastic_black")
glass = assign(prism(rect(.2925, .1675, 0, .117), .0038, .0042, 0), "print_black")
up = Matrix.Translation((0, .112, .0185)) @ Matrix.Rotation(math.radians(180 - OPEN), 4, "X")
n = node("lid", root, (0, .112, .0185), apply(join(lid, rim, glass), up))
node("screen", n, tuple(up @ Vector((0, .117, .0044))), apply(move(screen(.290, .165), 0, .117, .0044), up), slot="display", width_m=.290, height_m=.165)
anchor("grab", "hand", root, (0, -.115, .01), z=(0, -1, 0), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
anchor("view", "screen", root, (0, -.38, .30), z=(0, -.50, .18), x=(1, 0, 0))
finish(root, ao=.03)
