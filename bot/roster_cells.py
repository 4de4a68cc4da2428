"""The cells of a roster: from what stands there to the word or date it means, by the words in the texts."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from functools import cache
from typing import Any

from texts import sentences
from vocabulary.people import MemberStatus, Post

DAY = re.compile(r"(\d{4})[^0-9A-Za-z]{1,3}(\d{1,2})[^0-9A-Za-z]{1,3}(\d{1,2})[^0-9A-Za-z]{0,2}(?:[ T]?00:00(?::00)?)?")
COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
PHONE = re.compile(r"\+?[\d\- ()]{5,24}")
SERIAL_DAYS = range(3000, 60000)
"""Excel's numbers of days from 1908 to 2064: a date whose cell lost its format."""
MOST = {"organization": 100, "name": 50, "upper_post": 50, "group": 50}
FLAGS = ("retired", "mobile", "exempt", "no_account")


class CellFault(ValueError):  # noqa: N818  it becomes a fault of the file
    """What stands in a cell cannot be meant: `code` and `words` as in `vocabulary.views.roster.Fault`."""

    def __init__(self, code: str, **words: Any) -> None:
        super().__init__(code)
        self.code, self.words = code, words


@cache
def words_under(prefix: str) -> dict[str, str]:
    """Each word that the texts have under a prefix, with what it is the word for; a text may hold several."""
    return {
        plain(word): key.removeprefix(prefix)
        for key, said in sentences().items()
        if key.startswith(prefix)
        for word in said.split(" ")
    }


def shown(column: str) -> str:
    """The heading of a column, or of the accounts of a channel, as a person knows it."""
    found = sentences()
    return (found.get(f"roster.column.{column}") or found.get(f"roster.account.{column}", column)).split(" ")[0]


def plain(word: str) -> str:
    """A word as it is compared: without blanks, wide letters as narrow ones."""
    return "".join(unicodedata.normalize("NFKC", word).split())


def text(cell: Any) -> str:
    """What a cell says: whole numbers without `.0`, no blanks around; what stands for nothing is empty."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    said = str(cell).strip().strip("\ufeff\u200b").strip()
    return "" if said in sentences()["roster.nothing"].split(" ") else said


def line(cell: Any, column: str) -> str:
    """A name or another short line; blanks that only widen a Chinese name are taken out."""
    said = text(cell)
    if any(unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs", "Cn"} for sign in said):
        raise CellFault("unprintable")
    if not re.search(r"[A-Za-z]", said):
        said = "".join(said.split())
    if len(said) > MOST.get(column, 128):
        raise CellFault("too_long", most=MOST.get(column, 128))
    return said


def day(cell: Any) -> date | None:
    """A date in any usual form (2001-06-28, 2001/6/28, 2001.6.28, 20010628, Excel's own); None for nothing."""
    if isinstance(cell, datetime):
        return _plausible(cell.date(), cell)
    if isinstance(cell, date):
        return _plausible(cell, cell)
    if isinstance(cell, int | float) and int(cell) in SERIAL_DAYS:
        from openpyxl.utils.datetime import from_excel

        return day(from_excel(int(cell)))
    said = unicodedata.normalize("NFKC", text(cell))
    if not said:
        return None
    found = DAY.fullmatch(said) or COMPACT_DAY.fullmatch(said)
    if not found:
        raise CellFault("not_a_date", value=said[:30])
    try:
        return _plausible(date(*map(int, found.groups())), said)
    except ValueError:
        raise CellFault("not_a_date", value=said[:30]) from None


def _plausible(found: date, cell: Any) -> date:
    if found.year not in range(1900, 2100):
        raise CellFault("not_a_date", value=str(cell)[:30])
    return found


def phone(cell: Any) -> str | None:
    """A telephone number as it is written; None for nothing."""
    said = unicodedata.normalize("NFKC", text(cell))
    if said and not PHONE.fullmatch(said):
        raise CellFault("not_a_phone", value=said[:30])
    return said or None


def status(cell: Any) -> str:
    """A person's standing; it may not be empty."""
    if not text(cell):
        raise CellFault("missing")
    return MemberStatus(_one_of(cell, "member_status.")).value


def post(cell: Any) -> str:
    """A post in the branch; nothing is no post."""
    also = words_under("roster.also_post.").get(plain(text(cell)))
    return Post(also or _one_of(cell, "post.")).value


def gender(cell: Any) -> str:
    """`female`, `male` or nothing."""
    return _one_of(cell, "roster.gender.")


def marks(cell: Any) -> dict[str, bool]:
    """Which of the marks stand among the remarks; other remarks are left alone."""
    said = text(cell)
    for sign in sentences()["roster.between_marks"]:
        said = said.replace(sign, " ")
    found = {words_under("roster.mark.").get(plain(word)) for word in said.split()}
    return {flag: flag in found for flag in FLAGS}


def committee(upper_post: str) -> str:
    """The organization in which someone holds a post there (the words before the post); empty where none is named."""
    posts = words_under("post.") | words_under("roster.upper_post.")
    for word in sorted(posts, key=len, reverse=True):
        if upper_post.endswith(word):
            return upper_post.removesuffix(word)
    return ""


def _one_of(cell: Any, prefix: str) -> str:
    said = text(cell)
    known = words_under(prefix)
    if said and plain(said) not in known:
        raise CellFault("not_one_of", value=said[:30], choices=list(known))
    return known[plain(said)] if said else ""
