"""An organization to measure with: a committee of many branches, each with a chat and a meeting that is open."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from services import house
from storage import tables
from storage.database import Database
from storage.migrate import migrate

if TYPE_CHECKING:
    from pathlib import Path

BRANCH = 40
"""Members of one branch: those who may vote, as most branches are (3 to 50)."""


@dataclass(frozen=True)
class Size:
    """How large the organization is."""

    branches: int
    members: int = BRANCH

    @property
    def people(self) -> int:
        """Everyone."""
        return self.branches * self.members


@cache
def words() -> dict[str, str]:
    """Read what things are called."""
    return tomllib.loads(files("bench").joinpath("words.toml").read_text("utf-8"))


def account(number: int) -> str:
    """Name the account of the n-th person."""
    return words()["person"].format(n=number)


def build(path: Path, size: Size, channel: str = "web") -> Database:
    """Make a database with the organization, its people at one door.

    Every branch's meeting began just now and its check-in is open.
    """
    database = Database(f"sqlite:///{path}", "bench")
    migrate(database)
    now = datetime.now(UTC)
    with database.writing().begin() as connection:
        for table, rows in _rows(size, now, channel).items():
            connection.execute(tables.metadata.tables[table].insert(), rows)
        from storage.database import Tx

        house.remember(Tx(connection, database.seal), "made_by", "sample")
    return database


def _rows(size: Size, now: datetime, channel: str) -> dict[str, list[dict[str, Any]]]:
    said = words()
    branches = range(1, size.branches + 1)
    members = [(b, (b - 1) * size.members + n) for b in branches for n in range(1, size.members + 1)]
    name = said["person"].format
    head = {"id": size.branches + 1, "parent_id": None, "name": said["committee"], "kind": "committee"}
    below = [{"id": b, "parent_id": head["id"], "name": said["branch"].format(n=b), "kind": "branch"} for b in branches]
    posts = {1: "secretary", 2: "deputy"}
    return {
        "organizations": [one | {"began_at": now, "settings": {}} for one in (head, *below)],
        "people": [
            {
                "id": p,
                "branch_id": b,
                "name": name(n=p),
                "status": "full",
                "post": posts.get(p - (b - 1) * size.members, ""),
            }
            for b, p in members
        ],
        "accounts": [
            {
                "branch_id": b,
                "person_id": p,
                "channel": channel,
                "account": name(n=p),
                "chat": f"p:{name(n=p)}" if channel == "web" else name(n=p),
                "used_at": now,
            }
            for b, p in members
        ],
        "chats": [
            {"branch_id": b, "channel": "web", "chat": f"g:{b}", "title": said["chat"].format(n=b)} for b in branches
        ],
        "meetings": [_meeting(b, size, now, said) for b in branches],
        "attendances": [
            {"branch_id": b, "meeting_id": b, "person_id": p, "due": True, "vote": True} for b, p in members
        ],
        "outbox": [
            {
                "branch_id": b,
                "channel": "web",
                "chat": f"g:{b}",
                "parts": [{"live": "checkin.card", "subject": b}],
                "slot": f"checkin.card:{b}",
                "due_at": now,
                "created_at": now,
            }
            for b in branches
        ],
    }


def _meeting(branch: int, size: Size, now: datetime, said: dict[str, str]) -> dict[str, Any]:
    return {
        "id": branch,
        "branch_id": branch,
        "type": "member_meeting",
        "title": said["topic"],
        "starts_at": now + timedelta(minutes=5),
        "ends_at": now + timedelta(hours=2),
        "agenda": [],
        "called_by": (branch - 1) * size.members + 1,
        "state": "held",
        "created_at": now,
        "checkin": "open",
        "opened_at": now,
        "due_all": size.members,
        "due_vote": size.members,
    }
