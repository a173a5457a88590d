"""Service bench 1.40 x 0.62 m, 0.90 m high: steel frame, rubber mat with outlined places for the meter, sensors, cables, fuses, tools and a waste
tray, a drawer block, an upright edge, and the tablet with the work order. Origin: floor centre; the user stands at -Y.
PLACES: x to the right, y to the back, from the mat's centre."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import front, screen, slab

L, D, TOP = 1.40, .62, .900
# decal("screen_blank"): drawn by the build
root = start("service_bench", asset="service_bench", domain="manufacturing")
P = []
add = lambda ob, mat, **kw: P.append(assign(ob, mat, **kw))
add(slab(-L / 2, L / 2, -D / 2, D / 2, TOP - .042, TOP - .004, .004, 2), "steel_blue")
for s in (1, -1):
    for y in (-.26, .26):
        add(slab(s * .66 - .025, s * .66 + .025, y - .025, y + .025, .02, TOP - .042, .003), "steel_blue")
        add(move(cyl(.022, 0, .024, .003, 14), s * .66, y, 0), "rubber")
    for z in (.14, TOP - .07):
        add(slab(s * .66 - .02, s * .66 + .02, -.235, .235, z - .02, z + .02, .002), "steel_blue")
for y, z in ((.26, .14), (.26, TOP - .07), (-.26, TOP - .07)):
    add(slab(-.635, .635, y - .02, y + .02, z - .02, z + .02, .002), "steel_blue")
add(slab(-.64, .64, -.24, .24, .162, .170, .001), "coated_grey")
add(slab(.20, .62, -.29, .26, .50, TOP - .044, .004), "steel_blue")
for z0, z1 in ((.515, .625), (.635, .735), (.745, .845)):
    add(slab(.212, .608, -.302, -.288, z0, z1, .003), "door_grey")
    add(slab(.33, .49, -.314, -.302, (z0 + z1) / 2 + .016, (z0 + z1) / 2 + .026, .003), "zinc")
add(slab(-.56, -.20, -.16, .18, .171, .36, .010, 2), "plastic_grey")
add(slab(-L / 2, L / 2, D / 2 - .020, D / 2, TOP - .004, TOP + .070, .003), "steel_blue")
add(slab(-L / 2 + .012, L / 2 - .012, -D / 2 + .008, D / 2 - .024, TOP - .004, TOP, .001), "rubber_grey")
MY = -.008
P.append(move(decal("service_bench_places", 1.36, .5667), 0, MY, TOP + .0006))
PLACES = dict(laptop=(-.480, .120), meter=(-.115, .105), sensor_1=(.000, .165), sensor_2=(.098, .165), sensor_3=(.196, .165), sensor_old=(.294, .165), cable_new=(.105, -.020), cable_old=(.340, -.020),
              fuse_new=(.465, .165), fuse_old=(.565, .165), cloth=(.235, -.205), screwdriver=(-.240, -.205), gap_gauge=(-.010, -.205), chip=(.545, .030), pallet=(.532, -.175))
X, Y = PLACES["chip"]
add(move(lathe(fillet([(0, TOP + .001, 0), (.0420, TOP + .001), (.0475, TOP + .022, .0004), (.0462, TOP + .022, .0004), (.0408, TOP + .0024), (0, TOP + .0024, 0)], .002, 1, False), 32), X, MY + Y, 0), "steel")
for k in ("fuse_new", "fuse_old"):
    X, Y = PLACES[k]
    add(move(prism(fillet(rect(.052, .032), .004, 3), TOP, TOP + .009, .001, holes=[fillet(rect(.042, .022), .003, 2)[::-1]]), X, MY + Y, 0), "plastic_green" if k == "fuse_new" else "plastic_red")
tab = Matrix.Translation((-.520, MY - .160, TOP + .001))  # before the meter its leads lie rolled up
tablet = prism(fillet(rect(.262, .186), .012, 4), 0, .011, .002, n=2)
P.append(apply(assign(tablet, "plastic_black"), tab))
node("bench", root, (0, 0, 0), join(*P))
node("sheet", root, tuple(tab @ Vector((0, 0, .0114))), apply(move(screen(.240, .165), 0, 0, .0114), tab), slot="display", width_m=.240, height_m=.165)
for k, (X, Y) in PLACES.items():
    anchor("snap", k, root, (X, MY + Y, TOP + (.0024 if k in ("chip",) else .001)), z=(0, 0, 1), x=(1, 0, 0), lie="1")
anchor("view", "top", root, (0, -.62, 1.62), z=(0, -.55, .72), x=(1, 0, 0))
anchor("view", "sheet", root, (-.520, -.43, 1.32), z=(0, -.26, .42), x=(1, 0, 0))
finish(root, ao=.10)
