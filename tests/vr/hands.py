"""A pair of hands and a head that work in the program through its headset: they see what the status file tells, point, press and walk
about by moving the controllers of the test runtime (remote.py). Nothing here reaches into the program."""
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time

from remote import Remote


class Failed(Exception):
    pass


class Hands:
    def __init__(self, name, args, env=None, answers="hand: right\n", size="320x180"):
        self.bin = os.path.abspath(sys.argv[1])
        self.out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/vr", name)
        os.makedirs(self.out, exist_ok=True)
        self.status = os.path.join(os.environ["XDG_RUNTIME_DIR"], "status.jsonl")
        if os.path.exists(self.status):  # an earlier program's
            os.remove(self.status)
        self.log = os.path.join(self.out, "log.txt")
        self.line, self.tail, self.file = None, b"", None
        self.place, self.height, self.began = (0.0, 0.0), 1.62, time.monotonic()
        if answers:  # else the program asks
            os.makedirs("/tmp/home/config", exist_ok=True)
            with open("/tmp/home/config/headset.yaml", "w") as kept:
                kept.write(answers)
        environment = dict(os.environ, SHIXUN_HOME="/tmp/home", SHIXUN_LOG="info", **({"SHIXUN_XR_PATIENCE": "60"} if env is None else env))  # a busy machine is no broken runtime
        with open(self.log, "wb") as log:
            self.program = subprocess.Popen([os.path.join(self.bin, "shixun"), *args, "--status-file", self.status, "--size", size],
                                            env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.remote = Remote() if "MONADO_REMOTE_PORT" in os.environ and os.path.exists(os.path.join(os.environ["XDG_RUNTIME_DIR"], "service.pid")) else None
        if self.remote:
            for hand in (self.remote.left, self.remote.right):
                hand.active = True
            self.remote.send()

    # ---- eyes
    def look(self):
        if self.file is None:
            if not os.path.exists(self.status):
                return self.line
            self.file = open(self.status, "rb")
        data = self.tail + self.file.read()
        lines = data.split(b"\n")
        self.tail = lines.pop()
        if lines:
            self.line = json.loads(lines[-1])
        return self.line

    def until(self, test, limit, what):
        end = time.monotonic() + limit
        while True:
            found = self.look() and test(self.line)
            if found:
                return self.line
            if self.program.poll() is not None:
                raise Failed("the program ended (%s) while waiting for %s:\n%s" % (self.program.returncode, what, self.said()))
            if time.monotonic() > end:
                raise Failed("waited %g s in vain for %s; on the screen: %s" % (limit, what, json.dumps({k: v for k, v in (self.line or {}).items() if k not in ("things", "sockets", "names", "floor", "drawn")}, ensure_ascii=False)[:1500]))
            time.sleep(0.02)

    def page(self, name, limit=120):
        return self.until(lambda s: s["page"] == name, limit, 'the page "%s"' % name)

    def fresh(self, count=2):
        for _ in range(count):
            seen = self.look()
            self.until(lambda s: s is not seen, 60, "a new frame")
        return self.line

    def said(self):
        with open(self.log, errors="replace") as f:
            return f.read()[-8000:]

    def await_log(self, text, limit=30):
        end = time.monotonic() + limit
        while text not in open(self.log, errors="replace").read():
            if time.monotonic() > end:
                raise Failed("the program did not say %r within %g s:\n%s" % (text, limit, self.said()))
            time.sleep(0.02)

    def told(self, what):
        for m in self.look()["messages"]:
            name, _, value = m.partition(": ")
            if name.startswith(what):
                return value
        raise Failed("%s was not told: %s" % (what, self.line["messages"]))

    def note(self, what):
        print("%4d s  %s  [%s %s]" % (time.monotonic() - self.began, what, self.line.get("step"), self.line.get("total_mp", 0) / 1000), flush=True)

    # ---- body
    def tracked(self, p):  # a world point in the room one really stands in
        ox, oy, oz, yaw = self.look()["headset"]["rig"]
        x, y, z = p[0] - ox, p[1] - oy, p[2] - oz
        c, s = math.cos(-yaw), math.sin(-yaw)
        return (c * x + s * z, y, -s * x + c * z)

    # ---- panels
    def spot(self, what):
        """Where something on a panel hangs that can be pressed. `what`: a button's label; ("choice", n); ("line", n) of what can be said; ("key", label) of the keypad;
        ("field", name) for the input beside a name of the work order, ("field", name, label) for a button there. None: it is not there."""
        s = self.look()
        items = [dict(zip(("panel", "kind", "text", "x", "y", "w", "h"), d)) for d in s.get("drawn", ())]
        if what[0] == "choice":
            found = [i for i in items if i["panel"] == "choices" and i["text"] == str(what[1])]
        elif what[0] == "line":
            found = [i for i in items if i["panel"] == "lines" and i["text"].startswith("%d " % what[1])]
        elif what[0] == "key":
            found = [i for i in items if i["panel"] == "" and i["text"] == what[1]][-1:]
        elif what[0] == "field":
            row = next((n for n, i in enumerate(items) if i["kind"] == "text" and i["text"] == what[1]), len(items))
            found = [i for i in items[row + 1:] if (i["kind"] == "input" if len(what) == 2 else i["text"] == what[2])]
        else:
            found = [i for i in items if i["kind"] == "button" and i["text"] == what]
        if not found:
            return None
        x, y = found[0]["x"] + found[0]["w"] / 2, found[0]["y"] + found[0]["h"] / 2
        for p in s["headset"].get("panels", ()):
            if p["from"][0] <= x <= p["to"][0] and p["from"][1] <= y <= p["to"][1]:
                return [c + a * (x - p["from"][0]) + d * (y - p["from"][1]) for c, a, d in zip(p["corner"], p["across"], p["down"])]
        return None

    def letters(self):
        """How high the letters of the panels are to the eyes that see them, and how far what is drawn reaches aside, in degrees: the least height
        and the whole width. A line of text is 1.24 times as high as its letters (the em); wrapped texts are left out, and what hangs at a thing."""
        s = self.look()
        eye = [sum(e["pos"][i] for e in s["headset"]["eyes"]) / 2 for i in range(3)]

        def ray(p, x, y):
            at = [c + a * (x - p["from"][0]) + d * (y - p["from"][1]) for c, a, d in zip(p["corner"], p["across"], p["down"])]
            v = [a - e for a, e in zip(self.tracked(at), eye)]
            return [c / math.hypot(*v) for c in v]
        heights, aside = [], []
        for panel, kind, text, x, y, w, high in s["drawn"]:
            hung = [p for p in s["headset"]["panels"] if p["from"][0] <= x + w / 2 <= p["to"][0] and p["from"][1] <= y + high / 2 <= p["to"][1]]
            if not hung:
                continue
            for end in (x, x + w):
                v = ray(next((p for p in s["headset"]["panels"] if p["from"][0] <= end <= p["to"][0]), hung[0]), end, y + high / 2)
                aside.append(math.degrees(math.atan2(v[0], -v[2])))
            if kind == "text" and high < 36 and panel != "guide":
                em = high / 1.24
                a, b = ray(hung[0], x + w / 2, y + (high - em) / 2), ray(hung[0], x + w / 2, y + (high + em) / 2)
                heights.append((math.degrees(2 * math.asin(math.dist(a, b) / 2)), text))
        turn = aside[0]
        aside = [math.remainder(a - turn, 360) for a in aside]
        return min(heights), max(aside) - min(aside)

    def readable(self, what, least, widest):
        (height, text), wide = self.letters()
        self.note("%s: letters of %.2f degrees or more (%s), %.0f degrees wide" % (what, height, text[:20], wide))
        expect(height >= least, "%s: \"%s\" is only %.2f degrees high" % (what, text, height))
        expect(wide <= widest, "%s is %.0f degrees wide" % (what, wide))

    def stand(self, x, z, height=1.62):
        self.place, self.height = (x, z), height

        def there(s):
            if math.dist(s["eye"], (x, height, z)) < 0.05:
                return True
            self.remote.head.pos = self.tracked((x, height, z))
            self.remote.send()
            return False
        self.until(there, 30, "the head to be at %g %g" % (x, z))

    def point(self, p, side="right"):
        """The hand goes a little before the eyes, on the line to the point, and the head turns to it."""
        eye = (self.place[0], self.height, self.place[1])
        far = max(math.dist(p, eye), 1e-3)
        reach = min(0.3, far * 0.5)
        hand = self.remote.side(side)
        hand.pos = self.tracked([e + (q - e) * reach / far for e, q in zip(eye, p)])
        at = self.tracked(p)
        hand.look_at(*at)
        self.remote.head.look_at(*at)
        self.remote.send()

    def rest(self):  # the ray means nothing
        hand = self.remote.right
        hand.pos = self.tracked((self.place[0], self.height - 0.3, self.place[1]))
        hand.look(0, 89)
        self.remote.send()
        self.until(lambda s: not s["headset"]["on_panel"] and s["hovered"] == "" and s["socket"] == "", 30, "a ray at nothing")

    def trigger(self, down, side="right"):
        self.remote.side(side).button("trigger", down)
        self.remote.send()

    # ---- deeds
    def choose(self, target, want, tries=4):
        """Points at a thing (or a free place) until it is meant; then, unless `want` is what a press does, at its line of the choices."""
        for attempt in range(tries):
            self.rest()
            s = self.look()
            point = s["things"].get(target) or s["sockets"].get(target)
            if not point:
                raise Failed("%s is not to be seen" % target)
            self.point([point[0], point[1] + (0, 0.6, 0.3)[attempt % 3], point[2]])  # of a person behind a desk one sees the head
            try:
                s = self.until(lambda s: s["hovered"] == target or s["socket"] == target or any(c.startswith(want) and target in c for c in s["choices"]), 3, target)
            except Failed:
                continue
            s = self.fresh(2)
            for index, c in enumerate(s["choices"]):
                if c.startswith(want) and (s["hovered"] == target or s["socket"] == target or target in c):
                    if index != s["chosen"]:
                        self.until(lambda s: self.spot(("choice", index + 1)), 10, "line %d of the choices" % (index + 1))
                        self.point(self.spot(("choice", index + 1)))
                        self.until(lambda s: s["headset"]["on_panel"], 10, "the ray to be on the choices")
                        self.fresh(2)
                    return
        s = self.look()
        raise Failed('pointing at %s, "%s" is not offered: hovered "%s", socket "%s", choices %s' % (target, want, s["hovered"], s["socket"], s["choices"]))

    def act(self, target, want, tries=4):
        self.choose(target, want, tries)
        before = self.look()["events"]
        self.trigger(True)
        try:
            self.until(lambda s: s["events"] > before, 20, '"%s" on %s to have happened' % (want, target))
        finally:
            self.trigger(False)
        self.fresh(2)

    def hold(self, target, want, enough, limit=120):
        self.choose(target, want)
        self.trigger(True)
        try:
            self.until(lambda s: s["stroking"], 20, '"%s" on %s to begin' % (want, target))
            self.until(enough, limit, '"%s" on %s to be enough' % (want, target))
        finally:
            self.trigger(False)
        self.until(lambda s: not s["stroking"], 20, "the effort to end")
        self.fresh(2)

    def in_hand(self, want):
        """Something that what is held offers while nothing is meant."""
        self.rest()
        s = self.until(lambda s: any(c.startswith(want.strip()) for c in s["choices"]), 20, '"%s" to be on offer' % want)
        before = s["events"]
        self.press(("choice", 1 + [c.startswith(want.strip()) for c in s["choices"]].index(True)), lambda s: s["events"] > before)

    def probe(self, red, black):
        """Reads a meter: its red lead to one point with the right hand, the black one to another with the left, and a press."""
        self.rest()
        self.point(self.line["things"][black], "left")
        self.point(self.line["things"][red])
        try:
            self.until(lambda s: s["headset"]["leads"], 4, "both leads to be at their points")
            before = self.look()["events"]
            self.trigger(True)
            self.until(lambda s: s["events"] > before, 20, "a reading between %s and %s" % (red, black))
        finally:
            self.trigger(False)
            self.remote.left.look(0, 89)
            self.remote.send()
        self.fresh(2)

    def mean(self, what):
        """Points at something on a panel (see spot) until the ray is there: panels follow who turns."""
        self.until(lambda s: self.spot(what), 20, "%s to be there" % (what,))
        for _ in range(30):
            at = self.spot(what)
            if not at:
                raise Failed("%s went away: %s" % (what, self.line.get("drawn")))
            self.point(at)
            now = self.fresh(3)
            if now["headset"]["on_panel"] and math.dist(self.spot(what) or (9, 9, 9), at) < 0.005:
                return

    def press(self, what, done=None):
        """Presses something on a panel (see spot); once more if it moved away under the ray."""
        for attempt in range(3):
            if self.look()["page"] == "work" and what[0] != "choice":
                self.rest()  # choices may hang before the board
            self.mean(what)
            self.trigger(True)
            self.fresh(2)
            self.trigger(False)
            try:
                if done:
                    self.until(done, 6 if attempt < 2 else 20, "%s to do what it does" % (what,))
                break
            except Failed:
                if attempt == 2 or self.program.poll() is not None:
                    raise
        self.fresh(2)

    def type(self, text):
        for c in text:
            self.press(("key", c))

    def fill(self, field, text):
        self.press(("field", field))
        self.type(text)
        before = self.look()["events"]
        self.press(("key", "Write"), lambda s: s["events"] > before)

    def tick(self, field, label):
        before = self.look()["events"]
        self.press(("field", field, label), lambda s: s["events"] > before)

    def end(self, limit=60):
        try:
            return self.program.wait(limit)
        except subprocess.TimeoutExpired:
            raise Failed("the program did not end within %g s:\n%s" % (limit, self.said()))

    def close(self):
        if self.program.poll() is None:
            self.program.send_signal(signal.SIGKILL)
            self.program.wait()


def expect(ok, what):
    if not ok:
        raise Failed(what)


def run(name, success, args, steps, env=None, **more):
    """One test: `steps(hands)`. Ends the process."""
    hands = Hands(name, args, env, **more)
    try:
        steps(hands)
        print(success)
        code = 0
    except (Failed, OSError) as e:
        print("FAIL: %s" % e)
        shutil.copy(hands.status, hands.out) if os.path.exists(hands.status) else None
        code = 1
    hands.close()
    sys.exit(code)
