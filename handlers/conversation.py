"""How one message is answered: a button, an answer to what was asked, or a new command."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from handlers.leave import bare_decision
from handlers.refusing import not_yet, refused, unknown_group
from handlers.registering import as_record
from handlers.registry import HANDLERS, PRESSES, Handler, number
from handlers.several import behind, waiting_behind
from handlers.situation import context
from handlers.turn import Draft, Outcome, Question, Turn
from services import people
from texts import button, say, sentences
from understanding.beside.wording import refine, said_beside
from understanding.reader import command_word, needs_names, read
from understanding.words.masking import masked
from vocabulary.messages import Buttons, Card, Lines, Text
from vocabulary.refusals import NotAllowed, Refusal

if TYPE_CHECKING:
    from handlers.registry import Answer, Parts
    from vocabulary.readings import Context, Reading

SETTLED = {"answer", "confirm", "deny"}
FREE_WORDS = {"text", "reason", "topic", "title"}
"""Slots that any words could fill: a command said instead ends the question."""
DAY_SLOTS = {"start", "daypart"}
CARD_WORDS = {"ok", "edit", "no"}
CARD_BUTTON = 3
"""What a button of a card says: which revision, what, and whose card it is."""


def converse(turn: Turn, draft: Draft | None) -> Outcome:
    """Answer one message; what was asked before is in `draft`, what is asked now in the outcome's."""
    try:
        if turn.incoming.pressed is not None:
            return _pressed(turn, draft)
        if draft and (picked := _said_choice(turn, draft)) is not None:
            return _go_on(turn, draft, picked)
        word = command_word(turn.incoming.text) if draft is None or not draft.asking else None
        said = turn.incoming.text
        reading = word or refine(said, read(said, turn.local, _context(turn, draft)))
        return _answer(turn, draft, reading)
    except Refusal as refusal:
        return Outcome(refused(turn, refusal), None)


def _context(turn: Turn, draft: Draft | None) -> Context:
    """Describe the situation; the roster is looked up only where it can matter."""
    return context(turn, draft, names=needs_names(turn.incoming.text))


def _answer(turn: Turn, draft: Draft | None, reading: Reading) -> Outcome:
    if turn.in_group and turn.chat_branch_id is None and reading.intent != "member.bind":
        return Outcome(unknown_group(turn) if turn.incoming.addressed else (), draft)
    if draft and reading.intent in SETTLED:
        return _settle(turn, draft, reading)
    if reading.intent in SETTLED | {"none"}:
        decision = bare_decision(turn) if draft is None else None
        if decision is None:
            return _nothing(turn, draft, reading)
        reading = decision
    outcome = _in_turn(turn, [_drafted(turn, command) for command in (reading, *reading.then)])
    keeps = (
        draft is not None
        and outcome.draft is None
        and draft.asking not in FREE_WORDS
        and draft.intent != outcome.intent
    )
    return replace(outcome, draft=draft) if keeps else outcome


def _drafted(turn: Turn, reading: Reading) -> Draft:
    """Turn a command into a form with what its words give."""
    if reading.intent == "checkin.for":
        reading = as_record(turn, reading)
    slots = dict(reading.slots) | said_beside(turn.incoming.text, reading)
    if reading.unsure:
        slots["_unsure"] = dict(reading.unsure)
    if reading.assumed:
        slots["_assumed"] = list(reading.assumed)
    return Draft(reading.intent, slots)


def _in_turn(turn: Turn, commands: list[Draft]) -> Outcome:
    """Do the commands of one message in their order; those behind one that asks wait until it is answered."""
    outcome = Outcome()
    for at, command in enumerate(commands):
        following = _begun(turn, command, is_alone=len(commands) == 1)
        outcome = replace(following, parts=(*outcome.parts, *following.parts))
        if outcome.draft is not None and (waiting := commands[at + 1 :]):
            return replace(outcome, draft=behind(outcome.draft, waiting))
        if outcome.draft is not None:
            break
    return outcome


def _begun(turn: Turn, command: Draft, *, is_alone: bool) -> Outcome:
    """Start on a command; one of several that is refused does not keep the others from being done."""
    handler = HANDLERS.get(command.intent)
    if handler is None:
        return Outcome(not_yet(turn, command.intent), intent=command.intent)
    try:
        if handler.needs is not None and not turn.actor.may(handler.needs):
            raise NotAllowed(str(handler.needs))
        return _advance(turn, handler, command)
    except Refusal as refusal:
        if is_alone:
            raise
        return Outcome(refused(turn, refusal), intent=command.intent)


