"""Inductive sensor M18, NPN: the wrong type on the shelf, the same body as inductive_sensor but for its label."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit import *
from kit.controls import m18_sensor

root = m18_sensor("sensor_npn", "sensor_npn_label")         # decal("sensor_npn_label")
finish(root, ao=.012)
