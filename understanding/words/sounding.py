"""Makes `sounds.txt` from the words of `sounds.toml`: which characters sound like theirs, and what is a word itself.

Part of `make train`: the libraries that know how characters sound (pypinyin) and which words there are (jieba) are
wanted for this alone.
"""

from __future__ import annotations

import itertools
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
FUZZY = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("eng", "en"), ("ing", "in"), ("ang", "an"))
"""Sounds that many speakers and most keyboards do not tell apart."""
COMMON = 3755
"""Characters of the first level of GB 2312: those that people type."""
MOST_WAYS = 20_000


def syllable(character: str) -> str:
    """Return how a character sounds, without its tone and without what is hard to hear."""
    from pypinyin import lazy_pinyin

    sound = str(lazy_pinyin(character)[0])
    for long, short in FUZZY:
        sound = sound.replace(long, short)
    return sound


def characters() -> list[str]:
    """Return the common characters."""
    rows = range(0xB0, 0xD8)
    found = []
    for row, column in itertools.product(rows, range(0xA1, 0xFF)):
        try:
            found.append(bytes((row, column)).decode("gb2312"))
        except UnicodeDecodeError:
            continue
    return found[:COMMON]


def main() -> None:
    """Write the file: a line of characters for each sound, then the words that are not to be righted."""
    import jieba

    data = tomllib.loads((HERE / "sounds.toml").read_text("utf-8"))
    words: list[str] = [*data["long"], *data["short"]]
    by_sound: dict[str, list[str]] = {}
    for character in characters():
        by_sound.setdefault(syllable(character), []).append(character)
    wanted = sorted({syllable(character) for word in words for character in word})
    alike = {sound: "".join(sorted({*by_sound.get(sound, ()), *data["shapes"].get(sound, "")})) for sound in wanted}
    with tempfile.TemporaryDirectory() as private:
        jieba.dt.tmp_dir = private
        jieba.initialize()
    known = jieba.dt.FREQ
    own: set[str] = set(data["own"])
    for word in words:
        ways = [alike[syllable(character)] for character in word]
        size = 1
        for way in ways:
            size *= len(way)
        said = map("".join, itertools.product(*ways)) if size <= MOST_WAYS else ()
        own.update(one for one in said if known.get(one) and one != word)
    lines = [f"{sound} {characters}" for sound, characters in alike.items()]
    (HERE / "sounds.txt").write_text("\n".join([*lines, "", " ".join(sorted(own))]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
