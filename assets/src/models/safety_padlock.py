"""Personal safety padlock, red, body 38 x 45 x 20 mm, shackle 6 mm (safety padlock as sold for lockout). Hangs by its bow: origin there."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import padlock

root = padlock("safety_padlock", "plastic_red", "padlock_own_label")          # decal("padlock_own_label")
finish(root, ao=.015)
