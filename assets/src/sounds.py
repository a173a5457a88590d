#!/usr/bin/env python3
"""Makes every sound of assets/sounds: python3 assets/src/sounds.py [NAME...]

Nothing is recorded: hits are sums of ringing modes, air and rubbing are filtered noise, voices are pulses through formants. Each has
its own seed, so that it comes out the same every time. Mono FLAC, 16 bit, 32 kHz; what goes on for a time (`loop`) is made in a circle, so
that its end meets its beginning. How loud one is beside another is said here, by its peak; a pack's `gain` only lowers it."""
import pathlib
import sys
import zlib

import numpy as np
import soundfile

RATE = 32000
OUT = pathlib.Path(__file__).resolve().parent.parent / "sounds"
SOUNDS = {}


def sound(peak):
    """Registers a function rng -> samples under its name, to be written with this peak."""
    def add(make):
        SOUNDS[make.__name__] = (make, peak)
        return make
    return add


# ------------------------------------------------------------------ building blocks
def seconds(s):
    return np.arange(int(s * RATE)) / RATE


def noise(rng, s, low, high, slope=0.0):
    """Noise of a band (Hz), `slope` dB an octave; periodic, so that it loops without a seam."""
    n = int(s * RATE)
    f = np.fft.rfftfreq(n, 1 / RATE)
    size = np.zeros_like(f)
    band = (f >= low) & (f <= high)
    size[band] = (f[band] / max(low, 1)) ** (slope / 6.02)
    edge = np.minimum(1, np.minimum((f - low) / (0.2 * low + 20), (high - f) / (0.2 * high)))
    spectrum = size * np.clip(edge, 0, 1) * np.exp(2j * np.pi * rng.random(f.size))
    out = np.fft.irfft(spectrum, n)
    return out / np.sqrt(np.mean(out ** 2) + 1e-12)


def ring(s, modes):
    """Modes that were struck: (Hz, seconds to fall by 60 dB, size)."""
    t = seconds(s)
    return sum(a * np.sin(2 * np.pi * f * t) * np.exp(-6.9 * t / d) for f, d, a in modes)


def fade(s, rise, fall):
    """0 to 1 in `rise` seconds, then an exponential fall by 60 dB in `fall`."""
    t = seconds(s)
    return np.minimum(1, t / max(rise, 1e-4)) * np.exp(-6.9 * np.maximum(0, t - rise) / fall)


def placed(total, *parts):
    """Parts (second, samples) in a sound of `total` seconds."""
    out = np.zeros(int(total * RATE))
    for at, x in parts:
        i = int(at * RATE)
        out[i:i + x.size] += x[:max(0, out.size - i)]
    return out


def circled(total, *parts):
    """As placed, but what rings beyond the end goes on at the beginning."""
    out = np.zeros(int(total * RATE))
    for at, x in parts:
        np.add.at(out, (int(at * RATE) + np.arange(x.size)) % out.size, x)
    return out


def tap(rng, low, high, fall):
    """A dry knock."""
    s = fall * 1.2 + 0.01
    return noise(rng, s, low, high) * fade(s, 0.0008, fall)


def tone(s, hz, parts=((1, 1.0),)):
    t = seconds(s)
    return sum(a * np.sin(2 * np.pi * hz * k * t) for k, a in parts)


def gate(s, rise=0.004, fall=0.012):
    t = seconds(s)
    return np.clip(np.minimum(t / rise, (s - t) / fall), 0, 1)


# ------------------------------------------------------------------ tools and parts
@sound(0.8)
def wrench_click(rng):
    """The catch of a torque wrench: two hard knocks, close together, and the tube's short ring."""
    knock = tap(rng, 1800, 9000, 0.018) * 0.6
    body = ring(0.16, [(2350, 0.10, 0.5), (3180, 0.07, 0.4), (5240, 0.05, 0.25), (610, 0.06, 0.3)])
    return placed(0.25, (0, knock), (0, body), (0.021, knock * 0.7), (0.021, body * 0.5))


@sound(0.35)
def ratchet_turn(rng):
    """A nut turned by a tool: the creak of a thread, with the give of each hand's breadth."""
    creak = noise(rng, 1.2, 400, 5200, -3)
    t = seconds(1.2)
    swing = 0.35 + 0.65 * np.abs(np.sin(2 * np.pi * t * 2.5)) ** 2
    knocks = circled(1.2, *[(i / 5 * 1.2 + 0.02 * rng.random(), ring(0.1, [(1450 + 220 * rng.random(), 0.05, 0.5), (2900, 0.03, 0.3)])) for i in range(5)])
    return creak * swing * 0.25 + knocks


