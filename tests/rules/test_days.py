from datetime import date, timedelta

import pytest

from rules import days


@pytest.mark.parametrize(
    ("day", "working", "holiday", "makeup", "assumed"),
    [
        (date(2026, 3, 11), True, None, False, False),
        (date(2026, 3, 14), False, None, False, False),
        (date(2026, 1, 1), False, "new_year", False, False),
        (date(2026, 1, 4), True, None, True, False),
        (date(2026, 2, 14), True, None, True, False),
        (date(2026, 2, 17), False, "spring_festival", False, False),
        (date(2026, 4, 5), False, "tomb_sweeping", False, False),
        (date(2026, 6, 19), False, "dragon_boat", False, False),
        (date(2026, 9, 20), True, None, True, False),
        (date(2026, 9, 25), False, "mid_autumn", False, False),
        (date(2026, 9, 28), True, None, False, False),
        (date(2026, 10, 2), False, "national_day", False, False),
        (date(2026, 10, 7), False, "national_day", False, False),
        (date(2026, 10, 8), True, None, False, False),
        (date(2026, 10, 10), True, None, True, False),
        (date(2015, 9, 3), False, "victory_day", False, False),
    ],
)
def test_look_tells_what_the_table_says(day, working, holiday, makeup, assumed):
    assert days.look(day) == days.Day(day, working, holiday, makeup, assumed)
    assert days.is_working(day) is working


def first_year_without_table() -> int:
    return next(year for year in range(2026, 2200) if not days.covers(year))


@pytest.mark.parametrize(
    ("month", "day", "holiday"),
    [(1, 1, "new_year"), (5, 1, "labour_day"), (5, 2, "labour_day"), (10, 1, "national_day"), (10, 3, "national_day")],
)
def test_a_year_beyond_the_table_keeps_the_fixed_holidays(month, day, holiday):
    seen = days.look(date(first_year_without_table(), month, day))
    assert (seen.is_working, seen.holiday, seen.assumed) == (False, holiday, True)


def test_a_year_beyond_the_table_has_its_weekends_and_nothing_else():
    year = first_year_without_table()
    whole = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    off_on_weekdays = [day for day in whole if day.weekday() < 5 and not days.is_working(day)]
    assert all((day.month, day.day) in {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)} for day in off_on_weekdays)
    assert not any(days.is_working(day) for day in whole if day.weekday() >= 5)
    assert all(days.look(day).assumed for day in whole)


def test_the_table_reaches_from_2004_to_2026_at_least():
    assert not days.covers(2003)
    assert all(days.covers(year) for year in range(2004, 2027))


@pytest.mark.parametrize(
    ("function", "day", "expected"),
    [
        (days.next_working, date(2026, 9, 30), date(2026, 10, 8)),
        (days.next_working, date(2026, 10, 9), date(2026, 10, 10)),
        (days.next_working, date(2026, 3, 11), date(2026, 3, 12)),
        (days.previous_working, date(2026, 10, 8), date(2026, 9, 30)),
        (days.previous_working, date(2026, 3, 16), date(2026, 3, 13)),
        (days.previous_working, date(2026, 2, 15), date(2026, 2, 14)),
        (days.working_on_or_before, date(2026, 3, 21), date(2026, 3, 20)),
        (days.working_on_or_before, date(2026, 2, 14), date(2026, 2, 14)),
        (days.working_on_or_after, date(2026, 5, 1), date(2026, 5, 6)),
    ],
)
def test_neighbouring_working_days(function, day, expected):
    assert function(day) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 10, 2), (date(2026, 10, 1), date(2026, 10, 7))),
        (date(2026, 10, 7), (date(2026, 10, 1), date(2026, 10, 7))),
        (date(2026, 2, 20), (date(2026, 2, 15), date(2026, 2, 23))),
        (date(2025, 10, 6), (date(2025, 10, 1), date(2025, 10, 8))),
        (date(2026, 3, 14), None),
        (date(2026, 3, 11), None),
        (date(2026, 10, 10), None),
    ],
)
def test_holiday_range_is_the_whole_run_of_days_off(day, expected):
    assert days.holiday_range(day) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 6), date(2026, 3, 6)),
        (date(2026, 5, 1), date(2026, 5, 6)),
        (date(2027, 1, 1), date(2027, 1, 4)),
        (date(2026, 10, 2), date(2026, 10, 8)),
        (date(2026, 1, 4), date(2026, 1, 4)),
        (date(2026, 1, 31), date(2026, 1, 30)),
        (date(2026, 5, 30), date(2026, 5, 29)),
        (date(2027, 10, 31), date(2027, 10, 29)),
    ],
)
def test_a_party_day_stays_in_its_month(day, expected):
    assert days.shift_party_day(day) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 6), date(2026, 3, 3)),
        (date(2026, 3, 11), date(2026, 3, 6)),
        (date(2026, 5, 6), date(2026, 4, 30)),
        (date(2026, 10, 8), date(2026, 9, 30)),
        (date(2027, 1, 4), date(2026, 12, 31)),
    ],
)
def test_it_is_announced_on_the_last_working_day_three_days_before(day, expected):
    assert days.announce_on(day) == expected


def test_occurrences_are_days_in_order_with_both_ends():
    fridays = days.occurrences("FREQ=MONTHLY;BYDAY=1FR", date(2026, 3, 6), date(2026, 6, 5))
    assert fridays == [date(2026, 3, 6), date(2026, 4, 3), date(2026, 5, 1), date(2026, 6, 5)]


def test_intervals_are_counted_from_where_the_rule_began():
    quarterly = days.occurrences("FREQ=MONTHLY;INTERVAL=3", date(2026, 3, 1), date(2026, 12, 31), date(2026, 2, 10))
    assert quarterly == [date(2026, 5, 10), date(2026, 8, 10), date(2026, 11, 10)]


@pytest.mark.parametrize(
    ("rule", "year", "month", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=1FR", 2026, 5, date(2026, 5, 1)),
        ("FREQ=MONTHLY;BYMONTHDAY=25", 2026, 2, date(2026, 2, 25)),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", 2028, 2, date(2028, 2, 29)),
        ("FREQ=MONTHLY;BYMONTHDAY=31", 2026, 4, None),
    ],
)
def test_theme_day_in_a_month(rule, year, month, expected):
    assert days.theme_day_in(rule, year, month) == expected


@pytest.mark.parametrize("rule", ["", "every friday", "FREQ=SOMETIMES", "BYDAY=1FR", "FREQ=MONTHLY;BYDAY=XX"])
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(ValueError):  # noqa: PT011  dateutil words it
        days.occurrences(rule, date(2026, 3, 1), date(2026, 3, 31))
