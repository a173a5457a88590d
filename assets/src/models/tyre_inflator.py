"""Tyre inflator gun with a 0-600 kPa dial (66 mm), paddle lever, hose with clip-on chuck. Origin: middle of the grip.

Held level, front (gauge) away from the user, dial up. Needle: angle 0 = 0 kPa, 270 degrees clockwise = 600 kPa.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

GY, GZ = -.082, .016                      # dial centre, dial plane
root = start("tyre_inflator", asset="tyre_inflator", domain="auto")


def lay(ob, y=0.0, z=0.0):
    """A part turned about local Z, laid along Y (z -> back)."""
    return move(spin(ob, "x", -90), 0, y, z)


# --- cast body with grip -----------------------------------------------------------------------------
body = cast([lay(lathe(fillet([(0, -.045, 0), (.0150, -.045, .004), (.0150, -.020, .006), (.0125, .000, .02), (.0135, .050, .02), (.0150, .080, .006), (.0105, .088, .002), (0, .088, 0)], .002, 3, False), 24)),
             move(box(.026, .034, .032, .005), 0, -.040, -.003), move(cyl(.024, -.016, .008, .003, 32), 0, GY, 0),
             move(box(.020, .030, .018, .004), 0, GY + .030, -.004), move(box(.008, .020, .020, .002), 0, -.030, -.020)], voxel=.0016, smooth=5, tris=1600)
assign(body, "cast_alu")
wrap = lathe([(.0120, -.010)] + [q for k in range(9) for q in ((.0147, -.008 + .0085 * k), (.0158, -.0055 + .0085 * k), (.0158, -.0025 + .0085 * k))] + [(.0120, .071)], 20)
assign(wrap, "rubber")
wrap = lay(wrap)
inlet = lay(lathe(fillet([(0, .084, 0), (.0085, .084, 0), (.0085, .092), (.0060, .093), (.0060, .100), (.0045, .101), (.0060, .104), (.0060, .110), (.0030, .111, .0005), (0, .108, 0)], .0006, 1, False), 20))
assign(inlet, "brass")

# --- gauge -----------------------------------------------------------------------------------------------
case = lathe(fillet([(0, -.006, 0), (.033, -.006, .003), (.0345, .010, .001), (.0345, .0215, .0015), (.0318, .0215, .0008), (.0318, GZ - .0004, 0), (0, GZ - .0004, 0)], .001, 1, False), 36)
assign(case, "chrome")
disc = cyl(.0317, GZ - .001, GZ - .0002, .0001, 48)
assign(disc, "print_white")
boot = lathe(fillet([(.0300, -.0085), (.0365, -.0085, .003), (.0385, -.002), (.0372, .006, .002), (.0385, .013), (.0378, .0235, .002), (.0335, .0235, .001), (.0346, .018), (.0346, -.005), (.0300, -.006)], .0008, 1), 36, closed=True)
assign(boot, "rubber")
face = move(spin(decal("pressure_dial", .0625, .0625), "z", 180), 0, 0, GZ + .0001)
gauge = [move(o, 0, GY, 0) for o in (case, disc, boot, face)]

# --- hose, chuck --------------------------------------------------------------------------------------------
fit = lathe(fillet([(0, 0, 0), (.0075, 0), (.0075, .010), (.0062, .013), (.0062, .026), (.0055, .028), (0, .028, 0)], .0006, 1, False), 18)
assign(fit, "brass")
fit = move(spin(fit, "y", -90), -.034, GY, -.001)
HZ = -.012
pts = [(-.060, GY, -.001), (-.072, GY + .002, -.004), (-.085, GY + .018, -.008), (-.0885, GY + .05, HZ), (-.0885, .000, HZ), (-.0870, .040, HZ), (-.0780, .072, HZ), (-.0600, .082, HZ), (-.0440, .070, HZ), (-.0400, .046, HZ), (-.0395, .030, HZ)]
hose_ = assign(hose(pts, .0052, 4, 10), "rubber")
ferr = assign(move(spin(lathe(fillet([(0, 0, 0), (.0066, 0), (.0066, .016), (0, .016, 0)], .0008, 1, False), 18), "x", 90), -.0395, .034, HZ), "brass")
cb = lathe(fillet([(0, .014, 0), (.0062, .014), (.0062, .020), (.0080, .023), (.0080, .046), (.0088, .048), (.0088, .056), (.0058, .0575), (.0045, .052), (0, .052, 0)], .0006, 1, False), 22)
cb = assign(move(spin(cb, "x", 90), -.0395, .034, HZ), "chrome")
clip = prism(fillet([(.0050, -.014, .002), (.0105, -.016), (.0150, .014, .003), (.0165, .014), (.0130, -.020, .003), (.0050, -.0215)], .0012, 2), -.0045, .0045, .0005)
clip = assign(move(spin(clip, "y", -90), -.0395, .002, HZ + .0), "zinc")
node("inflator_body", root, (0, 0, 0), join(body, wrap, inlet, *gauge, fit, hose_, ferr, cb, clip))

# --- lever, needle, bleed button --------------------------------------------------------------------------
lev = prism(fillet([(-.034, -.013), (-.034, -.021), (-.020, -.0265, .006), (.060, -.0335, .004), (.072, -.036, .003), (.073, -.033), (.060, -.0300, .004), (-.018, -.0225, .006), (-.027, -.018), (-.027, -.013)], .0015, 2), -.0085, .0085, .0012)
lev = apply(lev, Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1))))
assign(lev, "paint_red")
pinx = assign(move(spin(cyl(.0022, -.0155, .0155, .0005, 12), "y", 90), 0, -.0305, -.0165), "zinc")
node("trigger", root, (0, -.0305, -.0165), join(lev, pinx), **joint("revolute", (1, 0, 0), 0, 9))
btn = assign(move(spin(cyl(.0055, .010, .0185, .001, 20, 2), "y", 90), 0, -.042, 0), "plastic_red")
node("bleed_button", root, (.0185, -.042, 0), btn, **joint("prismatic", (-1, 0, 0), 0, .003))
needle = prism([(-.0011, -.0075), (.0011, -.0075), (.0009, .014), (.0003, .0255), (-.0003, .0255), (-.0009, .014)], .0006, .0012, .0002)
assign(needle, "print_red")
capn = cyl(.0030, .0002, .0020, .0006, 20)
assign(capn, "print_black")
needle = spin(join(needle, capn), "z", 180 + 135)     # built pointing to the dial's top (-Y), then back to 0 kPa
node("needle", root, (0, GY, GZ), move(needle, 0, GY, GZ), **joint("revolute", (0, 0, -1), 0, 270, unit="kPa", value_lower=0.0, value_upper=600.0))
anchor("tool", "chuck", root, (-.0395, .034 - .0575, HZ), z=(0, -1, 0), x=(1, 0, 0), fits="valve_stem")
anchor("grab", "hand", root, (0, 0, 0), z=(0, 0, 1), x=(0, -1, 0))
anchor("grab", "chuck", root, (-.0395, .005, HZ), z=(0, 0, 1), x=(0, -1, 0))
anchor("snap", "rest", root, (-.0280, -.005, -.036), z=(0, 0, 1), x=(-1, 0, 0))
anchor("view", "dial", root, (0, GY + .05, .22), z=(0, .2, 1), x=(-1, 0, 0))
finish(root, ao=.025)
