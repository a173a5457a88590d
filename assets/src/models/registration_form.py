"""Registration form, A5 (148 x 210 mm), with a pen beside the lines. Origin: middle of the sheet's underside, top to the back."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

# decal("registration_form"): drawn by the build
W, D = .148, .210
root = start("registration_form", asset="registration_form", domain="hotel")
pad = assign(prism(rect(W, D), 0, .0012, .0001), "paper_white")
node("sheet", root, (0, 0, 0), join(pad, printed("registration_form", W, D, .00126)))
pen = lathe(fillet([(0, -.070, 0), (.0006, -.070), (.0028, -.058), (.0044, -.052), (.0046, .058), (.0038, .066, .001), (0, .067, 0)], .0006, 1, False), 16)
pen = assign(pen, "card_blue")
clip = assign(move(box(.0022, .038, .0014, .0005, 1), 0, .040, .0054), "brass_satin")
tip = assign(lathe([(0, -.0702), (.0010, -.0690), (.0026, -.0600), (0, -.0600)], 12), "chrome")
pen = join(spin(join(pen, tip), "x", -90), clip)
pen = move(spin(pen, "z", 14), .050, -.012, .0060)
node("pen", root, (.050, -.012, .0060), pen)
anchor("grab", "hand", root, (0, -.095, .001), z=(0, 0, 1), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
anchor("view", "form", root, (0, -.02, .32), z=(0, -.1, 1), x=(1, 0, 0))
finish(root, ao=.01, ao_samples=16)
