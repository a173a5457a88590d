"""Roller tool trolley 0.75 x 0.45 x 0.92 m: top tray with a shadow-foam mat, three drawers, open lower tier, castors.

Mat: yellow layer, black layer 14 mm thick with cut-outs; slot anchors lie on the yellow layer, their local X follows the
tool's length, +Y points up. Slots (u to the right, v to the back from the mat's centre) are in SLOTS.
"""
import math, os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *

X0, X1, Y0, Y1 = -.375, .335, -.225, .225       # cabinet; the push bar fills the rest to +0.375
CX, W, DEP = (X0 + X1) / 2, X1 - X0, Y1 - Y0
DECK, FLOOR, TOP = .872, .886, .900              # tray bottom, yellow layer, black layer
root = start("tool_trolley", asset="tool_trolley", domain="auto")


def panel(x0, x1, y0, y1, z0, z1, r=.002, n=1):
    return box(x1 - x0, y1 - y0, z1 - z0, r, n, at=((x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2))


# --- cabinet shell -------------------------------------------------------------------------------
T = .012
shell = [panel(X0, X0 + T, Y0, Y1, .50, .885), panel(X1 - T, X1, Y0, Y1, .50, .885), panel(X0 + T, X1 - T, Y1 - T, Y1, .50, .885),
         panel(X0, X1, Y0, Y1, .488, .500), panel(X0 + T, X1 - T, Y0 + .004, Y1 - T, .866, DECK)]
shell += [panel(X0, X1, Y0, Y1, .150, .166, .003)]
for x in (X0, X1 - .030):
    for y in (Y0, Y1 - .030):
        shell.append(panel(x, x + .030, y, y + .030, .166, .488, .003))
shell += [panel(X0 + .03, X1 - .03, Y1 - .008, Y1 - .004, .166, .260), *[panel(x, x + .004, Y0 + .03, Y1 - .03, .166, .230) for x in (X0 + .004, X1 - .008)]]
for z in (.6035, .7215):
    shell.append(panel(X0 + T, X1 - T, Y0 + .004, Y0 + .016, z - .004, z + .004, .001))
shell = assign(join(*shell), "paint_grey")
rim = prism(fillet(rect(W + .004, DEP + .0, CX, 0), .022, 5), .868, .920, .004, n=2, holes=[fillet(rect(W - .026, DEP - .026, CX, 0), .012, 4)[::-1]])
rim = assign(rim, "plastic_black")
shelf = assign(prism(fillet(rect(W - .068, DEP - .068, CX, 0), .01, 3), .1655, .1685, .001), "rubber")
badge = spin(decal("trolley_badge", .200, .040), "x", 90)
badge = move(badge, CX, Y1 + .0006, .70)
side_b = spin(spin(decal("trolley_badge", .200, .040), "x", 90), "z", -90)
side_b = move(side_b, X0 - .0006, 0, .76)
badge = spin(move(badge, -CX, -Y1 - .0006, 0), "z", 180)
badge = move(badge, CX, Y1 + .0006, 0)
node("cabinet", root, (0, 0, 0), join(shell, rim, shelf, badge, side_b))

# --- mat -----------------------------------------------------------------------------------------------
def slot_outline(kind):
    """Cut-out in slot coordinates (x along the tool, y across)."""
    r = .006
    if kind == "torque_wrench":
        return fillet([(-.256, -.0455), (-.207, -.0455), (-.207, .004), (.010, .008), (.020, .000), (.108, .000), (.116, .004), (.255, .004), (.255, .049), (.116, .049),
                       (.108, .051), (.020, .051), (.010, .044), (-.207, .044), (-.212, .049), (-.256, .049)], r, 3)
    if kind == "wheel_brace":
        return fillet([(-.210, -.041), (-.170, -.041), (-.170, .014), (.060, .020), (.215, .020), (.215, .055), (.060, .055), (-.198, .052), (-.210, .040, .016)], r, 3)
    if kind == "parts_tray":
        return fillet(rect(.246, .141), .034, 6)
    if kind == "oil_can":
        return circle(.0345, 32)
    w, h = dict(tread_gauge=(.078, .094), tyre_inflator=(.150, .250), wire_brush=(.228, .048), work_gloves=(.252, .172))[kind]
    return fillet(rect(w, h), .012, 4)


SLOTS = dict(torque_wrench=(-.081, -.155), wheel_brace=(-.121, -.056), tread_gauge=(.139, -.044), tyre_inflator=(.260, -.070), wire_brush=(.045, .037),
             work_gloves=(-.210, .110), oil_can=(.262, .130), parts_tray=(.045, .137))
holes = [[(CX + u + x, v + y) for x, y in slot_outline(k)][::-1] for k, (u, v) in SLOTS.items()]
low = assign(panel(X0 + .013, X1 - .013, Y0 + .013, Y1 - .013, DECK, FLOOR, 0), "foam_yellow")
blk = prism(fillet(rect(W - .027, DEP - .027, CX, 0), .011, 4), FLOOR - .001, TOP, .0012, holes=holes)
blk = assign(blk, "foam_black")
node("foam_mat", root, (CX, 0, FLOOR), join(low, blk))
for k, (u, v) in SLOTS.items():
    anchor("snap", k, root, (CX + u, v, FLOOR), x=(1, 0, 0), lie="1", accepts=k)
anchor("snap", "scissor_jack", root, (CX, 0, .1685), x=(1, 0, 0), lie="1", accepts="scissor_jack")

# --- drawers ----------------------------------------------------------------------------------------------
for i, (z0, z1) in enumerate(((.7270, .8640), (.6090, .7160), (.5020, .5980)), 1):
    zc = (z0 + z1) / 2
    front = assign(panel(X0 + .0145, X1 - .0145, Y0 - .0, Y0 + .016, z0, z1, .003, 2), "paint_blue")
    ix0, ix1, iy1 = X0 + .026, X1 - .026, Y1 - .030
    inner = [panel(ix0, ix1, Y0 + .014, iy1, z0 + .006, z0 + .009, 0), panel(ix0, ix0 + .003, Y0 + .014, iy1, z0 + .009, z1 - .018, 0),
             panel(ix1 - .003, ix1, Y0 + .014, iy1, z0 + .009, z1 - .018, 0), panel(ix0 + .003, ix1 - .003, iy1 - .003, iy1, z0 + .009, z1 - .018, 0)]
    inner = assign(join(*inner), "zinc")
    pull = prism(fillet([(0, 0, 0), (.0, -.022, .001), (-.0035, -.025, .001), (-.016, -.025, .004), (-.022, -.017, .003), (-.022, -.013, .001), (-.0175, -.017, .002),
                         (-.0055, -.0195, .002), (-.004, -.004, .001), (-.003, 0, 0)], .002, 2), -.315, .315, .0006)
    pull = apply(pull, Matrix(((0, 0, 1, CX), (1, 0, 0, Y0), (0, 1, 0, z1 - .004), (0, 0, 0, 1))))
    pull = assign(pull, "zinc")
    lab = move(spin(decal("trolley_drawer_label", .080, .020), "x", 90), X0 + .075, Y0 - .0006, zc - .018)
    dr = node(f"drawer_{i}", root, (CX, Y0, zc), join(front, inner, pull, lab), **joint("prismatic", (0, -1, 0), 0, .33))
    anchor("grab", f"drawer_{i}", dr, (CX, Y0 - .022, z1 - .016), z=(0, -1, 0), x=(1, 0, 0))

# --- push bar on the right ------------------------------------------------------------------------------------
xb, zb = .3625, .835
bar = sweep(spline([(X1 - .004, -.185, zb), (X1 + .010, -.185, zb), (xb - .006, -.180, zb), (xb, -.165, zb), (xb, -.05, zb), (xb, .05, zb), (xb, .165, zb), (xb - .006, .180, zb), (X1 + .010, .185, zb), (X1 - .004, .185, zb)], 3), circle(.0115, 10))
bar = assign(bar, "steel")
grip = assign(move(spin(lathe(fillet([(.0110, -.13), (.0125, -.13), (.0125, .13), (.0110, .13)], .001, 1), 18, closed=True), "x", 90), xb, 0, zb), "rubber")
fl = [assign(move(spin(cyl(.021, 0, .005, .0015, 24), "y", 90), X1, y, zb), "steel") for y in (-.185, .185)]
node("push_bar", root, (xb, 0, zb), join(bar, grip, *fl))
anchor("grab", "push_bar", root, (xb, 0, zb), z=(0, 0, 1), x=(0, 1, 0))

# --- castors, wheel 100 mm -----------------------------------------------------------------------------------
first = None
for i, (x, y) in enumerate(((X0 + .055, Y0 + .055), (X1 - .055, Y0 + .055), (X0 + .055, Y1 - .055), (X1 - .055, Y1 - .055)), 1):
    if first:
        instance(f"castor_{i}", first, root, (x, y, .150), **joint("revolute", (0, 0, 1), -180, 180))
        continue
    pl = move(box(.080, .080, .005, .001, 1), 0, 0, .1475)
    sw = lathe(fillet([(0, .145, 0), (.026, .145, .001), (.026, .136, .003), (.018, .128, .002), (0, .128, 0)], .001, 1, False), 16)
    fork = []
    for s in (-1, 1):
        f = prism(fillet([(-.022, .128), (.022, .128), (.020, .100, .02), (.044, .046, .008), (.044, .050), (.028, .040), (.018, .060, .02), (-.022, .110, .02)], .004, 1), s * .0205 - .0015, s * .0205 + .0015, .0005)
        fork.append(apply(f, Matrix(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1)))))
    cap = move(box(.044, .048, .004, .001, 1), 0, 0, .1285)
    axle = move(spin(cyl(.006, -.026, .026, .001, 12), "y", 90), 0, .032, .050)
    met = assign(join(pl, sw, *fork, cap, axle), "zinc")
    whl = lathe(fillet([(.006, -.015), (.038, -.013, .002), (.042, -.016), (.050, -.0135, .005), (.050, .0135, .005), (.042, .016), (.038, .013, .002), (.006, .015)], .001, 1), 24, closed=True)
    assign(whl, "rubber")
    assign(whl, "zinc", lambda p: math.hypot(p.center.x, p.center.y) < .0405)
    whl = move(spin(whl, "y", 90), 0, .032, .050)
    ob = move(join(met, whl), x, y, 0)
    first = node(f"castor_{i}", root, (x, y, .150), ob, **joint("revolute", (0, 0, 1), -180, 180))
anchor("view", "top", root, (CX, -.35, 1.75), z=(0, -.35, .85))
anchor("view", "default", root, (.9, -1.5, 1.5), z=(.5, -.8, .4))
finish(root, ao=.10)
