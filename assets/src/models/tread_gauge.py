"""Digital tread depth gauge. Origin at the pin's tip, pin towards -Y in the file, face to the front (+Z).

The pin stands still, `gauge_body` slides on it: file pose = 10 mm of pin below the foot, so depth = 10 mm + slide.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

OUT = .010
root = start("tread_gauge", asset="tread_gauge", domain="auto")


def flat(ob):
    """Built in XY facing +Z, stood up: y -> up, z -> front."""
    return spin(ob, "x", 90)


pin = lathe(fillet([(0, 0, 0), (.0007, 0, .0003), (.0010, .004), (.0010, .028), (.0022, .030), (.0022, .076), (.0022, .078, 0), (0, .078, 0)], .0003, 1, False), 16)
assign(pin, "chrome")
head = lathe(fillet([(0, .0775, 0), (.0045, .0775, .0005), (.0045, .0835, .0015), (0, .0840, 0)], .0005, 2, False), 24)
assign(head, "plastic_red")
node("probe_pin", root, (0, 0, 0), join(pin, head))

foot = prism(fillet([(-.031, OUT, .0015), (.031, OUT, .0015), (.031, OUT + .006, .002), (.013, OUT + .0085, .003), (-.013, OUT + .0085, .003), (-.031, OUT + .006, .002)], .001, 3), -.0055, .0055, .0007)
foot = cut(foot, apply(cyl(.0012, -.01, .01, 0, 12), Matrix(((1, 0, 0, 0), (0, 0, 1, OUT), (0, -1, 0, 0), (0, 0, 0, 1)))))
foot = assign(flat(foot), "brushed")
shape = fillet([(-.0125, .0165, .003), (.0125, .0165, .003), (.0195, .030, .010), (.0195, .0765, .006), (-.0195, .0765, .006), (-.0195, .030, .010)], .004, 5)
case = prism(shape, -.0068, .0060, .0022, n=2)
case = cut(case, move(prism(fillet(rect(.0300, .0180), .0015, 2), .0050, .02, 0), 0, .0605, 0))
assign(case, "plastic_black")
face = prism(fillet([(-.010, .0205, .002), (.010, .0205, .002), (.0165, .032, .008), (.0165, .0735, .004), (-.0165, .0735, .004), (-.0165, .032, .008)], .003, 4), .0055, .0066, .0003,
             holes=[fillet(rect(.0290, .0170, 0, .0605), .0012, 2)[::-1]])
assign(face, "plastic_blue")
lab = move(decal("tread_gauge_face", .030, .0260), 0, .0375, .0067)
btn = [move(cyl(.0030, .006, .0078, .0007, 18, 2), x, .0420, 0) for x in (-.0085, .0085)]
assign(btn[0], "plastic_red")
assign(btn[1], "plastic_grey")
rubs = [assign(move(box(.003, .022, .0085, .001, 2), s * .0190, .050, -.0004), "rubber") for s in (-1, 1)]
body = flat(join(case, face, lab, *btn, *rubs))
bn = node("gauge_body", root, (0, 0, OUT), join(foot, body), **joint("prismatic", (0, 0, 1), -OUT, .0154, pin_out_m=OUT))
lcd = decal("tread_gauge_face", .0284, .0164)
lcd.data.materials.clear()
assign(lcd, "lcd", uv="keep")
node("display", bn, (0, -.00535, .0605), move(flat(lcd), 0, -.00535, .0605), slot="display", width_m=.0284, height_m=.0164)
anchor("tool", "tip", root, (0, 0, 0), z=(0, 0, -1), x=(1, 0, 0))
anchor("grab", "hand", root, (0, 0, .048), z=(0, -1, 0), x=(1, 0, 0))
anchor("snap", "rest", root, (0, .0068, .042), z=(0, -1, 0), x=(1, 0, 0))
anchor("view", "display", root, (0, -.20, .0605), z=(0, -1, 0), x=(1, 0, 0))
finish(root, ao=.015)
