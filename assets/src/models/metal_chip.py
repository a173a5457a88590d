"""Curl of steel swarf, 25 mm: what sticks to a sensor's face. Origin: middle of its foot."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("metal_chip", asset="metal_chip", domain="manufacturing")
pts = [((.0035 + .0088 * (i / 30) ** .8) * math.cos(i * .56), (.0035 + .0088 * (i / 30) ** .8) * math.sin(i * .56), .0012 + .0012 * math.sin(i * .9) ** 2 + .0016 * (i / 30) ** 4) for i in range(31)]
chip = assign(sweep(pts, [(-.0004, -.0011), (-.00005, -.0011), (.0002, .0011), (-.0002, .0011)], scale=lambda t: .35 + .75 * math.sin(math.pi * (.1 + .86 * t))), "turned_alu")
node("chip", root, (0, 0, 0), chip)
anchor("grab", "hand", root, (0, 0, .004), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.006)
