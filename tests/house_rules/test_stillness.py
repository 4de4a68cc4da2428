"""Importing a module does nothing: no file, no connection, no thread, no program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NEVER_IMPORTED = {"storage/migrations/env.py"}
"""alembic runs this file itself."""

WATCH = """
import importlib, json, os, sys, threading

root, names = sys.argv[1], json.loads(sys.argv[2])
WATCHED = {"open", "thread", "socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen",
           "os.mkdir", "os.remove", "os.rename", "os.listdir", "os.scandir"}
FREE = (".py", ".pyc", ".pyi", ".so", ".pyd", ".dll")
seen, module = [], ""


def who():
    # The frame that did it: ours, unless the import machinery stands between (then a library did it for itself).
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(root) and "/.venv/" not in name:
            return f"{os.path.relpath(name, root)}:{frame.f_lineno}"
        if name.startswith("<frozen importlib"):
            return None
        frame = frame.f_back
    return None


def hook(event, args):
    if event not in WATCHED or not module:
        return
    target = str(args[0]) if args else ""
    if event == "open" and target.endswith(FREE):
        return
    place = who()
    if place is not None:
        seen.append(f"{place} {event} {target}")


def start(thread, begin=threading.Thread.start):
    hook("thread", (thread.name,))
    begin(thread)


threading.Thread.start = start
sys.path.insert(0, root)
sys.addaudithook(hook)
for module in names:
    try:
        importlib.import_module(module)
    except Exception as fault:
        seen.append(f"{module} cannot be imported: {fault!r}")
module = ""
print(json.dumps(seen))
"""


def modules(code):
    for source in code:
        if source.path not in NEVER_IMPORTED and not source.path.endswith("__main__.py"):
            yield source.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def watched(root, names):
    """What importing these modules of a folder did, in an interpreter of its own."""
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", WATCH, str(root), json.dumps(names)],
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
        env={**os.environ, "PYDANTIC_DISABLE_PLUGINS": "__all__"},  # it would look for plugins at the first model
    )
    assert done.returncode == 0, done.stderr.splitlines()[-3:]
    return json.loads(done.stdout.splitlines()[-1])


def test_importing_every_module_opens_nothing(code, none):
    none(watched(ROOT, list(modules(code))))


def test_the_watch_sees_what_a_module_opens(tmp_path):
    (tmp_path / "still.py").write_text("import json\n", "utf-8")
    (tmp_path / "noisy.py").write_text(
        "import pathlib, sqlite3, threading\n"
        "pathlib.Path(__file__).with_name('words.txt').write_text('x')\n"
        "sqlite3.connect(':memory:').close()\n"
        "threading.Thread(target=int).start()\n",
        "utf-8",
    )
    seen = watched(tmp_path, ["still", "noisy"])
    assert [line.split()[:2] for line in seen] == [
        ["noisy.py:2", "open"],
        ["noisy.py:3", "sqlite3.connect"],
        ["noisy.py:4", "thread"],
    ]
