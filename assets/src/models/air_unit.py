"""Compressed air unit G1/4: lockable 3/2 dump valve, filter regulator with gauge 0-1 MPa (42 mm), bowl, silencer; 190 mm wide on a bracket
(pattern: modular units of 46 mm). Origin: middle of the bracket's back, between valve and regulator; front: -Y.

valve: 0 = open (grip along the pipe), 90 = shut and vented; a padlock goes through the lug when it is shut. needle: 0-1000 kPa over 270 degrees.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import front, slab

root = start("air_unit", asset="air_unit", domain="manufacturing")
P = []
add = lambda ob, mat: P.append(assign(ob, mat))
CY, VX, RX = -.062, -.052, .040                       # pipe axis, valve, regulator
add(slab(-.075, .075, -.003, 0, -.020, .050, .0008), "zinc")
for x in (VX, RX):
    add(slab(x - .012, x + .012, CY, -.001, -.008, .008, .001), "zinc")
for x, y in ((-.060, .038), (.060, .038)):
    add(front(hex_body(.010, 0, .006, both=False), x, -.003, y), "zinc")
add(slab(VX - .026, VX + .026, CY - .026, CY + .026, -.026, .030, .004, 2), "zinc")
add(slab(RX - .027, RX + .027, CY - .026, CY + .026, -.022, .026, .004, 2), "zinc")
add(slab(VX + .026, RX - .027, CY - .020, CY + .020, -.018, .018, .002), "plastic_black")
pipe = lambda x0, x1, r: move(spin(cyl(r, x0, x1, .001, 20), "y", 90), 0, CY, 0)
add(pipe(VX - .045, VX - .026, .0105), "brass")
add(pipe(RX + .027, RX + .044, .0105), "brass")
add(pipe(VX - .060, VX - .045, .0070), "plastic_blue")
add(hose([(VX - .058, CY, 0), (VX - .076, CY, -.004), (VX - .088, CY + .012, -.030), (VX - .084, CY + .034, -.110), (VX - .078, CY + .044, -.30), (VX - .078, CY + .044, -.55), (VX - .079, CY + .060, -.608), (VX - .081, CY + .120, -.615), (VX - .083, CY + .50, -.615)], .005, 5, 10), "plastic_blue")
add(hose([(RX + .042, CY, 0), (RX + .056, CY, .004), (RX + .064, CY + .012, .030), (RX + .058, CY + .034, .090), (RX + .020, CY + .068, .138), (RX - .020, CY + .090, .152)], .004, 5, 10), "plastic_blue")
add(move(lathe(fillet([(0, -.026, 0), (.009, -.026), (.009, -.034), (.0105, -.036), (.0105, -.062, .003), (0, -.064, 0)], .001, 1, False), 18), VX, CY, 0), "brass")   # silencer
add(move(lathe(fillet([(0, .024, 0), (.020, .024), (.020, .034), (.017, .037), (.0195, .042), (.0195, .072, .003), (0, .073, 0)], .001, 2, False), 32), RX, CY, 0), "plastic_black")   # knob
for k in range(18):
    add(move(spin(box(.0016, .0022, .026, 0, 1, at=(0, .0196, .057)), "z", 20 * k), RX, CY, 0), "plastic_black")
bowl = lathe(fillet([(.0205, -.020), (.0205, -.075, .004), (.0150, -.088, .004), (.006, -.094), (0, -.094)], .001, 2, False), 28)
guard = [assign(move(spin(box(.0045, .003, .060, .001, 1, at=(0, .0225, -.048)), "z", 45 + 90 * k), RX, CY, 0), "plastic_black") for k in range(4)]
P += guard
add(move(tube_z(.0200, .0240, -.030, -.020, .001, 28), RX, CY, 0), "plastic_black")
add(move(tube_z(.0205, .0240, -.080, -.074, .001, 28), RX, CY, 0), "plastic_black")
add(move(cyl(.005, -.104, -.092, .001, 12), RX, CY, 0), "brass")
GYF = CY - .026                                       # gauge
case = lathe(fillet([(0, 0, 0), (.0075, 0), (.0075, .006), (.0215, .010, .002), (.0225, .012), (.0225, .0245, .0015), (.0205, .0245, .0006), (.0205, .0205, 0), (0, .0205, 0)], .0008, 1, False), 36)
add(front(case, RX, GYF, .002), "plastic_black")
P.append(front(decal("air_dial", .0405, .0405), RX, GYF - .0206, .002))
P.append(front(decal("air_label", .050, .0275), VX, CY - .0264, .002))
node("unit", root, (0, 0, 0), join(*P))
node("bowl", root, (RX, CY, 0), assign(move(bowl, RX, CY, 0), "poly_smoke"))
needle = prism([(-.0007, -.006), (.0007, -.006), (.0005, .011), (.0002, .0172), (-.0002, .0172), (-.0005, .011)], .0008, .0013, .0002)
needle = join(assign(needle, "print_red"), assign(cyl(.0020, .0002, .0020, .0004, 14), "print_black"))
needle = spin(needle, "z", 135)                       # built to the top, then back to 0
node("needle", root, (RX, GYF - .0206, .002), front(needle, RX, GYF - .0206, .002), **joint("revolute", (0, 1, 0), 0, 270, unit="kPa", value_lower=0.0, value_upper=1000.0))
node("glass", root, (RX, GYF - .0235, .002), assign(front(lathe([(.0204, 0), (0, .0002)], 28), RX, GYF - .0238, .002), "poly_clear"))
# the valve's handle on top: grip along the pipe = open; its lug meets the fixed lug when shut
TZ = .030
hub = assign(lathe(fillet([(0, 0, 0), (.0165, 0), (.0165, .010), (0, .010, 0)], .002, 2, False), 28), "plastic_red")
grip = assign(prism(fillet([(-.036, -.0085), (.036, -.0085), (.036, .0085), (-.036, .0085)], .007, 4), .006, .020, .003, n=2), "plastic_red")
arrow = assign(move(prism([(.010, -.003), (.024, -.003), (.024, -.006), (.033, 0), (.024, .006), (.024, .003), (.010, .003)], 0, .0006, .0001), 0, 0, .0198), "print_white")
node("valve", root, (VX, CY, TZ), move(join(hub, grip, arrow), VX, CY, TZ), **joint("revolute", (0, 0, -1), 0, 90))
lug = prism(fillet([(-.011, 0), (.011, 0), (.011, .020), (-.011, .020)], .005, 3), 0, .003, .0006, holes=[circle(.0042, 16, 0, .012)[::-1]])
node("hasp", root, (VX, CY - .040, TZ), assign(join(front(lug, VX, CY - .040, TZ + .004), slab(VX - .011, VX + .011, CY - .043, CY - .024, TZ - .002, TZ + .0045, .0008)), "steel"))
anchor("snap", "air_hasp", root, (VX, CY - .0415, TZ + .014), z=(0, 0, 1), x=(1, 0, 0), accepts="safety_padlock")
anchor("snap", "air_tag", root, (VX - .012, CY - .050, TZ + .006), z=(0, 0, 1), x=(1, 0, 0), accepts="lock_tag")
anchor("grab", "valve", root, (VX, CY, TZ + .020), z=(0, 0, 1), x=(1, 0, 0))
anchor("view", "needle", root, (RX, GYF - .30, .06), z=(0, -.30, .05), x=(1, 0, 0))
anchor("view", "valve", root, (VX - .05, CY - .42, .20), z=(-.05, -.42, .18), x=(1, 0, 0))
finish(root, ao=.03)
