"""Heads: the solid of a face, hair that thins out at its line, spectacles. Used by kit.figure; axes and sizes as there.

The front of the face carries a picture (decals/face_*.svg, drawn by faces.py): eyes, brows, lips. It is laid on straight from the front,
1 unit of the drawing = 1 mm, x = 85 + x_mm, y = 75 - (z - HEAD)_mm. Heights are those of the 50th percentile (eye line at half the head).
"""
import math
import numpy as np
from mathutils import Vector

from . import clay, paint, shapes
from .clay import smax, smin, step

HEAD = 1.640
EYE = (.0315, -.0675, HEAD - .010)                                                  # centre of an eyeball


def ellipsoid(x, y, z, c, r):
    q = np.sqrt(((x - c[0]) / r[0]) ** 2 + ((y - c[1]) / r[1]) ** 2 + ((z - c[2]) / r[2]) ** 2)
    return (q - 1) * min(r)


def capsule(x, y, z, a, b, ra, rb=None):
    a, d = np.array(a, float), np.array(b, float) - np.array(a, float)
    rb = ra if rb is None else rb
    t = np.clip(((x - a[0]) * d[0] + (y - a[1]) * d[1] + (z - a[2]) * d[2]) / (d @ d), 0, 1)
    return np.sqrt((x - a[0] - t * d[0]) ** 2 + (y - a[1] - t * d[1]) ** 2 + (z - a[2] - t * d[2]) ** 2) - (ra + (rb - ra) * t)


class Face:
    """`soft` 0 a man's, 1 a woman's or a child's; `wide`, `jaw`, `nose`: factors; `bridge` 0 flat .. 1 high; `full` 0 lean .. 1 round cheeks."""

    def __init__(self, soft=0.0, wide=1.0, jaw=1.0, nose=1.0, bridge=.5, full=.4, neck=1.0):
        self.soft, self.wide, self.jaw, self.nose, self.bridge, self.full, self.neck = soft, wide, jaw, nose, bridge, full, neck

    def skull(self, x, y, z):
        return ellipsoid(x, y, z, (0, .014, HEAD + .021), (.0752 * self.wide, .0965, .0985))

    def solid(self, x, y, z):
        x = np.abs(x)
        h, s, w, j, n, b = HEAD, self.soft, self.wide, self.jaw, self.nose, self.bridge
        d = self.skull(x, y, z)
        d = smin(d, ellipsoid(x, y, z, (0, -.020, h - .036), (.0600 * w, .0650, .0760)), .035)
        d = smin(d, ellipsoid(x, y, z, (.0430 * w, -.0470, h - .036), (.0215, .0240, .0215 + .004 * self.full)), .036)         # cheekbone
        d = smin(d, capsule(x, y, z, (.0475 * w * j, -.004, h - .070), (.0180 * j, -.0690, h - .101), .0135 - .002 * s, .0140), .030)      # jaw
        d = smin(d, ellipsoid(x, y, z, (0, -.0715, h - .102), (.0230 - .005 * s, .0175, .0150)), .018)                         # chin
        d = smin(d, capsule(x, y, z, (0, .034, 1.40), (0, .014, h - .062), (.0560 - .0085 * s) * self.neck, (.0510 - .0075 * s) * self.neck), .026)
        d = smin(d, capsule(x, y, z, (0, -.0760, h + .014), (.0400, -.0682, h + .016), .0076 - .002 * s), .026)                # brow
        d = smax(d, -ellipsoid(x, y, z, (.0320, -.0945, h - .011), (.0170, .0108, .0095)), .022)                               # orbit
        d = smin(d, ellipsoid(x, y, z, EYE, (.0168, .0138, .0125)), .007)                                                      # lids over the eye
        nose = capsule(x, y, z, (0, -.0735 - .0045 * b, h - .002), (0, -.0990 - .003 * (n - 1) * 10 * .1, h - .0400), .0078, .0098)
        nose = smin(nose, ellipsoid(x, y, z, (0, -.1030, h - .0425), (.0100 * n, .0095, .0088)), .008)                         # tip
        nose = smin(nose, ellipsoid(x, y, z, (.0118 * n, -.0915, h - .0455), (.0072, .0100, .0072)), .006)                     # wing
        d = smin(d, nose, .012)
        d = smax(d, -ellipsoid(x, y, z, (.0062 * n, -.0985, h - .0545), (.0032, .0042, .0028)), .003)                          # nostril
        d = smin(d, ellipsoid(x, y, z, (0, -.0755, h - .074), (.0270, .0150, .0190)), .020)                                    # round the mouth
        d = smin(d, capsule(x, y, z, (.0040, -.0880, h - .0692), (.0165, -.0825, h - .0722), .0040, .0024), .010)              # lips
        d = smin(d, capsule(x, y, z, (0, -.0868, h - .0795), (.0145, -.0820, h - .0765), .0050, .0028), .010)
        d = smax(d, -capsule(x, y, z, (0, -.0942, h - .0741), (.0150, -.0896, h - .0730), .0006), .006)
        d = smax(d, -ellipsoid(x, y, z, (0, -.1010, h - .0895), (.0160, .0100, .0055)), .012)                                  # under the lip
        ear = ellipsoid(x - .22 * (y - .010), y - .12 * (z - h), z, (.0775 * w, .016, h - .020), (.0076 - .001 * s, .0172 - .002 * s, .0285 - .003 * s))
        ear = smax(ear, -ellipsoid(x, y, z, (.0922 * w, .009, h - .016), (.0110, .0095, .0165)), .006)
        return smin(d, ear, .006)


