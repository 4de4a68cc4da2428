"""Neutral parts to rendered words: live cards are composed, sentences worded, buttons gathered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.channels.degrade import Words
from handlers.registry import LIVE
from texts.rendering import Renderer
from vocabulary.messages import AskedQuiz, Button, Buttons, Card, File, Image, Lines, Live, Made, Reply, Text

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from storage.database import Tx
    from vocabulary.messages import Can, Quiz


@dataclass(frozen=True)
class Wording:
    """Where and when something is worded."""

    now: datetime
    zone: ZoneInfo
    can: Can
    group: bool

    def of(self, tx: Tx, reply: Reply) -> tuple[Words, ...]:
        """Word a reply: each text or card is one message; buttons and a picture join the message before them."""
        render = Renderer(self.now, self.zone, self.can, self.group)
        messages: list[Words] = []
        for found in reply:
            part = LIVE[found.name](tx, found.subject) if isinstance(found, Live) else found
            match part:
                case Text():
                    messages.append(Words(render.words(part)))
                case Lines(lines):
                    messages.append(Words("\n".join(map(render.words, lines))))
                case Card(lines, choices, slot, line, quiz):
                    buttons = tuple(Button(render.words(c.label), c.press) for c in choices)
                    told = render.words(line) if line else ""
                    own = self._quiz(render, quiz)
                    words = "\n".join(map(render.words, lines))
                    messages.append(Words(words, buttons, slot, line=told, quiz=own))
                case Buttons(choices):
                    buttons = tuple(Button(render.words(c.label), c.press) for c in choices)
                    before = messages.pop() if messages else Words("")
                    messages.append(replace(before, buttons=(*before.buttons, *buttons)))
                case File(name, data):
                    messages.append(_with_file(Words(""), name, data))
                case Image(name, data):
                    before = messages.pop() if messages and messages[-1].file_name is None else Words("")
                    messages.append(replace(_with_file(before, name, data), is_picture=True))
                case _:
                    raise TypeError(f"no words for a {type(part).__name__}")
        return tuple(messages)

    def _quiz(self, render: Renderer, quiz: Quiz | None) -> AskedQuiz | None:
        """Word a question for doors with quizzes of their own: privately alone, they show who chose what."""
        if quiz is None or self.group:
            return None
        return AskedQuiz(render.words(quiz.question), tuple(map(render.words, quiz.options)), quiz.right)


def messages_of(parts: Reply) -> list[Reply]:
    """Divide a reply into messages: buttons stay with the part before them."""
    messages: list[Reply] = []
    for part in parts:
        if isinstance(part, Buttons) and messages:
            messages[-1] = (*messages[-1], part)
        else:
            messages.append((part,))
    return messages


def is_words(message: Reply) -> bool:
    """Say whether a message is words alone, which nothing changes later and no number chooses from."""
    return all(isinstance(part, Text | Lines) for part in message)


def _with_file(words: Words, name: str, data: bytes | Made) -> Words:
    if isinstance(data, Made):
        return replace(words, file_name=name, made=data)
    return replace(words, file_name=name, file_data=data)
