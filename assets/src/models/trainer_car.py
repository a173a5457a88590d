"""Trainer car T1: mid-size SUV, 4.41 x 1.82 x 1.66 m, wheelbase 2.64, track 1.585. Wheels are separate (alloy_wheel).

Origin: on the ground, middle of the axles, centre line. Drawing coordinates: x left, l forwards, z up (Blender y = -l).
    tools/assets build trainer_car
"""
import bmesh, bpy, math, os, sys
import numpy as np
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.clay import curve, dress, nets, smax, smin, step

AXLE, HUB_Z, FACE = 1.32, 0.345, 0.8375          # half wheelbase, hub height, wheel mounting face
ARCH = 0.395
SKIN = 0.016

# --- the body as one solid ---------------------------------------------------------------------------
side_z = curve((.12, .800), (.20, .838), (.26, .864), (.34, .876), (.45, .882), (.60, .888), (.75, .8925), (.86, .8945), (.905, .893), (.95, .879), (1.03, .852), (1.20, .80))
side_l = curve((-2.3, -.17), (-2.1, -.075), (-1.9, -.034), (-1.5, -.008), (-1, 0), (0, 0), (1, 0), (1.5, -.008), (1.9, -.040), (2.1, -.095), (2.3, -.19))
bonnet = curve((2.3, .76), (2.17, .88), (2.08, .944), (1.95, .984), (1.7, 1.022), (1.4, 1.050), (1.1, 1.073), (.9, 1.086), (.7, 1.09))
belt = curve((-2.3, 1.10), (-1.6, 1.075), (-.4, 1.045), (.8, 1.025), (1.2, 1.02))
nose = curve((.12, 1.98), (.20, 2.07), (.27, 2.14), (.36, 2.185), (.48, 2.20), (.60, 2.198), (.72, 2.185), (.82, 2.166), (.90, 2.135), (.98, 2.07), (1.1, 1.90))
tail = curve((.12, -2.00), (.22, -2.10), (.32, -2.175), (.42, -2.205), (.53, -2.21), (.61, -2.203), (.70, -2.172), (.80, -2.158), (.95, -2.145), (1.08, -2.120), (1.25, -2.05))
cab_z = curve((.70, .78), (.90, .868), (1.03, .852), (1.20, .803), (1.40, .737), (1.55, .678), (1.65, .63))
cab_l = curve((-2.2, -.120), (-1.9, -.072), (-1.4, -.026), (-.7, 0), (0, 0), (.5, -.012), (1.0, -.045))
roof = curve((1.2, 1.50), (.6, 1.575), (.25, 1.608), (-.1, 1.624), (-.5, 1.630), (-.9, 1.624), (-1.4, 1.602), (-1.9, 1.566), (-2.2, 1.54))
glass_r = curve((1.0, -2.135), (1.10, -2.108), (1.30, -2.03), (1.45, -1.955), (1.52, -1.918), (1.60, -1.872), (1.7, -1.81))


def f(x, y, z):
    x, l = np.abs(x), -y
    zz = z + .014 * l
    d = np.minimum(np.hypot(l - AXLE, z - HUB_Z), np.hypot(l + AXLE, z - HUB_Z))
    scallop = .013 * np.exp(-((z - .50) / .13) ** 2) * step(1.05 - np.abs(l), 0, .35)
    side = x - (side_z(zz) + side_l(l) + .017 * np.exp(-((d - .43) / .085) ** 2) * (1 - step(z, .88, 1.02)) - scallop)
    crown = step(l, .55, 1.05)
    dome = .011 * (1 - step(x, .50 + .07 * (1.1 - l), .56 + .07 * (1.1 - l))) * step(l, .9, 1.2)
    top = z - (bonnet(l) * crown + belt(l) * (1 - crown) - crown * (.030 * (x / .8) ** 2 + .032 * (x / .86) ** 6) + dome * crown - .0)
    front = (l - (nose(z) - .070 * (x / .8) ** 2 - .085 * (x / .8) ** 6)) / 1.05
    back = (tail(z) + .045 * (x / .8) ** 2 + .070 * (x / .8) ** 6 - l) / 1.02
    floor = .205 + .09 * step(np.abs(l), 1.7, 2.2) - z
    tub = smax(smax(side, top, .07), smax(front, back, .02), .11)
    tub = smax(tub, floor, .05)
    cs = x - (cab_z(z) + cab_l(l))
    ws = (l - (1.03 - (z - 1.04) * 1.52 - .10 * (x / .7) ** 2 - .05 * (x / .7) ** 4)) / 1.80
    gb = (glass_r(z) + .045 * (x / .6) ** 2 + .03 * (x / .6) ** 6 - l) / 1.08
    rf = z - (roof(l) - .026 * (x / .6) ** 2 - .02 * (x / .6) ** 6)
    cab = smax(smax(cs, ws, .07), smax(rf, gb, .03), .085)
    cab = smax(cab, .8 - z, .02)
    return smin(tub, cab, .030)


root = start("trainer_car", asset="trainer_car", domain="auto")
CELL = option("cell", .042)
STAGE = option("stage", "")
LO, HI = (-.18, -2.38, .1), (1.03, 2.38, 1.78)

# --- panels: the skin cut along outlines that are drawn in the side (l, z), top (x, l) or front (x, z) view ------
SIDE = Matrix(((0, 0, 1, 0), (-1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1)))
TOP = Matrix(((1, 0, 0, 0), (0, -1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)))
FRONT = Matrix(((1, 0, 0, 0), (0, 0, -1, 0), (0, 1, 0, 0), (0, 0, 0, 1)))
VIEW = dict(side=(SIDE, .25, 1.2), top=(TOP, .5, 2), front=(FRONT, 1.0, 2.6), rear=(FRONT, -2.6, -1.5))


def inset(pts, d):
    """Polygon with every side moved inwards by d."""
    a = sum(p[0] * q[1] - q[0] * p[1] for p, q in zip(pts, pts[1:] + pts[:1]))
    s, out = (1 if a > 0 else -1), []
    for i, p in enumerate(pts):
        u = (Vector(p) - Vector(pts[i - 1])).normalized()
        v = (Vector(pts[(i + 1) % len(pts)]) - Vector(p)).normalized()
        b = (u + v).normalized()
        out.append(tuple(Vector(p) + Vector((-b.y, b.x)) * (s * d / max(.4, b.dot(u)))))
    return out


def prism_of(view, outline, lo=None, hi=None, d=0.0):
    m, a, b = VIEW[view]
    o = [tuple(p) for p in outline]
    return apply(prism(inset(o, d) if d else o, a if lo is None else lo, b if hi is None else hi, 0), m)


def smooth(pts, n=5, closed=False):
    """Catmull-Rom through 2D points."""
    if closed:
        q = spline([(*p, 0) for p in pts[-2:] + pts + pts[:2]], n)
        return [(p.x, p.y) for p in q[2 * n - n + n * 0 + n - n:][n:n + n * len(pts)]]
    return [(p.x, p.y) for p in spline([(*p, 0) for p in pts], n)]


def open_edges(ob):
    bm = bmesh.new()
    bm.from_mesh(ob.data)
    e = sum(not q.is_manifold for q in bm.edges)
    if e and option("debug", 0):
        print("KIT   ", [([tuple(round(c, 4) for c in v.co) for v in q.verts], len(q.link_faces)) for q in bm.edges if not q.is_manifold][:3])
    bm.free()
    return e


def bulk(ob):
    bm = bmesh.new()
    bm.from_mesh(ob.data)
    v = bm.calc_volume(signed=True)
    bm.free()
    return v


