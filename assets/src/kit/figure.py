"""People: one body, parameters for build, clothes and hair; a skeleton of 29 bones and clips.

Every visible layer is the skin of a function (kit.clay), and joint weights are a function of the place alone: cloth, bands and
pockets that lie on each other move alike and never cut through. Blender axes: the figure faces -Y; +X is its left.
"""
import bmesh
import bpy
import math
import numpy as np
from mathutils import Matrix, Quaternion, Vector

from . import clay, face, paint, scene, shapes
from .clay import smax, smin, step
from .face import HEAD, capsule, ellipsoid

# ---------------------------------------------------------------------------------------------------- the body, in metres at 1.76 m
HIP, KNEE, ANKLE = (.092, .012, .905), (.100, .000, .492), (.104, .022, .088)
SHOULDER, ELBOW, WRIST = (.172, .014, 1.392), (.330, .018, 1.150), (.466, -.004, .936)
ARM = (Vector(WRIST) - Vector(SHOULDER)).normalized()      # down and out: the pose the clothes were sewn in
FRONT = Vector((0, -1, 0))
ACROSS = (FRONT - ARM * FRONT.dot(ARM)).normalized()       # thumb side of the hand
PALM = ARM.cross(ACROSS)                                   # towards the body for the left hand


def curve(*keys):
    """clay.curve, held beyond its ends."""
    f, lo, hi = clay.curve(*keys), min(k[0] for k in keys), max(k[0] for k in keys)
    return lambda q: f(np.clip(q, lo, hi))


def oval(u, v, ru, rv, p=2.2):
    """Distance-like function of a superellipse."""
    q = ((np.abs(u) / ru) ** p + (np.abs(v) / rv) ** p) ** (1 / p)
    return (q - 1) * np.minimum(ru, rv)


def slab(q, lo, hi):
    return np.maximum(lo - q, q - hi)


def along_arm(x, y, z):
    """Of the left arm's frame (x already positive): along, across towards the thumb, towards the palm; metres from the shoulder joint."""
    p = [x - SHOULDER[0], y - SHOULDER[1], z - SHOULDER[2]]
    return [p[0] * d[0] + p[1] * d[1] + p[2] * d[2] for d in (ARM, ACROSS, PALM)]


ELBOW_AT = (Vector(ELBOW) - Vector(SHOULDER)).dot(ARM)
WRIST_AT = (Vector(WRIST) - Vector(SHOULDER)).dot(ARM)


