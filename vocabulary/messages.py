"""What comes in at a door and what goes out, in words that belong to no platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Args = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chat:
    """Where words are said: a private chat with one account, or a group, as its door names it.

    A part of a group that people see as a chat of its own (a topic) is named `group/part`.
    """

    channel: str
    id: str
    kind: Literal["private", "group"]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture, file, voice or place that came with a message."""

    kind: Literal["image", "file", "voice", "location", "other"]
    name: str = ""
    url: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message or button press as every door hands it over.

    `account` is who spoke, as the door names them; the house finds the person. `message_id` is unique in its channel:
    a second delivery gets the stored reply. `pressed` is a button's payload (at most 64 bytes) where one was pressed,
    with the button's label in `text`. `at` is an aware UTC instant. `name` is what the platform calls the account.
    `event` is no word: the program was let into the chat (`joined`; in a group with `deaf` where it hears only what is
    said to it) or put out of it (`left`; privately: blocked), by the account; or somebody spoke to the program of whom
    the door cannot say who it is (`masked`: as the group itself); or the message of ours with the id `about`, which the
    platform had taken, did not arrive after all (`bounced`; `text` is why, a word of `vocabulary.delivery.Why`).
    `chosen` is the place of an option (from 0) that was chosen in the door's own quiz, the message of ours that begins
    with the id `about`.
    """

    channel: str
    chat: Chat
    account: str
    message_id: str
    at: datetime
    text: str = ""
    pressed: str | None = None
    addressed: bool = False
    attachments: tuple[Attachment, ...] = ()
    name: str = ""
    event: Literal["joined", "left", "masked", "bounced"] | None = None
    deaf: bool = False
    about: str = ""
    chosen: int | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence of `texts/zh.toml`: its key and arguments; it is rendered where it is shown."""

    key: str
    args: Args = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lines:
    """Several sentences shown below each other as one message."""

    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One button: the text on it and the payload that pressing it sends back (at most 64 bytes of UTF-8)."""

    label: Text
    press: str


@dataclass(frozen=True, slots=True)
class Buttons:
    """Buttons under the part before them."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Quiz:
    """A question with one right option, which a door may put in its own way to one person.

    Each option stands for the choice of the card at its place; `right` is the place of the right one, from 0.
    """

    question: Text
    options: tuple[Text, ...]
    right: int


@dataclass(frozen=True, slots=True)
class Card:
    """A message that stays and may change in place: lines, and buttons below.

    `slot` names the card in its chat (`checkin:12`): a later card of the same slot replaces this one where the door
    can edit. None: an ordinary message that never changes. `line` tells the card's state in one sentence: where the
    door cannot edit, it is said instead of the changed card; None: a change is not told there. `quiz` is the same
    question as the lines, for doors with quizzes of their own. Both are for cards that are composed anew each time.
    """

    lines: tuple[Text, ...]
    choices: tuple[Choice, ...] = ()
    slot: str | None = None
    line: Text | None = None
    quiz: Quiz | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """A card composed anew from the facts whenever it is shown: the count of a check-in, a quiz that closes.

    `name` says which card (`checkin.card`), `subject` whose (a meeting's id). Its slot is both together, so that it
    changes in place.
    """

    name: str
    subject: int

    @property
    def slot(self) -> str:
        """The card's name in its chat."""
        return f"{self.name}:{self.subject}"


@dataclass(frozen=True, slots=True)
class File:
    """A file to send: its name and either its bytes or who makes them (`Made`)."""

    name: str
    data: bytes | Made


@dataclass(frozen=True, slots=True)
class Image:
    """A picture to send (PNG); it stands below the words before it, which are its caption."""

    name: str
    data: bytes | Made


@dataclass(frozen=True, slots=True)
class Location:
    """A place on the map, in degrees."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """Asks for a word in the way this chat can hear it; `degrade.fit` words it for the door."""

    word: str


@dataclass(frozen=True, slots=True)
class Made:
    """Something slow to make: the maker's name and its view, made after COMMIT on read-only data.

    `failed` is the key of the sentence that is said instead where it cannot be made, with `{why}`.
    """

    maker: str
    view: Mapping[str, Any]
    failed: str


Part = Text | Lines | Buttons | Card | Live | File | Image | Location | Say
Reply = tuple[Part, ...]


# ---- what a door is handed: rendered, nothing left to decide -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Button:
    """A rendered button: label and payload."""

    label: str
    press: str


@dataclass(frozen=True, slots=True)
class AskedQuiz:
    """A rendered question that a door shows as its own quiz: the option at each place presses the button there."""

    question: str
    options: tuple[str, ...]
    right: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One rendered message that fits its door: words, rows of buttons, at most one file.

    `quiz` is shown instead of words and buttons, which say the same. `replaces` is the door's own id of the message
    that this one replaces; None sends a new one. `answers` is the id of the message in the chat that it answers; None:
    nobody has asked.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    file_name: str | None = None
    file_data: bytes | None = None
    replaces: str | None = None
    quiz: AskedQuiz | None = None
    answers: str | None = None


@dataclass(frozen=True, slots=True)
class Can:
    """What a door can show and hear, and its limits.

    `text_bytes` is the longest text in UTF-8 bytes (0: no limit). `buttons`: real buttons. `edits`: a message can be
    replaced. `files`: files can be sent; `pictures`: pictures can, even where other files cannot. `hears_group`: a bare
    word said in a group arrives. `groups`: it has groups. `deaf`: nothing comes in by this door, so that what can be
    chosen is answered elsewhere.
    `most_buttons`: how many buttons a message may have (0: no limit). `card_bytes`: the longest text of a message with
    buttons (0: as `text_bytes`). `edit_seconds`: how long a message that was replaced stands still at least.
    `quiz_signs`: it has quizzes of its own in private chats, with so long a question and so long an option (in UTF-16
    units); None: it has none.
    `card_at_once`: where words are answered in the same request, that answer can be a text with buttons, or end with
    one. A press of a button is answered there by the card that was pressed, and words are sent.
    """

    text_bytes: int = 0
    card_bytes: int = 0
    buttons: bool = True
    edits: bool = True
    files: bool = True
    pictures: bool = True
    hears_group: bool = True
    groups: bool = True
    most_buttons: int = 0
    edit_seconds: float = 0.5
    quiz_signs: tuple[int, int] | None = None
    card_at_once: bool = False
    deaf: bool = False
