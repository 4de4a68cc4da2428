"""WeCom's WebSocket for AI bots: one connection a bot, answers by request id, and whatever it is told to break."""

import asyncio
import base64
import contextlib
import itertools
import json
import logging
from collections import defaultdict, deque

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

BOT, SECRET = "aibot-1", "the-bot-secret"
ANSWERED_BY = {"enter_chat": "aibot_respond_welcome_msg", "template_card_event": "aibot_respond_update_msg"}
QUIET = logging.Logger("frames", logging.CRITICAL + 1)  # noqa: LOG001  one that nobody can listen to


class FakeWeComBot:
    def __init__(self):
        self.connection = None
        self.subscriptions = 0
        self.frames = []
        self.pings = 0
        self.silent = False
        self.faults = defaultdict(deque)
        self.uploads = {}
        self.files = {}
        self.unspoken = set()
        self.open = {}
        self.slow = 0.0
        self.crossed = 0
        self._busy = {}
        self._numbers = itertools.count(1)

    @contextlib.asynccontextmanager
    async def served(self):
        async with serve(self._serve, "127.0.0.1", 0, ping_interval=None, logger=QUIET) as server:
            yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    def of(self, command):
        """Return the bodies that came with a command."""
        return [body for name, _, body in self.frames if name == command]

    def fail(self, command, code, words=""):
        """Let the next frame of a command fail; a code of None drops the connection in its middle."""
        self.faults[command].append((code, words))

    async def until_subscribed(self, count=1):
        async with asyncio.timeout(5):
            while self.subscriptions < count or self.connection is None:  # noqa: ASYNC110  a state of the other side
                await asyncio.sleep(0.005)

    # ---- what people do

    async def say(self, account, text, group=None, number=None, **more):
        """Push a text; in a group it mentions the bot. Returns the request id."""
        spoken = f"@支部助手 {text}" if group else text
        return await self.push(account, {"msgtype": "text", "text": {"content": spoken}, **more}, group, number)

    async def press(self, account, card, label, group=None, *, nested=False):
        key = next(button["key"] for button in card["button_list"] if button["text"] == label)
        fields = {"event_key": key, "task_id": card["task_id"], "card_type": card["card_type"]}
        event = {"eventtype": "template_card_event", **({"template_card_event": fields} if nested else fields)}
        return await self.push(account, {"msgtype": "event", "event": event}, group)

    async def push(self, account, what, group=None, number=None):
        count = next(self._numbers)
        body = {"msgid": number or f"m{count}", "aibotid": BOT, "from": {"userid": account}, "create_time": 1772677200,
                "chattype": "group" if group else "single", **({"chatid": group} if group else {}), **what}  # fmt: skip
        command = "aibot_event_callback" if what["msgtype"] == "event" else "aibot_msg_callback"
        req_id = f"r{count}"
        self.open[req_id] = ANSWERED_BY.get(what.get("event", {}).get("eventtype"), "aibot_respond_msg")
        await self.connection.send(json.dumps({"cmd": command, "headers": {"req_id": req_id}, "body": body}))
        return req_id

    # ---- the server

    async def _serve(self, connection):
        with contextlib.suppress(ConnectionClosed):
            async for raw in connection:
                frame = json.loads(raw)
                command, req_id, body = frame["cmd"], frame["headers"]["req_id"], frame.get("body", {})
                if self.silent:
                    continue
                if self.faults[command]:
                    code, words = self.faults[command].popleft()
                    if code is None:
                        await connection.close()
                        break
                    await self._answer(connection, req_id, errcode=code, errmsg=words)
                    continue
                if self.slow:
                    self.crossed += req_id in self._busy
                    self._busy[req_id] = asyncio.create_task(self._slowly(connection, command, req_id, body))
                    continue
                await self._take(connection, command, req_id, body)
        if self.connection is connection:
            self.connection = None

    async def _slowly(self, connection, command, req_id, body):
        await asyncio.sleep(self.slow)
        self._busy.pop(req_id, None)
        await self._take(connection, command, req_id, body)

    async def _take(self, connection, command, req_id, body):
        if command == "ping":
            self.pings += 1
            await self._answer(connection, req_id)
            return
        if command == "aibot_subscribe":
            if (body["bot_id"], body["secret"]) != (BOT, SECRET):
                await self._answer(connection, req_id, errcode=853000, errmsg=f"invalid bot_id or secret {SECRET}")
                return
            if self.connection is not None:
                event = {"msgtype": "event", "event": {"eventtype": "disconnected_event"}}
                frame = {"cmd": "aibot_event_callback", "headers": {"req_id": "d"}, "body": event}
                await self.connection.send(json.dumps(frame))
            self.connection = connection
            self.subscriptions += 1
            self.open.clear()
        elif connection is not self.connection:
            await self._answer(connection, req_id, errcode=846609, errmsg="not subscribed")
            return
        if command.startswith("aibot_respond") and self.open.get(req_id) != command:
            code = 40008 if req_id in self.open else 846605
            await self._answer(connection, req_id, errcode=code, errmsg="invalid message type or req_id")
            return
        self.frames.append((command, req_id, body))
        if command == "aibot_send_msg" and body["chatid"] in self.unspoken:
            await self._answer(connection, req_id, errcode=846607, errmsg="nobody has spoken")
            return
        await self._answer(connection, req_id, body=self._upload(command, body))

    def _upload(self, command, body):
        if command == "aibot_upload_media_init":
            number = f"u{len(self.uploads) + 1}"
            self.uploads[number] = (body, {})
            return {"upload_id": number}
        if command == "aibot_upload_media_chunk":
            self.uploads[body["upload_id"]][1][body["chunk_index"]] = base64.b64decode(body["base64_data"])
        if command == "aibot_upload_media_finish":
            about, pieces = self.uploads[body["upload_id"]]
            data = b"".join(pieces[number] for number in sorted(pieces))
            assert len(data) == about["total_size"]
            self.files[f"media-{len(self.files) + 1}"] = (about["filename"], data)
            return {"media_id": f"media-{len(self.files)}", "type": about["type"]}
        return None

    @staticmethod
    async def _answer(connection, req_id, errcode=0, errmsg="ok", body=None):
        frame = {"headers": {"req_id": req_id}, "errcode": errcode, "errmsg": errmsg}
        await connection.send(json.dumps(frame | ({"body": body} if body else {})))


def words_of(body):
    """Return the words that a body shows, whichever form they have."""
    if body["msgtype"] == "template_card":
        shown = body["template_card"]
        return "\n".join(filter(None, [shown.get("main_title", {}).get("title"), shown["sub_title_text"]]))
    return body[body["msgtype"]]["content"]