class Body:
    """The clothed solids as functions. `stout` 0 slim .. 1 heavy; `shoulders`, `hips`: width factors; `crease`: how deep the cloth folds.
    `upper`: blouson (workwear), jacket (drawn in at the waist), suit, shirt, hoodie."""

    def __init__(self, stout=.4, shoulders=1.0, hips=1.0, bust=0.0, lower="trousers", upper="blouson", crease=1.0):
        self.lower, self.upper, self.bust, self.crease = lower, upper, bust, crease
        g = 1 + .10 * (stout - .4)
        w = lambda keys, k: curve(*[(z, r * g * k(z)) for z, r in keys])
        sh = lambda z: 1 + (shoulders - 1) * float(step(np.array(z), 1.1, 1.35))
        hi = lambda z: 1 + (hips - 1) * float(1 - step(np.array(z), .95, 1.2))
        one = lambda z: 1
        # half widths, front and back depths about the middle line, by height; the top dives into the neck, so that no rim shows inside a collar
        if upper in ("blouson", "hoodie"):
            rx = [(.80, .168), (.885, .172), (.90, .168), (.925, .168), (.945, .176), (.99, .183), (1.06, .176), (1.16, .178), (1.27, .187), (1.345, .180), (1.39, .158), (1.425, .122), (1.455, .092), (1.49, .050), (1.53, .040)]
            rf = [(.80, .108), (.885, .116), (.90, .112), (.925, .112), (.945, .122), (.99, .128), (1.06, .120), (1.16, .120), (1.27, .122), (1.36, .106), (1.42, .080), (1.455, .066), (1.49, .044), (1.53, .034)]
        elif upper == "suit":
            rx = [(.74, .190), (.80, .190), (.90, .184), (1.0, .175), (1.08, .171), (1.16, .176), (1.27, .188), (1.345, .184), (1.39, .164), (1.425, .126), (1.455, .093), (1.49, .050), (1.53, .040)]
            rf = [(.74, .124), (.80, .126), (.90, .122), (1.0, .115), (1.08, .113), (1.16, .116), (1.27, .122), (1.36, .107), (1.42, .081), (1.455, .066), (1.49, .044), (1.53, .034)]
        elif upper == "shirt":
            rx = [(.80, .173), (.90, .171), (.99, .166), (1.06, .163), (1.16, .168), (1.27, .181), (1.345, .176), (1.39, .156), (1.425, .121), (1.455, .090), (1.49, .050), (1.53, .040)]
            rf = [(.80, .116), (.90, .114), (.99, .110), (1.06, .108), (1.16, .112), (1.27, .118), (1.36, .103), (1.42, .078), (1.455, .064), (1.49, .044), (1.53, .034)]
        else:                                                   # a jacket drawn in at the waist
            rx = [(.74, .196), (.80, .194), (.90, .186), (1.0, .166), (1.08, .158), (1.16, .165), (1.27, .180), (1.345, .176), (1.39, .156), (1.425, .122), (1.455, .092), (1.49, .050), (1.53, .040)]
            rf = [(.74, .128), (.80, .126), (.90, .120), (1.0, .108), (1.08, .104), (1.16, .110), (1.27, .118), (1.36, .104), (1.42, .080), (1.455, .066), (1.49, .044), (1.53, .034)]
        rb = [(.80, .122), (.88, .124), (.925, .118), (.99, .114), (1.06, .100), (1.16, .104), (1.27, .118), (1.36, .120), (1.42, .100), (1.455, .076), (1.49, .048), (1.53, .038)]
        self.rx, self.rf, self.rb = w(rx, lambda z: sh(z) * hi(z)), w(rf, one), w(rb, one)
        self.hem = {"blouson": .900, "hoodie": .895, "shirt": .850}.get(upper, .775)
        self.cy = curve((.70, .012), (.95, .010), (1.15, .004), (1.35, .016), (1.45, .022), (1.53, .018))
        # trousers: middle line and radii of one leg
        self.leg_x = curve((.06, .106), (.49, .102), (.80, .092), (.97, .086))
        self.leg_y = curve((.06, .026), (.25, .022), (.36, .014), (.49, .002), (.70, .004), (.97, .010))
        self.leg_r = w([(.06, .066), (.12, .067), (.22, .068), (.36, .073), (.49, .072), (.62, .081), (.78, .093), (.88, .099), (.97, .098)], one)
        self.leg_d = w([(.06, .074), (.12, .075), (.22, .077), (.36, .083), (.49, .079), (.62, .089), (.78, .103), (.88, .112), (.97, .110)], one)
        # sleeve by distance from the shoulder joint
        self.arm_r = w([(-.06, .040), (0, .054), (.06, .061), (.16, .060), (.24, .057), (.30, .059), (.38, .055), (.46, .049), (.52, .047)], one)

    def folds(self, x, y, z, u, v, w):
        """Cloth: shallow wrinkles where joints bend, in metres outwards."""
        n = np.sin(61 * x + 23 * z + 1.3) * np.sin(47 * z - 29 * y + .4)
        a = .0022 * n * step(z, .12, .3)
        k = np.exp(-((z - .50) / .075) ** 2)                                        # knee
        a = a + .0050 * k * np.sin(118 * (z + .35 * np.abs(y)) + 14 * x) * (.35 + .65 * step(y, -.02, .05))
        k = np.exp(-((z - .155) / .050) ** 2)                                       # over the boots
        a = a + .0060 * k * np.sin(128 * (z + .22 * y + .16 * x))
        k = np.exp(-((z - .86) / .055) ** 2) * step(-y, -.02, .08)                  # crotch: pulls towards it
        a = a + .0040 * k * np.sin(95 * (z - .55 * np.abs(x - .02)))
        arm = step(x, .20, .26)
        k = np.exp(-((u - ELBOW_AT) / .060) ** 2) * arm
        a = a + .0050 * k * np.sin(140 * (u + .30 * np.abs(v - .02))) * (.3 + .7 * step(v, -.01, .04))
        k = np.exp(-((u - .44) / .045) ** 2) * arm
        a = a + .0040 * k * np.sin(165 * (u + .25 * w))
        k = np.exp(-((z - 1.02) / .060) ** 2) * (1 - arm)                           # waist
        a = a + .0042 * k * np.sin(84 * (z + .30 * np.abs(x)) + 9 * y)
        k = np.exp(-((z - 1.30) / .05) ** 2) * np.exp(-((x - .165) / .035) ** 2)    # armpit
        return (a + .0040 * k * np.sin(110 * (z + .8 * x))) * self.crease

    def torso(self, x, y, z):
        d = oval(x, y - self.cy(z), self.rx(z), np.where(y < self.cy(z), self.rf(z), self.rb(z)), 2.35)
        if self.bust:
            d = smin(d, ellipsoid(x, y, z, (.066, -.072, 1.258), (.055, .050, .058)) - .004 * self.bust, .09)
        d = smin(d, capsule(x, y, z, (.055, .026, 1.440), (.160, .016, 1.382), .044, .038), .050)                # from the neck to the shoulder
        return smax(d, slab(z, self.hem, 1.500), .018)

    def leg(self, x, y, z):
        if self.lower == "skirt":
            q = oval(x, y - .010, np.interp(z, [.50, .97], [.185, .165]), np.interp(z, [.50, .97], [.128, .115]), 2.3)
            return smax(q, slab(z, .505, .96), .012)
        return smax(oval(x - self.leg_x(z), y - self.leg_y(z), self.leg_r(z), self.leg_d(z), 2.1), slab(z, .060, .955), .02)

    def seat(self, x, y, z):
        return smax(oval(x, y - .012, self.rx(z) * .955, np.where(y < .012, self.rf(z) * .93, self.rb(z) * .96), 2.3), slab(z, .835, .99), .06)

    def arm(self, x, y, z):
        u, v, w = along_arm(x, y, z)
        bend = .012 * np.sin(np.clip(u / WRIST_AT, 0, 1) * math.pi)                # the elbow lies a little behind
        r = self.arm_r(u)
        return smax(oval(v + bend, w, r * 1.03, r * .97, 2.0), slab(u, -.05, WRIST_AT - .022), .02), (u, v, w)

    def suit(self, x, y, z):
        x = np.abs(x)
        t, l, s = self.torso(x, y, z), self.leg(x, y, z), self.seat(x, y, z)
        a, (u, v, w) = self.arm(x, y, z)
        low = smin(l, s, .05)
        up = smin(t, a, .045)
        return smin(low, up, .004) - self.folds(x, y, z, u, v, w)

    # ------------------------------------------------------------------------------------------------------------------ weights
    def weights(self, p, head=False):
        """Bone name -> weight, for points (n, 3). Sums to 1."""
        x, y, z = p.T
        left = x >= 0
        ax = np.abs(x)
        out = {}
        if head:
            h = step(z, 1.500, 1.565)
            c = (1 - h) * (1 - step(z, 1.445, 1.500))
            return {"head": h, "neck": 1 - h - c, "chest": c}
        t = np.minimum(self.torso(ax, y, z), self.seat(ax, y, z))
        a, (u, v, w) = self.arm(ax, y, z)
        u_far = step(u, .02, .10)                                                    # beyond the deltoid all is arm
        arm = step(t - a, -.045, .045)
        arm = np.maximum(arm * step(u, -.055, .055), u_far * step(t - a, -.02, .03)) * step(ax, .10, .17) * step(z, .70, .76)
        legs = 1 - step(z, .80, .955)
        wide = .028 + (.12 * step(z, .46, .56) if self.lower == "skirt" else 0)       # a skirt follows both legs
        swing = step(ax * np.where(left, 1, -1), -wide, wide)                        # left share
        fore, hand = step(u, ELBOW_AT - .05, ELBOW_AT + .05), step(u, WRIST_AT - .028, WRIST_AT + .020)
        shin, foot = 1 - step(z, KNEE[2] - .065, KNEE[2] + .065), 1 - step(z, ANKLE[2] - .028, ANKLE[2] + .030)
        clav = step(ax, .045, .165) * step(z, 1.25, 1.38) * .85
        body = (1 - arm) * (1 - legs)
        spine, chest, neck = step(z, .98, 1.10), step(z, 1.15, 1.30), step(z, 1.475, 1.53)
        out["hips"] = body * (1 - spine)
        out["spine"] = body * spine * (1 - chest)
        out["chest"] = body * chest * (1 - clav) * (1 - neck)
        out["neck"] = body * chest * (1 - clav) * neck
        fingers = self.finger_weights(u, v, w)
        for q, side, share in (("l", left, swing), ("r", ~left, 1 - swing)):
            out["shoulder_" + q] = body * chest * clav * side
            out["upper_arm_" + q] = arm * (1 - fore) * side
            out["forearm_" + q] = arm * fore * (1 - hand) * side
            for name, f in fingers.items():
                out[f"{name}_{q}"] = arm * fore * hand * f * side
            leg = (1 - arm) * legs * share
            out["thigh_" + q] = leg * (1 - shin)
            out["shin_" + q] = leg * shin * (1 - foot)
            out["foot_" + q] = leg * shin * foot
        return out

    def finger_weights(self, u, v, w):
        a = u - WRIST_AT
        k1, k2 = step(a, .078, .102), step(a, .112, .136)
        first = step(v, .0180, .0250)
        thumb = step(HAND.palm(u, v, w) - HAND.thumb(u, v, w), -.006, .010) * step(v, .020, .034)
        rest = 1 - thumb
        return {"hand": rest * (1 - k1), "index_1": rest * k1 * (1 - k2) * first, "index_2": rest * k2 * first,
                "fingers_1": rest * k1 * (1 - k2) * (1 - first), "fingers_2": rest * k2 * (1 - first), "thumb": thumb}


