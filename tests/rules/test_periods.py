from datetime import date

import pytest

from rules import periods


@pytest.mark.parametrize(
    ("span", "first", "last", "number"),
    [
        (periods.month(2028, 2), date(2028, 2, 1), date(2028, 2, 29), 2),
        (periods.quarter(2026, 4), date(2026, 10, 1), date(2026, 12, 31), 4),
        (periods.year(2026), date(2026, 1, 1), date(2026, 12, 31), 1),
        (periods.span_of(date(2026, 5, 31), "quarter"), date(2026, 4, 1), date(2026, 6, 30), 2),
    ],
)
def test_spans(span, first, last, number):
    assert (span.first, span.last, span.number) == (first, last, number)
    assert first in span
    assert last in span


@pytest.mark.parametrize(
    ("span", "per", "count"),
    [
        (periods.year(2026), "month", 12),
        (periods.year(2026), "quarter", 4),
        (periods.quarter(2026, 2), "month", 3),
        (periods.quarter(2026, 2), "quarter", 1),
        (periods.quarter(2026, 1), "year", 0),
        (periods.month(2026, 12), "quarter", 0),
    ],
)
def test_a_span_splits_into_those_that_lie_in_it(span, per, count):
    parts = span.split(per)
    assert len(parts) == count
    assert all(part.first in span and part.last in span for part in parts)
