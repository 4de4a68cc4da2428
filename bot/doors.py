"""The platform doors that the settings open; one that is not configured costs nothing."""

from __future__ import annotations

import asyncio
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from documents.codes import code
from services import binding, letters, links, moves, roster, scanning
from texts import sentences
from vocabulary.messages import Can

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.channels.door import Door
    from bot.channels.wechat.door import WeChatDoor
    from bot.config import Config
    from bot.house import House

MENU = "menu."
BUTTONS = ("checkin", "quiz", "help")
"""What of the menu a 公众号 shows: three buttons of at most four signs each."""


def configured(config: Config, house: House) -> list[Door]:
    """Build every platform door whose settings are there."""
    found = [build(config, house) for name, build in BUILDERS.items() if getattr(config, name).is_configured]
    apps = [door for door in found if door.name == "wecom"]
    return found + [_wecom_group(app) for app in apps]


def _telegram(config: Config, house: House) -> Door:
    from bot.channels.telegram.door import TelegramDoor

    async def put_aside(_number: int | None, raw: str, _why: str) -> None:
        now = house.clock.now()
        await house.writer.do(lambda tx: letters.put_aside(tx, "telegram", raw, now))

    async def moved(old: str, new: str) -> None:
        await house.writer.do(lambda tx: moves.moved(tx, "telegram", old, new))

    async def known(address: str) -> None:
        await house.writer.do(lambda tx: links.keep(tx, address))

    settings = config.telegram
    return TelegramDoor(
        token=settings.token.get_secret_value(),
        api_base=str(settings.api_base),
        mode=settings.mode,
        webhook_secret=settings.webhook_secret.get_secret_value(),
        public_url=str(config.web.public_url),
        clock=house.clock,
        quarantine=put_aside,
        on_moved=moved,
        on_known=known,
        start_word=sentences()["binding.word"],
        commands={key.removeprefix(MENU): words for key, words in sentences().items() if key.startswith(MENU)},
    )


def _wecom(config: Config, house: House) -> Door:
    from bot.channels.wecom.door import WeComDoor

    async def way_in(account: str) -> str | None:
        return await house.writer.do(lambda tx: binding.own_way_in(tx, "wecom", account, house.fresh()))

    settings = config.wecom
    return WeComDoor(
        corp_id=settings.corp_id,
        agent_id=settings.agent_id,
        secret=settings.secret.get_secret_value(),
        token=settings.token.get_secret_value(),
        aes_key=settings.aes_key.get_secret_value(),
        api_base=str(settings.api_base),
        clock=house.clock,
        public_url=str(config.web.public_url),
        way_in=way_in,
    )


def _wecom_group(app: Any) -> Door:
    from bot.channels.wecom.group import WeComGroupDoor

    return WeComGroupDoor(app)


def _wecom_bot(config: Config, house: House) -> Door:
    from bot.channels.wecom.door import WeComDoor
    from bot.channels.wecom_bot.door import WeComBotDoor

    async def taken() -> None:
        await house.writer.do(lambda tx: binding.bot_taken(tx, house.fresh()))
        house.wake()

    async def behind(open_id: str) -> str | None:
        app = house.doors.get("wecom")
        return await app.account_behind(open_id) if isinstance(app, WeComDoor) else None

    settings = config.wecom_bot
    return WeComBotDoor(
        mode=settings.mode,
        bot_id=settings.bot_id,
        secret=settings.secret.get_secret_value(),
        token=settings.token.get_secret_value(),
        aes_key=settings.aes_key.get_secret_value(),
        ws_url=settings.ws_url,
        clock=house.clock,
        card_now=house.postman.card_now,
        on_displaced=taken,
        behind=behind if config.wecom.is_configured else None,
    )


def _wecom_webhook(config: Config, house: House) -> Door:
    from bot.channels.wecom_webhook.door import WeComWebhookDoor

    house.writer.run(lambda tx: binding.tie_spare(tx, house.fresh(), roster.administrator))
    return WeComWebhookDoor(url=config.wecom_webhook.url.get_secret_value())


def _wechat(config: Config, house: House) -> Door:
    from bot.channels.wechat.door import WeChatDoor
    from bot.channels.wechat.notices import Notice

    async def put_aside(raw: str) -> None:
        await house.writer.do(lambda tx: letters.put_aside(tx, "wechat", raw, house.clock.now()))

    settings = config.wechat
    words = [sentences()[f"{MENU}{name}"] for name in BUTTONS]
    notices = (
        Notice("subscription", settings.subscription, settings.subscription_fields),
        Notice("template", settings.template, settings.template_fields),
    )
    door = WeChatDoor(
        app_id=settings.app_id,
        secret=settings.secret.get_secret_value(),
        token=settings.token.get_secret_value(),
        aes_key=settings.aes_key.get_secret_value(),
        mode=settings.mode,
        api_base=str(settings.api_base),
        public_url=str(config.web.public_url),
        notices=tuple(notice for notice in notices if notice.template),
        zone=house.zone,
        menu={said: said[:4] for said in words},
        quarantine=put_aside,
        clock=house.clock,
    )
    house.postman.makers[scanning.MAKER] = partial(_code, door)
    return door


async def _code(door: WeChatDoor, view: Mapping[str, Any]) -> bytes:
    """Draw the code that brings a press along, of the view that `services.scanning` describes."""
    return await asyncio.to_thread(code, await door.code(view["press"], view["until"]))


BUILDERS: dict[str, Callable[[Config, House], Door]] = {
    "telegram": _telegram,
    "wecom": _wecom,
    "wecom_bot": _wecom_bot,
    "wecom_webhook": _wecom_webhook,
    "wechat": _wechat,
}
"""How the door of each platform is made, by the name of its table in the settings and of its folder."""


def abilities(name: str) -> tuple[Any, bool]:
    """What a door can show, and whether it has groups, for a rehearsal at that door. Raises LookupError."""
    if name in {"web", "rehearsal", "terminal"}:
        return Can(), True
    if name not in BUILDERS:
        raise LookupError(name)
    can: Can = import_module(f"bot.channels.{name}.door").CAN
    return can, can.groups