class Hand:
    """The left hand in the arm's frame: a along from the wrist, v towards the thumb, w towards the palm."""
    FINGERS = [(.0335, .074), (.0112, .083), (-.0112, .077), (-.0325, .060)]

    def thumb(self, u, v, w):
        a = u - WRIST_AT
        d = capsule(a, v, w, (.022, .022, .006), (.056, .047, .016), .0165, .0130)
        return smin(d, capsule(a, v, w, (.056, .047, .016), (.092, .055, .024), .0128, .0105), .006)

    def palm(self, u, v, w):
        a = u - WRIST_AT
        d = smax(oval(v - .001, w - .003, np.interp(a, [-.03, .0, .04, .09], [.030, .031, .041, .043]), np.interp(a, [-.03, .0, .05, .09], [.028, .024, .0195, .0150]), 2.6),
                 slab(a, -.05, .094), .012)
        return smin(d, ellipsoid(a, v, w, (.040, .022, .012), (.036, .018, .016)), .012)

    def fingers(self, u, v, w):
        a, d = u - WRIST_AT, None
        for b, length in self.FINGERS:
            x0 = .084 - .35 * abs(b - .005)
            mid = x0 + length * .52
            f = smin(capsule(a, v, w, (x0, b, .003), (mid, b * 1.03, .007), .0098, .0092), capsule(a, v, w, (mid, b * 1.03, .007), (x0 + length, b * 1.0, .014), .0092, .0078), .003)
            d = f if d is None else smin(d, f, .0012)
        return d

    def solid(self, glove):
        def f(x, y, z):
            u, v, w = along_arm(x, y, z)
            d = smin(smin(self.palm(u, v, w), self.fingers(u, v, w), .010), self.thumb(u, v, w), .012)
            if glove:
                a = u - WRIST_AT
                d = d - .0012
                wide = .0090 * step(-a, .004, .030)
                cuff = smax(oval(v + .004, w, .0435 + wide, .0415 + wide, 2.0), slab(a, -.062, .000), .006)
                d = smin(d, cuff, .012)
                d = d - .0010 * np.sin(190 * a) * np.exp(-((a + .004) / .020) ** 2)
            return d
        return f


HAND = Hand()


def skin_of(f, lo, hi, cell, tris):
    """A light mesh of the function's skin, shaded like the dense one."""
    return shapes.lighten(shapes.clean(clay.nets(f, lo, hi, cell), 1e-5), tris)


def meet(f, p, towards, reach):
    """Where rays from points p first enter the solid; (n, 3)."""
    p, d = np.array(p, float), np.array(Vector(towards).normalized())
    t = np.linspace(0, reach, 240)
    inside = np.stack([f(*(p + d * k).T) < 0 for k in t])
    if not inside.any(0).all():
        raise ValueError("a patch reaches beyond the body")
    hi = t[inside.argmax(0)]
    lo = np.maximum(hi - t[1], 0)
    for _ in range(12):
        m = (lo + hi) / 2
        within = f(*(p + d * m[:, None]).T) < 0
        hi, lo = np.where(within, m, hi), np.where(within, lo, m)
    return p + d * hi[:, None]


def on_skin(f, rows, lift, rim=.0015, towards=(0, 1, 0), reach=.40):
    """A sheet laid on the skin: rows x columns of points are let fall on it, lifted, and closed by a rim that dives in."""
    p = np.array(rows, float)
    n, m = p.shape[:2]
    q = meet(f, p.reshape(-1, 3), towards, reach)
    g = clay.gradient(f, q, 2e-3)
    g /= np.maximum(np.linalg.norm(g, axis=1, keepdims=True), 1e-9)
    top = (q + g * lift).reshape(n, m, 3)
    low = (q - g * rim).reshape(n, m, 3)
    edge = [(0, j) for j in range(m)] + [(i, m - 1) for i in range(1, n)] + [(n - 1, j) for j in range(m - 2, -1, -1)] + [(i, 0) for i in range(n - 2, 0, -1)]
    verts = list(top.reshape(-1, 3)) + [low[e] for e in edge]
    faces = [(i * m + j, i * m + j + 1, (i + 1) * m + j + 1, (i + 1) * m + j) for i in range(n - 1) for j in range(m - 1)]
    base = n * m
    for k, e in enumerate(edge):
        e2, k2 = edge[(k + 1) % len(edge)], (k + 1) % len(edge)
        faces.append((e[0] * m + e[1], base + k, base + k2, e2[0] * m + e2[1]))
    ob = shapes.clean(shapes.mesh(verts, faces))
    # An open sheet has no inside to tell its faces' direction by.
    if ob.data.polygons[0].normal.dot(Vector(g[0])) < 0:
        ob.data.flip_normals()
    return ob


def rect_rows(x0, x1, z0, z1, y, n=7, m=7, slope=0.0):
    return [[(x0 + (x1 - x0) * j / (m - 1), y, z0 + (z1 - z0) * i / (n - 1) + slope * (x0 + (x1 - x0) * j / (m - 1))) for j in range(m)] for i in range(n)]


# ---------------------------------------------------------------------------------------------------------------------- cap and boots
def cap_solid(x, y, z):
    tilt = z - HEAD - .050 - .10 * (y - .01)                                        # above the brim
    crown = smax(ellipsoid(x, y, z, (0, .014, HEAD + .038), (.0905, .1110, .0930)), -tilt, .006)
    return smin(crown, ellipsoid(x, y, z, (0, .012, HEAD + .131), (.008, .008, .005)), .003)


