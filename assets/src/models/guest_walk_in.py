"""Hotel guest without a booking, a woman of 29, 1.63 m: teal hooded top, jeans, white trainers, black bob."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.figure import figure

# decal("face_walk_in"): drawn by the build
root = figure("guest_walk_in", dict(stout=.15, shoulders=.91, hips=1.01, bust=.8, upper="hoodie", crease=.8), height=1.63, cloth="knit_teal", trim="cloth_white", trousers="cloth_denim",
              shoes="sneaker_white", soles="rubber_grey", skin="skin_light", face="face_walk_in", features=dict(soft=1.0, neck=1.05, full=.7, jaw=.95, bridge=.3), hair="bob", hair_thick=.85, hair_colour="hair_black", tris=5200)
finish(root, ao=.10, ao_samples=32)
