"""Scene graph: nodes with pivots, anchors, extras, clips, export."""
import bpy
import math
import os
import sys
import time
from mathutils import Matrix, Vector

from . import gltf, paint, shapes

T0 = time.time()


def start(name, **extras):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.preferences.addon_enable(module="io_scene_gltf2")
    bpy.ops.preferences.addon_enable(module="cycles")
    return node(name, **extras)


def node(name, parent=None, at=(0, 0, 0), ob=None, frame=None, **extras):
    """A named node. `at` is the pivot in model space (metres, Blender axes).

    ob's mesh, built in model space, is shifted so that the node's origin is the pivot.
    frame: 4x4 rotation for a pivot whose local axes must not be the model's.
    """
    w = Matrix.Translation(at) @ (frame or Matrix())
    if ob is None:
        ob = bpy.data.objects.new(name, None)
        ob.empty_display_size = 0.02
        bpy.context.scene.collection.objects.link(ob)
    else:
        shapes.modify(shapes.shade(ob), "TRIANGULATE", keep_custom_normals=True)
        ob.data.transform(w.inverted())
        for k in list(ob.keys()):
            del ob[k]
        for k in list(ob.data.keys()):
            del ob.data[k]
        ob.data.name = name
    ob.name = name
    ob.parent = parent
    ob.matrix_world = w
    bpy.context.view_layer.update()
    if parent:
        ob.matrix_parent_inverse = Matrix()
        ob.matrix_basis = parent.matrix_world.inverted() @ w
        bpy.context.view_layer.update()
    for k, v in extras.items():
        ob[k] = v
    return ob


def instance(name, src, parent, at, rot=None, **extras):
    """Another node that shares src's mesh."""
    o = bpy.data.objects.new(name, src.data)
    bpy.context.scene.collection.objects.link(o)
    o.parent = parent
    o.matrix_basis = parent.matrix_world.inverted() @ Matrix.Translation(at) @ (rot or Matrix())
    bpy.context.view_layer.update()
    for k, v in extras.items():
        o[k] = v
    return o


def joint(kind, axis, lo, hi, **kw):
    """Extras of a moving node. axis in Blender axes; written in glTF axes, flat values only."""
    x, y, z = axis
    return dict(joint=kind, axis="%g %g %g" % (x, z, -y), lower=float(lo), upper=float(hi), **kw)


def track(name, keys, fps=24):
    """One named clip: {object: [(seconds, axis index, degrees), ...]} on Euler rotation."""
    bpy.context.scene.render.fps = fps
    for ob, ks in keys.items():
        ob.rotation_mode = "XYZ"
        ob.animation_data_create().action = bpy.data.actions.new(f"{name}_{ob.name}")
        for t, i, deg in ks:
            ob.rotation_euler[i] = math.radians(deg)
            ob.keyframe_insert("rotation_euler", index=i, frame=1 + t * fps)
            ob.rotation_euler[i] = 0
        a = ob.animation_data.action
        ob.animation_data.nla_tracks.new().strips.new(name, 1, a)
        ob.animation_data.nla_tracks[0].name = name
        ob.animation_data.action = None


def anchor(kind, name, parent, at, z=(0, 0, 1), x=None, **extras):
    """Empty marker <kind>_<name>; kind: snap, grab, tool, view, probe.

    z is the outward axis of the spot. Blender's local Z becomes local +Y in the glTF file.
    """
    z = Vector(z).normalized()
    x = Vector(x) if x else z.orthogonal()
    x = (x - z * x.dot(z)).normalized()
    frame = Matrix((x, z.cross(x), z)).transposed().to_4x4()
    return node(f"{kind}_{name}", parent, at, frame=frame, anchor=kind, **extras)


def meshes(root):
    return [o for o in (root, *root.children_recursive) if o.type == "MESH"]


def stats(root):
    seen, tris, drawn = set(), 0, 0
    for o in meshes(root):
        n = sum(len(p.vertices) - 2 for p in o.data.polygons)
        drawn += n
        if o.data not in seen:
            seen.add(o.data)
            tris += n
    return dict(nodes=1 + len(root.children_recursive), meshes=len(seen), unique_tris=tris, drawn_tris=drawn)


def option(name, default):
    a = sys.argv[sys.argv.index("--") + 1:] if "--" in sys.argv else []
    v = dict(x.split("=", 1) for x in a if "=" in x).get(name, default)
    return type(default)(v)


def finish(root, ao=.04, ao_samples=48, copyright="Shixun project, CC BY 4.0", together=False):
    """Bake occlusion, write <out>/<root>.gltf and .bin, print the numbers."""
    out, tex = option("out", "."), option("textures", "textures")
    os.makedirs(out, exist_ok=True)
    if option("ao", 1):
        paint.occlusion(meshes(root), ao, ao_samples, together=together)
    path = os.path.join(out, root.name + ".gltf")
    bpy.ops.export_scene.gltf(
        filepath=path, export_format="GLTF_SEPARATE", export_yup=True, export_extras=True, export_lights=True,
        export_cameras=False, export_tangents=False, export_animations=True)
    gltf.finalize(path, tex, copyright)
    size = sum(os.path.getsize(path[:-5] + e) for e in (".gltf", ".bin"))
    print("KIT", os.path.basename(path), f"{size / 1024:.0f} KiB, {time.time() - T0:.1f} s", stats(root))
    if option("list", 0):
        for o in sorted({o.data: o for o in meshes(root)}.values(), key=lambda o: -len(o.data.polygons)):
            print("KIT   ", o.name, len(o.data.polygons))