def visor():
    rows = []
    for i in range(9):                                                              # from the cap outwards
        t = i / 8
        row = []
        for k in range(23):
            a = math.radians(-63 + 126 * k / 22)
            r0 = Vector((.0895 * math.sin(a), .012 - .1085 * math.cos(a)))
            out = .066 * math.cos(a * .98) ** .8 + .002
            p = r0 + Vector((.16 * math.sin(a), -math.cos(a))).normalized() * out * t
            row.append((p.x, p.y, HEAD + .0505 + .10 * (p.y - .01) - 2.1 * p.x ** 2 * t - .010 * t * t))
        rows.append(row)
    p = np.array(rows)
    n, m = p.shape[:2]
    top, low = p + (0, 0, .0020), p - (0, 0, .0020)
    verts = list(top.reshape(-1, 3)) + list(low.reshape(-1, 3))
    k = n * m
    faces = []
    for i in range(n - 1):
        for j in range(m - 1):
            q = (i * m + j, i * m + j + 1, (i + 1) * m + j + 1, (i + 1) * m + j)
            faces += [q[::-1], tuple(v + k for v in q)]
    edge = [(0, j) for j in range(m)] + [(i, m - 1) for i in range(1, n)] + [(n - 1, j) for j in range(m - 2, -1, -1)] + [(i, 0) for i in range(n - 2, 0, -1)]
    for e, e2 in zip(edge, edge[1:] + edge[:1]):
        a, b = e[0] * m + e[1], e2[0] * m + e2[1]
        faces.append((a, b, b + k, a + k))
    return shapes.clean(shapes.mesh(verts, faces))


def boot_solid(x, y, z, shaft_to=.150):
    x = np.abs(x) - .106
    turn = .10                                                                      # toes a little outwards
    x = x + turn * (y + .0) * -1
    sole = smax(oval(x - .003, y + .033, .0475 - .010 * step(y, -.02, .04) + 0 * z, .143 + 0 * z, 2.6), slab(z, .004, .030), .008)
    foot = ellipsoid(x, y, z, (.002, -.100, .040), (.047, .072, .046))
    foot = smin(foot, ellipsoid(x, y, z, (0, -.020, .052), (.043, .085, .050)), .03)
    foot = smin(foot, ellipsoid(x, y, z, (0, .060, .045), (.040, .046, .046)), .03)
    shaft = smax(oval(x, y - .028, .047 + 0 * z, .056 + 0 * z, 2.1), slab(z, .04, shaft_to), .012)
    d = smin(smax(foot, -z + .014, .006), shaft, .030)
    return smin(d, sole, .004)


# ------------------------------------------------------------------------------------------------------------------------- assembly
def pair(ob):
    """The part and its mirror image, as one mesh; keeps custom normals."""
    other = shapes.copy(ob)
    me = other.data
    me.calc_normals_split()
    nor = [(-l.normal.x, l.normal.y, l.normal.z) for l in me.loops]
    vi = [l.vertex_index for l in me.loops]
    verts = [(-v.co.x, v.co.y, v.co.z) for v in me.vertices]
    faces, order = [], []
    for p in me.polygons:
        idx = list(p.loop_indices)[::-1]
        faces.append([vi[i] for i in idx])
        order += idx
    m = bpy.data.meshes.new("mirror")
    m.from_pydata(verts, [], faces)
    mats = [s.material for s in other.material_slots]
    uv = [tuple(me.uv_layers[0].data[i].uv) for i in order] if me.uv_layers else None
    mi = [p.material_index for p in me.polygons]
    shapes.remove(other)
    o = shapes._link(bpy.data.objects.new("mirror", m))
    for mat in mats:
        m.materials.append(mat)
    m.polygons.foreach_set("material_index", mi)
    if uv:
        layer = m.uv_layers.new(name="UVMap").data
        for i, q in enumerate(uv):
            layer[i].uv = q
    m.polygons.foreach_set("use_smooth", [True] * len(m.polygons))
    m.use_auto_smooth, m.auto_smooth_angle = True, math.pi
    if ob.get("shaded"):
        m.normals_split_custom_set([nor[i] for i in order])
        o["shaded"] = 1
    return shapes.join(ob, o)


def cut_line(ob, at, normal, part=lambda c: True):
    """New edges where the plane meets the mesh (or part of it), so that a colour can end there."""
    def f(bm):
        faces = [q for q in bm.faces if part(q.calc_center_median())]
        edges = list({e for q in faces for e in q.edges})
        verts = list({v for q in faces for v in q.verts})
        bmesh.ops.bisect_plane(bm, geom=verts + edges + faces, plane_co=at, plane_no=normal)
    return shapes.edit(ob, f)


def tapes(body):
    """Reflecting bands: (whether a point is in it, the part of the body it goes round, its two planes)."""
    out = []
    bars = [((0, 0, 1.135), (0, 0, 1), .048, lambda c: abs(c.x) < .25 and c.z > 1)]
    if body.lower == "trousers":
        bars.append(((0, 0, .285), (0, 0, 1), .046, lambda c: c.z < .5))
    for s in (1, -1):
        a = Vector((s * ARM.x, ARM.y, ARM.z))
        at = Vector((s * SHOULDER[0], SHOULDER[1], SHOULDER[2])) + a * .185
        bars.append((at, a, .046, lambda c, s=s: s * c.x > .215))
    for at, n, width, part in bars:
        at, n = Vector(at), Vector(n)
        inside = lambda c, at=at, n=n, width=width: abs((Vector(c) - at).dot(n)) < width / 2
        out.append((inside, part, [(at - n * (width / 2), n), (at + n * (width / 2), n)]))
    return out


def collar(parts, mat, wide, turn, tie=None):
    """Stand round the neck; turn > 0: a shirt's, folded over by that many metres, with the knot of a tie or closed by its button."""
    def at(a, z, out):
        rx, ry = (.0715 - .03 * (z - 1.47)) * wide + out, (.0690 - .03 * (z - 1.47)) * wide + out
        return Vector((rx * math.sin(a), .014 + .10 * (z - 1.47) - ry * math.cos(a), z))

    def turned(gap, profile):
        rings = [[at(a, z, k) for z, k in profile(a)] for a in (gap + (math.tau - 2 * gap) * i / 44 for i in range(45))]
        parts.append(paint.assign(shapes.shade(shapes.loft(rings, caps=gap > 0), 50), mat))
    top = lambda a: 1.512 - .0055 * math.cos(a) - (.012 if turn else 0)
    if not turn:
        turned(0, lambda a: [(1.455, -.004), (1.480, -.004), (top(a) - .002, -.004), (top(a), -.0015), (top(a), .0015), (top(a) - .002, .004), (1.480, .004), (1.455, .004)])
        return
    turned(0, lambda a: [(1.440, -.0025), (1.470, -.0025), (top(a) - .002, -.0025), (top(a), -.0005), (top(a) - .002, .0012), (1.470, .0012), (1.440, .0012)])

    def flap(a):
        d = math.degrees(min(a, math.tau - a))
        tip = math.exp(-((d - 24) / 15) ** 2)                   # the two points of the collar, beside the knot
        low, out = top(a) - .66 * turn - .022 * tip, .0050 + .0085 * tip
        return [(top(a) - .002, .0016), (top(a) + .0004, .0022), (top(a) - .004, .0044), (low, out), (low, out - .0022), (top(a) - .008, .0022)]
    turned(math.radians(9), flap)
    if tie:
        knot = shapes.ellipsoid(.0115, .0075, .0185, (0, .0125 - .0690 * wide, 1.466), 14)
        parts.append(paint.assign(shapes.shade(knot), tie))


