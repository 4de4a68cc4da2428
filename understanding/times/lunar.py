"""The Chinese lunar calendar, reckoned from the sun and the moon: no table that ends.

A month begins on the day of the new moon in China; the eleventh holds the winter solstice; where thirteen months lie
between two of these, the first without a principal solar term is the leap month (GB/T 33661-2017). The new moon
and the sun's longitude follow the series in Meeus, *Astronomical Algorithms*, 2nd edition, chapters 25 and 49.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from functools import lru_cache
from math import floor, sin
from math import radians as rad

_J2000 = 2451545.0
_LUNATION = 29.530588861
_ORDINAL = 1721424.5
_CHINA = 8 / 24
_BEFORE_SOLSTICE = 10
_WITH_LEAP = 13
_NEW_MOON = (
    (-0.40720, 0, 0, 1, 0),
    (0.17241, 1, 1, 0, 0),
    (0.01608, 0, 0, 2, 0),
    (0.01039, 0, 0, 0, 2),
    (0.00739, 1, -1, 1, 0),
    (-0.00514, 1, 1, 1, 0),
    (0.00208, 2, 2, 0, 0),
    (-0.00111, 0, 0, 1, -2),
    (-0.00057, 0, 0, 1, 2),
    (0.00056, 1, 1, 2, 0),
    (-0.00042, 0, 0, 3, 0),
    (0.00042, 1, 1, 0, 2),
    (0.00038, 1, 1, 0, -2),
    (-0.00024, 1, -1, 2, 0),
    (-0.00007, 0, 2, 1, 0),
    (0.00004, 0, 0, 2, -2),
    (0.00004, 0, 3, 0, 0),
    (0.00003, 0, 1, 1, -2),
    (0.00003, 0, 0, 2, 2),
    (-0.00003, 0, 1, 1, 2),
    (0.00003, 0, -1, 1, 2),
    (-0.00002, 0, -1, 1, -2),
    (-0.00002, 0, 1, 3, 0),
    (0.00002, 0, 0, 4, 0),
)
"""Days, power of the orbit's eccentricity, and multiples of the sun's anomaly, the moon's anomaly and its latitude."""

_PLANETS = (
    (0.000325, 299.77, 0.107408),
    (0.000165, 251.88, 0.016321),
    (0.000164, 251.83, 26.651886),
    (0.000126, 349.42, 36.412478),
    (0.000110, 84.66, 18.206239),
    (0.000062, 141.74, 53.303771),
    (0.000060, 207.14, 2.453732),
    (0.000056, 154.84, 7.306860),
    (0.000047, 34.52, 27.261239),
    (0.000042, 207.19, 0.121824),
    (0.000040, 291.34, 1.844379),
    (0.000037, 161.72, 24.198154),
    (0.000035, 239.56, 25.513099),
    (0.000023, 331.55, 3.592518),
)


def to_solar(year: int, month: int, day: int, *, leap: bool = False) -> date | None:
    """Return the date of a day of the lunar year, None where the year has no such month or the month no such day."""
    if not 1 <= day <= month_length(year, month, leap=leap):
        return None
    first = _months(year)[(month, leap)][0]
    return first + timedelta(days=day - 1)


def month_length(year: int, month: int, *, leap: bool = False) -> int:
    """Return how many days a lunar month has: 29, 30, or 0 where the year has no such month."""
    known = _months(year).get((month, leap))
    return known[1] if known else 0


def solar_term(year: int, longitude: int) -> date:
    """Return the day in China when the sun reaches an ecliptic longitude in a year (15: 清明, 270: 冬至)."""
    days = ((longitude - 280) % 360) / 360 * 365.2422
    moment = date(year, 1, 1).toordinal() + _ORDINAL + days
    for _ in range(8):
        moment += ((longitude - _sun(moment) + 180) % 360 - 180) / 360 * 365.2422
    return _in_china(moment)


@lru_cache(maxsize=64)
def _months(year: int) -> dict[tuple[int, bool], tuple[date, int]]:
    """Return the first day and the length of each month of a lunar year, by number and whether it is a leap month."""
    found = {key: value for key, value in _from_solstice(year).items() if key[0] <= _BEFORE_SOLSTICE}
    late = {key: value for key, value in _from_solstice(year + 1).items() if key[0] > _BEFORE_SOLSTICE}
    return found | late


@lru_cache(maxsize=64)
def _from_solstice(year: int) -> dict[tuple[int, bool], tuple[date, int]]:
    """Return the months from the eleventh of the year before to the tenth of this year."""
    first, last = solar_term(year - 1, 270), solar_term(year, 270)
    about = floor((first.toordinal() + _ORDINAL - 2451550.1) / _LUNATION) - 2
    moons = [_in_china(_new_moon(about + n)) for n in range(18)]
    begin, end = bisect_right(moons, first) - 1, bisect_right(moons, last) - 1
    has_leap = end - begin == _WITH_LEAP
    terms = [solar_term(year - 1, 270), *(solar_term(year, (300 + 30 * n) % 360) for n in range(12))]
    found: dict[tuple[int, bool], tuple[date, int]] = {}
    number = 10
    for n in range(begin, end):
        leap = has_leap and not any(moons[n] <= term < moons[n + 1] for term in terms)
        has_leap = has_leap and not leap
        number += not leap
        found[((number - 1) % 12 + 1, leap)] = (moons[n], (moons[n + 1] - moons[n]).days)
    return found


def _in_china(moment: float) -> date:
    """Return the day in China at a Julian ephemeris date."""
    years = (moment - _J2000) / 365.25
    slowing = 62.92 + 0.32217 * years + 0.005589 * years * years
    return date.fromordinal(floor(moment - slowing / 86400 + _CHINA - _ORDINAL))


def _sun(moment: float) -> float:
    """Return the sun's apparent longitude in degrees."""
    t = (moment - _J2000) / 36525
    mean = 280.46646 + 36000.76983 * t + 0.0003032 * t * t
    anomaly = rad(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (1.914602 - 0.004817 * t) * sin(anomaly) + (0.019993 - 0.000101 * t) * sin(2 * anomaly)
    return mean + centre + 0.000289 * sin(3 * anomaly) - 0.00569 - 0.00478 * sin(rad(125.04 - 1934.136 * t))


def _new_moon(k: int) -> float:
    """Return the Julian ephemeris date of the kth new moon from January 2000."""
    t = k / 1236.85
    sun = rad(2.5534 + 29.10535670 * k - 0.0000014 * t * t)
    moon = rad(201.5643 + 385.81693528 * k + 0.0107582 * t * t)
    latitude = rad(160.7108 + 390.67050284 * k - 0.0016118 * t * t)
    node = rad(124.7746 - 1.56375588 * k + 0.0020672 * t * t)
    eccentricity = 1 - 0.002516 * t - 0.0000074 * t * t
    at = 2451550.09766 + _LUNATION * k + 0.00015437 * t * t - 0.00017 * sin(node)
    for days, power, by_sun, by_moon, by_latitude in _NEW_MOON:
        at += days * eccentricity**power * sin(by_sun * sun + by_moon * moon + by_latitude * latitude)
    return at + sum(days * sin(rad(start + rate * k)) for days, start, rate in _PLANETS)
