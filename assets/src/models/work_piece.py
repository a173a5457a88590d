"""Pallet with a part, 120 x 160 mm (160 across the track): steel plate 12 mm with wear strips, code label, steel target lug on its front side
(what the sensor sees: 40 x 40 mm, flush with the plate's edge at y = -80 mm) and a turned valve body on two pins. Origin: middle of the foot."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import front, slab

root = start("work_piece", asset="work_piece", domain="manufacturing")
base = prism(fillet(rect(.120, .160), .008, 3), .004, .016, .001)
assign(base, "steel")
strips = [assign(slab(-.058, .058, s * .060 - .014, s * .060 + .014, 0, .005, .001), "plastic_black") for s in (1, -1)]
lug = assign(slab(-.020, .020, -.080, -.070, .012, .056, .0012), "machined", uv="box")
screws = [assign(move(hex_body(.008, .016, .021, both=False), x, -.062, 0), "zinc") for x in (-.032, .032)]
rest = assign(move(prism(fillet(rect(.084, .074), .010, 4), .016, .030, .0015, n=2), 0, .012, 0), "plastic_blue")
body = lathe(fillet([(.012, .030, 0), (.030, .030), (.030, .044), (.024, .047), (.024, .064), (.027, .066), (.027, .078), (.019, .080), (.019, .094), (.012, .094, .001), (.012, .084, .001)], .0008, 1), 36, closed=True)
body = move(assign(body, "turned_alu"), 0, .012, 0)
port = assign(move(spin(cyl(.010, .020, .034, .0008, 20), "y", 90), 0, .012, .056), "turned_alu")
pins = [assign(move(cyl(.004, .016, .040, .001, 12), s * .035, .042, 0), "steel") for s in (1, -1)]
lab = move(decal("work_piece_label", .044, .022), .030, -.045, .01612)
node("pallet", root, (0, 0, 0), join(base, *strips, lug, *screws, rest, body, port, *pins, lab))
anchor("grab", "hand", root, (0, .012, .080), z=(0, 0, 1), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.03)
