"""Lets the tests of the doors share their peers: fake platforms and the house that echoes."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "peers"))
