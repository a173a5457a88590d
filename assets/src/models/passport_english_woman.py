"""Training passport of Emma Carter, an invented person; open booklet 176 x 125 mm (two ID-3 pages of 88 x 125), no real document's design.

Origin: middle of its underside; the visa page is on the left, the data page on the right."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

# decal("passport_english_woman"): drawn by the build
W, D, SIZE = .176, .125, (1408, 1000)
root = start("passport_english_woman", asset="passport_english_woman", domain="hotel")
cover = assign(prism(fillet(rect(W + .004, D + .004), .004, 3), 0, .0012, .0005), "passport_blue")
pages = [assign(move(prism(fillet(rect(W / 2 - .0008, D), .003, 3), 0, .0020, .0004), s * (W / 4 + .0002), 0, .0012), "paper_ivory") for s in (1, -1)]
z = .00326
node("booklet", root, (0, 0, 0), join(cover, *pages, printed("passport_english_woman", W, D, z)))
for n, px in (("visa", (50, 110, 604, 560)), ("photo", (764, 120, 260, 340)), ("birth", (756, 494, 340, 94)), ("valid", (756, 622, 340, 94))):
    ob = printed("passport_english_woman", W, D, z + .0002, px, SIZE)
    c = sum((v.co for v in ob.data.vertices), Vector()) / 4
    node(n, root, tuple(c), ob)
anchor("grab", "hand", root, (0, -D / 2 + .01, z), z=(0, 0, 1), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
anchor("view", "face", root, (0, 0, .24), z=(0, -.12, 1), x=(1, 0, 0))
finish(root, ao=.01, ao_samples=8)
