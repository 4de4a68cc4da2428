"""The terminal of `zhibu chat`: what is typed, and what is shown without tearing it apart."""

from __future__ import annotations

import asyncio
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import quote

from rich.text import Text as Plain

from texts import sentences

if TYPE_CHECKING:
    from bot.commands.console import Speech
    from bot.commands.talking_line import Frame, Line

IDLE = 2.0
"""A half-typed line that nobody has touched for so many seconds is put aside while others' words are shown."""
LOOKS = 0.1
LAST = 10
"""How many lines of before a terminal shows."""
TO_THE_LEFT = "\r\x1b[2K"


class Typist:
    """Reads lines in a thread of its own; `readline` edits them where there is a terminal."""

    def __init__(self, source: TextIO, prompt: str) -> None:
        self.is_terminal = source.isatty() and sys.stdout.isatty()
        self.prompt = prompt
        self._source = source
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._before: list[Any] | None = None

    def start(self) -> None:
        """Begin to read."""
        loop = asyncio.get_running_loop()
        if self.is_terminal:
            import termios

            self._before = termios.tcgetattr(self._source)

        def hand_on(line: str | None) -> None:
            with suppress(RuntimeError):  # the conversation is over
                loop.call_soon_threadsafe(self._lines.put_nowait, line)

        def read() -> None:
            with suppress(EOFError, ValueError, OSError):
                while True:
                    hand_on(self._read())
            hand_on(None)

        threading.Thread(target=read, daemon=True).start()

    def stop(self) -> None:
        """Give the terminal back as it was."""
        if self._before is not None:
            import termios

            termios.tcsetattr(self._source, termios.TCSADRAIN, self._before)
            sys.stdout.write("\n")

    async def next(self) -> str | None:
        """Wait for a line; None at the end of the input."""
        return await self._lines.get()

    def typed(self) -> str:
        """What stands half-typed in the line."""
        if not self.is_terminal:
            return ""
        import readline

        return readline.get_line_buffer()

    def _read(self) -> str:
        if self.is_terminal:
            import readline  # noqa: F401  input() edits with it

            return input(self.prompt)
        line = self._source.buffer.readline()
        if not line:
            raise EOFError
        return line.decode("utf-8", "replace")


