"""Control cabinet, 800 x 400 x 1800 mm with plinth, sheet steel (pattern: free-standing enclosures 800 x 1800 x 400). Origin: floor centre; front: -Y.

The door (left, 0.56 m) covers the 24 V control gear; the isolators Q1 (line) and Q2 (robot, another department's) sit on the fixed strip to the
right of it, so that they stay in reach and the door opens with the power on. A work light hangs over the door. Behind the strip: Q1's outgoing terminals, seen with the door open.
Rotary handles: grip upright = on, level = off; main_switch rests on (90 = off), robot_switch rests off (90 = on). Anchors probe_* stand on the terminals' test points.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import front, lens, part_of, put, slab

X0, X1, Y0, Y1, Z0, Z1 = -.40, .40, -.20, .20, .10, 1.80
DX = .205                                            # right edge of the door; the fixed strip reaches from here to X1
BACK = .135                                          # face of the mounting plate
root = start("control_cabinet", asset="control_cabinet", domain="manufacturing")
P = []


def add(ob, mat, **kw):
    P.append(assign(ob, mat, **kw))
    return P[-1]


def face(ob, x, y, z):
    """Lying art onto a wall that looks to -Y."""
    P.append(front(ob, x, y, z))


# --- shell ------------------------------------------------------------------------------------------------------
T = .0025
add(slab(X0, X1, Y0 + .02, Y1, 0, Z0, .003), "coated_dark")
for x0, x1 in ((X0, X0 + T), (X1 - T, X1)):
    add(slab(x0, x1, Y0, Y1, Z0, Z1, .001), "cabinet_grey")
add(slab(X0 + T, X1 - T, Y1 - T, Y1, Z0, Z1, 0), "cabinet_grey")
for z0, z1 in ((Z0, Z0 + T), (Z1 - T, Z1)):
    add(slab(X0 + T, X1 - T, Y0, Y1 - T, z0, z1, 0), "cabinet_grey")
rim = prism(fillet(rect(DX - X0, Z1 - Z0, (X0 + DX) / 2, 0), .003, 1), 0, .014, .001, holes=[fillet(rect(DX - X0 - .05, Z1 - Z0 - .05, (X0 + DX) / 2, 0), .006, 2)[::-1]])
add(front(rim, 0, Y0 + .030, (Z0 + Z1) / 2), "cabinet_grey")
add(front(prism(rect(DX - X0 - .044, Z1 - Z0 - .044, (X0 + DX) / 2, 0), .012, .016, .001, holes=[rect(DX - X0 - .054, Z1 - Z0 - .054, (X0 + DX) / 2, 0)[::-1]]), 0, Y0 + .030, (Z0 + Z1) / 2), "rubber")
add(slab(DX, X1 - T, Y0, Y0 + .020, Z0 + T, Z1 - T, .0015), "cabinet_grey")                            # fixed strip
add(slab(DX, DX + .002, Y0 + .02, Y1 - .06, Z0 + .9, Z1 - .10, 0), "zinc")
for x in (X0 + .05, X1 - .05):                                                                        # lifting eyes
    for y in (Y0 + .06, Y1 - .06):
        add(move(spin(lathe(fillet([(.010, -.004), (.018, -.004), (.018, .004), (.010, .004)], .002, 1), 16, closed=True), "x", 90), x, y, Z1 + .020), "zinc")
        add(move(cyl(.010, 0, .006, .001, 12), x, y, Z1), "zinc")
# work light on an arm over the door
add(slab(-.14, -.06, Y0 + .01, Y0 + .09, Z1, Z1 + .012, .002), "coated_dark")
add(sweep(spline([(-.10, Y0 + .05, Z1 + .01), (-.10, Y0 + .05, Z1 + .10), (-.10, Y0 - .02, Z1 + .135), (-.10, Y0 - .26, Z1 + .130)], 4), circle(.009, 10), up=(1, 0, 0)), "coated_dark")
add(slab(-.28, .08, Y0 - .30, Y0 - .235, Z1 + .100, Z1 + .132, .006, 2), "coated_dark")
add(move(box(.33, .045, .004, 0), -.10, Y0 - .2675, Z1 + .099), "lamp_white")
px, pz = [X0 + .03 + .074 * i for i in range(11)], [Z0 + .05 + .1 * i for i in range(17)]
add(mesh([(x, BACK, z) for z in pz for x in px], [(11 * j + i, 11 * j + i + 1, 11 * j + i + 12, 11 * j + i + 11) for j in range(16) for i in range(10)]), "door_grey")
for x in (-.25, -.19, -.13):                                                                          # glands at the floor, cables down
    add(move(cyl(.016, -.004, .016, .002, 14), x, .06, Z0), "plastic_black")

# --- mounting plate: channels and rails ----------------------------------------------------------------------------
IX0, IX1 = -.355, .175
for z in (1.700, 1.395, 1.085, .745, .470):           # horizontal channels
    add(slab(IX0, IX1, BACK - .055, BACK, z - .022, z + .022, .002), "plastic_grey")
    add(slab(IX0 - .001, IX1 + .001, BACK - .058, BACK - .055, z - .024, z + .024, .001), "door_grey")
for x in (IX0 + .018, IX1 - .018):
    add(slab(x - .018, x + .018, BACK - .054, BACK, .49, 1.68, .002), "plastic_grey")
    add(slab(x - .019, x + .019, BACK - .057, BACK - .054, .492, 1.678, .001), "door_grey")
RAIL = {1: 1.550, 2: 1.240, 3: .915, 4: .610}
RX0, RX1 = IX0 + .040, IX1 - .040
for z in RAIL.values():
    add(slab(RX0, RX1, BACK - .0085, BACK - .0065, z - .0175, z + .0175, 0), "zinc")
    add(slab(RX0, RX1, BACK - .0075, BACK, z - .0125, z + .0125, 0), "zinc")
F = BACK - .010                                       # devices stand on the rail from here forwards


def device(x0, x1, z, h, d, mat, step=None, top=.045, r=.0015):
    """Rail device: body h high and d deep; step: a raised middle part of that depth and height `top`."""
    add(slab(x0 + .0003, x1 - .0003, F - d, F, z - h / 2, z + h / 2, r), mat)
    if step:
        add(slab(x0 + .0008, x1 - .0008, F - step, F - d + .001, z - top / 2, z + top / 2, r), mat)


def screw(x, y, z, mat="zinc", r=.0030):
    add(front(lathe([(r, 0), (r * .9, .0012), (0, .0012)], 10), x, y, z), mat)
    add(slab(x - r * .8, x + r * .8, y - .0016, y - .0011, z - .0004, z + .0004, 0), "print_black")


def breaker(x, z, poles):
    w = .018
    for k in range(poles):
        x0 = x + w * k
        device(x0, x0 + w, z, .085, .044, "plastic_white", .066)
        add(slab(x0 + .005, x0 + .013, F - .074, F - .064, z - .004, z + .010, .001), "plastic_blue")
        for dz in (-.033, .033):
            screw(x0 + w / 2, F - .044, z + dz)


K = 1.3                                               # controller and terminals of the wide type: readable from 0.7 m


def grow(first, z):
    """Widen what was added since `first` about the rail's left end."""
    for ob in P[first:]:
        apply(ob, Matrix.Translation((RX0, 0, z)) @ Matrix.Diagonal((K, 1, K, 1)) @ Matrix.Translation((-RX0, 0, -z)))


