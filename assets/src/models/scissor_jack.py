"""Scissor jack of the car, base 0.10 x 0.22 m, saddle height 0.105 to 0.400 m, eye of the screw to the front.

Arms 185 mm between pivots; base and saddle pivots 16 mm off the middle with meshing teeth. The clip `raise` is linear
in saddle height. The file's rest pose is closed. The saddle groove runs along X (with the sill), the screw along Z.
Side view coordinates here: q = towards the front (Blender -Y), z up.
"""
import bpy, math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

L, D, HB, HS = .185, .016, .028, .022       # arm, pivot offset, base pivot height, saddle pivot below the saddle's top
LOW, HIGH = .105, .400
XB, XL, XU, XS = .0372, .0320, .0270, .0220  # planes of base ears, lower arms, upper arms, saddle ears


def state(h):
    """Arm angle, trunnion offset and height for saddle height h."""
    a = math.asin((h - HB - HS) / (2 * L))
    return a, D + L * math.cos(a), HB + L * math.sin(a)


def side(ob):
    """From build plane (x = towards the front, y = up, z = across) to the model."""
    return apply(ob, Matrix(((0, 0, 1, 0), (-1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1))))


def plates(outline, x, t, holes=(), c=.0005):
    a = prism(outline, x - t / 2, x + t / 2, c, holes)
    return join(a, mirror(copy(a), "z"))


def gear_arm(r):
    """Outline of an arm from the pivot (0,0) to (L,0) with six teeth around the pivot's end."""
    n, pts = 7, []
    for i in range(n):                        # teeth face away from the arm and to the partner
        for da, rr in ((-.30, D - .0022), (-.16, D + .0016), (.16, D + .0016), (.30, D - .0022)):
            t = math.radians(98) + (i + da) * math.radians(25) + .0
            pts.append((rr * math.cos(t), rr * math.sin(t)))
    e = [(L + r * math.cos(t), r * math.sin(t)) for t in [math.radians(-90 + 22.5 * k) for k in range(9)]]
    return pts + [(.03, -r)] + e + [(.03, r)]


def arm(x, up):
    """Channel from a tooth end; web on the lower (up=-1) or upper side. Angle 0 = along the front."""
    r, t = .0125, .0028
    body = plates(gear_arm(r), x, t)
    w = prism(fillet(rect(L - .078, 2 * x + t - .0004, .026 + (L - .078) / 2 + .012, 0), .006, 3), up * r - .0014, up * r + .0014, .0004)
    web = apply(w, Matrix(((1, 0, 0, 0), (0, 0, 1, 0), (0, 1, 0, 0), (0, 0, 0, 1))))
    rib = prism(fillet(rect(L - .11, x * .9, .026 + (L - .11) / 2 + .025, 0), .008, 2), up * (r + .0014) - .0006, up * (r + .0014) + .0010, .0008)
    rib = apply(rib, Matrix(((1, 0, 0, 0), (0, 0, 1, 0), (0, 1, 0, 0), (0, 0, 0, 1))))
    return join(body, web, rib)


def pivoted(ob, q, z, deg, back):
    """Turn the arm by deg about its pivot, mirror for the back, put in place."""
    ob = spin(ob, "z", deg)
    if back:
        ob = mirror(ob, "x")
    return side(move(ob, q * (-1 if back else 1), z, 0))


root = start("scissor_jack", asset="scissor_jack", domain="auto")
a0, s0, m0 = state(LOW)
deg = math.degrees(a0)

# --- base: plate with turned-up rims, ears with the pivots --------------------------------------
plate = prism(fillet(rect(.220, .100), .012, 4), 0, .0040, .0012)
plate = apply(plate, Matrix(((0, 1, 0, 0), (-1, 0, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))))
ear = fillet([(-.105, .002, 0), (.105, .002, 0), (.102, .010), (.050, .014, .01), (.034, .038), (-.034, .038), (-.050, .014, .01), (-.102, .010)], .007, 3)
ears = side(plates(ear, XB, .0028))
dim = [move(cyl(.009, .0038, .0062, .002, 16, 1), 0, y, 0) for y in (-.085, .085)]
spacer = [side(move(cyl(.0062, -XB - .0018, XB + .0018, .0006, 12), q, HB, 0)) for q in (-D, D)]
heads = [side(move(cyl(.0092, s * (XB + .0030) - .0016, s * (XB + .0030) + .0016, .0012, 16), q, HB, 0)) for q in (-D, D) for s in (1, -1)]
base = assign(join(plate, ears), "coated_dark")
rub = assign(join(*dim), "rubber")
piv = assign(join(*spacer, *heads), "zinc")
label = decal("jack_label", .040, .0100)
label = spin(spin(label, "x", 90), "z", 90)
base_n = node("base", root, (0, 0, 0), join(base, rub, piv, move(label, XB + .0015, -.0, .0095)))