def _settle(turn: Turn, draft: Draft, reading: Reading) -> Outcome:
    """Take a yes, a no, or a value for what was asked."""
    if reading.intent == "deny":
        dropped = "meetings.draft_dropped" if draft.intent == "meeting.create" else "meetings.dropped"
        return Outcome((say(dropped),), intent="deny")
    if reading.intent == "confirm":
        if draft.asking == "confirm":
            return _go_on(turn, draft, {"_confirmed": True})
        return _go_on(turn, draft, draft.accept) if draft.accept is not None else _ask_again(turn, draft)
    if draft.asking in FREE_WORDS | {"place"} and turn.incoming.text.strip() in _card_words():
        return _ask_again(turn, draft)
    return _go_on(turn, draft, _value(turn, draft, reading))


def _card_words() -> set[str]:
    """The words of a card's buttons: said to an open question they are no answer to it."""
    return {sentences()[f"buttons.{name}"] for name in ("confirm", "edit", "cancel")}


def _value(turn: Turn, draft: Draft, reading: Reading) -> dict[str, Any]:
    new = dict(reading.slots) | said_beside(turn.incoming.text, reading)
    if reading.unsure:
        new["_unsure"] = dict(reading.unsure)
    if draft.asking in {"text", "reason", "place", "topic", "title"} and not new:
        new[draft.asking] = reading.slots.get(draft.asking, "")
    return new


def _go_on(turn: Turn, draft: Draft, new: dict[str, Any]) -> Outcome:
    """Merge what was answered into the draft and see how far it gets now."""
    slots = dict(draft.slots)
    confirmed = new.get("_confirmed")
    slots.pop("_confirmed", None)
    if "start" in new:
        for name in ("time", "daypart", "shift"):
            slots.pop(name, None)
    if (DAY_SLOTS | {"time"}) & new.keys():
        slots.pop("_unsure", None)
    slots.update(new)
    if confirmed and new.keys() == {"_confirmed"}:
        slots["_confirmed"] = True
    waiting = waiting_behind(slots)
    try:
        outcome = _advance(turn, HANDLERS[draft.intent], replace(draft, slots=slots))
    except Refusal as refusal:
        if not waiting:
            raise
        outcome = Outcome(refused(turn, refusal), intent=draft.intent)
    if not waiting or outcome.draft is not None:
        return outcome
    following = _in_turn(turn, waiting)
    return replace(following, parts=(*outcome.parts, *following.parts))


def _advance(turn: Turn, handler: Handler, draft: Draft) -> Outcome:
    """Fill the form, see what stands against it, show the card, or do it."""
    slots = draft.slots
    form = handler.form(turn, slots)
    if isinstance(form, Question):
        return _ask(turn, draft, form)
    against = handler.check(form, turn) if handler.check else None
    if against is not None:
        return _ask(turn, draft, against)
    card = handler.card(form, turn) if handler.card is not None and not slots.get("_confirmed") else None
    if card is not None:
        revision = turn.revision + 1
        buttons = (
            button("buttons.confirm", f"cv:{revision}:ok:{turn.person.id}"),
            button("buttons.edit", f"cv:{revision}:edit:{turn.person.id}"),
            button("buttons.cancel", f"cv:{revision}:no:{turn.person.id}"),
        )
        seen = slots | handler.keeps(form) if handler.keeps else slots
        waiting = Draft(draft.intent, seen, "confirm", revision=revision)
        return Outcome((replace(card, choices=buttons),), waiting, intent=handler.intent)
    answer: Answer = handler.run(form, turn)
    if isinstance(answer, Question):
        return _ask(turn, draft, answer)
    return Outcome(answer, None, intent=handler.intent)


def _ask(turn: Turn, draft: Draft, question: Question) -> Outcome:
    """Put a question, with its buttons, and remember what it was about."""
    revision = turn.revision + 1
    slots = {name: value for name, value in (draft.slots | question.slots).items() if name != "_confirmed"}
    waiting = Draft(draft.intent, slots, question.asking, question.choices, question.accept, revision)
    parts = question.parts
    if question.choices:
        buttons = tuple(
            button(label, f"cv:{revision}:{n}:{turn.person.id}", **_label_args(s))
            for n, (label, s) in enumerate(question.choices)
        )
        parts = (*parts, Buttons(buttons))
    return Outcome(parts, waiting, private=question.private and turn.in_group, intent=draft.intent)