def grown(q, z):
    return RX0 + (q[0] - RX0) * K, q[1], z + (q[2] - z) * K


# rail 1: breakers, power supply 24 V, contactor relay
z = RAIL[1]
breaker(RX0 + .004, z, 2)
breaker(RX0 + .046, z, 1)
px0, px1 = RX0 + .082, RX0 + .082 + .075
device(px0, px1, z, .125, .112, "coated_dark", r=.002)
for k in range(12):
    add(slab(px0 + .010 + .005 * k, px0 + .0125 + .005 * k, F - .1123, F - .1119, z - .022, z + .006, 0), "print_black")
PY = F - .1125
face(part_of("cabinet_labels", (0, 0, 320, 180), .070), (px0 + px1) / 2, PY, z + .030)
for k in range(4):                                    # terminals along the foot: + + - -
    add(slab(px0 + .008 + .0155 * k, px0 + .0205 + .0155 * k, PY - .004, PY + .001, z - .058, z - .040, .001), "plastic_green" if k < 2 else "plastic_black")
    screw(px0 + .01425 + .0155 * k, PY - .004, z - .049)
PSU_P, PSU_N = (px0 + .01425, PY - .0055, z - .049), (px0 + .01425 + .031, PY - .0055, z - .049)
PSU_LED = (px0 + .062, PY, z + .052)
cx0 = px1 + .016
for k in range(2):                                    # contactors K1, K2
    device(cx0 + .047 * k, cx0 + .045 + .047 * k, z, .082, .060, "plastic_white", .082, .050)
    add(slab(cx0 + .012 + .047 * k, cx0 + .033 + .047 * k, F - .0835, F - .0815, z - .012, z + .012, .001), "coated_dark")
    for dx in (.009, .0225, .036):
        for dz in (-.034, .034):
            screw(cx0 + dx + .047 * k, F - .060, z + dz)
