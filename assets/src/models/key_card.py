"""Blank key card of the hotel (ISO 7810 ID-1); stands half in the encoder's slot, arrow down. No room number on it."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

# decal("key_card_face"): drawn by the build
root = card("key_card", "card_white", "key_card_face")
anchor("snap", "slot", root, (0, 0, .00038), z=(1, 0, 0), x=(0, 1, 0), fits="key_slot")
finish(root, ao=.01, ao_samples=8)
