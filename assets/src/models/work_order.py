"""Work order: hardboard clipboard 0.235 x 0.325 m with a printed form, lying. Origin: middle of the contact plane, top edge to the back (-Z)."""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

root = start("work_order", asset="work_order", domain="auto")
board = assign(prism(fillet(rect(.235, .325), .012, 5), 0, .0030, .0008, holes=[circle(.004, 16, 0, .152)[::-1]]), "wood_dark", grain="y")
paper = prism(rect(.208, .294, 0, -.010), .0030, .0038, .0001)
assign(paper, "print_white")
form = move(decal("work_order_form", .206, .2914), 0, -.010, .00395)
clip = prism(fillet([(-.050, .124, .003), (.050, .124, .003), (.046, .146, .006), (.024, .158, .006), (-.024, .158, .006), (-.046, .146, .006)], .003, 4), .0044, .0066, .0009, holes=[circle(.006, 20, 0, .150)[::-1]])
roll = move(spin(cyl(.0052, -.046, .046, .001, 18), "y", 90), 0, .140, .0095)
legs = [move(box(.006, .016, .008, .001, 1), x, .140, .006) for x in (-.040, .040)]
lip = move(spin(cyl(.0018, -.049, .049, .0005, 12), "y", 90), 0, .1245, .0052)
clip = assign(join(clip, roll, lip, *legs), "chrome")
node("board", root, (0, 0, 0), join(board, clip, paper, form))
pen = join(lathe(fillet([(0, -.070, 0), (.0008, -.070), (.0032, -.060), (.0042, -.056), (.0042, .060), (.0036, .066, .001), (0, .066, 0)], .0005, 1, False), 14))
assign(pen, "plastic_blue")
pc = assign(move(box(.0022, .040, .0014, .0005, 1), 0, .040, .0050), "chrome")
pen = join(spin(pen, "x", -90), pc)
pen = move(spin(pen, "z", 6), .096, -.060, .0082)
node("pen", root, (.096, -.060, .0082), pen)
anchor("grab", "hand", root, (0, -.150, .002), z=(0, -1, 0), x=(1, 0, 0))
anchor("snap", "rest", root, (0, 0, 0), x=(1, 0, 0))
anchor("view", "form", root, (0, -.05, .42), z=(0, -.1, 1), x=(1, 0, 0))
finish(root, ao=.015)
