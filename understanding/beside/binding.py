"""Whether words said in a group tie that group to a branch: 绑定本群到研发党支部."""

from __future__ import annotations

import re

_TIES = re.compile("(?:把|将)?(?:本|这个|这|此)?群?绑定(?:(?:本|这个|这|此)群)?[到至为在].+")


def ties_chat(words: str) -> bool:
    """Return whether the words are the whole command that the greeting tells: said so to nobody but the program."""
    said = words.strip()
    return "群" in said and _TIES.fullmatch(said) is not None
