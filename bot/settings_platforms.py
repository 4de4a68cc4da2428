"""The settings of the platforms' doors: each is open where its table is filled in. `bot.settings` holds all others."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit

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


def _aes_key(key: SecretStr) -> SecretStr:
    if key.get_secret_value() and not re.fullmatch(r"[A-Za-z0-9]{43}", key.get_secret_value()):
        raise PydanticCustomError("bad_aes_key", "43 letters and digits")
    return key


def _webhook_secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret.get_secret_value()):
        raise PydanticCustomError("bad_webhook_secret", "1 to 256 letters, digits, _ and -")
    return secret


def _robot(url: SecretStr) -> SecretStr:
    """Accept an address that names a group's robot by its key; empty means not given."""
    try:
        parts = urlsplit(url.get_secret_value())
        is_robot = parts.scheme in {"http", "https"} and bool(parts.hostname) and bool(parse_qs(parts.query).get("key"))
    except ValueError:
        is_robot = False
    if url.get_secret_value() and not is_robot:
        raise PydanticCustomError("no_robot", "no address with a key")
    return url


def _names(said: object) -> object:
    """Take several names in one string too, as a variable of the environment holds them."""
    return tuple(said.replace(",", " ").split()) if isinstance(said, str) else said


Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Base = Annotated[str, AfterValidator(_base)]
Api = Annotated[str, Field(min_length=1), AfterValidator(_base)]
NO_SECRET = SecretStr("")


class Table(BaseModel):
    """One table of the settings: no key beyond those it names, and nothing changes after it is read.

    Blanks around a value came with copying it, and are left out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Telegram(Table):
    """The Telegram door; without a token there is none.

    `mode` poll asks Telegram for updates; webhook is called by it at `/telegram` and needs `webhook_secret` and
    `web.public_url`. The program adds `/bot<token>/…` to `api_base`.
    """

    token: SecretStr = NO_SECRET
    mode: Literal["poll", "webhook"] = "poll"
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] = NO_SECRET
    api_base: Api = "https://api.telegram.org"

    @property
    def is_configured(self) -> bool:
        """There is a token."""
        return bool(self.token.get_secret_value())


class WeCom(Table):
    """The WeCom application, called at `/wecom`; all five or none. The program adds `/cgi-bin/…` to `api_base`."""

    corp_id: str = ""
    agent_id: Annotated[str, Field(coerce_numbers_to_str=True, pattern=r"^[0-9]*$")] = ""
    secret: SecretStr = NO_SECRET
    token: SecretStr = NO_SECRET
    aes_key: Annotated[SecretStr, AfterValidator(_aes_key)] = NO_SECRET
    api_base: Api = "https://qyapi.weixin.qq.com"

    @property
    def is_configured(self) -> bool:
        """All five are given."""
        return bool(self.corp_id)

    @model_validator(mode="after")
    def _all_or_none(self) -> WeCom:
        given: dict[str, str | SecretStr] = {"corp_id": self.corp_id, "agent_id": self.agent_id}
        _complete("wecom", given | {"secret": self.secret, "token": self.token, "aes_key": self.aes_key})
        return self


class WeComBot(Table):
    """The WeCom AI bot; without a `bot_id` there is none. It hears groups where it is mentioned.

    `mode` socket opens a WebSocket at `ws_url` with `bot_id` and `secret`: no public address is needed. `url` is called
    at `/wecom-bot` and needs `token` and `aes_key` instead of the secret.
    """

    mode: Literal["socket", "url"] = "socket"
    bot_id: str = ""
    secret: SecretStr = NO_SECRET
    token: SecretStr = NO_SECRET
    aes_key: Annotated[SecretStr, AfterValidator(_aes_key)] = NO_SECRET
    ws_url: Annotated[str, Field(pattern=r"^wss?://")] = "wss://openws.work.weixin.qq.com"

    @property
    def is_configured(self) -> bool:
        """The bot's id is given."""
        return bool(self.bot_id)

    @model_validator(mode="after")
    def _all_or_none(self) -> WeComBot:
        keys: dict[str, str | SecretStr] = {"bot_id": self.bot_id}
        keys |= {"secret": self.secret} if self.mode == "socket" else {"token": self.token, "aes_key": self.aes_key}
        _complete("wecom_bot", keys)
        return self


class WeComWebhook(Table):
    """The webhook of one WeCom group, a spare way into it; without a `url` (the key stands in it) there is none."""

    url: Annotated[SecretStr, AfterValidator(_robot)] = NO_SECRET

    @property
    def is_configured(self) -> bool:
        """There is an address."""
        return bool(self.url.get_secret_value())


class WeChat(Table):
    """The 公众号, called at `/wechat`; app_id, secret and token or none. The program adds `/cgi-bin/…` to `api_base`.

    `mode` is how WeChat was told to push; but for plain, `aes_key` is needed. `subscription` and `template` name the
    notices that are tried, in that order, where WeChat takes no message any more, and their fields in order.
    """

    app_id: str = ""
    secret: SecretStr = NO_SECRET
    token: SecretStr = NO_SECRET
    aes_key: Annotated[SecretStr, AfterValidator(_aes_key)] = NO_SECRET
    mode: Literal["plain", "compatible", "safe"] = "safe"
    subscription: str = ""
    subscription_fields: Names = ()
    template: str = ""
    template_fields: Names = ()
    api_base: Api = "https://api.weixin.qq.com"

    @property
    def is_configured(self) -> bool:
        """All that its mode needs is given."""
        return bool(self.app_id)

    @model_validator(mode="after")
    def _all_or_none(self) -> WeChat:
        given: dict[str, str | SecretStr] = {"app_id": self.app_id, "secret": self.secret, "token": self.token}
        if self.mode != "plain":
            given["aes_key"] = self.aes_key
        _complete("wechat", given)
        for notice in ("subscription", "template"):
            fields = " ".join(getattr(self, f"{notice}_fields"))
            _complete("wechat", {notice: getattr(self, notice), f"{notice}_fields": fields})
        return self


def _complete(table: str, given: dict[str, str | SecretStr]) -> None:
    """Raise where some of these are given and others are not."""
    said = {key: value.get_secret_value() if isinstance(value, SecretStr) else value for key, value in given.items()}
    empty = [key for key, value in said.items() if not value]
    if empty and len(empty) < len(said):
        raise PydanticCustomError("incomplete", "all or none", {"missing": f"{table}.{empty[0]}"})
