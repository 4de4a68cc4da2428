"""The cards that a bot has shown: made, remembered for a while, and shown again where somebody clicks."""

from __future__ import annotations

import re
import string
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bot.channels.wecom.cards import card

if TYPE_CHECKING:
    from vocabulary.messages import Button, Shown

PLAIN = frozenset(string.ascii_letters + string.digits + "-@")
ESCAPED = re.compile(r"_([0-9a-f]{1,5})_")
KEPT = 2000
"""So many of each kind of thing that comes and goes are remembered."""


@dataclass(slots=True)
class Cards:
    """Makes a bot's cards and what a click on one is answered with (WeCom developer pages 101032 and 101027)."""

    _shown: OrderedDict[str, dict[str, Any]] = field(default_factory=OrderedDict, init=False, repr=False)

    def made(self, text: str, buttons: tuple[Button, ...], task: str = "") -> dict[str, Any]:
        """Return a card, with a `task_id` of its own where none is given."""
        shown = card(text, buttons, task or uuid4().hex)
        remember(self._shown, shown["task_id"], shown)
        return shown

    def again(self, task: str, now: Shown | None, label: str, account: str) -> dict[str, Any] | None:
        """Return what a click is answered with; None where the card is not known any more.

        A card that lives is shown as it stands `now` to all who see it; any other greys for who clicked.
        """
        answer: dict[str, Any] = {"response_type": "update_template_card"}
        if now is not None:
            return answer | {"template_card": card(now.text, now.buttons, task)}
        if task in self._shown:
            return answer | {"userids": [account], "template_card": {**self._shown[task], "replace_text": label}}
        return None


def task_for(message_id: str) -> str:
    """Return the id of a card that answers a message: its letters are those that WeCom allows (page 101032)."""
    return "".join(sign if sign in PLAIN else f"_{ord(sign):x}_" for sign in message_id)


def message_of(task: str) -> str:
    """Return the message that a card answers, by the card's id; of any other card the id itself."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), task)


def remember(kept: OrderedDict[str, Any], key: str, value: Any) -> None:
    """Keep something under a key, and forget what was kept longest where there is too much."""
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > KEPT:
        kept.popitem(last=False)
