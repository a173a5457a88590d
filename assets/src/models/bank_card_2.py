"""Bank card for training (ISO 7810 ID-1), chip on the left, its left edge goes into a reader."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

# decal("bank_card_face"): drawn by the build
root = card("bank_card_2", "card_green", "bank_card_face")
chip = assign(move(prism(fillet(rect(.0125, .0115), .002, 3), .0006, .00092, .0001), -.0255, .004, 0), "brass_satin")
lines = assign(join(*[move(box(w, h, .00006, 0), -.0255 + x, .004 + y, .00094) for x, y, w, h in ((0, .002, .0125, .0003), (0, -.002, .0125, .0003), (-.002, 0, .0003, .0115), (.002, 0, .0003, .0115))]), "coated_dark")
node("chip", root, (-.0255, .004, 0), join(chip, lines))
anchor("snap", "chip", root, (-.0225, 0, .00038), z=(-1, 0, 0), x=(0, 1, 0), fits="chip_slot")
finish(root, ao=.01, ao_samples=8)
