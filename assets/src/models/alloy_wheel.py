"""Wheel of the trainer car: 17x7J ET45 five-double-spoke alloy, 5x112, cone seats M14, tyre 225/60R17, snap-in valve.

Built with the axle along local Z (outboard +Z, +Y up), turned so that outboard is +X. z = 0 is the mounting face.
    tools/assets build alloy_wheel
"""
import bmesh, math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

ET, R, W = 0.045, 0.351, 0.225           # offset, tyre outer radius, tyre width
PCD, SEAT = 0.056, 0.012                 # bolt circle radius, height of the nut's thread seat (small end of the 60 degree cone)
SEG = 66
AX = Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1)))   # local z -> +X, y -> up
NUTS = [math.radians(90 - 72 * i) for i in range(5)]
VALVE = math.radians(-54)


def ax(p):
    return tuple(AX @ Vector(p))


def rim_z(r, table):
    for (r0, z0), (r1, z1) in zip(table, table[1:]):
        if r <= r1:
            t = max(0, (r - r0) / (r1 - r0))
            return z0 + (z1 - z0) * t
    return table[-1][1]


root = start("alloy_wheel", asset="alloy_wheel", domain="auto", size="17x7J ET45", tyre="225/60R17", pcd="5x112")

# --- spider: polar grid of half a sector (nut line .. middle of a spoke pair), mirrored and turned -------
FRONT = [(.030, .0265), (.060, .0300), (.090, .0350), (.130, .0400), (.170, .0432), (.2015, .0450), (.2045, .0440), (.2120, .0400)]
BACK = [(.0333, 0), (.0730, 0), (.0765, .002), (.090, .0135), (.150, .0150), (.190, .0120), (.2000, .006), (.2120, .020)]
W0, W1, V0, V1 = .0790, .2015, .1020, .1985       # radial reach of the big window (nut line) and of the slot in the pair
rows = [.0325, .070, W0, .0800, .0830, .0880, .0950, V0, .1035, .108, .120, .150, .180, .1940, .1970, V1, .2005, W1, .2045, .2120]


def big(r):      # half width (m) of the window at the nut line
    if not W0 <= r <= W1:
        return 0
    full = .0255 + .34 * (r - .09)
    a, b = min(1, (r - W0) / .022), min(1, (W1 - r) / .007)
    return full * math.sqrt(max(0, 1 - (1 - a) ** 2)) * math.sqrt(max(0, 1 - (1 - b) ** 2)) ** .7


def slot(r):     # half width of the slot inside a pair
    if not V0 <= r <= V1:
        return 0
    full = .0070 + .105 * (r - V0)
    a, b = min(1, (r - V0) / .008), min(1, (V1 - r) / .006)
    return full * math.sqrt(max(0, 1 - (1 - a) ** 2)) * math.sqrt(max(0, 1 - (1 - b) ** 2)) ** .7


verts, faces = [], []
C = .0016
for r in rows:
    zf, zb = rim_z(r, FRONT), rim_z(r, BACK)
    a1, a2 = big(r) / r, math.pi / 5 - slot(r) / r
    c1, c2 = (C if a1 > 1e-6 else 0), (C if slot(r) > 1e-6 else 0)
    mid, dip = (a1 + a2) / 2, .0012 if a1 > 0 else 0
    d1, d2 = min(.004, big(r) * .4), min(.003, slot(r) * .4)          # draft of the walls
    pts = [(a1, zf - c1), (a1 + c1 / r, zf), (mid, zf + dip * .4), (a2 - c2 / r, zf), (a2, zf - c2),
           (a2 + d2 / r, zb + (zf - zb) * .12), (a2 - .002 / r if c2 else a2, zb), (mid, zb), (a1 + .002 / r if c1 else a1, zb), (a1 - d1 / r, zb + (zf - zb) * .12)]
    if not c1:
        pts[9] = (a1, zb)
    if not c2:
        pts[5] = (a2, zb)
    verts.append([(r * math.cos(a), r * math.sin(a), z) for a, z in pts])
n = 10
for i in range(len(rows) - 1):
    w1 = big(rows[i]) > 1e-6 or big(rows[i + 1]) > 1e-6
    w2 = slot(rows[i]) > 1e-6 or slot(rows[i + 1]) > 1e-6
    for k in range(n):
        if k == 9 and not w1 or k == 4 and not w2:
            continue
        l = (k + 1) % n
        faces.append((i * n + k, (i + 1) * n + k, (i + 1) * n + l, i * n + l))