@sound(0.25)
def hand_spin(rng):
    """A nut run along its thread by hand: light ticks."""
    ticks = [(i / 10 + 0.012 * rng.random(), ring(0.06, [(3900 + 700 * rng.random(), 0.035, 0.6), (6100, 0.02, 0.3)])) for i in range(10)]
    return circled(1.0, *ticks) + 0.05 * noise(rng, 1.0, 1500, 7000)


@sound(0.45)
def jack_crank(rng):
    """A screw turned by a crank: a dry thread, and the joint's knock twice a turn."""
    t = seconds(1.6)
    thread = noise(rng, 1.6, 250, 3000, -4) * (0.4 + 0.6 * np.sin(np.pi * t / 0.8) ** 2)
    squeak = sum(a * np.sin(2 * np.pi * f * t + 3 * np.sin(2 * np.pi * t / 0.8)) for f, a in ((740, 0.2), (1480, 0.1))) * np.sin(np.pi * t / 0.8) ** 4
    knocks = circled(1.6, *[(at, ring(0.2, [(320, 0.12, 0.8), (910, 0.08, 0.4), (2100, 0.04, 0.2)])) for at in (0.1, 0.5, 0.9, 1.3)])
    return 0.3 * thread + 0.35 * squeak + knocks


@sound(0.5)
def nut_clink(rng):
    """A small steel part set down on steel."""
    hit = ring(0.4, [(4120, 0.22, 0.5), (5830, 0.16, 0.35), (7410, 0.12, 0.25), (2260, 0.10, 0.3)])
    return placed(0.5, (0, hit), (0.055, hit * 0.45), (0.095, hit * 0.2)) + placed(0.5, (0, tap(rng, 2500, 12000, 0.01) * 0.3))


@sound(0.6)
def tool_down(rng):
    """A hand tool laid on a lined tray."""
    body = ring(0.35, [(880, 0.16, 0.5), (1930, 0.12, 0.4), (3310, 0.08, 0.2), (210, 0.10, 0.6)])
    return placed(0.45, (0, body), (0, tap(rng, 200, 4000, 0.03) * 0.5), (0.07, body * 0.3))


@sound(0.85)
def wheel_thud(rng):
    """A heavy, rubber-clad thing set against its seat."""
    low = ring(0.5, [(62, 0.28, 1.0), (118, 0.22, 0.7), (187, 0.14, 0.4), (310, 0.08, 0.2)])
    return placed(0.6, (0, low), (0, tap(rng, 80, 900, 0.06) * 0.35), (0.012, ring(0.3, [(1240, 0.14, 0.08), (2130, 0.10, 0.05)])))


@sound(0.55)
def block_knock(rng):
    """A block of hard rubber or wood pushed into place."""
    return placed(0.35, (0, ring(0.3, [(145, 0.12, 0.8), (390, 0.07, 0.5), (760, 0.05, 0.2)])), (0, tap(rng, 150, 2200, 0.03) * 0.5))


@sound(0.95)
def crash(rng):
    """A load that falls: the blow, sheet metal, and what rolls away."""
    blow = ring(1.2, [(48, 0.7, 1.2), (83, 0.5, 0.8), (140, 0.35, 0.5)])
    sheet = ring(1.4, [(rng.uniform(250, 3800), rng.uniform(0.3, 0.9), rng.uniform(0.05, 0.2)) for _ in range(26)])
    rattle = [(0.25 + 0.11 * i + 0.03 * rng.random(), tap(rng, 900, 7000, 0.03) * 0.4 * 0.8 ** i) for i in range(9)]
    return placed(1.7, (0, blow), (0, sheet), (0, tap(rng, 60, 6000, 0.15) * 0.7), *rattle)


@sound(0.5)
def lever_clunk(rng):
    """A lever that drops into its notch."""
    first, second = ring(0.2, [(260, 0.09, 0.6), (690, 0.06, 0.3)]), ring(0.25, [(180, 0.12, 0.9), (540, 0.08, 0.5), (1520, 0.04, 0.2)])
    return placed(0.4, (0, first * 0.5), (0.09, second), (0.09, tap(rng, 200, 3500, 0.02) * 0.5))


