"""L-shaped wheel brace, 21 mm socket, arm 0.40 m with a sliding inner tube and a rubber grip.

Nut axis along local Z (outboard +Z), arm along local Y; put() turns that to outboard +X and arm up.
Origin: centre of the socket's open end.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

AX = Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1)))
Z, R = .074, .022                         # arm axis over the socket's open end, bend radius


def ax(p):
    return tuple(AX @ Vector(p))


def along(ob):
    return move(spin(ob, "x", -90), 0, 0, Z)


root = start("wheel_brace", asset="wheel_brace", domain="auto")
soc = cut(lathe(fillet([(0, 0, 0), (.0150, 0, .0012), (.0150, .030), (.0102, .040), (.0102, .048), (0, .048, 0)], .0015, 1, False), 32),
          prism(hexagon(.0213), -.001, .026, 0), cyl(.0090, .025, .032, 0, 24))
assign(soc, "chrome")
bend = [(0, 0, .044)] + [(0, R - R * math.cos(t), Z - R + R * math.sin(t)) for t in [math.radians(11.25 * k) for k in range(9)]] + [(0, .060, Z), (0, .064, Z)]
leg = sweep(bend, circle(.0085, 14), up=(1, 0, 0))
assign(leg, "chrome")
collar = along(lathe(fillet([(0, .056, 0), (.0125, .056, .002), (.0125, .074, .001), (.0110, .076, .0005), (.0110, .090, 0), (.0110, .205, 0), (.0110, .214, .0008), (0, .214, 0)], .0008, 1, False), 20))
assign(collar, "coated_dark")
lock = along(lathe(fillet([(.0105, .196), (.0128, .196), (.0128, .2135), (.0105, .2135)], .001, 1), 20, closed=True))
assign(lock, "paint_red")
btn = move(spin(cyl(.0035, .0, .0040, .001, 16), "y", 0), 0, .2045, Z + .0115)
assign(btn, "zinc")
rod = along(lathe(fillet([(0, .200, 0), (.0080, .200, 0), (.0080, .218, 0), (.0080, .262, 0), (.0080, .285, 0), (0, .285, 0)], .0004, 1, False), 20))
assign(rod, "chrome")
prof = [(.0076, .264)] + fillet([(.0105, .264), (.0135, .270), (.0135, .272)], .001, 1, False)
y = .276
while y < .385:
    prof += [(.0142, y), (.0142, y + .0055), (.0131, y + .0068), (.0131, y + .0082)]
    y += .0095
prof += fillet([(.0146, .388), (.0146, .396, .003), (.010, .400, .001), (0, .400, 0)], .001, 2, False)
grip = along(lathe(prof, 18))
assign(grip, "rubber")
n = node("wheel_brace_body", root, (0, 0, 0), apply(join(soc, leg, collar, lock, btn, rod, grip), AX))
anchor("tool", "hex", root, (0, 0, 0), z=(-1, 0, 0), x=(0, 0, 1), fits="hex_21")
anchor("grab", "hand", root, ax((0, .330, Z)), z=(1, 0, 0), x=(0, 0, 1))
anchor("snap", "rest", root, ax((-.0150, .190, .037)), z=(0, 1, 0), x=(0, 0, 1))
finish(root, ao=.03)