half = mesh([v for r in verts for v in r], faces)
other = mirror(copy(half), "y")
spider = ring(join(half, other), 5, 90)
spider = clean(spider, 2e-5)
for a in NUTS:
    tool = lathe([(0, -.01), (.0078, -.01), (.0078, SEAT - .0012), (.0085, SEAT), (.0130, SEAT + .0078), (.0168, SEAT + .0084), (.0168, .0268), (.0200, .0300), (.0200, .06), (0, .06)], 18)
    spider = cut(spider, move(tool, PCD * math.cos(a), PCD * math.sin(a)))
rr = lambda p: math.hypot(p.center.x, p.center.y)
assign(spider, "alloy_dark")
assign(spider, "alloy_face", lambda p: p.normal.z > .86 and p.center.z > rim_z(rr(p), FRONT) - .0014 and rr(p) > .036)
bore = lathe([(.0333, -.002), (.0333, .0005), (.0345, .0005), (.0345, -.002)], 36, closed=True)
assign(bore, "alloy_dark")

# --- rim barrel ------------------------------------------------------------------------------------------
prof = [(.2332, .0530, .0006), (.2332, .0490, 0), (.2255, .0435, 0), (.205, .030, 0), (.196, .004, 0), (.194, -.036, 0), (.213, -.125, 0),
        (.2255, -.1335, 0), (.2332, -.139, 0), (.2332, -.1430, .0006), (.2290, -.1445, .001), (.2225, -.1408, 0), (.2105, -.1365, 0), (.2000, -.064, 0),
        (.1880, -.036, 0), (.1895, .0015, 0), (.1990, .0130, 0), (.2015, .0360, 0), (.2045, .0452, .0012), (.2150, .0462, .0015), (.2195, .0500, .0015), (.2290, .0540, .0015)]
barrel = lathe(fillet(prof, .002, 1), SEG, closed=True)
edit(barrel, lambda bm: bmesh.ops.delete(bm, context="FACES", geom=[      # what the tyre hides
    f for f in bm.faces for c in [f.calc_center_median()] if -.136 < c.z < .044 and f.normal.dot(Vector((c.x, c.y, 0)).normalized()) > .2]))
assign(barrel, "alloy_silver")
assign(barrel, "alloy_face", lambda p: p.center.z > .0445)
cap = lathe(fillet([(0, .0200, 0), (.0335, .0200, 0), (.0335, .0285), (.0300, .0300), (0, .0312, 0)], .0012, 2, False), 36)
assign(cap, "alloy_dark")


