"""Encoder for room key cards, 120 x 150 x 75 mm: upright slot 58 mm for a card 54 mm wide (ISO 7810 ID-1), lamp, key, display 60 x 18 mm.

Origin: middle of its foot, front to -Y (glTF +Z). The card stands half in the slot, its face to the front.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("card_encoder", asset="card_encoder", domain="hotel")
W, D, H = .120, .150, .075
side = fillet([(-D / 2, .003, .003), (-D / 2, .022, .006), (.000, .058, .010), (.018, H, .008), (D / 2, H, .010), (D / 2, .003, .003)], .004, 3)
shell = apply(prism(side, -W / 2, W / 2, .004, n=2), Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1))))
SY = .046
shell = cut(shell, move(box(.0580, .0034, .09, 0), 0, SY, H + .005))
assign(shell, "plastic_black")
lips = [assign(move(box(.066, .004, .005, .0015, 1), 0, SY + s * .0048, H + .0008), "plastic_grey") for s in (1, -1)]
feet = [assign(move(cyl(.008, 0, .004, .001, 14), sx * .045, sy * .060, 0), "rubber") for sx in (1, -1) for sy in (1, -1)]
slope = math.atan2(.058 - .022, D / 2)
face = Matrix.Translation((0, -D / 4, .040)) @ Matrix.Rotation(slope, 4, "X")
rimd = assign(apply(move(prism(fillet(rect(.070, .026), .003, 3), -.002, .0012, .0006), -.016, .014, 0), face), "print_black")
# decal("encoder_face") decal("screen_small"): pictures drawn by the build
lab = apply(move(decal("encoder_face", .100, .024), 0, -.024, .0004), face)
node("encoder_body", root, (0, 0, 0), join(shell, *lips, *feet, rimd, lab))
pic = decal("screen_small", .060, .018)
pic.data.materials.clear()
assign(pic, "screen_small", uv="keep")
node("display", root, tuple(face @ Vector((-.016, .014, .0014))), apply(move(pic, -.016, .014, .0014), face), slot="display", width_m=.060, height_m=.018)
node("led", root, tuple(face @ Vector((.040, .020, .0008))), assign(apply(move(cyl(.0042, -.001, .0022, .0008, 18, 2), .040, .020, 0), face), "led_blue"))
key = apply(move(prism(fillet(rect(.022, .014), .003, 4), -.001, .0035, .001, n=2), .040, .002, 0), face)
d = face.to_3x3() @ Vector((0, 0, -1))
node("key_encode", root, tuple(face @ Vector((.040, .002, 0))), assign(key, "card_green"), **joint("prismatic", tuple(round(v, 4) for v in d), 0, .002))
anchor("snap", "key", root, (0, SY, H + .003), z=(0, 0, 1), x=(1, 0, 0), accepts="key_slot")
anchor("view", "display", root, tuple(face @ Vector((0, 0, .28))), z=tuple(face.to_3x3() @ Vector((0, 0, 1))), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.03, ao_samples=32)
