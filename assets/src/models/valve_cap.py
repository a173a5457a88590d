"""Valve cap, 8.5 x 11 mm. Origin: thread seat (open end), axis out = +Y of the file."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("valve_cap", asset="valve_cap", domain="auto")
n = 20
loop = lambda r, z, k=0.0: [Vector(((r - k * (i % 2)) * math.cos(math.tau * i / n), (r - k * (i % 2)) * math.sin(math.tau * i / n), z)) for i in range(n)]
cap = loft([loop(.0039, .0035), loop(.0039, 0), loop(.0046, .0), loop(.0049, .0004), loop(.0049, .0022), loop(.0047, .0026, .0006), loop(.0045, .0095, .0006), loop(.0038, .0106), loop(.0030, .0110)])
assign(cap, "print_black")
node("cap", root, (0, 0, 0), cap)
anchor("grab", "valve_cap", root, (0, 0, .006), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.004)
