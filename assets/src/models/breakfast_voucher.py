"""Breakfast voucher, 120 x 60 mm. Origin: middle of its underside."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

# decal("breakfast_voucher_face"): drawn by the build
root = start("breakfast_voucher", asset="breakfast_voucher", domain="hotel")
sheet = assign(prism(fillet(rect(.120, .060), .0015, 2), 0, .0005, .0001), "paper_ivory")
node("voucher", root, (0, 0, 0), join(sheet, printed("breakfast_voucher_face", .120, .060, .00056)))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
anchor("grab", "hand", root, (0, -.02, .0005), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.01, ao_samples=8)
