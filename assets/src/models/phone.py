"""Desk telephone, 190 x 215 mm, with a handset on the left and three speed-dial keys. Origin: middle of its foot, front to -Y (glTF +Z)."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

# decal("phone_keys") decal("phone_dial"): drawn by the build
root = start("phone", asset="phone", domain="hotel")
W, D = .190, .215
side = fillet([(-D / 2, .003, .003), (-D / 2, .022, .008), (D / 2, .075, .010), (D / 2, .003, .003)], .004, 3)
shell = apply(prism(side, -W / 2, W / 2, .006, n=3), Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1))))
slope = math.atan2(.053, D)
face = Matrix.Translation((0, 0, .0485)) @ Matrix.Rotation(slope, 4, "X")
well = [apply(move(box(.050, .052, .024, .004), -.058, y, 0), face) for y in (-.068, .068)]
assign(cut(shell, *well), "plastic_black")
keys = [assign(apply(move(prism(fillet(rect(.0185, .0150), .003, 3), -.001, .0035, .001), .008 + .024 * (k % 3), -.016 - .0210 * (k // 3), 0), face), "plastic_grey") for k in range(12)]
lab = apply(move(decal("phone_keys", .072, .084), .032, -.0475, .0037), face)
win = assign(apply(move(prism(fillet(rect(.084, .028), .003, 3), -.001, .0008, .0004), .036, .082, 0), face), "glass_black")
node("phone_body", root, (0, 0, 0), join(shell, *keys, lab, win))
dial = [assign(apply(move(prism(fillet(rect(.016, .010), .002, 2), -.001, .003, .0008), .008, .048 - .0165 * k, 0), face), "card_green" if k == 0 else "plastic_grey") for k in range(3)]
lab2 = apply(move(decal("phone_dial", .060, .050), .050, .0315, .0006), face)
d = tuple(round(v, 4) for v in face.to_3x3() @ Vector((0, 0, -1)))
node("key_duty", root, tuple(face @ Vector((.008, .048, 0))), dial[0], **joint("prismatic", d, 0, .002))
node("speed_dial", root, tuple(face @ Vector((.008, .030, 0))), join(dial[1], dial[2], lab2))
bar_ = sweep(spline([(-.058, -.090, .004), (-.058, -.060, .030), (-.058, 0, .040), (-.058, .060, .030), (-.058, .090, .004)], 5), fillet(rect(.030, .018), .006, 3), up=(0, 0, 1))
ends = [move(lathe(fillet([(0, -.016, 0), (.024, -.016, .004), (.026, .002, .006), (.016, .014, .006), (0, .016, 0)], .002, 2, False), 28), -.058, y, .012) for y in (-.070, .070)]
hs = apply(assign(cast([bar_, *ends], voxel=.0022, smooth=4, tris=1800), "plastic_black"), face)
node("handset", root, tuple(face @ Vector((-.058, 0, .02))), hs)
cord = [(-.058, -.105, .012)] + [(-.085 - .006 * math.cos(k * 1.25), -.100 + .0022 * k, .010 + .005 * math.sin(k * 1.25)) for k in range(2, 58)] + [(-.070, .060, .010)]
node("cord", root, (0, 0, 0), assign(sweep(cord, circle(.0018, 5)), "plastic_black"))
anchor("grab", "handset", root, tuple(face @ Vector((-.058, 0, .050))), z=tuple(face.to_3x3() @ Vector((0, 0, 1))), x=(0, 1, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.03, ao_samples=32)
