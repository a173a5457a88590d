"""Hotel guest, a woman of 42 from London, 1.68 m: camel jacket, white blouse, navy skirt, chestnut bob."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.figure import figure

# decal("face_english"): drawn by the build
root = figure("guest_english_woman", dict(stout=.25, shoulders=.93, hips=1.02, bust=1.0, upper="jacket", lower="skirt", crease=.5), height=1.68, cloth="cloth_camel", trim="leather_brown", shirt="cloth_white", trousers="cloth_navy",
              legs="stocking", shoes="leather_brown", skin="skin_fair", face="face_english", features=dict(soft=1.0, neck=1.05, bridge=.9, full=.3, jaw=.92), hair="bob", hair_colour="hair_chestnut", tris=5200)
finish(root, ao=.10, ao_samples=32)
