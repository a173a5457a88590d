"""Pair of mechanic's gloves lying flat, 0.25 m; knit back, black palm, cuff band. Origin: middle of the contact plane."""
import bmesh, bpy, math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("work_gloves", asset="work_gloves", domain="auto")


def seg(a, b, ra, rb, flat=.72):
    """Capsule between two points, flattened in z."""
    o = hull(ellipsoid(ra, ra, ra * flat, a, 14), ellipsoid(rb, rb, rb * flat, b, 14))
    return o


def glove():
    """Right hand, palm down, fingers to +X, thumb to +Y; wrist at x = -0.115."""
    z = .013
    parts = [hull(ellipsoid(.024, .040, .0125, (-.005, 0, z), 20), ellipsoid(.020, .036, .012, (-.055, .000, z), 20), ellipsoid(.014, .043, .0120, (.020, .000, z), 20)),
             hull(ellipsoid(.020, .033, .0125, (-.065, 0, z), 20), ellipsoid(.004, .036, .0135, (-.116, .001, z + .0005), 20))]
    for y, ln, ang, r, lift in ((.031, .066, 5, .0108, .002), (.0105, .078, 1, .0112, .004), (-.0105, .071, -3, .0108, .003), (-.0305, .054, -9, .0098, .0005)):
        a = math.radians(ang)
        p0 = (.016, y, z)
        p1 = (.022 + ln * .52 * math.cos(a), y + ln * .5 * math.sin(a), z + lift)
        p2 = (.022 + ln * math.cos(a), y + ln * math.sin(a), z - .0035)
        parts += [seg(p0, p1, r * 1.05, r), seg(p1, p2, r, r * .93)]
    parts += [seg((-.045, .022, z), (-.018, .052, z), .017, .0125), seg((-.018, .052, z), (.016, .066, z - .003), .0125, .0108)]
    for x in (-.085, -.079):               # elastic gathers at the wrist
        parts.append(ellipsoid(.0022, .0345, .0140, (x, 0, z), 20))
    g = cast(parts, voxel=.0021, smooth=5, tris=1400)
    for v in g.data.vertices:              # lie flat
        v.co.z = max(v.co.z, .0008 + .02 * max(0, .003 - v.co.z))
    activate(g)
    bpy.ops.mesh.customdata_custom_splitnormals_clear()
    for co, no in (((-.098, 0, 0), (1, 0, 0)), ((.074, 0, 0), (1, 0, 0)), ((0, 0, .0105), (0, 0, 1))):    # clean seams
        edit(g, lambda bm: bmesh.ops.bisect_plane(bm, geom=bm.verts[:] + bm.edges[:] + bm.faces[:], plane_co=co, plane_no=no))
    assign(g, "knit_grey")
    assign(g, "leather_black", lambda p: p.center.z < .0105 or p.center.x > .074)
    assign(g, "knit_orange", lambda p: p.center.x < -.098)
    del g["shaded"]
    shade(g, 75)
    knuckle = []
    for y, x in ((.0305, .012), (.0105, .016), (-.0105, .014), (-.0295, .006)):
        knuckle.append(apply(lathe([(0, -.5), (.9, -.4), (1, 0), (.85, .55), (.45, .9), (0, 1)], 10), Matrix.Translation((x, y, z + .0118)) @ Matrix.Diagonal((.0125, .0070, .0034, 1))))
    knuckle = assign(join(*knuckle), "rubber_orange")
    strap = assign(hull(*[ellipsoid(.009, .002, .0014, (-.091, y, zz), 10) for y, zz in ((-.022, z + .0112), (0, z + .0138), (.022, z + .0112))]), "rubber")
    return join(g, knuckle, strap)


right = glove()
left = mirror(copy(right), "y")
right = move(spin(right, "z", -3), .004, -.032, 0)
left = spin(left, "z", 7)
for v in left.data.vertices:               # rests half on the other one
    v.co.z += .0150 * min(1, max(0, (.030 - (v.co.y + .036)) / .045)) ** 1.0 if v.co.y + .036 < .030 else 0
left = move(left, -.006, .036, .0008)
node("glove_right", root, (0, -.032, 0), right, hand="right")
node("glove_left", root, (0, .036, 0), left, hand="left")
anchor("grab", "hand", root, (-.06, 0, .020), x=(1, 0, 0))
anchor("snap", "rest", root, (-.004, .0, 0), x=(1, 0, 0))
finish(root, ao=.02)
