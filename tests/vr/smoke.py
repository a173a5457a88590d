# Starts in the headset, draws, tells where what can be pressed hangs, and ends after so many pictures; both eyes are kept.
import os
import sys
import zlib

from hands import expect, run

shot = os.path.abspath(sys.argv[2])


def picture(file):  # width, height, rows of a PNG of eight-bit RGBA
    data = open(file, "rb").read()
    at, packed = 8, b""
    while at < len(data):
        size, kind = int.from_bytes(data[at:at + 4], "big"), data[at + 4:at + 8]
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
        if kind == b"IDAT":
            packed += body
        at += 12 + size
    raw, rows, last = zlib.decompress(packed), [], bytearray(width * 4)
    for y in range(height):
        line = bytearray(raw[y * (width * 4 + 1) + 1:(y + 1) * (width * 4 + 1)])
        how = raw[y * (width * 4 + 1)]
        for x in range(len(line)):
            a, b, c = line[x - 4] if x >= 4 else 0, last[x], last[x - 4] if x >= 4 else 0
            if how == 1: line[x] = (line[x] + a) & 255
            elif how == 2: line[x] = (line[x] + b) & 255
            elif how == 3: line[x] = (line[x] + (a + b) // 2) & 255
            elif how == 4:
                p = a + b - c
                d = (abs(p - a), abs(p - b), abs(p - c))
                line[x] = (line[x] + (a if d[0] <= d[1] and d[0] <= d[2] else b if d[1] <= d[2] else c)) & 255
        rows.append(line)
        last = line
    return width, height, rows


def work(h):
    h.page("work")
    s = h.until(lambda s: s["headset"]["phase"] == "focused", 60, "the headset's focus")
    expect("index" in s["headset"]["profiles"][1], "the controllers are told: %s" % s["headset"]["profiles"])
    for label in ("work order", "say", "menu"):
        expect(h.spot(label), "the board has a button \"%s\": %s" % (label, s["drawn"]))
    expect(h.end(180) == 0, "the program ends well:\n" + h.said())
    width, height, rows = picture(shot)
    half = width // 2
    different = sum(1 for y in range(0, height, 3) for x in range(0, half, 3) if rows[y][x * 4:x * 4 + 3] != rows[y][(x + half) * 4:(x + half) * 4 + 3])
    colors = {bytes(rows[y][x * 4:x * 4 + 3]) for y in range(0, height, 2) for x in range(0, half, 2)}
    expect(len(colors) > 500, "the left eye sees only %d colours" % len(colors))
    expect(different > 1000, "both eyes see the same: %d pixels differ" % different)
    # Monado (25.0) adds a structure of its own to what the program asks of the device, which holds the same in another form.
    complaints = [line for line in h.said().split("\n") if "validation:" in line and "TIMELINE_SEMAPHORE_FEATURES" not in line]
    expect(not complaints, "the validation layer says:\n" + "\n".join(complaints))


run("smoke", "both eyes were drawn and the program ended well",
    ["play", "auto-repair/wheel-change", "--vr", "--lang", "en", "--mode", "practice", "--seed", "7", "--tier", "low", "--vr-frames", "60", "--capture-eyes", shot], work)
