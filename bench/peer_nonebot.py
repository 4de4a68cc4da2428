"""NoneBot2's bare echo of an encrypted callback: `python -m bench.peer_nonebot PORT TOKEN AES_KEY RECEIVER`.

The library's are the FastAPI driver with its route (uvicorn on uvloop, as ours), the event's way to the matchers and
the matcher's way to `send`. The rest is glue: no adapter opens what WeCom seals (nonebot-adapter-wxmp, for 公众号,
takes only plain messages), so wechatpy does. The glue is lighter than an adapter for use: it waits for the event in
the request itself, without a task or a timeout, and nothing is logged.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import nonebot
import xmltodict
from nonebot.adapters import Adapter, Bot, Event, Message, MessageSegment
from nonebot.drivers import URL, HTTPServerSetup, Request, Response
from nonebot.message import handle_event
from wechatpy.enterprise.crypto import WeChatCrypto

if TYPE_CHECKING:
    from nonebot.internal.driver import Driver

ANSWER = (
    "<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{ours}]]></FromUserName>"
    "<CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content></xml>"
)


class Segment(MessageSegment):
    """A text."""

    @classmethod
    def get_message_class(cls) -> type[Words]:
        """Return the class of messages."""
        return Words

    def __str__(self) -> str:
        return self.data["text"]

    def is_text(self) -> bool:
        """Say that it is one."""
        return True


class Words(Message):
    """A message of one text."""

    @classmethod
    def get_segment_class(cls) -> type[Segment]:
        """Return the class of its parts."""
        return Segment

    @staticmethod
    def _construct(msg: str) -> list[Segment]:
        return [Segment("text", {"text": msg})]


class Said(Event):
    """A text that somebody sent; `answer` is what was sent back."""

    sender: str
    ours: str
    message: Any
    answer: str = ""

    def get_type(self) -> str:
        """Return the kind that matchers of messages look for."""
        return "message"

    def get_event_name(self) -> str:
        """Return the name for the log."""
        return "message"

    def get_event_description(self) -> str:
        """Return the rest for the log."""
        return ""

    def get_user_id(self) -> str:
        """Return who said it."""
        return self.sender

    def get_session_id(self) -> str:
        """Return the same: there are no groups."""
        return self.sender

    def get_message(self) -> Words:
        """Return what was said."""
        return self.message

    def is_tome(self) -> bool:
        """Say that it is meant for the bot."""
        return True


class App(Bot):
    """Keeps what is sent with the event that it answers: the HTTP answer carries it."""

    async def send(self, event: Said, message: str, **_: Any) -> None:
        """Answer."""
        event.answer = ANSWER.format(to=event.sender, ours=event.ours, now=int(time.time()), text=message)


class WeCom(Adapter):
    """Opens a callback, lets the matchers have it, and seals the answer."""

    def __init__(self, driver: Driver, **more: Any) -> None:
        super().__init__(driver, **more)
        config = self.config
        self._crypto = WeChatCrypto(config.wecom_token, config.wecom_aes_key, config.wecom_receiver)
        self._app = App(self, config.wecom_receiver)
        self.on_ready(self._connect)
        self.setup_http_server(HTTPServerSetup(URL("/"), "POST", "wecom", self._heard))

    @classmethod
    def get_name(cls) -> str:
        """Return the adapter's name."""
        return "WeCom"

    async def _call_api(self, bot: Bot, api: str, **data: Any) -> None:
        """Do nothing: an echo calls no API."""

    def _connect(self) -> None:
        self.bot_connect(self._app)

    async def _heard(self, request: Request) -> Response:
        query = request.url.query
        nonce = query["nonce"]
        opened = self._crypto.decrypt_message(request.content, query["msg_signature"], query["timestamp"], nonce)
        fields = xmltodict.parse(opened)["xml"]
        event = Said(sender=fields["FromUserName"], ours=fields["ToUserName"], message=Words(fields["Content"]))
        await handle_event(self._app, event)
        sealed = self._crypto.encrypt_message(event.answer, nonce)
        return Response(200, headers={"Content-Type": "application/xml"}, content=sealed)


def main(port: int, token: str, aes_key: str, receiver: str) -> None:
    """Serve until stopped."""
    settings = {"wecom_token": token, "wecom_aes_key": aes_key, "wecom_receiver": receiver}
    nonebot.init(_env_file=None, driver="~fastapi", log_level="ERROR", **settings)
    nonebot.get_driver().register_adapter(WeCom)
    matcher = nonebot.on_message()

    @matcher.handle()
    async def echo(event: Said) -> None:
        await matcher.send(event.get_plaintext())

    nonebot.run(host="127.0.0.1", port=port, access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
