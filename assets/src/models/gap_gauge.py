"""Setting block for the sensing gap: step block 3 / 4 / 5 mm of brass on a handle, 118 mm long; the middle step is the nominal gap. Lies flat, steps to +X.
Origin: middle of the handle."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import slab

root = start("gap_gauge", asset="gap_gauge", domain="manufacturing")
grip = prism(fillet([(-.052, -.011), (.018, -.011), (.026, -.008, .004), (.026, .008, .004), (.018, .011), (-.052, .011)], .005, 4), 0, .008, .0012, holes=[circle(.0035, 16, -.043, 0)[::-1]])
grip = assign(grip, "plastic_blue")
steps = []
for x0, x1, t in ((.024, .038, .005), (.038, .052, .004), (.052, .066, .003)):
    steps.append(assign(slab(x0, x1, -.009, .009, .004 - t / 2, .004 + t / 2, .0003, 1), "brass"))
face = move(decal("gap_gauge_label", .052, .0155), -.010, 0, .00805)
node("block", root, (0, 0, 0), join(grip, *steps, face))
anchor("tool", "gap", root, (.045, 0, .002), z=(0, 0, -1), x=(1, 0, 0), gap_m=.004)
anchor("grab", "hand", root, (-.015, 0, .004), z=(0, 0, 1), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0), lie="1")
finish(root, ao=.01)
