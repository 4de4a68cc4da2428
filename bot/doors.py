"""The platform doors that the settings open; one that is not configured costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services import letters

if TYPE_CHECKING:
    from bot.channels.door import Door
    from bot.config import Config
    from bot.house import House


def configured(config: Config, house: House) -> list[Door]:
    """Build every platform door whose settings are there."""
    found: list[Door] = []
    if config.telegram.is_configured:
        found.append(_telegram(config, house))
    if config.wecom.is_configured:
        found.append(_wecom(config, house))
    return found


def _telegram(config: Config, house: House) -> Door:
    from bot.channels.telegram.door import TelegramDoor

    async def put_aside(_number: int | None, raw: str, _why: str) -> None:
        now = house.clock.now()
        await house.writer.do(lambda tx: letters.put_aside(tx, "telegram", raw, now))

    async def moved(old: str, new: str) -> None:
        await house.writer.do(lambda tx: letters.moved(tx, "telegram", old, new))

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
    )


def _wecom(config: Config, house: House) -> Door:
    from bot.channels.wecom.door import WeComDoor

    settings = config.wecom
    return WeComDoor(
        corp_id=settings.corp_id,
        agent_id=settings.agent_id,
        secret=settings.secret.get_secret_value(),
        token=settings.token.get_secret_value(),
        aes_key=settings.aes_key.get_secret_value(),
        api_base=str(settings.api_base),
        clock=house.clock,
    )


def abilities(name: str) -> tuple[Any, bool]:
    """What a door can show, and whether it has groups, for a rehearsal at that door. Raises LookupError."""
    from vocabulary.messages import Can

    if name in {"web", "rehearsal", "terminal"}:
        return Can(), True
    if name == "telegram":
        return Can(text_bytes=4096, hears_group=False, most_buttons=40), True
    if name == "wecom":
        return Can(text_bytes=2048, buttons=False, edits=False, files=False, hears_group=False, groups=False), False
    raise LookupError(name)