def mend(bm):
    """Drop what a boolean leaves behind: doubles, slivers, wires, pin holes."""
    bmesh.ops.remove_doubles(bm, verts=bm.verts, dist=4e-6)
    bmesh.ops.dissolve_degenerate(bm, dist=2e-6, edges=bm.edges)
    bmesh.ops.delete(bm, geom=[e for e in bm.edges if not e.link_faces], context="EDGES")
    gap = [e for e in bm.edges if e.is_boundary]
    if gap:
        bmesh.ops.holes_fill(bm, edges=gap, sides=6)
    bmesh.ops.delete(bm, geom=[v for v in bm.verts if not v.link_edges], context="VERTS")


def solid(op, src, make, near=None):
    """Boolean that stays closed: when the cutter meets the mesh awkwardly, it is moved a hair and tried again.

    near: a volume that the result must roughly have.
    """
    best = None
    for k in range(9):
        j = .00017 * k * (1 if k % 2 else -1)
        tool = move(make(), j, -j * .7, j * .9)
        p = modify(copy(src), "BOOLEAN", object=tool, operation=op, solver="EXACT", use_self=k > 5 and k % 2 == 1)
        remove(tool)
        if open_edges(p):
            edit(p, mend)
        v = bulk(p)
        e = open_edges(p) + (0 if v > 1e-6 else 900) + (0 if near is None or abs(v - near) < .10 * near + .0002 else 500)
        if e == 0 and op == "DIFFERENCE":      # can the solver work on it again?
            q = boolean("INTERSECT", copy(p), move(box(3.1, 7, 5, 0), .013, .017, .011))
            e = 0 if abs(bulk(q) - v) < .001 * v + 1e-5 else 300
            remove(q)
        if best is None or e < best[0]:
            if best:
                remove(best[1])
            best = (e, p)
        else:
            remove(p)
        if e == 0:
            break
    if best[0]:
        print("KIT warning: open edges", best[0], op, len(src.data.polygons), sys._getframe(1).f_lineno)
    return best[1]


def carve(src, view, outline, lo=None, hi=None, gap=.004, zgap=0):
    """Cut the outline out of src: (src without it, the piece, smaller by gap)."""
    p = solid("INTERSECT", src, lambda: prism_of(view, outline, None if lo is None else lo + zgap, hi, gap))
    out = solid("DIFFERENCE", src, lambda: prism_of(view, outline, lo, hi), bulk(src) - bulk(p) * 1.03)
    if option("debug", 0):
        print("KIT carve", sys._getframe(1).f_lineno, *[f"{bulk(o):.5f}" for o in (src, out, p)])
    remove(src)
    return out, p


def arc_pts(cl, r, a0, a1, n=14):
    return [(cl + r * math.cos(math.radians(a0 + (a1 - a0) * i / n)), HUB_Z + r * math.sin(math.radians(a0 + (a1 - a0) * i / n))) for i in range(n + 1)]


def shell(depth, cell):
    """Hollow body, open nowhere; reaches a little over the middle plane, where it is cut afterwards."""
    half = lambda d, x0: lambda x, y, z: np.maximum(f(x, y, z) + d, x0 - x)
    outer = boolean("INTERSECT", nets(half(0, -.07), LO, HI, cell), move(box(1.3, 6, 4, 0), .65, 0, 0))
    return cut(outer, nets(half(depth, -.12), LO, HI, cell * 1.6))


def flip(ob):
    ob.data.flip_normals()
    return ob


PARTS, GLASS = [], []
GLASSES = ("glass_car", "glass_dark", "lamp_lens")


hull_of = hull


def facing(ob):
    """Depth below the skin and cosine to the skin's normal, per face."""
    c = np.array([tuple(p.center) for p in ob.data.polygons])
    g = clay.gradient(f, c, 2e-3)
    g /= np.maximum(np.linalg.norm(g, axis=1, keepdims=True), 1e-9)
    return f(*c.T), (g * np.array([tuple(p.normal) for p in ob.data.polygons])).sum(1)


def thin(ob, ratio):
    """Fewer triangles in the middle of a panel, its outline untouched."""
    d, c = facing(ob)
    edge = {v for p in ob.data.polygons if c[p.index] < .8 for v in p.vertices}
    g = ob.vertex_groups.new(name="inner")
    g.add([v.index for v in ob.data.vertices if v.index not in edge], 1, "ADD")
    modify(ob, "TRIANGULATE")
    modify(ob, "DECIMATE", ratio=ratio, vertex_group="inner", vertex_group_factor=1.0)
    ob.vertex_groups.clear()
    return ob


def panel(ob, mat, inner=None, both=True, right=False, ratio=.85, walls="print_black"):
    """Finish a piece: surface, its inside dropped or trimmed, right half made, shading from the solid."""
    def drop(bm):
        cs = [f_.calc_center_median() for f_ in bm.faces]
        at_ = np.array([tuple(c) for c in cs])
        v, g = f(*at_.T), clay.gradient(f, at_, 2e-3)
        back = (g * np.array([tuple(q.normal) for q in bm.faces])).sum(1) < -.5 * np.linalg.norm(g, axis=1)
        dead = [q for q, c, d, b in zip(bm.faces, cs, v, back) if c.x < 2e-4 or b and inner is None or c.z < .36 and q.normal.z < -.8 and abs(d) < .01 and c.x < .72 and abs(c.y) < 1.7]
        bmesh.ops.delete(bm, geom=dead, context="FACES")
    edit(ob, drop)
    if ratio < 1:
        thin(ob, ratio)
    assign(ob, mat)
    d, c = facing(ob)
    assign(ob, walls, lambda p: c[p.index] < .7)
    if mat in GLASSES:                    # panes are one sheet
        edit(ob, lambda bm: bmesh.ops.delete(bm, context="FACES", geom=[q for q, k in zip(bm.faces, c) if k < .7]))
    if inner:
        assign(ob, inner, lambda p: c[p.index] < -.5)
    halves = [mirror(ob, "x") if right else ob] + ([mirror(copy(ob), "x")] if both else [])
    for h in halves:
        dress(h, f)
    (GLASS if mat in GLASSES else PARTS).extend(halves)
    return halves


if STAGE == "clay":
    c = nets(f, LO, HI, .03)
    assign(c, "car_paint")
    o2 = dress(mirror(copy(c), "x"), f)
    node("clay", root, (0, 0, 0), join(dress(c, f), o2))
    finish(root)
    sys.exit()

rest = shell(SKIN, CELL)
print("KIT shell", len(rest.data.polygons), open_edges(rest))
# wheel openings
for s in (1, -1):
    rest = solid("DIFFERENCE", rest, lambda: prism_of("side", circle(ARCH, 72, s * AXLE, HUB_Z), .45, 1.3))