class Screen:
    """Shows messages of one chat; buttons get numbers that stay theirs as long as the conversation lasts."""

    def __init__(self, speech: Speech, line: Line, typist: Typist) -> None:
        self._speech = speech
        self._line = line
        self._typist = typist
        self._waiting: list[Plain] = []
        self._buttons: dict[int, Frame] = {}
        self._numbers: dict[tuple[int, str], int] = {}
        self._standing: dict[int, list[int]] = {}
        self._came = asyncio.Event()
        self._half = ("", 0.0)

    @property
    def chat(self) -> str:
        """The chat that is talked in."""
        return self._line.chat

    async def begin(self) -> None:
        """Say who and where one is; a terminal is shown the last lines too."""
        if not self._typist.is_terminal:
            return
        here = self._line.chats[self.chat]
        title = here["title"] or self._word("terminal.private")
        self.tell("terminal.hello", name=self._line.me["name"], branch=self._line.me["branch"], chat=title)
        self.tell("terminal.sample_help" if self._line.is_sample else "terminal.help")
        await self._line.tell({"type": "history", "chat": self.chat, "before": None})

    def take(self, frame: Frame) -> None:
        """Show what came, as far as it is to be shown."""
        kind = frame["type"]
        if kind in {"message", "replace"}:
            self._message(frame)
        elif kind == "history":
            for message in frame["messages"][-LAST:]:
                self._put(self._worded(message, ""))
        elif kind == "error":
            self._put(Plain(frame["message"], style="yellow"))
        elif kind == "clock" and not frame["busy"]:
            now = datetime.fromtimestamp(frame["now"] / 1000, UTC)
            self.tell("terminal.now", now=now)
            self._came.set()
        elif kind == "state":
            self._line.chats = {chat["id"]: chat for chat in frame["chats"]}

    def tell(self, key: str, **words: Any) -> None:
        """Show a sentence of the texts."""
        self._put(Plain(self._word(key, **words), style="dim"))

    def echo(self, words: str) -> None:
        """Show what was piped in, as it would stand on a terminal."""
        self._came.clear()
        self._put(Plain(f"{self._typist.prompt}{words}"))

    def button(self, words: str) -> Frame | None:
        """The press that a line stands for: a button's number, or the label of the newest such in brackets."""
        if words.isascii() and words.isdecimal() and len(words) < len(str(sys.maxsize)):
            return self._buttons.get(int(words))
        label = words[1:-1] if words.startswith("[") and words.endswith("]") else None
        newest = sorted(self._buttons, reverse=True)
        return next((self._buttons[number] for number in newest if self._buttons[number]["label"] == label), None)

    async def answered(self, patience: float, quiet: float) -> None:
        """Wait for the first word of an answer, and then until no more comes."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._came.wait(), patience)
            while True:
                self._came.clear()
                await asyncio.wait_for(self._came.wait(), quiet)

    async def keep_up(self) -> None:
        """Show what came while someone was typing, as soon as they pause."""
        while True:
            await asyncio.sleep(LOOKS)
            self._flush()

    def _message(self, frame: Frame) -> None:
        message, edited = frame["message"], frame["type"] == "replace"
        mine = message["account"] == self._line.me["account"]
        if frame["chat"] == self.chat:
            if mine and not edited:
                return
            self._put(self._worded(message, "~" if edited else ""))
            self._came.set()
        elif not mine and not edited:
            title = self._line.chats.get(frame["chat"], {}).get("title") or self._word("terminal.private")
            line = message["text"].partition("\n")[0]
            self._put(Plain(self._word("terminal.elsewhere", chat=title, text=line), style="dim"))

    def _worded(self, message: Frame, mark: str) -> Plain:
        """One message as lines, with its file and its numbered buttons below."""
        name = message["name"] if message["account"] else sentences()["page.bot"]
        parts = [message["text"]] if message["text"] else []
        if "length" in message:
            parts.append(self._word("terminal.cut", count=message["length"]))
        if "file" in message:
            parts.append(self._word("terminal.file", name=message["file"]["name"], link=self._link(message["id"])))
        if buttons := self._numbered(message):
            parts.append(buttons)
        body = "\n".join(parts).replace("\n", "\n    ")
        return Plain.assemble((f"{mark}{name}> ", "bold" if message["account"] else "bold cyan"), body)

    def _numbered(self, message: Frame) -> str:
        """Number a message's buttons; those that are gone from it press nothing any more."""
        for number in self._standing.pop(message["id"], ()):
            self._buttons.pop(number, None)
        words = []
        for found in message["buttons"]:
            key = (message["id"], found["press"])
            number = self._numbers.setdefault(key, len(self._numbers) + 1)
            press = {"chat": self.chat, "message": message["id"], "press": found["press"], "label": found["label"]}
            self._buttons[number] = press
            self._standing.setdefault(message["id"], []).append(number)
            words.append(f"[{number}] {found['label']}")
        return "  ".join(words)

    def _link(self, message_id: int) -> str:
        whose = f"?account={quote(self._line.me['account'])}" if self._line.is_sample else ""
        return f"{self._line.address}/file/{message_id}{whose}"

    def _word(self, key: str, **words: Any) -> str:
        return self._speech.words(key, **words)

    def _put(self, shown: Plain) -> None:
        self._waiting.append(shown)
        self._flush()

    def _flush(self) -> None:
        """Print what waits, unless someone is typing; the half-typed line is written again below."""
        if not self._waiting:
            return
        half = self._typist.typed()
        now = asyncio.get_running_loop().time()
        if half != self._half[0]:
            self._half = (half, now)
        if half and now - self._half[1] < IDLE:
            return
        if self._typist.is_terminal:
            sys.stdout.write(TO_THE_LEFT)
        for shown in self._waiting:
            self._speech.console.print(shown, soft_wrap=True)
        self._waiting.clear()
        if self._typist.is_terminal:
            sys.stdout.write(f"{self._typist.prompt}{half}")
        sys.stdout.flush()
