# A headset whose eyes look apart, through lopsided windows: each eye's picture is what is seen from there alone.
import math
import os
import sys

from hands import expect, run
from picture import picture

shot = os.path.abspath(sys.argv[2])
FOV, CANT, IPD = [[-0.86, 0.70, 0.72, -0.80], [-0.66, 0.90, 0.72, -0.80]], 7.0, 0.066


def work(h):
    h.page("work")
    h.remote.head.set_eyes(fov=FOV, ipd=IPD, cant=CANT)
    h.stand(1.9, 1.6)
    h.point((0.85, 0.55, 1.2))
    s = h.until(lambda s: s["headset"]["phase"] == "focused" and abs(s["headset"]["eyes"][0]["fov"][0] - FOV[0][0]) < 1e-3, 60, "the eyes to be so")
    left, right = s["headset"]["eyes"]
    for eye, fov in zip((left, right), FOV):
        expect(all(abs(a - b) < 1e-3 for a, b in zip(eye["fov"], fov)), "the runtime tells other fields of view: %s" % eye)
    expect(abs(math.dist(left["pos"], right["pos"]) - IPD) < 1e-3, "the eyes' distance: %s" % s["headset"]["eyes"])
    between = 2 * math.degrees(math.acos(min(1.0, abs(sum(a * b for a, b in zip(left["rot"], right["rot"]))))))
    expect(abs(between - 2 * CANT) < 0.1, "the eyes look %.2f degrees apart" % between)
    expect(h.end(180) == 0, "the program ends well:\n" + h.said())
    width, height, both = picture(shot)
    alone = picture(shot[:-4] + "-alone.png")
    expect(alone[:2] == (width, height), "pictures of one size")
    beyond = sum(1 for y in range(height) for x in range(width) if any(abs(both[y][x * 4 + c] - alone[2][y][x * 4 + c]) > 8 for c in range(3)))
    half = width // 2
    apart = sum(1 for y in range(0, height, 2) for x in range(0, half, 2) if both[y][x * 4:x * 4 + 3] != both[y][(x + half) * 4:(x + half) * 4 + 3])
    expect(apart > 2000, "both eyes see the same: %d pixels differ" % apart)
    print("%d x %d: %d of %d pixels are other than alone" % (width, height, beyond, width * height))
    expect(beyond <= width * height // 2000, "%d of %d pixels are other than when each eye is drawn alone" % (beyond, width * height))


run("stereo", "each eye saw what it sees alone",
    ["play", "auto-repair/wheel-change", "--vr", "--lang", "zh-CN", "--mode", "guided", "--seed", "7", "--tier", "low", "--vr-frames", "120", "--capture-eyes", shot], work)