# glass: windscreen, side band, rear window; a black printed border stays around each pane
ws = [(-.1, 1.098), (.25, 1.094), (.5, 1.080), (.66, 1.058), (.755, 1.030), (.735, 1.12), (.69, 1.27), (.625, 1.47), (.592, 1.545), (.575, 1.562), (.45, 1.577), (.2, 1.588), (-.1, 1.590)]
rest, band = carve(rest, "front", ws, -.3, 1.3)
band, pane = carve(band, "front", [(-.1, 1.135), (.3, 1.13), (.52, 1.115), (.66, 1.092), (.70, 1.082), (.695, 1.13), (.655, 1.27), (.59, 1.47), (.565, 1.525), (.545, 1.54), (.2, 1.555), (-.1, 1.556)], -.3, 1.3, 0)
WS = (band, pane)
dlo = [(.70, 1.046), (.675, 1.075), (.03, 1.482), (-.02, 1.500), (-.2, 1.512), (-.5, 1.518), (-.9, 1.511), (-1.25, 1.490), (-1.50, 1.460), (-1.60, 1.437), (-1.66, 1.405), (-1.82, 1.20), (-1.845, 1.145), (-1.82, 1.112), (-1.75, 1.098), (-1.45, 1.085), (-.4, 1.062)]
rest, side_band = carve(rest, "side", dlo, .3, 1.2)
belt_o = [(.70, 1.046), (.688, 1.060), (.50, 1.0625), (-.4, 1.076), (-1.45, 1.099), (-1.75, 1.112), (-1.83, 1.128), (-1.86, 1.140), (-1.86, 1.09), (-1.75, 1.08), (-1.45, 1.07), (-.4, 1.045), (.5, 1.03)]
side_band, belt_strip = carve(side_band, "side", belt_o, .3, 1.2, 0)
panes = []
for o in ([(.50, 1.070), (.50, 1.165), (.035, 1.455), (-.0, 1.472), (-.12, 1.483), (-.215, 1.489), (-.215, 1.083)],
          [(-.325, 1.085), (-.325, 1.494), (-.5, 1.496), (-.9, 1.489), (-1.075, 1.480), (-1.075, 1.101)],
          [(-1.135, 1.103), (-1.135, 1.475), (-1.25, 1.467), (-1.49, 1.438), (-1.575, 1.418), (-1.63, 1.385), (-1.79, 1.19), (-1.80, 1.145), (-1.745, 1.124)]):
    side_band, p = carve(side_band, "side", o, .3, 1.2, .0)
    panes.append(p)
rw = [(-.1, 1.115), (.45, 1.12), (.60, 1.135), (.635, 1.17), (.62, 1.26), (.565, 1.455), (.535, 1.49), (.48, 1.503), (-.1, 1.515)]
rest, rband = carve(rest, "rear", rw)
rband, rpane = carve(rband, "rear", [(-.1, 1.155), (.44, 1.158), (.57, 1.17), (.59, 1.19), (.58, 1.25), (.53, 1.43), (.51, 1.455), (.46, 1.468), (-.1, 1.478)], gap=0)
# lamps, grille, intakes
rest, head = carve(rest, "front", [(.455, .800), (.50, .782), (.70, .800), (.97, .850), (.97, .915), (.80, .905), (.60, .888), (.47, .876), (.445, .85)], 1.80, 2.5)
gr = [(-.1, .665), (.36, .668), (.425, .695), (.448, .74), (.440, .845), (.405, .868), (-.1, .872)]
rest, grille = carve(rest, "front", gr, 1.9, 2.5)
rest, intake = carve(rest, "front", [(-.1, .345), (.44, .345), (.52, .36), (.56, .42), (.53, .50), (.48, .515), (-.1, .52)], 1.9, 2.5)
rest, fog = carve(rest, "front", [(.645, .40), (.665, .375), (.78, .38), (.82, .46), (.80, .535), (.76, .555), (.66, .50)], 1.7, 2.5)
head_o = [(.455, .800), (.50, .782), (.70, .800), (.97, .850), (.97, .915), (.80, .905), (.60, .888), (.47, .876), (.445, .85)]
drl = solid("INTERSECT", head, lambda: prism_of("front", [(.47, .806), (.505, .796), (.70, .813), (.95, .860), (.95, .870), (.70, .825), (.51, .808), (.48, .818), (.478, .852), (.466, .850)], 1.80, 2.5))
frame, core = carve(grille, "front", [(-.1, .684), (.352, .687), (.408, .710), (.426, .745), (.420, .833), (.393, .853), (-.1, .857)], 1.9, 2.5, 0)
slats = [solid("INTERSECT", core, lambda: prism_of("front", [(-.1, z), (.60, z), (.60, z + .020), (-.1, z + .020)], 1.9, 2.5)) for z in (.700, .7375, .775, .8125)]
remove(core)
iframe, core = carve(intake, "front", [(-.1, .362), (.432, .362), (.50, .375), (.535, .42), (.51, .485), (.47, .498), (-.1, .503)], 1.9, 2.5, 0)
slats2 = [solid("INTERSECT", core, lambda: prism_of("front", [(-.1, z), (.60, z), (.60, z + .014), (-.1, z + .014)], 1.9, 2.5)) for z in (.385, .415, .445, .475)]
remove(core)
rest, tl = carve(rest, "rear", [(.44, .955), (.47, .925), (.70, .915), (.99, .90), (.99, 1.040), (.80, 1.050), (.47, 1.042), (.44, 1.02)], -2.6, -1.80)
# black lower cladding: arch rings, sills, bumper skirts
rings = []
for s in (1, -1):
    rest, r = carve(rest, "side", circle(.450, 72, s * AXLE, HUB_Z), .45, 1.3, .0015)
    rings.append(r)
rest, sill = carve(rest, "side", [(-1.1, .1), (1.1, .1), (1.1, .335), (-1.1, .335)], .3, 1.3, .0015)
rest, skirt_f = carve(rest, "side", [(1.5, .1), (2.5, .1), (2.5, .325), (1.5, .40)], -.2, 1.3, .0015)
rest, skirt_r = carve(rest, "side", [(-1.5, .1), (-2.5, .1), (-2.5, .385), (-1.5, .42)], -.2, 1.3, .0015)
skirt_f, skid = carve(skirt_f, "front", [(-.1, .12), (.30, .12), (.36, .262), (.30, .285), (-.1, .285)], 1.8, 2.5, .002)
tl, tl_in = carve(tl, "rear", [(.56, .968), (.60, .958), (.93, .944), (.93, .980), (.60, .992), (.56, .992)], -2.6, -1.8, .0015)
# bonnet, cowl, fender, doors, bumpers, tailgate
bon = [(-.2, 2.5), (.66, 2.5), (.70, 2.05), (.735, 1.75), (.760, 1.45), (.775, 1.15), (.775, .985), (.74, .955), (.60, .955), (.4, .985), (.2, 1.0), (-.2, 1.005)]
rest, hood = carve(rest, "top", bon, .886, 1.3, zgap=.004)
rest, cowl = carve(rest, "top", [(-.2, 1.2), (.79, 1.2), (.79, .82), (.73, .752), (.66, .70), (-.2, .70)], .8, 1.12, .002)
fd = [(.785, .29), (.785, .62), (.775, .86), (.750, .98), (.722, 1.040), (.70, 1.075), (.045, 1.505), (-.02, 1.524), (-.14, 1.535), (-.268, 1.540), (-.268, .29)]
rest, door_f = carve(rest, "side", fd, .3, 1.3, .0045)
rd = [(-.19, .29), (-.19, 1.525), (-.30, 1.541), (-.5, 1.545), (-.9, 1.537), (-1.09, 1.523), (-1.12, 1.50), (-1.125, 1.09), (-1.150, .98), (-1.135, .88)] + arc_pts(-AXLE, .485, 64, 1.5, 10) + [(-.838, .29)]
rest, door_r = carve(rest, "side", rd, .3, 1.3, .0045)
door_f, clad_f = carve(door_f, "side", [(.9, .3), (.9, .412), (-.5, .412), (-.5, .3)], .3, 1.3, .001)
door_r, clad_r = carve(door_r, "side", [(0, .3), (0, .412), (-1.2, .412), (-1.2, .3)], .3, 1.3, .001)
fb = [(2.6, .1), (2.6, .8895), (1.91, .8895), (1.845, .845), (1.80, .79), (1.672, .644), (1.60, .56), (1.50, .1)]
rest, bump_f = carve(rest, "side", fb, -.2, 1.3)
tg = [(-.2, .672), (.56, .672), (.60, .69), (.625, .78), (.66, .92), (.70, 1.06), (.685, 1.14), (.655, 1.27), (.60, 1.47), (.572, 1.515), (.545, 1.530), (-.2, 1.536)]
rest, gate = carve(rest, "rear", tg, -2.6, -1.99)
rest, bump_r = carve(rest, "side", [(-2.6, .1), (-2.6, .690), (-2.03, .690), (-1.96, .74), (-1.80, .75), (-1.68, .66), (-1.5, .1)], -.2, 1.3)
print("KIT carved", open_edges(rest))
TRIM = "trim_grey"


