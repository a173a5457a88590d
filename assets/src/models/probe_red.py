"""Test probe, red, CAT III 1000 V: needle 4 mm dia with sleeve, barrier flange, handle 110 mm (IEC 61010-031), and the first 0.2 m of its lead.
Origin: the needle's point; the handle stands away from the spot (+Z)."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

MAT = "plastic_red"
root = start("probe_red", asset="probe_red", domain="manufacturing")
needle = assign(lathe([(0, 0), (.0004, .0006), (.0010, .005), (.0010, .022), (0, .022)], 12), "chrome")
sleeve = assign(lathe([(.0011, .0042), (.0021, .0050), (.0021, .021), (0, .021)], 14), MAT)
body = lathe(fillet([(0, .020, 0), (.0042, .020), (.0052, .034, .004), (.0052, .040), (.0098, .042, .001), (.0098, .0455, .001), (.0060, .048), (.0068, .075, .03), (.0056, .118, .004), (.0046, .126), (.0032, .146), (0, .146, 0)], .0008, 2, False), 24)
body = assign(body, MAT)
rings = [assign(lathe(fillet([(.0058, .056 + .006 * k), (.00735, .057 + .006 * k), (.00735, .059 + .006 * k), (.0058, .060 + .006 * k)], .0005, 1), 20, closed=True), "rubber") for k in range(6)]
lead = assign(hose([(0, 0, .140), (0, .002, .170), (.006, .018, .205), (.020, .052, .205), (.030, .085, .165), (.030, .100, .095)], .0019, 5, 8), MAT)
node("probe", root, (0, 0, 0), join(needle, sleeve, body, *rings, lead))
anchor("tool", "tip", root, (0, 0, 0), z=(0, 0, -1), x=(1, 0, 0))
anchor("grab", "hand", root, (0, 0, .080), z=(0, -1, 0), x=(0, 0, 1))
finish(root, ao=.012)