def marks(kind, pts, cols, rect_):
    """Decal sheet over a grid of points (rows from bottom to top), picture rectangle in 0-1 (u0, v0, u1, v1; v up)."""
    nr = len(pts) // cols
    ob = mesh(pts, [(r * cols + c, r * cols + c + 1, (r + 1) * cols + c + 1, (r + 1) * cols + c) for r in range(nr - 1) for c in range(cols - 1)])
    uvs = ob.data.uv_layers.new(name="UVMap").data
    u0, v0, u1, v1 = rect_
    for p in ob.data.polygons:
        for li in p.loop_indices:
            k = ob.data.loops[li].vertex_index
            uvs[li].uv = (u0 + (u1 - u0) * (k % cols) / (cols - 1), v0 + (v1 - v0) * (k // cols) / (nr - 1))
    return assign(ob, "decal:" + kind, uv="keep")


# decal("tyre_marks") decal("tyre_date"): pictures drawn by the build
logo = marks("tyre_marks", [(x * .0262, y * .0262, .0313) for y in (-1, 1) for x in (-1, 1)], 2, (.006, .006, .244, .244))
rim = node("rim", root, (0, 0, 0), apply(join(spider, barrel, bore, cap, logo), AX))

# --- tyre --------------------------------------------------------------------------------------------------
side = [(.2325, .0915), (.2365, .0990), (.2415, .1030), (.2470, .1042), (.2490, .1062), (.2640, .1100), (.2860, .1125), (.3040, .1113), (.3200, .1070), (.3320, .1012), (.3410, .0938)]
crown = [(.3462, .0845), (.3480, .0720), (.3492, .0505), (.3412, .0488), (.3412, .0412), (.3498, .0395), (.3508, .0055), (.3428, .0040)]
line = side + crown
line = [(r, z - ET) for r, z in line] + [(r, -z - ET) for r, z in reversed(line)]
tyre = lathe(line, SEG, closed=True)
delete_faces(tyre, lambda c: math.hypot(c.x, c.y) < .2330)
clean(tyre)
edit(tyre, lambda bm: [f.normal_flip() for f in bm.faces] and None if sum(f.normal.dot(Vector((f.calc_center_median().x, f.calc_center_median().y, 0))) for f in bm.faces) < 0 else None)
assign(tyre, "tyre")
on = lambda p: rr(p) > .3355
assign(tyre, "tyre_tread", on, uv="keep")
lay = tyre.data.uv_layers[0].data
wide = [0.0]                                           # running length across, so that slots keep their width on the shoulder
for p in tyre.data.polygons:
    if on(p):
        a0 = math.atan2(p.center.y, p.center.x)
        for li in p.loop_indices:
            co = tyre.data.vertices[tyre.data.loops[li].vertex_index].co
            d = (math.atan2(co.y, co.x) - a0 + math.pi) % math.tau - math.pi
            z = co.z + ET
            z += math.copysign(max(0, .3462 - math.hypot(co.x, co.y)) * .9 if abs(z) > .08 else 0, z)
            lay[li].uv = ((a0 + d) / math.tau * 21, .5 + z / .224)
parts = [tyre]


def arc(mid, width, r0, r1, rect_, cols=9, kind="tyre_marks"):
    """Marks on the outer sidewall: mid angle and width in degrees, radii; letters' feet towards the axle."""
    pts = []
    for r in [r0 + (r1 - r0) * i / 3 for i in range(4)]:
        z = rim_z(r, side) - ET + .0007
        for c in range(cols):
            a = math.radians(mid + width / 2 - width * c / (cols - 1))
            pts.append((r * math.cos(a), r * math.sin(a), z))
    return marks(kind, pts, cols, rect_)


for t in (0, 180):
    parts += [arc(90 + t, 44, .2690, .3225, (0, .75, 1, 1)), arc(t, 52, .2735, .3210, (0, .5, 1, .75))]
parts.append(arc(-40, 30, .2560, .2850, (0, .25, 1, .5), 7))
parts.append(arc(-140, 20, .2560, .2700, (.32, .05, .95, .15), 5))
node("tyre", root, (0, 0, 0), apply(join(*parts), AX))
DATE = -40 - 8.2
r_d = .2560 + (.2850 - .2560) * .45
date = arc(DATE, 6.0, .2640, .2745, (0, 0, 1, 1), 3, "tyre_date")
a = math.radians(DATE)
dp = (r_d * math.cos(a), r_d * math.sin(a), rim_z(r_d, side) - ET + .001)
move(date, z=.0004)
node("date_code", root, ax(dp), apply(date, AX), slot="date_code")

# --- valve -------------------------------------------------------------------------------------------------
u = Vector((math.cos(VALVE), math.sin(VALVE), 0))
base, d = u * .2010 + Vector((0, 0, .0090)), (u * -.78 + Vector((0, 0, .626))).normalized()
L = .0375
stem = lathe(fillet([(0, -.004, 0), (.0085, -.004, 0), (.0092, .0012), (.0078, .0045), (.0062, .0200), (.0058, .0265), (0, .0265, 0)], .0006, 1, False), 12)
assign(stem, "rubber")
tip = lathe([(0, .026), (.0039, .026), (.0039, .0275)] + [(.0036 + .0003 * (k % 2), .0282 + .0017 * k) for k in range(5)] + [(.0033, .0370), (.0030, L), (.0017, L), (.0017, L - .002), (0, L - .002)], 12)
assign(tip, "brass")
q = Vector((0, 0, 1)).rotation_difference(d).to_matrix().to_4x4()
valve = apply(join(stem, tip), AX @ Matrix.Translation(base) @ q)
tipp, axis = base + d * L, tuple((AX.to_3x3() @ d))
z_ = Vector(axis)
x_ = Vector((1, 0, 0)); x_ = (x_ - z_ * x_.dot(z_)).normalized()
frame = Matrix((x_, z_.cross(x_), z_)).transposed().to_4x4()
v = node("valve", root, ax(tipp), valve, frame=frame)
anchor("probe", "valve", root, ax(tipp), z=axis, x=(1, 0, 0), fits="valve_schrader")
anchor("snap", "valve_cap", root, ax(base + d * (L - .0095)), z=axis, x=(1, 0, 0), accepts="valve_cap")
for i, a in enumerate(NUTS, 1):
    anchor("snap", f"nut_{i}", root, ax((PCD * math.cos(a), PCD * math.sin(a), SEAT)), z=(1, 0, 0), x=(0, 0, 1), accepts="wheel_nut", thread="M14x1.5")
for i, (r, z) in enumerate(((.3412, .045), (.3428, 0), (.3412, -.045)), 1):
    anchor("probe", f"tread_{i}", root, ax((0, r, z - ET)), z=(0, 0, 1), x=(1, 0, 0), groove=i)
anchor("view", "date_code", root, ax(dp), z=(1, 0, 0), x=(0, 0, 1))
anchor("grab", "wheel", root, ax((0, 0, -ET)), z=(1, 0, 0), x=(0, 0, 1), hand="both")
anchor("snap", "mount", root, (0, 0, 0), z=(-1, 0, 0), x=(0, 0, 1), fits="wheel_5x112")
finish(root, ao=.06)
