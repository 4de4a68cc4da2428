"""A web door as the tests see it: messages in memory, a house that echoes, a real server on the loopback."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn
from starlette.applications import Starlette
from websockets.sync.client import connect

from bot.channels.web.door import WebDoor
from bot.channels.web.shapes import WebChat, WebMessage, WebPerson
from vocabulary.clock import SetClock
from vocabulary.messages import Button, Chat, Shown

START = datetime(2026, 3, 5, 2, 20, tzinfo=UTC)
LI, ZHOU, WANG = "李慧", "周建国", "王晓明"
PEOPLE = (
    WebPerson(LI, LI, "研发党支部", "书记"),
    WebPerson(ZHOU, ZHOU, "研发党支部", "副书记"),
    WebPerson(WANG, WANG, "研发党支部"),
    WebPerson("何平", "何平", "市场党支部", "书记"),
)
GROUPS = {"g:dev": ("研发群", {LI, ZHOU, WANG}), "g:market": ("市场群", {"何平"})}


class MemoryStore:
    """Keeps messages in a list. `broken` is an error that every change raises."""

    def __init__(self):
        self.messages = []
        self.files = {}
        self.read = {}
        self.groups = dict(GROUPS)
        self.broken = None

    async def append(self, chat_id, account, shown, at, *, name="", key=None):
        if self.broken:
            raise self.broken
        if chat_id not in self.groups and chat_id not in {f"p:{person.account}" for person in PEOPLE}:
            raise LookupError(chat_id)
        for known in self.messages:
            if key is not None and (known.account, known.key) == (account, key):
                return known
        message = WebMessage(
            len(self.messages) + 1, chat_id, account, name, shown.text, at, shown.buttons,
            shown.file_name, len(shown.file_data or b""), key,
        )  # fmt: skip
        self.messages.append(message)
        if shown.file_data is not None:
            self.files[message.id] = (shown.file_name, shown.file_data)
        return message

    async def replace(self, message_id, shown):
        found = await self.message(message_id)
        if found is None:
            return None
        changed = replace(found, text=shown.text, buttons=shown.buttons, edited=True)
        self.messages[message_id - 1] = changed
        return changed

    async def message(self, message_id):
        return next((message for message in self.messages if message.id == message_id), None)

    async def file(self, message_id):
        return self.files.get(message_id)

    async def history(self, chat_id, before=None, limit=50):
        found = [m for m in self.messages if m.chat == chat_id and (before is None or m.id < before)]
        return found[-limit:]

    async def chats_of(self, account):
        own = WebChat(f"p:{account}", "private")
        groups = [WebChat(key, "group", title, len(who)) for key, (title, who) in self.groups.items() if account in who]
        return [own, *groups]

    async def mark_read(self, account, chat_id, message_id):
        self.read[account, chat_id] = max(message_id, self.read.get((account, chat_id), 0))

    async def unread(self, account):
        chats = {chat.id for chat in await self.chats_of(account)}
        counts = {}
        for m in self.messages:
            if m.chat in chats and m.account != account and m.id > self.read.get((account, m.chat), 0):
                counts[m.chat] = counts.get(m.chat, 0) + 1
        return counts


class EchoHouse:
    """Answers every message once: `卡片` with a card whose button counts in place, everything else with its own words.

    `heard` is what it was handed; a `message_id` that it has answered changes nothing.
    """

    def __init__(self):
        self.heard = []
        self.known = set()
        self.door = None
        self.count = 0
        self.card = None

    async def receive(self, incoming):
        self.heard.append(incoming)
        if incoming.message_id not in self.known:
            await self.answer(incoming)
            self.known.add(incoming.message_id)
        return ()

    async def answer(self, incoming):
        if incoming.pressed == "count":
            self.count += 1
            await self.door.send(incoming.chat, self.counted(replaces=self.card))
        elif incoming.text == "卡片":
            self.card = await self.door.send(incoming.chat, self.counted())
        elif incoming.addressed:
            await self.door.send(incoming.chat, Shown(f"听到：{incoming.text[:40]}"))

    def counted(self, replaces=None):
        title = "签到：支部党员大会 15:30 301会议室"
        text = f"{title}\n已签到{self.count}/17，其中有表决权{self.count}/15\n点“签到”，或回复“签到”。"
        return Shown(text, (Button("签到", "count"),), replaces=replaces)


class SampleBranch:
    """The sample's people and clock; `due` are instants at which it tells the development group something."""

    def __init__(self, clock, door):
        self.clock = clock
        self.door = door
        self.due = []

    def people(self):
        return PEOPLE

    def now(self):
        return self.clock.now()

    async def advance(self, to):
        if to is None and not self.due:
            raise LookupError("nothing is due")
        end = min(self.due) if to is None else self.now() + to if isinstance(to, timedelta) else to
        for at in sorted(at for at in self.due if at <= end):
            self.due.remove(at)
            self.clock.set(at)
            await self.door().say(f"到点：{at:%d %H:%M}")
        self.clock.set(end)


