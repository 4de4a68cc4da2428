"""In which situation words are said: what the understanding needs to know of the chat, the person and what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services import checkin
from services import situation as facts
from texts import sentences
from understanding.beside.binding import ties_chat
from vocabulary.permissions import Permission, Role
from vocabulary.readings import Context

if TYPE_CHECKING:
    from handlers.turn import Draft, Turn

SPEAKS_AS = (
    (Role.SECRETARY, "secretary"),
    (Role.DEPUTY, "secretary"),
    (Role.COMMITTEE, "committee"),
    (Role.LEADER, "leader"),
    (Role.SUPERVISOR, "supervisor"),
)


def context(turn: Turn, draft: Draft | None, *, names: bool = True) -> Context:
    """Describe the situation of a message to the understanding; without `names` the roster is not looked up."""
    known = facts.of_branch(turn.tx, turn.person.branch_id) if names else facts.NOBODY
    role = next((name for role, name in SPEAKS_AS if role in turn.actor.roles), "member")
    posts = {name: sentences()[f"post.{post}"] for name, post in known.posts.items()}
    return Context(
        chat="group" if turn.in_group else "private",
        addressed=turn.incoming.addressed or not turn.in_group or _ties(turn),
        role=role,  # type: ignore[arg-type]
        sender=turn.person.name,
        open=_open(turn),
        asked=_asked(draft),
        people=known.people,
        places=known.places,
        groups=known.groups,
        posts=posts,
    )


def _ties(turn: Turn) -> bool:
    """Whether the words tie this group to a branch, said by someone who may: that is heard without a mention."""
    return turn.actor.may(Permission.GROUP_BIND) and ties_chat(turn.incoming.text)


def _asked(draft: Draft | None) -> str | None:
    """What was asked of this person; a question that proposes something can be answered by a plain yes."""
    if draft is None:
        return None
    return "confirm" if draft.accept is not None else draft.asking


def _open(turn: Turn) -> tuple[str, ...]:
    """List what awaits this person's word here, the newest last."""
    found = list(facts.awaiting(turn.tx, turn.actor, turn.now))
    if open_here(turn):
        found.append("checkin")
    return tuple(found)


def open_here(turn: Turn) -> list[int]:
    """The check-ins that are open for the speaker; in another branch's chat those whose card stands there."""
    if turn.opened is None:
        if turn.in_group and turn.chat_branch_id not in {None, turn.person.branch_id}:
            turn.opened = turn.look(checkin.opened_in, branch_id=turn.chat_branch_id, group_id=turn.chat_group_id)
        else:
            turn.opened = turn.look(checkin.opened)
    return turn.opened
