"""Wheel nut M14x1.5, 21 mm hexagon, 60 degree cone seat, zinc. Origin: small end of the cone (thread seat), axis outboard = +X."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

AX = Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1)))
root = start("wheel_nut", asset="wheel_nut", domain="auto", thread="M14x1.5", hex=21.0)
cone = lathe([(.0072, 0), (.0083, 0), (.0087, .0004), (.0130, .0078), (.0136, .0084), (.0136, .0098), (.0130, .0106), (.0099, .0106)], 24)
delete_faces(cone, lambda c: math.hypot(c.x, c.y) < .0068 or math.hypot(c.x, c.y) < .0098 and c.z > .004)
n, ri = 30, .0210 / 2 * .985
ang = [math.tau * i / n for i in range(n)]
hexr = [.0105 / math.cos(t % (math.pi / 3) - math.pi / 6) for t in ang]
loop = lambda radii, z, k=0.0: [Vector((r * math.cos(t), r * math.sin(t), z - k * max(0, r - ri))) for r, t in zip(radii, ang)]
body = loft([loop(hexr, .0095), loop(hexr, .0285, .55), loop([ri * .985] * n, .0287), loop([.0098] * n, .0300), loop([.0078] * n, .0300), loop([.0071] * n, .0290), loop([.0068] * n, .0200)], caps=False)
bore = lathe([(.0072, 0), (.0066, .0012), (.0068, .0200)], 18)
delete_faces(bore, lambda c: math.hypot(c.x, c.y) < .004)
edit(bore, lambda bm: [f.normal_flip() for f in bm.faces if f.normal.dot(Vector((f.calc_center_median().x, f.calc_center_median().y, 0))) > 0] and None)
assign(cone, "zinc"); assign(body, "zinc"); assign(bore, "steel")
node("nut", root, (0, 0, 0), apply(join(cone, body, bore), AX))
anchor("tool", "hex_21", root, (.030, 0, 0), z=(1, 0, 0), x=(0, 0, 1), fits="socket_21")
anchor("snap", "seat", root, (0, 0, 0), z=(-1, 0, 0), x=(0, 0, 1), fits="wheel_nut")
anchor("grab", "wheel_nut", root, (.018, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.008)
