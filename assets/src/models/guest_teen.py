"""Hotel guest, a boy of 17, 1.70 m, slim: red hooded top, grey trousers, white trainers."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.figure import figure

# decal("face_teen"): drawn by the build
root = figure("guest_teen", dict(stout=.05, shoulders=.93, hips=.96, upper="hoodie", crease=.9), height=1.70, cloth="cloth_red", trim="cloth_white", trousers="cloth_slate",
              shoes="sneaker_white", soles="rubber_grey", skin="skin_light", face="face_teen", features=dict(soft=.8, full=.8, jaw=.95, bridge=.3), hair="fringe", hair_colour="hair_black", tris=5200)
finish(root, ao=.10, ao_samples=32)
