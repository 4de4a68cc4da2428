"""The deed: the only way to change the world. It checks permission, keeps a diff, and signs one audit row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import orjson
from sqlalchemy import Table, bindparam, func, select, update

from rules.meetings import after_quiet
from services import settings
from services.post import Post
from storage import tables
from storage.columns import Instant
from storage.prepared import Prepared, adding
from storage.sealing import is_sealed
from vocabulary.permissions import Role
from vocabulary.refusals import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from storage.database import Tx
    from vocabulary.permissions import Actor, Permission

P = ParamSpec("P")
T = TypeVar("T")

MASKED = "***"
GENESIS = "0" * 64
CHAINED = ("previous", "digest", "branch_id", "actor_id", "channel", "message_id", "verb")


@dataclass
class Deed:
    """What a verb works with: who acts, when, the tables (writes leave a diff), and the post for what others hear.

    `asked` (set before anything is said): a person asked for what the Clock says here, or a meeting is going on.
    """

    tx: Tx
    actor: Actor
    now: datetime
    zone: ZoneInfo
    salt: str
    diff: list[dict[str, Any]] = field(default_factory=list)
    asked: bool = False

    @property
    def branch_id(self) -> int:
        """The branch in which this happens."""
        return self.actor.branch_id

    @property
    def post(self) -> Post:
        """Messages to others, and alarms, in this same transaction.

        What the Clock says by itself in the branch's quiet hours waits for their end, unless the deed was `asked` for.
        """
        return Post(self.tx, self.now, self.branch_id, self._held)

    @cached_property
    def _held(self) -> datetime | None:
        if self.asked or Role.CLOCK not in self.actor.roles:
            return None
        speaks = after_quiet(self.now, self.zone, settings.of_branch(self.tx, self.branch_id))
        return speaks if speaks > self.now else None

    def insert(self, table: Table, **new: Any) -> int:
        """Insert one row and return its id; it enters the diff."""
        key: int = self.tx.value(adding(table, tuple(new)), **new)
        self._note(table, key, {}, new)
        return key

    def update(self, table: Table, key: int, **new: Any) -> None:
        """Change one row by its id; only what really changed enters the diff."""
        old = self.tx.one(_old(table, tuple(new)), the_key=key)._asdict()
        new = {name: value for name, value in new.items() if old[name] != value}
        if not new:
            return
        self.tx.run(_change(table, tuple(new)), the_key=key, **_prefixed("new", new))
        self._note(table, key, old, new)

    def update_from(self, table: Table, key: int, old: dict[str, Any], **new: Any) -> bool:
        """Change one row only where it still stands as it was read; False where someone else was quicker."""
        values = _prefixed("new", new) | _prefixed("old", old)
        done = self.tx.run(_change(table, tuple(new), tuple(old)), the_key=key, **values) == 1
        if done:
            self._note(table, key, {name: old.get(name) for name in new}, new)
        return done

    def add(self, table: Table, key: int, **steps: int) -> None:
        """Count columns up (or down) in place; counters of what the diff already tells stay out of it."""
        self.tx.run(_count(table, tuple(steps)), the_key=key, **_prefixed("step", steps))

    def _note(self, table: Table, key: int, old: dict[str, Any], new: dict[str, Any]) -> None:
        def plain(name: str, value: Any) -> Any:
            info = table.c[name].info
            if value is not None and info.get("masked"):
                return MASKED
            if value is not None and info.get("secret"):
                if isinstance(value, str) and not is_sealed(value):
                    raise ValueError(f"{table.name}.{name} is secret and was not sealed")
                return MASKED
            return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)

        changed = {name: [plain(name, old.get(name)), plain(name, value)] for name, value in new.items()}
        self.diff.append({"table": table.name, "id": key, "columns": changed})


def _prefixed(word: str, values: dict[str, Any]) -> dict[str, Any]:
    return {f"{word}_{name}": value for name, value in values.items()}


@cache
def _old(table: Table, names: tuple[str, ...]) -> Prepared:
    """Build a statement once: what is executed again and again is then compiled once too. So do the next two."""
    return Prepared(select(*(table.c[name] for name in names)).where(table.c.id == bindparam("the_key")))


@cache
def _change(table: Table, names: tuple[str, ...], unchanged: tuple[str, ...] = ()) -> Prepared:
    where = [
        table.c[name].is_not_distinct_from(bindparam(f"old_{name}", type_=table.c[name].type)) for name in unchanged
    ]
    new = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    return Prepared(update(table).where(table.c.id == bindparam("the_key"), *where).values(new))


@cache
def _count(table: Table, names: tuple[str, ...]) -> Prepared:
    steps = {name: table.c[name] + bindparam(f"step_{name}", type_=table.c[name].type) for name in names}
    return Prepared(update(table).where(table.c.id == bindparam("the_key")).values(steps))


@dataclass(frozen=True)
class Verb:
    """A registered verb: its name (`meetings.create`), what it needs, and the function."""

    name: str
    needs: Permission
    run: Callable[..., Any]


VERBS: dict[str, Verb] = {}


def verb(*, needs: Permission) -> Callable[[Callable[Concatenate[Deed, P], T]], Callable[Concatenate[Deed, P], T]]:
    """Register a function as a verb; there is no default permission."""

    def register(run: Callable[Concatenate[Deed, P], T]) -> Callable[Concatenate[Deed, P], T]:
        name = f"{run.__module__.removeprefix('services.')}.{run.__name__}"
        found = Verb(name, needs, run)
        VERBS[name] = found
        run.verb = found  # type: ignore[attr-defined]
        return run

    return register


@dataclass(frozen=True)
class Means:
    """What a deed is done with: the clock's instant, the branch's zone, and fresh salt for the audit."""

    now: datetime
    zone: ZoneInfo
    salt: str


def do(
    tx: Tx, actor: Actor, means: Means, what: Callable[Concatenate[Deed, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Do a verb: permission, the deed's key, a savepoint, one audit row. A refusal leaves nothing behind.

    Raises:
        vocabulary.refusals.NotAllowed: no role of the actor's grants it.
        vocabulary.refusals.Refusal: the verb itself says no.
    """
    found: Verb = what.verb  # type: ignore[attr-defined]
    if not actor.may(found.needs):
        raise NotAllowed(str(found.needs))
    with tx.guard.key(), tx.guard.whole():
        deed = Deed(tx, actor, means.now, means.zone, means.salt)
        result = what(deed, *args, **kwargs)
        if deed.diff:
            sign(deed, found.name)
    return result


