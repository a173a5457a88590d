"""A-frame floor sign, 0.32 x 0.62 m, yellow plastic, text on both faces. Origin: floor centre, faces front and back."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

H, W, A = .640, .320, 12.5               # panel length, width, half opening angle
root = start("safety_board", asset="safety_board", domain="auto")


def leaf():
    out = fillet([(-W / 2, 0, .006), (-W / 2 + .050, 0, .006), (-W / 2 + .062, .030, .01), (W / 2 - .062, .030, .01), (W / 2 - .050, 0, .006), (W / 2, 0, .006),
                  (W / 2 - .022, H, .020), (-W / 2 + .022, H, .020)], .006, 4)
    p = prism(out, -.005, .005, .0025, holes=[fillet(rect(.085, .024, 0, H - .030), .011, 5)[::-1]], n=2)
    assign(p, "plastic_yellow")
    fr = prism(fillet([(-W / 2 + .010, .045), (W / 2 - .010, .045), (W / 2 - .026, H - .060), (-W / 2 + .026, H - .060)], .014, 4), .0040, .0065, .0010,
               holes=[fillet([(-W / 2 + .018, .053), (W / 2 - .018, .053), (W / 2 - .033, H - .068), (-W / 2 + .033, H - .068)], .009, 4)[::-1]])
    assign(fr, "plastic_yellow")
    d = move(decal("safety_board_face", .256, .480), 0, .053 + .262, .0053)
    return join(p, fr, d)


def stand(o, back):
    o = spin(spin(o, "x", 90), "x", -A)    # upright facing the front, leaning back
    o = move(o, 0, -H * math.sin(math.radians(A)) - .004, .0015)
    return spin(o, "z", 180) if back else o


f, b = stand(leaf(), False), stand(leaf(), True)
hz = H * math.cos(math.radians(A))
pins = [assign(move(spin(cyl(.0065, -.020, .020, .001, 16), "y", 90), x, 0, hz - .006), "plastic_black") for x in (-.105, .105)]
strap = assign(move(box(.012, 2 * math.tan(math.radians(A)) * (hz - .22) - .004, .0016, 0), .10, 0, .22), "rubber")
node("board", root, (0, 0, 0), join(f, b, *pins, strap))
anchor("grab", "hand", root, (0, 0, hz - .02), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), x=(1, 0, 0))
finish(root, ao=.06)
