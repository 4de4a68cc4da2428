"""Writes the first migration anew from the tables, for as long as nothing has been released.

`python -m storage.migrations.rewrite` (it needs ruff, so the development environment). Afterwards a migration is
history: what changes gets a file of its own, and this one is deleted.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import MetaData

FIRST = Path(__file__).parent / "versions" / "v0001_first.py"
HEAD = '''"""The first database: every table with its branch, audit with salt and hash, sealed phone numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
'''


def written(metadata: MetaData) -> str:
    """Return the first migration's text, before it is formatted: it names SQL's own types, not ours."""
    from alembic.autogenerate import render_python_code
    from alembic.operations import ops

    made: list[Any] = []
    dropped: list[Any] = []
    for table in sorted(metadata.tables.values(), key=lambda table: table.name):
        made.append(ops.CreateTableOp.from_table(table))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        made.extend(ops.CreateIndexOp.from_index(index) for index in indexes)
        dropped.insert(0, ops.DropTableOp.from_table(table))
    return (
        HEAD
        + _code(render_python_code, ops.UpgradeOps(made))
        + "\n\ndef downgrade() -> None:\n"
        + _code(render_python_code, ops.DowngradeOps(dropped))
    )


def _code(render: Any, operations: Any) -> str:
    from alembic.migration import MigrationContext

    context = MigrationContext.configure(dialect_name="postgresql")
    text: str = render(operations, render_item=_plain, migration_context=context)
    lines = (line for line in text.splitlines() if not line.strip().startswith("#"))
    return "\n".join(f"    {line}" if line else "" for line in lines) + "\n"


def _plain(kind: str, thing: Any, context: Any) -> Any:  # noqa: ARG001  alembic's signature
    from sqlalchemy.types import TypeDecorator

    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{type(thing.impl).__name__}()"
    return False


def main() -> None:
    """Write the file and format it."""
    from storage.tables import metadata

    FIRST.write_text(written(metadata), "utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(FIRST)], check=True)  # noqa: S603  our own file


if __name__ == "__main__":
    main()
