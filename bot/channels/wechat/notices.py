"""What a notice of WeChat's says: a text laid into the few short fields that its template has. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

SIGNS = 20
"""So long is a field at most (WeChat's page on template fields: `thing`)."""
NOTHING = "-"
"""A field may not be empty."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A way past the window: a subscription notice (订阅通知), or a template notice (模板消息), as the account has it.

    `fields` are named as the template names them, in its order. `time1` and `date1` hold when it is sent; all others
    hold the text, one after the other.
    """

    kind: Literal["subscription", "template"]
    template: str
    fields: tuple[str, ...]

    def filled(self, text: str, now: datetime) -> dict[str, dict[str, str]]:
        """Lay a text into the fields; `now` is in the zone of its readers. What does not fit ends with an ellipsis."""
        rest, data = " ".join(text.split()), {}
        texts = [name for name in self.fields if not _is_moment(name)]
        for name in self.fields:
            if _is_moment(name):
                data[name] = {"value": now.strftime("%Y-%m-%d %H:%M")}
                continue
            shown, rest = rest[:SIGNS].strip(), rest[SIGNS:].strip()
            if rest and name == texts[-1]:
                shown = shown[: SIGNS - 1] + "…"
            data[name] = {"value": shown or NOTHING}
        return data


def _is_moment(name: str) -> bool:
    return name.startswith(("time", "date"))
