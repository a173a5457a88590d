# Starts in the headset, draws, tells where what can be pressed hangs, and ends after so many pictures; both eyes are kept.
import os
import sys

from hands import expect, run
from picture import picture

shot = os.path.abspath(sys.argv[2])


def work(h):
    h.page("work")
    s = h.until(lambda s: s["headset"]["phase"] == "focused", 60, "the headset's focus")
    expect("index" in s["headset"]["profiles"][1], "the controllers are told: %s" % s["headset"]["profiles"])
    for label in ("work order", "say", "menu"):
        expect(h.spot(label), "the board has a button \"%s\": %s" % (label, s["drawn"]))
    h.remote.left.hand_tracking_active, h.remote.right.hand_tracking_active = True, False
    h.remote.left.curl = [0.2, 0.2, 0.2, 0.0, 0.3]
    h.remote.send()
    h.until(lambda s: s["headset"]["fingers"] == [True, False], 20, "the fingers of one hand to be seen")
    # Both action sets are attached. The panel's is active for the hand whose ray it has, and then the stick turns nobody.
    expect(s["headset"]["panel_hand"] == -1, "no panel has a ray yet: %s" % s["headset"])
    h.stand(s["eye"][0], s["eye"][2], s["eye"][1])
    yaw = s["headset"]["rig"][3]
    h.mean("menu")
    h.until(lambda s: s["headset"]["panel_hand"] == 1, 20, "the panel's actions to be active")
    h.remote.right.thumbstick = (1, 0)
    h.remote.send()
    h.fresh(6)
    h.rest()  # and a stick that was pushed over a panel goes on being the panel's
    h.fresh(3)
    expect(h.look()["headset"]["rig"][3] == yaw and h.line["headset"]["panel_hand"] == 1, "a stick over a panel turned its wearer")
    h.remote.right.thumbstick = (0, 0)
    h.remote.send()
    h.until(lambda s: s["headset"]["panel_hand"] == -1, 20, "the work's actions alone")
    h.remote.right.thumbstick = (1, 0)
    h.remote.send()
    h.until(lambda s: s["headset"]["rig"][3] != yaw, 20, "a stick in the room to turn its wearer")
    h.remote.right.thumbstick = (0, 0)
    h.remote.send()
    for what in ("action sets work and panel", "an eye, with depth", "the lens of eye 0 hides", "the lens of eye 1 hides"):
        h.await_log(what)
    expect(h.end(240) == 0, "the program ends well:\n" + h.said())
    width, height, rows = picture(shot)
    half = width // 2
    for x in (2, width - 3):
        expect(not any(rows[2][x * 4:x * 4 + 3]), "what the lens hides was drawn: %s" % rows[2][x * 4:x * 4 + 3])
    different = sum(1 for y in range(0, height, 3) for x in range(0, half, 3) if rows[y][x * 4:x * 4 + 3] != rows[y][(x + half) * 4:(x + half) * 4 + 3])
    colors = {bytes(rows[y][x * 4:x * 4 + 3]) for y in range(0, height, 2) for x in range(0, half, 2)}
    expect(len(colors) > 500, "the left eye sees only %d colours" % len(colors))
    expect(different > 1000, "both eyes see the same: %d pixels differ" % different)
    # Monado (25.0) adds a structure of its own to what the program asks of the device, which holds the same in another form.
    complaints = [line for line in h.said().split("\n") if "validation:" in line and "TIMELINE_SEMAPHORE_FEATURES" not in line]
    expect(not complaints, "the validation layer says:\n" + "\n".join(complaints))


run("smoke", "both eyes were drawn and the program ended well",
    ["play", "auto-repair/wheel-change", "--vr", "--lang", "en", "--mode", "practice", "--seed", "7", "--tier", "low", "--vr-frames", "240", "--capture-eyes", shot], work)
