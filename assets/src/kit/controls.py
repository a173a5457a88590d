"""Parts of machine controls that several models share: barrel sensor, padlock, push buttons, round labels, screens.

Built around local Z like every part of the kit; `front()` turns art and buttons that were made lying to a face that looks to -Y.
"""
import math
from mathutils import Matrix, Vector

from . import paint, scene, shapes
from .shapes import box, circle, cyl, fillet, hex_body, join, lathe, mesh, move, prism, rect, spin, sweep, thread


def front(ob, x=0.0, y=0.0, z=0.0):
    """From lying (up = +Z) to standing (looks to -Y), then to its place."""
    return move(spin(ob, "x", 90), x, y, z)


def put(ob, mat, x=0.0, y=0.0, z=0.0):
    return move(paint.assign(ob, mat), x, y, z)


def slab(x0, x1, y0, y1, z0, z1, r=.002, n=1):
    return box(x1 - x0, y1 - y0, z1 - z0, r, n, at=((x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2))


def part_of(picture, px, w, size=1024):
    """Part px = (x, y, w, h) of a square picture as an upright sheet w metres wide, lying in XY."""
    h = w * px[3] / px[2]
    ob = mesh([(-w / 2, -h / 2, 0), (w / 2, -h / 2, 0), (w / 2, h / 2, 0), (-w / 2, h / 2, 0)], [(0, 1, 2, 3)])
    u0, v1, u1, v0 = px[0] / size, 1 - px[1] / size, (px[0] + px[2]) / size, 1 - (px[1] + px[3]) / size
    layer = ob.data.uv_layers.new(name="UVMap").data
    for i, uv in enumerate(((u0, v0), (u1, v0), (u1, v1), (u0, v1))):
        layer[i].uv = uv
    return paint.assign(ob, "decal:" + picture, uv="keep")


def round_decal(picture, r, z0, z1, a0, a1, along=False, n=8):
    """A label around a cylinder from angle a0 to a1 (degrees); along: its lines run along the axis."""
    pts = [(r * math.cos(t), r * math.sin(t), z) for z in (z0, z1) for t in [math.radians(a0 + (a1 - a0) * i / n) for i in range(n + 1)]]
    ob = mesh(pts, [(i, i + 1, n + 2 + i, n + 1 + i) for i in range(n)])
    layer = ob.data.uv_layers.new(name="UVMap").data
    for p in ob.data.polygons:
        for li in p.loop_indices:
            v = ob.data.loops[li].vertex_index
            s, t = (v % (n + 1)) / n, float(v > n)
            layer[li].uv = (t, 1 - s) if along else (s, t)
    return paint.assign(ob, "decal:" + picture, uv="keep")


def screen(w, h):
    """A display w x h, lying; the runtime draws its live picture on it (upright, from edge to edge). Dark until then."""
    ob = mesh([(-w / 2, -h / 2, 0), (w / 2, -h / 2, 0), (w / 2, h / 2, 0), (-w / 2, h / 2, 0)], [(0, 1, 2, 3)])
    layer = ob.data.uv_layers.new(name="UVMap").data
    for i, uv in enumerate(((0, 0), (1, 0), (1, 1), (0, 1))):
        layer[i].uv = uv
    return paint.assign(ob, "screen", uv="keep")


def lens(r, h, mat, seg=16):
    """Domed lens or lamp on z = 0."""
    return paint.assign(lathe([(r, 0), (r, h * .45), (r * .86, h * .78), (r * .5, h * .95), (0, h)], seg), mat)


def button(r, mat, travel=True, ring="chrome", h=.009):
    """Flush push button of 22 mm hole size, lying: (fixed ring, moving cap)."""
    k = r / .0145
    bezel = paint.assign(lathe(fillet([(r, 0), (r + .0035 * k, 0), (r + .0035 * k, .004), (r + .0015 * k, h), (r, h)], .0008, 1), 28, closed=True), ring)
    cap = paint.assign(lathe(fillet([(0, .001, 0), (r - .0004, .001), (r - .0004, h - .0015), (r - .003, h - .0025), (0, h - .003, 0)], .0006, 1, False), 28), mat)
    return bezel, cap


def mushroom(r=.020):
    """Emergency stop, lying: (yellow plate and collar, red head)."""
    plate = paint.assign(lathe(fillet([(0, 0, 0), (.030, 0), (.030, .0018), (.0155, .0018), (.0150, .010), (0, .010, 0)], .0006, 1, False), 36), "plastic_yellow")
    head = lathe(fillet([(0, .008, 0), (.0115, .008), (.0115, .018), (r, .019, .002), (r, .027, .004), (r * .6, .0325, .01), (0, .034, 0)], .001, 2, False), 32)
    head = paint.assign(head, "plastic_red")
    for k in range(3):                                     # turn to release
        a = box(.0016, .0085, .0010, 0, 1, at=(0, .0105, .0316))
        head = join(head, spin(paint.assign(a, "print_white"), "z", 120 * k))
    return plate, head


def m18_sensor(name, label, **facts):
    """Barrel sensor M18 x 1, not flush (EN 60947-5-2): smooth cap 12 mm, thread, M12 plug end, 84 mm long. Origin: middle of the sensing face;
    the barrel runs along +Z to the cable; two nuts of 24 mm hold a plate of 3 mm whose front lies 30 mm behind the face."""
    root = scene.start(name, asset=name, domain="manufacturing", thread="M18x1", **facts)
    cap = paint.assign(lathe(fillet([(0, 0, 0), (.0083, 0), (.0083, .0118), (0, .0118, 0)], .0008, 1, False), 28), "plastic_blue")
    body = paint.assign(thread(.018, .0115, .0545, .0020, 18), "brass_nickel")
    sleeve = paint.assign(lathe(fillet([(0, .0535, 0), (.0088, .0535), (.0088, .0695), (.0070, .0705), (0, .0705, 0)], .0006, 1, False), 28), "brass_nickel")
    end = paint.assign(lathe(fillet([(0, .070, 0), (.0076, .070), (.0076, .0745), (0, .0745, 0)], .0005, 1, False), 28), "plastic_black")
    plug = paint.assign(thread(.012, .074, .086, .0018, 16), "brass_nickel")
    socket = paint.assign(lathe([(.0042, .0855), (.0042, .0866), (0, .0866)], 14), "plastic_black")
    nuts = [paint.assign(hex_body(.024, z, z + .004, .0088), "brass_nickel") for z in (.026, .033)]
    scene.node("sensor_body", root, (0, 0, .030), join(cap, body, sleeve, end, plug, socket, *nuts))
    scene.node("label", root, (0, 0, .0615), round_decal(label, .00888, .0540, .0692, -160, -20, along=True))
    window = lambda r: shapes.ring(box(.0008, .0036, .0028, .0003, 1, at=(r, 0, .0723)), 4, 45)
    scene.node("lamp_lens", root, (0, 0, .0723), paint.assign(window(.0075), "lens_amber"))
    scene.node("lamp", root, (0, 0, .0723), paint.assign(window(.0077), "glow_amber"))
    scene.anchor("snap", "plug", root, (0, 0, .0866), z=(0, 0, 1), x=(1, 0, 0), accepts="signal_cable")
    scene.anchor("snap", "seat", root, (0, 0, 0), z=(0, 0, -1), x=(1, 0, 0), fits="m18_bracket")
    scene.anchor("grab", "hand", root, (0, 0, .045), z=(0, 0, 1), x=(1, 0, 0))
    scene.anchor("snap", "rest", root, (0, 0, .043), z=(0, -1, 0), x=(0, 0, 1), lie="1")
    scene.anchor("view", "label", root, (0, -.14, .06), z=(0, -1, 0), x=(0, 0, 1))
    return root


def padlock(name, mat, label, **facts):
    """Safety padlock, body 38 x 45 x 20 mm of plastic, shackle 6 mm with 30 mm inside height. Origin: inside the top of the bow, where it
    hangs in a hasp; the body hangs down (-Z). The shackle lifts by 14 mm when open."""
    root = scene.start(name, asset=name, domain="manufacturing", **facts)
    body = prism(fillet([(-.019, 0), (.019, 0), (.019, .037, .004), (.013, .045, .004), (-.013, .045, .004), (-.019, .037, .004)], .004, 4), -.010, .010, .0016, n=2)
    body = paint.assign(front(body, 0, 0, -.083), mat)
    lab = move(spin(paint.decal(label, .0300, .0300), "x", 90), 0, -.01006, -.0635)
    core = paint.assign(move(cyl(.0065, 0, .0016, .0004, 20), 0, 0, -.0842), "brass")
    slot = paint.assign(move(box(.0014, .006, .0006, 0), 0, 0, -.0843), "print_black")
    n = scene.node("lock_body", root, (0, 0, -.060), join(body, lab, core, slot))
    r = .0125
    bow = [(-r, 0, -.062)] + [(-r, 0, -.040), (-r, 0, -.020)] + [(-r * math.cos(t), 0, -.0095 + r * math.sin(t)) for t in [math.pi * i / 10 for i in range(11)]] + [(r, 0, -.020), (r, 0, -.040), (r, 0, -.0440)]
    bow = paint.assign(sweep(bow, circle(.003, 12), up=(0, 1, 0)), "chrome")
    scene.node("shackle", root, (0, 0, 0), bow, **scene.joint("prismatic", (0, 0, 1), 0, .014))
    scene.anchor("snap", "tag", root, (.0, -.0135, -.012), z=(0, 0, 1), x=(1, 0, 0), accepts="lock_tag")
    scene.anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
    scene.anchor("grab", "hand", n, (0, 0, -.060), z=(0, -1, 0), x=(1, 0, 0))
    return root