class Codes:
    """One code, `once`, for 李慧."""

    def __init__(self):
        self.codes = {"once": LI}
        self.sessions = {}

    async def account_of_code(self, code):
        return self.codes.pop(code, None)

    async def open_session(self, account):
        self.sessions["secret"] = account
        return "secret"

    async def account_of_session(self, token):
        return self.sessions.get(token)

    async def person(self, account):
        return next((person for person in PEOPLE if person.account == account), None)


class Line:
    """One real server for many doors: what it serves can be changed, and it can be switched off and on again."""

    def __init__(self):
        self.app = Starlette()
        self.port = 0

    def switch_on(self):
        """Listen, on the port of the last time where there was one."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen()
        self.port = listener.getsockname()[1]
        self.server = uvicorn.Server(
            uvicorn.Config(
                self.app, log_level="warning", lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=1
            )
        )
        ready = threading.Event()

        async def serve():
            self.loop = asyncio.get_running_loop()
            ready.set()
            await self.server.serve([listener])

        self.thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        self.thread.start()
        assert ready.wait(10)

    def switch_off(self):
        self.server.should_exit = True
        self.thread.join(10)


class Served:
    """A door, its house and its store behind a real server, with the few ways in which tests talk to it."""

    def __init__(self, line, *, sample=True, public_url=""):
        self.line = line
        self.port = line.port
        self.store = MemoryStore()
        self.house = EchoHouse()
        self.clock = SetClock(START)
        self.access = None if sample else Codes()
        self.branch = SampleBranch(self.clock, lambda: self) if sample else None
        numbers = iter(f"A{n:03}" for n in range(1, 999))
        self.door = self.house.door = WebDoor(
            self.store, self.branch, self.access, self.clock, public_url=public_url, number=lambda: next(numbers)
        )

    def start(self):
        self.line.app.router.routes = self.door.routes
        self.run(self.door.start(self.house.receive))

    def stop(self):
        self.run(self.door.stop())

    def run(self, work):
        """Run something in the server's loop and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self.line.loop).result(10)

    async def say(self, text, chat="g:dev"):
        """Let the bot say something in a chat."""
        return await self.door.send(chat_of(chat), Shown(text))

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method, path, body=None, **headers):
        """Ask over HTTP; returns (status, headers, bytes). A dict is sent as JSON."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        raw = json.dumps(body).encode() if isinstance(body, dict) else body
        line.request(method, path, raw, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = line.getresponse()
        data = answer.read()
        line.close()
        return answer.status, answer.headers, data

    def say_as(self, account, text, chat=None, key="k1", **more):
        """Post words as a script does; returns (status, the JSON answer)."""
        frame = {"type": "say", "account": account, "chat": chat or f"p:{account}", "text": text, "id": key, **more}
        status, _, data = self.ask("POST", "/api/say", frame)
        return status, json.loads(data)

    @contextmanager
    def window(self, account=None, **options):
        """Open a socket as the page does and, in the sample, sit there as someone."""
        with connect(f"ws://127.0.0.1:{self.port}/ws", max_size=None, **options) as line:
            window = Talk(line)
            if account:
                window.hello = window.until("hello")
                window.tell(type="be", account=account)
                window.state = window.until("state")
            yield window


def chat_of(chat_id):
    return Chat("web", chat_id, "private" if chat_id.startswith("p:") else "group")


class Talk:
    """One window's side of the socket."""

    def __init__(self, line):
        self.line = line

    def tell(self, **frame):
        self.line.send(json.dumps(frame))

    def until(self, kind, seconds=5.0, **fields):
        """Return the next frame of a kind whose fields are these; others before it are passed over."""
        while True:
            frame = json.loads(self.line.recv(timeout=seconds))
            if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
                return frame

    def hears_nothing(self, seconds=0.3):
        with pytest.raises(TimeoutError):
            self.line.recv(timeout=seconds)


@contextmanager
def serving(line, **options):
    served = Served(line, **options)
    served.start()
    try:
        yield served
    finally:
        served.stop()


@pytest.fixture(scope="session")
def line():
    """A server for all tests of the web door."""
    line = Line()
    line.switch_on()
    yield line
    line.switch_off()


@pytest.fixture
def own_line():
    """A server that a test may switch off."""
    line = Line()
    line.switch_on()
    yield line
    line.switch_off()


@pytest.fixture
def serve():
    """Begin to serve a sample on a server."""
    return serving


@pytest.fixture
def web(line):
    """The sample, served."""
    with serving(line) as served:
        yield served


@pytest.fixture
def closed_web(line):
    """Outside the sample: one comes in by a one-time link."""
    with serving(line, sample=False, public_url="https://zhibu.example") as served:
        yield served