# --------------------------------------------------------------------------------------------------------------------------------- hair
# Lower edge of the hair over the ear and forehead, by depth: height above HEAD. Behind the ear it runs to the nape.
LINES = {
    "short": [(-.10, .060), (-.072, .059), (-.058, .050), (-.046, .036), (-.036, .012), (-.026, -.014), (-.014, -.018), (-.007, .006), (.004, .014), (.030, .014), (.040, -.010), (.052, -.048), (.075, -.066), (.12, -.070)],
    "fringe": [(-.10, .040), (-.082, .038), (-.066, .036), (-.050, .026), (-.038, .004), (-.026, -.018), (-.014, -.020), (-.007, .000), (.004, .006), (.030, .006), (.040, -.020), (.052, -.055), (.075, -.072), (.12, -.076)],
}
LINES["bob"] = [(-.10, .056), (-.074, .054), (-.058, .044), (-.046, .024), (-.038, -.010), (-.030, -.06), (.12, -.12)]


def hair_solid(face, style, thick=1.0):
    line = clay.curve(*LINES[style])
    top = dict(short=.0165, fringe=.0230, bob=.0180)[style] * thick
    side = dict(short=.0055, fringe=.0110, bob=.0130)[style] * thick

    def f(x, y, z):
        part = x - .024                                                              # the parting is on the figure's left
        ax = np.abs(x)
        h = HEAD
        base = smin(face.skull(ax, y, z), ellipsoid(ax, y, z, (0, .034, h - .030), (.0580, .0640, .0520)), .04)
        up = step(z, h + .020, h + .095)
        t = side + (top - side) * up
        if style in ("short", "bob"):
            t = t - .0052 * np.exp(-(part / .0050) ** 2) * step(z, h + .055, h + .075) * step(-y, -.03, .0)
            t = t + .0050 * np.exp(-((x + .020) / .030) ** 2) * step(-y, .02, .07) * step(z, h + .05, h + .08)      # a wave over the forehead
        ang = np.arctan2(x - .02, -(y - .03))
        n = np.sin(46 * ang + 60 * (z - h)) * .5 + np.sin(83 * ang - 35 * y) * .3 + np.sin(150 * z + 31 * ang) * .2
        t = t + (.0022 if style == "fringe" else .0011) * n
        edge = (z - h - line(np.clip(y, -.10, .12))) + (.0020 * np.sin(29 * ang) + .0014 * np.sin(47 * ang + 1) + .0010 * np.sin(83 * ang) if style == "fringe" else .0012 * np.sin(40 * ang))
        grow = step(edge, -.004, .012 + .022 * step(-y, .030, .060))                  # thin at its line, more slowly over the forehead
        d = base - (t + .0030) * grow + .0030
        d = smax(d, -edge - .004, .004)
        if style == "bob":
            low = h - .112 + .10 * np.clip(-y, 0, .05)
            k = step(h + .03 - z, .0, .09)
            fall = np.sqrt((ax / (.0850 + .010 * k)) ** 2 + ((y - .024) / (.0880 + .004 * k)) ** 2) - 1
            fall = fall * .085 + .0012 * n
            fall = smax(smax(fall, low - z, .016), z - h - .040, .03)
            inner = np.sqrt((ax / .0600) ** 2 + ((y - .012) / .066) ** 2) * .06 - .06
            fall = smax(fall, -smax(inner, z - h + .03, .02), .01)
            d = smin(d, fall, .018)
            open_ = ellipsoid(ax, y, z, (0, -.080, h - .030), (.0660 + .002, .078, .088))
            open_ = smin(open_, ellipsoid(ax, y, z, (0, -.085, h - .12), (.060, .075, .09)), .03)
            d = smax(d, -open_, .014)
        return d
    return f


