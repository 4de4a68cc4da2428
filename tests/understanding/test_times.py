"""Expressions of time are read as people mean them, and nothing else is."""

from __future__ import annotations

import time
import tomllib
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understanding.times import LONGEST, atoms, festivals, find, lunar
from understanding.times.numbers import number, tidy

SENTENCES = tomllib.loads((Path(__file__).parents[1] / "sentences" / "times.toml").read_text(encoding="utf-8"))
NOW = SENTENCES["now"]
WORDS = "上下前后每第今明周月日号点半到3五12:：.-/年零刻 ,，（）的工作天小时分钟农历初最会"


def only(text):
    found = find(text, NOW)
    assert len(found) == 1, found
    assert 0 <= found[0].span[0] < found[0].span[1] <= len(text)
    return found[0]


@pytest.mark.parametrize(("text", "start"), SENTENCES["instants"].items())
def test_an_instant(text, start):
    assert (only(text).kind, only(text).start) == ("instant", datetime.fromisoformat(start))
    assert only(text).has_clock


@pytest.mark.parametrize(("text", "start"), SENTENCES["dates"].items())
def test_a_date(text, start):
    assert (only(text).kind, only(text).start) == ("date", datetime.fromisoformat(start))
    assert only(text).has_day


@pytest.mark.parametrize(("text", "ends"), SENTENCES["intervals"].items())
def test_an_interval(text, ends):
    found = only(text)
    assert found.kind == "interval"
    assert [found.start, found.end] == [datetime.fromisoformat(end) for end in ends]


@pytest.mark.parametrize(("text", "end"), SENTENCES["deadlines"].items())
def test_a_deadline(text, end):
    found = only(text)
    assert (found.kind, found.end, found.open_until) == ("interval", datetime.fromisoformat(end), True)


@pytest.mark.parametrize(("text", "seconds"), SENTENCES["durations"].items())
def test_a_duration(text, seconds):
    assert (only(text).kind, only(text).seconds) == ("duration", seconds)


@pytest.mark.parametrize(("text", "rule"), SENTENCES["recurrences"].items())
def test_a_recurrence(text, rule):
    found = only(text)
    assert (found.kind, found.rrule, found.start) == ("recurrence", rule[0], datetime.fromisoformat(rule[1]))


@pytest.mark.parametrize("text", SENTENCES["nothing"]["texts"])
def test_what_is_no_time(text):
    assert find(text, NOW) == []


@pytest.mark.parametrize(
    ("text", "part", "hour"),
    [
        ("明早", "morning", None),
        ("周五中午", "noon", None),
        ("下午三点", "afternoon", "15:00"),
        ("今晚", "evening", None),
    ],
)
def test_the_part_of_the_day_is_kept(text, part, hour):
    assert (only(text).daypart, only(text).clock) == (part, hour)


def test_a_clock_time_alone_has_no_day():
    found = only("改成十点半")
    assert (found.has_day, found.clock, found.bare_hour, found.span) == (False, "10:30", True, (2, 5))


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("今天7点", ["2026-03-05T19:00", "2026-03-05T07:00"]),
        ("周末下午3点", ["2026-03-07T15:00", "2026-03-08T15:00"]),
        ("3月11日（周四）下午3点", ["2026-03-11T15:00", "2026-03-12T15:00"]),
    ],
)
def test_several_readings_share_their_span(text, starts):
    found = find(text, NOW)
    assert [t.start for t in found] == [datetime.fromisoformat(start) for start in starts]
    assert len({t.span for t in found}) == 1


@pytest.mark.parametrize(
    ("text", "seconds", "anchor"),
    [("会前半小时", 1800, "before_meeting"), ("会前一天", 86400, "before_meeting"), ("开完会后", 0, "after_meeting")],
)
def test_what_counts_from_a_meeting(text, seconds, anchor):
    assert (only(text).seconds, only(text).anchor) == (seconds, anchor)


def test_several_expressions_stand_in_order():
    text = "下周一、周三 下午3点, 4月2、3日"
    assert [t.start for t in find(text, NOW)] == [
        datetime.fromisoformat("2026-03-09T00:00"),
        datetime.fromisoformat("2026-03-11T15:00"),
        datetime.fromisoformat("2026-04-02T00:00"),
        datetime.fromisoformat("2026-04-03T00:00"),
    ]


def test_beyond_the_holiday_table_working_days_are_assumed():
    assert only("2031年6月第一个工作日").assumed
    assert not only("2026年6月第一个工作日").assumed


def test_the_span_counts_in_the_text_as_written():
    text = "通 知： 3 月 11 日 （周三） 15：00 开会"
    found = only(text)
    assert text[found.span[0] : found.span[1]] == "3 月 11 日 （周三） 15：00"
    assert found.start == datetime.fromisoformat("2026-03-11T15:00")


def test_new_years_of_the_lunar_calendar_are_those_of_the_almanac():
    known = {
        2020: (1, 25),
        2023: (1, 22),
        2024: (2, 10),
        2025: (1, 29),
        2026: (2, 17),
        2027: (2, 6),
        2030: (2, 3),
        2033: (1, 31),
    }
    assert {year: lunar.to_solar(year, 1, 1) for year in known} == {y: date(y, *day) for y, day in known.items()}
    assert lunar.to_solar(2033, 11, 1, leap=True) == date(2033, 12, 22)
    assert lunar.month_length(2025, 6, leap=True) == 29
    assert lunar.month_length(2026, 6, leap=True) == 0


def test_every_festival_falls_on_a_day():
    assert all(festivals.falls_on(name, year) for name in festivals.FESTIVALS for year in (1999, 2026, 2050))


@pytest.mark.parametrize(
    ("words", "value"), [("二十八", 28), ("廿八", 28), ("两", 2), ("一百零五", 105), ("二〇二六", 2026)]
)
def test_numbers(words, value):
    assert number(words) == value


@given(st.text(alphabet=WORDS, max_size=60) | st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_text_raises_and_spans_lie_in_it(text):
    for found in find(text, NOW):
        assert 0 <= found.span[0] < found.span[1] <= len(text)
        assert found.start is None or found.end is None or found.start <= found.end


@pytest.mark.parametrize(
    "piece", ["一", "1", "周一", "第一个", "每周一、", "3月", "十", "半", " ", "12:", "下", "一年零", "1-", "农历"]
)
def test_long_texts_take_bounded_time(piece):
    text = (piece * LONGEST)[:LONGEST]
    begin = time.perf_counter()
    find(text, NOW)
    assert time.perf_counter() - begin < 5


def test_what_a_word_begins_with_is_declared():
    names = {name for name, _, _ in atoms.dates.WORDS}
    assert names <= set(atoms._CHARS)
    assert tidy("１５：３０ 開會").text == "15:30开会"
