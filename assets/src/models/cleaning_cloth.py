"""Microfibre cloth folded twice, 0.20 x 0.15 m, 14 mm high, blue with stitched edge. Origin: middle of the contact plane."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("cleaning_cloth", asset="cleaning_cloth", domain="manufacturing")
n = 17
W, D = .100, .074
layers = []
for k, (z, s) in enumerate(((.0022, 1.0), (.0055, .985), (.0088, .975), (.0118, .955))):
    v = []
    for j in range(n + 1):
        for i in range(n + 1):
            u, w = -1 + 2 * i / n, -1 + 2 * j / n
            rim = max(abs(u), abs(w)) ** 8
            x = (u * W + .0015 * math.sin(9 * w + k)) * s + (.003 if k % 2 else -.002)
            y = (w * D + .0012 * math.sin(8 * u + 2 * k)) * s - .0015 * k
            zz = z + (.0012 * math.sin(7 * u + 1.3 * k) * math.sin(6 * w + k) + .0016 * math.sin(3.1 * u + 2.2 * w + k)) * (.35 + k * .25) - rim * .0022 * (k + 1) * .55
            v.append((x, y, max(zz, .0006)))
    f = [(j * (n + 1) + i, j * (n + 1) + i + 1, (j + 1) * (n + 1) + i + 1, (j + 1) * (n + 1) + i) for j in range(n) for i in range(n)]
    if k == 3:
        layers.append(assign(shade(mesh(v, f), 80), "microfibre"))
    edge = [v[i] for i in range(n + 1)] + [v[(j + 1) * (n + 1) - 1] for j in range(1, n + 1)] + [v[n * (n + 1) + i] for i in range(n - 1, -1, -1)] + [v[j * (n + 1)] for j in range(n - 1, -1, -1)]
    layers.append(assign(shade(sweep([Vector(p) for p in edge], circle(.0021, 6)), 80), "microfibre"))
node("cloth", root, (0, 0, 0), join(*layers))
anchor("tool", "face", root, (0, 0, 0), z=(0, 0, -1), x=(1, 0, 0))
anchor("grab", "hand", root, (0, 0, .012), z=(0, 0, 1), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0), lie="1")
finish(root, ao=.02)
