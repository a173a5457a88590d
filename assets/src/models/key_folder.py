"""Paper folder for a key card, 110 x 165 mm: pocket in the lower half with lines for room number and departure date.

Origin: middle of its underside, top to the back."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

# decal("key_folder_front") decal("key_folder_pocket"): drawn by the build
W, D, PH = .110, .165, .0933
root = start("key_folder", asset="key_folder", domain="hotel")
back = assign(prism(fillet(rect(W, D), .003, 3), 0, .0006, .0001), "paper_ivory")
inner = assign(move(prism(fillet(rect(W, D), .003, 3), .0006, .0011, .0001), 0, 0, 0), "file_teal")
pocket = assign(move(prism(fillet(rect(W, PH), .003, 3), .0022, .0027, .0001), 0, -D / 2 + PH / 2, 0), "paper_ivory")
rim = [assign(move(box(.0012, PH, .0014, 0), s * (W / 2 - .0006), -D / 2 + PH / 2, .0017), "paper_ivory") for s in (1, -1)] + [assign(move(box(W, .0012, .0014, 0), 0, -D / 2 + .0006, .0017), "paper_ivory")]
node("folder", root, (0, 0, 0), join(back, inner, pocket, *rim, printed("key_folder_front", W, D, .00116), move(printed("key_folder_pocket", W - .001, PH - .001, .00276), 0, -D / 2 + PH / 2, 0)))
anchor("snap", "key", root, (0, .0080, .00125), z=(0, 0, 1), x=(1, 0, 0), lie="1")
anchor("grab", "hand", root, (0, -D / 2 + .015, .0027), z=(0, 0, 1), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
anchor("view", "face", root, (0, -.01, .26), z=(0, -.12, 1), x=(1, 0, 0))
finish(root, ao=.01, ao_samples=16)
