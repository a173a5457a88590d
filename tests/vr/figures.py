# How long until the first picture in focus, what a picture costs the program in stereo and in mono, how many a second. Prints, judges nothing.
import math
import sys
import time

from hands import Hands

SECONDS = 15
PLAY = ["play", "auto-repair/wheel-change", "--lang", "zh-CN", "--mode", "guided", "--seed", "7", "--tier", sys.argv[2] if len(sys.argv) > 2 else "low"]


def measure(h):
    """Processor time of the program (its drawing in software included) a picture, pictures a second, over a quiet while."""
    time.sleep(3)
    a = h.fresh(1)
    began = time.monotonic()
    time.sleep(SECONDS)
    b = h.fresh(1)
    wall, pictures = time.monotonic() - began, b["pictures"] - a["pictures"]
    return 1000 * (b["cpu_s"] - a["cpu_s"]) / pictures, pictures / wall


mono = Hands("figures", PLAY, size="640x480")
seen = mono.page("work")
mono_ms, mono_fps = measure(mono)
seen = mono.look()
mono.close()
mono.remote.close()

stereo = Hands("figures", PLAY + ["--vr", "--vr-scale", "2"], size="320x240")
first = stereo.until(lambda s: s.get("headset", {}).get("phase") == "focused" and s["headset"]["frames"] > 0, 120, "a picture in focus")
started = time.monotonic() - stereo.began
stereo.page("work")
worked = time.monotonic() - stereo.began
up = 0.51  # rad: the window's camera sees as much up and down
aside = math.atan(math.tan(up) * 640 / 480)
stereo.remote.head.set_eyes(fov=[[-aside, aside, up, -up]] * 2, ipd=0.063, cant=0)
stereo.stand(seen["eye"][0], seen["eye"][2], seen["eye"][1])
ahead = [-math.sin(seen["yaw"]) * math.cos(seen["pitch"]), math.sin(seen["pitch"]), -math.cos(seen["yaw"]) * math.cos(seen["pitch"])]
stereo.remote.head.look_at(*stereo.tracked([e + 3 * a for e, a in zip(seen["eye"], ahead)]))
stereo.rest()
stereo_ms, stereo_fps = measure(stereo)
size = [line for line in stereo.said().split("\n") if "pixels an eye" in line][-1:]
stereo.close()
print("from start to the first picture in focus: %.2f s; to the exercise: %.2f s" % (started, worked))
print("mono, window of 640 x 480: %.1f ms of processor time a picture, %.1f pictures a second" % (mono_ms, mono_fps))
print("stereo, %s: %.1f ms of processor time a picture, %.1f pictures a second" % (size[0].split("xr: ")[-1] if size else "?", stereo_ms, stereo_fps))
print("stereo costs %.2f times mono" % (stereo_ms / mono_ms))
