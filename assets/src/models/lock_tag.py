"""Lockout tag, 75 x 145 mm laminated card, 0.8 mm, with a brass eyelet and a nylon tie. Origin: the eyelet; the card hangs down (-Z), front to -Y."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import front

W, L = .075, .145
root = start("lock_tag", asset="lock_tag", domain="manufacturing")
card = prism(fillet([(-W / 2, -L + .014), (W / 2, -L + .014), (W / 2, .004, .006), (W / 2 - .012, .014, .006), (-W / 2 + .012, .014, .006), (-W / 2, .004, .006)], .006, 3), -.0004, .0004, .0002,
             holes=[circle(.0032, 16)[::-1]])
card = assign(front(card), "print_white")
face = move(front(decal("lock_tag_face", .073, .1427)), 0, -.00045, -.0585)
back = spin(move(front(decal("lock_tag_back", .073, .1427)), 0, -.00045, -.0585), "z", 180)
eye = assign(front(tube_z(.0026, .0058, -.0008, .0008, .0004, 24)), "brass")
tie = sweep([(0, -.0075 * math.cos(t) + .004, .011 * math.sin(t) + .0085) for t in [math.radians(-115 + 310 * i / 22) for i in range(23)]], rect(.0030, .0010), up=(1, 0, 0))
assign(tie, "plastic_white")
node("tag", root, (0, 0, 0), join(card, back, eye, tie))
node("label", root, (0, 0, -.0585), face)
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
anchor("grab", "hand", root, (0, 0, -.10), z=(0, -1, 0), x=(1, 0, 0))
anchor("view", "tag", root, (0, -.30, -.058), z=(0, -1, 0), x=(1, 0, 0))
finish(root, ao=.01)
