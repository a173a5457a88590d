"""Hotel guest, a man of 24, 1.77 m, slim: light blue shirt, jeans, white trainers."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.figure import figure

# decal("face_mismatch"): drawn by the build
root = figure("guest_mismatch", dict(stout=.05, shoulders=.96, upper="shirt", crease=.8), height=1.77, cloth="cloth_sky", trim="print_white", trousers="cloth_denim",
              shoes="sneaker_white", soles="rubber_grey", skin="skin_warm", face="face_mismatch", features=dict(soft=.3, wide=.96, jaw=.95, bridge=.4, full=.2), hair="fringe", hair_colour="hair_black", tris=5200)
finish(root, ao=.10, ao_samples=32)
