# What a body does in a headset: goes by arc and by stick, turns in steps, takes with a fist and lets go of it at a place, presses with a finger,
# lets go of the headset and connects it again.
import math
import os
import subprocess
import sys

from hands import expect, run


def feet(s):
    return (s["eye"][0], s["eye"][2])


def work(h):
    h.page("work")
    h.until(lambda s: s["headset"]["phase"] == "focused", 60, "the headset's focus")
    right = h.remote.right
    h.stand(3.0, 2.6)

    # The stick pushed ahead shows the arc, let go it goes there; so does a press at the floor.
    def throw(start, stop, what):
        h.remote.head.look(0, 0)
        right.pos = h.tracked((h.place[0], 1.2, h.place[1]))
        right.look(60, -25)
        h.remote.send()
        h.fresh(3)
        from_ = feet(h.look())
        start()
        h.fresh(4)
        expect(feet(h.look()) == from_, "%s: one goes when it is let go, not before" % what)
        stop()
        s = h.until(lambda s: math.dist(feet(s), from_) > 0.3, 20, "to be somewhere else by " + what)
        lower, upper = s["floor"]["lower"], s["floor"]["upper"]
        expect(lower[0] <= s["eye"][0] <= upper[0] and lower[1] <= s["eye"][2] <= upper[1], "outside the place: %s" % s["eye"])
        h.note("%s: %.2f m" % (what, math.dist(feet(s), from_)))

    def stick(x, y):
        right.thumbstick = (x, y)
        h.remote.send()
    throw(lambda: stick(0, 1), lambda: stick(0, 0), "stick")
    h.stand(3.0, 2.6)
    throw(lambda: h.trigger(True), lambda: h.trigger(False), "press")

    # Aside the stick turns in steps, once a push.
    yaw, at = h.look()["headset"]["rig"][3], feet(h.look())
    for n in (1, 2):
        stick(-1, 0)
        h.until(lambda s: abs(s["headset"]["rig"][3] - yaw - n * math.pi / 6) < 0.01, 20, "%d steps of turning" % n)
        h.fresh(5)
        expect(abs(h.look()["headset"]["rig"][3] - yaw - n * math.pi / 6) < 0.01, "one push, one step")
        stick(0, 0)
        h.fresh(3)
    expect(math.dist(feet(h.look()), at) < 0.02, "turning moved the head: %s, %s" % (at, feet(h.look())))
    h.note("turned")

    # A fist takes what is meant and, opened where a place is meant, puts it there; in the air it keeps it.
    h.stand(1.95, 0.3)
    h.choose("wheel_brace", "take ")
    right.button("squeeze", True)
    h.remote.send()
    h.until(lambda s: s["held"] == "wheel_brace", 20, "the fist to take it")
    h.rest()
    right.button("squeeze", False)
    h.remote.send()
    h.fresh(4)
    expect(h.look()["held"] == "wheel_brace", "let go in the air it stays in the hand")
    right.button("squeeze", True)
    h.remote.send()
    h.fresh(3)
    h.choose("trolley.wheel_brace", "put ")
    right.button("squeeze", False)
    h.remote.send()
    h.until(lambda s: s["held"] == "", 20, "the open hand to put it back")
    h.note("fist")

    # A finger tip presses a button of the board.
    h.rest()
    at = h.spot("work order")
    panel = h.look()["headset"]["panels"][0]
    a, d = panel["across"], panel["down"]
    out = [d[1] * a[2] - d[2] * a[1], d[2] * a[0] - d[0] * a[2], d[0] * a[1] - d[1] * a[0]]  # down x across: to the reader
    size = math.hypot(*out)
    out = [c / size for c in out]
    h.point(at)
    for gap in (0.2, 0.04, 0.0):
        at = h.spot("work order") or at
        right.pos = h.tracked([p + c * gap for p, c in zip(at, out)])
        right.look_at(*h.tracked([p - c for p, c in zip(at, out)]))
        h.remote.send()
        h.fresh(4)
    right.pos = h.tracked([p + c * 0.2 for p, c in zip(at, out)])
    h.remote.send()
    h.page("sheet", 20)
    h.press("Back", lambda s: s["page"] == "work")
    h.note("finger")

    # A head that goes into the car sees nothing; it comes back the way it went.
    right.look(0, 89)
    for x in (1.6, 1.2, 0.75):
        h.stand(x, 0.3, 0.8)
        h.fresh(3)
    h.until(lambda s: s["headset"]["dark"], 20, "a head in the car to see nothing")
    expect(any("inside something" in m for m in h.look()["messages"]), "why is told: %s" % h.line["messages"])
    for x in (1.2, 1.6):
        h.stand(x, 0.3, 0.8)
    h.until(lambda s: not s["headset"]["dark"], 20, "a head beside the car to see")
    # Nor does it go through a pane, which sight and rays go through.
    for x in (1.6, 1.2, 0.85, 0.5):
        h.stand(x, -0.6, 1.3)
        h.fresh(3)
    h.until(lambda s: s["headset"]["dark"], 20, "a head through the car's window to see nothing")
    for x in (0.85, 1.2, 1.6):
        h.stand(x, -0.6, 1.3)
    h.until(lambda s: not s["headset"]["dark"], 20, "a head before the window to see")
    h.stand(1.95, 0.3)
    h.note("head")

    # F8 at the window lets go of the headset; the attempt goes on there; F8 connects it again.
    if os.path.exists("/usr/bin/xdotool"):
        def key():
            subprocess.run(["xdotool", "key", "F8"], check=True)
        events = h.look()["events"]
        key()
        h.until(lambda s: s.get("headset", {}).get("phase", "off") == "off", 20, "the headset to be let go of")
        then = h.look()["t_ms"]
        h.until(lambda s: s["t_ms"] > then + 300, 20, "the clock to run on at the screen")
        key()
        h.until(lambda s: s.get("headset", {}).get("phase") == "focused", 60, "the headset to be connected again")
        expect(h.look()["events"] >= events, "the same attempt")  # a fresh one would begin with none; letting go may stop the clock for a moment
        h.note("F8")

    # Over a list that is longer than its panel the stick scrolls: the marks of the result.
    h.stand(1.95, 0.3)
    h.press("menu", lambda s: s["page"] == "pause")
    h.press("Hand in")
    h.press("Yes, hand in", lambda s: s["page"] == "result")

    def places():
        return {d[2]: d[4] for d in h.look()["drawn"] if d[0] and d[1] != "input"}
    h.fresh(2)
    h.readable("result", 1.3, 98)
    p, top = h.look()["headset"]["panels"][0], places()
    h.point([c + 400 * a + 420 * d for c, a, d in zip(p["corner"], p["across"], p["down"])])
    h.until(lambda s: s["headset"]["on_panel"], 20, "the ray to be on the list")
    stick(0, -1)
    h.until(lambda s: any(top.get(text, y) != y for text, y in places().items()), 20, "the list to scroll down")
    stick(0, 1)
    h.until(lambda s: places() == top, 20, "the list to scroll up again")
    h.note("scrolled")


run("comfort", "one can go, turn, grasp and press", ["play", "auto-repair/wheel-change", "--vr", "--lang", "en", "--mode", "practice", "--seed", "7", "--tier", "low", "--vr-scale", "0.5"], work)
