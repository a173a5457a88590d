"""Safety glasses (EN 166): wrap lens 146 mm wide, 52 mm high, side arms 150 mm. As worn: the nose bridge at the origin, lens to -Y, arms to +Y."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("goggles", asset="goggles", domain="manufacturing")


def at(u, v):
    """Lens surface: u -1..1 across, v 0 (bottom) .. 1 (top)."""
    a = u * 1.12
    return Vector((.066 * math.sin(a) / math.sin(1.12) * (1 - .010 * (1 - v)), -.012 - .030 * (math.cos(a) - math.cos(1.12)) / (1 - math.cos(1.12)) + .0035 * (2 * v - 1) ** 2, .0))


def low(u):
    nose = math.exp(-(u / .13) ** 2)
    return -.027 + .020 * nose + .007 * abs(u) ** 3


def high(u):
    return .0205 - .007 * abs(u) ** 4


N, M = 44, 8
front_, back = [], []
for j in range(M + 1):
    for i in range(N + 1):
        u, v = -1 + 2 * i / N, j / M
        p = at(u, v)
        p.z = low(u) + (high(u) - low(u)) * v
        front_.append(p)
quads = [(j * (N + 1) + i, j * (N + 1) + i + 1, (j + 1) * (N + 1) + i + 1, (j + 1) * (N + 1) + i) for j in range(M) for i in range(N)]
lens_ = mesh(front_, quads)
modify(lens_, "SOLIDIFY", thickness=.0022, offset=1)
lens_ = assign(clean(lens_), "poly_smoke")
brow = [Vector(front_[M * (N + 1) + i]) + Vector((0, .0010, .0012)) for i in range(N + 1)]
frame = assign(sweep(brow, fillet(rect(.0052, .0046), .0014, 2)), "plastic_blue")
rim = [Vector(front_[i]) + Vector((0, .0010, -.0004)) for i in range(N + 1)]
rim = assign(sweep(rim, fillet(rect(.0040, .0026), .0009, 2)), "plastic_blue")
pads = [assign(ellipsoid(.0032, .0055, .0085, (s * .0090, -.0385, -.0125), 12), "rubber_grey") for s in (1, -1)]
arms = []
for s in (1, -1):
    arm = [(s * .066, -.012, .008), (s * .0695, .002, .009), (s * .0710, .040, .010), (s * .0700, .085, .009), (s * .0670, .112, .003), (s * .0645, .136, -.017)]
    arms.append(assign(sweep(spline(arm, 5), fillet(rect(.0030, .0125), .0012, 2), scale=lambda t: (1, 1.25 - .65 * t)), "plastic_black"))
    arms.append(assign(move(box(.008, .012, .020, .002, 2), s * .0668, -.010, .008), "plastic_blue"))
node("frame", root, (0, 0, 0), join(frame, rim, *pads, *arms))
node("lens", root, (0, 0, 0), lens_)
anchor("grab", "hand", root, (.0710, .040, .010), z=(1, 0, 0), x=(0, 1, 0))
anchor("snap", "rest", root, (0, .03, -.0275), z=(0, 0, 1), x=(1, 0, 0), lie="1")
finish(root, ao=.015)
