"""Lets the doctor's tests ask the fake platforms of the doors' tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "channels" / "peers"))
