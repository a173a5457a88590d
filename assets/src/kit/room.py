"""Rooms: walls, bars and signs collected into one mesh. Blender axes; walls are one-sided, seen from inside only."""
from mathutils import Matrix, Vector

from . import paint, shapes


def steps(a, b, far=.7):
    """Stations from a to b, close together at both ends (for the occlusion in the corners)."""
    n, near = max(1, round((b - a - .9) / far)), (0, .07, .2, .45)
    if b - a < 1.2:
        return [a, (a + b) / 2, b]
    return [a + k for k in near] + [a + .45 + (b - a - .9) * i / n for i in range(1, n)] + [b - k for k in reversed(near)]


def sheet(o, u, v, us, vs, holes=()):
    """Flat grid o + u*s + v*t facing u x v; holes (u0, u1, v0, v1) are left open."""
    o, u, v = Vector(o), Vector(u), Vector(v)
    us = sorted({round(q, 4) for q in [*us, *[h[0] for h in holes], *[h[1] for h in holes]]})
    vs = sorted({round(q, 4) for q in [*vs, *[h[2] for h in holes], *[h[3] for h in holes]]})
    pts = [o + u * a + v * b for b in vs for a in us]
    n = len(us)
    fs = [(j * n + i, j * n + i + 1, (j + 1) * n + i + 1, (j + 1) * n + i) for j in range(len(vs) - 1) for i in range(n - 1)
          if not any(h[0] < (us[i] + us[i + 1]) / 2 < h[1] and h[2] < (vs[j] + vs[j + 1]) / 2 < h[3] for h in holes)]
    return shapes.mesh(pts, fs)


def flip(ob):
    """Face the other way: walls are laid out with u to the left as seen from inside, so their sheets look outwards."""
    ob.data.flip_normals()
    return ob


class Room:
    def __init__(self):
        self.parts = []

    def part(self, ob, mat, **kw):
        paint.assign(ob, mat, **kw)
        self.parts.append(ob)
        return ob

    def block(self, x0, x1, y0, y1, z0, z1, mat, r=.003, n=1, **kw):
        """Box by its limits."""
        ob = shapes.box(x1 - x0, y1 - y0, z1 - z0, r, n)
        return self.part(shapes.move(ob, (x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2), mat, **kw)

    def bar(self, p, q, w, h, mat, **kw):
        """Box beam from p to q, w wide, h high."""
        p, q = Vector(p), Vector(q)
        d = q - p
        return self.part(shapes.sweep([p, q], shapes.rect(w, h), up=(0, 0, 1) if abs(d.normalized().z) < .9 else (0, 1, 0)), mat, **kw)

    def wall(self, o, u, length, z0, z1, mat, holes=(), **kw):
        """Upright sheet from o along u, u to the left as seen from inside; holes (u0, u1, z0, z1)."""
        zs = [z for z in (0, .07, .2, .45, .9, 1.4, 2.0, 2.6, 2.95, 3.15, 3.2) if z0 < z < z1]
        return self.part(flip(sheet((*o, 0), u, (0, 0, 1), steps(0, length), [z0, *zs, z1], holes)), mat, **kw)

    def sign(self, pic, px, w, o, facing, size=(1024, 1024), lift=.006, up=(0, 0, 1)):
        """Part px = (x, y, w, h) of a picture of `size` pixels as a sheet w metres wide; o = centre; facing = normal."""
        h = w * px[3] / px[2]
        ob = shapes.mesh([(-w / 2, -h / 2, 0), (w / 2, -h / 2, 0), (w / 2, h / 2, 0), (-w / 2, h / 2, 0)], [(0, 1, 2, 3)])
        u0, v1, u1, v0 = px[0] / size[0], 1 - px[1] / size[1], (px[0] + px[2]) / size[0], 1 - (px[1] + px[3]) / size[1]
        lay = ob.data.uv_layers.new(name="UVMap").data
        for i, uv in enumerate(((u0, v0), (u1, v0), (u1, v1), (u0, v1))):
            lay[i].uv = uv
        paint.assign(ob, pic if pic in paint.SURFACES else "decal:" + pic, uv="keep")
        n = Vector(facing).normalized()
        x = Vector(up).cross(n).normalized()
        shapes.apply(ob, Matrix.Translation(Vector(o) + n * lift) @ Matrix((x, n.cross(x), n)).transposed().to_4x4())
        self.parts.append(ob)
        return ob
