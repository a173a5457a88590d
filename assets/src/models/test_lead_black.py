"""The black test lead of the multimeter, 0.9 m: see kit/lead.py. Its jack: in the middle; the roll lies on that side."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit.lead import lead

lead("test_lead_black", "plastic_black", (.077, -0.047), -1)
