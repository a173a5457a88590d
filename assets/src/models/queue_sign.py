"""Floor stand with a notice to wait behind the line: plate 300 x 425 mm, its middle 1.20 m high. Origin: floor; the notice faces -Y (glTF +Z) and +Y."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

# decal("queue_sign_face"): drawn by the build
W, D, Z = .300, .425, 1.18
root = start("queue_sign", asset="queue_sign", domain="hotel")
foot = assign(lathe(fillet([(0, 0, 0), (.150, 0, .002), (.150, .010, .004), (.030, .020, .01), (.022, .030), (0, .030, 0)], .003, 2, False), 36), "brass_satin")
post = assign(cyl(.014, .025, Z - D / 2, .001, 20), "brass_satin")
frame = apply(prism(fillet(rect(W + .016, D + .016), .012, 4), -.009, .009, .003, n=2), Matrix.Translation((0, 0, Z)) @ Matrix.Rotation(math.radians(90), 4, "X"))
faces = []
for turn in (0, 180):
    ob = apply(decal("queue_sign_face", W, D), Matrix.Translation((0, 0, Z)) @ Matrix.Rotation(math.radians(turn), 4, "Z") @ Matrix.Rotation(math.radians(90), 4, "X"))
    faces.append(move(ob, 0, -.0094 if turn == 0 else .0094, 0))
node("stand", root, (0, 0, 0), join(foot, post, assign(frame, "brass_satin"), *faces))
anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
finish(root, ao=.06, ao_samples=24)