def glasses(face, mat="plastic_black"):
    """Spectacle frame before the eyes; rests on nose and ears."""
    parts = []
    for s in (1, -1):
        ring = []
        for k in range(29):
            a = math.tau * k / 28
            u, v = math.cos(a), math.sin(a)
            px, pz = .0235 * math.copysign(abs(u) ** .72, u), .0185 * math.copysign(abs(v) ** .78, v)
            x = .0330 + px
            ring.append(Vector((s * x, -.0925 + .32 * max(0, x - .03) ** 1.4 * 3, HEAD - .0125 + pz)))
        parts.append(shapes.sweep(ring, shapes.circle(.0013, 6), caps=False))
        arm = [(s * .0560, -.0855, HEAD - .006), (s * .0700, -.0740, HEAD - .005), (s * .0775 * face.wide, -.030, HEAD - .006), (s * .0780 * face.wide, .006, HEAD - .008), (s * .0765 * face.wide, .022, HEAD - .022)]
        parts.append(shapes.sweep(shapes.spline(arm, 4), shapes.rect(.0022, .0034)))
    bridge = [(-.0098, -.0930, HEAD - .0085), (0, -.0975, HEAD - .0060), (.0098, -.0930, HEAD - .0085)]
    parts.append(shapes.sweep(shapes.spline(bridge, 5), shapes.circle(.0014, 6)))
    return paint.assign(shapes.shade(shapes.join(*parts), 60), mat)


def head(face, look, skin_of):
    """The parts of the head: skin with its picture, hair, spectacles."""
    parts = []
    solid = skin_of(face.solid, (-.13, -.14, 1.38), (.13, .14, 1.80), .0027, look.get("head_tris", 4600))
    skin = look.get("skin", "skin")
    paint.assign(solid, skin)
    picture = look["face"]
    me = solid.data
    mats = me.materials
    front = lambda p: p.normal.y < -.12 and p.center.y < -.030 and HEAD - .118 < p.center.z < HEAD + .068 and abs(p.center.x) < .072
    mats.append(paint.surface("decal:" + picture))
    uv = me.uv_layers[0].data
    for p in me.polygons:
        if front(p):
            p.material_index = len(mats) - 1
            for li in p.loop_indices:
                c = me.vertices[me.loops[li].vertex_index].co
                uv[li].uv = ((c.x + .085) / .170, (c.z - HEAD + .135) / .210)
    parts.append(solid)
    style = look.get("hair", "short")
    if style:
        hair = skin_of(hair_solid(face, style, look.get("hair_thick", 1.0)), (-.14, -.14, 1.40), (.14, .18, 1.81), .0040, look.get("hair_tris", 2600))
        parts.append(paint.assign(hair, look.get("hair_colour", "hair"), grain="z"))
    if look.get("glasses"):
        parts.append(glasses(face, look["glasses"]))
    return parts
