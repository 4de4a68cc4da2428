"""The first database: every table with its branch, audit with salt and hash, sealed phone numbers.

A migration is history: it holds its own copy of nothing but what it adds. The first one creates what the tables of
its day were, which is all of them.
"""

from __future__ import annotations

from alembic import op

from storage.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
