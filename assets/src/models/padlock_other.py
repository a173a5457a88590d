"""Another person's safety padlock: the same lock in blue, with that person's name on it."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import padlock

root = padlock("padlock_other", "plastic_blue", "padlock_other_label")  # decal("padlock_other_label")
finish(root, ao=.015)