def hood(parts, mat):
    """A hood that lies on the shoulders behind the neck."""
    def f(x, y, z):
        ring = np.sqrt((np.sqrt((x / 1.06) ** 2 + (y - .022) ** 2) - .0800) ** 2 + ((z - 1.478 - .30 * (y - .02)) / 1.15) ** 2) - .0190 - .012 * step(y, -.03, .08)
        sack = ellipsoid(np.abs(x), y, z, (0, .098, 1.425), (.092, .034, .072))
        return smin(ring, sack, .035) - .0018 * np.sin(70 * x + 60 * z) * step(y, 0, .06)
    parts.append(paint.assign(skin_of(f, (-.16, -.13, 1.32), (.16, .18, 1.57), .0060, 1100), mat))


def opening(f, body, look, sew, side):
    """What is seen down the front of a suit, a jacket or a shirt: shirt, tie, lapels, buttons, pockets."""
    cloth, trim = look["cloth"], look["trim"]
    if body.upper == "shirt":
        sew(on_skin(f, rect_rows(-.015, .015, body.hem + .01, 1.452, -.30, 40, 4), .0020), cloth)
        buttons = [(0, .93 + .088 * k) for k in range(6)]
        side(on_skin(f, rect_rows(.052, .118, 1.225, 1.310, -.30, 7, 6), .0018), cloth)
        size, lift = .0052, .0026
    else:
        low = 1.165 if body.upper == "suit" else 1.215                                                      # where the fronts meet
        k = lambda z: min(max((z - low) / (1.470 - low), 0), 1)
        vee = lambda z: .003 + .049 * k(z) ** .85
        zs = [low - .004 + (1.466 - low + .004) * i / 15 for i in range(16)]
        sew(on_skin(f, [[(vee(z) * (1.12 - .24 * float(step(np.array(z), 1.430, 1.466))) * (2 * j / 8 - 1), -.30, z) for j in range(9)] for z in zs], .0014), look.get("shirt", "print_white"))
        if look.get("tie"):
            tie = lambda z: .0085 + .0155 * min(max((1.425 - z) / .22, 0), 1) if z < 1.425 else .0085 + .0065 * (z - 1.425) / .03
            tz = [low - .004 + (1.458 - low + .004) * i / 17 for i in range(18)]
            sew(on_skin(f, [[(min(tie(z), vee(z) * 1.08) * (2 * j / 4 - 1), -.30, z) for j in range(5)] for z in tz], .0052), look["tie"])
        notch = lambda z: .004 + .066 * step(np.array(z), low, 1.360) if z < 1.366 else .070 - .030 * (z - 1.366) / .10
        lz = [low - .012 + (1.462 - low + .012) * i / 19 for i in range(20)]
        rows = [[(vee(z) * .94 + float(notch(z)) * j / 5, -.30, z) for j in range(6)] for z in lz]
        side(on_skin(f, rows, .0048, .004), look.get("lapel", cloth))
        buttons = [(0, low - .035), (0, low - .135)] if body.upper == "suit" else [(0, low - .035), (0, low - .115), (0, low - .195)]
        sew(on_skin(f, rect_rows(-.0020, .0006, body.hem + .03, low - .012, -.30, 26, 3), .0012), cloth)
        side(on_skin(f, rect_rows(.078, .158, .925, .965, -.30, 4, 7, -.06), .0042), cloth)                 # pocket flaps
        sew(on_skin(f, rect_rows(.066, .124, 1.268, 1.286, -.30, 3, 6, .10), .0026), cloth)                 # breast pocket
        size, lift = .0085, .0010
    for x, z in buttons:
        q = clay.project(f, np.array([[x, -.25, z]]))[0]
        b = shapes.ellipsoid(size, .0030, size, (0, 0, 0), 10)
        sew(shapes.move(b, q[0], q[1] - lift, q[2]), trim)


