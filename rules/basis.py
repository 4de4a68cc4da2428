"""Where a rule stands: document, version, article."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Basis:
    """One article of one version of a document.

    `doc` is the document's key in `regulations.toml`, `version` the year of the text, `article` its number as written
    between 第 and 条, empty where the document is known and the number is not certain.
    """

    doc: str
    version: str
    article: str
