"""Sensor cable M12, yellow, 4.8 mm, in a coil of 200 mm with its two connectors and two ties. Lies flat; origin: middle of the contact plane."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("signal_cable", asset="signal_cable", domain="manufacturing")
R, r = .088, .0024
pts = []
N = 96
for i in range(N + 1):
    t = math.radians(-100 + 1200 * i / N)
    k = R - .004 * math.sin(1.7 * t)
    ring_ = i / N * 1200 / 360
    pts.append((k * math.cos(t), .92 * k * math.sin(t), r + .0030 * ring_ + .0010 * math.sin(2.6 * t)))
a, b = pts[0], pts[-1]
pts = [(a[0] + .050, a[1] + .030, r + .004), (a[0] + .022, a[1] + .006, r + .002), *pts, (b[0] - .010, b[1] - .030, r + .006), (b[0] + .008, b[1] - .060, r + .005)]
parts = [assign(sweep(spline(pts, 1), circle(r, 7)), "plastic_yellow")]
for p, q in ((pts[0], pts[1]), (pts[-1], pts[-2])):
    d = (Vector(p) - Vector(q)).normalized()
    m = d.to_track_quat("Z", "Y").to_matrix().to_4x4()
    body = lathe(fillet([(0, -.004, 0), (.0036, -.004), (.0055, .004), (.0070, .008), (.0070, .026), (.0058, .027), (.0058, .034), (0, .034, 0)], .0005, 1, False), 18)
    nut = lathe(fillet([(.0068, .014), (.0077, .015), (.0077, .026), (.0068, .027)], .0004, 1), 18, closed=True)
    parts.append(apply(join(assign(body, "plastic_black"), assign(nut, "brass_nickel")), Matrix.Translation((p[0], p[1], .0078)) @ m))
for deg in (20, 200):
    c = Vector((R * math.cos(math.radians(deg)), .92 * R * math.sin(math.radians(deg)), .0085))
    u = Vector((math.cos(math.radians(deg)), math.sin(math.radians(deg)), 0))
    loop = [c + u * (.0095 * math.cos(t)) + Vector((0, 0, .0085 * math.sin(t))) for t in [math.tau * k / 16 for k in range(17)]]
    parts.append(assign(sweep(loop, rect(.0008, .0060), up=tuple(Vector((0, 0, 1)).cross(u)), caps=False), "plastic_black"))
node("cable", root, (0, 0, 0), join(*parts))
anchor("grab", "hand", root, (R, 0, .010), z=(0, 0, 1), x=(0, 1, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0), lie="1")
finish(root, ao=.015)
