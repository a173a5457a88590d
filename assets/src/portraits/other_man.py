"""The man on the identity card that does not belong to its bearer, 47: only for his picture (see portrait.py)."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.figure import figure

root = figure("other_man", dict(stout=1.0, upper="shirt", crease=.8), height=1.70, cloth="cloth_white", trim="print_white", trousers="cloth_charcoal",
              shoes="leather_black", skin="skin_tan", face="face_other", features=dict(wide=1.08, jaw=1.15, nose=1.15, full=1.0), hair="short", hair_thick=.45, hair_colour="hair_grey", glasses="plastic_black", tris=5200)
finish(root, ao=.10, ao_samples=8)
