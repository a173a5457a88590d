"""Distribution box XB1 for one M12 sensor, 64 x 100 x 36 mm, with three 4 mm test sockets (pin 1 brown L+, pin 3 blue L-, pin 4 black signal).
The sensor's M12 plug stands on top (pulls out 20 mm upwards); the cable to the cabinet leaves below. Origin: middle of the back; front: -Y."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import front, slab

root = start("junction_box", asset="junction_box", domain="manufacturing")
P = [assign(front(prism(fillet(rect(.064, .100), .006, 4), 0, .034, .002, n=2)), "plastic_grey")]
P.append(front(decal("junction_box_face", .058, .094), 0, -.0342, 0))
for sx in (1, -1):
    for sz in (1, -1):
        P.append(assign(front(lathe([(.0032, 0), (.0026, .0014), (0, .0014)], 12), sx * .0262, -.0338, sz * .0440), "zinc"))
SOCK = {1: (-.0195, "wire_brown"), 4: (.0, "plastic_black"), 3: (.0195, "plastic_blue")}
for n, (x, mat) in SOCK.items():
    P.append(assign(front(lathe(fillet([(.0024, -.002), (.0072, -.002), (.0072, 0), (.0066, .0030), (.0024, .0030)], .0004, 1), 24, closed=True), x, -.0342, -.020), mat))
    P.append(assign(front(cyl(.0023, -.002, .0002, 0, 12), x, -.0342, -.020), "print_black"))
P.append(assign(move(tube_z(.0062, .0095, .048, .062, .001, 24), 0, -.017, 0), "brass_nickel"))
P.append(assign(move(hex_body(.020, -.062, -.048), 0, -.017, 0), "plastic_black"))
P.append(assign(hose([(0, -.017, -.058), (0, -.017, -.074), (-.016, -.016, -.092), (-.046, -.015, -.092), (-.086, -.014, -.066), (-.118, -.012, -.050)], .0032, 5, 8), "plastic_yellow"))
node("box", root, (0, 0, 0), join(*P))
plug = [assign(move(lathe(fillet([(0, .056, 0), (.0080, .056), (.0098, .060), (.0098, .074), (.0070, .078), (.0070, .096, .002), (.0032, .100), (0, .100, 0)], .0006, 1, False), 24), 0, -.017, 0), "plastic_black"),
        assign(move(lathe(fillet([(.0096, .060), (.0104, .061), (.0104, .073), (.0096, .074)], .0004, 1), 18, closed=True), 0, -.017, 0), "brass_nickel"),
        assign(hose([(0, -.017, .097), (0, -.017, .115), (-.020, -.016, .129), (-.050, -.015, .116), (-.076, -.015, .060), (-.094, -.014, .0), (-.118, -.012, -.035)], .0024, 5, 8), "plastic_yellow")]
node("plug", root, (0, -.017, .060), join(*plug), **joint("prismatic", (0, 0, 1), 0, .020))
for n, (x, _) in SOCK.items():
    anchor("probe", str(n), root, (x, -.0370, -.020), z=(0, -1, .25), x=(1, 0, 0))
anchor("snap", "plug", root, (0, -.017, .056), z=(0, 0, 1), x=(1, 0, 0))
anchor("view", "face", root, (0, -.34, .10), z=(0, -.34, .10), x=(1, 0, 0))
finish(root, ao=.02)