def _label_args(slots: dict[str, Any]) -> dict[str, Any]:
    """What fills the label of a choice: the slot `_label` it carries for that alone."""
    return dict(slots.get("_label", {}))


def _ask_again(turn: Turn, draft: Draft) -> Outcome:
    """A yes says nothing to an open question: ask it once more."""
    return _advance(turn, HANDLERS[draft.intent], draft)


def _pressed(turn: Turn, draft: Draft | None) -> Outcome:
    """Take a button; in a group its answer goes to who pressed it, privately."""
    prefix, *arguments = (turn.incoming.pressed or "").split(":")
    if prefix == "cv":
        return _pressed_card(turn, draft, arguments)
    press = PRESSES.get(prefix)
    if press is None:
        return Outcome(_to_presser(turn, (say("refusal.stale_button"),)), draft)
    try:
        answer = press(turn, arguments)
    except Refusal as refusal:
        return Outcome(_to_presser(turn, refused(turn, refusal)), draft, intent=f"press.{prefix}")
    if isinstance(answer, Question):
        return _ask(turn, Draft(answer.slots.get("_intent", "leave.request"), {}), answer)
    return Outcome(_to_presser(turn, answer), draft, intent=f"press.{prefix}")


def _to_presser(turn: Turn, parts: Parts) -> Parts:
    """Say it to who pressed: in a group only they hear it."""
    if turn.in_group and parts:
        turn.whisper(*parts)
        return ()
    return parts


def _pressed_card(turn: Turn, draft: Draft | None, arguments: list[str]) -> Outcome:
    """A button of the card or question that waits; one of an older card, or of someone else's, says so."""
    revision, what, owner = arguments if len(arguments) == CARD_BUTTON else ("", "", str(turn.person.id))
    if owner != str(turn.person.id):
        return Outcome(_to_presser(turn, (_whose_card(turn, owner),)), draft)
    is_choice = draft is not None and number(what) and int(what) < len(draft.choices)
    if draft is None or str(draft.revision) != revision or not (is_choice or what in CARD_WORDS):
        return Outcome(_to_presser(turn, (say("meetings.stale_draft"),)), draft)
    if what == "ok":
        return _go_on(turn, draft, {"_confirmed": True})
    if what == "no":
        return Outcome((say("meetings.draft_dropped" if draft.intent == "meeting.create" else "meetings.dropped"),))
    if what == "edit":
        return Outcome((say("forms.what_to_change"),), draft)
    return _go_on(turn, draft, draft.choices[int(what)][1])


def _whose_card(turn: Turn, owner: str) -> Text:
    """Name whose card it is, where that is someone of the speaker's branch."""
    roster = people.of_branch(turn.tx, turn.person.branch_id)
    name = next((person.name for person in roster if str(person.id) == owner), None)
    return say("refusal.stale_button") if name is None else say("refusal.not_your_card", name=name)


def _said_choice(turn: Turn, draft: Draft) -> dict[str, Any] | None:
    """Words that are a button's label, begin it, or give its number, press it."""
    said = turn.incoming.text.strip()
    if said.isascii() and said.isdigit() and 1 <= int(said) <= len(draft.choices):
        return draft.choices[int(said) - 1][1]
    for label, slots in draft.choices:
        words = sentences()[label]
        if "{" not in words and (said == words or (len(said) > 1 and words.startswith(said))):
            return slots
    return None


def _nothing(turn: Turn, draft: Draft | None, reading: Reading) -> Outcome:
    """Not for the program: silence in a group, one sentence and one thing that works where it was addressed."""
    if turn.in_group and not turn.incoming.addressed:
        return Outcome((), draft)
    if turn.incoming.attachments and not turn.incoming.text:
        return Outcome((say("refusal.attachment"),), draft)
    if reading.intent == "confirm":
        return Outcome((), draft)
    missed = masked(turn.incoming.text, turn.local, context(turn, draft))
    told = "forms.not_an_answer" if draft and draft.asking else "refusal.not_understood"
    return Outcome((say(told),), draft, missed=missed)


__all__ = ["Card", "Lines", "converse"]
