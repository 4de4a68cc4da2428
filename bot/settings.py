"""Every setting that an administrator has: names, defaults, limits. `bot.config` reads them."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from bot.settings_platforms import NO_SECRET, Base, Table, Telegram, WeChat, WeCom, WeComBot, WeComWebhook


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise PydanticCustomError("unknown_zone", "no such time zone") from None
    return name


def _database(address: str) -> str:
    """SQLite or PostgreSQL; the latter is always spoken to through psycopg 3."""
    if re.match(r"sqlite:///.", address):
        return address
    found = re.match(r"postgres(?:ql)?(?:\+psycopg)?://(.+)", address)
    if not found:
        raise PydanticCustomError("unknown_database", "neither SQLite nor PostgreSQL")
    return f"postgresql+psycopg://{found[1]}"


def _wall_clock(value: Any) -> Any:
    """Take `21:00` or a TOML local time; a bare number or a zone would be read as something else."""
    if isinstance(value, str) and not re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", value):
        value = None
    if isinstance(value, str):
        return value.zfill(5) if value.count(":") == 1 else value
    if not isinstance(value, time):
        raise PydanticCustomError("not_a_time", "a time of day as 21:00")
    return value


Named = Annotated[str, Field(min_length=1)]
Minutes = Annotated[int, Field(ge=0, le=7 * 24 * 60)]
TimeOfDay = Annotated[time, BeforeValidator(_wall_clock)]


class Web(Table):
    """Where the web pages and callbacks are served.

    `public_url` is how the outside reaches them (links, webhooks); empty: only this machine does.
    """

    host: Named = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    public_url: Base = ""


class Quiet(Table):
    """Nothing unasked is sent from `start` to `end`, wall clock in `timezone`; the same time twice: always allowed."""

    start: TimeOfDay = time(21)
    end: TimeOfDay = time(8)


class CheckIn(Table):
    """Check-in, in minutes.

    It opens `opens_before` the start; who comes more than `late_after` after the start is late; without a planned end
    it closes `closes_after` the start.
    """

    opens_before: Minutes = 15
    late_after: Minutes = 10
    closes_after: Minutes = 90


class Meetings(Table):
    """What a branch's meetings begin with, until the branch decides otherwise; minutes, 0 is never.

    `remind_before` is the group's line before the start, `ask_again_before` the private reminder to who has not
    answered. `quarterly_lecture` expects a Party lecture each quarter, which no article demands.
    """

    remind_before: Minutes = 30
    ask_again_before: Minutes = 24 * 60
    quarterly_lecture: bool = True


class Privacy(Table):
    """What is kept: words of messages for `keep_text_days` days; words that were not understood, with names masked."""

    keep_text_days: Annotated[int, Field(ge=1, le=3650)] = 30
    keep_missed: bool = True


class Config(Table):
    """Every setting. A default stands for each, so that an empty file, or none, serves the web page here.

    `folder` holds what the program makes for itself: the key, the lock, made files. `secret_key` encrypts phone
    numbers and reasons of leave; empty: one is made on the first start and kept in `folder`.
    """

    database: Annotated[str, AfterValidator(_database), Field(repr=False)] = "sqlite:///data/zhibu.db"
    folder: Named = "data"
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    secret_key: SecretStr = NO_SECRET
    web: Web = Web()
    telegram: Telegram = Telegram()
    wecom: WeCom = WeCom()
    wecom_bot: WeComBot = WeComBot()
    wecom_webhook: WeComWebhook = WeComWebhook()
    wechat: WeChat = WeChat()
    quiet: Quiet = Quiet()
    checkin: CheckIn = CheckIn()
    meetings: Meetings = Meetings()
    privacy: Privacy = Privacy()

    @model_validator(mode="after")
    def _webhook_is_reachable(self) -> Config:
        if self.telegram.is_configured and self.telegram.mode == "webhook":
            if not self.telegram.webhook_secret.get_secret_value():
                raise PydanticCustomError("incomplete", "needed", {"missing": "telegram.webhook_secret"})
            if not self.web.public_url:
                raise PydanticCustomError("incomplete", "needed", {"missing": "web.public_url"})
        return self