RELAY = cx0 + .100
device(RELAY, RELAY + .0225, z, .100, .105, "plastic_yellow")                                             # safety relay
face(part_of("cabinet_labels", (920, 0, 100, 380), .0200), RELAY + .01125, F - .1055, z + .004)

# rail 2: the controller: CPU, 16 inputs, 16 outputs
z, mark = RAIL[2], len(P)
PLC0 = RX0 + .030
device(PLC0, PLC0 + .080, z, .125, .095, "plastic_grey", r=.003)
device(PLC0 + .081, PLC0 + .141, z, .125, .088, "plastic_grey", r=.003)
device(PLC0 + .142, PLC0 + .202, z, .125, .088, "plastic_grey", r=.003)
face(part_of("cabinet_labels", (0, 190, 320, 500), .0770), PLC0 + .040, F - .0955, z)
MY = F - .0885
INX, OUTX = PLC0 + .111, PLC0 + .172
face(part_of("cabinet_labels", (330, 190, 240, 500), .0575), INX, MY, z)
face(part_of("cabinet_labels", (580, 190, 240, 500), .0575), OUTX, MY, z)
led_at = lambda mx, k: (mx - .0180 + .0310 * (k // 8), MY - .0002, z + .0330 - .0082 * (k % 8))
for mx in (INX, OUTX):                                # dark lenses: lamps that are lit are nodes of their own
    for k in range(16):
        q = led_at(mx, k)
        add(front(lathe([(.0017, 0), (.0013, .0006), (0, .0007)], 8), *q), "lens_green" if mx is INX else "lens_amber")
for mx in (INX, OUTX):
    for k in range(10):                               # plug with clamp terminals along the foot
        add(slab(mx - .0270 + .0055 * k, mx - .0225 + .0055 * k, MY - .010, MY + .001, z - .060, z - .042, .0006), "plastic_green")
        add(slab(mx - .0256 + .0055 * k, mx - .0238 + .0055 * k, MY - .0104, MY - .0098, z - .0475, z - .0445, 0), "print_black")
I03 = grown((INX - .0248 + .0055 * 5, MY - .0105, z - .053), z)
grow(mark, z)

# rail 3: fuse terminals F1..F4, then X1
z, mark = RAIL[3], len(P)
fx = lambda k: RX0 + .022 + .016 * (k - 1)
for k in range(1, 5):
    if k == 2:                                        # F2: lever drawn, the link lies open in its clips
        device(fx(k) - .0075, fx(k) + .0075, z, .078, .046, "plastic_black")
        for dz in (-.0085, .0085):
            add(slab(fx(k) - .0030, fx(k) + .0030, F - .0545, F - .0455, z + dz - .0015, z + dz + .0015, .0003), "brass")
    else:
        device(fx(k) - .0075, fx(k) + .0075, z, .078, .046, "plastic_black", .058, .036)
    for dz in (-.030, .030):
        screw(fx(k), F - .046, z + dz)
    face(part_of("cabinet_labels", (830 + 0, 390 + 48 * (k - 1), 90, 44), .0130), fx(k), F - .0463, z + .0215)
F2, F2_OUT = grown((fx(2), F - .0525, z), z), grown((fx(2), F - .0475, z - .030), z)
XT0 = fx(4) + .022
tx = lambda n: XT0 + .0102 * n
for n in range(1, 21):
    mat = "plastic_red" if n in (1, 2, 11) else "plastic_blue" if n in (3, 12) else "plastic_yellow" if n == 20 else "plastic_grey"
    add(slab(tx(n) - .0048, tx(n) + .0048, F - .046, F, z - .030, z + .030, .0008), mat)
    for dz in (-.020, .020):
        add(front(cyl(.0030, 0, .0006, 0, 10), tx(n), F - .046, z + dz), "zinc")
    add(front(cyl(.0013, 0, .0003, 0, 8), tx(n), F - .046, z), "print_black")
for x in (XT0 + .0015, tx(21) - .001):
    add(slab(x - .0045, x + .0030, F - .042, F, z - .024, z + .024, .001), "coated_dark")
face(part_of("cabinet_labels", (330, 700, 690, 40), .0102 * 20), (tx(1) + tx(20)) / 2, F - .0464, z + .0085)
face(part_of("cabinet_labels", (830, 590, 90, 44), .0180), XT0 - .002 - .006, F - .0426, z + .0180)
X14 = grown((tx(4), F - .0470, z - .020), z)
grow(mark, z)

# rail 4: service socket XS1, relays, spare
z = RAIL[4]
device(RX0 + .020, RX0 + .064, z, .090, .060, "plastic_orange", r=.002)
SX = RX0 + .042
add(front(tube_z(.0155, .0185, 0, .004, .0006, 28), SX, F - .060, z - .004), "plastic_white")
for dx in (-.0075, .0075):
    add(front(cyl(.0026, 0, .0003, 0, 12), SX + dx, F - .0603, z - .004), "print_black")
face(part_of("cabinet_labels", (330, 0, 280, 180), .042), SX, F - .0603, z + .0300)
XS_L, XS_N = (SX - .0075, F - .0612, z - .004), (SX + .0075, F - .0612, z - .004)
for k in range(8):
    x0 = RX0 + .100 + .0155 * k
    device(x0, x0 + .0150, z, .090, .055, "plastic_black")
    add(slab(x0 + .002, x0 + .013, F - .078, F - .054, z - .016, z + .014, .001), "poly_smoke")
    add(slab(x0 + .003, x0 + .012, F - .076, F - .054, z - .013, z + .011, .001), "plastic_white")

# --- isolators' rear ends behind the strip, Q1's outgoing terminals ------------------------------------------------------
QX, Q1Z, Q2Z = .300, 1.300, .815
for z in (Q1Z, Q2Z):
    add(slab(QX - .045, QX + .045, BACK - .085, BACK, z - .055, z + .055, .004), "coated_dark")
    add(front(cyl(.004, 0, BACK - .085 - Y0, 0, 10), QX, BACK - .085, z), "steel")
QT = []
# Q1's outgoing terminals 2T1 4T2 6T3 and PE, right of the controller on its rail
OZ = 1.240
ox = lambda k: RX0 + .335 + .0165 * k
for k, mat in enumerate(("coated_dark", "coated_dark", "coated_dark", "plastic_green")):
    add(slab(ox(k) - .0078, ox(k) + .0078, F - .050, F, OZ - .034, OZ + .034, .001), mat)
    for dz in (-.023, .023):
        screw(ox(k), F - .050, OZ + dz, "brass_nickel", .0042)
    QT.append((ox(k), F - .0515, OZ - .023))
add(slab(ox(3) - .0020, ox(3) + .0020, F - .0503, F - .0500, OZ - .034, OZ + .034, 0), "plastic_yellow")
face(part_of("cabinet_labels", (620, 0, 290, 66), .0660), (ox(0) + ox(3)) / 2, F - .0503, OZ)

# --- wires: from the devices into the channels ---------------------------------------------------------------------------
def wire(p, z_to, mat, out=.010, r=.0011):
    """From a terminal at p (x, y, z) forwards a little, then to the channel at height z_to."""
    x, y, z = p
    s = 1 if z_to > z else -1
    P.append(assign(sweep(spline([(x, y + .002, z), (x, y - out * .6, z + s * .006), (x, y - out * .5, z + s * .018), (x + .001, (y + BACK - .050) / 2, (z + z_to) / 2), (x + .002, BACK - .045, z_to - s * .020)], 2), circle(r, 6)), mat))


for k in range(10):
    wire(grown((INX - .0248 + .0055 * k, MY - .009, RAIL[2] - .060), RAIL[2]), 1.085, ("wire_blue", "wire_red")[k == 0] if k < 2 else "cladding", .006)
    wire(grown((OUTX - .0248 + .0055 * k, MY - .009, RAIL[2] - .060), RAIL[2]), 1.085, ("wire_blue", "wire_red")[k == 0] if k < 2 else "cladding", .006)
for n in range(1, 21):
    m = "wire_red" if n in (1, 2, 11) else "wire_blue" if n in (3, 12) else "wire_green" if n == 20 else "cladding"
    wire(grown((tx(n), F - .045, RAIL[3] - .028), RAIL[3]), .745, m, .004)
    wire(grown((tx(n), F - .045, RAIL[3] + .028), RAIL[3]), 1.085, m, .004)
for k in range(1, 5):
    wire(grown((fx(k), F - .046, RAIL[3] - .036), RAIL[3]), .745, "wire_red", .005)
    wire(grown((fx(k), F - .046, RAIL[3] + .036), RAIL[3]), 1.085, "wire_red", .005)
for k in range(4):
    wire((px0 + .01425 + .0155 * k, PY - .004, RAIL[1] - .056), 1.395, "wire_red" if k < 2 else "wire_blue", .006, .0015)
for k in range(3):
    wire((RX0 + .013 + .018 * k + (.006 if k == 2 else 0), F - .044, RAIL[1] + .040), 1.700, ("wire_brown", "cladding", "cladding")[k], .006, .0015)
    wire((RX0 + .013 + .018 * k + (.006 if k == 2 else 0), F - .044, RAIL[1] - .040), 1.395, ("wire_brown", "cladding", "cladding")[k], .006, .0015)
for c in range(2):
    for dx in (.009, .0225, .036):
        wire((cx0 + dx + .047 * c, F - .060, RAIL[1] + .038), 1.700, "cladding", .006, .0018)
        wire((cx0 + dx + .047 * c, F - .060, RAIL[1] - .038), 1.395, "cladding", .006, .0018)
for k, q in enumerate(QT):
    wire((q[0], F - .050, OZ - .030), 1.085, "wire_green" if k == 3 else ("wire_brown", "cladding", "coated_grey")[k], .008, .0023)
    wire((q[0], F - .050, OZ + .030), 1.395, "wire_green" if k == 3 else ("wire_brown", "cladding", "coated_grey")[k], .008, .0023)
for dx in (-.012, .012):
    wire((SX + dx, F - .058, RAIL[4] - .043), .470, "wire_brown" if dx < 0 else "wire_blue", .004, .0015)

# --- outside of the strip: signs -------------------------------------------------------------------------------------------
face(part_of("cabinet_signs", (0, 0, 420, 250), .150), QX, Y0 - .0004, 1.475)
face(part_of("cabinet_signs", (0, 260, 420, 250), .150), QX, Y0 - .0004, .990)
face(part_of("cabinet_signs", (0, 520, 420, 200), .150), QX, Y0 - .0004, 1.610)
# decal("cabinet_labels") decal("cabinet_signs"): pictures drawn by the build
node("cabinet", root, (0, 0, 0), join(*P))

# --- isolator handles -------------------------------------------------------------------------------------------------------
def isolator(name, zq, off=False):
    base = assign(front(prism(fillet(rect(.086, .086), .010, 4), 0, .006, .0015), QX, Y0, zq), "plastic_yellow")
    ringd = assign(front(tube_z(.029, .034, .005, .010, .001, 32), QX, Y0, zq), "plastic_yellow")
    dial = front(part_of("cabinet_labels", (0, 700, 320, 320), .084), QX, Y0 - .0064, zq)
    ear = front(prism(fillet([(.030, -.052), (.046, -.052), (.056, -.038), (.056, -.020), (.030, -.020)], .004, 3), .000, .004, .0008, holes=[circle(.0042, 16, .0445, -.039)[::-1]]), QX, Y0, zq)
    node(name + "_plate", root, (QX, Y0, zq), join(base, ringd, dial, assign(ear, "steel")))
    disc = front(cyl(.0285, .004, .016, .002, 36, 2), QX, Y0, zq)
    bar_ = front(prism(fillet(rect(.017, .060), .0075, 4), .010, .036, .0030, n=2), QX, Y0, zq)
    mark = front(prism(rect(.0025, .018, 0, .019), .0355, .0364, .0002), QX, Y0, zq)
    handle = join(assign(disc, "plastic_red"), assign(bar_, "plastic_red"), assign(mark, "print_white"))
    if off:
        handle = move(spin(move(handle, -QX, 0, -zq), "y", 90), QX, 0, zq)
    node(name, root, (QX, Y0, zq), handle, **joint("revolute", (0, -1 if off else 1, 0), 0, 90))


isolator("main_switch", Q1Z)
isolator("robot_switch", Q2Z, off=True)
HASP = lambda zq: (QX + .0445, Y0 - .003, zq - .039)
anchor("snap", "main_hasp", root, HASP(Q1Z), z=(0, 0, 1), x=(1, 0, 0), accepts="safety_padlock")
anchor("snap", "other_hasp", root, HASP(Q2Z), z=(0, 0, 1), x=(1, 0, 0), accepts="safety_padlock")
hook = (QX - .038, Y0 - .012, Q1Z - .070)
anchor("snap", "main_tag", root, hook, z=(0, 0, 1), x=(1, 0, 0), accepts="lock_tag")
anchor("snap", "other_tag", root, (QX - .038, Y0 - .012, Q2Z - .070), z=(0, 0, 1), x=(1, 0, 0), accepts="lock_tag")

# --- door ------------------------------------------------------------------------------------------------------------------------
D = [assign(slab(X0 + .003, DX - .003, Y0 - .004, Y0 + .016, Z0 + .006, Z1 - .006, .003, 2), "cabinet_grey")]
inner = prism(rect(DX - X0 - .07, Z1 - Z0 - .10, (X0 + DX) / 2, 0), 0, .016, .002, holes=[rect(DX - X0 - .10, Z1 - Z0 - .13, (X0 + DX) / 2, 0)[::-1]])
D.append(assign(front(inner, 0, Y0 + .032, (Z0 + Z1) / 2), "cabinet_grey"))
D.append(front(part_of("cabinet_signs", (430, 0, 590, 420), .300), -.10, Y0 - .0044, 1.560))
D.append(front(part_of("cabinet_signs", (430, 430, 590, 200), .260), -.10, Y0 - .0044, 1.360))
D.append(spin(move(front(part_of("cabinet_signs", (430, 640, 590, 380), .300), .10, -Y0 - .0164, 1.20), 0, 0, 0), "z", 180))
D.append(assign(slab(-.22, .03, Y0 + .016, Y0 + .050, .62, .86, .003), "door_grey"))                     # pocket for the drawings
hx = DX - .050
D.append(assign(front(prism(fillet(rect(.034, .150), .010, 4), 0, .012, .003), hx, Y0 - .004, 1.02), "plastic_black"))
D.append(assign(front(prism(fillet(rect(.020, .110, 0, -.012), .008, 4), .010, .026, .003), hx, Y0 - .004, 1.02), "zinc"))
for zz in (.35, .95, 1.55):
    D.append(assign(move(cyl(.007, zz - .035, zz + .035, .002, 14), X0 - .004, Y0 - .003, 0), "zinc"))
d = node("door", root, (X0 - .004, Y0 - .003, (Z0 + Z1) / 2), join(*D), **joint("revolute", (0, 0, -1), 0, 115))
anchor("grab", "door", d, (hx, Y0 - .034, 1.02), z=(0, -1, 0), x=(1, 0, 0))

# --- lamps: discs a little larger than their dark lenses ----------------------------------------------------------------------------
def lit(name, q, mat="glow_green", r=.0020, src=None):
    if src:
        return instance(name, src, root, q)
    return node(name, root, q, assign(front(lathe([(r, 0), (r * .8, .0008), (0, .0010)], 10), *q), mat))


z = RAIL[2]
first = lit("plc_lamp_0", grown(led_at(INX, 0), z), r=.0026)
for k in range(1, 8):
    lit(f"plc_lamp_{k}", grown(led_at(INX, k), z), src=first)
lit("psu_led", PSU_LED, r=.0024)
lit("plc_run_led", grown((PLC0 + .0118, F - .0957, z + .0462), z), src=first)
lit("q_lamp_0", grown(led_at(OUTX, 0), z), "glow_amber", .0026)

# --- test points ------------------------------------------------------------------------------------------------------------------
for n, q in (("t1", QT[0]), ("t2", QT[1]), ("t3", QT[2]), ("pe", QT[3]), ("ref_l", XS_L), ("ref_n", XS_N), ("24", PSU_P), ("0v", PSU_N), ("f2_out", F2_OUT), ("x1_4", X14), ("i03", I03)):
    anchor("probe", n, root, q, z=(0, -1, .35), x=(1, 0, 0))
anchor("snap", "fuse_f2", root, F2, z=(0, -1, 0), x=(0, 0, 1), accepts="fuse_link", lie="1")
anchor("snap", "cable_end", root, (-.13, .06, .115), z=(0, 0, 1), x=(1, 0, 0))
for n, eye, aim in (("door", (-.10, -1.25, 1.35), (-.10, -.2, 1.2)), ("plc_lamp_3", (-.11, -.32, 1.27), (-.11, BACK, 1.24)), ("plc_lamp_4", (-.11, -.32, 1.27), (-.11, BACK, 1.24)), ("psu_led", (-.20, -.35, 1.56), (-.20, BACK, 1.54)),
                    ("main_switch", (QX, -.75, 1.34), (QX, Y0, 1.28)), ("robot_switch", (QX, -.75, .96), (QX, Y0, Q2Z)), ("terminals", (0, -.42, 1.02), (0, BACK, .92))):
    anchor("view", n, root, eye, z=tuple(Vector(eye) - Vector(aim)), x=(1, 0, 0))
finish(root, ao=.06, ao_samples=32)
