"""Hotel guest, a man of 45 with his nephew, 1.72 m, heavy: olive zip jacket, stone trousers, brown shoes."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.figure import figure

# decal("face_adult"): drawn by the build
root = figure("guest_adult_with_teen", dict(stout=1.0, upper="blouson", crease=.8), height=1.72, cloth="cloth_olive", trim="cloth_olive", trousers="cloth_stone",
              shoes="leather_brown", skin="skin_tan", face="face_adult", features=dict(wide=1.03, jaw=1.08, bridge=.4, full=.8), hair="short", hair_thick=.7, hair_colour="hair_black", tris=5200)
finish(root, ao=.10, ao_samples=32)
