"""The pictures of faces (decals/face_*.svg) from a table of features:  /usr/bin/python3 faces.py

1 unit = 1 mm, seen from the front: x = 85 + x_mm (left of the picture is the person's right), y = 75 - height above the head's middle.
Invented people. The skin's colour is the same as that of the surface of the name in kit/paint.py, so that no edge shows on the head.
"""
import os
import random

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "decals")
W, H = 170, 210

# skin: the surface's colour in sRGB; shade: its shadows; blush, lip; iris; brow colour and weight; lash weight; age 0..1; beard 0..1 stubble;
# smile in mm; slant: outer corner of the eye higher by mm; fold: distance of the lid's crease in mm, 0 = single lid; open: height of the eye
FACES = {
    "face_chen": dict(skin="#d9ab88", shade="#a9714f", blush="#c9775c", lip="#b3695a", iris="#3a2416", brow="#241a15", bw=3.4, lash=.9, age=.30, beard=.35, smile=2.8, slant=1.2, fold=1.5, open=8.2),
    "face_english": dict(skin="#e6bfa6", shade="#b98468", blush="#dd8f80", lip="#c0686a", iris="#3f6a8c", brow="#4a2f1c", bw=3.4, lash=1.5, age=.32, beard=0, smile=3.2, slant=.9, fold=3.0, open=10.0),
    "face_walk_in": dict(skin="#dfb391", shade="#b17b5b", blush="#d98575", lip="#c2686a", iris="#33201a", brow="#231712", bw=3.1, lash=1.5, age=.05, beard=0, smile=3.0, slant=1.3, fold=1.8, open=9.6),
    "face_teen": dict(skin="#dfb391", shade="#b17b5b", blush="#d5866d", lip="#c07766", iris="#3b2517", brow="#241914", bw=3.2, lash=1.0, age=0, beard=0, smile=2.2, slant=1.1, fold=1.8, open=9.4),
    "face_adult": dict(skin="#cfa07e", shade="#97654a", blush="#b96c57", lip="#a7655a", iris="#33211a", brow="#2c2825", bw=3.6, lash=.8, age=.75, beard=.5, smile=2.1, slant=.3, fold=2.6, open=8.0),
    "face_mismatch": dict(skin="#d9ab88", shade="#a9714f", blush="#c9775c", lip="#b3695a", iris="#2b1a11", brow="#191310", bw=3.2, lash=.9, age=.05, beard=.1, smile=2.5, slant=1.2, fold=1.0, open=8.2),
    "face_other": dict(skin="#cfa07e", shade="#97654a", blush="#b96c57", lip="#a7655a", iris="#2b1a11", brow="#5a5552", bw=4.2, lash=.8, age=.8, beard=.7, smile=1.4, slant=.2, fold=1.6, open=7.6),
    "face_worker": dict(skin="#ce9e81", shade="#97654a", blush="#b96c57", lip="#a9604f", iris="#2f1c12", brow="#1d1613", bw=3.8, lash=.9, age=.3, beard=.4, smile=2.2, slant=.9, fold=1.8, open=8.4),
    "face_operator": dict(skin="#cfa07e", shade="#9a6850", blush="#bd7059", lip="#ab6558", iris="#2d1c12", brow="#1c1512", bw=3.5, lash=.9, age=.40, beard=.25, smile=3.0, slant=.7, fold=2.0, open=8.8),
}


