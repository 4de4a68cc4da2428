"""What a phrase is about, or calls something."""

from __future__ import annotations

import pytest

from understanding.words.subject import subject


@pytest.mark.parametrize(
    ("phrase", "words", "about"),
    [
        ("讲党史的课", "党史", True),
        ("关于党章的那篇文章", "党章", True),
        ("今年上了哪些关于安全生产的课程", "安全生产", True),
        ("跟生态文明有关的课", "生态文明", True),
        ("农村工作方面有可以学习的文件", "农村工作", True),
        ("纪律方面的资料", "纪律", True),
        ("长征精神的视频", "长征精神", True),
        ("四中全会学习材料", "四中全会", True),
        ("枫桥经验那节课", "枫桥经验", False),
        ("井冈山精神那一讲", "井冈山精神", False),
        ("信访工作条例", "信访工作条例", False),
        ("抗美援朝的片子我和老伴一块儿", "抗美援朝", True),
        ("第二十次代表大会报告", "第二十次代表大会报告", False),
    ],
)
def test_a_subject_is_cut_from_the_noun_of_the_object(phrase, words, about):
    found = subject(phrase)
    assert (found.words, found.about) == (words, about)
