"""Twin-belt transfer conveyor with a stop station, 2.40 m long, 0.25 m wide, belt top 0.90 m, for pallets 160 mm wide (pattern: transfer systems
of 160 mm track). Pallets run to +X and are held at x = +0.35 by a pneumatic stop (stroke 25 mm, rod 16 mm; extended = raised).

Sensor bracket: in its rest pose the sensor's face stands 4 mm before a pallet's side; value 1..15 mm on the scale. Front: -Y (glTF +Z).
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import front, part_of, put, slab

TOP, Y, XE, PR = .900, .125, 1.17, .047            # belt top, frame's outer face, pulley's axis, outside radius of the belt at the pulley
SX, PX = .35, .455                                 # middle of the pallet at the stop, axis of the stop cylinder
root = start("conveyor", asset="conveyor", domain="manufacturing")
P = []


def add(ob, mat, **kw):
    P.append(assign(ob, mat, **kw))
    return P[-1]


def profile(w, h, slots):
    """Section of a slotted aluminium profile; slots: sides 'l', 'r', 't', 'b' with their number."""
    pts, s, d = [], .004, .006
    def side(p, q, n, inward):
        p, q, i = Vector(p), Vector(q), Vector(inward)
        pts.append(tuple(p))
        for k in range(n):
            m = p.lerp(q, (k + .5) / n)
            t = (q - p).normalized() * s
            pts.extend([tuple(m - t), tuple(m - t + i * d), tuple(m + t + i * d), tuple(m + t)])
    a, b = w / 2, h / 2
    side((-a, -b), (a, -b), slots.get("b", 0), (0, 1))
    side((a, -b), (a, b), slots.get("r", 0), (-1, 0))
    side((a, b), (-a, b), slots.get("t", 0), (0, -1))
    side((-a, b), (-a, -b), slots.get("l", 0), (1, 0))
    return pts


def beam(p, q, section, mat="profile_alu", up=(0, 0, 1), grain="x"):
    return add(sweep([p, q], section, up=up), mat, grain=grain)


# --- frame ----------------------------------------------------------------------------------------------------
rail = profile(.036, .100, dict(r=2, t=0))
for s in (1, -1):                                    # section x: to the front for a beam along +X
    beam((-s * 1.145, -s * (Y - .018), .835), (s * 1.145, -s * (Y - .018), .835), rail)
    for y0, y1, z0, z1 in ((.0835, .0885, .880, .908),):           # side guide
        add(slab(-1.13, 1.13, *sorted((s * y0, s * y1)), z0, z1, .001), "plastic_black")
    add(slab(-1.10, 1.10, *sorted((s * .045, s * .075)), .870, .8955, .001), "plastic_white")       # slide rail under the belt
post = profile(.040, .040, dict(l=1, r=1, t=1, b=1))
for x in (-.95, .0, .95):
    for y in (-.100, .100):
        beam((x, y, .055), (x, y, .787), post, up=(0, 1, 0), grain="z")
        add(move(cyl(.006, .010, .060, 0, 12), x, y, 0), "zinc")
        add(move(lathe(fillet([(0, 0, 0), (.028, 0), (.026, .010), (.010, .016), (0, .016, 0)], .002, 1, False), 20), x, y, 0), "rubber")
    beam((x, -.080, .26), (x, .080, .26), post)
    add(slab(x - .02, x + .02, -.12, .12, .775, .787, .001), "zinc")
for y in (-.100, .100):
    beam((-.93, y, .26), (-.02, y, .26), post)
    beam((.02, y, .26), (.93, y, .26), post)
for x in (-1.0, -.5, .05, .75):                      # cross ties between the rails
    beam((x, -.09, .815), (x, .09, .815), post)

# --- belts, pulleys, drive --------------------------------------------------------------------------------------
zc = TOP - PR
outl = lambda r: [(XE + r * math.cos(t), r * math.sin(t)) for t in [math.radians(-90 + 180 * i / 14) for i in range(15)]] + [(-XE + r * math.cos(t), r * math.sin(t)) for t in [math.radians(90 + 180 * i / 14) for i in range(15)]]
for y in (-.060, .060):
    b = prism(outl(PR), -.017, .017, .0006, holes=[outl(PR - .004)[::-1]])
    add(front(b, 0, y, zc), "belt_green")
    for x in (-XE, XE):
        add(front(cyl(PR - .0042, -.016, .016, .001, 28), x, y, zc), "steel")
for x in (-XE, XE):
    add(front(cyl(.010, -.118, .118, .001, 16), x, 0, zc), "steel")
    for s in (1, -1):
        add(slab(x - .045, x + .045, s * .109 - .006, s * .109 + .006, zc - .045, zc + .040, .004, 2), "coated_grey")
        add(front(move(cyl(.022, 0, .010, .002, 20), 0, 0, 0), x, s * .115 + (0 if s < 0 else .010), zc), "coated_dark")
        for k in range(2):
            add(front(cyl(.005, 0, .006, .001, 10), x + (.030 if x < 0 else -.030), s * .115 + (0 if s < 0 else .006), zc - .028 + .056 * k), "zinc")
gx, gz = -1.00, .640                                # gear motor below the left end, its shaft along Y
add(slab(gx - .060, gx + .060, -.060, .060, gz - .065, gz + .065, .010, 2), "steel_blue")
m = lathe(fillet([(0, 0, 0), (.058, 0), (.058, .010), (.052, .012), (.052, .165), (.058, .167), (.058, .180), (.040, .190), (.040, .215, .006), (0, .215, 0)], .002, 1, False), 28)
add(move(spin(m, "y", 90), gx + .060, 0, gz), "steel_blue")
for k in range(14):
    f = box(.150, .003, .012, 0, 1, at=(gx + .149, 0, .056))
    add(move(spin(f, "x", 360 / 14 * k), 0, 0, gz), "steel_blue")
add(slab(gx + .10, gx + .17, -.035, .035, gz + .050, gz + .095, .005, 2), "coated_dark")
beam((gx + .06, 0, gz + .065), (gx + .06, 0, .79), rect(.09, .06), "zinc", up=(0, 1, 0))
cover = prism(fillet([(gx - .055, gz - .060), (gx + .055, gz - .060), (-XE + .062, .880), (-XE - .060, .880), (-XE - .060, .800)], .020, 4), -.016, .016, .003)
add(front(cover, 0, -.142, 0), "paint_yellow")
P.append(front(decal("conveyor_hazard", .080, .100), -1.10, -.1583, .745))
# conduit from the motor to the cable channel, channel along the front
add(hose([(gx + .135, 0, gz + .095), (gx + .135, -.01, gz + .125), (gx + .16, -.10, .70), (gx + .20, -.137, .685)], .008, 5, 10), "cladding")
add(slab(-.80, .640, -.156, -.122, .655, .705, .002), "plastic_grey")
for i in range(6):
    add(slab(-.78 + .27 * i, -.775 + .27 * i, -.1572, -.1560, .655, .705, 0), "coated_grey")
for x in (-.95 + .02, 0, .62):
    add(slab(x - .02, x + .02, -.124, -.1195, .64, .79, .001), "zinc")
for x, t in ((.75, .14), (1.02, .11)):              # plates for the junction box and the air unit
    add(slab(x - t / 2, x + t / 2, -.1245, -.1205, .535 if x > 1 else .655, .800, .001), "zinc")
P.append(front(decal("conveyor_plate", .110, .040), -.30, -.1256, .835))
P.append(front(decal("conveyor_arrow", .160, .040), .05, -.1256, .835))

# --- pole for the signal lights -----------------------------------------------------------------------------------
beam((1.05, .143, .80), (1.05, .143, 1.20), circle(.0125, 16), "profile_alu", up=(0, 1, 0), grain="z")
for z in (.81, .87):
    add(slab(1.03, 1.07, .124, .160, z - .010, z + .010, .003), "coated_dark")

# --- stop station: cylinder, shelf of the sensor, guard's hinge ------------------------------------------------------
add(slab(PX - .040, PX + .040, -.090, .090, .758, .766, .001), "zinc")
add(slab(PX - .027, PX + .027, -.027, .027, .766, .852, .003, 2), "profile_alu")
add(move(lathe(fillet([(.0082, .850), (.0125, .850), (.0125, .8545), (.0082, .8545)], .0006, 1), 24, closed=True), PX, 0, 0), "black_oxide")
for x, z in ((PX - .0275, .785), (PX - .0275, .832)):
    add(move(spin(cyl(.0062, 0, .014, .001, 14), "y", -90), x, 0, z), "brass")
    add(hose([(x - .012, 0, z), (x - .05, 0, z), (x - .09, .02, z - .02), (x - .138, .05, .745)], .003, 4, 8), "plastic_blue")
add(hose([(.29, .05, .745), (.45, .06, .74), (.80, .05, .735), (.97, -.03, .74), (1.045, -.095, .772)], .003, 6, 8), "plastic_blue")
sx0, sx1 = SX - .055, SX + .055
add(slab(sx0, sx1, -.205, -.120, .889, .8925, .0006), "zinc")
add(slab(sx0, sx1, -.1285, -.125, .800, .8925, .0006), "zinc")
for x in (sx0 + .02, sx1 - .02):
    add(front(hex_body(.010, 0, .006, both=False), x, -.1285, .835), "zinc")
P.append(move(decal("gap_scale", .024, .030), sx0 + .0135, -.1575, .8927))
HX0, HX1, HY, HZ = .150, .630, .142, 1.100
for x in (HX0 + .05, HX1 - .05):                     # hinge posts behind
    add(slab(x - .014, x + .014, .126, .134, .80, HZ - .004, .001), "zinc")
    add(move(spin(cyl(.006, -.022, .022, .001, 14), "y", 90), x, HY, HZ), "black_oxide")
add(slab(HX1 - .037, HX1 - .007, .112, .136, .97, 1.050, .003), "plastic_red")                        # guard switch
node("frame", root, (0, 0, 0), join(*P))

rod = assign(move(cyl(.008, .80, .892, .0005, 24), PX, 0, 0), "chrome")
SP = SX + .060                                       # where the pallet's front edge stands
plate = assign(join(slab(SP + .003, SP + .012, -.035, .035, .892, .922, .0015, 2), slab(SP + .010, PX + .004, -.008, .008, .892, .904, .001, 1), move(cyl(.0115, .892, .906, .001, 24), PX, 0, 0)), "steel")
pad = assign(slab(SP, SP + .003, -.030, .030, .896, .919, .001), "plastic_orange")
node("stop", root, (PX, 0, .892), join(rod, plate, pad), **joint("prismatic", (0, 0, -1), 0, .025))

by = -.084 - .030                                   # front of the bracket's plate in the rest pose (4 mm)
foot = prism(fillet([(-.030, -.052), (.034, -.052), (.034, .003), (-.030, .003)], .004, 2), 0, .003, .0005, holes=[fillet(rect(.0066, .030, .026, -.026), .0032, 4)[::-1]])
foot = move(foot, SX, by, .8926)
wall = front(prism(fillet([(-.026, 0), (.034, 0), (.034, .006), (.019, .060, .019), (-.019, .060, .019), (-.026, .020, .01)], .003, 6), 0, .003, .0005, holes=[circle(.0092, 28, 0, .0394)[::-1]]), SX, by, .8926)
br = assign(join(foot, wall), "zinc")
washer = assign(move(tube_z(.003, .0090, .8956, .8966, .0002, 20), SX + .026, by - .026, 0), "steel")
tip = assign(mesh([(SX - .0300, by - .0435 - .0012, .8957), (SX - .0300 + .006, by - .0435 - .0020, .8957), (SX - .0300 + .006, by - .0435 + .0020, .8957), (SX - .0300, by - .0435 + .0012, .8957)], [(0, 1, 2, 3)]), "print_red")
lead = [assign(front(cyl(.0078, 0, .024, .0015, 18), SX, -.164, .932), "plastic_black"), assign(move(spin(cyl(.0068, 0, .024, .002, 16), "y", 90), SX + .002, -.180, .932), "plastic_black"),
        assign(front(tube_z(.0062, .0086, .002, .010, .0008, 18), SX, -.164, .932), "brass_nickel"),
        assign(hose([(SX + .020, -.180, .932), (SX + .050, -.180, .930), (SX + .078, -.172, .905), (SX + .086, -.160, .850), (SX + .100, -.150, .790), (SX + .120, -.145, .740), (SX + .128, -.142, .690)], .0024, 5, 8), "plastic_yellow")]
slot = node("b1_slot", root, (SX, by, .8926), join(br, washer, tip), **joint("prismatic", (0, -1, 0), -.003, .011, unit="mm", value_lower=1.0, value_upper=15.0))
knob = lathe(fillet([(0, .8966, 0), (.0060, .8966), (.0060, .9010, .0006), (.0105, .9025), (.0105, .9120, .0015), (0, .9130, 0)], .0008, 2, False), 30)
knob = cut(knob, *[move(spin(move(cyl(.0030, .9000, .92, 0, 12), .0122), "z", 60 * k), 0, 0, 0) for k in range(6)])
stud = cyl(.0030, .9120, .9155, .0005, 12)
node("b1_nut", slot, (SX + .026, by - .026, .8966), move(join(assign(knob, "plastic_black"), assign(stud, "zinc")), SX + .026, by - .026, 0), **joint("revolute", (0, 0, 1), 0, 180))
node("b1_lead", slot, (SX, -.18, .932), join(*lead))
anchor("grab", "b1_nut", slot, (SX + .026, by - .026, .914), z=(0, 0, 1), x=(1, 0, 0))
anchor("snap", "b1", slot, (SX, -.084, .932), z=(0, -1, 0), x=(-1, 0, 0), accepts="m18_bracket")
anchor("snap", "b1_face", slot, (SX, -.084, .932), z=(0, 1, 0), x=(1, 0, 0), accepts="metal_chip")

# --- guard over the stop station: yellow frame, clear panes; hinge at the back -----------------------------------------
G = []
gy0, gz0 = -.222, .905
for x in (HX0, HX1):
    pts = [(x, HY, HZ), (x, gy0 + .05, HZ), (x, gy0, HZ - .05), (x, gy0, gz0)]
    for a, b in zip(pts, pts[1:]):
        G.append(sweep([a, b], rect(.016, .016), up=(1, 0, 0)))
for y, z in ((HY, HZ), (gy0 + .05, HZ), (gy0, HZ - .05), (gy0, gz0)):
    G.append(sweep([(HX0 - .008, y, z), (HX1 + .008, y, z)], rect(.016, .016)))
G = [assign(join(*G), "paint_yellow")]
grip = sweep(spline([(.49, gy0 - .008, .906), (.49, gy0 - .032, .906), (.50, gy0 - .038, .906), (.59, gy0 - .038, .906), (.60, gy0 - .032, .906), (.60, gy0 - .008, .906)], 4), circle(.006, 10), up=(0, 0, 1))
G.append(assign(grip, "plastic_black"))
G.append(apply(decal("guard_sign", .130, .065), Matrix.Translation((.39, gy0 + .0252, HZ - .0250 + .0008)) @ Matrix.Rotation(math.radians(45), 4, "X") @ Matrix.Translation((0, 0, .0035))))
g = node("guard", root, (.39, HY, HZ), join(*G), **joint("revolute", (-1, 0, 0), 0, 95))
t = .003
panes = [slab(HX0 + .008, HX1 - .008, gy0 + .055, HY - .008, HZ - t / 2, HZ + t / 2, 0), slab(HX0 + .008, HX1 - .008, gy0 - t / 2, gy0 + t / 2, gz0 + .008, HZ - .055, 0),
         sweep([((HX0 + .008), gy0 + .025, HZ - .025), ((HX1 - .008), gy0 + .025, HZ - .025)], [(x * math.cos(.785) + y * math.sin(.785), -x * math.sin(.785) + y * math.cos(.785)) for x, y in rect(.062, t)])]
for x in (HX0, HX1):                                 # side panes above the pallets' way
    o = prism([(gy0 + .006, gz0 + .005), (-.100, gz0 + .005), (-.100, gz0 + .085), (.100, gz0 + .085), (HY - .01, gz0 + .085), (HY - .01, HZ - .006), (gy0 + .048, HZ - .006), (gy0 + .006, HZ - .048)], -t / 2, t / 2, 0)
    panes.append(apply(o, Matrix(((0, 0, 1, x), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1)))))
node("guard_panes", g, (.39, HY, HZ), assign(join(*panes), "poly_clear"))
anchor("grab", "guard", g, (.545, gy0 - .038, .906), z=(0, -1, 0), x=(1, 0, 0))

# --- anchors ------------------------------------------------------------------------------------------------------------
for n, x in (("pallet_stop", SX), ("pallet_infeed", -.85), ("pallet_mid", -.25), ("pallet_outfeed", .95)):
    anchor("snap", n, root, (x, 0, TOP), z=(0, 0, 1), x=(1, 0, 0), accepts="work_piece")
anchor("snap", "prop", root, (PX, 0, .852), z=(0, 0, 1), x=(1, 0, 0), accepts="cylinder_prop")
anchor("snap", "junction_box", root, (.75, -.1245, .72), z=(0, 0, 1), x=(1, 0, 0), accepts="junction_box")
anchor("snap", "air_unit", root, (1.02, -.1245, .62), z=(0, 0, 1), x=(1, 0, 0), accepts="air_unit")
anchor("snap", "cable", root, (.505, -.158, .680), z=(0, -1, 0), x=(1, 0, 0), lie="1", accepts="signal_cable")
anchor("snap", "stack_light", root, (1.05, .143, 1.20), z=(0, 0, 1), x=(1, 0, 0), accepts="stack_light")
anchor("probe", "gap", slot, (SX, -.082, .932), z=(0, 0, 1), x=(1, 0, 0))
anchor("view", "stop", root, (.39, -.55, 1.35), z=(0, -.55, .45), x=(1, 0, 0))
anchor("view", "b1_slot", root, (SX - .05, -.42, 1.12), z=(0, -.30, .22), x=(1, 0, 0))
finish(root, ao=.08)