def eye(f, s):
    """One eye about its own middle; s = 1: at the picture's right, outer corner to the right."""
    half, o, up = 15.2, f["open"] * 1.14, f["slant"]
    inner, outer = (-half * s, .9), (half * s, .9 - up)
    top, low = -o * .56, o * .40
    mid = s * .8
    almond = f"M{inner[0]:.2f} {inner[1]:.2f} C{-8 * s + mid:.2f} {top * 1.18:.2f} {6 * s + mid:.2f} {top * 1.34 - up * .3:.2f} {outer[0]:.2f} {outer[1]:.2f} C{8.5 * s:.2f} {low * 1.15:.2f} {-6 * s:.2f} {low * 1.35:.2f} {inner[0]:.2f} {inner[1]:.2f}Z"
    lid = f"M{inner[0] - .4 * s:.2f} {inner[1] + .3:.2f} C{-8 * s + mid:.2f} {top * 1.18:.2f} {6 * s + mid:.2f} {top * 1.34 - up * .3:.2f} {outer[0] + .8 * s:.2f} {outer[1]:.2f}"
    under = f"M{outer[0]:.2f} {outer[1]:.2f} C{8.5 * s:.2f} {low * 1.15:.2f} {-6 * s:.2f} {low * 1.35:.2f} {inner[0]:.2f} {inner[1]:.2f}"
    k = f["fold"]
    crease = f"M{inner[0] + 1.5 * s:.2f} {inner[1] - k * .6 - .8:.2f} C{-7 * s + mid:.2f} {top * 1.18 - k:.2f} {6 * s + mid:.2f} {top * 1.34 - k - up * .3:.2f} {outer[0] + 1.4 * s:.2f} {outer[1] - k * .45:.2f}"
    r = 6.6
    name = "l" if s > 0 else "r"
    return f"""<g transform="translate({85 + 31.5 * s} 85)">
<path d="{almond}" transform="scale(1.22 1.35)" fill="{f['shade']}" opacity=".30" filter="url(#b3)"/>
<clipPath id="c{name}"><path d="{almond}"/></clipPath>
<g clip-path="url(#c{name})"><rect x="-20" y="-12" width="40" height="24" fill="#e4dcd3"/>
<circle cx="{inner[0]:.2f}" cy="{inner[1]:.2f}" r="2.6" fill="#c98a7c" opacity=".8" filter="url(#b1)"/>
<circle cx="0" cy="-.7" r="{r}" fill="#191310"/><circle cx="0" cy="-.7" r="{r - .55}" fill="{f['iris']}"/>
<circle cx="0" cy=".9" r="{r - 2.6}" fill="#fff" opacity=".13" filter="url(#b1)"/>
<circle cx="0" cy="-.7" r="2.5" fill="#060505"/>
<path d="{lid}" fill="none" stroke="#20120c" stroke-width="4.6" opacity=".42" filter="url(#b1)"/>
<circle cx="-1.9" cy="-2.5" r="1.05" fill="#fff" opacity=".92"/></g>
<path d="{crease}" fill="none" stroke="{f['shade']}" stroke-width="1.0" opacity=".75" filter="url(#b05)"/>
<path d="{under}" fill="none" stroke="{f['shade']}" stroke-width=".9" opacity=".8" filter="url(#b05)"/>
<path d="{lid}" fill="none" stroke="#1c120d" stroke-width="{f['lash'] * 1.5 + .2:.2f}" stroke-linecap="round" filter="url(#b03)"/>
<path d="M{inner[0] + 2 * s:.2f} {low * 1.15 + 3.4:.2f} Q0 {low + 6.6:.2f} {outer[0] - 2 * s:.2f} {low * .8 + 3.2:.2f}" fill="none" stroke="{f['shade']}" stroke-width="2.2" opacity="{.14 + .42 * f['age']:.2f}" filter="url(#b1)"/>
</g>"""


def brow(f, s, rnd):
    x0, x1, w, y = 85 + 13 * s, 85 + 52 * s, f["bw"] * 1.2, 67.8
    shape = f"M{x0:.1f} {y + 1.5:.1f} C{x0 + 12 * s:.1f} {y - 3.2:.1f} {x0 + 24 * s:.1f} {y - 5.4:.1f} {x1:.1f} {y + 1.8:.1f} C{x0 + 25 * s:.1f} {y - 5.4 + w * .8:.1f} {x0 + 12 * s:.1f} {y - 3.0 + w * 1.15:.1f} {x0:.1f} {y + 1.0 + w:.1f}Z"
    out = [f'<path d="{shape}" fill="{f["brow"]}" opacity=".92" filter="url(#b05)"/>']
    for i in range(34):
        t = i / 33
        x = x0 + (x1 - x0) * t
        yy = y + 2.6 - 7.4 * (4 * t * (1 - t)) * (.62 + .38 * t) + (rnd.random() - .3) * w * .55 * (1 - .6 * t)
        ln = 3.6 - 1.2 * t
        out.append(f'<path d="M{x:.2f} {yy + w * .35 * (1 - t):.2f} q{s * (.5 + 1.6 * t):.2f} {-ln * (.65 - .55 * t):.2f} {s * (1.4 + 2.2 * t):.2f} {-ln * (.75 - .95 * t):.2f}" fill="none" stroke="{f["brow"]}" stroke-width=".8" opacity=".85"/>')
    return "\n".join(out)


def mouth(f):
    m = f["smile"]
    y, c = 148.6, 148.6 - m
    line = f"M61.5 {c:.1f} C70 {y + .9 + m * .25:.1f} 78 {y - .5 + m * .3:.1f} 85 {y + .3 + m * .3:.1f} C92 {y - .5 + m * .3:.1f} 100 {y + .9 + m * .25:.1f} 108.5 {c:.1f}"
    upper = f"M61.5 {c:.1f} C69 {y - 3.6:.1f} 77 {y - 6.4:.1f} 81.5 {y - 6.4:.1f} Q85 {y - 4.9:.1f} 88.5 {y - 6.4:.1f} C93 {y - 6.4:.1f} 101 {y - 3.6:.1f} 108.5 {c:.1f} C100 {y + .9 + m * .25:.1f} 92 {y - .5 + m * .3:.1f} 85 {y + .3 + m * .3:.1f} C78 {y - .5 + m * .3:.1f} 70 {y + .9 + m * .25:.1f} 61.5 {c:.1f}Z"
    lower = f"M63.5 {c + .4:.1f} C71 {y + 8.6:.1f} 79 {y + 9.6:.1f} 85 {y + 9.6:.1f} C91 {y + 9.6:.1f} 99 {y + 8.6:.1f} 106.5 {c + .4:.1f} C100 {y + .9 + m * .25:.1f} 92 {y - .5 + m * .3:.1f} 85 {y + .3 + m * .3:.1f} C78 {y - .5 + m * .3:.1f} 70 {y + .9 + m * .25:.1f} 63.5 {c + .4:.1f}Z"
    full = .95 if f["lash"] > 1.2 else .75
    return f"""<path d="{upper}" fill="{f['lip']}" opacity="{full * .95:.2f}" filter="url(#b05)"/>
<path d="{lower}" fill="{f['lip']}" opacity="{full * .85:.2f}" filter="url(#b05)"/>
<ellipse cx="85" cy="{y + 5.4:.1f}" rx="9" ry="1.7" fill="#fff" opacity=".13" filter="url(#b1)"/>
<path d="{line}" fill="none" stroke="#6b332a" stroke-width="1.3" stroke-linecap="round" opacity=".85" filter="url(#b03)"/>
<circle cx="61.2" cy="{c:.1f}" r="1.5" fill="{f['shade']}" opacity=".6" filter="url(#b1)"/><circle cx="108.8" cy="{c:.1f}" r="1.5" fill="{f['shade']}" opacity=".6" filter="url(#b1)"/>
<ellipse cx="85" cy="162.5" rx="14" ry="2.2" fill="{f['shade']}" opacity=".34" filter="url(#b3)"/>"""


