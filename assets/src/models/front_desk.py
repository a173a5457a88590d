"""Reception desk, 3.0 m: guests' counter 1.10 m high, 0.30 m deep, staff top 0.78 m high, 0.50 m deep (usual hotel joinery 1050-1150 / 740-780).

Origin: floor under its middle; staff sit at -Y (glTF +Z), guests stand at +Y. Sockets for the devices and trays on the staff top.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

L, TOP, CNT = 3.0, .78, 1.10
root = start("front_desk", asset="front_desk", domain="hotel")
P = []


def blk(x0, x1, y0, y1, z0, z1, mat, r=.003, n=1, **kw):
    P.append(assign(move(box(x1 - x0, y1 - y0, z1 - z0, r, n), (x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2), mat, **kw))


h = L / 2
# guests' side: plinth, stone-clad ends, slatted front with a lit groove, counter
blk(-h + .06, h - .06, .02, .27, 0, .10, "coated_dark")
blk(-h + .02, h - .02, .03, .275, .10, 1.06, "wood_walnut", .003, grain="x")
for k in range(42):
    x = -h + .205 + .0632 * k
    blk(x - .018, x + .018, .27, .296, .12, .99, "wood_walnut", .003, grain="z")
blk(-h + .16, h - .16, .276, .290, 1.006, 1.022, "cove_glow", .001)
for s in (1, -1):
    blk(s * h - (.16 if s > 0 else 0), s * h + (.16 if s < 0 else 0), -.10, .315, 0, 1.06, "stone_dark", .005, 2)
    blk(s * (h - .035) - .035, s * (h - .035) + .035, -.44, -.10, .0, TOP - .03, "wood_walnut", .003, grain="z")
counter = prism(fillet(rect(L + .06, .33), .03, 4), CNT - .04, CNT, .006, n=3)
P.append(assign(move(counter, 0, .195, 0), "stone_cream"))
blk(-h + .01, h - .01, .025, .05, TOP - .03, CNT - .04, "wood_walnut", .002, grain="x")
# staff side: top with a soft edge, drawers, knee space in the middle, cable ducts
top = prism(fillet([(-h + .012, -.45, .02), (h - .012, -.45, .02), (h - .012, .05, .0), (-h + .012, .05, 0)], .01, 3), TOP - .03, TOP, .004, n=2)
P.append(assign(top, "wood_beech", grain="x"))
blk(-h + .03, h - .03, .005, .03, .10, TOP - .03, "coated_grey")
for x0, x1 in ((-1.42, -.90), (.90, 1.42)):
    blk(x0, x1, -.42, .0, .06, TOP - .03, "wood_walnut", .002, grain="z")
    for k, (z0, z1) in enumerate(((.56, .735), (.33, .545), (.07, .315))):
        blk(x0 + .008, x1 - .008, -.436, -.42, z0, z1, "wood_walnut", .003, grain="x")
        blk((x0 + x1) / 2 - .08, (x0 + x1) / 2 + .08, -.450, -.436, z1 - .045, z1 - .033, "brass_satin", .003)
for x in (-.86, .02, .67):
    P.append(assign(move(lathe(fillet([(.026, TOP), (.036, TOP), (.036, TOP + .004), (.026, TOP + .004)], .0012, 1), 24, closed=True), x, .005, 0), "plastic_grey"))
    P.append(assign(move(cyl(.0265, TOP - .004, TOP + .0012, 0, 20), x, .005, 0), "print_black"))


def tray(x, y, w, d, z, mat="plastic_black", rim=.012):
    """Shallow tray."""
    ob = cut(prism(fillet(rect(w, d), .012, 4), 0, rim, .002, n=2), prism(fillet(rect(w - .010, d - .010), .008, 4), .004, .05, 0))
    P.append(assign(move(ob, x, y, z), mat))


TRAY_Y, KEY = -.30, (.44, .535, .63)
tray(-.17, TRAY_Y, .30, .20, TOP, "leather_brown")
tray(.535, -.365, .295, .110, TOP)
tray(.235, -.335, .245, .185, TOP)
P.append(assign(move(box(.003, .17, .010, .001, 1), .235, -.335, TOP + .008), "plastic_black"))
P.append(assign(move(box(.42, .31, .0025, .001, 1), -.38, .195, CNT + .0012), "leather_brown"))     # writing pad for the form
node("desk", root, (0, 0, 0), join(*P))

up = dict(z=(0, 0, 1), x=(1, 0, 0))
turn = math.radians(15)                                   # towards the trainee, who stands to its right
anchor("snap", "pms", root, (-.55, -.17, TOP), z=(0, 0, 1), x=(math.cos(turn), math.sin(turn), 0), accepts="pms_terminal")
for n, x, y in (("reader", .18, -.13), ("encoder", .50, -.13), ("payment", .85, -.17), ("phone", -1.15, -.20)):
    anchor("snap", n, root, (x, y, TOP), **up)
anchor("snap", "bell", root, (1.10, .20, CNT), **up)
for i, x in enumerate(KEY, 1):
    anchor("snap", f"key_card_{i}", root, (x, -.365, TOP + .0042), **up)
for i, x in enumerate((.175, .297), 1):
    anchor("snap", f"folder_{i}", root, (x, -.335, TOP + .0042), **up)
anchor("snap", "form", root, (-.38, .195, CNT + .0026), **up)
anchor("snap", "tray", root, (-.17, TRAY_Y, TOP + .0042), **up)
anchor("snap", "receipt", root, (.80, -.38, TOP), **up)
for i, x in enumerate((-.12, .05, .22), 1):
    anchor("snap", f"document_{i}", root, (x, .20, CNT), **up)
eye, aim = Vector((0, -.95, 1.60)), Vector((0, .75, 1.30))
anchor("view", "staff", root, tuple(eye), z=tuple(eye - aim), x=tuple((eye - aim).cross(Vector((0, 0, -1)))), look="0 1.3 -0.75", fov=62.0)
finish(root, ao=.25, ao_samples=32)