# --- saddle: closed pose, top at LOW ----------------------------------------------------------------
zs = LOW - HS
sear = fillet([(-.028, -.010), (.028, -.010), (.031, .012), (-.031, .012)], .007, 3)
s_e = side(plates([(x, y + zs) for x, y in sear], XS, .0028))
top = prism(fillet([(-.034, .009, 0), (.034, .009, 0), (.034, .0200), (.030, .0220), (.0070, .0220), (.0055, .0120), (-.0055, .0120), (-.0070, .0220), (-.030, .0220), (-.034, .0200)], .0012, 2), -.031, .031, .0012)
top = side(move(top, 0, zs, 0))
sp = [side(move(cyl(.0062, -XU - .0042, XU + .0042, .0006, 12), q, zs, 0)) for q in (-D, D)]
sad = assign(s_e, "coated_dark")
pad = assign(top, "rubber")
sp = assign(join(*sp), "zinc")
sad_n = node("saddle", root, (0, 0, LOW), join(sad, pad, sp), **joint("prismatic", (0, 0, 1), 0, HIGH - LOW))
anchor("snap", "saddle", sad_n, (0, 0, LOW), x=(1, 0, 0), accepts="jack_point")

# --- arms ------------------------------------------------------------------------------------------------
arms = {}
for nm, back in (("front", False), ("back", True)):
    lo = assign(pivoted(arm(XL, -1), D, HB, deg, back), "coated_dark")
    arms["lower_" + nm] = node("arm_lower_" + nm, base_n, (0, D if back else -D, HB), lo)
    up = assign(pivoted(arm(XU, 1), D, zs, -deg, back), "coated_dark")
    arms["upper_" + nm] = node("arm_upper_" + nm, sad_n, (0, D if back else -D, zs), up)

# --- trunnions: cross pins that carry the screw ---------------------------------------------------------
tr = {}
for nm, sg in (("front", 1), ("back", -1)):
    pin = join(cyl(.0085, -XL - .0042, XL + .0042, .0012, 24), cyl(.0105, -.0215, .0215, .0010, 24))
    nut = prism(fillet(rect(.024, .021), .003, 2), -.0125, .0125, .001)
    t = side(move(join(pin, nut), sg * s0, m0, 0))
    assign(t, "zinc")
    tr[nm] = node("trunnion_" + nm, root, (0, -sg * s0, m0), t)

# --- screw: carriage follows the front trunnion, the shaft inside turns ----------------------------------
screw = node("screw", root, (0, -s0, m0))
th = thread(.0120, -.435, -.012, .0070, 8)
collar = join(cyl(.0092, .0115, .0165, .001, 24), cyl(.0062, -.02, .030, .0005, 20))
eye = sweep([(0, .0125 * math.sin(t), .0420 + .0125 * math.cos(t)) for t in [math.radians(180 - 360 * k / 18) for k in range(19)]],
            circle(.0040, 8), up=(1, 0, 0), caps=False)
shaft = assign(join(th, collar, eye), "zinc")
shaft = apply(shaft, Matrix(((1, 0, 0, 0), (0, 0, -1, 0), (0, 1, 0, 0), (0, 0, 0, 1))))   # local z -> front
shaft_n = node("screw_shaft", screw, (0, -s0, m0), move(shaft, 0, -s0, m0), **joint("revolute", (0, -1, 0), -1e6, 1e6, pitch_m=.0035))
anchor("tool", "crank", shaft_n, (0, -s0 - .0420, m0), z=(0, -1, 0), x=(1, 0, 0), accepts="crank_hook")
anchor("grab", "hand", root, (0, 0, .060), x=(0, -1, 0))
anchor("snap", "rest", root, (0, 0, 0), x=(0, -1, 0))
anchor("view", "default", root, (.45, -.60, .35), z=(.5, -.7, .3))

# --- clip: 25 poses, linear in saddle height --------------------------------------------------------------
N = 24
bpy.context.scene.render.fps = 24
keys = {o: [] for o in (sad_n, screw, *tr.values(), *arms.values())}
for i in range(N + 1):
    h = LOW + (HIGH - LOW) * i / N
    a, s, m = state(h)
    keys[sad_n].append(("location", (0, 0, h)))
    keys[screw].append(("location", (0, -s, m)))
    keys[tr["front"]].append(("location", (0, -s, m)))
    keys[tr["back"]].append(("location", (0, s, m)))
    for nm, ob in arms.items():
        sg = (1 if nm.startswith("lower") else -1) * (-1 if nm.endswith("back") else 1)
        keys[ob].append(("rotation_euler", (-sg * (a - a0), 0, 0)))
for ob, ks in keys.items():
    ob.rotation_mode = "XYZ"
    act = ob.animation_data_create().action = bpy.data.actions.new("raise_" + ob.name)
    for i, (path, v) in enumerate(ks):
        setattr(ob, path, v)
        ob.keyframe_insert(path, frame=i)
    for fc in act.fcurves:
        for k in fc.keyframe_points:
            k.interpolation = "LINEAR"
    setattr(ob, ks[0][0], ks[0][1])
    tn = ob.animation_data.nla_tracks.new()
    tn.name = "raise"
    tn.strips.new("raise", 0, act)
    ob.animation_data.action = None
bpy.context.scene.frame_start, bpy.context.scene.frame_end = 0, N
bpy.context.scene.frame_set(0)
finish(root, ao=.03)
