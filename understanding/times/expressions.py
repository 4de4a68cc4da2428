"""From words about time, in order, to the expressions that they make up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from understanding.times import lengths, periods
from understanding.times.around import patterns
from understanding.times.calendar_steps import LEVELS
from understanding.times.narrowing import later, narrow, shaped
from understanding.times.periods import DAY, Period, midnight
from understanding.times.recurrence_reader import read_recurrence
from understanding.times.shape import Kind, Time

if TYPE_CHECKING:
    from datetime import datetime

    from understanding.times.atoms import Atom
    from understanding.times.durations import Length

_DAY_LEVEL = LEVELS["day"]
_JOINS = frozenset({"的", " ", ")", "那天", "当天", "这天", "的时候", "里", "T", "份"})
_AMONG = frozenset({"、", "和", "及", "与", "跟", "或", "或者", "还是", ",", "以及"})
_CONFIRMING = frozenset({"weekday", "leading", "sameday"})
"""Words that may follow a day: 3月11日周三, 国庆前三天, 教师节当天."""

_FEASTS = frozenset({"festival", "daysoff"})
"""Before and after these means that they are not part of it: 国庆前 ends with September."""


class Reader:
    """Reads the words of one text from left to right.

    `text` is tidied, `atoms` are its words about time, and `now` is a naive local instant.
    """

    def __init__(self, text: str, atoms: list[Atom], now: datetime) -> None:
        self._text, self._atoms, self._now = text, atoms, now
        self._found: list[Time] = []
        self._before: tuple[list[Atom], Period] | None = None
        self._patterns = patterns()

    def read(self) -> list[Time]:
        """Return the expressions in the order of the text."""
        at = 0
        while at < len(self._atoms):
            kind = self._atoms[at].kind
            if kind in LEVELS:
                at = self._calendar(at)
            elif kind == "every":
                found, at = read_recurrence(self._text, self._atoms, at, self._now)
                self._found.append(found)
            elif kind == "length":
                at = self._length(at)
            elif kind == "anchor":
                at = self._anchor(at)
            elif kind == "workdays":
                at = self._workdays(at)
            else:
                at += 1
        return self._found

    # ---- words of the calendar and the clock

    def _group(self, at: int) -> int:
        """Return where the run of words ends in which each narrows the ones before it."""
        end = at + 1
        while end < len(self._atoms):
            before, after = self._atoms[end - 1], self._atoms[end]
            level = LEVELS.get(after.kind, 0)
            confirms = after.kind in _CONFIRMING and before.kind in {"day", "relday", "festival"}
            if level <= LEVELS[before.kind] and not confirms:
                break
            if after.start > before.end and not self._joins(before, after):
                break
            end += 1
        return end

    def _joins(self, before: Atom, after: Atom) -> bool:
        gap = self._text[before.end : after.start]
        if gap == "(":
            return after.kind in {"weekday", "relday"}
        if gap == ",":
            return before.kind in {"year", "relyear"} and after.kind == "month"
        return gap in _JOINS

    def _calendar(self, at: int) -> int:
        end = self._group(at)
        words = self._atoms[at:end]
        period = self._among(words) or self._resolve(words)
        while period is None and words:
            words = [atom for atom in words if atom.start != words[-1].start]
            period = self._resolve(words) if words else None
        if period is None:
            return end
        end = at + len(words)
        right_at = self._linked(end)
        if right_at is not None:
            right_end = self._group(right_at)
            if self._range(words, period, self._atoms[right_at:right_end]):
                return right_end
        self._add(words[0].start, words[-1].end, period, is_feast=words[-1].kind in _FEASTS)
        self._before = (words, period)
        return end

    def _among(self, words: list[Atom]) -> Period | None:
        """Read words that share the beginning of the ones before them: 3月11日、12日."""
        if self._before is None:
            return None
        before, period = self._before
        if self._text[before[-1].end : words[0].start] not in _AMONG or LEVELS[words[0].kind] <= LEVELS[before[0].kind]:
            return None
        return self._shared(before, period, words)

    def _linked(self, end: int) -> int | None:
        if end >= len(self._atoms):
            return None
        after = self._atoms[end]
        if after.kind == "links":
            return end + 1
        gap = self._text[self._atoms[end - 1].end : after.start]
        return end if gap and after.kind in LEVELS and self._patterns.link.fullmatch(gap) else None

    def _resolve(self, words: list[Atom]) -> Period | None:
        base = self._before[1] if words[0].kind == "sameday" and self._before else None
        period = narrow(words, base, self._now)
        if period is None or not period.roll or words[-1].kind not in {"clock", "part", "weekday"}:
            return period
        over = period.start if period.end is None else period.end
        if over < self._now or over == self._now != period.start:
            return period._replace(start=period.start + period.roll, end=period.end and period.end + period.roll)
        return period

    def _shared(self, left: list[Atom], first: Period, right: list[Atom]) -> Period | None:
        """Read the right side of a range: what it leaves out is as on the left."""
        kind = right[0].kind
        level = LEVELS[kind]
        if kind in {"relday", "relweek", "relmonth", "relyear", "relquarter", "now"}:
            return narrow(right, None, self._now)
        if kind == "sameday":
            return narrow(right, first, self._now)
        shared = [atom for atom in left if LEVELS[atom.kind] < level]
        if level > _DAY_LEVEL:
            base = periods.day(midnight(first.start.date()))._replace(has_day=first.has_day)
            shared = [atom for atom in shared if LEVELS[atom.kind] > _DAY_LEVEL]
            return narrow([*shared, *right], base, self._now)
        base_now = self._now if shared else first.start
        return narrow([*shared, *right], None, base_now)

    def _range(self, left: list[Atom], first: Period, right: list[Atom]) -> bool:
        last = self._shared(left, first, right)
        if last is None:
            return False
        if not first.has_day and last.has_day and LEVELS[right[0].kind] <= _DAY_LEVEL and first.clock:
            first = narrow(left, None, self._now) or first
        if last.clock == "00:00" and first.daypart == "morning" and first.start.date() == last.start.date():
            last = last._replace(start=last.start.replace(hour=12), clock="12:00")
        if last.start <= first.start and last.clock is not None:
            last = later(last, first)
        until = last.start if last.end is None else last.end
        if until <= first.start:
            return False
        self._before = (left, first)
        span = (left[0].start, right[-1].end)
        first = first._replace(end=until, assumed=first.assumed or last.assumed)
        self._found.append(shaped("interval", first, span))
        return True

    def _add(self, start: int, end: int, period: Period, *, is_feast: bool = False) -> None:
        patterns = self._patterns
        m = patterns.before.match(self._text, end)
        if m or patterns.until.search(self._text, max(0, start - 8), start):
            until = period.start if period.end is None or is_feast else period.end
            since = self._now if self._now < until else None
            end = m.end() if m else end
            found = shaped("interval", period, (start, end))
            self._found.append(replace(found, start=since, end=until, open_until=True))
            return
        m = patterns.after.match(self._text, end)
        if m:
            found = shaped("interval", period, (start, m.end()))
            self._found.append(replace(found, start=period.end if is_feast else period.start, end=None))
            return
        m = patterns.within.match(self._text, end)
        span = (start, m.end() if m else end)
        kind: Kind = "instant" if period.end is None else "date" if period.grain == "day" else "interval"
        self._found.extend(shaped(kind, reading, span) for reading in (period, *period.others))

    # ---- lengths of time

    def _length(self, at: int) -> int:
        atom, patterns, text = self._atoms[at], self._patterns, self._text
        length: Length = atom.value
        m = patterns.within.match(text, atom.end)
        if m:
            self._put_stretch(lengths.within(self._now, length), (atom.start, m.end()), length, is_deadline=True)
            return at + 1
        m = patterns.since.match(text, atom.end)
        if m:
            self._put_stretch(lengths.stretch(self._now, length, "近"), (atom.start, m.end()), length)
            return at + 1
        for pattern, sign in ((patterns.after, 1), (patterns.before, -1)):
            m = pattern.match(text, atom.end)
            if m and (sign > 0 or "前" in m[0]):
                return self._counted(at, sign, m.end())
        m = patterns.stretch.search(text, max(0, atom.start - 4), atom.start)
        if m and m["coming"] in {"过", "再过"}:
            return self._counted(at, 1, atom.end, m.start())
        if m:
            stretch = lengths.stretch(self._now, length, m.group().removesuffix("的"))
            self._put_stretch(stretch, (m.start(), atom.end), length)
            return at + 1
        span = (atom.start, atom.end)
        self._found.append(Time("duration", None, None, span, seconds=length.seconds, grain=length.grain))
        return at + 1

    def _counted(self, at: int, sign: int, until: int, start: int | None = None) -> int:
        """Read what counts from now, with a clock time that may follow: 三天后下午三点."""
        length: Length = self._atoms[at].value
        moved = lengths.moved(self._now, length, sign)
        if moved is None:
            return at + 1
        start, end = self._atoms[at].start if start is None else start, at + 1
        if length.is_fine:
            period = Period(moved, None, "minute", has_day=True, has_year=True, clock=f"{moved:%H:%M}")
        else:
            period = periods.day(midnight(moved.date()))
            end = self._follow(end, until)
            if end > at + 1:
                words = self._atoms[at + 1 : end]
                base = periods.week(moved) if words[0].kind == "weekday" else period
                period = narrow(words, base, self._now) or period
                until = words[-1].end
        self._add(start, until, period)
        return end

    def _follow(self, end: int, until: int) -> int:
        if end >= len(self._atoms) or self._text[until : self._atoms[end].start] not in {"", "的", " "}:
            return end
        return self._group(end) if self._atoms[end].kind in {"clock", "part", "weekday"} else end

    def _put_stretch(
        self,
        found: tuple[datetime, datetime] | None,
        span: tuple[int, int],
        length: Length,
        *,
        is_deadline: bool = False,
    ) -> None:
        if found:
            start, end = found
            grain = length.grain
            self._found.append(
                Time("interval", start, end, span, grain=grain, has_day=True, has_year=True, open_until=is_deadline)
            )

    def _workdays(self, at: int) -> int:
        """Read 三个工作日内 and 两个工作日后."""
        atom = self._atoms[at]
        day = periods.workday(midnight(self._now.date()) + DAY, atom.value)
        m = self._patterns.within.match(self._text, atom.end) or self._patterns.after.match(self._text, atom.end)
        if day is None or m is None:
            return at + 1
        found = shaped("date", day, (atom.start, m.end()))
        if "内" in m.group():
            found = replace(found, kind="interval", start=self._now, end=day.end, open_until=True)
        self._found.append(found)
        return at + 1

    def _anchor(self, at: int) -> int:
        atom = self._atoms[at]
        after = self._atoms[at + 1] if at + 1 < len(self._atoms) else None
        seconds, grain, end = 0, "minute", atom.end
        if after and after.kind == "length" and self._text[atom.end : after.start] in {"", "的", "提前", "提早"}:
            seconds, grain, end = after.value.seconds, after.value.grain, after.end
        span = (atom.start, end)
        self._found.append(Time("duration", None, None, span, seconds=seconds, grain=grain, anchor=atom.value))
        return at + 1 + (end > atom.end)
