"""Front-left disc brake corner, floating single-piston caliper, 5x112, M14x1.5 studs, 21 mm nuts.

Built with the axle along local Z (outboard +Z), rotated so that outboard is +X.
    tools/assets build brake_corner_fl
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

PCD, R = 0.056, 0.150                    # bolt circle radius, disc radius; disc 26.0 mm thick, lining 11.0 mm
HAT = 0.040                              # wheel mounting face
PIN = (0.128, 0.080)                     # guide pins at radius x, tangent +-y
AX = Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1)))   # local z -> +X, y -> +Z


def ax(p):
    return tuple(AX @ Vector(p))


def put(name, parent, ob, at=(0, 0, 0), **extras):
    return node(name, parent, ax(at), apply(ob, AX), **extras)


def at(ob, x=0, y=0, z=0):
    return move(ob, x, y, z)


root = start("brake_corner_fl", asset="brake_corner_fl", domain="auto")

# --- disc: two friction rings, curved vanes, hat with stud holes ---------------------------
outer = lathe(fillet([(.0335, .033, .0006), (.0335, HAT, .0006), (.079, HAT, .004), (.0835, .016, .002), (.0935, .0115, .002),
                      (.0945, .013, .0005), (R, .013, .0012), (R, .0052, .0008), (.088, .0052, .003), (.078, .0075, .004),
                      (.0735, .033, .003)], .001, 3), 128, closed=True)
inner = lathe(fillet([(.0925, -.013), (.0925, -.0052), (R, -.0052), (R, -.013)], .001, 2), 128, closed=True)
arc = [(.098 + .0097 * k, -.16 * (k / 5) ** 1.3) for k in range(6)]
arc += [(r, a + .0045 / r) for r, a in reversed(arc)]
vane = loft([[(r * math.cos(a), r * math.sin(a), z) for r, a in arc] for z in (-.0056, .0056)], caps=False)
outer = cut(outer, *[spin(at(cyl(.0078, .02, .05, 0, 24), PCD), "z", 72 * i) for i in range(5)],
            spin(at(cyl(.0042, .02, .05, 0, 16), PCD), "z", 36))
disc = join(outer, inner, ring(vane, 37))
assign(disc, "coated_grey")
swept = lambda p: .0955 < math.hypot(p.center.x, p.center.y) < .1488 and abs(p.center.z) > .0120
assign(disc, "machined", swept)

# --- hub with wheel studs -------------------------------------------------------------------
hub = lathe(fillet([(0, -.05, 0), (.030, -.05, .001), (.030, -.016, .003), (.046, -.012, .004), (.050, .020, .005), (.0725, .0225, .0015),
                    (.0725, .033, .0008), (.0325, .033, .001), (.0325, .050, .0015), (.028, .050, .001), (.0265, .044, .002), (0, .044, 0)],
                   .001, 2, closed=False), 80)
assign(hub, "steel")
stud = join(cyl(.007, .033, .040, .0003, 24), at(thread(.014, .040, .080, .0015, 14)), lathe(fillet([(0, .080, 0), (.0058, .080), (.0052, .085), (0, .085, 0)], .001, 2, False), 20))
assign(stud, "zinc")
hub = join(hub, ring(at(stud, PCD), 5))
cap = lathe(fillet([(.0262, .0440, 0), (.0262, .0530, .003), (.017, .0550, .002), (.015, .0535, .001), (0, .0535, 0)], .002, 3, False), 64)
assign(cap, "zinc")
hub = join(hub, cap)

# --- steering knuckle -----------------------------------------------------------------------
def boss(x, y, z0, z1, r):
    return at(cyl(r, z0, z1, .001, 32), x, y)
kn = [cyl(.052, -.062, -.020, .002, 64),
      hull(boss(0, 0, -.060, -.035, .045), boss(0, .115, -.075, -.050, .022)),
      hull(boss(0, .105, -.078, -.050, .020), boss(0, .200, -.085, -.050, .019)),
      hull(boss(0, 0, -.060, -.030, .045), boss(.0, -.125, -.062, -.040, .022)),
      hull(boss(0, 0, -.060, -.030, .040), boss(-.115, -.035, -.062, -.040, .016)),
      hull(boss(0, 0, -.062, -.040, .040), boss(.084, .060, -.062, -.048, .015)),
      hull(boss(0, 0, -.062, -.040, .040), boss(.084, -.060, -.062, -.048, .015)),
      boss(.084, .060, -.064, -.0475, .0145), boss(.084, -.060, -.064, -.0475, .0145),
      boss(0, -.125, -.075, -.035, .024), boss(-.115, -.035, -.070, -.036, .0175)]
kn = cast(kn, [cyl(.040, -.1, 0, 0), boss(0, .200, -.1, 0, .0075), boss(0, .165, -.1, 0, .0075),
               boss(0, -.125, -.1, 0, .009), boss(-.115, -.035, -.1, 0, .008)], voxel=.0018, smooth=7, tris=7000)
assign(kn, "cast_iron")
put("knuckle", root, kn)
shield = prism(fillet(sector(.058, .158, 42, 318, 56), .006), -.0225, -.0213, .0004)
lip = lathe([(.1575, -.0225), (.1592, -.0215), (.1592, -.012), (.1582, -.012), (.1575, -.021)], 96, closed=True)
delete_faces(lip, lambda c: abs(math.degrees(math.atan2(c.y, c.x))) < 42.5)
shield = join(shield, lip)
assign(shield, "coated_dark")
put("splash_shield", root, shield)
hub_node = put("hub", root, hub, **joint("revolute", (1, 0, 0), -1e9, 1e9))
put("disc", root, disc, at=(0, 0, 0), grab="two_hand")

# --- caliper bracket ------------------------------------------------------------------------
br = [prism(sector(.082, .112, -46, 46, 24), -.0475, -.036, .001)]
for s in (1, -1):
    arm = lambda r0, r1, a0, a1, z0, z1: prism(sector(r0, r1, min(s * a0, s * a1), max(s * a0, s * a1), 8), z0, z1, .001)
    br += [arm(.1, .150, 31, 40, -.0475, -.0155), arm(.1535, .1655, 30, 38, -.0475, .0320), arm(.0985, .160, 31, 37.5, .0155, .0320),
           boss(PIN[0], s * PIN[1], -.046, -.016, .0135), boss(.084, s * .060, -.0475, -.034, .0155),
           arm(.082, .160, 34, 43, -.0475, -.034)]
br.append(prism(sector(.0868, .0995, -37, 37, 24), .0185, .0290, .001))
br = cast(br, [boss(PIN[0], s * PIN[1], -.08, -.02, .0052) for s in (1, -1)], voxel=.0012, smooth=4, tris=7000)
assign(br, "cast_iron")
bracket = put("caliper_bracket", root, br, at=(.084, 0, -.0475), grab="one_hand")

# --- pads -----------------------------------------------------------------------------------
def pad(side):
    lining = prism(fillet(sector(.0985, .1475, -25.5, 25.5, 20), .004), .0133, .0243, .0008)
    lining = cut(lining, at(box(.08, .0028, .02, 0), .125, 0, .0135))
    for v in lining.data.vertices:        # chamfered leading and trailing edges
        v.co.z = max(v.co.z, .0133 + max(0, abs(v.co.y) - .045) * .35)
    assign(lining, "friction")
    back = prism(fillet(sector(.0965, .1495, -27, 27, 20), .004), .0243, .0297, .0006)
    ears = [spin(at(box(.016, .014, .0052, .0008), .125, 0, .0270), "z", s * 29.2) for s in (1, -1)]
    assign(join(back, *ears), "pad_backing")
    shim = prism(fillet(sector(.1, .1465, -23, 23, 20), .004), .0297, .0305, .0003)
    assign(shim, "steel")
    p = join(lining, back, shim)
    return p if side > 0 else spin(p, "x", 180)
put("pad_outer", root, pad(1), at=(.124, 0, .0297), grab="one_hand", slot="pad")
put("pad_inner", root, pad(-1), at=(.124, 0, -.0297), grab="one_hand", slot="pad")

# --- caliper body ---------------------------------------------------------------------------
cb = [at(cyl(.0345, -.098, -.041, .003, 64), .123), at(cyl(.030, -.102, -.09, .004, 64), .123),
      prism(sector(.1535, .1755, -21.5, 21.5, 24), -.080, .048, .002),
      prism(sector(.118, .1755, -20, 20, 24), -.088, -.046, .002),
      prism(sector(.101, .1755, -21.5, -4.5, 12), .0325, .0490, .002), prism(sector(.101, .1755, 4.5, 21.5, 12), .0325, .0490, .002),
      prism(sector(.134, .1755, -20, 20, 24), .0325, .0490, .002)]
for a in (-15, -5, 5, 15):
    cb.append(prism(sector(.170, .1785, a - 1.6, a + 1.6, 4), -.070, .040, .001))
for s in (1, -1):
    cb += [hull(boss(PIN[0], s * PIN[1], -.072, -.0605, .0125), at(box(.03, .01, .0115, 0), .130, s * .025, -.0662))]
cb += [at(spin(cyl(.0075, 0, .02, .001, 24), "y", 90), .150, .022, -.088), boss(.112, -.020, -.112, -.09, .0095)]
cuts = [at(box(.04, .034, .030, 0), .172, 0, .000), at(cyl(.0275, -.06, -.03, 0, 64), .123)] + [boss(PIN[0], s * PIN[1], -.1, -.05, .0045) for s in (1, -1)]
cb = cast(cb, cuts, voxel=.0011, smooth=5, tris=11000)
assign(cb, "paint_red")
name = text("AXION 57", .014, .0012)
assign(name, "print_white")
name = at(spin(name, "z", -90), .1475, 0, .0492)
piston = at(lathe(fillet([(.0265, -.07), (.0265, -.0313), (.0205, -.0313), (.0205, -.06), (0, -.06, 0), (0, -.07, 0)], .0012, 2, False), 64), .123)
assign(piston, "chrome")
boot = at(lathe(fillet([(.0272, -.0445), (.0335, -.043), (.031, -.0405), (.0335, -.038), (.0272, -.036)], .0008, 2), 64, closed=True), .123)
assign(boot, "rubber")
cal = put("caliper", root, join(cb, name), at=(PIN[0], -PIN[1], -.05), grab="two_hand", **joint("revolute", (1, 0, 0), 0, 75))
put("piston", cal, join(piston, boot), at=(.123, 0, -.0313), **joint("prismatic", (-1, 0, 0), 0, .03))
bleed = join(hex_body(.011, 0, .006, 0), cyl(.0035, -.008, .016, .0005, 20), lathe(fillet([(0, .016, 0), (.0045, .016), (.0045, .019), (.0028, .024), (0, .024, 0)], .001, 2, False), 20))
assign(bleed, "zinc_yellow")
put("bleed_screw", cal, at(spin(bleed, "y", 90), .172, .022, -.088), at=(.172, .022, -.088), tool="spanner_11")
for i, s in enumerate((-1, 1), 1):
    b = at(hex_bolt(.008, .024, .013, .00125), PIN[0], s * PIN[1], -.072)
    assign(b, "zinc")
    put(f"guide_bolt_{i}", cal, b, at=(PIN[0], s * PIN[1], -.072), tool="socket_13")
    pin = boss(PIN[0], s * PIN[1], -.0605, -.030, .0048)
    assign(pin, "zinc")
    bel = at(lathe([(.0050, -.060)] + [(.0085 + .0014 * (k % 2), -.0595 + .0018 * k) for k in range(8)] + [(.0050, -.0462)], 28), PIN[0], s * PIN[1])
    assign(bel, "rubber")
    put(f"guide_pin_{i}", bracket, join(pin, bel), at=(PIN[0], s * PIN[1], -.05))
    m = at(hex_bolt(.012, .026, .018, .00175), .084, s * .060, -.064)
    assign(m, "black_oxide")
    put(f"bracket_bolt_{i}", root, m, at=(.084, s * .060, -.064), tool="socket_18")
h = hose([(.112, -.020, -.114), (.112, -.020, -.124), (.098, -.010, -.138), (.050, .045, -.150), (-.02, .10, -.145), (-.05, .17, -.13)], .0052, 8, 14)
assign(h, "rubber")
banjo = join(at(tube_z(.0055, .0098, -.119, -.110, .0008), .112, -.020), at(hex_bolt(.010, .012, .014, .001), .112, -.020, -.119))
assign(banjo, "zinc")
put("brake_hose", cal, join(h, banjo), at=(.112, -.020, -.114))

# --- lug nuts: five nodes, one mesh -----------------------------------------------------------
def lug():
    cone = lathe(fillet([(.0064, 0), (.0085, 0), (.0128, .0072), (.0128, .0095), (.0064, .0095)], .0005, 2), 40, closed=True)
    return join(hex_body(.021, .009, .030, .0064), cone)
first = None
for i in range(5):
    a = math.radians(72 * i)
    p = (PCD * math.cos(a), PCD * math.sin(a), HAT - .0045)
    ex = dict(tool="socket_19", thread="M14x1.5", removable=1, order=[1, 3, 5, 2, 4][i])
    if first is None:
        n = at(lug(), *p)
        assign(n, "zinc")
        first = put("lug_nut_1", root, n, at=p, **ex)
    else:
        instance(f"lug_nut_{i + 1}", first, root, ax(p), **ex)
    anchor("snap", f"stud_{i + 1}", hub_node, ax((p[0], p[1], .085)), z=(1, 0, 0), accepts="lug_nut")
anchor("snap", "wheel", hub_node, ax((0, 0, HAT)), z=(1, 0, 0), accepts="wheel_5x112")
anchor("grab", "caliper", cal, ax((.165, 0, -.06)), z=(0, 1, 0))
anchor("view", "default", root, (.75, -.55, .35), z=(.7, -.5, .3))

finish(root, ao=.05)
