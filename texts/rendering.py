"""Sentences to words: instants in the branch's zone, days with their weekday, lists, and what this chat can hear."""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from texts import sentences
from vocabulary.messages import Can, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Renderer(string.Formatter):
    """Renders sentences for one place and instant.

    Placeholders take a form after a colon: `moment` (3月11日 周三 15:00), `soon` (with 今天 or 明天 before it), `day`
    (3月11日), `date` (3月11日 周三), `full` (2026年3月11日), `time` (15:00), `list` (joined by 、), `semi` (by ；),
    `spaced` (by blanks), `type` (a kind of meeting), `word` (how to say a word here).
    """

    now: datetime
    zone: ZoneInfo
    can: Can = field(default_factory=Can)
    group: bool = False

    def words(self, text: Text) -> str:
        """Render one sentence. Raises KeyError for an unknown key or a missing argument: a fault of the program."""
        return self.vformat(sentences()[text.key], (), text.args)

    def check_unused_args(self, used_args: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """More may be known than a sentence says."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Word one value by the form after the colon."""
        if isinstance(value, Text):
            value = self.words(value)
        if value is None:
            return sentences()["words.open"]
        if format_spec in FORMS:
            return str(getattr(self, f"_{format_spec}")(value))
        return format(value, format_spec) if format_spec else str(value)

    def _local(self, value: datetime | date) -> datetime:
        if isinstance(value, datetime):
            return value.astimezone(self.zone)
        return datetime(value.year, value.month, value.day, tzinfo=self.zone)

    def _day(self, value: datetime | date) -> str:
        local = self._local(value)
        key = "words.day" if local.year == self.now.astimezone(self.zone).year else "words.day_year"
        return sentences()[key].format(year=local.year, month=local.month, day=local.day)

    def _full(self, value: datetime | date) -> str:
        local = self._local(value)
        return sentences()["words.day_year"].format(year=local.year, month=local.month, day=local.day)

    def _date(self, value: datetime | date) -> str:
        return f"{self._day(value)} {self._weekday(value)}"

    def _weekday(self, value: datetime | date) -> str:
        return sentences()["words.weekdays"].split(" ")[self._local(value).weekday()]

    def _time(self, value: datetime) -> str:
        return f"{self._local(value):%H:%M}"

    def _moment(self, value: datetime) -> str:
        return f"{self._date(value)} {self._time(value)}"

    def _soon(self, value: datetime) -> str:
        today = self.now.astimezone(self.zone).date()
        ahead = {today: "words.today", today + timedelta(days=1): "words.tomorrow"}.get(self._local(value).date())
        return f"{sentences()[ahead]} {self._moment(value)}" if ahead else self._moment(value)

    def _list(self, value: Sequence[Any]) -> str:
        return sentences()["words.comma"].join(self.format_field(item, "") for item in value)

    def _semi(self, value: Sequence[Any]) -> str:
        return sentences()["words.semicolon"].join(self.format_field(item, "") for item in value)

    def _spaced(self, value: Sequence[Any]) -> str:
        return " ".join(self.format_field(item, "") for item in value)

    def _type(self, value: str | Sequence[str]) -> str:
        if isinstance(value, str):
            return sentences().get(f"meeting_type.{value}", value)
        return sentences()["words.and"].join(sentences()[f"meeting_type.{item}"] for item in value)

    def _word(self, value: str) -> str:
        if self.can.deaf:
            key = "words.say_private"
        elif not self.group or self.can.hears_group:
            key = "words.say_either" if self.can.buttons else "words.say_bare"
        elif self.can.buttons:
            key = "words.say_button"
        else:
            key = "words.say_mention"
        return sentences()[key].format(word=value)


FORMS = {"day", "full", "date", "weekday", "time", "moment", "soon", "list", "semi", "spaced", "type", "word"}