def on_skin(l, z, off=0.0):
    """Point of the left side at (l, z), moved out by off; and its normal."""
    a, b = .3, 1.1
    for _ in range(40):
        m = (a + b) / 2
        if f(np.array([m]), np.array([-l]), np.array([z]))[0] < 0:
            a = m
        else:
            b = m
    p = np.array([[a, -l, z]])
    n = Vector(clay.gradient(f, p, 2e-3)[0]).normalized()
    return Vector(p[0]) + n * off, n


def on_top(x, l, off=0.0):
    a, b = .6, 1.75
    for _ in range(40):
        m = (a + b) / 2
        a, b = (m, b) if f(np.array([x]), np.array([-l]), np.array([m]))[0] < 0 else (a, m)
    p = np.array([[x, -l, a]])
    n = Vector(clay.gradient(f, p, 2e-3)[0]).normalized()
    return Vector(p[0]) + n * off, n


def on_front(x, z, off=0.0, rear=False):
    a, b = (0, 2.4)
    s = 1 if rear else -1
    for _ in range(40):
        m = (a + b) / 2
        a, b = (m, b) if f(np.array([x]), np.array([s * m]), np.array([z]))[0] < 0 else (a, m)
    p = np.array([[x, s * a, z]])
    n = Vector(clay.gradient(f, p, 2e-3)[0]).normalized()
    return Vector(p[0]) + n * off, n


def lay(ob, p, n, up=(0, 0, 1)):
    """Stand an upright XY part (normal +Z) on point p of the skin, its +Y towards up."""
    y = Vector(up)
    y = (y - n * y.dot(n)).normalized()
    return apply(ob, Matrix.Translation(p) @ Matrix((y.cross(n), y, n)).transposed().to_4x4())


def part(ob, mat, both=False, **kw):
    """A plain trim part in model space."""
    assign(ob, mat, **kw)
    PARTS.append(ob)
    if both:
        PARTS.append(mirror(copy(ob), "x"))
    return ob


# fuel flap: cut out of the left rear quarter only
flap_o = fillet([(-1.715, .850), (-1.560, .850), (-1.560, .995), (-1.715, .995)], .018, 3)
rest_r = copy(rest)
rest, flap = carve(rest, "side", flap_o, .3, 1.3, .003)
panel(hood, "car_paint"); panel(bump_f, "car_paint"); panel(bump_r, "car_paint")
panel(door_f, "car_paint", TRIM); panel(door_r, "car_paint", TRIM); panel(gate, "car_paint", TRIM); panel(rest, "car_paint", TRIM, both=False)
panel(rest_r, "car_paint", TRIM, both=False, right=True)
panel(cowl, "cladding")
for p in (sill, skirt_f, skirt_r, *rings):
    panel(p, "cladding")
panel(WS[0], "car_black", "car_black"); panel(WS[1], "glass_car")
panel(side_band, "car_black", "car_black")
panel(panes[0], "glass_dark", both=False, right=True)          # the driver's window is wound down
panel(panes[1], "glass_dark"); panel(panes[2], "glass_dark")
panel(rband, "car_black", "car_black"); panel(rpane, "glass_dark")
panel(belt_strip, "alloy_silver"); panel(skid, "alloy_silver"); panel(clad_f, "cladding", TRIM); panel(clad_r, "cladding", TRIM)
panel(head, "lamp_lens"); panel(tl, "lamp_red", ratio=1); panel(tl_in, "alloy_silver", ratio=1); panel(frame, "car_black"); panel(iframe, "cladding"); panel(fog, "cladding")
for o in slats:
    panel(o, "car_black", walls="car_black")
for o in slats2:
    panel(o, "cladding", walls="cladding")
for o in panel(drl, "print_white", walls="print_white"):
    move(o, 0, .011, -.001)
bucket = solid("INTERSECT", nets(lambda x, y, z: np.maximum.reduce([f(x, y, z) + .034, -(f(x, y, z) + .064), .36 - x, y + 1.6, .68 - z, z - 1.0]), (.3, LO[1], .6), (1.03, -1.5, 1.1), .022), lambda: prism_of("front", inset(head_o, -.012), 1.7, 2.4))
edit(bucket, lambda bm: bmesh.ops.delete(bm, context="FACES", geom=[q for q in bm.faces if f(*np.array([tuple(q.calc_center_median())]).T)[0] < -.036]))
part(bucket, "car_black", True)
for x, z, r in ((.585, .842, .032), (.690, .853, .034)):
    p, n = on_front(x, z, -.033)
    n = (n + Vector((0, -1.2, 0))).normalized()
    part(lay(lathe([(r * .80, -.01), (r * .84, .016), (r, .022), (r * 1.06, .018), (r * 1.10, -.01)], 24), p, n), "chrome", True)
    part(lay(lathe([(r * .80, .008), (r * .70, .013), (r * .45, .0175), (0, .0195)], 20), p, n), "chrome", True)
p, n = on_front(.735, .470, -.004)
part(lay(lathe([(.030, -.012), (.034, .004), (.040, .007), (.043, -.012)], 24), p, n), "chrome", True)
part(lay(lathe([(.030, -.002), (.020, .002), (0, .0035)], 20), p, n), "chrome", True)


# --- dark inside of the body: what shows through the gaps -------------------------------------------------
def within(poly, u, v):
    c = False
    for (a, b), (d, e) in zip(poly, poly[1:] + poly[:1]):
        if (b > v) != (e > v) and u < (d - a) * (v - b) / (e - b) + a:
            c = not c
    return c


def hull_holes(bm):
    big_dlo, big_ws, big_rw, big_flap = inset(dlo, -.02), inset(ws, -.02), inset(rw, -.02), inset(flap_o, -.02)
    big_head = inset(head_o, -.03)
    def hole(c):
        x, l, z = abs(c.x), -c.y, c.z
        return (z > 1.0 and x > .45 and within(big_dlo, l, z) or l > .05 and within(big_ws, x, z) or l < -1.7 and within(big_rw, x, z) or
                z > .45 and -1.9 < l < .80 or c.x > .5 and within(big_flap, l, z) or l > 1.7 and z > .7 and within(big_head, x, z) or
                x > .4 and min(math.hypot(l - AXLE, z - HUB_Z), math.hypot(l + AXLE, z - HUB_Z)) < .44 or z < .26)
    bmesh.ops.delete(bm, context="FACES", geom=[q for q in bm.faces if any(hole(v.co) for v in q.verts)])


hull = nets(lambda x, y, z: f(x, y, z) + .028, (-1.05, LO[1], .1), (1.05, HI[1], HI[2]), .10)
edit(hull, hull_holes)
assign(hull, "print_black")

# --- trim -------------------------------------------------------------------------------------------------
for l, z in ((-.105, .928), (-1.005, .945)):                       # door handles with their cups
    p, n = on_skin(l, z)
    part(lay(prism(fillet(rect(.20, .036), .017, 4), -.006, .0012, .001), p, n), "car_black", True)
    bar = cast([prism(fillet(rect(.215, .022), .010, 3), .020, .033, .004, n=2)] + [move(box(.022, .018, .03, .004), s * .09, 0, .012) for s in (1, -1)], voxel=.0035, smooth=3, tris=500)
    part(lay(bar, p, n), "car_paint", True)