@sound(0.4)
def brush_scrub(rng):
    """A wire brush on iron, five strokes."""
    t = seconds(1.25)
    strokes = np.clip(np.sin(2 * np.pi * t * 2), 0, 1) ** 0.7 + 0.6 * np.clip(-np.sin(2 * np.pi * t * 2), 0, 1) ** 0.7
    return noise(rng, 1.25, 1400, 9500, 1) * strokes * gate(1.25, 0.02, 0.08)


@sound(0.25)
def cloth_rub(rng):
    """Cloth: gloves put on, goggles, something wiped."""
    t = seconds(0.7)
    return noise(rng, 0.7, 500, 6500, -2) * (0.5 + 0.5 * np.sin(2 * np.pi * t * 4.3) ** 2) * gate(0.7, 0.05, 0.2)


@sound(0.4)
def air_hiss(rng):
    """Air through a small opening, as long as it goes on."""
    t = seconds(1.5)
    return noise(rng, 1.5, 1800, 12000, 1.5) * (0.9 + 0.1 * np.sin(2 * np.pi * t * 4 / 1.5))


@sound(0.2)
def pen_stroke(rng):
    """A pen on a form."""
    strokes = [(at, noise(rng, d, 1800, 9000, -1) * gate(d, 0.01, 0.03)) for at, d in ((0, 0.12), (0.17, 0.08), (0.30, 0.16), (0.52, 0.07), (0.63, 0.13))]
    return placed(0.8, *strokes)


@sound(0.16)
def hall_hum(rng):
    """A working hall from inside: ventilation, the mains' hum."""
    return 0.8 * noise(rng, 4.0, 60, 900, -6) + tone(4.0, 50, ((1, 0.10), (2, 0.22), (3, 0.06), (4, 0.07)))


# ------------------------------------------------------------------ machines
@sound(0.45)
def conveyor_run(rng):
    """A belt drive: gear mesh, rollers, the belt's seam once a turn."""
    t = seconds(2.0)
    mesh = sum(a * np.sin(2 * np.pi * f * t + 0.4 * np.sin(2 * np.pi * 3 * t)) for f, a in ((96, 0.5), (192, 0.35), (384, 0.2), (768, 0.12), (1344, 0.06)))
    rollers = circled(2.0, *[(i / 12 * 2.0, ring(0.12, [(240 + 60 * (i % 3), 0.06, 0.4), (900, 0.04, 0.15)])) for i in range(12)])
    seam = circled(2.0, (0.4, tap(rng, 120, 2500, 0.04) * 0.8))
    return 0.5 * mesh + 0.35 * noise(rng, 2.0, 120, 3500, -4) + rollers + seam


@sound(0.3)
def servo_whine(rng):
    """A servo drive that holds and moves a little: a thin, wavering whine over its clock."""
    t = seconds(2.0)
    bend = 0.9 * np.sin(2 * np.pi * t) + 0.5 * np.sin(2 * np.pi * 1.5 * t)
    whine = sum(a * np.sin(2 * np.pi * f * t + 12 * bend * f / 900) for f, a in ((460, 0.3), (920, 0.5), (1840, 0.25), (2760, 0.12)))
    return whine * (0.6 + 0.4 * np.sin(2 * np.pi * 0.5 * t) ** 2) + 0.05 * np.sin(2 * np.pi * 8000 * t) + 0.05 * noise(rng, 2.0, 400, 3000)


@sound(0.7)
def start_horn(rng):
    """The horn before a machine starts by itself."""
    blast = tone(1.5, 420, ((1, 0.6), (2, 0.4), (3, 0.35), (4, 0.2), (5, 0.15), (7, 0.1))) * gate(1.5, 0.03, 0.12)
    return blast + 0.05 * noise(rng, 1.5, 300, 5000) * gate(1.5, 0.03, 0.12)


@sound(0.4)
def alarm_beep(rng):
    """A panel's alarm: three short tones, then quiet."""
    beep = tone(0.16, 1980, ((1, 0.8), (3, 0.2))) * gate(0.16)
    return placed(4.0, (0, beep), (0.24, beep), (0.48, beep))


