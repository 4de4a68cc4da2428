"""What the tables share: their metadata, and the columns that many of them have."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, MetaData, String, Text, false, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

MASKED = {"masked": True}


def identity() -> Column[int]:
    """The row's own number."""
    return Column("id", Integer, primary_key=True, autoincrement=True)


def branch(*, required: bool = True, index: bool = True) -> Column[int]:
    """The branch that the row belongs to; `index` False where another index begins with it or nobody asks by it."""
    return Column("branch_id", Integer, nullable=not required, index=index)


def flag(name: str, *, masked: bool = False) -> Column[bool]:
    """A yes or no that begins as no."""
    return Column(name, Boolean, nullable=False, server_default=false(), info=MASKED if masked else {})


def secret(name: str) -> Column[str]:
    """Sealed text: masked in audit diffs, unreadable in a copied file."""
    return Column(name, Text, info={"secret": True})


def count(name: str) -> Column[int]:
    """A counter that begins at 0."""
    return Column(name, Integer, nullable=False, server_default=text("0"))


def state(default: str) -> Column[str]:
    """The one word that says how far a row is."""
    return Column("state", String(16), nullable=False, server_default=default)
