"""Crank of the car's jack: hook rod with a folding handle. Origin: middle of the hook, rod along +Y in the file (away from the jack)."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("jack_crank", asset="jack_crank", domain="auto")
hk = [(.011 * math.cos(t), 0, .011 * math.sin(t)) for t in [math.radians(-200 + 20 * k) for k in range(15)]]
path = [(hk[0][0] - .0, 0, hk[0][2] + .002)] + hk[1:] + [(.004, 0, .016), (0, 0, .026), (0, 0, .050), (0, 0, .180), (0, 0, .330)]
rod = sweep(spline(path, 2), circle(.0042, 10), up=(0, 1, 0))
eye = move(spin(tube_z(.0042, .0095, -.0055, .0055, .001, 20), "x", 90), 0, 0, .336)
fork = join(move(box(.100, .0032, .016, .0012, 1), .046, .0072, .336), move(box(.100, .0032, .016, .0012, 1), .046, -.0072, .336), move(spin(cyl(.0042, -.0095, .0095, .0008, 14), "x", 90), 0, 0, .336))
arm = assign(join(rod, eye, fork), "zinc")
pin = assign(lathe([(.0040, .336), (.0040, .350), (.0040, .440)], 12), "zinc")
grip = assign(lathe(fillet([(.0038, .350), (.0105, .350, .002), (.0118, .356), (.0105, .395, .02), (.0118, .434), (.0100, .442, .003), (.0038, .442)], .002, 3), 20, closed=True), "plastic_black")
end = assign(move(box(.014, .0178, .016, .002, 1), .090, 0, .336), "zinc")
node("rod", root, (0, 0, 0), join(arm, end))
node("handle", root, (.090, 0, .336), move(join(pin, grip), .090, 0, 0), **joint("revolute", (0, 0, 1), -1e6, 1e6))
anchor("tool", "hook", root, (0, 0, 0), z=(0, 0, -1), x=(1, 0, 0), fits="jack_eye")
anchor("grab", "hand", root, (.090, 0, .396), z=(1, 0, 0), x=(0, 0, 1))
anchor("snap", "rest", root, (.03, .0118, .20), z=(0, -1, 0), x=(0, 0, 1))
finish(root, ao=.02)
