"""Messages with buttons as WeCom's template cards, and what a click on one brings back. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vocabulary.messages import Button

MOST_BUTTONS = 6
TITLE_SIGNS, TEXT_SIGNS = 26, 112
"""How long WeCom advises a card's title and text to be (its developer page 90236)."""
CARD_BYTES = 3 * TEXT_SIGNS
"""A text of so many bytes is no longer than that, whatever its characters."""
_BETWEEN = "\n"


def card(text: str, buttons: tuple[Button, ...], task: str) -> dict[str, Any]:
    """Return a card with a text of at most `CARD_BYTES` and up to six buttons; `task` is its id, unique in the app.

    A short first line is the title. A button's key carries its label too, which a click then names.
    """
    first, _, rest = text.partition("\n")
    titled = bool(rest) and len(first) <= TITLE_SIGNS
    words = {"main_title": {"title": first}, "sub_title_text": rest} if titled else {"sub_title_text": text}
    keys = [{"text": button.label, "style": 1, "key": f"{button.press}{_BETWEEN}{button.label}"} for button in buttons]
    return {"card_type": "button_interaction", **words, "button_list": keys, "task_id": task}


def clicked(key: str) -> tuple[str, str]:
    """Return the payload and the label of the button whose key came back."""
    press, _, label = key.partition(_BETWEEN)
    return press, label
