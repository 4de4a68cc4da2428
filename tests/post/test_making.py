"""What a letter holds that is made only when it is sent: pictures, or the words why there is none."""

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.channels.degrade import Words, fit
from bot.post.making import complete
from bot.reply import Wording
from vocabulary.delivery import Undelivered
from vocabulary.messages import Can, File, Image, Made, Shown, Text
from vocabulary.packing import pack, unpack

NOW = datetime(2026, 3, 6, 6, 55, tzinfo=UTC)
MADE = Made("code", {"press": "in:12", "until": NOW}, "checkin.code_failed")
HALF = Words("扫一扫", file_name="in-12.png", made=MADE, is_picture=True)


def maker(*outcomes):
    """Make a maker that gives these one after the other, and remembers of what it was asked to make."""
    left, asked = list(outcomes), []

    async def make(view):
        asked.append(view)
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    make.asked = asked
    return make


def completed(words, makers, tries=0):
    return asyncio.run(complete(words, makers, tries))


def worded(*parts):
    return Wording(NOW, ZoneInfo("Asia/Shanghai"), Can(), group=False).of(None, parts)


def test_parts_with_files_come_back_as_they_were_kept():
    parts = (Image("a.png", MADE), Image("b.png", b"PNG"), File("c.docx", b"x"), File("d.docx", MADE))
    assert unpack(pack(parts)) == parts


def test_a_picture_stands_below_the_words_before_it_and_a_file_alone():
    words, file, picture = worded(
        Text("checkin.word"), Image("a.png", b"PNG"), File("b.docx", b"x"), Image("c.png", MADE)
    )
    assert (words.text, words.file_name, words.is_picture) == ("签到", "a.png", True)
    assert (file.text, file.file_name, file.is_picture) == ("", "b.docx", False)
    assert (picture.text, picture.made, picture.is_picture) == ("", MADE, True)


def test_what_is_to_be_made_is_made_of_its_view():
    code = maker(b"PNG")
    (whole,) = completed((HALF,), {"code": code})
    assert (whole.text, whole.file_data, whole.made) == ("扫一扫", b"PNG", None)
    assert code.asked == [{"press": "in:12", "until": NOW}]


def test_what_nobody_here_can_make_is_not_spoken_of():
    assert completed((Words("一"), HALF), {}) == (Words("一"),)


@pytest.mark.parametrize(
    ("why", "said"),
    [("not_allowed", "没有这项权限"), ("limited", "调用次数用完"), ("refused", "没有接受"), ("gone", "没有接受")],
)
def test_what_cannot_be_made_is_told_in_words(why, said):
    (told,) = completed((HALF,), {"code": maker(Undelivered(why))})
    assert said in told.text
    assert (told.file_name, told.file_data, told.made) == (None, None, None)


def test_what_fails_for_the_moment_is_tried_three_times():
    for tries in range(2):
        with pytest.raises(Undelivered):
            completed((HALF,), {"code": maker(Undelivered("down"))}, tries)
    (told,) = completed((HALF,), {"code": maker(Undelivered("down"))}, 2)
    assert "没有回应" in told.text


def test_a_door_with_pictures_but_no_files_shows_the_one_and_names_the_other():
    can = Can(files=False)
    picture = Words("扫一扫", file_name="in-12.png", file_data=b"PNG", is_picture=True)
    assert fit(picture, can, str) == (Shown("扫一扫", file_name="in-12.png", file_data=b"PNG"),)
    assert fit(picture, Can(files=False, pictures=False), str) == (Shown("扫一扫\nin-12.png"),)
    assert fit(Words("", file_name="a.docx", file_data=b"x"), can, str) == (Shown("a.docx"),)