@sound(0.75)
def air_dump(rng):
    """A line vented: a blow, then less and less."""
    t = seconds(2.4)
    return noise(rng, 2.4, 500, 11000, 0.5) * np.minimum(1, t / 0.01) * np.exp(-2.6 * t) + placed(2.4, (0, lever_clunk(rng) * 0.4))


@sound(0.5)
def air_fill(rng):
    """A line that fills: rising, then still."""
    t = seconds(1.4)
    return noise(rng, 1.4, 900, 9000, 1) * np.clip(t / 0.15, 0, 1) * np.clip((1.4 - t) / 0.7, 0, 1) ** 2 + placed(1.4, (0, lever_clunk(rng) * 0.4))


@sound(0.5)
def stop_cylinder(rng):
    """A short pneumatic cylinder: a puff and the stroke's end."""
    puff = noise(rng, 0.25, 1500, 10000) * fade(0.25, 0.01, 0.2)
    return placed(0.4, (0, puff * 0.4), (0.08, ring(0.2, [(310, 0.08, 0.8), (860, 0.06, 0.4), (2400, 0.03, 0.2)])))


@sound(0.6)
def switch_clunk(rng):
    """A main switch: a spring, then three contacts at once."""
    return placed(0.4, (0, tap(rng, 800, 5000, 0.02) * 0.3), (0.05, ring(0.3, [(130, 0.14, 1.0), (420, 0.10, 0.6), (1180, 0.06, 0.3), (2650, 0.03, 0.2)])), (0.05, tap(rng, 300, 6000, 0.02) * 0.6))


@sound(0.45)
def button_click(rng):
    """A push button, down and up."""
    down, up = ring(0.06, [(1250, 0.03, 0.6), (2800, 0.02, 0.4)]), ring(0.05, [(1900, 0.025, 0.5), (3900, 0.015, 0.3)])
    return placed(0.22, (0, down), (0, tap(rng, 900, 7000, 0.008) * 0.4), (0.12, up * 0.6))


@sound(0.5)
def guard_slide(rng):
    """A guard on its rails, to its stop."""
    roll = noise(rng, 0.6, 200, 3500, -3) * gate(0.6, 0.1, 0.05)
    return placed(0.95, (0, roll * 0.35), (0.6, ring(0.3, [(210, 0.14, 0.8), (640, 0.12, 0.4), (1730, 0.08, 0.2)])), (0.6, tap(rng, 200, 4000, 0.03) * 0.4))


@sound(0.5)
def padlock_snap(rng):
    """A shackle that snaps in."""
    return placed(0.3, (0, tap(rng, 1500, 8000, 0.01) * 0.3), (0.06, ring(0.2, [(1680, 0.07, 0.7), (2950, 0.06, 0.5), (5100, 0.04, 0.3)])), (0.06, tap(rng, 700, 8000, 0.012) * 0.6))


@sound(0.35)
def plug_click(rng):
    """A connector's catch, a small part pushed into its holder."""
    return placed(0.16, (0, tap(rng, 1200, 7000, 0.008) * 0.5), (0.035, ring(0.1, [(1520, 0.04, 0.6), (3420, 0.025, 0.4)])))


# ------------------------------------------------------------------ front of house
@sound(0.6)
def bell(rng):
    """A counter bell."""
    f = 2090
    hit = ring(2.2, [(f, 1.9, 0.7), (f * 1.004, 1.8, 0.4), (f * 2.76, 0.9, 0.35), (f * 5.2, 0.35, 0.2), (f * 0.5, 0.8, 0.1)])
    return placed(2.2, (0, hit), (0, tap(rng, 2500, 12000, 0.006) * 0.3))


