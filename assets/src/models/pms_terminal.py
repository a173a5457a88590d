"""Terminal of the hotel's management system: 21-inch screen on a foot, slim keyboard, keypad of four wide keys 45 x 30 mm before it.

Origin: middle of the place it takes on the table (0.50 x 0.40 m), front to -Y (glTF +Z). Picture 0.460 x 0.270 m, tilted back 8 degrees.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

SW, SH, TILT, CZ, CY = .460, .270, 8.0, .275, .098
# decal("screen_pms") decal("pms_keys"): pictures drawn by the build
root = start("pms_terminal", asset="pms_terminal", domain="hotel")
tilt = Matrix.Translation((0, CY, CZ)) @ Matrix.Rotation(math.radians(90 - TILT), 4, "X")        # XY of the sheet -> upright, faces -Y
foot = assign(move(prism(fillet(rect(.22, .17), .03, 5), 0, .010, .003, n=2), 0, CY + .02, 0), "shell_silver")
neck = assign(sweep([(0, CY + .055, .008), (0, CY + .050, .12), (0, CY + .035, .28)], fillet(rect(.055, .016), .006, 3), up=(0, 1, 0)), "shell_silver")
case = assign(apply(prism(fillet(rect(SW + .020, SH + .022, 0, -.003), .008, 4), -.028, 0, .003, n=2), tilt), "plastic_black")
hub = assign(apply(prism(fillet(rect(.26, .16), .02, 4), -.042, -.026, .006, n=2), tilt), "plastic_black")
led = assign(apply(move(cyl(.0016, 0, .0006, 0, 10), SW / 2 - .012, -SH / 2 - .008, 0), tilt), "led_green")
cable = assign(hose([(.02, CY + .065, .20), (.05, CY + .10, .10), (.03, CY + .115, .015), (-.05, CY + .12, .006), (-.14, CY + .115, .006)], .0032, 5, 8), "rubber")
node("monitor", root, (0, CY, 0), join(foot, neck, case, hub, led, cable))
pic = decal("screen_pms", SW, SH)
pic.data.materials.clear()
assign(pic, "screen_pms", uv="keep")
node("screen", root, (0, CY, CZ), apply(move(pic, 0, 0, .0006), tilt), slot="display", width_m=SW, height_m=SH)

# keyboard: rows of caps in one mesh
KY = -.060
base = assign(move(prism(fillet(rect(.36, .125), .008, 4), 0, .009, .002, n=2), 0, KY, .002), "plastic_black")
caps = []
for r, (n, y) in enumerate(((14, .044), (14, .022), (13, .000), (12, -.022))):
    pitch = .34 / n
    caps += [box(pitch - .0025, .0185, .005, .0012, 1, at=(-.17 + pitch * (k + .5), KY + y, .0135)) for k in range(n)]
caps += [box(w, .0185, .005, .0012, 1, at=(x, KY - .045, .0135)) for x, w in ((-.140, .055), (-.078, .055), (.010, .105), (.088, .036), (.140, .055))]
for c in caps:
    delete_faces(c, lambda q: q.z < .0112)
node("keyboard", root, (0, KY, 0), join(base, assign(join(*caps), "plastic_grey")))

# function keypad
PY, KW, KH = -.158, .045, .030
pad = assign(move(prism(fillet(rect(.222, .048), .008, 4), 0, .010, .002, n=2), 0, PY, .001), "plastic_grey")
node("keypad", root, (0, PY, 0), pad)
for k, n in enumerate(("search", "rooms", "assign", "upload")):
    x = -.078 + .052 * k
    cap = assign(move(prism(fillet(rect(KW, KH), .004, 3), .009, .0165, .0018, n=2), x, PY, .001), ("card_blue", "card_blue", "card_blue", "card_green")[k])
    lab = decal("pms_keys", KW - .006, KH - .005)
    for i, (u, v) in enumerate(((0, 0), (1, 0), (1, 1), (0, 1))):
        lab.data.uv_layers[0].data[i].uv = ((k % 2 + u) / 2, 1 - (k // 2 + 1 - v) / 2)
    node(f"key_{n}", root, (x, PY, .0175), join(cap, move(lab, x, PY, .0178)), **joint("prismatic", (0, 0, -1), 0, .003))
d = Vector((0, -1, math.tan(math.radians(TILT))))
anchor("view", "screen", root, tuple(Vector((0, CY, CZ)) + d * .50), z=tuple(d), x=(1, 0, 0))
anchor("view", "keys", root, (0, PY - .12, .30), z=(0, -.4, 1), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.04, ao_samples=32)
