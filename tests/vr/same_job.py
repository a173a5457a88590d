# The deeds of a journal done again by a pair of hands in a headset, one after the other.   same_job.py BIN EXERCISE JOURNAL OUT
import json
import math
import os
import re
import sys

from hands import Failed, expect, run

exercise, source, out = sys.argv[2], sys.argv[3], os.path.abspath(sys.argv[4])
lines = [json.loads(line) for line in open(source)]
deeds = [e for e in lines if "seq" in e and e["v"] not in ("state", "finish")]
strings = dict(re.findall(r'^(field\.[^:]+): "(.*)"$', open("scenarios/%s/strings/en.yaml" % exercise.split("/")[0]).read().replace('\\"', '"'), re.M))
places = []  # where one stood to do something


def where(h, thing):
    s = h.look()
    return s["things"].get(thing) or s["sockets"].get(thing)


def free(s, x, z):
    lower, upper = s["floor"]["lower"], s["floor"]["upper"]
    return lower[0] <= x <= upper[0] and lower[1] <= z <= upper[1] and not any(a - 0.2 < x < c + 0.2 and b - 0.2 < z < d + 0.2 for a, b, c, d in s["floor"]["obstacles"])


def reach(h, things, do):
    """Does it from where one stands, else from about the things: from where something near by was done before, then all round them."""
    h.until(lambda s: all(where(h, t) for t in things), 30, "%s to be seen" % (things,))
    x, y, z = [sum(c) / len(things) for c in zip(*(where(h, t) for t in things))]
    low = y < 0.6
    around = [(x + r * math.sin(k * math.pi / 6), z + r * math.cos(k * math.pi / 6), 0.8 if low else 1.62) for r in (0.6, 0.9, 1.3) for k in range(12)]
    near = [p for p in [h.place + (h.height,)] + places[::-1] if math.dist((p[0], p[2], p[1]), (x, y, z)) < 2.2]
    rest = sorted((p for p in around if free(h.look(), p[0], p[1])), key=lambda p: math.dist(p[:2], h.place))
    why = None
    for p in (near + rest)[:12] * 2:  # twice: a guest may still be on the way
        if math.dist(p, h.place + (h.height,)) > 0.01:
            h.stand(*p)
        try:
            do()
            if p not in places:
                places.append(p)
            return
        except Failed as e:
            why = e
    raise why or Failed("%s cannot be reached" % (things,))


def do(h, e):
    verb, o, a = e["v"], e["o"], e.get("a", {})
    if verb == "record":
        h.press("work order", lambda s: s["page"] == "sheet")
        field = strings["field." + o]
        if "value" in a:
            h.tick(field, strings["field.%s.%s" % (o, a["value"])])
        else:
            key, number = next(iter(a.items()))
            h.fill(field, "%g" % (number / 1000 if key == "voltage_mv" else number))
        h.press("Back", lambda s: s["page"] == "work")
    elif verb == "measure":  # red lead in the right hand, black one in the left
        reach(h, [a["red"], a["black"]], lambda: h.probe(a["red"], a["black"]))
    elif o.split(".")[0] == h.look()["held"] and "at" not in a:
        h.in_hand("%s %s %s" % (verb, o, a.get("state", "")))
    elif verb == "give":
        person = a["at"].split(".")[0]
        reach(h, [person], lambda: h.act(person, "give " + o, 2))
    elif "at" in a:
        reach(h, [a["at"]], lambda: h.act(a["at"], "%s %s" % (verb, o), 2))
    else:
        reach(h, [o], lambda: h.act(o, " ".join(filter(None, (verb, o, a.get("choice") or a.get("state") or ""))), 2))


def work(h):
    h.page("work")
    h.until(lambda s: s["headset"]["phase"] == "focused", 60, "the headset's focus")
    eye = h.look()["eye"]
    h.stand(eye[0], eye[2])
    for e in deeds:
        do(h, e)
        h.note("%s %s" % (e["v"], e.get("o")))
    h.press("menu", lambda s: s["page"] == "pause")
    h.press("Hand in")
    h.press("Yes, hand in", lambda s: s["page"] in ("work", "result"))
    h.page("result", 120)


seed = str(lines[0]["seed"]["number"])
run("same_job-" + exercise.split("/")[1], "%s: %d deeds done in a headset" % (exercise, len(deeds)),
    ["play", exercise, "--vr", "--lang", "en", "--mode", "practice", "--trainee", "expert", "--seed", seed, "--tier", "low", "--vr-scale", "0.5", "--journal", out], work)