def dress_figure(body, look):
    """The parts of the figure as (object, kind of weights)."""
    f = body.suit
    parts = []
    cloth, trim, tape = look["cloth"], look["trim"], look.get("tape")
    suit = clay.nets(f, (-.56, -.20, .045), (.56, .20, 1.53), .0075)
    shapes.clean(suit, 1e-5)
    shapes.edit(suit, lambda bm: [bm.verts.remove(v) for v in [v for v in bm.verts if v.co.z > 1.498]] and None)   # open at the neck
    count = sum(len(p.vertices) - 2 for p in suit.data.polygons)
    shapes.modify(suit, "DECIMATE", ratio=min(1.0, look.get("tris", 7200) / count))
    if look.get("yoke"):                                       # shoulders in the second colour
        cut_line(suit, (0, 0, look["yoke"]), (0, -.12, 1))
    if look.get("trousers"):
        cut_line(suit, (0, 0, body.hem), (0, 0, 1))
    bands = tapes(body) if tape else []
    for _, part, planes in bands:
        for at, normal in planes:
            cut_line(suit, at, normal, part)
    clay.dress(suit, f, flat=60)
    paint.assign(suit, cloth)
    if look.get("trousers"):
        paint.assign(suit, look["trousers"], lambda p: p.center.z < body.hem and abs(p.center.x) < .30)
    if look.get("yoke"):
        paint.assign(suit, trim, lambda p: p.center.z - .12 * p.center.y > look["yoke"])
    for inside, part, _ in bands:
        paint.assign(suit, tape, lambda p: part(p.center) and inside(p.center))
    parts.append(suit)

    sew = lambda ob, mat: parts.append(paint.assign(shapes.shade(ob, 40), mat))
    side = lambda ob, mat: parts.append(pair(paint.assign(shapes.shade(ob, 40), mat)))
    soft = look.get("features", {}).get("soft", 0.0)
    if body.upper == "hoodie":
        hood(parts, cloth)
    else:
        turn = .024 if body.upper in ("suit", "shirt", "jacket") else 0.0
        collar(parts, look.get("shirt", cloth if body.upper == "shirt" else trim), (.91 if turn else 1.0) * (1 - .11 * soft), turn, look.get("tie"))
    if body.upper == "blouson":
        side(on_skin(f, rect_rows(.045, .135, 1.215, 1.315, -.30, 8, 8), .0042), cloth)                     # breast pockets and flaps
        side(on_skin(f, rect_rows(.041, .139, 1.292, 1.330, -.30, 4, 8), .0075), trim)
        sew(on_skin(f, rect_rows(-.0125, .0125, .925, 1.450, -.30, 40, 3), .0032), cloth)                   # placket
        sew(on_skin(f, rect_rows(-.0030, .0030, .925, 1.462, -.30, 40, 3), .0052), "steel")
    elif body.upper == "hoodie":
        pocket = [[((.060 + .070 * (1 - i / 6) ** .6) * (2 * j / 10 - 1), -.30, .955 + .150 * i / 6) for j in range(11)] for i in range(7)]
        sew(on_skin(f, pocket, .0060), cloth)
        for s in (1, -1):                                                                                   # cords
            sew(on_skin(f, rect_rows(s * .026 - .0022, s * .026 + .0022, 1.290 + .02 * s, 1.435, -.30, 14, 3), .0050), trim)
    else:
        opening(f, body, look, sew, side)
    if body.lower == "trousers" and look.get("patch"):
        cargo = [[(.30, -.055 + .115 * j / 6, .60 + .15 * i / 7) for j in range(7)] for i in range(8)]
        side(on_skin(f, cargo, .0085, towards=(-1, 0, 0)), look.get("trousers", cloth))                                           # thigh pockets
        flap = [[(.30, -.059 + .123 * j / 6, .722 + .038 * i / 3) for j in range(7)] for i in range(4)]
        side(on_skin(f, flap, .0125, towards=(-1, 0, 0)), trim)
        knee = rect_rows(.056, .150, .405, .585, -.30, 10, 7)
        side(on_skin(f, knee, .0038), look["patch"])
    if look.get("name_tag"):
        sew(on_skin(f, rect_rows(-.122, -.062, 1.338, 1.356, -.30, 3, 6), .0032), look["name_tag"])

    gloved = bool(look.get("gloves"))
    c = Vector(SHOULDER) + ARM * (WRIST_AT + .06)
    fh = HAND.solid(gloved)
    hand = skin_of(fh, tuple(c - Vector((.12, .11, .16))), tuple(c + Vector((.12, .11, .14))), .0029, 1650)
    paint.assign(hand, look["gloves"] if gloved else look.get("skin", "skin"))
    parts.append(pair(hand))

    low = body.lower == "skirt"
    boot = skin_of(lambda x, y, z: boot_solid(x, y, z, .085 if low else .150), (.03, -.22, -.005), (.19, .13, .165), .005, 950)
    paint.assign(boot, look.get("shoes", "leather_black"))
    paint.assign(boot, look.get("soles", "rubber"), lambda p: p.center.z < .026)
    parts.append(pair(boot))
    if body.lower == "skirt":
        legs = skin_of(lambda x, y, z: smax(oval(np.abs(x) - body.leg_x(z) + .006, y - body.leg_y(z), np.interp(z, [.08, .30, .42, .60], [.036, .054, .048, .066]),
                       np.interp(z, [.08, .30, .42, .60], [.042, .060, .052, .070]), 2.0), slab(z, .07, .60), .01), (-.20, -.12, .05), (.20, .14, .64), .008, 1800)
        parts.append(paint.assign(legs, look.get("legs", look.get("skin", "skin"))))

    features = face.Face(**look.get("features", {}))
    head = face.head(features, {"face": "face_worker", "hair_thick": .25 if look.get("cap") else 1.0, **look}, skin_of)
    if look.get("cap"):
        cap = skin_of(cap_solid, (-.12, -.12, 1.66), (.12, .15, 1.80), .0050, 1000)
        head += [paint.assign(cap, look["cap"]), paint.assign(shapes.shade(visor(), 50), look["cap"])]
    return shapes.join(*parts), shapes.join(*head)


BONES = [("hips", None, (0, .012, .96), (0, .012, 1.06)), ("spine", "hips", (0, .012, 1.06), (0, .012, 1.22)), ("chest", "spine", (0, .012, 1.22), (0, .020, 1.44)),
         ("neck", "chest", (0, .022, 1.47), (0, .016, 1.555)), ("head", "neck", (0, .016, 1.555), (0, .012, 1.76))]


def skeleton(name, k=1.0):
    bpy.ops.object.armature_add()
    rig = bpy.context.object
    rig.name = rig.data.name = name
    bpy.ops.object.mode_set(mode="EDIT")
    eb = rig.data.edit_bones
    eb.remove(eb[0])

    def bone(n, parent, head, tail):
        b = eb.new(n)
        b.head, b.tail, b.parent = Vector(head) * k, Vector(tail) * k, eb.get(parent) if parent else None
    for n, parent, head, tail in BONES:
        bone(n, parent, head, tail)
    for q, s in (("l", 1), ("r", -1)):
        m = lambda p: (s * p[0], p[1], p[2])
        hand = lambda a, v, w: m(Vector(WRIST) + ARM * a + ACROSS * v + PALM * w)
        bone("shoulder_" + q, "chest", m((.030, .016, 1.425)), m(SHOULDER))
        bone("upper_arm_" + q, "shoulder_" + q, m(SHOULDER), m(ELBOW))
        bone("forearm_" + q, "upper_arm_" + q, m(ELBOW), m(WRIST))
        bone("hand_" + q, "forearm_" + q, m(WRIST), hand(.088, 0, .003))
        bone("index_1_" + q, "hand_" + q, hand(.088, .031, .003), hand(.122, .032, .007))
        bone("index_2_" + q, "index_1_" + q, hand(.122, .032, .007), hand(.158, .032, .014))
        bone("fingers_1_" + q, "hand_" + q, hand(.088, -.010, .003), hand(.122, -.010, .007))
        bone("fingers_2_" + q, "fingers_1_" + q, hand(.122, -.010, .007), hand(.158, -.010, .014))
        bone("thumb_" + q, "hand_" + q, hand(.024, .024, .006), hand(.092, .055, .024))
        bone("thigh_" + q, "hips", m(HIP), m(KNEE))
        bone("shin_" + q, "thigh_" + q, m(KNEE), m(ANKLE))
        bone("foot_" + q, "shin_" + q, m(ANKLE), m((.110, -.085, .020)))
    bpy.ops.object.mode_set(mode="OBJECT")
    return rig


def weigh(ob, body, head_from, rig):
    """Vertex groups from the weights' function; at most four a vertex."""
    p = np.array([v.co for v in ob.data.vertices])
    w = {}
    for n, values in body.weights(p).items():
        w[n] = np.array(values)
        w[n][head_from:] = 0
    for n, values in body.weights(p[head_from:], head=True).items():
        w.setdefault(n, np.zeros(len(p)))[head_from:] = values
    names = list(w)
    a = np.stack([w[n] for n in names], 1)
    keep = np.sort(a, 1)[:, -4][:, None]
    a = np.where((a >= keep) & (a > .004), a, 0)
    a /= a.sum(1, keepdims=True)
    for i, n in enumerate(names):
        g = ob.vertex_groups.new(name=n)
        for v in np.nonzero(a[:, i])[0]:
            g.add([int(v)], float(a[v, i]), "REPLACE")
    m = ob.modifiers.new("rig", "ARMATURE")
    m.object = rig


# ----------------------------------------------------------------------------------------------------------------------------- clips
def X(deg):
    return Quaternion((1, 0, 0), math.radians(deg))


