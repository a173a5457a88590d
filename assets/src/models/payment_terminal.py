"""Payment terminal, 82 x 185 x 65 mm: display 60 x 40 mm, keys, chip slot in front (card 54 mm wide), printer for 57 mm paper on top.

Origin: middle of its foot, front to -Y (glTF +Z). A card goes in from the front, a receipt stands out of the top.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("payment_terminal", asset="payment_terminal", domain="hotel")
W, D = .082, .185
side = fillet([(-D / 2, .004, .004), (-D / 2, .026, .006), (.030, .046, .02), (.050, .062, .010), (D / 2, .062, .014), (D / 2, .004, .006)], .004, 3)
shell = apply(prism(side, -W / 2, W / 2, .007, n=3), Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1))))
shell = cut(shell, move(box(.0565, .060, .0022, 0), 0, -D / 2 + .010, .0140), move(box(.0585, .0028, .04, 0), 0, .060, .066))
assign(shell, "plastic_black")
blade = assign(move(box(.0585, .002, .004, .0008, 1), 0, .0635, .063), "chrome")
slope = math.atan2(.046 - .026, .030 + D / 2)
face = Matrix.Translation((0, (.030 - D / 2) / 2, .036)) @ Matrix.Rotation(slope, 4, "X")
glass = assign(apply(move(prism(fillet(rect(.070, .050), .004, 4), -.001, .0008, .0004), 0, .032, 0), face), "glass_black")
# decal("pos_keys") decal("screen_small"): pictures drawn by the build
rib = [assign(move(box(.003, .09, .016, .0015, 1), s * W / 2, -.03, .020), "rubber_grey") for s in (1, -1)]
node("terminal_body", root, (0, 0, 0), join(shell, glass, blade, *rib))
pic = decal("screen_small", .060, .040)
pic.data.materials.clear()
assign(pic, "screen_small", uv="keep")
node("screen", root, tuple(face @ Vector((0, .032, .0010))), apply(move(pic, 0, .032, .0010), face), slot="display", width_m=.060, height_m=.040)
down = tuple(round(v, 4) for v in face.to_3x3() @ Vector((0, 0, -1)))


def key(x, y, w, h, mat, cell):
    cap = assign(apply(move(prism(fillet(rect(w, h), .0018, 3), -.001, .0030, .0009, n=2), x, y, 0), face), mat)
    lab = decal("pos_keys", w - .002, h - .0015)
    cx, cy = cell % 4, cell // 4
    for i, (u, v) in enumerate(((0, 0), (1, 0), (1, 1), (0, 1))):
        lab.data.uv_layers[0].data[i].uv = ((cx + u) / 4, 1 - (cy + 1 - v) / 4)
    return join(cap, apply(move(lab, x, y, .0032), face))


digits = [key(-.021 + .021 * c, -.001 - .0122 * r, .0175, .0100, "plastic_grey", 3 * r + c) for r in range(4) for c in range(3) if not (r == 3 and c != 1)]
node("key_amount", root, tuple(face @ Vector((0, -.020, 0))), join(*digits), **joint("prismatic", down, 0, .0012))
for n, x, m, cell in (("cancel", -.026, "plastic_red", 12), ("clear", -.0, "plastic_yellow", 13), ("ok", .026, "card_green", 14)):
    node(f"key_{n}", root, tuple(face @ Vector((x, -.0505, 0))), key(x, -.0505, .0225, .0105, m, cell), **joint("prismatic", down, 0, .0015))
anchor("snap", "bank_card", root, (0, -D / 2, .0140), z=(0, -1, 0), x=(1, 0, 0), accepts="chip_slot")
anchor("snap", "receipt", root, (0, .060, .0620), z=(0, 0, 1), x=(1, 0, 0), accepts="paper_slot")
anchor("view", "screen", root, tuple(face @ Vector((0, .01, .26))), z=tuple(face.to_3x3() @ Vector((0, 0, 1))), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.025, ao_samples=32)
