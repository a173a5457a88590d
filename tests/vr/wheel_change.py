# A whole wheel change by a pair of hands in a headset: the same job as tests/e2e/expert.mjs does by key and mouse.
import os
import sys

from hands import Failed, expect, run

STAR = ["nut_1", "nut_3", "nut_5", "nut_2", "nut_4"]
AT_WHEEL, AT_TROLLEY, AT_RACK, AT_MAT, AT_CHOCKS = (1.55, 1.45), (1.95, 0.3), (2.5, -1.75), (1.95, 1.85), (-1.75, -1.4)
LOW = 0.75
journal = os.path.abspath(sys.argv[2])


def work(h):
    def take(place, item, low=False):
        h.stand(*place, LOW if low else 1.62)
        h.act(item, "take " + item)
        expect(h.look()["held"] == item, "%s is not in the hand" % item)

    def put(place, socket, low=False, how="put "):
        h.stand(*place, LOW if low else 1.62)
        h.act(socket, how)
        expect(h.look()["held"] == "", "still holding " + h.look()["held"])

    h.page("work")
    h.until(lambda s: s["headset"]["phase"] == "focused", 60, "the headset's focus")
    h.stand(*AT_TROLLEY)
    h.act("gloves", "wear gloves")
    h.note("gloves")
    h.stand(1.25, 0.05)
    h.act("car.gear", "set car.gear p")
    h.act("car.park_brake", "set car.park_brake applied")
    h.note("gear and brake")
    for chock, socket in (("chock_1", "car.chock_rr_front"), ("chock_2", "car.chock_rr_rear")):
        take(AT_MAT, chock)
        put(AT_CHOCKS, socket, True, "place ")
    h.note("chocks")
    h.stand(1.55, -1.6)
    h.act("car.placard", "read car.placard")
    h.stand(*AT_RACK, LOW)
    h.act("wheel_spare.date_code", "read wheel_spare.date_code")
    try:
        date = h.told("date code")
    except Failed:
        date = h.told("production date")
    take(AT_TROLLEY, "tread_gauge")
    h.stand(*AT_RACK, LOW)
    tread = 99.0
    for n in (1, 2, 3):
        h.act("wheel_spare.tread_%d" % n, "measure ")
        tread = min(tread, float(h.told("tread groove %d" % n).split()[0]))
    put(AT_TROLLEY, "trolley.tread_gauge")
    take(AT_RACK, "cap_spare", True)
    put(AT_TROLLEY, "tray.cap")
    take(AT_TROLLEY, "inflator")
    h.stand(*AT_RACK, LOW)
    h.act("wheel_spare.valve", "measure ")
    pressure = int(h.told("tyre valve").split()[0])
    put(AT_TROLLEY, "trolley.inflator")
    h.note("inspected: date %s, tread %s mm, pressure %s kPa" % (date, tread, pressure))

    h.press("work order", lambda s: s["page"] == "sheet")
    for field, text in (("Date code of the spare", date), ("Tread depth (least of three grooves)", "%g" % tread), ("Pressure of the spare (cold)", str(pressure))):
        h.fill(field, text)
    h.tick("Verdict on the spare", "Usable as it is" if 220 <= pressure <= 240 else "Usable after setting the pressure")
    h.press("Back", lambda s: s["page"] == "work")
    h.note("work order")

    take(AT_TROLLEY, "wheel_brace")
    h.stand(*AT_WHEEL, LOW)
    for nut in STAR:
        h.hold(nut, "turn %s -" % nut, lambda s: s["torque_dnm"] == 0)
    put(AT_TROLLEY, "trolley.wheel_brace")
    h.note("cracked")
    take(AT_MAT, "jack")
    put((1.6, 0.8), "car.jack_fl", True, "place ")
    h.hold("jack", "raise jack", lambda s: s["clear_um"] >= 30000)
    expect(h.look()["clear_um"] < 50000, "raised too far: %s" % h.look()["clear_um"])
    take(AT_MAT, "stand")
    put((1.6, 0.55), "car.stand_fl", True, "place ")
    h.note("raised, on the stand")

    between = (1.75, 0.9)  # nuts and tray within reach
    h.stand(*between)
    for nut in STAR:
        h.choose(nut, "turn %s -" % nut)
        h.trigger(True)
        h.until(lambda s: s["stroking"], 20, "the nut to turn")
        h.until(lambda s: not s["stroking"], 120, "the nut to be off")
        h.trigger(False)
        h.fresh(2)
        h.act(nut, "take " + nut)
        h.act("tray." + nut, "put ")
    take(AT_WHEEL, "wheel_fl", True)
    put((2.35, -1.9), "rack.wheel_2")
    h.note("wheel off")
    take(AT_TROLLEY, "brush")
    h.stand(*AT_WHEEL, LOW)
    h.act("car.hub_face", "apply ")
    put(AT_TROLLEY, "trolley.brush")
    take((2.35, -1.9), "wheel_spare")
    put(AT_WHEEL, "car.hub_fl", True, "place ")
    h.stand(*between)
    for nut in STAR:
        h.act(nut, "take " + nut)
        h.act("car." + nut.replace("nut", "stud"), "place ")
        h.hold(nut, "turn %s +" % nut, lambda s: s["torque_dnm"] > 0)
    h.note("spare on")
    take(AT_TROLLEY, "wheel_brace")
    h.stand(*AT_WHEEL, LOW)
    for nut in STAR:
        h.hold(nut, "turn %s +" % nut, lambda s: s["torque_dnm"] >= 150)
    put(AT_TROLLEY, "trolley.wheel_brace")
    take((1.6, 0.55), "stand", True)
    put(AT_MAT, "mat.stand")
    h.stand(1.6, 0.8, LOW)
    h.hold("jack", "lower jack", lambda s: s["lift_um"] == 0)
    take((1.6, 0.8), "jack", True)
    put(AT_MAT, "mat.jack")
    h.note("lowered")

    def set_to(dnm):
        h.rest()
        for _ in range(60):
            gap = (dnm - h.look()["setting_dnm"]) // 10
            if gap == 0:
                break
            step = 10 if gap >= 10 else -10 if gap <= -10 else 1 if gap > 0 else -1
            was = h.look()["setting_dnm"]
            h.press("%+d" % step, lambda s: s["setting_dnm"] != was)
        expect(h.look()["setting_dnm"] == dnm, "the wrench is set to %s, not %s" % (h.look()["setting_dnm"], dnm))

    take(AT_TROLLEY, "torque_wrench")
    for dnm in (500, 980):
        h.stand(*AT_WHEEL)
        set_to(dnm)
        h.stand(*AT_WHEEL, LOW)
        for nut in STAR:
            h.hold(nut, "turn %s +" % nut, lambda s: s["clicked"])
        h.note("torque %d" % (dnm // 10))
    h.stand(*AT_WHEEL)
    set_to(400)
    put(AT_TROLLEY, "trolley.torque_wrench")
    take(AT_TROLLEY, "inflator")
    h.stand(*AT_WHEEL, LOW)
    h.act("wheel_spare.valve", "measure ")
    if h.look()["reading"] < 226000:
        h.hold("wheel_spare.valve", "raise ", lambda s: s["reading"] >= 226000)
    if h.look()["reading"] > 236000:
        h.hold("wheel_spare.valve", "lower ", lambda s: s["reading"] <= 234000)
    h.act("wheel_spare.valve", "measure ")
    put(AT_TROLLEY, "trolley.inflator")
    take(AT_TROLLEY, "cap_spare")
    put(AT_WHEEL, "wheel_spare.valve_stem", True, "place ")
    h.note("pressure")
    h.rest()
    h.press("say", lambda s: s["page"] == "lines")
    h.press(("line", 1), lambda s: s["page"] == "work")
    for chock, socket in (("chock_1", "mat.chock_1"), ("chock_2", "mat.chock_2")):
        take(AT_CHOCKS, chock, True)
        put(AT_MAT, socket)
    h.stand(*AT_TROLLEY)
    h.rest()
    h.until(lambda s: s["choices"] and s["choices"][0].startswith("wear gloves"), 20, "the gloves to be on offer")
    h.press(("choice", 1), lambda s: s["held"] == "gloves")
    h.act("trolley.gloves", "put ")
    h.note("tidy")
    h.rest()
    h.press("menu", lambda s: s["page"] == "pause")
    h.press("Hand in")
    h.press("Yes, hand in", lambda s: s["page"] in ("work", "result"))
    result = h.page("result", 120)
    h.note(str(result))
    expect(result["pass"] and result["codes"] == [], "an expert's marks: %s" % result)


run("wheel_change", "a whole wheel change can be done in a headset",
    ["play", "auto-repair/wheel-change", "--vr", "--lang", "en", "--mode", "practice", "--trainee", "expert", "--seed", "7", "--tier", "low", "--vr-scale", "0.5", "--journal", journal], work)