def Y(deg):
    return Quaternion((0, 1, 0), math.radians(deg))


def Z(deg):
    return Quaternion((0, 0, 1), math.radians(deg))


def hinge(q, deg, axis=None):
    """Bend of a joint of the arm towards the front (elbow) or towards the palm (fingers)."""
    a = (axis or ARM.cross(FRONT)).copy()
    return Quaternion((a.x, a.y, a.z) if q == "l" else (a.x, -a.y, -a.z), math.radians(deg))


def curl(q, deg):
    return hinge(q, deg, ARM.cross(PALM))


class Stance:
    """One pose: turns about the model's axes as if the parent stood in the rest pose; hips may be moved. `both` mirrors."""

    def __init__(self):
        self.turn, self.move = {}, Vector()

    def set(self, bone, rot):
        self.turn[bone] = rot

    def both(self, bone, make):
        for q, s in (("l", 1), ("r", -1)):
            self.turn[f"{bone}_{q}"] = make(q, s)


def relaxed(p, grip=.35):
    p.both("shoulder", lambda q, s: Y(s * 9))
    p.both("upper_arm", lambda q, s: X(-3) @ Y(s * 18))
    p.both("forearm", lambda q, s: hinge(q, 14))
    p.both("hand", lambda q, s: curl(q, 6))
    for b, k in (("index_1", 30), ("index_2", 34), ("fingers_1", 46), ("fingers_2", 46)):
        p.both(b, lambda q, s, k=k: curl(q, k * (.3 + grip * 1.6)))
    p.both("thumb", lambda q, s: curl(q, 8))


def ik_leg(p, q, hip, ankle, pitch):
    """Thigh, shin and foot of a leg in its plane: hip and ankle in model space, pitch of the foot in degrees, toes up positive."""
    a, b = (Vector(KNEE) - Vector(HIP)), (Vector(ANKLE) - Vector(KNEE))
    l1, l2 = math.hypot(a.y, a.z), math.hypot(b.y, b.z)
    dy, dz = ankle[1] - hip[1], ankle[2] - hip[2]
    d = min(math.hypot(dy, dz), (l1 + l2) * .9995)
    bend = math.pi - math.acos(max(-1, min(1, (l1 * l1 + l2 * l2 - d * d) / (2 * l1 * l2))))
    off = math.asin(max(-1, min(1, l2 * math.sin(bend) / d)))
    angle = lambda y, z: math.atan2(-y, -z)                     # of a bone from straight down, forwards positive
    thigh = angle(dy, dz) + off
    rest1, rest2 = angle(a.y, a.z), angle(b.y, b.z)
    t = thigh - rest1
    k = (thigh - bend) - rest2 - t
    p.set("thigh_" + q, X(-math.degrees(t)))
    p.set("shin_" + q, X(-math.degrees(k)))
    p.set("foot_" + q, X(-pitch + math.degrees(t + k)))


def stand(p, drop=.004, sway=0.0):
    """Feet where they rest, hips a little lower and shifted."""
    p.move = Vector((sway, 0, -drop))
    for q, s in (("l", 1), ("r", -1)):
        h = Vector((s * HIP[0], HIP[1], HIP[2])) + p.move
        ik_leg(p, q, h, Vector((0, ANKLE[1], ANKLE[2])), 0)
        lean = math.degrees(math.atan2(sway, HIP[2] - ANKLE[2]))
        p.turn["thigh_" + q] = Y(-lean) @ p.turn["thigh_" + q]
        p.turn["foot_" + q] = p.turn["foot_" + q] @ Y(lean)


def S(u, k=0.0):
    return math.sin((u + k) * math.tau)


def pulse(t, a, b, c, d):
    """0, rising a..b, 1, falling c..d, 0; smooth."""
    e = lambda q: q * q * (3 - 2 * q)
    return e(min(max((t - a) / (b - a), 0), 1)) - e(min(max((t - c) / (d - c), 0), 1))


def idle(u):
    p = Stance()
    relaxed(p)
    stand(p, .005 + .001 * S(u * 2), .010 * S(u))
    p.set("spine", Y(.8 * S(u)) @ X(.5 * S(u * 2)))
    p.set("chest", Y(-1.4 * S(u)) @ X(-1.0 + .9 * S(u * 2, .05)))
    p.set("head", Z(6 * S(u, .1)) @ X(1.5 + 1.5 * S(u, .3)))
    p.both("shoulder", lambda q, s: Y(s * (9 - .8 * S(u * 2, .05))))
    p.both("upper_arm", lambda q, s: X(-3 + 1.2 * S(u, .02 * s)) @ Y(s * (18 + .6 * S(u * 2))))
    return p


def talk(u):
    p = idle(u)
    a, b = .5 + .5 * S(u * 2, -.25), .5 + .5 * S(u * 3, .1)
    p.set("upper_arm_r", X(-20 - 8 * a) @ Y(-22))
    p.set("forearm_r", hinge("r", 66 + 12 * b))
    p.set("hand_r", curl("r", -6 + 10 * a))
    p.set("upper_arm_l", X(-12 - 8 * b) @ Y(22))
    p.set("forearm_l", hinge("l", 50 + 14 * a))
    p.set("hand_l", curl("l", -4 + 8 * b))
    for q in "lr":
        for n, k in (("index_1", 12), ("index_2", 16), ("fingers_1", 22), ("fingers_2", 24)):
            p.set(f"{n}_{q}", curl(q, k * (1 + .5 * a)))
    p.set("chest", Z(3 * S(u)) @ X(-1))
    p.set("head", Z(5 * S(u, .2)) @ X(2 + 3 * S(u * 4)) @ Y(2 * S(u * 2)))
    return p


STRIDE, STANCE = .66, .60      # metres that the body moves in one stance; share of the cycle that a foot is down
WALK_SECONDS = 1.08


def foot_at(u):
    """Ankle (y, z) and pitch of a foot at phase u: heel strike at 0, toes leave at STANCE."""
    ball, heel = (-.105, .004), (.075, .004)          # contact points beside the ankle's rest, y and z of the sole
    ay, az = ANKLE[1], ANKLE[2]
    u %= 1
    if u < STANCE:
        t = u / STANCE
        y = -STRIDE / 2 + STRIDE * t
        if t < .14:
            pitch, pivot = 17 * (1 - t / .14), heel
        elif t < .58:
            pitch, pivot = 0, heel
        else:
            k = (t - .58) / .42
            pitch, pivot = -38 * k * k * (2 - k), ball
        lift = 0
    else:
        t = (u - STANCE) / (1 - STANCE)
        e = t * t * (3 - 2 * t)
        y = STRIDE / 2 - STRIDE * e
        pitch = -38 * (1 - min(1, t * 1.7)) ** 1.5 + 17 * max(0, (t - .45) / .55)
        pivot = ball if pitch < 0 else heel
        lift = .055 * math.sin(math.pi * t) ** 1.3
    r = -math.radians(pitch)
    dy, dz = ay - pivot[0], az - pivot[1]
    return y + pivot[0] + dy * math.cos(r) - dz * math.sin(r), lift + pivot[1] + dy * math.sin(r) + dz * math.cos(r), pitch


