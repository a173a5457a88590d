"""A meter's test lead: angled plug, cable, probe. Modelled rolled up flat before the meter, the probe beside it.

Frame: origin at the jack's seat, +X the way the cable leaves, +Z out of the jack (the meter's face is up). The cable is skinned to the bones
`lead_0` (at the plug, fixed) to `lead_27` (at the probe), each along the cable; the runtime lays them where they are needed. `tip`: the point.
"""
import bpy
import math
from mathutils import Matrix, Vector

from . import paint, scene, shapes
from .shapes import circle, fillet, lathe

R, PLANE, BONES = .0018, -.0370, 28          # cable's radius; the bench under the meter; joints
OUTER, PITCH, TURNS = .044, .0046, 3.5       # the roll: its largest radius, from turn to turn, turns
HANDLE, TIP = .118, .016                     # the probe


def course(centre, s):
    """Points of the cable from plug to probe; the roll turns to +Y for s = 1, to -Y for s = -1."""
    z, (cx, cy) = PLANE + R, centre
    pts = [(.0150, 0, .0140), (.0230, 0, .0115), (.0290, 0, .0020), (.0300, -.002 * s, -.0180), (.0330, (cy - s * OUTER) * .5, z + .006), (.0440, cy - s * OUTER, z)]
    n = 96
    for i in range(n + 1):
        a = math.tau * TURNS * i / n
        r = OUTER - PITCH * a / math.tau
        pts.append((cx + r * math.sin(a), cy - s * r * math.cos(a), z))
    y, x = pts[-1][1], cx
    return pts + [(x - .008, y, z + .0025), (x - .020, y, z + .0050), (x - .040, y, z + .0050), (x - .052, y, PLANE + .0062), (x - .060, y, PLANE + .0062)]


def lead(name, surface, centre, s):
    root = scene.start(name, asset=name, domain="instrument")
    pts = [Vector(p) for p in shapes.spline(course(centre, s), 2)]
    cable = paint.assign(shapes.sweep(pts, circle(R, 8)), surface)
    # Plug: shroud over the jack, elbow, strain relief.
    shroud = lathe(fillet([(0, .0005, 0), (.0058, .0005), (.0058, .0145), (.0048, .0185), (0, .0190, 0)], .0008, 2, False), 24)
    relief = shapes.spin(lathe(fillet([(0, .004, 0), (.0044, .004), (.0040, .012), (.0028, .0175), (0, .0175, 0)], .0006, 1, False), 18), "y", 90)
    plug = paint.assign(shapes.join(shroud, shapes.move(relief, 0, 0, .0140)), surface)
    # Probe: guard, ribbed handle, sleeve, tip; made along +Z from the cable's end.
    end, d = pts[-1], (pts[-1] - pts[-2]).normalized()
    ribs = [q for k in range(6) for q in ((.0058, .030 + .008 * k), (.0052, .034 + .008 * k))]
    grip = lathe([(0, -.004), (.0028, -.004), (.0044, .006), (.0056, .020), *ribs, (.0058, .082), (.0080, .086), (.0080, .089), (.0048, .091), (.0042, HANDLE), (0, HANDLE)], 20)
    point = lathe([(.0010, HANDLE - .002), (.0010, HANDLE + TIP - .004), (.0001, HANDLE + TIP)], 12)
    to = Matrix.Translation(end) @ d.to_track_quat("Z", "Y").to_matrix().to_4x4()
    probe = shapes.join(paint.assign(grip, surface), paint.assign(point, "chrome"))
    shapes.apply(probe, to)
    first, last = len(cable.data.vertices), len(cable.data.vertices) + len(plug.data.vertices)
    mesh = scene.node(name + "_body", root, (0, 0, 0), shapes.join(cable, plug, probe))
    scene.anchor("lead", "tip", root, tuple(to @ Vector((0, 0, HANDLE + TIP))), z=tuple(-d)).name = "tip"

    lengths = [0.0]
    for a, b in zip(pts, pts[1:]):
        lengths.append(lengths[-1] + (b - a).length)
    bpy.ops.object.armature_add()
    rig = bpy.context.object
    rig.name = rig.data.name = name + "_rig"
    rig.parent = root
    bpy.ops.object.mode_set(mode="EDIT")
    bones = rig.data.edit_bones
    bones.remove(bones[0])
    side, before, stations = Vector((0, 0, 1)), Vector((1, 0, 0)), []
    for i in range(BONES):
        wanted = lengths[-1] * i / (BONES - 1)
        k = max(1, next((k for k, l in enumerate(lengths) if l >= wanted - 1e-9), len(pts) - 1))
        t = (wanted - lengths[k - 1]) / (lengths[k] - lengths[k - 1])
        at, along = pts[k - 1].lerp(pts[k], t), (pts[k] - pts[k - 1]).normalized()
        side = before.rotation_difference(along) @ side      # as little turned as the cable bends: it does not twist
        before = along
        b = bones.new(f"lead_{i}")
        b.head, b.tail = at, at + along * .02
        b.align_roll(side)
        stations.append(wanted)
    bpy.ops.object.mode_set(mode="OBJECT")

    groups = [mesh.vertex_groups.new(name=f"lead_{i}") for i in range(BONES)]
    # Where along the cable each ring of the sweep stands.
    ring = len(circle(R, 8))
    for v in range(first):
        s_at = lengths[min(v // ring, len(lengths) - 1)] / lengths[-1] * (BONES - 1)
        i = min(int(s_at), BONES - 2)
        for j, w in ((i, 1 - (s_at - i)), (i + 1, s_at - i)):
            if w > .002:
                groups[j].add([v], w, "REPLACE")
    groups[0].add(list(range(first, last)), 1, "REPLACE")
    groups[-1].add(list(range(last, len(mesh.data.vertices))), 1, "REPLACE")
    m = mesh.modifiers.new("rig", "ARMATURE")
    m.object = rig
    scene.finish(root, ao=.01, ao_samples=16)
