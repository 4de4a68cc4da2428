"""Words fitted to doors of every ability."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.degrade import Words, fit, numbered, speakable, split
from vocabulary.messages import AskedQuiz, Button, Can, Shown

FIVE = tuple(Button(label, f"p:{label}") for label in "ABCDE")
BARE = Can(buttons=False, files=False)


def choice(number, label):
    return f"{number} = {label}"


def test_a_door_that_can_everything_gets_it_as_it_is():
    words = Words("hello", FIVE, file_name="a.pdf", file_data=b"x")
    assert fit(words, Can(), choice) == (Shown("hello", FIVE, "a.pdf", b"x"),)
    assert numbered(words, Can()) == ()


def test_without_buttons_numbers_stand_for_them():
    words = Words("which?", FIVE[:2])
    assert fit(words, BARE, choice) == (Shown("which?\n1 = A\n2 = B"),)
    assert numbered(words, BARE) == ("p:A", "p:B")


def test_more_buttons_than_allowed_are_numbered():
    can = Can(most_buttons=3)
    assert fit(Words("which?", FIVE), can, choice) == (Shown("which?\n1 = D\n2 = E", FIVE[:3]),)
    assert numbered(Words("which?", FIVE), can) == ("p:D", "p:E")


def test_a_file_that_cannot_be_sent_becomes_the_callers_line():
    words = Words("here", file_name="a.pdf", file_data=b"x")
    assert fit(words, BARE, choice, lambda name: f"{name}: http://x/1") == (Shown("here\na.pdf: http://x/1"),)
    assert fit(words, BARE, choice) == (Shown("here\na.pdf"),)


def test_nothing_to_show_is_no_message():
    assert fit(Words(" \n"), Can(), choice) == ()
    assert fit(Words("", file_name="a", file_data=b""), Can(), choice) == (Shown("", (), "a", b""),)


def test_buttons_and_the_file_are_under_the_last_piece():
    pieces = fit(Words("一。二。三。", FIVE[:1], file_name="a", file_data=b"x"), Can(text_bytes=6), choice)
    assert pieces == (Shown("一。"), Shown("二。"), Shown("三。", FIVE[:1], "a", b"x"))


@pytest.mark.parametrize(
    ("text", "most_bytes", "pieces"),
    [
        ("一二三。四五，六七", 21, ("一二三。", "四五，六七")),
        ("他说“好。”然后走了", 21, ("他说“好。”", "然后走了")),
        ("一二，三四五六", 15, ("一二，", "三四五六")),
        ("第一行\n第二行", 12, ("第一行", "第二行")),
        ("看 http://x.y/a?b=1;c 吧", 25, ("看 http://x.y/a?b=1;c", "吧")),
        ("一二三四", 7, ("一二", "三四")),
        ("a👨‍👩‍👧b", 19, ("a👨‍👩‍👧", "b")),
        ("ab👨‍👩‍👧", 19, ("ab", "👨‍👩‍👧")),
        ("x🇨🇳🇫🇷", 16, ("x🇨🇳", "🇫🇷")),
        ("👍🏽👍🏽", 12, ("👍🏽", "👍🏽")),
        ("e\u0301e\u0301", 4, ("e\u0301", "e\u0301")),
        ("短", 0, ("短",)),
        ("", 10, ()),
    ],
)
def test_cuts_fall_between(text, most_bytes, pieces):
    assert split(text, most_bytes) == pieces


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="一二。，\n a.b🎉👍🏽\u200d\u0301🇨🇳", max_size=300), st.integers(min_value=4, max_value=60))
def test_pieces_fit_and_nothing_but_blanks_is_lost(text, most_bytes):
    pieces = split(text, most_bytes)
    assert all(0 < len(piece.encode()) <= most_bytes for piece in pieces)
    assert _dense("".join(pieces)) == _dense(text)


def _dense(text):
    return text.replace(" ", "").replace("\n", "")


def test_a_megabyte_is_cut_and_what_is_unspeakable_is_dropped():
    assert len(split("字" * 350_000, 2048)) == 514
    assert speakable("a\x00\x1b\r\nb\ud800\ufffe\tc🎉") == "a\nb\tc🎉"


def test_a_text_with_buttons_keeps_to_the_limit_of_a_card():
    words = Words("第一句。第二句。第三句。", (Button("好", "y"),))
    pieces = fit(words, Can(text_bytes=2048, card_bytes=15), choice)
    assert [piece.text for piece in pieces] == ["第一句。", "第二句。", "第三句。"]
    assert [len(piece.buttons) for piece in pieces] == [0, 0, 1]
    assert len(fit(replace(words, buttons=()), Can(text_bytes=2048, card_bytes=15), choice)) == 1


@pytest.mark.parametrize(
    ("question", "option", "is_quiz"), [("问", "甲", True), ("问" * 301, "甲", False), ("问", "🎉" * 51, False)]
)
def test_a_question_that_a_quiz_cannot_hold_whole_stays_a_text_with_buttons(question, option, is_quiz):
    quiz = AskedQuiz(question, (option, "乙"), 0)
    words = Words("words", FIVE[:2], quiz=quiz)
    (shown,) = fit(words, Can(quiz_signs=(300, 100)), choice)
    assert (shown.quiz, shown.text, shown.buttons) == (quiz if is_quiz else None, "words", FIVE[:2])
    assert fit(words, Can(), choice) == (Shown("words", FIVE[:2]),)
