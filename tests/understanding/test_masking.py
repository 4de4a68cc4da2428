"""What is kept of words that were not understood names nobody."""

from __future__ import annotations

from datetime import datetime

import pytest

from understanding.contract import sample
from understanding.words.masking import masked

NOW = datetime(2026, 3, 5, 10, 20)  # noqa: DTZ001  words are local time


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("让王晓明和冯媛那个一下", "让某某那个一下"),
        ("李书记的事怎么弄", "某某的事怎么弄"),
        ("晓明那边好了没", "某某那边好了没"),
        ("电话19900000001打不通", "电话0打不通"),
        ("身份证11010519491231002X", "身份证0"),
        ("发到li.hui@example.org", "发到"),
        ("看https://example.org/a?b=1", "看"),
        ("下周三那个啥", "下周三那个啥"),
        ("👍", ""),
    ],
)
def test_names_and_numbers_are_masked(said, kept):
    assert masked(said, NOW, sample()) == kept
