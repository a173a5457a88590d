"""Bay of a robot and conveyor line in a factory hall, 8 x 7 m, 4.2 m high. Origin: middle of the floor; front: -Y (glTF +Z), where a person comes in.

Cell fence: behind (y = 2.9) and beside (x = -2.6 and +2.6, from y = 2.9 to 0.9) the conveyor, 1.8 m high, mesh of 4 mm wires, 60 x 200 mm (ISO 13857);
a gate in the right side. Robot's plinth at x = 0.35, y = 1.75, 0.62 m high. Walls and ceiling are one-sided: seen from inside only.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import part_of, slab
from kit.room import Room, flip, sheet, steps

X, Y, H, DADO = 4.0, 3.5, 4.2, 1.1
FX, FY, FN, FH = 2.6, 2.9, .90, 1.80               # fence: half width, back, front ends of its sides, height
root = start("line_bay", asset="line_bay", domain="manufacturing")
room = Room()
PARTS, part, bar = room.parts, room.part, room.bar


def wall(o, u, length, holes=()):
    """Painted dado, plaster above, corrugated sheet under the roof."""
    for z0, z1, mat in ((0, DADO, "cabinet_grey"), (DADO, H, "wall_plaster")):
        zs = [z for z in (0, .07, .2, .45, .8, DADO, 1.7, 2.4, 3.1, 3.7, 4.05, H) if z0 <= z <= z1]
        part(flip(sheet(o, u, (0, 0, 1), steps(0, length, .8), zs, [(a, b, max(c, z0), min(d, z1)) for a, b, c, d in holes if c < z1 and d > z0])), mat)


# --- floor and its lines -----------------------------------------------------------------------------------------
node("floor", root, (0, 0, 0), assign(sheet((-X, -Y, 0), (1, 0, 0), (0, 1, 0), steps(0, 2 * X, .55), steps(0, 2 * Y, .55)), "floor_concrete"))
MARKS = []
rectm = lambda x0, x1, y0, y1, m="mark_yellow", z=.002: MARKS.append(assign(mesh([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)], [(0, 1, 2, 3)]), m))
LW = .08
for x in (-2.25, 2.25):                              # work place before the conveyor
    rectm(x - LW / 2, x + LW / 2, -2.05, FN)
rectm(-2.25 + LW / 2, 2.25 - LW / 2, -2.05 - LW / 2, -2.05 + LW / 2)
rectm(-3.9, 3.9, -3.35, -2.35, "mark_green", .0012)  # gangway
for y in (-3.35, -2.35):
    rectm(-3.9, 3.9, y - LW / 2, y + LW / 2)
for i in range(13):                                  # hatching of the danger zone along the conveyor
    x = -1.56 + .24 * i
    MARKS.append(assign(mesh([(x, .13, .0024), (x + .10, .13, .0024), (x + .28, .31, .0024), (x + .18, .31, .0024)], [(0, 1, 2, 3)]), "mark_yellow"))
# red: keep clear before the control cabinet
c = math.cos(math.radians(35)), math.sin(math.radians(35))
turn35 = lambda u, v: (-1.75 + u * c[0] - v * c[1], .75 + u * c[1] + v * c[0], .0022)
for u0, u1, v0, v1 in ((-.50, .50, -1.15, -1.10), (-.50, -.45, -1.10, -.24), (.45, .50, -1.10, -.24)):
    MARKS.append(assign(mesh([turn35(u0, v0), turn35(u1, v0), turn35(u1, v1), turn35(u0, v1)], [(0, 1, 2, 3)]), "paint_red"))
marks = node("floor_marks", root, (0, 0, 0), join(*MARKS))
marks["no_ao"] = 1

# --- walls: back (+Y) with a strip of windows, left (-X), front (-Y) with the door, right (+X) with a roller door -------
WIN = (.7, 7.3, 2.75, 3.70)
wall((X, Y, 0), (-1, 0, 0), 2 * X, [WIN])
wall((-X, Y, 0), (0, -1, 0), 2 * Y)
PASS = (5.6, 6.6, 0, 2.1)
wall((-X, -Y, 0), (1, 0, 0), 2 * X, [PASS])
GATE = (1.0, 3.2, 0, 3.2)
wall((X, -Y, 0), (0, 1, 0), 2 * Y, [GATE])
part(sheet((-X, Y, H), (1, 0, 0), (0, -1, 0), steps(0, 2 * X, 1.4), steps(0, 2 * Y, 1.4)), "door_grey")
part(flip(sheet((X - WIN[0], Y + .14, WIN[2]), (-1, 0, 0), (0, 0, 1), [0, WIN[1] - WIN[0]], [0, WIN[3] - WIN[2]])), "daylight")
for o, u, v, a, b in (((X - WIN[0], Y + .14, WIN[2]), (-1, 0, 0), (0, -1, 0), WIN[1] - WIN[0], .14), ((X - WIN[1], Y + .14, WIN[3]), (1, 0, 0), (0, -1, 0), WIN[1] - WIN[0], .14),
                      ((X - WIN[0], Y, WIN[2]), (0, 1, 0), (0, 0, 1), .14, .95), ((X - WIN[1], Y + .14, WIN[2]), (0, -1, 0), (0, 0, 1), .14, .95)):
    part(sheet(o, u, v, [0, a], [0, b]), "wall_plaster")
for i in range(9):
    x = X - WIN[0] - (WIN[1] - WIN[0]) * i / 8
    bar((x, Y + .09, WIN[2]), (x, Y + .09, WIN[3]), .05, .05, "steel_blue")
for z in (WIN[2] + .02, (WIN[2] + WIN[3]) / 2, WIN[3] - .02):
    bar((X - WIN[0], Y + .09, z), (X - WIN[1], Y + .09, z), .05, .035, "steel_blue")
bar((X - WIN[0] + .06, Y - .03, WIN[2] - .015), (X - WIN[1] - .06, Y - .03, WIN[2] - .015), .12, .03, "door_grey")
for o, u, ln, gap in (((X, Y), (-1, 0), 2 * X, None), ((-X, Y), (0, -1), 2 * Y, None), ((-X, -Y), (1, 0), 2 * X, (PASS[0] - .06, PASS[1] + .06)), ((X, -Y), (0, 1), 2 * Y, (GATE[0] - .1, GATE[1] + .1))):
    for a, b in ([(0, ln)] if not gap else [(0, gap[0]), (gap[1], ln)]):
        n = Vector((-u[1], u[0], 0)) * .006
        p, q = Vector((*o, 0)) + Vector((*u, 0)) * a + n, Vector((*o, 0)) + Vector((*u, 0)) * b + n
        bar(p + Vector((0, 0, DADO + .02)), q + Vector((0, 0, DADO + .02)), .012, .04, "paint_yellow")
        bar(p + Vector((0, 0, .06)), q + Vector((0, 0, .06)), .020, .12, "paint_grey")
y0, y1 = -Y + GATE[0], -Y + GATE[1]                 # roller door in the right wall
n, shh = 16, GATE[3] / 16
prof = []
for k in range(n):
    prof += [(.012, shh * k + .012), (.028, shh * (k + .5)), (.012, shh * (k + 1) - .012), (.004, shh * (k + 1))]
cols = [y0, y0 + .12, y0 + .5, (y0 + y1) / 2, y1 - .5, y1 - .12, y1]
part(mesh([(X + .03 - d, y, z) for d, z in prof for y in cols], [(7 * i + j, 7 * i + 7 + j, 7 * i + 8 + j, 7 * i + 1 + j) for i in range(len(prof) - 1) for j in range(6)]), "cabinet_grey")
for y in (y0 - .02, y1 + .02):
    bar((X - .03, y, 0), (X - .03, y, GATE[3] + .1), .08, .10, "coated_grey")
part(slab(X - .34, X, y0 - .15, y1 + .15, GATE[3], GATE[3] + .36, .02, 2), "cabinet_grey")
part(slab(X - .06, X, y1 + .45, y1 + .57, 1.22, 1.48, .01, 2), "plastic_yellow")
for z, m in ((1.42, "print_black"), (1.35, "print_red"), (1.28, "print_black")):
    part(move(spin(cyl(.018, 0, .012, .002, 14), "y", -90), X - .06, y1 + .51, z), m)
px0, px1 = -X + PASS[0], -X + PASS[1]               # door for people, front wall
part(slab(px0 + .01, px1 - .01, -Y - .022, -Y + .022, 0, PASS[3] - .01, .003), "steel_blue")
part(flip(sheet((px0 + .30, -Y + .0245, 1.30), (1, 0, 0), (0, 0, 1), [0, .4], [0, .5])), "daylight")
for p, q in (((px0, 0), (px0, PASS[3])), ((px1, 0), (px1, PASS[3])), ((px0, PASS[3]), (px1, PASS[3]))):
    bar((p[0], -Y + .01, p[1]), (q[0], -Y + .01, q[1]), .08, .08, "door_grey")
part(move(spin(cyl(.011, 0, .12, .003, 10), "y", 90), px1 - .22, -Y + .07, 1.02), "zinc")

# --- steel frame, crane rail, lamps, trunking --------------------------------------------------------------------------
isec = lambda w, h, t: [(-w / 2, -h / 2), (w / 2, -h / 2), (w / 2, -h / 2 + t), (t / 2, -h / 2 + t), (t / 2, h / 2 - t), (w / 2, h / 2 - t), (w / 2, h / 2), (-w / 2, h / 2), (-w / 2, h / 2 - t), (-t / 2, h / 2 - t), (-t / 2, -h / 2 + t), (-w / 2, -h / 2 + t)]
for y in (-2.9, 0, 2.9):
    part(sweep([(-X, y, 3.98), (X, y, 3.98)], isec(.16, .28, .018)), "steel_blue")
    for s in (1, -1):
        part(sweep([(s * (X - .09), y, 0), (s * (X - .09), y, 3.84)], isec(.16, .16, .016), up=(0, 1, 0)), "steel_blue")
        for k in range(4):
            part(mesh([(s * (X - .1735), y + a * .081, .15 + .18 * k + z) for z in (0, .18) for a in (-s, s)], [(1, 0, 2, 3)]), ("mark_yellow", "print_black")[k % 2])
for x in (-3, -1.5, 0, 1.5, 3):
    part(sweep([(x, -Y, 4.15), (x, Y, 4.15)], isec(.08, .09, .008)), "coated_grey")
lamp = None
for i, (x, y) in enumerate(((-2.1, -2.1), (1.9, -2.1), (-2.1, -.1), (1.9, -.1), (-2.1, 2.0), (1.9, 2.0)), 1):
    tray = prism(fillet([(-.11, 0), (.11, 0), (.075, .05), (-.075, .05)], .008, 2), -.80, .80, .002)
    part(move(spin(spin(tray, "x", 90), "z", 90), x, y, 3.42), "door_grey")
    for dx in (-.6, .6):
        part(move(cyl(.004, 0, .40, 0, 6), x + dx, y, 3.47), "steel")
    if lamp is None:
        lamp = node("ceiling_1_lamp", root, (x, y, 3.414), assign(move(box(1.54, .18, .016, .006, 2), x, y, 3.414), "lamp_white"))
    else:
        instance(f"ceiling_{i}_lamp", lamp, root, (x, y, 3.414))


def trunk(pts, w, h):
    """Cable tray: open channel with rungs."""
    for p, q in zip(pts, pts[1:]):
        p, q = Vector(p), Vector(q)
        d = (q - p).normalized()
        part(sweep([p, q], [(-w / 2, 0), (w / 2, 0), (w / 2, h), (w / 2 - .004, h), (w / 2 - .004, .004), (-w / 2 + .004, .004), (-w / 2 + .004, h), (-w / 2, h)], up=(0, 0, 1) if abs(d.z) < .9 else (0, -1, 0)), "zinc")


trunk([(-X, 3.25, 2.52), (X, 3.25, 2.52)], .30, .07)
trunk([(-3.80, 3.4, 2.52), (-3.80, -2.6, 2.52)], .24, .07)
trunk([(-1.95, 3.20, 2.52), (-1.95, .95, 2.52)], .20, .06)      # over to the cabinet
for x in (-1.99, -1.95, -1.91):
    part(hose([(x, 3.1, 2.60), (x, 1.3, 2.60), (x, .98, 2.58), (x + .02, .80, 2.40), (x + .02, .74, 2.05), (x + .02, .74, 1.79)], .011, 4, 8), "cladding")
for x in (-1.95,):
    for y in (1.1, 2.2):
        part(move(cyl(.004, 0, 1.62, 0, 6), x - .09, y, 2.55), "steel")
for y in (3.12, 3.19, 3.26, 3.33):
    part(sweep([(-X, y, 2.545), (X, y, 2.545)], circle(.016, 7)), "cladding")
for x in (-3.86, -3.79, -3.72):
    part(sweep([(x, 3.3, 2.545), (x, -2.6, 2.545)], circle(.014, 7)), "cladding")
for x in (-3.2, -1.0, 1.2, 3.2):                       # brackets
    bar((x, Y, 2.50), (x, 3.08, 2.50), .04, .03, "zinc")
for y in (2.6, .9, -.9, -2.3):
    bar((-X, y, 2.50), (-3.66, y, 2.50), .04, .03, "zinc")
pipe = lambda pts, r, mat="steel_blue": part(sweep(pts, circle(r, 10), up=(.3, .2, .93)), mat)
pipe([(-X + .25, Y - .07, 2.20), (X - .25, Y - .07, 2.20)], .020)                                        # compressed air
pipe([(1.75, Y - .07, 2.20), (1.75, Y - .07, 1.15)], .014)
part(move(box(.05, .06, .09, .008, 2), 1.75, Y - .08, 1.10), "brass")
part(slab(2.55, 3.25, Y - .20, Y, 1.05, 1.95, .01, 2), "cabinet_grey")                                   # distribution board on the back wall
part(slab(2.58, 3.22, Y - .212, Y - .20, 1.08, 1.92, .004), "door_grey")
part(slab(2.62, 2.64, Y - .228, Y - .212, 1.45, 1.55, .003), "print_black")
pipe([(2.9, Y - .08, 1.95), (2.9, Y - .08, 2.52)], .02, "door_grey")

# --- fence -----------------------------------------------------------------------------------------------------------
def post(x, y):
    bar((x, y, 0), (x, y, FH + .02), .06, .06, "paint_yellow")
    part(slab(x - .06, x + .06, y - .06, y + .06, 0, .010, .001), "paint_yellow")
    part(slab(x - .03, x + .03, y - .03, y + .03, FH + .02, FH + .026, .001), "print_black")


def panel(p, q, z0=.18, z1=FH):
    """Mesh panel between two posts: frame 20 mm, wires of 4 mm, upright every 60 mm, level every 200 mm."""
    p, q = Vector((*p, 0)), Vector((*q, 0))
    u = (q - p).normalized()
    p, q = p + u * .045, q - u * .045
    ln = (q - p).length
    at = lambda s, z: p + u * s + Vector((0, 0, z))
    parts = [sweep([at(0, z), at(ln, z)], rect(.02, .02)) for z in (z0, z1)] + [sweep([at(s, z0), at(s, z1)], rect(.02, .02), up=(0, 1, 0)) for s in (0, ln)]
    tri = circle(.0024, 3)
    n = round(ln / .06)
    parts += [sweep([at(ln * k / n, z0), at(ln * k / n, z1)], tri, up=(0, 1, 0), caps=False) for k in range(1, n)]
    m = round((z1 - z0) / .20)
    parts += [sweep([at(0, z0 + (z1 - z0) * k / m), at(ln, z0 + (z1 - z0) * k / m)], tri, caps=False) for k in range(1, m)]
    return join(*parts)


PT = [(-FX, FN), (-FX, 1.90), (-FX, FY), (-1.30, FY), (0, FY), (1.30, FY), (FX, FY), (FX, 1.90), (FX, FN)]
for p in PT:
    post(*p)
FEN = [assign(panel(a, b), "coated_dark") for i, (a, b) in enumerate(zip(PT, PT[1:])) if i != 7]
node("fence", root, (0, 0, 0), join(*FEN))
leaf = [assign(panel((FX, 1.90), (FX, FN)), "coated_dark"), assign(slab(FX - .035, FX + .035, FN + .045, FN + .085, .95, 1.13, .004), "plastic_black"),
        assign(slab(FX - .075, FX - .030, FN + .030, FN + .070, 1.50, 1.66, .004), "plastic_yellow")]
gate = node("gate", root, (FX, 1.90, 0), join(*leaf), **joint("revolute", (0, 0, 1), 0, 100))
anchor("grab", "gate", gate, (FX + .04, FN + .065, 1.04), z=(1, 0, 0), x=(0, 0, 1))
part(slab(FX - .075, FX - .030, FN - .030, FN + .026, 1.48, 1.68, .004), "plastic_yellow")

# --- robot's plinth, parts rack in the cell, right wall: cabinet and board ------------------------------------------------
RX, RY, RZ = .35, 1.75, .62
for x in (-.15, .15):
    for y in (-.15, .15):
        bar((RX + x, RY + y, .012), (RX + x, RY + y, RZ - .02), .08, .08, "coated_dark")
part(slab(RX - .26, RX + .26, RY - .26, RY + .26, 0, .014, .002), "coated_dark")
part(slab(RX - .20, RX + .20, RY - .20, RY + .20, RZ - .022, RZ, .002), "coated_dark")
for z in (.16, .44):
    for s in (1, -1):
        bar((RX - .15, RY + s * .15, z), (RX + .15, RY + s * .15, z), .05, .05, "coated_dark")
        bar((RX + s * .15, RY - .15, z), (RX + s * .15, RY + .15, z), .05, .05, "coated_dark")
part(slab(1.35, 2.20, 2.15, 2.70, .015, .94, .008, 2), "cabinet_grey")                                    # robot controller
part(slab(1.38, 2.17, 2.138, 2.15, .06, .90, .004), "door_grey")
part(slab(1.62, 1.93, 2.128, 2.138, .62, .82, .004), "print_black")
for x, m in ((1.45, "print_red"), (1.51, "lens_white"), (1.57, "lens_green")):
    part(move(spin(cyl(.014, 0, .014, .002, 14), "x", 90), x, 2.138, .74), m)
part(hose([(RX + .05, RY + .16, .70), (RX + .25, RY + .40, .40), (RX + .55, RY + .55, .05), (1.10, 2.35, .035), (1.38, 2.40, .10)], .022, 5, 8), "cladding")
for z in (.30, .70, 1.10):                                                                              # rack with boxes of parts
    part(slab(-2.35, -1.35, 2.30, 2.70, z - .015, z, .002), "zinc")
    for k, m in enumerate(("plastic_blue", "plastic_blue", "plastic_grey", "plastic_red")):
        if (k + round(z * 10)) % 5:
            b = loft([[Vector((-2.22 + .25 * k + sx * w, 2.46 + sy * w * 1.35, z + zz)) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))] for w, zz in ((.095, .002), (.108, .15), (.100, .15), (.092, .02))])
            part(b, m)
for x in (-2.34, -1.36):
    for y in (2.31, 2.69):
        bar((x, y, 0), (x, y, 1.35), .035, .035, "steel_blue")

# extinguishers at the right wall, cupboard, first aid
for y in (1.55, 1.83):
    b = lathe(fillet([(0, 0, 0), (.072, 0), (.072, .40, .045), (.028, .452), (.028, .475), (0, .475, 0)], .008, 2, False), 20)
    part(move(b, X - .14, y, .12), "paint_red")
    part(move(cyl(.024, .472, .52, .003, 12), X - .14, y, .12), "brass")
    part(slab(X - .21, X - .08, y - .011, y + .011, .645, .661, .003), "print_black")
    part(slab(X - .20, X - .09, y - .011, y + .011, .680, .692, .003), "print_black")
    part(hose([(X - .14, y + .02, .62), (X - .15, y + .085, .60), (X - .15, y + .098, .45), (X - .16, y + .088, .28)], .010, 4, 6), "rubber")
part(slab(X - .26, X - .02, 1.40, 1.98, 0, .10, .006), "print_red")
part(slab(X - .18, X, 2.45, 2.85, 1.30, 1.75, .012, 2), "print_white")                                     # first aid
part(slab(-X, -X + .42, .40, 1.30, .02, 1.90, .008, 2), "cabinet_grey")                                 # cupboard, left
for s in (.855, 1.29):
    part(slab(-X + .42, -X + .434, s - .43, s - .01, .06, 1.86, .005, 2), "steel_blue")
for s in (.81, .90):
    part(slab(-X + .434, -X + .452, s - .007, s + .007, .95, 1.10, .004), "zinc")


# --- signs ----------------------------------------------------------------------------------------------------------------
# decal("line_signs") decal("line_boards"): pictures drawn by the build
def sign(pic, px, w, o, facing, back=False):
    ob = part_of(pic, px, w)
    n = Vector(facing)
    x = Vector((0, 0, 1)).cross(n)
    PARTS.append(apply(ob, Matrix.Translation(Vector(o) + n * .006) @ Matrix((x, (0, 0, 1), n)).transposed().to_4x4()))
    if back:
        h = w * px[3] / px[2]
        t = Vector((abs(x.x) * w / 2, abs(x.y) * w / 2, h / 2)) + Vector((abs(n.x), abs(n.y), 0)) * .0025
        o = Vector(o) + n * .003
        part(slab(o.x - t.x, o.x + t.x, o.y - t.y, o.y + t.y, o.z - t.z, o.z + t.z, 0), "door_grey")


BACKW, LEFTW, RIGHTW, FRONTW = (0, -1, 0), (1, 0, 0), (-1, 0, 0), (0, 1, 0)
S = lambda c, r: (c * 256, r * 341, 256, 341)
for k in range(4):
    sign("line_signs", S(k, 0), .30, (-1.95 + 1.30 * k, FY - .018, 1.42), BACKW, True)
sign("line_signs", S(0, 1), .30, (-FX + .018, 1.40, 1.42), LEFTW, True)
sign("line_signs", S(2, 0), .26, (FX - .018, 1.40, 1.42), RIGHTW, True)
sign("line_signs", S(1, 1), .26, (X - .01, 1.69, 1.35), RIGHTW)
sign("line_signs", S(2, 1), .30, (X - .18, 2.65, 1.525), RIGHTW)
sign("line_signs", (0, 683, 341, 341), .34, (3.42, Y - .01, 2.52 - .55), BACKW)
sign("line_signs", (341, 683, 341, 341), .62, (-3.2, Y, 1.75), BACKW)
sign("line_signs", (682, 683, 341, 170), .44, ((px0 + px1) / 2, -Y, 2.32), FRONTW)
sign("line_signs", (682, 853, 341, 171), .42, (2.9, Y - .212, 1.74), BACKW)
sign("line_signs", S(3, 1), .26, (-X + .435, 1.08, 1.52), LEFTW)
sign("line_boards", (0, 0, 1024, 470), 1.5, (-X, -1.25, 2.12), LEFTW)
sign("line_boards", (0, 480, 640, 544), 1.25, (-1.6, -Y, 1.72), FRONTW)
sign("line_boards", (650, 480, 374, 544), .75, (.55, -Y, 1.72), FRONTW)
node("room", root, (0, 0, 0), join(*PARTS))

eye, aim = Vector((2.3, -3.0, 2.05)), Vector((-.25, .75, .85))
anchor("view", "overview", root, tuple(eye), z=tuple(eye - aim), x=tuple((eye - aim).cross(Vector((0, 0, -1)))), look="%g %g %g" % (aim.x, aim.z, -aim.y), fov=62.0)
anchor("snap", "conveyor", root, (0, .55, 0), z=(0, 0, 1), x=(1, 0, 0), accepts="conveyor")
anchor("snap", "robot", root, (RX, RY, RZ), z=(0, 0, 1), x=(1, 0, 0), accepts="robot_arm_6axis")
anchor("snap", "lockout_board", root, (-X + .012, -1.20, 1.35), z=(0, 0, 1), x=(0, 1, 0), accepts="lockout_board")
finish(root, ao=.50, ao_samples=32, together=True)
