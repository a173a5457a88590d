"""Slip of the payment terminal, 57 x 110 mm thermal paper with a slight curl; stands in the printer's slot. Origin: middle, printed face up, top to the back."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

# decal("receipt_face"): drawn by the build
W, D = .057, .110
root = start("receipt", asset="receipt", domain="hotel")
bend = lambda y: .0060 * (y / D + .5) ** 2.2
ys = [-D / 2 + D * i / 10 for i in range(11)]


def strip(lift, turned):
    ob = mesh([(x, y, bend(y) + lift) for y in ys for x in (-W / 2, W / 2)], [(2 * i, 2 * i + 1, 2 * i + 3, 2 * i + 2)[::-1 if turned else 1] for i in range(10)])
    lay = ob.data.uv_layers.new(name="UVMap").data
    for p in ob.data.polygons:
        for li in p.loop_indices:
            c = ob.data.vertices[ob.data.loops[li].vertex_index].co
            lay[li].uv = (c.x / W + .5, c.y / D + .5)
    return ob


node("slip", root, (0, 0, 0), join(assign(strip(.0001, False), "paper_white"), assign(strip(0, True), "paper_white"), assign(strip(.0002, False), "decal:receipt_face", uv="keep")))
anchor("snap", "foot", root, (0, -D / 2 + .004, 0), z=(0, -1, 0), x=(1, 0, 0), fits="paper_slot")
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
anchor("grab", "hand", root, (0, .03, .003), z=(0, 0, 1), x=(1, 0, 0))
anchor("view", "face", root, (0, 0, .20), z=(0, -.12, 1), x=(1, 0, 0))
finish(root, ao=.01, ao_samples=8)