@sound(0.12)
def lobby_murmur(rng):
    """People talking at some distance in a large room, no word of it to be understood: twelve voices, each a train of pulses through two
    formants that change from syllable to syllable, and the room's echo."""
    total = 8.0
    n = int(total * RATE)
    out = np.zeros(n)
    vowels = [(730, 1090), (270, 2290), (300, 870), (530, 1840), (570, 840), (440, 1020), (490, 1350)]
    for voice in range(12):
        base = rng.uniform(95, 140) if voice % 2 else rng.uniform(170, 235)
        at = rng.uniform(0, 1.5)
        while at < total:
            phrase_end = at + rng.uniform(1.0, 2.6)
            while at < min(phrase_end, total):
                d = rng.uniform(0.11, 0.24)
                f0 = base * rng.uniform(0.88, 1.15)
                t = seconds(d)
                first, second = vowels[rng.integers(len(vowels))]
                top = int(min(30, 3600 // f0))
                k = np.arange(1, top + 1)
                size = (1 / (1 + ((k * f0 - first) / 90) ** 2) + 0.5 / (1 + ((k * f0 - second) / 130) ** 2) + 0.01) / k ** 0.3
                drift = 1 + 0.06 * (t / d - 0.5)
                wave = np.sin(2 * np.pi * f0 * np.outer(k, t * drift)).T @ size
                start = int(at * RATE)
                np.add.at(out, (start + np.arange(wave.size)) % n, wave * np.sin(np.pi * t / d) ** 0.8 * rng.uniform(0.5, 1))
                at += d * rng.uniform(0.9, 1.3)
            at += rng.uniform(0.6, 2.2)
    echo = np.zeros(n)
    tail = seconds(1.3)
    echo[:tail.size] = rng.standard_normal(tail.size) * np.exp(-6.9 * tail / 1.2)
    echo[0] += 6
    f = np.fft.rfftfreq(n, 1 / RATE)
    far = 1 / (1 + (f / 1500) ** 2)
    out = np.fft.irfft(np.fft.rfft(out) * np.fft.rfft(echo) * far, n)
    air = noise(rng, total, 70, 1200, -5)
    return out / np.sqrt(np.mean(out ** 2)) + 0.35 * air


@sound(0.3)
def key_taps(rng):
    """A few keys of a keyboard."""
    times = (0, 0.13, 0.24, 0.41)
    return placed(0.5, *[(at, tap(rng, 900, 6500, 0.014) * rng.uniform(0.6, 1)) for at in times], *[(at, ring(0.05, [(420, 0.02, 0.4)])) for at in times])


@sound(0.35)
def scan_beep(rng):
    """A reader that has understood."""
    return tone(0.11, 2640, ((1, 0.9), (2, 0.1))) * gate(0.11)


@sound(0.35)
def accepted_chime(rng):
    """A terminal says yes: two tones up."""
    return placed(0.5, (0, tone(0.14, 1320) * gate(0.14)), (0.16, tone(0.26, 1760) * gate(0.26, 0.004, 0.12)))


@sound(0.4)
def refused_buzz(rng):
    """A terminal says no: two low tones."""
    low = tone(0.2, 310, ((1, 0.6), (2, 0.3), (3, 0.25), (5, 0.12))) * gate(0.2)
    return placed(0.6, (0, low), (0.28, low))


@sound(0.3)
def receipt_print(rng):
    """A small printer, and the paper torn off."""
    lines = [(i * 0.045, noise(rng, 0.04, 1800, 6500, -1) * gate(0.04, 0.004, 0.01) + tone(0.04, 640, ((1, 0.25), (2, 0.2)))) for i in range(16)]
    return placed(1.15, *lines, (0.86, noise(rng, 0.2, 2500, 13000, 1) * gate(0.2, 0.03, 0.05) * 0.9))


@sound(0.3)
def card_slide(rng):
    """A card pushed into a slot, a paper laid on the counter."""
    return placed(0.32, (0, noise(rng, 0.2, 900, 7500, -1) * gate(0.2, 0.04, 0.06) * 0.5), (0.2, tap(rng, 700, 5000, 0.02)))


LOOPS = {"ratchet_turn", "hand_spin", "jack_crank", "air_hiss", "hall_hum", "conveyor_run", "servo_whine", "alarm_beep", "lobby_murmur"}


def main(names):
    OUT.mkdir(exist_ok=True)
    for name in names or sorted(SOUNDS):
        make, peak = SOUNDS[name]
        samples = make(np.random.default_rng(zlib.crc32(name.encode())))
        if name not in LOOPS:  # ends in silence, not in a step
            end = min(samples.size, RATE // 100)
            samples[-end:] *= np.linspace(1, 0, end)
        samples = samples * (peak / np.max(np.abs(samples)))
        soundfile.write(OUT / f"{name}.flac", np.round(samples * 32767).astype(np.int16), RATE, subtype="PCM_16", format="FLAC")
    if not names:
        for old in OUT.glob("*.flac"):
            if old.stem not in SOUNDS:
                old.unlink()


main(sys.argv[1:])
