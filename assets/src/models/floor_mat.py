"""Rubber floor mat 0.90 x 0.60 m with printed places for the jack, the axle stand and two chocks. Origin: floor centre.

The places' front is the mat's front; the decal is drawn 1:1 (1 unit = 1 mm).
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

T = .0060
root = start("floor_mat", asset="floor_mat", domain="auto")
mat = prism(fillet(rect(.900, .600), .025, 6), 0, T, .0028)
assign(mat, "rubber_grey")
edge = assign(prism(fillet(rect(.880, .580), .020, 6), T - .0010, T + .0006, .0005, holes=[fillet(rect(.866, .566), .014, 6)[::-1]]), "rubber_yellow")
ribs = [assign(move(box(.852, .0030, .0010, 0), 0, y, T + .0003), "rubber_grey") for y in [-.270 + .018 * i for i in range(31)]]
pr = move(decal("floor_mat_places", .860, .560), 0, 0, T + .0012)
node("floor_mat_body", root, (0, 0, 0), join(mat, edge, *ribs, pr))
# x to the right (viewed from the front), y to the back
PLACES = dict(scissor_jack=(-.270, 0), axle_stand=(.050, -.100), chock_1=(.310, -.130), chock_2=(.310, .130))
for k, (x, y) in PLACES.items():
    anchor("snap", k, root, (x, y, T + .0010), x=(0, -1, 0) if k == "scissor_jack" or k.startswith("chock") else (1, 0, 0),
           accepts="wheel_chock" if k.startswith("chock") else k, lie="1")
anchor("snap", "rest", root, (0, 0, 0), x=(1, 0, 0))
finish(root, ao=.02)
