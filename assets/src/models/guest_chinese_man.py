"""Hotel guest, a man of 38 on business, 1.74 m: charcoal suit, white shirt, wine tie."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.figure import figure

# decal("face_chen"): drawn by the build
root = figure("guest_chinese_man", dict(stout=.55, upper="suit", crease=.5), height=1.74, cloth="cloth_charcoal", trim="plastic_black", shirt="cloth_white", tie="cloth_wine", trousers="cloth_charcoal",
              shoes="leather_black", skin="skin_warm", face="face_chen", features=dict(wide=1.02, jaw=1.05, bridge=.3, full=.6), hair="short", hair_colour="hair_black", tris=5200)
finish(root, ao=.10, ao_samples=32)
