# One who puts the headset on for the first time is asked how they want it, by pointing and one button; it is so then, is kept, and can be
# changed from the menu.
import math
import os
import subprocess

from hands import expect, run

KEPT = "/tmp/home/config/headset.yaml"


def work(h):
    h.page("wearer")
    h.until(lambda s: s["headset"]["phase"] == "focused", 60, "the headset's focus")
    expect(not os.path.exists(KEPT), "nobody was asked yet")
    h.remote.head.pos = (0, 1.2, 0)  # one who sits
    h.height = 1.2
    h.remote.send()
    h.fresh(3)
    h.readable("questions", 1.3, 98)
    for answer in ("Left", "Seated", "90°", "Glide"):
        h.press(answer)
    h.press("Done", lambda s: s["page"] != "wearer")
    expect(open(KEPT).read() == "hand: left\nheight: seated\nturn: 90\ntext: normal\nmove: glide\n", "the answers are kept: %s" % open(KEPT).read())
    s = h.page("work")
    expect(abs(s["eye"][1] - 1.62) < 0.02, "who sits sees as if standing: %s" % s["eye"])
    h.stand(s["eye"][0], s["eye"][2])
    right = h.remote.right

    def turn(degrees):
        yaw = h.look()["headset"]["rig"][3]
        right.thumbstick = (1, 0)
        h.remote.send()
        h.until(lambda s: abs(math.remainder(s["headset"]["rig"][3] - yaw + math.radians(degrees), 2 * math.pi)) < 0.01, 20, "a turn of %d degrees" % degrees)
        right.thumbstick = (0, 0)
        h.remote.send()
        h.fresh(4)
    turn(90)
    turn(90)

    h.rest()
    at = h.look()["eye"]
    right.thumbstick = (0, 1)
    h.remote.send()
    h.until(lambda s: math.dist(s["eye"], at) > 0.4 and s["headset"]["tunnel"], 20, "gliding, with the edge dark")
    right.thumbstick = (0, 0)
    h.remote.send()
    h.until(lambda s: s["eye"] == h.fresh(1)["eye"], 20, "to stand still")
    h.place = (h.line["eye"][0], h.line["eye"][2])

    h.press("work order", lambda s: s["page"] == "sheet")
    h.readable("work order", 1.3, 98)
    h.press("Back", lambda s: s["page"] == "work")
    h.rest()
    h.readable("board", 1.3, 98)
    h.press("menu", lambda s: s["page"] == "pause")
    h.readable("menu", 1.3, 98)
    h.press("Headset", lambda s: s["page"] == "wearer")
    h.press("Large")
    h.press("15°")
    h.press("Done", lambda s: s["page"] == "pause")
    h.fresh(3)
    h.readable("large menu", 1.6, 98)
    h.press("Go on", lambda s: s["page"] == "work")
    turn(15)
    h.rest()
    h.readable("large board", 1.6, 98)
    h.press("work order", lambda s: s["page"] == "sheet")
    h.readable("large work order", 1.3, 98)
    h.press("Back", lambda s: s["page"] == "work")
    expect("turn: 15\ntext: large" in open(KEPT).read(), "the change is kept")

    # A disk that takes nothing: what was answered counts all the same, and why it will be asked again is told.
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", os.path.dirname(KEPT)], check=True)
    h.press("menu", lambda s: s["page"] == "pause")
    h.press("Headset", lambda s: s["page"] == "wearer")
    h.press("45°")
    h.press("Done", lambda s: s["page"] == "pause")
    h.until(lambda s: any("could not be kept" in m and "Read-only" in m for m in s["messages"]), 20, "to be told that it is not kept")
    h.press("Go on", lambda s: s["page"] == "work")
    turn(45)


run("wearer", "the wearer was asked, and it was so", ["play", "auto-repair/wheel-change", "--vr", "--lang", "en", "--mode", "practice", "--seed", "7", "--tier", "low", "--vr-scale", "0.5"], work, answers=None)
