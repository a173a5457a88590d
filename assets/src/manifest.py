"""Rewrite the named models' entries in assets/MANIFEST.json, or check all of them.

    /usr/bin/python3 manifest.py NAME ...     after a build
    /usr/bin/python3 manifest.py --check      every built file and script against the manifest; exit 1 on a difference
"""
import hashlib
import json
import os
import sys
import numpy as np

SRC = os.path.dirname(os.path.abspath(__file__))
MODELS, FILE = os.path.join(SRC, "..", "models"), os.path.join(SRC, "..", "MANIFEST.json")


def sha(*paths):
    h = hashlib.sha256()
    for p in paths:
        with open(p, "rb") as f:
            h.update(f.read())
    return h.hexdigest()


def matrix(n):
    t, (x, y, z, w), s = n.get("translation", (0, 0, 0)), n.get("rotation", (0, 0, 0, 1)), n.get("scale", (1, 1, 1))
    m = np.eye(4)
    m[:3, :3] = np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                          [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                          [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]]) * s
    m[:3, 3] = t
    return m


def entry(name):
    path = os.path.join(MODELS, name + ".gltf")
    with open(path) as f:
        g = json.load(f)
    tris, draws, lo, hi = 0, 0, np.full(3, np.inf), np.full(3, -np.inf)

    def walk(i, up):
        nonlocal tris, draws, lo, hi
        n = g["nodes"][i]
        m = up @ matrix(n)
        if "mesh" in n:
            for p in g["meshes"][n["mesh"]]["primitives"]:
                a = g["accessors"][p["attributes"]["POSITION"]]
                tris += g["accessors"][p["indices"]]["count"] // 3
                draws += 1
                for k in range(8):
                    c = [(a["max"] if k >> q & 1 else a["min"])[q] for q in range(3)]
                    v = (m @ [*c, 1])[:3]
                    lo, hi = np.minimum(lo, v), np.maximum(hi, v)
        for c in n.get("children", ()):
            walk(c, m)
    for r in g["scenes"][g.get("scene", 0)]["nodes"]:
        walk(r, np.eye(4))
    return dict(triangles=tris, draws=draws, box_m=[[round(float(v), 4) + 0.0 for v in lo], [round(float(v), 4) + 0.0 for v in hi]],
                sha256=sha(path, path[:-5] + ".bin"), script_sha256=sha(os.path.join(SRC, "models", name + ".py")))


def load():
    if not os.path.exists(FILE):
        return {}
    with open(FILE) as f:
        return json.load(f)


def main(args):
    have = load()
    if args == ["--check"]:
        built = sorted(f[:-5] for f in os.listdir(MODELS) if f.endswith(".gltf"))
        bad = [f"{n}: built, not in the manifest" for n in built if n not in have]
        bad += [f"{n}: in the manifest, not built" for n in have if n not in built]
        bad += [f"{n}: differs from the manifest: " + ", ".join(k for k in have[n] if have[n][k] != e.get(k))
                for n in built if n in have for e in [entry(n)] if e != have[n]]
        print("\n".join(bad) or f"{len(built)} models agree with the manifest")
        return 1 if bad else 0
    for n in args:
        have[n] = entry(n)
    have = {n: e for n, e in sorted(have.items()) if os.path.exists(os.path.join(MODELS, n + ".gltf"))}
    lines = [f"  {json.dumps(n)}: {json.dumps(e)}" for n, e in have.items()]
    with open(FILE, "w") as f:
        f.write("{\n" + ",\n".join(lines) + "\n}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
