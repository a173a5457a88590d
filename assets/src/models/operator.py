"""Line operator, 1.76 m: khaki work suit with teal shoulders, teal cap, no gloves, safety shoes."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.figure import figure

# decal("face_operator"): drawn by the build
root = figure("operator", dict(stout=.55, shoulders=1.02), cloth="cloth_khaki", trim="cloth_teal", yoke=1.350, trousers="cloth_khaki", patch="cloth_black",
              shoes="leather_black", cap="cloth_teal", hair="short", hair_colour="hair_black", skin="skin_tan", face="face_operator", features=dict(wide=1.03, jaw=1.06, bridge=.4, full=.6), name_tag="print_white", tris=6400)
finish(root, ao=.10, ao_samples=32)
