"""Every setting that an administrator has: names, defaults, limits. `bot.config` reads them."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError


def _base(address: str) -> str:
    """Accept `http(s)://host[:port]` alone, because the program adds the paths; empty means not given."""
    address = address.rstrip("/")
    if not address:
        return address
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise PydanticCustomError("not_an_address", "not an address") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise PydanticCustomError("not_an_address", "not an address")
    if parts.path or parts.query or parts.fragment:
        raise PydanticCustomError("base_has_path", "a base has no path", {"base": f"{parts.scheme}://{parts.netloc}"})
    return address


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


def _aes_key(key: SecretStr) -> SecretStr:
    if key.get_secret_value() and not re.fullmatch(r"[A-Za-z0-9]{43}", key.get_secret_value()):
        raise PydanticCustomError("bad_aes_key", "43 letters and digits")
    return key


def _webhook_secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret.get_secret_value()):
        raise PydanticCustomError("bad_webhook_secret", "1 to 256 letters, digits, _ and -")
    return secret


def _wall_clock(value: Any) -> Any:
    """Take `21:00` or a TOML local time; a bare number or a zone would be read as something else."""
    if isinstance(value, str) and not re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", value):
        value = None
    if isinstance(value, str):
        return value.zfill(5) if value.count(":") == 1 else value
    if not isinstance(value, time):
        raise PydanticCustomError("not_a_time", "a time of day as 21:00")
    return value


Base = Annotated[str, AfterValidator(_base)]
Named = Annotated[str, Field(min_length=1)]
Minutes = Annotated[int, Field(ge=0, le=7 * 24 * 60)]
TimeOfDay = Annotated[time, BeforeValidator(_wall_clock)]
NO_SECRET = SecretStr("")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Web(_Table):
    """Where the web pages and callbacks are served.

    `public_url` is how the outside reaches them (links, webhooks); empty: only this machine does.
    """

    host: Named = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    public_url: Base = ""


class Telegram(_Table):
    """The Telegram door; without a token there is none.

    `mode` poll asks Telegram for updates; webhook is called by it at `/telegram` and needs `webhook_secret` and
    `web.public_url`. The program adds `/bot<token>/…` to `api_base`.
    """

    token: SecretStr = NO_SECRET
    mode: Literal["poll", "webhook"] = "poll"
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] = NO_SECRET
    api_base: Base = "https://api.telegram.org"

    @property
    def is_configured(self) -> bool:
        """There is a token."""
        return bool(self.token.get_secret_value())


class WeCom(_Table):
    """The WeCom application, called at `/wecom`; all five or none. The program adds `/cgi-bin/…` to `api_base`."""

    corp_id: str = ""
    agent_id: Annotated[str, Field(coerce_numbers_to_str=True)] = ""
    secret: SecretStr = NO_SECRET
    token: SecretStr = NO_SECRET
    aes_key: Annotated[SecretStr, AfterValidator(_aes_key)] = NO_SECRET
    api_base: Base = "https://qyapi.weixin.qq.com"

    @property
    def is_configured(self) -> bool:
        """All five are given."""
        return bool(self.corp_id)

    @model_validator(mode="after")
    def _all_or_none(self) -> WeCom:
        given = {
            "corp_id": self.corp_id,
            "agent_id": self.agent_id,
            "secret": self.secret.get_secret_value(),
            "token": self.token.get_secret_value(),
            "aes_key": self.aes_key.get_secret_value(),
        }
        if any(given.values()) and not all(given.values()):
            missing = next(key for key, value in given.items() if not value)
            raise PydanticCustomError("incomplete", "all or none", {"missing": f"wecom.{missing}"})
        return self


class Quiet(_Table):
    """Nothing unasked is sent from `start` to `end`, wall clock in `timezone`; the same time twice: always allowed."""

    start: TimeOfDay = time(21)
    end: TimeOfDay = time(8)


class CheckIn(_Table):
    """Check-in, in minutes.

    It opens `opens_before` the start; who comes more than `late_after` after the start is late; without a planned end
    it closes `closes_after` the start.
    """

    opens_before: Minutes = 15
    late_after: Minutes = 10
    closes_after: Minutes = 90


class Meetings(_Table):
    """What a branch's meetings begin with, until the branch decides otherwise; minutes, 0 is never.

    `remind_before` is the group's line before the start, `ask_again_before` the private reminder to who has not
    answered. `quarterly_lecture` expects a Party lecture each quarter, which no article demands.
    """

    remind_before: Minutes = 30
    ask_again_before: Minutes = 24 * 60
    quarterly_lecture: bool = True


class Privacy(_Table):
    """What is kept: words of messages for `keep_text_days` days; words that were not understood, with names masked."""

    keep_text_days: Annotated[int, Field(ge=1, le=3650)] = 30
    keep_missed: bool = True


class Config(_Table):
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
