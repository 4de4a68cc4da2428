"""Telling people something that is no meeting: the form, its card, and the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers import slots as read
from handlers.registry import handles, number, presses
from handlers.turn import Question, Turn
from services import chats, convening, notices, people
from texts import button, say
from vocabulary.messages import Buttons, Card
from vocabulary.permissions import Permission, Role

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.registry import Answer
    from vocabulary.views.people import Person


@dataclass(frozen=True)
class NewNotice:
    """A notice about to be sent."""

    text: str
    told: list[Person]
    group_id: int | None
    whole: bool
    wants_answer: bool
    send_at: datetime | None


def new_notice(turn: Turn, slots: dict[str, Any]) -> NewNotice | Question:
    """Read what is to be told to whom and when; asks for the words where there are none."""
    text = str(slots.get("text") or "").strip()
    if not text:
        return Question("text", (say("notices.ask_text"),))
    send_at = None
    if slots.get("start") or slots.get("time") or slots.get("_unsure", {}).get("start"):
        moment = read.moment(turn, slots)
        if isinstance(moment, Question):
            return moment
        send_at = moment if moment > turn.now else None
    roster = [p for p in people.of_branch(turn.tx, turn.person.branch_id) if p.status.is_member]
    told, group_id, whole = audience_of(turn, slots.get("audience") or "all", roster)
    return NewNotice(text, told, group_id, whole, wants_answer=_wants_answer(slots), send_at=send_at)


def _wants_answer(slots: dict[str, Any]) -> bool:
    from understanding.beside.notices import asks_for_answer

    return asks_for_answer(str(slots.get("text") or "")) or bool(slots.get("answer"))


def audience_of(turn: Turn, said: Any, roster: list[Person]) -> tuple[list[Person], int | None, bool]:
    """Read an audience: a 党小组, the committee, some names, or everyone; a group's leader means that group."""
    leads_only = Role.LEADER in turn.actor.roles and not turn.actor.leads_branch
    if isinstance(said, list):
        return [read.person(turn, name) for name in said], turn.person.group_id if leads_only else None, False
    if isinstance(said, str) and said.startswith("group:"):
        name = said.removeprefix("group:")
        fitting = [p for p in roster if p.group and name in p.group]
        return fitting, fitting[0].group_id if fitting else None, True
    if said == "committee":
        return [p for p in roster if p.post.is_committee], None, False
    if leads_only:
        return [p for p in roster if p.group_id == turn.person.group_id], turn.person.group_id, True
    return roster, None, True


def notice_card(form: NewNotice, turn: Turn) -> Card:
    """Show the words exactly, to how many they go, and when."""
    count = len([p for p in form.told if p.id != turn.person.id])
    in_group = form.whole and bool(turn.look(chats.of_group, group_id=form.group_id))
    when = say("notices.at", start=form.send_at) if form.send_at else say("notices.now")
    lines = [say("notices.confirm"), say("notices.shown", text=form.text)]
    lines.append(say("notices.card_people" if in_group else "notices.card_some", count=count, when=when))
    if form.wants_answer:
        lines.append(say("notices.card_answer"))
    return Card(tuple(lines))


@handles("notice.send", form=new_notice, card=notice_card, needs=Permission.NOTICE_SEND)
def send(form: NewNotice, turn: Turn) -> Answer:
    """Send it, or keep it for its hour."""
    count = turn.do(
        notices.create,
        text=form.text,
        people_ids=[p.id for p in form.told],
        group_id=form.group_id,
        wants_answer=form.wants_answer,
        send_at=form.send_at or turn.now,
        whole=form.whole,
    )
    if form.send_at:
        stop = button("buttons.do_not_send", f"nc:{turn.look(notices.kept)}")
        return (say("notices.kept", start=form.send_at), Buttons((stop,)))
    return (say("notices.sending", count=count),)


@presses("nc", number)
def press_cancel(turn: Turn, arguments: list[str]) -> Answer:
    """Call off a notice that waits for its hour."""
    turn.do(notices.cancel, notice_id=int(arguments[0]))
    return (say("notices.not_sent"),)


@presses("nt", number)
def press_answer(turn: Turn, arguments: list[str]) -> Answer:
    """The 收到 under a notice."""
    turn.do(notices.answer, notice_id=int(arguments[0]))
    return () if turn.in_group else (say("notices.answered"),)


@presses("rn", number)
def press_again(turn: Turn, arguments: list[str]) -> Answer:
    """Send a notice again to those who have not answered."""
    return (say("meetings.renotified", count=turn.do(notices.again, notice_id=int(arguments[0]))),)


@presses("ra", number)
def press_meeting_again(turn: Turn, arguments: list[str]) -> Answer:
    """Send a meeting's notice again to those who have not answered."""
    count = turn.do(convening.notify, meeting_id=int(arguments[0]), unanswered=True)
    return (say("meetings.renotified", count=count) if count else say("meetings.renotified_none"),)