mir = cast([apply(ellipsoid(1, 1, 1, seg=24), Matrix.Translation((.990, -.575, 1.132)) @ Matrix.Diagonal((.112, .070, .074, 1))),
            move(box(.16, .05, .035, .01), .905, -.600, 1.078)], [move(box(.4, .1, .3, 0), .99, -.575 + .095, 1.13)], voxel=.010, smooth=5, tris=700)
part(mir, "car_paint", True)
assign(mir, "car_black", lambda p: p.center.z < 1.10)
assign(PARTS[-1], "car_black", lambda p: p.center.z < 1.10)
part(move(apply(prism(fillet(rect(.185, .105), .03, 4), 0, .004, .001), Matrix(((1, 0, 0, 0), (0, 0, 1, 0), (0, 1, 0, 0), (0, 0, 0, 1)))), .992, -.5285, 1.135), "chrome", True)
for s in (1,):                                                       # roof rails
    pts = []
    for l, h in [(.300, -.004), (.270, .010), (.225, .024), (.16, .031)] + [(.02 - .23 * i, .034) for i in range(8)] + [(-1.70, .031), (-1.765, .024), (-1.81, .010), (-1.84, -.004)]:
        p, n = on_top(.570 - .02 * abs(l + .6), l)
        pts.append(p + Vector((0, 0, h)))
    part(sweep(pts, fillet(rect(.024, .018), .006, 2)), "alloy_silver", True)
    for i in (4, 7, 10):
        part(move(box(.020, .09, .034, .004, 1), *(pts[i] - Vector((0, 0, .018)))), "alloy_silver", True)
secs = []                                                                # roof spoiler over the rear window
for k in range(17):
    x = -.575 + 1.15 * k / 16
    q, n = on_front(abs(x), 1.515, 0, True)
    y0 = q.y
    zf, zr = on_top(abs(x), -(y0 - .14))[0].z, on_top(abs(x), -(y0 - .05))[0].z
    e = min(1, (.575 - abs(x)) / .05 + .35)
    secs.append([(x, y0 - .14, zf + .001), (x, y0 - .06, zr + .010 * e), (x, y0 + .075 * e, zr - .004), (x, y0 + .082 * e, zr - .010), (x, y0 + .075 * e, zr - .018), (x, y0 + .01, zr - .034), (x, y0 - .10, zr - .034)])
sp = loft(secs)
part(sp, "car_paint")
assign(sp, "car_black", lambda p: p.normal.z < -.4)
fin = loft([[(w * .5 * math.cos(t), 1.36 + l0 + ln * .5 * math.sin(t), 1.598 + h) for t in [math.tau * k / 12 for k in range(12)]] for w, ln, l0, h in ((.06, .17, 0, -.01), (.055, .16, 0, .008), (.03, .10, .02, .035), (.012, .05, .035, .055))])
part(fin, "car_paint")

for rear, z in ((False, .593), (True, .830)):                          # number plates
    p, n = on_front(0, z, .012 if rear else .004, rear)
    n = Vector((0, n.y, 0)).normalized()
    part(lay(prism(fillet(rect(.452, .148), .010, 2), -.012, .003, .001), p, n), "print_black")
    PARTS.append(lay(decal("plate_t1", .440, .140), p + n * .0038, n))
p, n = on_front(0, .768, .0)
part(lay(lathe([(.058, -.010), (.058, .006), (.052, .010), (.047, .006), (.047, .002)], 32), p, n), "chrome")
part(lay(cyl(.0475, -.004, .0035, 0, 24), p, n), "car_black")
part(lay(prism([(-.034, -.030), (-.020, -.030), (0, .016), (.020, -.030), (.034, -.030), (.006, .034), (-.006, .034)], .003, .010, .001), p, n), "chrome")
for t, x, size in (("AXION", 0, .070), ("T1", -.47, .050)):
    p, n = on_front(abs(x), .965 if x == 0 else .80, .001, True)
    p.x = x
    n = Vector((n.x * (-1 if x < 0 else 1), n.y, n.z))
    part(lay(text(t, size, .005), p, n), "chrome")
for x0, x1, l0 in ((.02, .60, .985), (-.58, -.06, .985)):                # wipers
    pts = []
    for k in range(7):
        x = x0 + (x1 - x0) * k / 6
        zz = 1.128 - .05 * (x / .7) ** 2
        p, n = on_front(abs(x), zz, .010)
        p.x = x
        pts.append(p)
    part(sweep(pts, rect(.008, .016)), "print_black")
    q, n = on_front(abs(x0 if x0 > 0 else x0 + .02), 1.085, .012)
    part(sweep([Vector((x0 if x0 > 0 else x0 + .02, q.y - .02, 1.075)), pts[1] + Vector((0, -.008, .004)), pts[3] + Vector((0, -.010, .006))], rect(.014, .008)), "print_black")

# --- wheel arches, floor, frame, jack points ----------------------------------------------------------------
CH = []


def chassis(ob, mat, both=False, **kw):
    assign(ob, mat, **kw)
    CH.append(ob)
    if both:
        CH.append(mirror(copy(ob), "x"))


for s in (1, -1):
    sec = arc_pts(s * AXLE, .402, -21, 201, 30)
    x0, x1 = .500, .872
    liner = mesh([(x, -l, z) for x in (x0, x0 + .01, x1 - .02, x1) for l, z in sec], [(r * 31 + k, r * 31 + k + 1, (r + 1) * 31 + k + 1, (r + 1) * 31 + k) for r in range(3) for k in range(30)])
    wall = mesh([(x0, -s * AXLE, HUB_Z - .12)] + [(x0, -l, z) for l, z in sec], [(0, k + 2, k + 1) for k in range(30)])
    for o, sense in ((liner, None), (wall, None)):
        edit(o, lambda bm: bmesh.ops.recalc_face_normals(bm, faces=bm.faces))
        c = Vector((x1, -s * AXLE, HUB_Z))
        if sum(q.normal.dot(c - q.center) for q in o.data.polygons) < 0:
            o.data.flip_normals()
        chassis(o, "liner", True)
chassis(move(box(1.50, 1.80, .02, 0), 0, 0, .232), "coated_dark")                  # floor pan
chassis(move(box(.96, 3.5, .02, 0), 0, .05, .262), "coated_dark")
chassis(move(spin(box(1.30, .62, .012, 0), "x", -7), 0, -1.80, .262), "liner")
chassis(move(box(.26, 1.9, .05, .012, 1), 0, -.02, .222), "coated_dark")           # tunnel shield
for x, w in ((.66, .075), (.40, .05)):
    chassis(move(box(w, 1.72, .034, .008, 1), x, 0, .217), "coated_dark", True)    # frame rails
for l in (.95, .30, -.42, -.92):
    chassis(move(box(1.30, .07, .03, .006, 1), 0, -l, .217), "coated_dark")        # cross members
chassis(move(box(.95, .38, .07, .02, 2), 0, -1.32, .215), "coated_dark")           # front subframe
chassis(move(box(.95, .34, .07, .02, 2), 0, 1.32, .225), "coated_dark")
WELD_X, WELD_Z = .772, .186
cut_z = lambda a, b: move(box(.010, b - a, .034, .001, 1), WELD_X, -(a + b) / 2, WELD_Z + .017)
JACK = (.80, -.80)
for a, b in ((-.757, .757), (.843, .875), (-.875, -.843)):
    chassis(cut_z(a, b), "coated_dark", True)
