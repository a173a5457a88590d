"""Cards and printed sheets: thin bodies with a picture on top, and parts of the picture as nodes of their own that can be looked at."""
from mathutils import Matrix, Vector

from . import paint, scene, shapes


def printed(picture, w, h, z, px=None, size=None):
    """The picture, or its part px = (x, y, w, h) in pixels of `size`, where it lies on a sheet w x h; faces +Z, its top to +Y."""
    x, y, pw, ph = px or (0, 0, *(size or (1, 1)))
    sw, sh = size or (1, 1)
    ob = paint.decal(picture, w * pw / sw, h * ph / sh)
    for i, (u, v) in enumerate(((0, 0), (1, 0), (1, 1), (0, 1))):
        ob.data.uv_layers[0].data[i].uv = ((x + u * pw) / sw, 1 - (y + (1 - v) * ph) / sh)
    return shapes.move(ob, (x + pw / 2 - sw / 2) / sw * w, -(y + ph / 2 - sh / 2) / sh * h, z)


def card(name, surface, picture, parts=(), size=(856, 540), back=None, **extras):
    """A plastic card of ISO 7810 ID-1 size, 85.60 x 53.98 x 0.76 mm, corners 3.18 mm; origin: middle of its underside.
    parts: (node, px) areas of the picture as nodes, lying 0.15 mm above the rest."""
    w, h, t = .0856, .05398, .00076
    root = scene.start(name, asset=name, domain="hotel", **extras)
    body = paint.assign(shapes.prism(shapes.fillet(shapes.rect(w, h), .00318, 4), 0, t, .00012), surface)
    faces = [printed(picture, w, h, t + .00006)]
    if back:
        faces.append(shapes.move(shapes.spin(printed(back, w, h, 0), "y", 180), z=-.00006))
    scene.node("card", root, (0, 0, 0), shapes.join(body, *faces))
    for n, px in parts:
        ob = printed(picture, w, h, t + .00021, px, size)
        c = sum((v.co for v in ob.data.vertices), Vector()) / 4
        scene.node(n, root, tuple(c), ob)
    scene.anchor("grab", "hand", root, (0, -h / 2 + .008, t), z=(0, 0, 1), x=(1, 0, 0))
    scene.anchor("snap", "rest", root, (0, 0, 0), z=(0, 0, 1), x=(1, 0, 0))
    scene.anchor("view", "face", root, (0, 0, .16), z=(0, -.12, 1), x=(1, 0, 0))
    return root
