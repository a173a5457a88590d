"""Lubricant spray can, 58 mm diameter, 0.19 m with nozzle. Origin: base centre, label to the front (+Z)."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

R = .029
root = start("oil_can", asset="oil_can", domain="auto")
can = lathe(fillet([(0, .004, 0), (.0240, .003, .002), (.0262, 0, .0008), (.0280, .0008, .001), (.0286, .005, .001), (R, .0065), (R, .010, 0), (R, .130, 0), (R, .1385), (.0284, .1400), (.0278, .1430, .001),
                    (.0262, .1445, .001), (.0230, .1550, .010), (.0165, .1610, .003), (.0160, .1640, .001), (.0148, .1640, .001), (.0142, .1610), (.0060, .1600), (.0055, .1680), (0, .1680, 0)], .0012, 1, False), 36)
assign(can, "brushed", uv="turn")
lab = mesh(*(lambda n, z0, z1: ([(R * 1.004 * math.sin(math.tau * (i / n - .5)), -R * 1.004 * math.cos(math.tau * (i / n - .5)), z) for i in range(n + 1) for z in (z0, z1)],
                                [(2 * i, 2 * i + 2, 2 * i + 3, 2 * i + 1) for i in range(n)]))(36, .0095, .1345))
lay = lab.data.uv_layers.new(name="UVMap").data
for p in lab.data.polygons:
    i = p.index
    for li, uv in zip(p.loop_indices, ((i / 36, 0), ((i + 1) / 36, 0), ((i + 1) / 36, 1), (i / 36, 1))):
        lay[li].uv = uv
assign(lab, "decal:" + "oil_can_label", uv="keep")     # decal("oil_can_label")
base = lathe(fillet([(R - .0004, .0090), (R + .00004, .0095), (R + .00004, .1345), (R - .0004, .1350)], 0, 1), 36, closed=True)
assign(base, "paint_blue")
head = cast([move(cyl(.0085, .166, .180, .002, 24), 0, 0, 0), move(box(.013, .022, .010, .003), 0, -.004, .178)], voxel=.0008, smooth=4, tris=500)
assign(head, "plastic_red")
noz = assign(move(spin(cyl(.0022, 0, .0030, .0004, 12), "x", 90), 0, -.0145, .1775), "print_white")
tube = assign(move(spin(cyl(.0011, 0, .052, .0003, 8), "x", 90), 0, -.0150, .1775), "plastic_red")
node("can", root, (0, 0, 0), join(base, can, lab))
sp = node("spray_head", root, (0, 0, .168), join(head, noz, tube), **joint("prismatic", (0, 0, -1), 0, .002))
anchor("tool", "nozzle", sp, (0, -.067, .1775), z=(0, -1, 0), x=(1, 0, 0))
anchor("grab", "hand", root, (0, 0, .095), z=(0, 1, 0), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), x=(1, 0, 0))
finish(root, ao=.02)