def picture(name, f):
    rnd = random.Random(name)
    age, o = f["age"], []
    o.append(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {W} {H}" px-width="512">')
    o.append("<defs>" + "".join(f'<filter id="b{n}" x="-60%" y="-60%" width="220%" height="220%"><feGaussianBlur stdDeviation="{d}"/></filter>' for n, d in (("03", .3), ("05", .5), ("1", 1), ("3", 2.6), ("8", 7))) + "</defs>")
    o.append(f'<rect width="{W}" height="{H}" fill="{f["skin"]}"/>')
    for s in (1, -1):
        o.append(f'<ellipse cx="{85 + 37 * s}" cy="116" rx="15" ry="12" fill="{f["blush"]}" opacity=".24" filter="url(#b8)"/>')
        o.append(f'<ellipse cx="{85 + 15 * s}" cy="84" rx="6" ry="9" fill="{f["shade"]}" opacity=".34" filter="url(#b3)"/>')
    o.append(f'<ellipse cx="85" cy="121" rx="10" ry="8" fill="{f["blush"]}" opacity=".22" filter="url(#b3)"/>')
    o.append(f'<ellipse cx="85" cy="178" rx="16" ry="8" fill="{f["blush"]}" opacity=".16" filter="url(#b8)"/>')
    if f["beard"]:
        o.append(f'<path d="M40 128 C46 165 62 190 85 192 C108 190 124 165 130 128 C122 150 108 166 85 167 C62 166 48 150 40 128Z M66 140 Q85 130 104 140 L103 146 Q85 139 67 146Z" fill="#3d3a40" opacity="{.30 * f["beard"]:.2f}" filter="url(#b8)"/>')
    for s in (1, -1):
        o.append(f'<path d="M{85 + 19 * s} 124 C{85 + 25 * s} 131 {85 + 30 * s} 139 {85 + 31 * s} 147" fill="none" stroke="{f["shade"]}" stroke-width="{1.6 + age:.1f}" opacity="{.16 + .42 * age:.2f}" filter="url(#b1)"/>')
        o.append(f'<path d="M{85 + 17.5 * s} 113 C{85 + 21 * s} 118 {85 + 20 * s} 125 {85 + 15 * s} 127" fill="none" stroke="{f["shade"]}" stroke-width="1.4" opacity=".55" filter="url(#b1)"/>')
        o.append(f'<ellipse cx="{85 + 6.8 * s}" cy="128.4" rx="3.2" ry="1.5" fill="#4b241b" opacity=".72" filter="url(#b05)"/>')
    o.append(f'<path d="M76 131.5 Q85 134 94 131.5" fill="none" stroke="{f["shade"]}" stroke-width="1.8" opacity=".5" filter="url(#b1)"/>')
    if age > .2:
        for y, a in ((44, .5), (51, .7)):
            o.append(f'<path d="M52 {y + 1} Q85 {y - 3} 118 {y + 1}" fill="none" stroke="{f["shade"]}" stroke-width="1.1" opacity="{(age - .1) * a * .6:.2f}" filter="url(#b1)"/>')
        for s in (1, -1):
            for k in (-2.5, 1, 4):
                o.append(f'<path d="M{85 + 49 * s} {85 + k * .6:.1f} q{s * 4} {k * .5:.1f} {s * 8} {k * 1.1:.1f}" fill="none" stroke="{f["shade"]}" stroke-width=".7" opacity="{age * .5:.2f}" filter="url(#b05)"/>')
    o += [eye(f, 1), eye(f, -1), brow(f, 1, rnd), brow(f, -1, rnd), mouth(f), "</svg>"]
    return "\n".join(o) + "\n"


if __name__ == "__main__":
    for name, f in FACES.items():
        with open(os.path.join(HERE, name + ".svg"), "w") as out:
            out.write(picture(name, f))
