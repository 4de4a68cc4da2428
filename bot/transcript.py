"""Reads scenarios: transcripts of a conversation, as DESIGN describes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

TIME, GROUP_WORD, BOT, LOG_WORD = "时间", "群", "机器人", "日志"
FILE_WORD = "文件"
BOT_NAME = "支部助手"
"""What the bot is called in transcripts."""
THINGS = {"图片": "image", "文件": "file", "语音": "voice", "位置": "location"}
"""What `[图片 现场.jpg]` and its like say, as kinds of attachment."""
SCAN = "[扫码]"
"""Says that the code of the check-in was scanned that is going on, or was the last."""
OPENING = datetime(2026, 3, 5, 10, 20)  # noqa: DTZ001  local, the zone is the stage's
"""When a transcript begins that does not begin with a time; it may begin with an earlier one."""
Kind = Literal["time", "group", "say", "press", "attach", "answer", "send", "edit", "log"]
WHEN = re.compile(r"^时间 (\d{4}-\d{2}-\d{2} \d{2}:\d{2})$")
GROUP = re.compile(r"^群 (\S+) = (\S+?)(?: (\S+))?$")
ANSWER = re.compile(r"^机器人(?:@(\S+?))?> ?(.*)$")
SEND = re.compile(r"^([→~])(\S+)(?: (.*))?$")
SAID = re.compile(r"^(?:([^\s>]+) )?([^\s>]+)> ?(.*)$")
THING = re.compile(r"^\[(图片|文件|语音|位置)(?: (.+))?\]$")
BUTTON = re.compile(r"^\[([^\]]+)\]$")
LOG = re.compile(r"^日志(?:[：: ](.*))?$")


class Unreadable(Exception):  # noqa: N818  the reader's answer to a bad file
    """A line that is not of a transcript; `line` counts from 1."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"{line}: {text}")
        self.line = line


@dataclass
class Step:
    """One line of a transcript, with the lines indented below it.

    `who` speaks or is spoken to; `chat` is a group's name, None in private.
    """

    kind: Kind
    line: int
    who: str = ""
    chat: str | None = None
    text: str = ""
    at: datetime | None = None
    more: list[str] = field(default_factory=list)

    @property
    def whole(self) -> str:
        """The text with its further lines."""
        return "\n".join([self.text, *self.more] if self.text else self.more)


def parse(source: str) -> list[Step]:
    """Read a transcript into steps; time only goes forward in it. Raises Unreadable with the line."""
    steps: list[Step] = []
    groups: set[str] = set()
    now: datetime | None = None
    for number, raw in enumerate(source.removeprefix("\ufeff").split("\n"), 1):
        line = raw.rstrip()
        if not line or line.lstrip().startswith("#"):
            continue
        if line[0] in " \t\u3000":
            if not steps:
                raise Unreadable(number, line)
            steps[-1].more.append(line.strip())
            continue
        step = _step(number, line, groups)
        if step.kind == "group":
            groups.add(step.chat or "")
        if step.at is not None:
            if now is not None and step.at < now:
                raise Unreadable(number, line)
            now = step.at
        elif now is None:
            now = OPENING
        steps.append(step)
    return steps


def _step(number: int, line: str, groups: set[str]) -> Step:
    if found := WHEN.match(line):
        try:
            return Step("time", number, at=datetime.strptime(found[1], "%Y-%m-%d %H:%M"))  # noqa: DTZ007  local, the zone is the house's
        except ValueError:
            raise Unreadable(number, line) from None
    if found := GROUP.match(line):
        return Step("group", number, chat=found[1], who=found[2], text=found[3] or "")
    if found := LOG.match(line):
        return Step("log", number, text=found[1] or "")
    if found := ANSWER.match(line):
        return Step("answer", number, chat=found[1], text=found[2])
    if found := SEND.match(line):
        chat = found[2] if found[2] in groups else None
        return Step("send" if found[1] == "→" else "edit", number, who=found[2], chat=chat, text=found[3] or "")
    if found := SAID.match(line):
        return _said(number, found[1], found[2], found[3])
    raise Unreadable(number, line)


def _said(number: int, chat: str | None, who: str, text: str) -> Step:
    if text.strip() == SCAN or THING.match(text):
        return Step("attach", number, who=who, chat=chat, text=text)
    if found := BUTTON.match(text):
        return Step("press", number, who=who, chat=chat, text=found[1])
    return Step("say", number, who=who, chat=chat, text=text)
