"""Other people's packages beside which the doors are tested, installed on first use into `node_modules` here."""

import functools
import json
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent


@functools.cache
def installed_peers():
    """Return the folder with the packages of package.json installed, or None where they cannot be."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None
    if not _is_installed():
        try:
            subprocess.run(  # noqa: S603  npm with fixed words
                [shutil.which("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=HERE, capture_output=True, check=True, timeout=90,
            )  # fmt: skip
        except (subprocess.SubprocessError, OSError):
            return None
    return HERE if _is_installed() else None


def _is_installed():
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    for name, version in wanted.items():
        found = HERE / "node_modules" / name / "package.json"
        if not found.is_file() or json.loads(found.read_text())["version"] != version:
            return False
    return True
