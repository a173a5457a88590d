"""Workshop bay of a vocational school, 9 x 8 m, ceiling 3.6 m. Origin: middle of the floor; the car's front looks to -Y (glTF +Z).

Walls and ceiling are one-sided: seen from inside only, so that a camera outside looks in.
    tools/assets build workshop_bay
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.room import Room, flip, sheet, steps

X, Y, H, DADO = 4.5, 4.0, 3.6, 1.2
root = start("workshop_bay", asset="workshop_bay", domain="auto")
room = Room()
PARTS, part = room.parts, room.part


def wall(o, u, length, holes=()):
    low = [h for h in holes if h[2] < DADO]
    part(flip(sheet(o, u, (0, 0, 1), steps(0, length), [0, .07, .2, .45, .8, DADO], [(a, b, c, min(d, DADO)) for a, b, c, d in low])), "wall_tiles")
    part(flip(sheet(o, u, (0, 0, 1), steps(0, length), [DADO, 1.7, 2.3, 2.9, 3.25, 3.45, H], [(a, b, max(c, DADO), d) for a, b, c, d in holes if d > DADO])), "wall_plaster")


def at(ob, x=0.0, y=0.0, z=0.0, turn=0.0):
    return move(spin(ob, "z", turn) if turn else ob, x, y, z)


# --- floor -------------------------------------------------------------------------------------------------
GUT = (-2.62, -2.50, -2.6, 2.6)                       # drain along the car's right side
floor = sheet((-X, -Y, 0), (1, 0, 0), (0, 1, 0), steps(0, 2 * X, .5), steps(0, 2 * Y, .5), [(GUT[0] + X, GUT[1] + X, GUT[2] + Y, GUT[3] + Y)])
node("floor", root, (0, 0, 0), assign(floor, "floor_epoxy"))
MARKS = []
line = lambda x0, x1, y0, y1, m="floor_yellow", z=.0020: MARKS.append(assign(mesh([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)], [(0, 1, 2, 3)]), m))
BX, BY, LW = 1.75, 2.95, .09
for s in (1, -1):
    line(s * BX - LW / 2, s * BX + LW / 2, -BY, BY)
    line(-BX + LW / 2, BX - LW / 2, s * BY - LW / 2, s * BY + LW / 2)
line(2.55, 4.05, -3.75, 3.0, "floor_green")
for x in (2.52, 4.08):
    line(x - .03, x + .03, -3.75, 3.0)
for i in range(9):                                   # hatching before the roller door
    x = -1.75 + .42 * i
    MARKS.append(assign(mesh([(x, 3.25, .002), (x + .16, 3.25, .002), (x + .56, 3.85, .002), (x + .40, 3.85, .002)], [(0, 1, 2, 3)]), "floor_yellow"))
part(mesh([(GUT[0], GUT[2], -.08), (GUT[1], GUT[2], -.08), (GUT[1], GUT[3], -.08), (GUT[0], GUT[3], -.08)], [(0, 1, 2, 3)]), "print_black")
for x in (GUT[0] + .006, GUT[1] - .006):
    room.bar((x, GUT[2], -.004), (x, GUT[3], -.004), .012, .012, "zinc")
grate = [move(box(.11, .030, .02, 0), (GUT[0] + GUT[1]) / 2, GUT[2] + .08 * (i + .5), -.011) for i in range(65)]
for o in grate:
    delete_faces(o, lambda c: c.z < -.0205)
part(join(*grate), "zinc")

# --- walls: back (+Y) with the roller door, right (-X) with the window strip, front (-Y) with a door, left (+X) ---
DOOR = (2.45, 6.05, 0, 3.05)                          # along the back wall from x = +4.5 leftwards
WIN = (.8, 7.2, 2.25, 3.05)
wall((X, Y, 0), (-1, 0, 0), 2 * X, [DOOR])
wall((-X, Y, 0), (0, -1, 0), 2 * Y, [WIN])
PASS = (1.2, 2.15, 0, 2.08)
wall((-X, -Y, 0), (1, 0, 0), 2 * X, [PASS])
wall((X, -Y, 0), (0, 1, 0), 2 * Y)
part(sheet((-X, Y, H), (1, 0, 0), (0, -1, 0), steps(0, 2 * X, 1.2), steps(0, 2 * Y, 1.2)), "door_grey")
for o, u, ln, gap in (((X, Y), (-1, 0), 2 * X, (DOOR[0] - .1, DOOR[1] + .1)), ((-X, Y), (0, -1), 2 * Y, None), ((-X, -Y), (1, 0), 2 * X, (PASS[0] - .06, PASS[1] + .06)), ((X, -Y), (0, 1), 2 * Y, None)):
    for a, b in ([(0, ln)] if not gap else [(0, gap[0]), (gap[1], ln)]):
        n = Vector((-u[1], u[0], 0)) * .006
        p, q = Vector((*o, 0)) + Vector((*u, 0)) * a + n, Vector((*o, 0)) + Vector((*u, 0)) * b + n
        room.bar(p + Vector((0, 0, DADO + .03)), q + Vector((0, 0, DADO + .03)), .014, .06, "wall_blue")
        room.bar(p + Vector((0, 0, .05)), q + Vector((0, 0, .05)), .020, .10, "paint_grey")
# window strip
y0, y1 = Y - WIN[1], Y - WIN[0]
part(flip(sheet((-X - .16, y1, WIN[2]), (0, -1, 0), (0, 0, 1), [0, y1 - y0], [0, WIN[3] - WIN[2]])), "daylight")
for p, q in (((0, 0), (1, 0)), ((0, 1), (1, 1))):
    pass
rev = [((-X - .16, y1, WIN[2]), (0, -1, 0), (1, 0, 0), y1 - y0, .16), ((-X, y1, WIN[3]), (0, -1, 0), (-1, 0, 0), y1 - y0, .16),
       ((-X - .16, y1, WIN[2]), (1, 0, 0), (0, 0, 1), .16, .8), ((-X, y0, WIN[2]), (-1, 0, 0), (0, 0, 1), .16, .8)]
for o, u, v, a, b in rev:
    part(sheet(o, u, v, [0, a], [0, b]), "wall_plaster")
for i in range(9):
    y = y0 + (y1 - y0) * i / 8
    room.bar((-X - .11, y, WIN[2]), (-X - .11, y, WIN[3]), .045, .05, "door_grey")
for z in (WIN[2] + .02, WIN[2] + .30, WIN[3] - .02):
    room.bar((-X - .11, y0, z), (-X - .11, y1, z), .05, .035, "door_grey")
room.bar((-X + .03, y0 - .05, WIN[2] - .015), (-X + .03, y1 + .05, WIN[2] - .015), .12, .03, "door_grey")

# --- roller door ----------------------------------------------------------------------------------------------
dx0, dx1 = X - DOOR[1], X - DOOR[0]
n = 6
sh = DOOR[3] / n
for k in range(n):
    z0 = k * sh
    if k == 3:
        m = 5
        fw = (dx1 - dx0) / m
        part(flip(sheet((dx1, Y + .02, z0 + .02), (-1, 0, 0), (0, 0, 1), [0, dx1 - dx0], [0, sh - .03])), "daylight")
        for i in range(m + 1):
            room.bar((dx1 - fw * i, Y, z0), (dx1 - fw * i, Y, z0 + sh), .09 if i % m else .16, .035, "door_grey")
        for z in (z0 + .035, z0 + sh - .035):
            room.bar((dx0, Y, z), (dx1, Y, z), .035, .075, "door_grey")
    else:
        prof = [(0, 0.003), (.012, .010), (.012, sh * .30), (.002, sh * .33), (.012, sh * .36), (.012, sh * .63), (.002, sh * .66), (.012, sh * .69), (.012, sh - .010), (0, sh - .003)]
        ob = mesh([(x, Y + .01 - d, z0 + z) for d, z in prof for x in (dx1, dx0)], [(2 * i, 2 * i + 1, 2 * i + 3, 2 * i + 2) for i in range(len(prof) - 1)])
        part(flip(ob), "paint_white")
room.bar((dx0, Y + .005, .02), (dx1, Y + .005, .02), .03, .04, "rubber")
for x in (dx0 - .02, dx1 + .02):
    room.bar((x, Y - .03, 0), (x, Y - .03, 3.1), .10, .08, "coated_grey")
    room.bar((x, Y - .09, 3.06), (x, 1.6, 3.20), .05, .05, "coated_grey")
part(spin(cyl(.06, dx0, dx1, .002, 16), "y", 90), "steel")
PARTS[-1] = move(PARTS[-1], 0, Y - .16, 3.26)
for x in (dx0 + .4, dx1 - .4, 0):
    part(move(spin(cyl(.085, -.10, .10, .004, 20), "y", 90), x, Y - .16, 3.26), "coated_dark")
part(move(box(.16, .22, .34, .01, 2), dx1 + .22, Y - .13, 3.1), "steel_blue")
part(move(box(.10, .06, .20, .008, 2), dx1 + .34, Y - .035, 1.35), "door_grey")
for z, m in ((1.40, "print_black"), (1.35, "print_red"), (1.30, "print_black")):
    part(move(spin(cyl(.016, 0, .01, .002, 14), "x", 90), dx1 + .34, Y - .065, z), m)

# --- steel: columns, beams, purlins; lamps ----------------------------------------------------------------------
isec = lambda w, h, t: [(-w / 2, -h / 2), (w / 2, -h / 2), (w / 2, -h / 2 + t), (t / 2, -h / 2 + t), (t / 2, h / 2 - t), (w / 2, h / 2 - t), (w / 2, h / 2), (-w / 2, h / 2), (-w / 2, h / 2 - t), (-t / 2, h / 2 - t), (-t / 2, -h / 2 + t), (-w / 2, -h / 2 + t)]
for y in (-2.68, 1.72):
    part(sweep([(-X, y, 3.43), (X, y, 3.43)], isec(.14, .24, .016)), "steel_blue")
    for s in (1, -1):
        part(sweep([(s * (X - .08), y, 0), (s * (X - .08), y, 3.32)], isec(.14, .14, .014), up=(0, 1, 0)), "steel_blue")
        part(move(box(.24, .24, .02, .002, 1), s * (X - .10), y, .01), "steel_blue")
        for z0, z1, m in ((.12, .30, "floor_yellow"), (.30, .48, "print_black"), (.48, .66, "floor_yellow"), (.66, .84, "print_black")):
            part(mesh([(s * (X - .153), y + a * .071, z) for z in (z0, z1) for a in (-s, s)], [(1, 0, 2, 3)]), m)
for x in (-3.4, -1.7, 0, 1.7, 3.4):
    part(sweep([(x, -Y, 3.56), (x, Y, 3.56)], isec(.07, .08, .008)), "coated_grey")
lamp = None
for i, (x, y) in enumerate(((2.0, -2.2), (2.0, .2), (2.0, 2.5), (-1.9, -2.2), (-1.9, .2), (-1.9, 2.5)), 1):
    tray = prism(fillet([(-.10, 0), (.10, 0), (.07, .05), (-.07, .05)], .008, 2), -.76, .76, .002)
    part(move(spin(tray, "x", 90), x, y, 3.18), "door_grey")
    for dy in (-.55, .55):
        part(move(cyl(.004, 0, .36, 0, 6), x, y + dy, 3.23), "steel")
    if lamp is None:
        d = assign(move(box(.16, 1.46, .016, .006, 2), x, y, 3.174), "lamp_white")
        lamp = node("ceiling_1_lamp", root, (x, y, 3.174), d)
    else:
        instance(f"ceiling_{i}_lamp", lamp, root, (x, y, 3.174))

# --- services: compressed air (blue), conduits, sockets, hose reel ------------------------------------------------
def pipe(pts, r, mat, seg=10):
    return part(sweep(pts, circle(r, seg), up=(.3, .2, .93)), mat)


A = .07
pipe([(-X + A, Y - .06, 2.02), (-X + A, -Y + .3, 2.02)], .017, "steel_blue")
pipe([(-X + .3, Y - A, 3.16), (dx0 - .2, Y - A, 3.16)], .017, "steel_blue")
pipe([(X - A, Y - .3, 2.62), (X - A, -Y + .3, 2.62)], .017, "steel_blue")
for y in (2.1, -.9):
    pipe([(-X + A, y, 2.02), (-X + A, y, 1.42)], .013, "steel_blue")
    part(move(cyl(.022, -.05, .05, .004, 16), -X + A, y, 1.40), "brass")
    part(move(box(.05, .06, .12, .008, 2), -X + A, y, 1.30), "coated_dark")
pipe([(X - A, 1.5, 2.62), (X - A, 1.5, 2.10)], .013, "steel_blue")
reel = lathe(fillet([(.03, -.09), (.20, -.09), (.20, -.075), (.13, -.06), (.13, .06), (.20, .075), (.20, .09), (.03, .09)], .004, 1), 32, closed=True)
part(at(spin(reel, "x", 90), X - .26, 1.5, 1.95), "paint_orange")
coil = lathe([(.13, -.058)] + [(.168 + .012 * (k % 2), -.054 + .012 * k) for k in range(10)] + [(.13, .058)], 32, closed=True)
part(at(spin(coil, "x", 90), X - .26, 1.5, 1.95), "rubber")
part(move(box(.18, .10, .05, .006, 1), X - .10, 1.5, 1.95), "coated_dark")
part(hose([(X - .42, 1.5, 1.92), (X - .44, 1.5, 1.5), (X - .42, 1.48, 1.25), (X - .44, 1.46, 1.12)], .008, 5, 8), "rubber")
part(move(cyl(.013, 0, .07, .002, 12), X - .44, 1.46, 1.05), "brass")
for y in (.9, -2.0):
    pipe([(-X + .03, y, 3.56), (-X + .03, y, 3.12)], .012, "door_grey", 8)
pipe([(X - .03, -1.4, 3.5), (X - .03, -1.4, 1.55)], .012, "door_grey", 8)
part(move(box(.10, .30, .40, .008, 2), X - .05, -1.4, 1.40), "door_grey")
for k in range(3):
    part(move(spin(cyl(.032, 0, .045, .004, 18), "y", -90), X - .10, -1.49 + .09 * k, 1.30), "print_red" if k == 1 else "steel_blue")
part(move(box(.22, .62, .86, .012, 2), X - .11, -2.08, 1.55), "door_grey")                    # distribution board
part(move(box(.012, .56, .80, .004, 1), X - .224, -2.08, 1.55), "coated_grey")
part(move(box(.02, .03, .09, .004, 1), X - .236, -1.85, 1.55), "print_black")
pipe([(X - .08, -2.08, 1.98), (X - .08, -2.08, 3.5)], .018, "door_grey", 8)

# --- workbench, vise, drawers, tool board (right wall) ----------------------------------------------------------------
BX0, BY0, BL = -X + .02, -.35, 3.6                                      # bench runs along Y, y = BY0 - BL/2 .. BY0 + BL/2
part(move(box(.72, BL, .05, .004, 2), BX0 + .36, BY0, .875), "wood_oak", grain="y")
for y in (BY0 - BL / 2 + .08, BY0, BY0 + BL / 2 - .08):
    for x in (BX0 + .06, BX0 + .66):
        room.bar((x, y, 0), (x, y, .85), .06, .06, "steel_blue")
    room.bar((BX0 + .06, y, .82), (BX0 + .66, y, .82), .05, .05, "steel_blue")
    room.bar((BX0 + .06, y, .16), (BX0 + .66, y, .16), .04, .04, "steel_blue")
part(move(box(.56, BL - .3, .02, .002, 1), BX0 + .36, BY0, .19), "coated_grey")
for y in (BY0 + 1.16,):
    part(move(box(.60, .62, .62, .006, 2), BX0 + .36, y, .52), "steel_blue")
    for k, (z, h) in enumerate(((.77, .09), (.655, .11), (.515, .14), (.325, .20))):
        part(move(box(.02, .57, h, .004, 2), BX0 + .668, y, z), "paint_red")
        part(move(box(.018, .30, .014, .004, 1), BX0 + .690, y, z + h * .22), "zinc")
for y, w, h, m in ((-1.0, .36, .22, "paint_orange"), (-1.5, .30, .16, "steel_blue"), (-.5, .42, .14, "coated_grey")):
    part(move(box(.34, w, h, .012, 2), BX0 + .34, BY0 + y, .20 + h / 2), m)
vx, vy, vz = BX0 + .56, BY0 - .95, .90
vise = cast([move(cyl(.085, 0, .035, .006, 32), vx - .05, vy, vz), move(cyl(.05, .03, .10, .006, 24), vx - .05, vy, vz), move(box(.24, .085, .07, .012), vx - .04, vy, vz + .115),
             move(box(.05, .15, .085, .01), vx - .03, vy, vz + .155), move(box(.045, .15, .085, .01), vx + .055, vy, vz + .155), move(box(.13, .06, .055, .01), vx + .09, vy, vz + .105)], voxel=.006, smooth=3, tris=1000)
part(vise, "steel_blue")
for dx in (-.003, .030):
    part(move(box(.010, .15, .03, .001, 1), vx + dx, vy, vz + .185), "steel")
part(move(spin(cyl(.015, 0, .12, .002, 14), "y", 90), vx + .14, vy, vz + .105), "steel")
part(move(spin(cyl(.007, -.13, .13, .003, 10), "x", 90), vx + .235, vy, vz + .105), "steel")
TB = (BY0 - .15, 1.62)                                                    # tool board centre (y, z)
part(move(box(.02, 2.4, .86, .003, 1), -X + .035, TB[0], TB[1]), "wall_blue")
for z in (TB[1] + .43, TB[1] - .43):
    room.bar((-X + .04, TB[0] - 1.2, z), (-X + .04, TB[0] + 1.2, z), .035, .02, "door_grey")
tx = -X + .055


def flat(outline, t, y, z, mat, holes=()):
    """Flat tool hanging on the board: outline in (across, up)."""
    o = prism(outline, 0, t, min(.0012, t / 4), holes)
    m = Matrix(((0, 0, 1, tx), (1, 0, 0, y), (0, 1, 0, z), (0, 0, 0, 1)))
    return part(apply(o, m), mat)


def spanner(L, y, z):
    w = L * .12
    hd, tl = L * .105, L * .085
    o = [(-w * .4, tl), (-w * .32, L - hd * 1.6), (-hd, L - hd * .9), (-hd * .9, L), (-hd * .42, L + hd * .25), (-hd * .42, L - hd * .55), (hd * .42, L - hd * .55), (hd * .42, L + hd * .25), (hd * .9, L), (hd, L - hd * .9), (w * .32, L - hd * 1.6), (w * .4, tl)]
    o += [(tl * math.cos(t), tl * math.sin(t)) for t in [math.radians(a) for a in (50, 10, -40, -90, -140, -190, -230)]]
    flat(o, .007, y, z, "chrome", [circle(tl * .6, 6)])


for i in range(8):
    spanner(.25 - .014 * i, TB[0] + 1.06 - .095 * i, TB[1] + .06)
for i in range(6):                                                        # screwdrivers
    y, z = TB[0] + .10 - .075 * i, TB[1] + .30
    part(move(lathe([(0, 0), (.012, .003), (.015, .02), (.012, .05), (.015, .085), (.011, .10), (0, .102)], 10), tx + .016, y, z - .02), ("paint_red", "steel_blue", "paint_orange")[i % 3])
    part(move(cyl(.0035, -.15, 0, .0005, 8), tx + .016, y, z - .02), "chrome")
for i, (L, m) in enumerate(((.32, "wood_oak"), (.28, "wood_oak"), (.30, "rubber"))):        # hammers
    y, z = TB[0] - .50 - .17 * i, TB[1] - .02
    part(move(box(.020, .026, L, .006, 2), tx + .02, y, z), "wood_oak", grain="z")
    part(move(box(.034, .12, .036, .006, 2), tx + .02, y, z + L / 2 - .005), "black_oxide" if i < 2 else "rubber")
for i in range(4):                                                        # pliers
    y, z = TB[0] - .98 + .0, TB[1] + .26 - .17 * i
    for s in (1, -1):
        flat([(s * .004, .10), (s * .016, .06), (s * .010, .035), (s * .028, -.02), (s * .032, -.10), (s * .020, -.10), (s * .014, -.02), (0, .03), (0, .10)][::s], .010, TB[0] - 1.08 + (i % 2) * .10, TB[1] + .26 - .30 * (i // 2), "paint_red" if i % 2 else "steel_blue")
for i in range(10):                                                       # sockets on a rail
    part(move(spin(lathe(fillet([(0, 0), (.010 + .0008 * i, 0), (.010 + .0008 * i, .03), (0, .03)], .0015, 1, False), 14), "y", 90), tx, TB[0] + 1.05 - .055 * i, TB[1] - .22), "chrome")
part(move(box(.012, .60, .012, .002, 1), tx + .002, TB[0] + .80, TB[1] - .245), "steel")
for i in range(5):
    part(move(box(.15, .19, .12, .01, 2), tx + .075, TB[0] + 1.04 - .21 * i, TB[1] - .36), ("paint_red", "wall_blue", "floor_yellow", "wall_blue", "paint_red")[i])

# --- cabinet, fire extinguisher, clock, bin, personnel door --------------------------------------------------------------
cx, cy = -X + .25, 2.75
part(move(box(.46, .92, 1.88, .008, 2), cx, cy, .98), "door_grey")
for s in (1, -1):
    part(move(box(.016, .44, 1.80, .006, 2), cx + .236, cy + s * .225, .98), "steel_blue")
    part(move(box(.02, .014, .14, .004, 1), cx + .25, cy + s * .03, 1.02), "zinc")
for x, y, ang in ((3.25, Y - .13, 0), (2.95, Y - .13, 0)):
    b = lathe(fillet([(0, 0, 0), (.072, 0), (.072, .40, .045), (.028, .452), (.028, .475), (0, .475, 0)], .008, 3, False), 24)
    part(move(b, x, y, .12), "paint_red")
    part(move(cyl(.024, .472, .52, .003, 14), x, y, .12), "brass")
    part(move(box(.022, .13, .016, .004, 1), x, y - .02, .655), "print_black")
    part(move(spin(box(.022, .12, .012, .004, 1), "x", -16), x, y - .02, .690), "print_black")
    part(hose([(x + .02, y, .62), (x + .085, y - .01, .60), (x + .098, y - .01, .45), (x + .088, y - .02, .28)], .010, 4, 8), "rubber")
    part(move(lathe([(.012, 0), (.013, .02), (.022, .10), (.018, .10), (.008, .02)], 12), x + .087, y - .02, .19), "print_black")
    PARTS[-1] = PARTS[-1]
part(move(box(.62, .22, .10, .006, 1), 3.10, Y - .125, .05), "print_red")
part(move(spin(lathe(fillet([(0, 0, 0), (.17, 0), (.17, .03), (.158, .045), (.150, .032), (0, .032, 0)], .004, 1, False), 40), "x", 90), 3.35, Y - .005, 2.72), "print_black")
for k, m in enumerate(("steel_blue", "floor_green", "paint_red")):
    bx, by = -X + .35, -2.95 - .0 + .0 * k
    o = loft([[(bx + sx * w, -2.75 - .42 * k + sy * w, z) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))] for w, z in ((.15, 0), (.18, .52), (.192, .525), (.192, .56), (.17, .575))])
    part(o, m)
px0, px1 = -X + PASS[0], -X + PASS[1]
part(move(box(PASS[1] - PASS[0] - .02, .045, PASS[3] - .02, .003, 1), (px0 + px1) / 2, -Y - .0, PASS[3] / 2), "steel_blue")
part(flip(sheet((px0 + .22, -Y + .0245, 1.25), (1, 0, 0), (0, 0, 1), [0, .5], [0, .55])), "daylight")
for p, q in (((px0, 0), (px0, PASS[3])), ((px1, 0), (px1, PASS[3])), ((px0, PASS[3]), (px1, PASS[3]))):
    room.bar((p[0], -Y + .01, p[1]), (q[0], -Y + .01, q[1]), .08, .08, "door_grey")
part(move(spin(cyl(.011, 0, .12, .003, 10), "y", 90), px1 - .20, -Y + .07, 1.02), "zinc")
part(move(box(.012, 1.5, .95, .004, 1), X - .012, .15, 1.72), "door_grey")                        # whiteboard frame, left wall
part(move(box(.006, 1.44, .89, .002, 1), X - .019, .15, 1.72), "print_white")
part(move(box(.06, 1.2, .02, .004, 1), X - .045, .15, 1.255), "door_grey")


# --- signs --------------------------------------------------------------------------------------------------------------
def sign(pic, px, w, o, facing):
    """Part px = (x, y, w, h) of a 1024 px picture as a sheet w metres wide; o = centre; facing = wall normal."""
    h = w * px[3] / px[2]
    ob = mesh([(-w / 2, -h / 2, 0), (w / 2, -h / 2, 0), (w / 2, h / 2, 0), (-w / 2, h / 2, 0)], [(0, 1, 2, 3)])
    u0, v1, u1, v0 = px[0] / 1024, 1 - px[1] / 1024, (px[0] + px[2]) / 1024, 1 - (px[1] + px[3]) / 1024
    lay = ob.data.uv_layers.new(name="UVMap").data
    for i, uv in enumerate(((u0, v0), (u1, v0), (u1, v1), (u0, v1))):
        lay[i].uv = uv
    assign(ob, "decal:" + pic, uv="keep")
    n = Vector(facing)
    x = Vector((0, 0, 1)).cross(n)
    apply(ob, Matrix.Translation(Vector(o) + n * .006) @ Matrix((x, (0, 0, 1), n)).transposed().to_4x4())
    PARTS.append(ob)


# decal("bay_signs") decal("bay_posters"): pictures drawn by the build
BACK, RIGHT, LEFT, FRONT = (0, -1, 0), (1, 0, 0), (-1, 0, 0), (0, 1, 0)
S = lambda c, r: (c * 256, r * 341, 256, 341)
for k in range(4):
    sign("bay_signs", S(k, 0), .34, (2.95 + .40 * k, Y, 1.95), BACK)
sign("bay_signs", S(1, 1), .26, (3.10, Y, 1.42), BACK)
sign("bay_signs", (0, 683, 341, 341), .29, (3.35, Y - .034, 2.72), BACK)
sign("bay_signs", (341, 683, 341, 341), .80, (-2.35, Y, 2.55), BACK)
sign("bay_signs", S(0, 1), .40, (-2.35, Y, 1.75), BACK)
sign("bay_signs", (682, 683, 341, 341), .62, (-3.2, Y, 1.85), BACK)
sign("bay_posters", (0, 0, 1024, 420), 2.9, (.9, -Y, 2.15), FRONT)
sign("bay_posters", (0, 430, 634, 594), .95, (X, 2.35, 1.80), LEFT)
sign("bay_posters", (642, 430, 382, 594), .64, (X, 3.30, 1.80), LEFT)
sign("bay_signs", (512, 341, 512, 164), .50, ((px0 + px1) / 2, -Y, 2.34), FRONT)
sign("bay_signs", (512, 511, 512, 164), .36, (X - .232, -2.08, 1.80), LEFT)

marks = node("floor_marks", root, (0, 0, 0), join(*MARKS))
marks["no_ao"] = 1
node("room", root, (0, 0, 0), join(*PARTS))
eye = Vector((3.6, -3.4, 1.65))
aim = Vector((.84, -1.32, .45))
anchor("view", "overview", root, tuple(eye), z=tuple(eye - aim), x=tuple((eye - aim).cross(Vector((0, 0, -1)))), look="0.84 0.45 1.32", fov=55.0)
eye = Vector((2.35, -2.15, 1.60))
anchor("view", "start", root, tuple(eye), z=tuple(eye - Vector((.84, -1.32, .5))), x=tuple((eye - Vector((.84, -1.32, .5))).cross(Vector((0, 0, -1)))), look="0.84 0.5 1.32", fov=60.0)
anchor("snap", "car", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0), accepts="car")
anchor("snap", "trolley", root, (2.25, -.1, 0), z=(0, 0, 1), x=(1, 0, 0), accepts="tool_trolley")
anchor("snap", "wheel_rack", root, (2.3, 1.6, 0), z=(0, 0, 1), x=(1, 0, 0), accepts="tyre_rack")
finish(root, ao=.55, together=True)
