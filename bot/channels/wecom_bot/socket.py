"""A bot's one WebSocket to WeCom: subscribed, kept alive, opened again, and never fought about."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.asyncio.client import ClientConnection

log = logging.getLogger(__name__)

SUBSCRIBE, PING = "aibot_subscribe", "ping"
MESSAGE, EVENT = "aibot_msg_callback", "aibot_event_callback"
OTHER_SUBSCRIBER = "disconnected_event"
UNSUBSCRIBED = 846609
"""WeCom's code for a frame on a connection that is not subscribed: the frame was not taken."""
PASSING = frozenset({-1, 45009, 45033, UNSUBSCRIBED})
"""WeCom's codes for what it takes a little later: it is busy, or was asked too often."""
ACK_SECONDS = 5.0
PING_SECONDS = 30.0
DEAD_AFTER = 3
"""So many pings' time without a good frame, and the connection is taken for dead, whatever it says of itself."""
UNHEARD = logging.Logger("frames", logging.CRITICAL + 1)  # noqa: LOG001  one that nobody can listen to
"""For the library, which would write whole frames into the log, the secret among them."""
GROWTH, LONGEST_PAUSE = 2.0, 60.0
YIELDING = 60  # first pauses; who subscribes too often is not heard for a minute
RETURN_SECONDS = 3.0
"""A connection that broke usually stands again within so long: what is to be sent meanwhile waits for it."""
MOST_BYTES = 4 << 20
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Refused(Exception):  # noqa: N818  it says what WeCom said
    """WeCom answered a frame with an error code; the words hold no secret."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"{code} {words}"[:200])
        self.code = code


class Lost(Exception):  # noqa: N818  likewise
    """There is no connection, and nothing `went`; or it broke or fell silent before the answer came."""

    def __init__(self, words: str, *, went: bool = True) -> None:
        super().__init__(words)
        self.went = went


@dataclass(slots=True, kw_only=True)
class Socket:
    """Holds the connection of one bot (WeCom developer page 101463).

    `take` is given each frame that the platform pushes, in their order; it must return soon. `fault` says in a few
    words what keeps the bot from hearing now, "" where nothing does; `last_good` is when a frame last came, by
    time.monotonic(). Where another program subscribes with the same bot, this one gives way for good (`is_displaced`).
    """

    url: str
    bot_id: str
    secret: str = field(repr=False)
    take: Callable[[dict[str, Any]], None]
    ping_seconds: float = PING_SECONDS
    ack_seconds: float = ACK_SECONDS
    first_pause: float = 1.0
    fault: str = field(default="not connected yet", init=False)
    last_good: float | None = field(default=None, init=False)
    is_displaced: bool = field(default=False, init=False)
    return_seconds: float = RETURN_SECONDS
    _broke_at: float = field(default=0.0, init=False)
    _standing: asyncio.Event = field(default_factory=asyncio.Event, init=False, repr=False)
    _connection: ClientConnection | None = field(default=None, init=False, repr=False)
    _awaited: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict, init=False, repr=False)
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, init=False, repr=False)
    """One lock a request id, as long as somebody holds it or waits for it."""
    _numbers: itertools.count[int] = field(default_factory=itertools.count, init=False, repr=False)

    async def run(self, subscribed: Callable[[], None]) -> None:
        """Connect and stay connected until cancelled or displaced; `subscribed` is called each time it is.

        Raises:
            Refused: WeCom does not accept the bot's id or secret, which waiting does not mend.
        """
        pause = self.first_pause
        while not self.is_displaced:
            began = time.monotonic()
            try:
                await self.hold(subscribed)
            except Refused as refusal:
                self.fault = f"not accepted: {refusal}"
                log.error("wecom_bot: %s", self.fault)  # noqa: TRY400  its words say all
                if refusal.code not in PASSING:
                    raise
                pause = max(pause, self.first_pause * YIELDING)
            except Exception as fault:  # noqa: BLE001  whatever the network does, the bot connects again
                if self.is_displaced:
                    return
                self.fault = type(fault).__name__
                log.warning("wecom_bot: the connection is gone (%s)", self.fault)
            if time.monotonic() - began > LONGEST_PAUSE:
                pause = self.first_pause
            await asyncio.sleep(pause)
            pause = min(pause * GROWTH, LONGEST_PAUSE)

    async def hold(self, subscribed: Callable[[], None]) -> None:
        """Connect once, and stay so until the connection ends; `subscribed` is called when it stands.

        Raises:
            Refused: WeCom does not accept the bot's id or secret.
            Exception: whatever the network does; a connection never just ends.
        """
        from websockets.asyncio.client import connect

        proxy: Literal[True] | None = None if urlsplit(self.url).hostname in LOOPBACK else True
        async with connect(
            self.url, proxy=proxy, max_size=MOST_BYTES, ping_interval=None, open_timeout=10, logger=UNHEARD
        ) as found:
            self._connection = found
            reading = asyncio.create_task(self._read(found))
            try:
                number = f"{SUBSCRIBE}_{time.time_ns():x}"
                await self._ask(SUBSCRIBE, {"bot_id": self.bot_id, "secret": self.secret}, number)
                self.fault, self.last_good = "", time.monotonic()
                self._standing.set()
                subscribed()
                await self._until_dead(found, reading)
            finally:
                self._fall("disconnected")
                self._connection = None
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
                for answer in self._awaited.values():
                    if not answer.done():
                        answer.set_exception(Lost("disconnected"))

    async def call(self, command: str, body: dict[str, Any], req_id: str = "") -> dict[str, Any]:
        """Send a frame and return its answer; frames on one `req_id` go one after the other (a new one by default).

        Raises:
            Refused: WeCom says no.
            Lost: there is no connection, or no answer came.
        """
        await self._until_it_stands()
        number = req_id or f"{command}_{next(self._numbers)}_{time.time_ns():x}"
        turn = self._turns.setdefault(number, asyncio.Lock())
        async with turn:
            try:
                return await self._ask(command, body, number)
            except Refused as refusal:
                if refusal.code != UNSUBSCRIBED:
                    raise
            await self._begin_anew()
            await self._until_it_stands()
            return await self._ask(command, body, number)

    async def _ask(self, command: str, body: dict[str, Any], number: str) -> dict[str, Any]:
        from websockets.exceptions import WebSocketException

        connection = self._connection
        if connection is None:
            raise Lost(self.fault, went=False)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._awaited[number] = answer
        frame = {"cmd": command, "headers": {"req_id": number}, "body": body}
        try:
            await connection.send(json.dumps(frame, ensure_ascii=False))
            found = await asyncio.wait_for(answer, self.ack_seconds)
        except (WebSocketException, OSError, TimeoutError, Lost) as fault:
            raise Lost(type(fault).__name__) from None
        finally:
            self._awaited.pop(number, None)
        code = found.get("errcode", 0)
        if code:
            words = str(found.get("errmsg", "")).replace(self.secret or "\0", "***")
            raise Refused(code if isinstance(code, int) else -1, words)
        return found

    async def _begin_anew(self) -> None:
        """End a connection that is not subscribed, or not any more: the next one subscribes."""
        if self._connection is not None and not self.is_displaced:
            log.warning("wecom_bot: the connection is not subscribed any more and is made anew")
            self._fall("not subscribed")
            await self._connection.close()

    def _fall(self, fault: str) -> None:
        """Note that the connection does not stand, and since when."""
        if self._standing.is_set():
            self._broke_at = time.monotonic()
        self._standing.clear()
        self.fault = self.fault or fault

    async def _until_it_stands(self) -> None:
        """Wait for a connection that broke just now. Raises Lost where there is none."""
        left = self._broke_at + self.return_seconds - time.monotonic()
        if self.fault and not self.is_displaced and left > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._standing.wait(), left)
        if self.fault:
            raise Lost(self.fault, went=False)

    async def _until_dead(self, connection: ClientConnection, reading: asyncio.Task[None]) -> None:
        """Ping until the reading ends, or nothing good came for as long as some pings take."""
        while True:
            done, _ = await asyncio.wait({reading}, timeout=self.ping_seconds)
            if done:
                reading.result()
                raise Lost("closed")
            if time.monotonic() - (self.last_good or 0) > DEAD_AFTER * self.ping_seconds:
                raise Lost("silent")
            await connection.send(json.dumps({"cmd": PING, "headers": {"req_id": f"{PING}_{next(self._numbers)}"}}))

    async def _read(self, connection: ClientConnection) -> None:
        async for raw in connection:
            try:
                frame = json.loads(raw)
            except ValueError:
                log.warning("wecom_bot: a frame is no JSON")
                continue
            if isinstance(frame, dict):
                self.last_good = time.monotonic()
                self._route(frame)
                if self.is_displaced:
                    return

    def _route(self, frame: dict[str, Any]) -> None:
        """Hand an answer to who waits for it, and what is pushed to the door."""
        if frame.get("cmd") in {MESSAGE, EVENT}:
            body = frame.get("body")
            event = body.get("event") if isinstance(body, dict) else None
            if isinstance(event, dict) and event.get("eventtype") == OTHER_SUBSCRIBER:
                self.is_displaced, self.fault = True, "another program has subscribed with this bot"
                log.error("wecom_bot: %s; this one hears nothing more until it is started anew", self.fault)
                return
            self.take(frame)
            return
        headers = frame.get("headers")
        answer = self._awaited.get(str(headers.get("req_id", ""))) if isinstance(headers, dict) else None
        if answer is not None and not answer.done():
            answer.set_result(frame)
