"""The red test lead of the multimeter, 0.9 m: see kit/lead.py. Its jack: 23.4 mm right of the middle; the roll lies on that side."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from kit.lead import lead

lead("test_lead_red", "print_red", (.077, 0.0236), 1)
