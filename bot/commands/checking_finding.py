"""What the doctor finds: how grave it is, and the sentence for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Grade = Literal["fine", "note", "broken"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: `key` names its sentence in the texts and `words` fill it; no secret stands in them."""

    grade: Grade
    key: str
    words: dict[str, Any] = field(default_factory=dict)
