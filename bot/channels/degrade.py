"""What a door cannot show becomes what it can: buttons become numbers, files become lines, long texts become several.

Pure. The words come rendered, and every line that is added comes from the caller.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vocabulary.messages import AskedQuiz, Button, Can, Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vocabulary.messages import Made

# A sentence ends here (closing quotes stay with it); ASCII marks count only before a space, so that links stay whole.
SENTENCE = re.compile(r"[。！？；]+[”’』」）】]*|[.!?;](?=\s)|\n+")
CLAUSE = re.compile(r"[，、：]+|[,:](?=\s)|[ \t]+")

ZERO_WIDTH_JOINER = "\u200d"
SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
FLAG_LETTERS = ("\U0001f1e6", "\U0001f1ff")
TAGS = ("\U000e0020", "\U000e007f")
LONGEST_GRAPHEME = 64  # characters; more marks than this on one letter are cut

# What no platform shows and some parsers refuse: control characters but tab and newline, surrogates, non-characters.
UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Words:
    """A reply rendered into words, not yet fitted to a door.

    `slot` names a card that may be replaced and `line` tells its state (as in `vocabulary.messages.Card`); `fit` leaves
    both to the caller, who knows the door's id of the message that stands there now. `made` is a file that the
    caller has made before it is fitted; `is_picture`: the file is one.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    slot: str | None = None
    file_name: str | None = None
    file_data: bytes | None = None
    made: Made | None = None
    is_picture: bool = False
    line: str = ""
    quiz: AskedQuiz | None = None


def changed(message: Words) -> Words | None:
    """Return what is said of a card that has changed where it cannot change in place; None: nothing."""
    return Words(message.line) if message.line else None


def fit(
    message: Words,
    can: Can,
    choice_line: Callable[[int, str], str],
    file_line: Callable[[str], str] = str,
    deaf_line: Callable[[tuple[str, ...]], str] = " ".join,
) -> tuple[Shown, ...]:
    """Turn words into messages that a door can show, in the order in which they are sent.

    Buttons and a file are on the last message. Nothing to show gives no message.

    Args:
        message: what is to be said.
        can: what the door can show.
        choice_line: makes a line for a choice that cannot be a button, of its number (from 1) and its label; the
            answer "2" then means `numbered(message, can)[1]`.
        file_line: makes a line for a file that cannot be sent, of its name (a signed link, usually).
        deaf_line: makes the line that says where choices are answered, of their labels, where nothing is heard.
    """
    shown, listed = _divide(message.buttons, can)
    lines = [message.text] if message.text else []
    carries_file = message.file_name is not None and (can.pictures if message.is_picture else can.files)
    if message.file_name is not None and not carries_file:
        lines.append(file_line(message.file_name))
    lines += [choice_line(number, button.label) for number, button in enumerate(listed, 1)]
    if can.deaf and message.buttons:
        lines.append(deaf_line(tuple(button.label for button in message.buttons)))
    pieces = split(speakable("\n".join(lines)), can.text_bytes)
    if shown and can.card_bytes and pieces:
        pieces = (*pieces[:-1], *split(pieces[-1], can.card_bytes))
    if not pieces and not shown and not carries_file:
        return ()
    last = Shown(
        text=pieces[-1] if pieces else "",
        buttons=shown,
        file_name=message.file_name if carries_file else None,
        file_data=message.file_data if carries_file else None,
        quiz=message.quiz if len(pieces) == 1 and _takes(can, message.quiz) else None,
    )
    return (*(Shown(text=piece) for piece in pieces[:-1]), last)


def _takes(can: Can, quiz: AskedQuiz | None) -> bool:
    """Say whether a door can put a question as a quiz of its own: whole, or not at all."""
    if quiz is None or can.quiz_signs is None:
        return False
    question, option = can.quiz_signs
    return _units(quiz.question) <= question and max(map(_units, quiz.options)) <= option


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def digest_of(pieces: list[Shown]) -> str:
    """Return what was shown, in short: an edit that would change nothing need not be sent."""
    return hashlib.sha256(repr([(piece.text, piece.buttons) for piece in pieces]).encode()).hexdigest()


def numbered(message: Words, can: Can) -> tuple[str, ...]:
    """Return what the numbers 1, 2, … under this message stand for at this door: the payloads of its listed buttons."""
    return tuple(button.press for button in _divide(message.buttons, can)[1])


def together(texts: Iterable[str]) -> str:
    """Return several texts as one, for where one message is all that an answer holds."""
    return "\n\n".join(filter(None, texts))


def speakable(text: str) -> str:
    """Return the text without what no chat shows: control characters (but tab and newline) and broken characters."""
    return UNSPEAKABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def split(text: str, most_bytes: int) -> tuple[str, ...]:
    """Cut a text into pieces of at most `most_bytes` of UTF-8 (0: no limit), between sentences where there are any.

    Else after a comma or a blank, else between characters: never inside one, nor inside an emoji made of several.
    Line breaks and blanks at a cut are dropped; a blank text gives no piece. A limit under the four bytes of the
    longest character still makes pieces of one character each.
    """
    pieces = []
    rest = text.strip("\n ")
    while rest:
        end = len(rest) if most_bytes <= 0 else _fitting(rest, most_bytes)
        if end < len(rest):
            end = _last_break(SENTENCE, rest, end) or _last_break(CLAUSE, rest, end) or _between_graphemes(rest, end)
        piece = rest[:end].rstrip("\n ")
        if piece:
            pieces.append(piece)
        rest = rest[end:].lstrip("\n ")
    return tuple(pieces)


def _divide(buttons: tuple[Button, ...], can: Can) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    """Return the buttons that stay buttons and those that become numbered lines: none where nothing is heard."""
    if can.deaf:
        return (), ()
    most = (can.most_buttons or len(buttons)) if can.buttons else 0
    return buttons[:most], buttons[most:]


def _fitting(text: str, most_bytes: int) -> int:
    """Return how many characters of the text fit into so many bytes, at least one."""
    window = text[:most_bytes].encode("utf-8", "surrogatepass")
    if len(window) <= most_bytes:
        return min(len(text), most_bytes)
    return max(1, len(window[:most_bytes].decode("utf-8", "ignore")))


def _last_break(mark: re.Pattern[str], text: str, end: int) -> int:
    """Return where the last such mark at or before `end` ends; 0 where there is none."""
    found = 0
    for match in mark.finditer(text, 0, min(len(text), end + 1)):
        if match.end() <= end:
            found = match.end()
    return found


def _between_graphemes(text: str, end: int) -> int:
    """Move a cut back to where one visible character ends and the next begins, as far as that is near."""
    for cut in range(end, max(0, end - LONGEST_GRAPHEME), -1):
        if not _belong_together(text, cut):
            return cut
    return end


def _belong_together(text: str, cut: int) -> bool:
    """Return whether the characters on both sides of a cut show as one."""
    before, after = text[cut - 1], text[cut]
    if ZERO_WIDTH_JOINER in {before, after} or unicodedata.category(after) in {"Mn", "Me", "Mc"}:
        return True
    if SKIN_TONES[0] <= after <= SKIN_TONES[1] or TAGS[0] <= after <= TAGS[1]:
        return True
    if not (_is_flag_letter(before) and _is_flag_letter(after)):
        return False
    letters = 0
    while letters < cut and _is_flag_letter(text[cut - 1 - letters]):
        letters += 1
    return letters % 2 == 1  # an odd one before the cut is the first half of a flag


def _is_flag_letter(character: str) -> bool:
    return FLAG_LETTERS[0] <= character <= FLAG_LETTERS[1]
