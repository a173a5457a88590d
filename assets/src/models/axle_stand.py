"""Axle stand, two-stage ratchet post, saddle 0.20 to 0.45 m, base 0.24 m square, red.

Clip `raise` is linear in saddle height. Saddle groove along X. Rest pose is the lowest.
"""
import bmesh, bpy, math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

LOW, HIGH, B, TOPW, TOPZ = .200, .450, .118, .030, .158
root = start("axle_stand", asset="axle_stand", domain="auto")


def ring4(w, z, r):
    return [Vector((x, y, z)) for x, y in fillet(rect(2 * w, 2 * w), r, 4)]


# --- base: pressed pyramid with arches, foot flange, collar --------------------------------------------
t = .0030
outer = loft([ring4(B - .010, .0, .016), ring4(TOPW, TOPZ, .012)])
inner = loft([ring4(B - .010 - t + .0005, -.004, .014), ring4(TOPW - t, TOPZ + .004, .010)])
arch = [(-.066, -.01), (.066, -.01), (.050, .060, .02), (.020, .096, .02), (-.020, .096, .02), (-.050, .060, .02)]
px = apply(prism(fillet(arch, .02, 5), -.3, .3, 0), Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1))))
py = spin(copy(px), "z", 90)
shell = cut(outer, inner, px, py)
for z in (.008, .050, .100, .124, .150):    # rows clear of ribs and feet, else their occlusion bleeds over the long faces
    edit(shell, lambda bm: bmesh.ops.bisect_plane(bm, geom=bm.verts[:] + bm.edges[:] + bm.faces[:], plane_co=(0, 0, z), plane_no=(0, 0, 1)))
edit(shell, lambda bm: bmesh.ops.inset_individual(bm, faces=[f for f in bm.faces if f.calc_area() > 6e-4 and f.calc_perimeter() < 8 * f.calc_area() ** .5], thickness=.0055, use_even_offset=True))
parts = [shell]
for a in range(4):
    foot = prism(fillet([(-.034, -.034, .02), (.020, -.034, .006), (.020, -.006, .004), (-.006, .020, .004), (-.034, .020, .006)], .004, 4), 0, .0035, .0010)
    parts.append(spin(move(foot, -B + .0345, -B + .0345, 0), "z", 90 * a))
rib = []
for a in range(4):                        # folded edge around each arch
    pts = [(-.068, .004), (-.052, .062), (-.0215, .099), (.0215, .099), (.052, .062), (.068, .004)]
    path = []
    for x, z in fillet([(*p, .02) for p in pts], .02, 4, closed=False):
        y = -(B - .010 + (TOPW - B + .010) * z / TOPZ) - .0008
        path.append((x, y, z))
    rib.append(spin(sweep(path, circle(.0034, 6), up=(0, -1, 0)), "z", 90 * a))
cap = prism(fillet(rect(2 * TOPW + .003, 2 * TOPW + .003), .012, 4), TOPZ - .006, TOPZ + .002, .0015, holes=[circle(.0243, 28)[::-1]])
collar = tube_z(.0243, .0290, TOPZ - .03, .1660, .0012, 32)
base = assign(join(*parts, *rib, cap, collar), "paint_red")
label = decal("axle_stand_label", .036, .0234)
ang = math.degrees(math.atan2(B - .010 - TOPW, TOPZ))
label = move(spin(label, "x", 90 - ang), 0, -(B - .010 + (TOPW - B + .010) * .130 / TOPZ) - .0006, .130)
pawl = assign(join(move(box(.014, .030, .016, .002), 0, .036, .150), move(spin(cyl(.0045, -.018, .018, .0006, 14), "y", 90), 0, .042, .150)), "zinc")
node("base", root, (0, 0, 0), join(base, pawl, label))

# --- pawl lever, mid tube, ratchet post with saddle -------------------------------------------------------
lev = hose([(0, .042, .150), (0, .058, .152), (0, .076, .146), (0, .105, .118)], .0045, 4, 10)
knob = assign(move(spin(cyl(.0085, -.016, .016, .003, 16, 2), "x", 40), 0, .108, .1145), "plastic_black")
lev = assign(lev, "zinc")
node("pawl_lever", root, (0, .042, .150), join(lev, knob), **joint("revolute", (1, 0, 0), 0, 35))
mid = assign(lathe(fillet([(.0188, .004), (.0236, .004, .001), (.0236, .030, 0), (.0236, .150, 0), (.0236, .1675, 0), (.0236, .1715, .0008), (.0188, .1715, .0008)], .0005, 1), 28, closed=True), "zinc")
mid_n = node("post_mid", root, (0, 0, .085), mid, **joint("prismatic", (0, 0, 1), 0, .125))
body = lathe(fillet([(0, .012, 0), (.0180, .012, .001), (.0180, .040, 0), (.0180, .160, 0), (.0180, .176, 0), (0, .176, 0)], .0006, 1, False), 24)
teeth = []
for i in range(14):
    z = .018 + .0095 * i
    teeth.append(prism([(.0160, z), (.0205, z + .001), (.0205, z + .003), (.0160, z + .008)], -.007, .007, .0003))
teeth = apply(join(*teeth), Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1))))
post = assign(join(body, teeth), "zinc")
sad = prism(fillet([(-.0230, .172, .004), (.0230, .172, .004), (.0460, .196), (.0460, .216), (.0380, .216), (.0250, .2000, .006), (-.0250, .2000, .006), (-.0380, .216), (-.0460, .216), (-.0460, .196)], .0025, 2), -.030, .030, .003)
sad = apply(sad, Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1))))
sad = assign(sad, "paint_red")
pad = assign(move(prism(fillet(rect(.052, .040), .004, 2), .1985, .2000, .0006), 0, 0, 0), "rubber")
post_n = node("post", root, (0, 0, LOW), join(post, sad, pad), **joint("prismatic", (0, 0, 1), 0, HIGH - LOW))
anchor("snap", "saddle", post_n, (0, 0, LOW), x=(1, 0, 0), accepts="jack_point")
anchor("grab", "hand", root, (0, 0, .165), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), x=(1, 0, 0))

bpy.context.scene.render.fps = 24
for ob, z0, dz in ((mid_n, .085, .125), (post_n, LOW, .250)):
    act = ob.animation_data_create().action = bpy.data.actions.new("raise_" + ob.name)
    for fr in range(25):
        ob.location = (0, 0, z0 + dz * fr / 24)
        ob.keyframe_insert("location", frame=fr)
    for fc in act.fcurves:
        for k in fc.keyframe_points:
            k.interpolation = "LINEAR"
    ob.location = (0, 0, z0)
    tn = ob.animation_data.nla_tracks.new()
    tn.name = "raise"
    tn.strips.new("raise", 0, act)
    ob.animation_data.action = None
bpy.context.scene.frame_start, bpy.context.scene.frame_end = 0, 24
bpy.context.scene.frame_set(0)
finish(root, ao=.06)
