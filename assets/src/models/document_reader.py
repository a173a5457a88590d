"""Reader for identity cards and passports, 205 x 170 x 70 mm: glass 130 x 93 mm (open data page of a passport, ID-3) with a frame, lamp, display 80 x 24 mm.

Origin: middle of its foot, front to -Y (glTF +Z). A document lies on the glass, its top to the back.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("document_reader", asset="document_reader", domain="hotel")
W, D, H = .205, .170, .062
side = fillet([(-D / 2, .004, .003), (-D / 2, .020, .006), (-.042, H, .006), (D / 2, H, .006), (D / 2, .004, .003)], .004, 3)
shell = apply(prism(side, -W / 2, W / 2, .003, n=2), Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1))))
GX, GY, GW, GH = 0.0, .020, .172, .104
shell = cut(shell, move(prism(fillet(rect(GW, GH), .004, 3), H - .0035, H + .02, 0), GX, GY, 0))
assign(shell, "shell_silver")
glass = assign(move(prism(rect(GW - .001, GH - .001), H - .0036, H - .0022, .0002), GX, GY, 0), "glass_black")
feet = [assign(move(cyl(.009, 0, .005, .001, 16), sx * .082, sy * .066, 0), "rubber") for sx in (1, -1) for sy in (1, -1)]
# decal("reader_face") decal("screen_small"): pictures drawn by the build
lab = move(decal("reader_face", GW - .004, GH - .004), GX, GY, H - .0020)
slope = math.atan2(H - .020, -.042 + D / 2)
face = Matrix.Translation((0, (-D / 2 - .042) / 2, (.020 + H) / 2)) @ Matrix.Rotation(slope, 4, "X")
rimd = assign(apply(move(prism(fillet(rect(.090, .032), .004, 3), -.002, .0012, .0006), -.030, 0, 0), face), "plastic_black")
LED = lambda h, r: apply(move(prism(fillet(rect(.020 + r, .007 + r), .003, 4), -.001, h, .0007), .050, 0, 0), face)
node("reader_body", root, (0, 0, 0), join(shell, glass, lab, rimd, assign(LED(.0018, 0), "lens_blue"), *feet))
pic = decal("screen_small", .080, .024)
pic.data.materials.clear()
assign(pic, "screen_small", uv="keep")
node("display", root, tuple(face @ Vector((-.030, 0, .0014))), apply(move(pic, -.030, 0, .0014), face), slot="display", width_m=.080, height_m=.024)
node("led", root, tuple(face @ Vector((.050, 0, .001))), assign(LED(.0021, .0004), "led_blue"))   # lit while it reads
anchor("snap", "document", root, (GX, GY, H - .0021), z=(0, 0, 1), x=(1, 0, 0), lie="1")
anchor("view", "display", root, tuple(face @ Vector((0, 0, .30))), z=tuple(face.to_3x3() @ Vector((0, 0, 1))), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.03, ao_samples=32)
