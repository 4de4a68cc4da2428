"""A platform to which no connection stands got nothing: what was to be said there may go another way at once."""

import asyncio
import contextlib
import socket

import pytest
from serving import fake_served

from bot.channels.telegram.door import TelegramDoor
from bot.channels.telegram.request import AiohttpRequest
from bot.channels.wechat.door import WeChatDoor
from bot.channels.wecom.rest import WeComRest
from bot.channels.wecom_webhook.door import WeComWebhookDoor
from vocabulary.clock import SystemClock
from vocabulary.delivery import Undelivered
from vocabulary.messages import Chat, Shown

SOON = 0.4


@contextlib.asynccontextmanager
async def refusing():
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@contextlib.asynccontextmanager
async def swallowing():
    """An address that never takes a connection up, as behind a firewall."""
    with contextlib.ExitStack() as held:
        listening = held.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(4):  # more than wait to be taken up
            waiting = held.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextlib.asynccontextmanager
async def silent():
    """An address that takes everything and answers nothing."""
    let = asyncio.Event()

    async def hang(_request):
        await let.wait()

    async with fake_served(lambda router: router.add_route("*", "/{path:.*}", hang)) as address:
        yield address


async def by_telegram(address):
    from bot.channels.telegram.sending import deliver

    request = AiohttpRequest("1:x", address, SOON)
    await request.initialize()
    try:
        await deliver(request, Chat("telegram", "7", "private"), Shown("x"))
    finally:
        await request.shutdown()


async def by_wecom(address):
    rest = WeComRest("ww1", "1", "s", address, SystemClock(), SOON)
    await rest.start()
    try:
        await rest.send_text("lihui", "x")
    finally:
        await rest.stop()


async def by_webhook(address):
    door = WeComWebhookDoor(url=f"{address}/cgi-bin/webhook/send?key=k")
    await door.start(None)
    try:
        await door.send(Chat("wecom_webhook", "w", "group"), Shown("x"))
    finally:
        await door.stop()


@pytest.mark.parametrize(
    ("way", "address", "surely"),
    [
        (by_telegram, refusing, True),
        (by_telegram, swallowing, True),
        (by_telegram, silent, False),
        (by_wecom, refusing, True),
        (by_wecom, swallowing, True),
        (by_webhook, refusing, True),
    ],
)
def test_where_no_connection_stood_nothing_went_out_for_certain(way, address, surely):
    async def scene():
        async with address() as found:
            with pytest.raises(Undelivered) as told:
                await way(found)
            return told.value

    failure = asyncio.run(scene())
    assert (failure.why, failure.surely) == ("down", surely)


@pytest.mark.parametrize("kind", [TelegramDoor, WeChatDoor])
def test_a_door_that_stayed_shut_sends_nothing_for_certain(kind):
    keys = {"token": "1:x"} | ({"app_id": "a", "secret": "s"} if kind is WeChatDoor else {})
    door = kind(clock=SystemClock(), **keys)
    with pytest.raises(Undelivered) as told:
        asyncio.run(door.send(Chat(door.name, "7", "private"), Shown("x")))
    assert (told.value.why, told.value.surely) == ("down", True)