for l in JACK:
    chassis(move(box(.014, .062, .036, .0015, 1), WELD_X, -l, WELD_Z + .018), "print_yellow", True)
    chassis(move(box(.075, .12, .012, .003, 1), WELD_X, -l, .226), "coated_dark", True)
chassis(move(box(.085, .10, .010, .003, 1), .66, -.55, .205), "steel", True)         # stand pads on the frame rails
for l in JACK:                                                                       # arrows on the sill above the jack points
    p, n = on_skin(l, .285, .0008)
    part(lay(prism(fillet([(-.030, .026), (.030, .026), (0, -.030)], .003, 2), 0, .0016, .0005), p, n), "print_yellow", True)
    p, n = on_skin(l, .243, .0008)
exhaust = sweep(spline([(-.28, .9, .235), (-.28, 1.3, .23), (-.45, 1.7, .25), (-.52, 2.05, .29), (-.52, 2.14, .29)], 4), circle(.028, 10))
chassis(exhaust, "steel")
chassis(move(spin(cyl(.10, -.22, .22, .02, 20, 2), "y", 90), -.1, 1.86, .315), "steel")

# --- front suspension and brake ------------------------------------------------------------------------------
AX = Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1)))       # local z -> outboard, y -> up
PCD, DISC = .056, .150
HUBM = Matrix.Translation((FACE, -AXLE, HUB_Z)) @ AX


def hubpart(ob, dz=-.040):
    return apply(move(ob, 0, 0, dz), HUBM)


outer = lathe([(.0335, .033), (.0335, .0395), (.0345, .040), (.078, .040), (.0805, .037), (.0835, .016), (.088, .0145), (.0935, .0115), (.0945, .013), (.1492, .013), (DISC, .0122),
               (DISC, .0052), (.088, .0052), (.0735, .0075), (.0735, .033)], 56, closed=True)
inner_ = lathe([(.0925, -.013), (.0925, -.0052), (DISC, -.0052), (DISC, -.0122), (.1492, -.013)], 56, closed=True)
vane = loft([[(r * math.cos(a), r * math.sin(a), z) for r, a in ((.098, 0), (.1465, -.14), (.1465, -.11), (.098, .045))] for z in (-.0056, .0056)], caps=False)
delete_faces(vane, lambda c: c.length < .099)
disc = join(outer, inner_, ring(vane, 36))
assign(disc, "coated_grey")
assign(disc, "machined", lambda p: .0955 < math.hypot(p.center.x, p.center.y) < .1488 and abs(p.center.z) > .0120)
hubc = lathe([(.030, -.05), (.030, -.016), (.046, -.012), (.050, .020), (.0325, .033), (.0325, .0500), (.0310, .0515), (.0280, .0515), (.0262, .0475), (.0262, .0530), (.0240, .0548), (.0170, .0556), (.0150, .0540), (0, .0540)], 36)
assign(hubc, "steel")
stud = join(thread(.014, .040, .081, .003, 12), lathe([(.0060, .081), (.0058, .0845), (.0052, .0855), (0, .0855)], 12))
assign(stud, "zinc")
studs = ring(move(stud, PCD), 5, 90)
hub_l = join(disc, hubc, studs)


def boss(x, y, z0, z1, r):
    return move(cyl(r, z0, z1, .001, 20), x, y)


kn = [cyl(.052, -.062, -.020, .002, 32), hull_of(boss(0, 0, -.060, -.035, .045), boss(0, .115, -.075, -.050, .022)), hull_of(boss(0, .105, -.078, -.050, .020), boss(0, .200, -.085, -.050, .019)),
      hull_of(boss(0, 0, -.060, -.030, .045), boss(0, -.125, -.062, -.040, .022)), hull_of(boss(0, 0, -.060, -.030, .040), boss(-.115, -.035, -.062, -.040, .016)),
      hull_of(boss(0, 0, -.062, -.040, .040), boss(.084, .060, -.062, -.048, .015)), hull_of(boss(0, 0, -.062, -.040, .040), boss(.084, -.060, -.062, -.048, .015)), boss(0, -.125, -.085, -.035, .024)]
kn = assign(cast(kn, voxel=.004, smooth=4, tris=1500), "cast_iron")
shield = assign(prism(fillet(sector(.058, .158, 42, 318, 28), .006, 2), -.0225, -.0213, 0), "coated_dark")
br = [prism(sector(.082, .112, -46, 46, 16), -.0475, -.036, .001)]
for s in (1, -1):
    arm = lambda r0, r1, a0, a1, z0, z1: prism(sector(r0, r1, min(s * a0, s * a1), max(s * a0, s * a1), 8), z0, z1, .001)
    br += [arm(.1, .150, 31, 40, -.0475, -.0155), arm(.1535, .1655, 30, 38, -.0475, .0320), arm(.0985, .160, 31, 37.5, .0155, .0320), arm(.082, .160, 34, 43, -.0475, -.034)]
br.append(prism(sector(.0868, .0995, -37, 37, 16), .0185, .0290, .001))
br = assign(cast(br, voxel=.0022, smooth=3, tris=1400), "cast_iron")
pads = [assign(prism(sector(.0985, .1475, -25.5, 25.5, 12), z0, z1, .0006), m) for z0, z1, m in ((.0133, .0243, "friction"), (-.0243, -.0133, "friction"), (.0243, .0300, "coated_dark"), (-.0300, -.0243, "coated_dark"))]
cb = [move(cyl(.0345, -.098, -.041, .003, 32), .123), prism(sector(.1535, .1755, -21.5, 21.5, 20), -.080, .046, .002), prism(sector(.118, .1755, -20, 20, 20), -.088, -.046, .002),
      prism(sector(.101, .1755, -21.5, -4.5, 10), .0325, .0470, .002), prism(sector(.101, .1755, 4.5, 21.5, 10), .0325, .0470, .002), prism(sector(.134, .1755, -20, 20, 20), .0325, .0470, .002)]
cb += [prism(sector(.170, .1785, a - 1.6, a + 1.6, 4), -.070, .038, .001) for a in (-12, 0, 12)]
cb = assign(cast(cb, voxel=.0017, smooth=4, tris=2600), "paint_red")
cname = assign(text("AXION", .016, .0010), "print_white")
cname = move(spin(cname, "z", -90), .1550, 0, .0474)
hose_ = assign(hose([(.112, -.020, -.098), (.100, .010, -.140), (.050, .060, -.165), (.0, .14, -.17), (-.03, .22, -.20)], .0052, 5, 8), "coated_dark")
brake = hubpart(join(kn, shield, br, *pads, cb, cname, hose_))
susp = []


def sus(ob, mat):
    susp.append(assign(ob, mat))


def rod(p, q, r, seg=14):
    p, q = Vector(p), Vector(q)
    return apply(cyl(r, 0, (q - p).length, r * .12, seg), Matrix.Translation(p) @ Vector((0, 0, 1)).rotation_difference(q - p).to_matrix().to_4x4())


arm = cast([hull_of(move(cyl(.032, .188, .214, .003, 20), .738, -AXLE), move(cyl(.030, .190, .216, .003, 20), .56, -AXLE + .02)),
            hull_of(move(cyl(.030, .190, .216, .003, 20), .57, -AXLE + .01), move(cyl(.026, .196, .220, .003, 20), .43, -AXLE + .20)),
            hull_of(move(cyl(.034, .190, .216, .003, 20), .57, -AXLE), move(cyl(.030, .196, .222, .003, 20), .43, -AXLE - .09))], voxel=.006, smooth=3, tris=700)
