"""Binding in a conversation: a group to a branch, a code for someone else; and whether one is told privately too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers import slots as read
from handlers.registry import handles
from services import binding, links, people, stagehand
from texts import say
from vocabulary.messages import Lines
from vocabulary.permissions import Permission
from vocabulary.refusals import NotAllowed, NotFound

if TYPE_CHECKING:
    from handlers.registry import Answer
    from handlers.turn import Turn

HOURS = int(binding.LASTS.total_seconds()) // 3600


@handles("member.bind")
def bind(slots: dict[str, Any], turn: Turn) -> Answer:
    """绑定: this group to a branch or one of its groups, a person by a code to pass on, or oneself (done already)."""
    if slots.get("branch") or slots.get("group"):
        return _bind_group(slots, turn)
    if slots.get("person") and slots["person"] != "me":
        return _code_for(slots, turn)
    if turn.in_group and turn.chat_branch_id is None:
        return (say("binding.group_how", branch=people.organization(turn.tx, turn.person.branch_id).name),)
    return (say("binding.again", name=turn.person.name),)


def _bind_group(slots: dict[str, Any], turn: Turn) -> Answer:
    if not turn.in_group:
        return (say("binding.group_only_here"),)
    branch = people.organization(turn.tx, turn.person.branch_id)
    said, group = str(slots.get("branch") or ""), str(slots.get("group") or "")
    if said and said not in branch.name and branch.name not in said:
        return (say("binding.wrong_branch", branch=branch.name),)
    group_id = stagehand.group_id(turn.tx, branch.id, group) if group else None
    chat = turn.incoming.chat
    new = turn.do(
        binding.bind_group, channel=chat.channel, chat=chat.id, title=chat.title or branch.name, group_id=group_id
    )
    if not new:
        return (say("binding.group_again", branch=branch.name),)
    return (
        say("binding.group_party", branch=branch.name, group=group)
        if group
        else say("binding.group_done", branch=branch.name),
    )


def _code_for(slots: dict[str, Any], turn: Turn) -> Answer:
    """Give whoever keeps the roster a one-time code to pass on; it is said privately only."""
    if not turn.actor.may(Permission.MEMBER_BIND):
        raise NotAllowed(str(Permission.MEMBER_BIND))
    wanted = read.persons(turn, slots)
    if not wanted:
        raise NotFound("person")
    code = binding.code_from(turn.fresh().salt)
    person = turn.do(binding.make_code, person_id=wanted[0].id, code=code)
    lines = [say("binding.code", name=person.name, code=code, hours=HOURS)]
    if link := links.saying(turn.tx, code):
        lines.append(say("binding.code_link", link=link))
    return turn.privately(Lines(tuple(lines)))


@handles("member.update")
def update(slots: dict[str, Any], turn: Turn) -> Answer:
    """别私聊我, 可以私聊我: stop or resume the private doubles; the roster itself is kept by import."""
    wishes = {"no_private": False, "private": True}
    if slots.get("status") not in wishes or slots.get("person", "me") != "me":
        return (say("refusal.roster_by_import"),)
    wanted = wishes[slots["status"]]
    turn.do(binding.private_notices, wanted=wanted)
    line = say("binding.private_on" if wanted else "binding.private_off")
    return turn.privately(line)
