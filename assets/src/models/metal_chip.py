"""Curl of steel swarf, 25 mm: what sticks to a sensor's face. Origin: middle of its foot."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("metal_chip", asset="metal_chip", domain="manufacturing")
pts = [((.0062 + .00055 * i / 4) * math.cos(i * .52), (.0062 + .00055 * i / 4) * math.sin(i * .52), .0016 + .00050 * i) for i in range(27)]
chip = assign(sweep(pts, [(-.0019, -.0002), (.0019, .0001), (.0019, .0004), (-.0019, .0001)], scale=lambda t: .5 + .6 * math.sin(math.pi * (.1 + .85 * t))), "turned_alu")
node("chip", root, (0, 0, 0), chip)
anchor("grab", "hand", root, (0, 0, .004), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.006)