sus(arm, "coated_grey")
sus(rod((.738, -AXLE, .195), (.738, -AXLE, .250), .016), "steel")
strut_b, strut_t = Vector((.752, -AXLE, .505)), Vector((.672, -AXLE + .045, .775))
sus(rod(strut_b - Vector((0, 0, .0)), strut_b.lerp(strut_t, .62), .027, 18), "coated_grey")
sus(rod(strut_b.lerp(strut_t, .6), strut_t, .012, 12), "steel")
dirn = (strut_t - strut_b).normalized()
u_ = dirn.orthogonal().normalized()
w_ = dirn.cross(u_)
coil = [strut_b.lerp(strut_t, .36 + .60 * i / 64) + (u_ * math.cos(i / 64 * 5.0 * math.tau) + w_ * math.sin(i / 64 * 5.0 * math.tau)) * .062 for i in range(65)]
sus(sweep(coil, circle(.0072, 6)), "coated_grey")
seat_ = strut_b.lerp(strut_t, .345)
sus(apply(cyl(.074, -.004, .004, .002, 24), Matrix.Translation(seat_) @ Vector((0, 0, 1)).rotation_difference(dirn).to_matrix().to_4x4()), "coated_grey")
sus(rod((.50, -AXLE + .005, .335), (.775, -AXLE, .345), .0135), "steel")                       # drive shaft and boot
bl = [(.016, 0)] + [(.026 + .004 * (k % 2) + .002 * k, .008 + .010 * k) for k in range(8)] + [(.044, .09), (.044, .12), (.02, .125)]
sus(apply(lathe(bl, 20), Matrix.Translation((.655, -AXLE + .002, .341)) @ Matrix.Rotation(math.pi / 2, 4, "Y")), "print_black")
sus(rod((.46, -AXLE + .13, .315), (.742, -AXLE + .115, .312), .0085), "steel")                  # track rod behind the axle
sus(rod((.735, -AXLE + .06, .25), (.735, -AXLE + .075, .52), .006, 10), "steel")                # stabiliser link
susp = join(*susp)
CH.append(susp)
CH.append(mirror(copy(susp), "x"))
simple = brake                                                                                   # right front: the same brake, mirrored
rear_arm = move(box(.30, .10, .05, .015, 2), .62, AXLE - .02, .235)
chassis(rear_arm, "coated_grey", True)
chassis(rod((.60, AXLE + .06, .25), (.62, AXLE + .10, .62), .024), "coated_grey", True)

# --- cabin -----------------------------------------------------------------------------------------------------
IN = []


def inside(ob, mat, both=False, **kw):
    assign(ob, mat, **kw)
    IN.append(ob)
    if both:
        IN.append(mirror(copy(ob), "x"))
    return ob


dash_o = [(.98, 1.035), (.82, 1.030), (.60, 1.012), (.545, .985), (.525, .93), (.545, .86), (.60, .80), (.68, .66), (.84, .56), (.98, .56)]
inside(prism_of("side", fillet(dash_o, .03, 3), -.735, .735), "trim_dark")
inside(prism_of("side", fillet([(.75, 1.02), (.545, 1.06), (.520, 1.048), (.515, 1.0), (.75, .94)], .018, 3), .19, .55), "trim_dark")    # hood over the instruments
inside(move(spin(box(.30, .012, .105, .004), "x", -12), .37, -.522, .990), "print_black")
inside(move(spin(box(.255, .018, .155, .006), "x", -10), 0, -.515, 1.005), "print_black")               # centre screen
inside(move(box(1.30, .012, .018, .003, 1), 0, -.528, .905), "chrome")
for x in (-.60, -.17, .17, .60):
    inside(move(box(.11, .014, .05, .006, 1), x, -.522, .945), "print_black")
con = [(.60, .35), (.60, .80), (.50, .735), (.40, .690), (.12, .675), (.02, .672), (-.02, .72), (-.40, .72), (-.44, .69), (-.45, .35)]
inside(prism_of("side", fillet(con, .02, 2), -.125, .125), "trim_dark")
inside(move(box(.205, .30, .006, .002, 1), 0, -.27, .692), TRIM)
inside(move(lathe([(.034, 0), (.036, .001), (.036, -.002), (.032, -.03), (0, -.03)], 20), -.055, -.06, .678), "print_black")
col = Vector((.37, -.40, .935))
tilt = Matrix.Translation(col) @ Matrix.Rotation(math.radians(90 - 26), 4, "X")
rimw = lathe([(.183 + .0155 * math.cos(t) , .0155 * math.sin(t)) for t in [math.tau * k / 10 for k in range(10)]], 40, closed=True)
inside(apply(rimw, tilt), "trim_dark")
inside(apply(cyl(.062, -.03, .022, .012, 24, 2), tilt), "trim_dark")
for a in (0, 180, 270):
    inside(apply(spin(move(box(.13, .034, .014, .005, 1), .115, 0, .0), "z", a), tilt), "chrome" if a != 270 else "trim_dark")
inside(apply(cyl(.034, -.22, -.02, .004, 20), tilt), "trim_dark")
inside(apply(spin(move(box(.17, .014, .010, .003, 1), .13, 0, -.055), "z", 15), tilt), "trim_dark")


def seat(width, x, l, bench=False):
    w = width / 2
    blocks = [move(spin(box(width, .50, .13, .05, 3), "x", 6), 0, -.06, .0), move(spin(box(width * .94, .13, .62, .05, 3), "x", -16), 0, .26, .335)]
    if not bench:
        blocks += [move(spin(box(.075, .46, .10, .035, 3), "x", 6), s * (w - .02), -.05, .045) for s in (1, -1)]
        blocks += [move(spin(box(.075, .12, .48, .035, 3), "x", -16), s * (w - .035), .215, .32) for s in (1, -1)]
    heads = [0] if not bench else [-.40, .40]
    blocks += [move(spin(box(.27, .095, .18, .04, 3), "x", -12), h, .375, .735) for h in heads]
    c = cast(blocks, voxel=.016, smooth=3, tris=1500 if not bench else 1300)
    inside(move(c, x, -l, .575), "seat_cloth")
    for h in heads:
        for s in (-.05, .05):
            inside(move(rod((h + s, .335, .60), (h + s, .365, .70), .006, 8), x, -l, .575), "chrome")
    if not bench:
        inside(move(box(width * .8, .46, .16, .03, 1), x, -l + .02, .43), "trim_dark")


seat(.50, .37, -.07)
seat(.50, -.37, -.07)
seat(1.24, 0, -.98, True)
inside(move(box(1.70, 1.72, .03, 0), 0, .02, .345), TRIM)
inside(move(box(.98, .70, .03, 0), 0, 1.15, .345), TRIM)                       # carpet
inside(move(box(1.42, .03, .72, 0), 0, -.86, .66), "trim_dark")                       # bulkhead
inside(move(box(.98, .03, .5, 0), 0, 1.36, .60), "trim_dark")
inside(move(box(.98, .62, .02, 0), 0, 1.68, .72), "trim_dark")
inside(move(cast([box(.22, .03, .055, .012)], voxel=.006, smooth=2, tris=200), 0, -.27, 1.475), "print_black")    # inner mirror
for x in (.37, -.37):
    inside(move(spin(box(.32, .012, .13, .005, 1), "x", 68), x, -.17, 1.530), TRIM)
for s in (1,):                                                                          # door armrests
    inside(move(box(.06, .52, .05, .02, 2), .765, -.16, .78), "trim_dark", True)
    inside(move(box(.05, .40, .05, .02, 2), .765, .62, .80), "trim_dark", True)
