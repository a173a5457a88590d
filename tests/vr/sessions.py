# What happens to runtime, session, focus and controllers happens here for real: each leaves the right state, tells it, and the work goes on.
import math
import os
import subprocess
import sys
import time

from hands import Failed, expect, run

case = sys.argv[2]
PLAY = ["play", "auto-repair/wheel-change", "--vr", "--lang", "en", "--seed", "7", "--tier", "low"]


def service():
    return int(open(os.path.join(os.environ["XDG_RUNTIME_DIR"], "service.pid")).read())


def focused(h):
    h.page("work")
    h.until(lambda s: s["headset"]["phase"] == "focused", 60, "the headset's focus")


def tells(h, words, limit):
    h.until(lambda s: any(words in m for m in s["messages"]), limit, repr(words))


def pace(h):
    """What this machine takes for a few frames now: no hang is what it needs anyway."""
    began = time.monotonic()
    h.fresh(3)
    return time.monotonic() - began


def lost(h):
    """The service dies: the window goes on with the same attempt, and when the service is back the next start finds it."""
    focused(h)
    h.stand(1.95, 0.3)
    h.act("gloves", "wear gloves")
    events = h.look()["events"]
    patience, began = 5 + pace(h), time.monotonic()
    os.kill(service(), 9)
    h.until(lambda s: s["headset"]["phase"] == "off", 60, "the loss to be noticed")
    expect(time.monotonic() - began < patience, "it took %.1f s to notice" % (time.monotonic() - began))
    tells(h, "The connection to the headset is lost", 10)
    then = h.look()["t_ms"]
    h.until(lambda s: s["t_ms"] > then + 500, 20, "the clock to run on at the screen")
    expect(h.look()["events"] >= events, "the attempt is the same")


def hung(h):
    """The service stops answering: no more than five seconds are waited."""
    focused(h)
    patience, began = 5 + pace(h), time.monotonic()
    os.kill(service(), 19)
    h.until(lambda s: s["headset"]["phase"] == "off", 60, "the silence to be noticed")
    waited = time.monotonic() - began
    tells(h, "does not answer", 10)
    then = h.look()["t_ms"]
    h.until(lambda s: s["t_ms"] > then + 500, 20, "the clock to run on at the screen")
    os.kill(service(), 18)
    time.sleep(1)
    h.fresh(3)
    expect(waited < patience, "it took %.1f s to notice" % waited)


def controller(h):
    """A controller that is lost means nothing; found again it works."""
    focused(h)
    h.stand(1.95, 0.3)
    h.choose("gloves", "wear gloves")
    h.remote.right.active = False
    h.remote.send()
    events = h.look()["events"]
    h.until(lambda s: s["headset"]["pointing"] == 0, 20, "the other hand to point")
    h.trigger(True)
    h.fresh(4)
    expect(h.look()["events"] == events, "a controller that is not there did something: %s" % h.look()["events"])
    h.trigger(False)
    h.remote.right.active = True
    h.remote.send()
    h.remote.left.active = False
    h.remote.send()
    h.until(lambda s: s["headset"]["pointing"] == 1, 20, "the right hand to point again")
    h.act("gloves", "wear gloves")


def recentre(h):
    """The runtime's own recentring puts one back to where the exercise began."""
    focused(h)
    start = h.look()["eye"]
    h.stand(1.0, 2.5)
    expect(math.dist(h.look()["eye"], start) > 0.5, "walked")
    subprocess.run(["monado-ctl", "-c"], check=True, stdout=subprocess.DEVNULL)
    h.until(lambda s: math.dist((s["eye"][0], s["eye"][2]), (start[0], start[2])) < 0.1, 30, "to stand where one began")


def focus(h):
    """Another program comes to the front: nobody can see, so an assessed clock stands still and the journal says why; then it goes on."""
    focused(h)
    other = subprocess.Popen("sleep 20 | hello_xr -G Vulkan2", shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        h.until(lambda s: s["headset"]["phase"] in ("synchronized", "visible", "idle"), 30, "the focus to go")
        h.until(lambda s: s["headset"]["phase"] in ("synchronized", "idle"), 30, "sight to go")
        tells(h, "the clock is stopped", 20)
        h.fresh(2)
        then = h.look()["t_ms"]
        time.sleep(1.5)
        h.fresh(2)
        expect(h.look()["t_ms"] == then, "the clock ran on: %s, %s" % (then, h.look()["t_ms"]))
    finally:
        os.killpg(other.pid, 9)
    h.until(lambda s: s["headset"]["phase"] == "focused", 30, "the focus to come back")
    h.until(lambda s: s["t_ms"] > then + 300, 30, "the clock to go on")


def absent(h):
    """No runtime, or none running: said in one clear line, exit 3, at once."""
    began = time.monotonic()
    code = h.end(30)
    expect(code == 3, "exit code %s" % code)
    expect(time.monotonic() - began < 5, "it took %.1f s" % (time.monotonic() - began))
    wanted = {"none": "no runtime is installed", "stopped": "not running"}[sys.argv[3]]
    expect(wanted in h.said(), "the message: " + h.said())


def optional(h):
    """--vr-optional: the window opens all the same."""
    h.page("work")
    expect("headset" not in h.look() or h.look()["headset"]["phase"] == "off", "a headset without a runtime")


args = PLAY + ["--mode", "rehearsal" if case == "focus" else "practice"]
if case == "focus":
    args = [a for a in args if a not in ("--seed", "7")]
if case == "optional":
    args[args.index("--vr")] = "--vr-optional"
run("sessions-" + case, case + ": as it must be", args, {f.__name__: f for f in (lost, hung, controller, recentre, focus, absent, optional)}[case], {} if case == "hung" else None)