LAST_HASH = Prepared(
    select(tables.audit.c.hash)
    .where(tables.audit.c.branch_id == bindparam("branch"))
    .order_by(tables.audit.c.id.desc())
    .limit(1)
)
SIGNED = (*CHAINED, "at", "diff", "salt", "hash")
SIGN = Prepared(tables.audit.insert(), SIGNED)


def sign(deed: Deed, verb_name: str) -> None:
    """Write the audit row: diff, a salted digest of it, and the hash that chains it to the branch's row before."""
    if deed.tx.conn.dialect.name == "postgresql":
        deed.tx.conn.execute(select(func.pg_advisory_xact_lock(deed.branch_id)))
    previous = deed.tx.value(LAST_HASH, branch=deed.branch_id) or GENESIS
    row = {
        "branch_id": deed.branch_id,
        "at": deed.now,
        "actor_id": deed.actor.person_id,
        "channel": deed.actor.channel,
        "message_id": deed.actor.message_id,
        "verb": verb_name,
        "diff": deed.diff,
        "salt": deed.salt,
        "digest": digest_of(deed.salt, deed.diff),
        "previous": previous,
    }
    deed.tx.run(SIGN, **row, hash=hash_of(row))


def digest_of(salt: str, diff: Any) -> str:
    """Digest a diff with its salt: the diff can be erased later and the chain still holds."""
    return hashlib.sha256(salt.encode() + orjson.dumps(diff)).hexdigest()


def hash_of(row: Mapping[str, Any]) -> str:
    """Chain one audit row to the one before it: all that it says but the diff itself, which its digest stands for."""
    told = [Instant().process_bind_param(row["at"], None), *(row[name] for name in CHAINED)]
    return hashlib.sha256(orjson.dumps(told)).hexdigest()