GEAR, PARK = (0, -.215, .694), (.055, .10, .718)
boot = lathe([(.046, 0), (.040, .006), (.034, .022), (.020, .045), (.011, .060), (0, .060)], 20)
assign(boot, "trim_dark")
knob = join(assign(cyl(.0095, .05, .10, .001, 12), "chrome"), assign(cast([ellipsoid(.025, .030, .034, (0, 0, .128), 20), move(cyl(.018, .085, .12, .002, 16), 0, 0, 0)], voxel=.004, smooth=3, tris=500), "trim_dark"),
            assign(move(prism(circle(.014, 16), 0, .001, .0003), 0, 0, .1605), "chrome"))
gl = join(boot, knob)
hb = join(assign(cast([hull_of(move(spin(cyl(.014, -.012, .012, .003, 16), "y", 90), 0, 0, .02), move(spin(cyl(.011, -.010, .010, .003, 16), "y", 90), 0, -.15, .052)),
                       apply(ellipsoid(.017, .062, .018, seg=20), Matrix.Translation((0, -.190, .060)) @ Matrix.Rotation(math.radians(-12), 4, "X"))], voxel=.004, smooth=3, tris=700), "trim_dark"),
          assign(apply(cyl(.0075, 0, .016, .002, 12), Matrix.Translation((0, -.248, .0725)) @ Matrix.Rotation(math.radians(78), 4, "X")), "chrome"))
sock = assign(move(prism(fillet(rect(.05, .16), .012, 3), 0, .003, .001), PARK[0], PARK[1] - .05, PARK[2] + .006), "print_black")
IN.append(sock)
inside(move(box(.20, .62, .004, .001, 1), 0, .12, .7205), TRIM)

# --- fuel flap, placard ----------------------------------------------------------------------------------------
pf, nf = on_skin(-1.6375, .9225)
cup = lathe([(.064, -.002), (.062, -.03), (.040, -.055), (0, -.055)], 24)
edit(cup, lambda bm: [q.normal_flip() for q in bm.faces if q.normal.dot(-q.calc_center_median() + Vector((0, 0, .1))) < 0] and None)
part(lay(cup, pf - nf * .022, nf), "print_black")
part(lay(prism(fillet(rect(.175, .162), .02, 3), -.026, -.024, 0, holes=[circle(.063, 24)]), pf, nf), "print_black")
part(lay(join(cyl(.034, -.05, -.028, .004, 24), move(box(.058, .012, .016, .004, 1), 0, 0, -.022)), pf - nf * .008, nf), TRIM)
HINGE, nh = on_skin(-1.7175, .9225, -.004)
edit(flap, lambda bm: bmesh.ops.delete(bm, context="FACES", geom=[q for q in bm.faces if q.calc_center_median().x < .2]))
assign(flap, "car_paint")
vflap = f(*np.array([tuple(p.center) for p in flap.data.polygons]).T)
assign(flap, TRIM, lambda p: vflap[p.index] < -SKIN + .003)
dress(flap, f)
body = node("body", root, (0, 0, 0), join(*PARTS))
node("body_lining", root, (0, 0, 0), hull)["no_ao"] = 1         # apart: it must not shade the door trims
node("body_glass", root, (0, 0, 0), join(*GLASS))
node("chassis", root, (0, 0, 0), join(*CH))
node("interior", root, (0, 0, 0), join(*IN))
OPEN = Matrix.Rotation(math.radians(104), 4, "Z")
H = Matrix.Translation(HINGE)
ff = node("fuel_flap", root, tuple(HINGE), flap, **joint("revolute", (0, 0, 1), 0, 110))
ff.matrix_basis = H @ OPEN
bpy.context.view_layer.update()
pi_, ni_ = on_skin(-1.6375, .9225, -SKIN - .0095)
card = lay(decal("tyre_placard", .094, .094), pi_, -ni_)
apply(card, H @ OPEN @ H.inverted())
PC = H @ OPEN @ H.inverted() @ pi_
NC = (OPEN.to_3x3() @ -ni_).normalized()
node("placard", root, tuple(PC), card)

# --- moving parts, hubs, anchors -------------------------------------------------------------------------------
lever = node("gear_lever", root, GEAR, move(gl, *GEAR), **joint("revolute", (1, 0, 0), -9, 9, detents=4, order="D N R P"))
park = node("park_brake", root, PARK, move(hb, *PARK), **joint("revolute", (-1, 0, 0), 0, 26))
anchor("grab", "gear_lever", lever, (GEAR[0], GEAR[1], GEAR[2] + .130), z=(0, 0, 1), x=(1, 0, 0))
anchor("grab", "park_brake", park, (PARK[0], PARK[1] - .19, PARK[2] + .06), z=(0, 0, 1), x=(1, 0, 0))
hub_fl = node("hub_fl", root, (FACE, -AXLE, HUB_Z), hubpart(hub_l))
node("brake_fl", root, (FACE, -AXLE, HUB_Z), brake)
rot = Matrix.Rotation(math.pi, 4, "Z")
plain = lathe([(.0335, .033), (.0335, .0395), (.0345, .040), (.078, .040), (.0805, .037), (.0835, .016), (.0935, .0115), (.0945, .013), (DISC - .012, .013), (DISC - .012, .004), (.09, .003), (.07, -.03), (.03, -.03)], 40, closed=True)
assign(plain, "coated_grey")
assign(plain, "machined", lambda p: .0955 < math.hypot(p.center.x, p.center.y) < .137 and p.center.z > .0120)
pin = lathe([(.007, .040), (.0068, .082), (.0055, .0855), (0, .0855)], 10)
delete_faces(pin, lambda c: c.z < .0405)
plain = join(plain, assign(lathe([(.0325, .033), (.0325, .0500), (.0262, .0515), (.0240, .0548), (0, .0548)], 28), "steel"), ring(move(assign(pin, "steel"), PCD), 5, 90))
hub_rl = node("hub_rl", root, (FACE, AXLE, HUB_Z), apply(move(plain, 0, 0, -.040), Matrix.Translation((FACE, AXLE, HUB_Z)) @ AX))
instance("hub_fr", hub_rl, root, (-FACE, -AXLE, HUB_Z), rot)
instance("hub_rr", hub_rl, root, (-FACE, AXLE, HUB_Z), rot)
for s, n_ in ((1, "l"), (-1, "r")):
    for y, m in ((-AXLE, "f"), (AXLE, "r")):
        anchor("snap", f"hub_{m}{n_}", root, (s * FACE, y, HUB_Z), z=(s, 0, 0), x=(0, 0, 1), accepts="wheel_5x112")
        anchor("snap", f"jack_{m}{n_}", root, (s * WELD_X, -(JACK[0] if m == "f" else JACK[1]), WELD_Z), z=(0, 0, -1), x=(0, -1, 0), accepts="jack", rated=1)
anchor("snap", "sill_mid", root, (WELD_X, 0, WELD_Z), z=(0, 0, -1), x=(0, -1, 0), accepts="jack", rated=0)
anchor("snap", "floor_pan", root, (.45, -.60, .222), z=(0, 0, -1), x=(0, -1, 0), accepts="jack", rated=0)
anchor("snap", "arm_fl", root, (.60, -AXLE, .188), z=(0, 0, -1), x=(0, -1, 0), accepts="jack", rated=0)
anchor("snap", "stand_fl", root, (.66, -.55, .200), z=(0, 0, -1), x=(0, -1, 0), accepts="axle_stand", rated=1)
anchor("view", "placard", root, tuple(PC), z=tuple(NC), x=(0, 0, 1))
left = {root, *root.children_recursive}
remove(*[o for o in bpy.context.scene.objects if o not in left])
finish(root, ao=.25)
