"""Passport picture of a built person: head and shoulders before a plain ground.

    blender -b --factory-startup --python portrait.py -- ../models/guest_teen.gltf decals/portrait_teen.jpg
A person who is only a picture: blender -b -t 1 --factory-startup --python portraits/NAME.py -- out=DIR textures=../textures, then as above.
"""
import bpy
import math
import numpy
import os
import sys
from mathutils import Vector

numpy.bool = bool  # Debian's numpy 1.24 dropped the alias that Blender 3.4's glTF importer still uses
src, dst = (os.path.abspath(a) for a in sys.argv[sys.argv.index("--") + 1:][:2])
bpy.ops.wm.read_factory_settings(use_empty=True)
for a in ("io_scene_gltf2", "cycles"):
    bpy.ops.preferences.addon_enable(module=a)
bpy.ops.import_scene.gltf(filepath=src)
sc = bpy.context.scene
for o in sc.objects:
    if o.animation_data:
        for t in o.animation_data.nla_tracks:
            t.mute = not t.strips[0].name.startswith("idle")
        o.animation_data.action = None
sc.frame_set(1)
body = next(o for o in sc.objects if o.type == "MESH")
top = max((body.matrix_world @ Vector(c)).z for c in body.bound_box)
t = Vector((0, 0, top - .190))
cam = bpy.data.objects.new("cam", bpy.data.cameras.new("cam"))
sc.collection.objects.link(cam)
sc.camera, cam.data.angle = cam, math.radians(13)
cam.location = t + Vector((0, -2.1, .04))
cam.rotation_euler = (t - cam.location).to_track_quat("-Z", "Y").to_euler()
for v, e, s in (((-1.0, -1.5, .8), 42, 1.4), ((1.2, -1.4, .5), 30, 1.4), ((0, 1.2, 1.2), 20, 1)):
    l = bpy.data.lights.new("l", "AREA")
    l.energy, l.size = e, s
    o = bpy.data.objects.new("l", l)
    sc.collection.objects.link(o)
    o.location, o.rotation_euler = t + Vector(v), (-Vector(v)).to_track_quat("-Z", "Y").to_euler()
w = bpy.data.worlds.new("w")
sc.world, w.use_nodes = w, True
w.node_tree.nodes["Background"].inputs[0].default_value = (.72, .80, .88, 1)
sc.render.engine, sc.cycles.samples, sc.cycles.use_denoising = "CYCLES", 40, False
sc.render.resolution_x, sc.render.resolution_y = 208, 260
sc.view_settings.view_transform = "Standard"
sc.render.image_settings.file_format, sc.render.image_settings.quality, sc.render.filepath = "JPEG", 82, dst
bpy.ops.render.render(write_still=True)
