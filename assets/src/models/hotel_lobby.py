"""Lobby of a town hotel, 9 x 8.2 m, ceiling 3.2 m. Origin: floor under the middle of the front desk (not part of it).

The trainee stands behind the desk (model -Y, glTF +Z); guests come from the doors in the glass front at y = 6 (glTF z = -6). Reception wall
at y = -2.2 with the back-office door at x 2.6, lift doors in the wall x = -4.5, sofa group at (-3, 3.5). Lift door 0.9 x 2.1 m, doors
2.05 m, reading height of signs 1.6-2.3 m. Walls and ceiling are one-sided: a camera outside looks in.
    tools/assets build hotel_lobby
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.room import Room, sheet, steps

X, Y0, Y1, H = 4.5, -2.2, 6.0, 3.2
root = start("hotel_lobby", asset="hotel_lobby", domain="hotel")
R = Room()
# decal("lobby_signs") decal("lobby_picture") decal("street_view"): pictures drawn by the build
part, block, bar, wall, sign = R.part, R.block, R.bar, R.wall, R.sign
at = lambda ob, x=0.0, y=0.0, z=0.0, turn=0.0: move(spin(ob, "z", turn) if turn else ob, x, y, z)

# --- floor: stone slabs, a dark border, a runner from the doors, a rug under the sofas, the waiting line -------------------------------
floor = assign(sheet((-X, Y0, 0), (1, 0, 0), (0, 1, 0), steps(0, 2 * X, .5), steps(0, Y1 - Y0, .5)), "floor_marble")
node("floor", root, (0, 0, 0), floor)
FLAT = []
flat = lambda x0, x1, y0, y1, m, z=.0020: FLAT.append(assign(mesh([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)], [(0, 1, 2, 3)]), m))
B = .22
flat(-X + B, X - B, Y1 - 2 * B, Y1 - B, "stone_dark")
for s in (1, -1):
    flat(s * (X - 1.5 * B) - B / 2, s * (X - 1.5 * B) + B / 2, -1.2, Y1 - 2 * B, "stone_dark")
flat(-.55, 2.0, 2.06, 2.11, "brass_line", .0024)
rug = prism(fillet(rect(3.0, 2.9), .02, 2), 0, .012, .004)
part(move(rug, -2.75, 3.55, 0), "carpet_blue")
part(move(prism(fillet(rect(1.9, 1.5), .02, 2), 0, .010, .004), 0, 5.05, 0), "carpet_dark")
part(move(prism(fillet(rect(3.6, 1.2), .02, 2), 0, .010, .003), 0, -1.25, 0), "carpet_dark")

# --- walls ------------------------------------------------------------------------------------------------------------------------
OFFICE = (2.15, 3.05, 0, 2.05)                        # x limits of the back-office door in the wall behind the desk
DOORS = [(1.05, 1.95), (2.25, 3.15)]                  # the two lifts: y limits
back = [(OFFICE[0] + X, OFFICE[1] + X, 0, OFFICE[3])]
wall((-X, Y0), (1, 0, 0), 2 * X, 0, H, "wall_warm", back)
lift_holes = [(Y1 - b, Y1 - a, 0, 2.1) for a, b in DOORS]
wall((-X, Y1), (0, -1, 0), Y1 - Y0, 0, H, "wall_warm", lift_holes)
ARCH = (3.35, 5.05, 0, 2.45)                          # opening to the restaurant in the wall x = +4.5: y limits
wall((X, Y0), (0, 1, 0), Y1 - Y0, 0, H, "wall_warm", [(ARCH[0] - Y0, ARCH[1] - Y0, 0, ARCH[3])])
ENTRY = (-1.2, 1.2)
wall((X, Y1), (-1, 0, 0), 2 * X, 0, H, "wall_warm", [(.35, 2 * X - .35, .0, 2.75)])
skirt = lambda p, q: bar((*p, .05), (*q, .05), .022, .10, "stone_dark")
skirt((-X, Y0 + .008), (OFFICE[0] - .05, Y0 + .008))
skirt((OFFICE[1] + .05, Y0 + .008), (X, Y0 + .008))
skirt((X - .008, Y0), (X - .008, ARCH[0] - .1))
skirt((X - .008, ARCH[1] + .1), (X - .008, Y1))
skirt((-X + .008, Y0), (-X + .008, DOORS[0][0] - .15))
skirt((-X + .008, DOORS[0][1] + .15), (-X + .008, DOORS[1][0] - .15))
skirt((-X + .008, DOORS[1][1] + .15), (-X + .008, Y1))

# --- ceiling: a raised tray with a warm cove, downlights ------------------------------------------------------------------------------
T = (-2.9, 2.9, -.2, 4.4)
ceil = sheet((-X, Y1, H - .18), (1, 0, 0), (0, -1, 0), steps(0, 2 * X, 1.2), steps(0, Y1 - Y0, 1.2), [(T[0] + X, T[1] + X, Y1 - T[3], Y1 - T[2])])
part(ceil, "ceiling_white")
part(sheet((T[0] - .16, T[3] + .16, H), (1, 0, 0), (0, -1, 0), steps(0, T[1] - T[0] + .32, 1.2), steps(0, T[3] - T[2] + .32, 1.2)), "ceiling_white")
for (x0, y0), (x1, y1) in (((T[0], T[2]), (T[1], T[2])), ((T[1], T[2]), (T[1], T[3])), ((T[1], T[3]), (T[0], T[3])), ((T[0], T[3]), (T[0], T[2]))):
    bar((x0, y0, H - .15), (x1, y1, H - .15), .03, .09, "ceiling_white")
    n = Vector((y1 - y0, x0 - x1, 0)).normalized() * .10
    e = Vector((x1 - x0, y1 - y0, 0)).normalized() * .10
    bar((x0 + n.x - e.x, y0 + n.y - e.y, H - .055), (x1 + n.x + e.x, y1 + n.y + e.y, H - .055), .02, .108, "cove_glow")
for x in (-3.7, 3.7):
    for y in (-1.6, -.2, 1.2, 2.6, 4.0, 5.4):
        part(at(tube_z(.048, .062, -.010, .004, .003, 20), x, y, H - .18), "alloy_silver")
        part(at(cyl(.049, -.004, 0, 0, 16), x, y, H - .183), "lamp_warm")
# lamps of the room: four panels in the tray, two over the desk
lamp = None
for i, (x, y) in enumerate(((-1.45, .9), (1.45, .9), (-1.45, 3.3), (1.45, 3.3)), 1):
    if lamp is None:
        tray = at(prism(fillet(rect(1.30, .34), .03, 3), -.030, -.004, .006), x, y, H)
        lamp = node("ceiling_1_lamp", root, (x, y, H - .03), assign(tray, "lamp_warm"))
    else:
        instance(f"ceiling_{i}_lamp", lamp, root, (x, y, H - .03))
pend = None
for i, x in enumerate((-1.05, 1.05), 1):
    part(at(cyl(.003, 0, .46, 0, 6), x, -.20, 2.68), "coated_dark")
    part(at(cyl(.05, H - .195, H - .178, .004, 16), x, -.20, 0), "brass_satin")
    shade_ = lathe([(.155, 2.50), (.158, 2.50), (.120, 2.695), (.020, 2.71), (.020, 2.705), (.117, 2.692)], 28, closed=True)
    part(at(shade_, x, -.20, 0), "brass_satin")
    if pend is None:
        pend = node("pendant_1_lamp", root, (x, -.20, 2.52), assign(at(lathe(fillet([(0, 2.515, 0), (.140, 2.515), (.135, 2.53), (0, 2.53, 0)], .004, 2, False), 24), x, -.20, 0), "lamp_warm"))
    else:
        instance(f"pendant_{i}_lamp", pend, root, (x, -.20, 2.52))

# --- reception wall: oak panels, slats, name of the house, clocks, key shelf, office door ------------------------------------------------
PX0, PX1 = -1.75, 1.75
for k in range(5):
    x0 = PX0 + .70 * k
    block(x0 + .004, x0 + .696, Y0 + .004, Y0 + .034, .10, 2.72, "wood_walnut", .003, grain="z")
block(PX0 - .02, PX1 + .02, Y0, Y0 + .05, 2.72, 2.76, "brass_satin", .002)
for s in (1, -1):
    for k in range(9 if s < 0 else 5):
        x = s * (1.84 + .075 * k)
        if OFFICE[0] - .12 < x < OFFICE[1] + .12:
            continue
        block(x - .016, x + .016, Y0 + .004, Y0 + .05, .10, 2.72, "wood_walnut", .002, grain="z")
block(PX0, PX1, Y0 + .034, Y0 + .044, 2.665, 2.685, "cove_glow", .001)
sign("lobby_signs", (0, 0, 1024, 250), 1.90, (0, Y0 + .036, 2.22), (0, 1, 0))
for k in range(3):                                     # clocks of three towns
    cx = .72 - .72 * k
    part(at(spin(lathe(fillet([(0, 0, 0), (.125, 0), (.128, .028), (.118, .034), (.114, .024), (0, .024, 0)], .003, 1, False), 36), "x", -90), cx, Y0 + .034, 1.72), "brass_satin")
    sign("lobby_signs", (256 * k, 250, 256, 256), .228, (cx, Y0 + .054, 1.72), (0, 1, 0))
    sign("lobby_signs", (256 * k, 506, 256, 54), .26, (cx, Y0 + .034, 1.555), (0, 1, 0))
block(-1.70, 1.70, Y0 + .034, Y0 + .42, .0, .82, "wood_walnut", .004, 2)              # low cupboards behind the desk
block(-1.72, 1.72, Y0 + .034, Y0 + .44, .82, .85, "stone_dark", .004, 2)
for k in range(4):
    x0 = -1.68 + .845 * k
    block(x0, x0 + .825, Y0 + .415, Y0 + .428, .08, .79, "wood_walnut", .003, grain="z")
    block(x0 + .30, x0 + .525, Y0 + .428, Y0 + .440, .715, .727, "brass_satin", .003)
for k, (w, h, m) in enumerate(((.30, .24, "paint_blue"), (.075, .30, "cloth_wine"), (.075, .30, "cloth_stone"), (.075, .30, "file_teal"), (.075, .30, "cloth_wine"))):
    x0 = -1.55 if k == 0 else -1.20 + .08 * k
    if k:
        block(x0, x0 + w, Y0 + .10, Y0 + .36, .85, .85 + h, m, .004)
tray3 = [move(box(.33, .24, .008, .003, 1), 1.30, Y0 + .24, .86 + .075 * k) for k in range(3)]
part(join(*tray3), "coated_dark")
for sx in (-.155, .155):
    block(1.30 + sx - .003, 1.30 + sx + .003, Y0 + .13, Y0 + .35, .855, 1.02, "coated_dark", .001)
part(move(box(.30, .21, .03, .001, 1), 1.30, Y0 + .24, .955), "print_white")
for x0, x1, z0, z1 in ((OFFICE[0] - .06, OFFICE[0], 0, 2.11), (OFFICE[1], OFFICE[1] + .06, 0, 2.11), (OFFICE[0], OFFICE[1], 2.05, 2.11)):
    block(x0, x1, Y0 - .06, Y0 + .02, z0, z1, "wood_walnut", .003, grain="z")
block(OFFICE[0] + .004, OFFICE[1] - .004, Y0 - .055, Y0 - .012, .0, 2.046, "wood_walnut", .002, grain="z")
block(OFFICE[0], OFFICE[1], Y0 - .06, Y0 + .012, -.012, .008, "stone_dark", .003)
for z in (.62, 1.34):
    block(OFFICE[0] + .12, OFFICE[1] - .12, Y0 - .014, Y0 - .006, z - .30, z + .32, "wood_walnut", .006, 2, grain="z")
part(at(spin(cyl(.010, 0, .13, .003, 12), "y", 90), OFFICE[0] + .07, Y0 + .045, 1.02), "brass_satin")
part(at(spin(cyl(.024, 0, .05, .003, 16), "x", -90), OFFICE[0] + .075, Y0 - .012, 1.02), "brass_satin")
sign("lobby_signs", (0, 570, 512, 150), .40, ((OFFICE[0] + OFFICE[1]) / 2, Y0 - .010, 1.80), (0, 1, 0))

# --- lifts ------------------------------------------------------------------------------------------------------------------------------
for k, (a, b) in enumerate(DOORS):
    for y0, y1 in ((a, (a + b) / 2 - .002), ((a + b) / 2 + .002, b)):
        block(-X - .10, -X - .07, y0, y1, .0, 2.1, "brushed", .002, grain="z")
    block(-X - .10, -X + .02, a - .13, a, 0, 2.24, "stone_dark", .004)
    block(-X - .10, -X + .02, b, b + .13, 0, 2.24, "stone_dark", .004)
    block(-X - .10, -X + .02, a, b, 2.1, 2.24, "stone_dark", .004)
    flat(-X - .10, -X, a, b, "brushed", .001)
    block(-X + .018, -X + .030, (a + b) / 2 - .11, (a + b) / 2 + .11, 2.13, 2.21, "car_black", .002)
    sign("lobby_signs", (768, 250 + 80 * k, 256, 80), .16, (-X + .031, (a + b) / 2, 2.17), (1, 0, 0), lift=.001)
ym = (DOORS[0][1] + DOORS[1][0]) / 2
block(-X, -X + .012, ym - .045, ym + .045, 1.02, 1.26, "brushed", .003, grain="z")
for z in (1.10, 1.18):
    part(at(spin(cyl(.017, 0, .008, .002, 18), "y", 90), -X + .010, ym, z), "alloy_silver")
    part(at(spin(tube_z(.0185, .0215, 0, .006, .001, 20), "y", 90), -X + .010, ym, z), "cove_glow")
sign("lobby_signs", (512, 570, 512, 150), .52, (-X, ym, 2.50), (1, 0, 0))

# --- glass front with sliding doors, the street outside ------------------------------------------------------------------------------------
G0, G1, GH = -X + .35, X - .35, 2.75
ob = mesh([(G0 - 1.2, Y1 + 1.1, -.25), (G1 + 1.2, Y1 + 1.1, -.25), (G1 + 1.2, Y1 + 1.1, 3.4), (G0 - 1.2, Y1 + 1.1, 3.4)], [(0, 1, 2, 3)])
lay = ob.data.uv_layers.new(name="UVMap").data
for i, uv in enumerate(((0, 0), (1, 0), (1, 1), (0, 1))):
    lay[i].uv = uv
street = assign(ob, "street_view", uv="keep")
node("street", root, (0, 0, 0), street)["no_ao"] = 1
part(sheet((-X, Y1, -.002), (1, 0, 0), (0, 1, 0), [0, 2 * X], [0, 1.1]), "stone_dark")
xs = [G0, -2.65, -1.2, 1.2, 2.65, G1]
for x in xs:
    bar((x, Y1 + .02, 0), (x, Y1 + .02, GH), .06, .12, "coated_dark")
bar((G0, Y1 + .02, GH - .03), (G1, Y1 + .02, GH - .03), .12, .06, "coated_dark")
bar((G0, Y1 + .02, .04), (-1.2, Y1 + .02, .04), .12, .08, "coated_dark")
bar((1.2, Y1 + .02, .04), (G1, Y1 + .02, .04), .12, .08, "coated_dark")
block(-1.2, 1.2, Y1 - .06, Y1 + .10, 2.20, 2.38, "brushed", .004, grain="x")
for s in (1, -1):                                       # door leaves
    for x in (s * .012, s * 1.16):
        bar((x, Y1 + .02, 0), (x, Y1 + .02, 2.20), .035, .04, "coated_dark")
    bar((s * .012, Y1 + .02, .05), (s * 1.16, Y1 + .02, .05), .04, .10, "coated_dark")
    bar((s * .09, Y1 - .025, .80), (s * .09, Y1 - .025, 1.45), .022, .022, "brass_satin")
sign("lobby_signs", (0, 730, 512, 120), .46, (0, Y1 - .062, 2.29), (0, -1, 0))
node("glass", root, (0, 0, 0), assign(mesh([(G0, Y1 + .02, .08), (G1, Y1 + .02, .08), (G1, Y1 + .02, GH - .06), (G0, Y1 + .02, GH - .06)], [(0, 1, 2, 3)]), "glass_pane"))["no_ao"] = 1
for s in (1, -1):                                       # curtains
    for k in range(14):
        x = s * (G1 - .06 - .035 * k)
        part(at(lathe([(.020 + .004 * (k % 3), 0.02), (.022, 1.2), (.018, 2.62)], 8), x, Y1 - .07 + .012 * (k % 2), 0), "cloth_stone")

# --- opening to the restaurant, console with lamp and picture on the right wall -----------------------------------------------------------
a, b = ARCH[0], ARCH[1]
for y0, y1, z0, z1 in ((a - .10, a, 0, 2.55), (b, b + .10, 0, 2.55), (a, b, 2.45, 2.55)):
    block(X - .02, X + .20, y0, y1, z0, z1, "wood_walnut", .004, grain="z")
part(sheet((X, b, -.001), (0, -1, 0), (1, 0, 0), [0, b - a], [0, 1.6]), "floor_marble")
for o, u, ln in (((X + .2, b, 0), (1, 0, 0), 1.4), ((X + 1.6, b, 0), (0, -1, 0), b - a), ((X + 1.6, a, 0), (-1, 0, 0), 1.4)):
    part(sheet(o, u, (0, 0, 1), [0, ln], [0, 2.5]), "wall_warm")
part(sheet((X, b, 2.46), (1, 0, 0), (0, -1, 0), [0, 1.6], [0, b - a]), "ceiling_white")
block(X + .70, X + 1.00, a + .55, b - .55, 2.45, 2.46, "lamp_warm", 0)
sign("lobby_signs", (512, 730, 512, 120), .80, (X - .02, (a + b) / 2, 2.70), (-1, 0, 0))
part(at(box(1.3, .36, .035, .004, 2), X - .24, 1.3, .80, 90), "wood_walnut")
for y in (.72, 1.88):
    for x in (X - .10, X - .38):
        bar((x, y, 0), (x, y, .785), .03, .03, "brass_satin")
bar((X - .24, .72, .12), (X - .24, 1.88, .12), .28, .02, "wood_walnut")
vase = lathe(fillet([(0, 0, 0), (.045, 0), (.075, .10, .05), (.060, .22, .05), (.030, .27, .02), (.038, .30), (.032, .30), (.024, .26), (0, .02, 0)], .004, 3, False), 28)
part(at(vase, X - .24, .92, .8175), "ceramic")
part(at(lathe(fillet([(0, 0, 0), (.075, 0), (.075, .012), (.012, .03), (.012, .30), (0, .30, 0)], .004, 2, False), 20), X - .24, 1.70, .8175), "brass_satin")
part(at(lathe([(.095, .26), (.135, .26), (.105, .46), (.103, .46), (.133, .262)], 24), X - .24, 1.70, .8175), "shade_cream")
block(X - .035, X, .62, 1.98, 1.25, 2.15, "wood_walnut", .006, grain="z")
sign("lobby_picture", (0, 0, 1024, 660), 1.28, (X - .036, 1.3, 1.70), (-1, 0, 0), size=(1024, 660))

# --- sofa group, plants -------------------------------------------------------------------------------------------------------------------


def seat(width, n, x, y, turn, mat):
    """Low sofa of n cushions, its front to -Y before turning."""
    ps = [move(box(width, .80, .16, .03, 2), 0, 0, .19), move(box(width, .16, .44, .045, 2), 0, .34, .50)]
    for s in (1, -1):
        ps.append(move(box(.15, .80, .32, .045, 2), s * (width / 2 - .075), 0, .40))
    w = (width - .30) / n
    for k in range(n):
        cx = -width / 2 + .15 + w * (k + .5)
        ps.append(move(box(w - .012, .64, .14, .045, 2), cx, -.07, .335))
        ps.append(spin(move(box(w - .03, .15, .38, .055, 2), 0, 0, 0), "x", 10))
        move(ps[-1], cx, .215, .575)
    part(at(join(*ps), x, y, 0, turn), mat)
    for sx in (1, -1):
        for sy in (1, -1):
            q = Matrix.Rotation(math.radians(turn), 4, "Z") @ Vector((sx * (width / 2 - .10), sy * .30, 0))
            part(at(cyl(.020, 0, .115, .002, 12), x + q.x, y + q.y, .010), "brass_satin")


seat(2.00, 3, -3.55, 3.50, 90, "sofa_teal")
seat(.92, 1, -2.00, 2.62, 205, "sofa_sand")
seat(.92, 1, -2.00, 4.40, -25, "sofa_sand")
part(at(prism(fillet(rect(1.05, .60), .10, 5), .385, .410, .006, n=2), -2.50, 3.5, 0, 90), "stone_dark")
part(at(prism(fillet(rect(.86, .42), .08, 4), .14, .155, .004), -2.50, 3.5, 0, 90), "wood_walnut")
for sx in (1, -1):
    for sy in (1, -1):
        bar((-2.50 + sx * .20, 3.5 + sy * .40, .012), (-2.50 + sx * .20, 3.5 + sy * .40, .39), .022, .022, "brass_satin")
part(at(box(.21, .285, .012, .002, 1), -2.46, 3.30, .416, 12), "print_white")
part(at(box(.20, .27, .010, .002, 1), -2.46, 3.31, .427, 25), "cloth_wine")
part(at(lathe(fillet([(0, 0, 0), (.05, 0), (.11, .045), (.105, .048), (.045, .008), (0, .006, 0)], .003, 1, False), 24), -2.52, 3.72, .410), "ceramic")
for y, m in ((2.92, "cloth_wine"), (4.10, "cloth_stone")):
    part(at(spin(spin(ellipsoid(.20, .075, .20, seg=16), "x", 18), "z", 90), -3.62, y, .60), m)


def plant(x, y, k, seed):
    pot = lathe(fillet([(0, 0, 0), (.15, 0), (.20, .40), (.185, .405), (.18, .36), (0, .36, 0)], .008, 2, False), 28)
    part(at(pot, x, y, 0), "ceramic" if seed % 2 else "coated_dark")
    part(at(lathe([(0, .362), (.178, .36)], 20), x, y, 0), "stone_dark")
    for i in range(15):
        a = 2.4 * i + seed
        tall = k * (1.0 + .34 * math.sin(1.7 * i + seed))
        lean = .20 + .26 * ((i * 7 + seed) % 5) / 5
        w = .060 + .018 * (i % 3)
        rows = []
        for j in range(8):
            t = j / 7
            rad = .03 + lean * t ** 1.7 * 1.25
            z = .36 + tall * (t - .22 * t ** 3 * (1 + lean))
            half = w * math.sin(math.pi * min(1, .06 + t * .94)) ** .8 + .004
            c, s = math.cos(a), math.sin(a)
            mid = Vector((rad * c, rad * s, z))
            side = Vector((-s, c, 0)) * half
            rows.append([mid - side + Vector((0, 0, .012)), mid, mid + side + Vector((0, 0, .012))])
        pts = [p for r in rows for p in r]
        fs = [(q * 3 + m, q * 3 + m + 1, q * 3 + m + 4, q * 3 + m + 3) for q in range(7) for m in range(2)]
        part(at(mesh(pts, fs), x, y, 0), "leaf")


plant(-4.05, 5.25, 1.15, 1)
plant(4.02, 5.50, 1.05, 2)
plant(-3.95, -.35, .95, 3)

# --- safety: exit sign, extinguisher cabinet, evacuation plan -------------------------------------------------------------------------------
block(-.42, .42, Y1 - .09, Y1 - .055, 2.80, 2.98, "coated_dark", .003)
sign("lobby_signs", (0, 860, 512, 110), .78, (0, Y1 - .092, 2.89), (0, -1, 0))
sign("lobby_signs", (512, 860, 300, 164), .42, (X, -.9, 1.62), (-1, 0, 0))
block(X - .20, X, -1.75, -1.25, .10, .78, "print_red", .006)
sign("lobby_signs", (812, 860, 212, 164), .30, (X - .201, -1.5, .46), (-1, 0, 0))

marks = node("floor_marks", root, (0, 0, 0), join(*FLAT))
marks["no_ao"] = 1
node("room", root, (0, 0, 0), join(*R.parts))


def view(name, eye, aim, fov):
    eye, aim = Vector(eye), Vector(aim)
    anchor("view", name, root, tuple(eye), z=tuple(eye - aim), x=tuple((eye - aim).cross(Vector((0, 0, -1)))), look=f"{aim.x:g} {aim.z:g} {-aim.y:g}", fov=float(fov))


view("overview", (3.6, 4.6, 1.75), (-.4, -.4, 1.0), 62)
view("start", (0, -.95, 1.60), (0, .75, 1.35), 62)
view("guest", (.4, 2.4, 1.60), (0, -.4, 1.15), 55)
finish(root, ao=.55, ao_samples=24, together=True)