def walk(u):
    p = Stance()
    relaxed(p, .45)
    p.move = Vector((.016 * S(u, -.05), 0, -.026 + .015 * math.cos((u - .30) * 2 * math.tau)))
    for q, s, k in (("l", 1, 0), ("r", -1, .5)):
        y, z, pitch = foot_at(u + k)
        ik_leg(p, q, Vector((s * HIP[0], HIP[1], HIP[2])) + p.move, (0, y, z), pitch)
    c = math.cos(u * math.tau)                         # left foot in front at 0
    p.set("hips", Z(-5 * c))
    for q in "lr":
        p.turn["thigh_" + q] = Z(5 * c) @ p.turn["thigh_" + q]
    p.set("spine", Z(5 * c) @ X(-2))
    p.set("chest", Z(6 * c) @ X(-1))
    p.set("head", Z(-5 * c) @ X(2))
    p.set("upper_arm_l", X(4 + 24 * c) @ Y(18))
    p.set("upper_arm_r", X(4 - 24 * c) @ Y(-18))
    p.set("forearm_l", hinge("l", 24 - 12 * c))
    p.set("forearm_r", hinge("r", 24 + 12 * c))
    return p


def hand_over(u):
    """Over a counter 1.10 m high: the forearm comes up beside the body before the arm reaches out, and goes down after it."""
    p = idle(u)
    k, up = pulse(u, .10, .36, .66, .88), pulse(u, .02, .24, .76, .98)
    mix = lambda a, b, k=k: a.slerp(b, k)
    p.set("upper_arm_r", mix(X(-3) @ Y(-18), X(-42) @ Y(-16) @ Z(6)))
    p.set("forearm_r", mix(hinge("r", 14), hinge("r", 110 - 44 * k) @ Quaternion((-ARM.x, ARM.y, ARM.z), math.radians(62)), up))
    p.set("hand_r", mix(curl("r", 6), curl("r", -12)))
    for n, a, b in (("index_1", 26, 14), ("index_2", 30, 16), ("fingers_1", 40, 14), ("fingers_2", 40, 18), ("thumb", 8, -8)):
        p.set(n + "_r", mix(curl("r", a), curl("r", b)))
    p.set("spine", X(5 * k))
    p.set("chest", X(4 * k) @ Z(7 * k))
    p.set("head", X(4 * k))
    return p


def point(u):
    p = idle(u)
    k = pulse(u, .05, .32, .72, .97)
    mix = lambda a, b: a.slerp(b, k)
    p.set("shoulder_r", mix(Y(-9), Y(6) @ Z(8)))
    p.set("upper_arm_r", mix(X(-3) @ Y(-18), X(-70) @ Y(-22)))
    p.set("forearm_r", mix(hinge("r", 14), hinge("r", 12)))
    p.set("hand_r", mix(curl("r", 6), curl("r", -2)))
    for n, a, b in (("index_1", 26, 2), ("index_2", 30, 4), ("fingers_1", 40, 78), ("fingers_2", 40, 88), ("thumb", 8, 26)):
        p.set(n + "_r", mix(curl("r", a), curl("r", b)))
    p.set("chest", Z(-6 * k) @ X(-1))
    p.set("head", Z(-14 * k) @ X(2))
    return p


CLIPS = {"idle": (6.0, idle), "talk": (4.0, talk), "walk": (WALK_SECONDS, walk), "hand_over": (3.0, hand_over), "point": (3.0, point)}


def clip(rig, name, seconds, pose_at, k=1.0, fps=24):
    """Keys of every bone; the first frame is time 0 and a looping clip ends as it began."""
    action = bpy.data.actions.new(name)
    rig.animation_data_create().action = action
    frames = round(seconds * fps)
    step_by = 1 if frames < 40 else 2
    for f in range(0, frames + 1, step_by):
        p = pose_at(f / frames)
        for pb in rig.pose.bones:
            rest = pb.bone.matrix_local.to_quaternion()
            pb.rotation_mode = "QUATERNION"
            q = rest.inverted() @ p.turn.get(pb.name, Quaternion()) @ rest
            if q.dot(pb.rotation_quaternion) < 0:
                q.negate()
            pb.rotation_quaternion = q
            pb.keyframe_insert("rotation_quaternion", frame=f)
            if pb.name == "hips":
                pb.location = rest.inverted() @ (p.move * k)
                pb.keyframe_insert("location", frame=f)
    for c in action.fcurves:
        for k in c.keyframe_points:
            k.interpolation = "LINEAR"
    t = rig.animation_data.nla_tracks.new()
    t.name = name
    t.strips.new(name, 0, action)
    rig.animation_data.action = None
    for pb in rig.pose.bones:
        pb.rotation_quaternion, pb.location = Quaternion(), Vector()


def figure(name, build=None, height=1.76, **look):
    """A person of that name, ready for scene.finish. `build`: of Body. `look`: cloth, trim, tape, yoke, trousers, patch, gloves, shoes, soles, cap,
    shirt, tie, lapel, legs, name_tag (surfaces, or heights in metres for yoke); skin, face (its picture), features (of face.Face), hair (a style),
    hair_colour, glasses. All of it is sewn at 1.76 m and then brought to `height`."""
    k = height / 1.76
    root = scene.start(name, asset=name, domain="people", height_m=round(height, 2), walk_m_s=round(STRIDE / STANCE / WALK_SECONDS * k, 3))
    body = Body(**(build or {}))
    clothes, head = dress_figure(body, look)
    first = len(clothes.data.vertices)
    mesh = shapes.join(clothes, head)
    mesh = scene.node(name + "_body", root, (0, 0, 0), mesh)
    keep = mesh.data.attributes.new("ao_keep", "FLOAT", "POINT").data     # little occlusion on a face: dark sockets look ill
    for i in range(len(keep)):
        keep[i].value = .30 if i >= first else 1.0
    rig = skeleton(name + "_rig", k)
    rig.parent = root
    weigh(mesh, body, first, rig)
    shapes.apply(mesh, Matrix.Scale(k, 4))
    bpy.context.scene.render.fps = 24
    for n, (seconds, pose_at) in CLIPS.items():
        clip(rig, n, seconds, pose_at, k)
    palm = (Vector(WRIST) + ARM * .075 + PALM * .022) * k
    for q, s in (("l", 1), ("r", -1)):
        scene.anchor("grab", "hand_" + q, root, (s * palm.x, palm.y, palm.z), z=(s * PALM.x, PALM.y, PALM.z), hand="left" if s > 0 else "right")
    return root
