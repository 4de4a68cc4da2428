"""What a text says about time: the public face is `find`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

from understanding import periods, recurrences
from understanding.calendar_steps import LEVELS, STEPS
from understanding.durations import Length
from understanding.numbers import tidy
from understanding.periods import DAY, Period, midnight
from understanding.times_scan import Atom, scan

Kind = Literal["instant", "date", "interval", "duration", "recurrence"]
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Time:
    """One reading of one expression.

    `start` and `end` are naive local datetimes, midnight for whole days; `end` is exclusive. An instant has only
    `start`, a date too; an interval may lack either (下午三点以后, 周五之前). `seconds` is a duration's length. `rrule` is
    a recurrence in RFC 5545 without its hour, and its `start` the first occurrence from now on, with the hour where the
    words give one. `span` is the first and the after-last character in the text that was given.

    `has_day` is False where only a clock time or a part of the day was said. `clock` is `14:30` where `has_clock`;
    `bare_hour` says that no morning or afternoon was named with it. `anchor` is `before_meeting` or `after_meeting` for what
    counts from a meeting (会前半小时). `open_until` marks a deadline: `end` is its last moment (周五之前 ends when Friday
    does). `has_year` is False where the coming one was taken. `assumed`: the holiday table does not reach so far.
    """

    kind: Kind
    start: datetime | None
    end: datetime | None
    span: tuple[int, int]
    seconds: int | None = None
    rrule: str | None = None
    grain: str = "day"
    daypart: str | None = None
    has_clock: bool = False
    has_day: bool = False
    has_year: bool = False
    clock: str | None = None
    bare_hour: bool = False
    anchor: str | None = None
    open_until: bool = False
    assumed: bool = False


def find(text: str, now: datetime) -> list[Time]:
    """Return what a text says about time, in its order; readings of one expression follow each other, likeliest first.

    `now` is the local instant that 明天 counts from; an offset on it is dropped. Only the first 20,000 characters
    are read. Nothing that is no time is returned, and no text raises.
    """
    tidied = tidy(text[:LONGEST])
    atoms = scan(tidied.text)
    if not atoms:
        return []
    reader = _Reader(tidied.text, atoms, now.replace(tzinfo=None))
    where = tidied.where
    return [replace(t, span=(where[t.span[0]], where[t.span[1] - 1] + 1)) for t in reader.read()]


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        "link": re.compile(r"(?:日|号|开始|起)?(?:直到|一直到|到|至|-+|~)(?:了)?"),
        "before": re.compile(
            r"(?:下班|上班|放学|开会)?(?:及以|及之|或之|或以|或|之|以)?前(?!往|台|来|面|辈|任|期|提|排|后|进|段|述|言|景|途|沿)|为止|截止"
        ),
        "after": re.compile(r"(?:及以|及之|或之|或以|或|之|以|过)?后(?!勤|续|台|备|面|者|来|果|代|方|天|年|日|半)"),
        "within": re.compile(r"(?:之|以)?内(?!容|部|地|蒙|科|存|外|涵)"),
        "until": re.compile(r"(?:截止日?期?|截至|截止时间)(?:到|至|为|是)?$"),
        "coming": re.compile(r"(?:未来|接下来|今后|往后|之后|后|下)的?$"),
        "past": re.compile(r"(?:过去|之前|最近|前|上|近)的?$"),
    }


class _Reader:
    """Reads the words of one text from left to right."""

    def __init__(self, text: str, atoms: list[Atom], now: datetime) -> None:
        self.text, self.atoms, self.now = text, atoms, now
        self.found: list[Time] = []
        self.last: Period | None = None

    def read(self) -> list[Time]:
        at = 0
        while at < len(self.atoms):
            kind = self.atoms[at].kind
            if kind == "every":
                at = self._recurrence(at)
            elif kind == "length":
                at = self._length(at)
            elif kind == "anchor":
                at = self._anchor(at)
            elif kind == "links":
                at += 1
            else:
                at = self._calendar(at)
        return self.found

    # ---- calendar and clock

    def _group(self, at: int) -> int:
        """Return where the run of words that narrow each other ends."""
        end = at + 1
        while end < len(self.atoms):
            before, after = self.atoms[end - 1], self.atoms[end]
            level = LEVELS.get(after.kind)
            if level is None:
                break
            if level <= LEVELS[before.kind] and not (after.kind == "weekday" and before.kind in {"day", "relday"}):
                break
            if after.start > before.end and not self._joins(before, after):
                break
            end += 1
        return end

    def _joins(self, before: Atom, after: Atom) -> bool:
        gap = self.text[before.end : after.start]
        if gap in {"的", " ", ")", "那天", "当天", "份", "的时候", "里"}:
            return True
        if gap == "(":
            return after.kind in {"weekday", "relday"}
        return gap == "," and before.kind in {"year", "relyear"} and after.kind == "month"

    def _calendar(self, at: int) -> int:
        end = self._group(at)
        left = self.atoms[at:end]
        first = self._resolve(left, self.now)
        if first is None:
            return at + 1 if end > at + 1 else end
        if left[-1].end < len(self.text) or end < len(self.atoms):
            right_at = self._linked(end)
            if right_at is not None:
                right_end = self._group(right_at)
                right = self.atoms[right_at:right_end]
                last = self._right(left, first, right)
                if last is not None:
                    self._add_range(left[0].start, right[-1].end, first, last)
                    return right_end
        self._add(left[0].start, left[-1].end, first)
        self.last = first
        return end

    def _linked(self, end: int) -> int | None:
        if end >= len(self.atoms):
            return None
        after = self.atoms[end]
        if after.kind == "links":
            return end + 1
        if after.kind not in LEVELS:
            return None
        gap = self.text[self.atoms[end - 1].end : after.start]
        return end if gap and _patterns()["link"].fullmatch(gap.strip()) else None

    def _resolve(self, atoms: list[Atom], now: datetime) -> Period | None:
        period: Period | None = None
        if atoms[0].kind == "sameday":
            period = self.last
        for atom in atoms:
            period = STEPS[atom.kind](atom.value, period, now)
            if period is None:
                return None
        if period is not None and period.roll and atoms[-1].kind in {"clock", "part", "weekday"}:
            over = period.start if period.end is None else period.end
            if over < now or (over == now and period.end is not None):
                period = replace(period, start=period.start + period.roll, end=period.end and period.end + period.roll)
        return period

    def _right(self, left: list[Atom], first: Period, right: list[Atom]) -> Period | None:
        level = LEVELS[right[0].kind]
        shared = [a for a in left if LEVELS[a.kind] < level]
        if level > LEVELS["day"] and not any(LEVELS[a.kind] == LEVELS["day"] for a in shared):
            base: Period | None = replace(periods.day(midnight(first.start.date())), has_day=first.has_day)
            shared = [a for a in shared if LEVELS[a.kind] > LEVELS["day"]]
        else:
            base = None
        last = base
        after = self.now if right[0].kind in {"relday", "relweek", "relmonth", "relyear"} else first.start
        for atom in [*shared, *right]:
            last = STEPS[atom.kind](atom.value, last, self.now if atom in shared else after)
            if last is None:
                return None
        if last is not None and last.start <= first.start:
            last = _later(last, first)
        return last

    def _add_range(self, start: int, end: int, first: Period, last: Period) -> None:
        until = last.start if last.end is None else last.end
        if until <= first.start:
            return
        self.last = first
        self.found.append(
            replace(
                _time("interval", first, (start, end)),
                end=until,
                has_clock=first.clock is not None,
                bare_hour=first.is_bare,
            )
        )

    def _add(self, start: int, end: int, period: Period) -> None:
        patterns = _patterns()
        if patterns["until"].search(self.text, max(0, start - 8), start):
            self._deadline(start, end, period)
            return
        m = patterns["before"].match(self.text, end)
        if m:
            self._deadline(start, m.end(), period)
            return
        m = patterns["after"].match(self.text, end)
        if m:
            self.found.append(replace(_time("interval", period, (start, m.end())), end=None))
            return
        m = patterns["within"].match(self.text, end)
        end = m.end() if m else end
        kind: Kind = "instant" if period.end is None else "date" if period.grain == "day" else "interval"
        for reading in (period, *period.others):
            self.found.append(_time(kind, reading, (start, end)))

    def _deadline(self, start: int, end: int, period: Period) -> None:
        until = period.start if period.end is None else period.end
        since = self.now if self.now < until else None
        self.found.append(replace(_time("interval", period, (start, end)), start=since, end=until, open_until=True))

    # ---- lengths

    def _length(self, at: int) -> int:
        atom, patterns = self.atoms[at], _patterns()
        length: Length = atom.value
        end = atom.end
        for name in ("after", "before", "within"):
            m = patterns[name].match(self.text, end)
            if m:
                self._counted(name, length, (atom.start, m.end()))
                return at + 1
        for name in ("coming", "past"):
            m = patterns[name].search(self.text, max(0, atom.start - 4), atom.start)
            if m:
                self._stretch(name, m.group(), length, (m.start(), end))
                return at + 1
        self.found.append(Time("duration", None, None, (atom.start, end), seconds=length.seconds, grain=length.unit))
        return at + 1

    def _counted(self, name: str, length: Length, span: tuple[int, int]) -> None:
        fine = length.unit in {"秒", "分", "时"}
        moved = _moved(self.now, length, -1 if name == "before" else 1)
        if moved is None:
            return
        if name == "within":
            end = moved if fine else midnight(moved.date()) + DAY
            start = self.now if fine else midnight(self.now.date())
            self.found.append(Time("interval", start, end, span, grain=length.unit, open_until=True, has_day=True))
        elif fine:
            clock = f"{moved:%H:%M}"
            self.found.append(
                Time(
                    "instant",
                    moved,
                    None,
                    span,
                    grain="minute",
                    has_clock=True,
                    has_day=True,
                    has_year=True,
                    clock=clock,
                )
            )
        else:
            self.found.append(Time("date", midnight(moved.date()), None, span, has_day=True, has_year=True))

    def _stretch(self, name: str, word: str, length: Length, span: tuple[int, int]) -> None:
        moved = _moved(self.now, length, 1 if name == "coming" else -1)
        if moved is None:
            return
        start, end = (self.now, moved) if name == "coming" else (moved, self.now)
        if length.unit not in {"秒", "分", "时"}:
            today = midnight(self.now.date())
            whole = word.removesuffix("的") in {"前", "上", "后", "下"}
            if name == "coming":
                start, end = (
                    (today + DAY, midnight(moved.date()) + DAY) if whole else (self.now, midnight(moved.date()))
                )
            else:
                start, end = midnight(moved.date()), today if whole else self.now
        self.found.append(Time("interval", start, end, span, grain=length.unit, has_day=True, has_year=True))

    def _anchor(self, at: int) -> int:
        atom = self.atoms[at]
        after = self.atoms[at + 1] if at + 1 < len(self.atoms) else None
        if after and after.kind == "length" and self.text[atom.end : after.start] in {"", "的", "提前", "提早"}:
            self.found.append(
                Time(
                    "duration",
                    None,
                    None,
                    (atom.start, after.end),
                    seconds=after.value.seconds,
                    grain=after.value.unit,
                    anchor=atom.value,
                )
            )
            return at + 2
        self.found.append(
            Time("duration", None, None, (atom.start, atom.end), seconds=0, grain="minute", anchor=atom.value)
        )
        return at + 1

    # ---- recurrences

    def _recurrence(self, at: int) -> int:
        rule, start = self.atoms[at].value, self.atoms[at].start
        end = at + 1
        clock: Period | None = None
        base = periods.day(midnight(self.now.date()))
        part = clock_part = None
        if rule.part:
            clock_part = rule.part
            base = STEPS["part"](rule.part, base, self.now) or base
            clock = base
        while end < len(self.atoms):
            before, after = self.atoms[end - 1], self.atoms[end]
            gap = self.text[before.end : after.start]
            if gap not in {"", "的", " ", "、", "和", "及", "与", ",", "在"} or (
                gap == "," and after.kind not in {"part", "clock"}
            ):
                break
            if after.kind in {"part", "clock"}:
                narrowed = STEPS[after.kind](after.value, clock or base, self.now)
                if narrowed is None:
                    break
                clock = narrowed
            elif clock is None and (finer := recurrences.refine(rule, after.kind, after.value)):
                rule = finer
            else:
                break
            end += 1
        del part, clock_part
        has_clock = clock is not None and clock.clock is not None
        hour = clock.start - midnight(self.now.date()) if clock is not None and has_clock else None
        found = recurrences.first(rule, self.now, hour)
        self.found.append(
            Time(
                "recurrence",
                found[0] if found else None,
                None,
                (start, self.atoms[end - 1].end),
                rrule=rule.rrule,
                grain=rule.freq.lower(),
                daypart=clock.daypart if clock else None,
                has_clock=has_clock,
                clock=clock.clock if clock else None,
                bare_hour=clock.is_bare if clock else False,
                assumed=found[1] if found else False,
            )
        )
        return end


def _later(last: Period, first: Period) -> Period:
    """Move the end of a range after its beginning: by half a day where it is bare, else by a day."""
    step = timedelta(hours=12) if last.is_bare and last.start + timedelta(hours=12) > first.start else DAY
    if last.clock is None:
        return last
    at = last.start + step
    return replace(last, start=at, clock=f"{at:%H:%M}")


def _moved(now: datetime, length: Length, sign: int) -> datetime | None:
    at = now
    try:
        for count, unit in length.parts:
            if unit in {"年", "季", "月"}:
                in_months = count * {"年": 12, "季": 3, "月": 1}[unit]
                at = periods.shifted(at, sign * int(in_months))
                at += sign * timedelta(days=round(30 * (in_months % 1)))
            else:
                at += sign * timedelta(seconds=Length(((count, unit),)).seconds)
    except (ValueError, OverflowError):
        return None
    return at


def _time(kind: Kind, period: Period, span: tuple[int, int]) -> Time:
    return Time(
        kind,
        period.start,
        period.end if kind == "interval" else None,
        span,
        grain=period.grain,
        daypart=period.daypart,
        has_clock=period.clock is not None,
        has_day=period.has_day,
        has_year=period.has_year,
        clock=period.clock,
        bare_hour=period.is_bare,
        assumed=period.assumed,
    )
