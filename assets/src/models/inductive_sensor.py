"""Inductive sensor M18, PNP, normally open, not flush, Sn 8 mm, with M12 plug: 84 mm long in all (EN 60947-5-2 type I2, size M18).

Look-alike of sensor_npn: only the label tells them apart. Origin: sensing face; the barrel runs to +Z (glTF +Y).
"""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import m18_sensor

root = m18_sensor("inductive_sensor", "sensor_pnp_label")   # decal("sensor_pnp_label")
finish(root, ao=.012)
