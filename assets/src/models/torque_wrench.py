"""Click torque wrench 1/2 in, 40-200 N·m, 0.50 m, with a 21 mm impact socket and a three-drum counter.

Built with the nut axis along local Z (outboard +Z) and the handle along local Y; put() turns that to
outboard +X and handle up. Origin: centre of the socket's open end. Counter cell 10.5 mm, drum radius 16.7 mm.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

AX = Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1)))   # local z -> +X, y -> +Z, x -> +Y
Z = .066                                  # height of the handle axis over the socket's open end
ZD = Z + .004                             # drums sit close under the window
R_DRUM, W_DRUM, Y_DRUM = .0167, .0104, (.2885, .3000, .3115)


def ax(p):
    return tuple(AX @ Vector(p))


def put(name, parent, ob, at=(0, 0, 0), **extras):
    return node(name, parent, ax(at), apply(ob, AX), **extras)


def along(ob, y=0.0):
    """A part turned about local Z, laid along the handle."""
    return move(spin(ob, "x", -90), 0, y, Z)


root = start("torque_wrench", asset="torque_wrench", domain="auto")

# --- socket: impact 21 mm, thin wall at the nut end, 1/2 in square ---------------------------
soc = cut(lathe(fillet([(0, 0, 0), (.0152, 0, .001), (.0152, .022), (.0140, .026), (.0140, .047, .0015), (0, .047, 0)], .0008, 1, False), 32),
          prism(hexagon(.0213), -.001, .024, 0), cyl(.0085, .023, .030, 0, 24))
band = tube_z(.0138, .0146, .0335, .0385, .0003, 32)
assign(soc, "black_oxide")
assign(band, "print_red")
put("socket_21", root, join(soc, band), at=(0, 0, 0), size="21")

# --- ratchet head and tube ----------------------------------------------------------------------
drive = move(box(.0126, .0126, .012, .0006), 0, 0, .050)
assign(drive, "chrome")
head = hull(move(cyl(.0225, .0535, .0785, .003, 28, 1)), move(box(.0225, .008, .0205, .0025, 2), 0, .050, Z))
assign(head, "chrome")
plate = cyl(.0175, .0782, .0800, .0006, 32)
assign(plate, "brushed")
ringc = cyl(.0160, .0525, .0538, .0004, 24)
assign(ringc, "steel")
neck = along(lathe(fillet([(0, .050, 0), (.0100, .0535, 0), (.0100, .0555, .001), (.0095, .066, .002), (.0095, .080, .001), (.0118, .084, .0015), (.0118, .238, 0), (.0118, .261, 0), (.0118, .268, .001), (0, .268, 0)], .001, 1, False), 20))
assign(neck, "steel")
sleeve = along(lathe(fillet([(.0117, .096), (.0126, .096, .0004), (.0126, .236, .0004), (.0117, .236)], .0004, 1), 20, closed=True))
assign(sleeve, "paint_red")
lab = move(spin(decal("torque_wrench_label", .125, .015), "z", 90), 0, .166, Z)
edit(lab, lambda bm: __import__("bmesh").ops.subdivide_edges(bm, edges=bm.edges[:], cuts=4, use_grid_fill=True))
for v in lab.data.vertices:
    a = v.co.x / .0128          # wrap the label around the tube
    v.co.x, v.co.z = .0128 * math.sin(a), Z + .0128 * math.cos(a)

# --- counter housing ------------------------------------------------------------------------------
hous = lathe(fillet([(.0178, .2795), (.0178, .3205), (.0120, .3225), (.0120, .334), (.0150, .334, .001), (.0205, .329, .003), (.0215, .322, .003),
                     (.0215, .278, .003), (.0200, .272, .003), (.0135, .264, .001), (.0120, .264), (.0120, .2775)], .0008, 1), 28, closed=True)
hous = along(hous)
hous = cut(hous, move(box(.0128, .0345, .02, 0), 0, .300, Z + .020))
assign(hous, "plastic_black")
bez = prism(fillet(rect(.024, .060, 0, .300), .004, 3), Z + .0165, Z + .0224, .0010, holes=[fillet(rect(.0124, .0342, 0, .300), .001, 2)[::-1]])
assign(bez, "plastic_black")
line = [assign(move(box(.0008, .004, .0004, 0), 0, y, Z + .0225), "print_red") for y in (.2795, .3205)]
unit = move(spin(decal("torque_wrench_unit", .012, .0048), "z", 90), -.0088, .300, Z + .0226)
put("torque_wrench_body", root, join(drive, head, plate, ringc, neck, sleeve, lab, hous, bez, unit, *line), at=(0, 0, 0))

# --- drums: cell 0 faces outboard at angle 0, +36 degrees about the handle axis brings the next digit --------
def drum():
    body = lathe(fillet([(.0060, -W_DRUM / 2), (R_DRUM - .00012, -W_DRUM / 2), (R_DRUM - .00012, W_DRUM / 2), (.0060, W_DRUM / 2)], .0003, 1), 30, closed=True)
    assign(body, "plastic_white")
    body = spin(body, "x", -90)
    n, w, verts, faces, uvs = 30, W_DRUM * .46, [], [], []
    for i in range(n + 1):
        f = math.radians(-18 + 360 * i / n)
        for y in (-w, w):
            verts.append((-R_DRUM * math.sin(f), y, R_DRUM * math.cos(f)))
    for i in range(n):
        faces.append((2 * i, 2 * i + 1, 2 * i + 3, 2 * i + 2))
        uvs += [(0, i / n), (1, i / n), (1, (i + 1) / n), (0, (i + 1) / n)]
    s = mesh(verts, faces)
    lay = s.data.uv_layers.new(name="UVMap").data
    for k, q in enumerate(uvs):
        lay[k].uv = q
    assign(s, "decal:" + "digit_drum", uv="keep")     # decal("digit_drum")
    return join(body, s)


first = None
for name, y in zip(("drum_100", "drum_10", "drum_1"), Y_DRUM):
    ex = joint("revolute", (0, 0, 1), -3600, 3600, step=36.0)
    if first is None:
        first = put(name, root, move(drum(), 0, y, ZD), at=(0, y, ZD), **ex)
    else:
        instance(name, first, root, ax((0, y, ZD)), **ex)

# --- lock ring, grip, lever -------------------------------------------------------------------------
lock = prism([((.0178 if i % 2 else .0168) * math.cos(math.tau * i / 40), (.0178 if i % 2 else .0168) * math.sin(math.tau * i / 40)) for i in range(40)], .336, .347, .0006)
assign(lock, "black_oxide")
put("locking_ring", root, along(lock), at=(0, .3415, Z), **joint("revolute", (0, 0, 1), 0, 30))
core = lathe(fillet([(0, .330, 0), (.0125, .330, 0), (.0125, .350), (.0150, .352), (.0160, .358, .001), (.0160, .364, .001)], .001, 1, False) +
             fillet([(.0152, .366), (.0152, .370), (0, .370, 0)], .0008, 1, False), 24)
assign(core, "turned_alu")
knurl = lathe(fillet([(.0100, .368), (.0165, .368, .001), (.0172, .385, .01), (.0158, .418, .03), (.0172, .452, .01), (.0165, .462, .001), (.0100, .462)], .001, 1), 24, closed=True)
assign(knurl, "knurled", uv="turn")
cap = lathe(fillet([(0, .460, 0), (.0160, .460, 0), (.0174, .464), (.0174, .474, .003), (.013, .4775, .002), (0, .4775, 0)], .001, 1, False), 24)
assign(cap, "plastic_red")
put("grip", root, along(join(core, knurl, cap)), at=(0, .415, Z), **joint("revolute", (0, 0, 1), -3600, 3600))
lever = hull(cyl(.0070, .0800, .0840, .001, 20), move(cyl(.0035, .0800, .0832, .001, 16), 0, -.0155, 0))
assign(lever, "black_oxide")
put("reverse_lever", root, lever, at=(0, 0, .080), **joint("revolute", (1, 0, 0), -25, 25))

# --- anchors -----------------------------------------------------------------------------------------
anchor("tool", "hex", root, (0, 0, 0), z=(-1, 0, 0), x=(0, 0, 1), fits="hex_21")
anchor("grab", "hand", root, ax((0, .415, Z)), z=(1, 0, 0), x=(0, 0, 1))
anchor("snap", "rest", root, ax((-.0225, .228, .040)), z=(0, 1, 0), x=(0, 0, 1))
anchor("view", "counter", root, ax((0, .300, Z + .20)), z=(1, 0, 0), x=(0, 0, 1))
finish(root, ao=.03)
