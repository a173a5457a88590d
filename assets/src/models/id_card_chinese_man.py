"""Training identity card of Li Wei, an invented person; ISO 7810 ID-1 size, no real document's design."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

# decal("id_card_chinese_man") decal("id_card_back"): drawn by the build
root = card("id_card_chinese_man", "card_white", "id_card_chinese_man", back="id_card_back",
            parts=[("photo", (40, 120, 240, 300)), ("birth", (304, 234, 330, 88)), ("valid", (304, 350, 330, 88))])
finish(root, ao=.01, ao_samples=8)
