"""Bodywork: a solid given by a function f(x, y, z) (negative inside), meshed by surface nets, cut into panels.

The function keeps giving exact normals for every point of the skin, so panels shade as one surface
whatever cutting and thinning did to their triangles.
"""
import bmesh
import bpy
import numpy as np
from mathutils import Matrix, Vector

from . import shapes


def curve(*keys):
    """Smooth monotone interpolation (PCHIP) of (x, y) keys; returns a vectorised function."""
    k = np.array(sorted(keys), float)
    x, y = k[:, 0], k[:, 1]
    h, d = np.diff(x), np.diff(y) / np.diff(x)
    m = np.zeros_like(x)
    for i in range(1, len(x) - 1):
        if d[i - 1] * d[i] > 0:
            w1, w2 = 2 * h[i] + h[i - 1], h[i] + 2 * h[i - 1]
            m[i] = (w1 + w2) / (w1 / d[i - 1] + w2 / d[i])
    m[0], m[-1] = d[0], d[-1]

    def f(q):
        q = np.asarray(q, float)
        i = np.clip(np.searchsorted(x, q) - 1, 0, len(h) - 1)
        t = np.clip((q - x[i]) / h[i], 0, 1)
        out = (2 * t ** 3 - 3 * t * t + 1) * y[i] + (t ** 3 - 2 * t * t + t) * h[i] * m[i] + (3 * t * t - 2 * t ** 3) * y[i + 1] + (t ** 3 - t * t) * h[i] * m[i + 1]
        return out + np.where(q < x[0], (q - x[0]) * m[0], 0) + np.where(q > x[-1], (q - x[-1]) * m[-1], 0)
    return f


def step(q, a, b):
    t = np.clip((q - a) / (b - a), 0, 1)
    return t * t * (3 - 2 * t)


def smax(a, b, k):
    """Rounded intersection of two solids."""
    h = np.maximum(k - np.abs(a - b), 0) / k
    return np.maximum(a, b) + h * h * k / 4


def smin(a, b, k):
    return -smax(-a, -b, k)


def gradient(f, p, e=1e-3):
    g = np.stack([(f(*(p + d).T) - f(*(p - d).T)) / (2 * e) for d in np.eye(3) * e], -1)
    return g


def project(f, p, n=6, far=.03):
    """Move points onto the skin of f."""
    p = np.array(p, float)
    for _ in range(n):
        g = gradient(f, p)
        s = -f(*p.T)[:, None] * g / np.maximum((g * g).sum(1, keepdims=True), 1e-6)
        ln = np.linalg.norm(s, axis=1, keepdims=True)
        p += s * np.minimum(1, far / np.maximum(ln, 1e-9))
    return p


def nets(f, lo, hi, cell, fit=True):
    """Closed quad mesh of the skin of f inside the box lo..hi (f must be positive on the box)."""
    axes = [np.arange(a, b + cell, cell) for a, b in zip(lo, hi)]
    X, Y, Z = np.meshgrid(*axes, indexing="ij")
    v = f(X.ravel(), Y.ravel(), Z.ravel()).reshape(X.shape)
    inside = v < 0
    n = [len(a) for a in axes]
    acc, cnt = np.zeros([k - 1 for k in n] + [3]), np.zeros([k - 1 for k in n])
    P = np.stack([X, Y, Z], -1)
    crossing = []
    for a in range(3):                                   # edges along axis a
        s0 = [slice(None)] * 3
        s1 = [slice(None)] * 3
        s0[a], s1[a] = slice(0, -1), slice(1, None)
        s0, s1 = tuple(s0), tuple(s1)
        hit = inside[s0] != inside[s1]
        t = np.where(hit, v[s0] / np.where(hit, v[s0] - v[s1], 1), 0)
        q = P[s0] + t[..., None] * (P[s1] - P[s0])
        crossing.append((hit, inside[s0]))
        b, c = [i for i in range(3) if i != a]
        for db in (0, 1):
            for dc in (0, 1):                            # the four cells around the edge
                src, dst = [slice(None)] * 3, [slice(None)] * 3
                src[b], dst[b] = slice(db, n[b] - 1 + db), slice(0, n[b] - 1)
                src[c], dst[c] = slice(dc, n[c] - 1 + dc), slice(0, n[c] - 1)
                hs = hit[tuple(src)]
                acc[tuple(dst)] += q[tuple(src)] * hs[..., None]
                cnt[tuple(dst)] += hs
    active = cnt > 0
    ids = -np.ones(active.shape, int)
    ids[active] = np.arange(active.sum())
    pts = acc[active] / cnt[active][:, None]
    faces = []
    for a in range(3):
        hit, ins = crossing[a]
        b, c = [(1, 2), (2, 0), (0, 1)][a]
        idx = np.argwhere(hit)
        idx = idx[(idx[:, b] > 0) & (idx[:, c] > 0) & (idx[:, b] < n[b] - 1) & (idx[:, c] < n[c] - 1)]
        if not len(idx):
            continue
        eb, ec = np.eye(3, dtype=int)[b], np.eye(3, dtype=int)[c]
        quad = np.stack([ids[tuple((idx - eb - ec).T)], ids[tuple((idx - ec).T)], ids[tuple(idx.T)], ids[tuple((idx - eb).T)]], 1)
        flip = ~ins[tuple(idx.T)]
        quad[flip] = quad[flip][:, ::-1]
        faces += quad[(quad >= 0).all(1)].tolist()
    if fit:
        pts = project(f, pts, far=cell)
    return shapes.mesh(pts.tolist(), faces)


def dress(ob, f, tol=.006, crease=.75, flat=25):
    """Final normals: those of f where a face lies on the skin, else smooth by angle."""
    me = ob.data
    shapes.modify(ob, "TRIANGULATE")
    me = ob.data
    shapes.edit(ob, lambda bm: [setattr(e, "smooth", len(e.link_faces) == 2 and e.calc_face_angle(3.14) < np.radians(flat)) for e in bm.edges] and None)
    me.polygons.foreach_set("use_smooth", [True] * len(me.polygons))
    me.use_auto_smooth, me.auto_smooth_angle = True, np.pi
    me.calc_normals_split()
    nl = len(me.loops)
    nor = np.empty(nl * 3, np.float32)
    me.loops.foreach_get("normal", nor)
    nor = nor.reshape(-1, 3).astype(float)
    co = np.empty(len(me.vertices) * 3)
    me.vertices.foreach_get("co", co)
    co = co.reshape(-1, 3)
    vi = np.empty(nl, int)
    me.loops.foreach_get("vertex_index", vi)
    fc, fn = np.array([p.center for p in me.polygons]), np.array([p.normal for p in me.polygons])
    g = gradient(f, co, 2e-3)
    g /= np.maximum(np.linalg.norm(g, axis=1, keepdims=True), 1e-9)
    gc = gradient(f, fc, 2e-3)
    gc /= np.maximum(np.linalg.norm(gc, axis=1, keepdims=True), 1e-9)
    skin = (np.abs(f(*fc.T)) < tol) & ((gc * fn).sum(1) > crease)
    own = np.repeat(np.arange(len(me.polygons)), [p.loop_total for p in me.polygons])
    use = skin[own] & ((g[vi] * fn[own]).sum(1) > .3)
    nor[use] = g[vi][use]
    me.normals_split_custom_set(nor.tolist())
    ob["shaded"] = 1
    return ob
