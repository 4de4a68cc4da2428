"""Reads the administrator's settings: a TOML file, overridden by the environment, checked before anything starts."""

from __future__ import annotations

import difflib
import re
import tomllib
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from bot.settings import Config

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

__all__ = ["Config", "ConfigFault", "known_keys", "load"]

PREFIX = "ZHIBU_"
NOT_SETTINGS = frozenset({"ZHIBU_CI", "ZHIBU_PICTURES", "ZHIBU_PROVE", "ZHIBU_TEST_DATABASE"})
"""Variables that steer tests, not the program."""

CODES = {
    "extra_forbidden": "config.unknown_key",
    "model_type": "config.not_a_table",
    "model_attributes_type": "config.not_a_table",
    "int_type": "config.not_a_number",
    "int_parsing": "config.not_a_number",
    "int_from_float": "config.not_a_number",
    "greater_than_equal": "config.too_small",
    "less_than_equal": "config.too_large",
    "bool_type": "config.not_yes_or_no",
    "bool_parsing": "config.not_yes_or_no",
    "literal_error": "config.not_one_of",
    "string_type": "config.not_text",
    "string_too_short": "config.empty",
    "time_parsing": "config.not_a_time",
    "not_a_time": "config.not_a_time",
    "not_an_address": "config.not_an_address",
    "base_has_path": "config.base_has_path",
    "unknown_zone": "config.unknown_zone",
    "unknown_database": "config.unknown_database",
    "bad_aes_key": "config.bad_aes_key",
    "no_robot": "config.no_robot",
    "bad_webhook_secret": "config.bad_webhook_secret",
    "incomplete": "config.incomplete",
}
"""pydantic's kinds of error, and those of `bot.settings`, as keys of the texts."""


class ConfigFault(Exception):  # noqa: N818  the administrator's answer, like a refusal
    """A setting is wrong, and nothing was started.

    `code` is the key of its sentence in the texts and `words` fill it; its `{where}` is the sentence `place`, filled
    by the same words. `line` counts from 1; it is None for a variable of the environment and for a whole file. `key`
    is written as in the file (`web.port`). No value stands in it, because it may be a secret.
    """

    def __init__(self, code: str, *, file: str = "", line: int | None = None, key: str = "", **words: Any) -> None:
        self.code, self.file, self.line, self.key = code, file, line, key
        self.words: dict[str, Any] = {"file": file, "line": line, "key": key, **words}
        super().__init__(f"{code} {words.get('variable') or file}:{line or ''} {key}")

    @property
    def place(self) -> str:
        """The text key that words where it stands: a variable, a line or a whole file."""
        if "variable" in self.words:
            return "config.in_environment"
        return "config.in_file" if self.line is None else "config.in_line"


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the settings of a file (None: the defaults) and of the environment, which wins.

    `ZHIBU_TABLE__KEY` names `key` of `[table]`, `ZHIBU_KEY` one that stands in no table.

    Raises:
        ConfigFault: the first fault, with its line or variable and, for an unknown key, the nearest right one.
    """
    text = "" if path is None else _read(path)
    file = "" if path is None else str(path)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        at = re.search(r"at line (\d+)", str(fault))
        line = int(at[1]) if at else max(1, len(text.splitlines()))
        raise ConfigFault("config.not_toml", file=file, line=line) from None
    variables = dict(_overrides(environ))
    for key, variable in variables.items():
        _put(values, key, environ[variable])
    try:
        return Config.model_validate(values)
    except ValidationError as faults:
        first = faults.errors(include_url=False, include_input=False)[0]
        raise _fault(first, file, line_numbers(text), variables) from None


def known_keys(model: type[BaseModel] = Config, table: str = "") -> Iterator[str]:
    """Every setting as `table.key`, in the order of the example."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from known_keys(kind, f"{name}.")
        else:
            yield f"{table}{name}"


def line_numbers(text: str) -> dict[str, int]:
    """On which line of a TOML text each key (`web.port`) and each table (`web`) first stands, from 1."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = _plain(header[1]) + "."
            lines.setdefault(table[:-1], number)
        elif entry := re.match(r"""\s*([\w\-."' ]+?)\s*=""", line):
            lines.setdefault(table + _plain(entry[1]), number)
    return lines


def _plain(key: str) -> str:
    return re.sub(r"""["'\s]""", "", key)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigFault("config.no_file", file=str(path)) from None
    except UnicodeDecodeError:
        raise ConfigFault("config.not_utf8", file=str(path)) from None
    except OSError:
        raise ConfigFault("config.unreadable", file=str(path)) from None


def _overrides(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each setting that the environment gives, with the variable that gives it."""
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and variable not in NOT_SETTINGS:
            yield variable.removeprefix(PREFIX).lower().replace("__", "."), variable


def _put(values: dict[str, Any], key: str, value: str) -> None:
    """Set `table.key`; what the file has in a table's place stays, to be refused there."""
    table, _, name = key.rpartition(".")
    place = values.setdefault(table, {}) if table else values
    if isinstance(place, dict):
        place[name] = value


def _fault(first: ErrorDetails, file: str, lines: dict[str, int], variables: dict[str, str]) -> ConfigFault:
    """Turn pydantic's first error into words, and find where it stands."""
    about = first.get("ctx", {})
    key = about.get("missing") or ".".join(str(part) for part in first["loc"])
    code = CODES.get(first["type"], "config.wrong_value")
    variable = variables.get(key)
    words: dict[str, Any] = {
        "least": about.get("ge"),
        "most": about.get("le"),
        "base": about.get("base"),
        "choices": " / ".join(re.findall(r"'([^']*)'", about.get("expected", ""))) or None,
        "variable": variable,
    }
    if code == "config.unknown_key" and (near := nearest(key)):
        code = "config.unknown_key_near"
        words["nearest"] = PREFIX + near.upper().replace(".", "__") if variable else near
    words = {name: word for name, word in words.items() if word is not None}
    if variable:
        return ConfigFault(code, key=key, **words)
    return ConfigFault(code, file=file, line=lines.get(key) or lines.get(key.partition(".")[0]), key=key, **words)


def nearest(key: str) -> str | None:
    """The setting or table that was probably meant, None where nothing is near."""
    known = list(known_keys())
    tables = sorted({name.partition(".")[0] for name in known})
    name = key.rpartition(".")[2]
    elsewhere = [right for right in known if right.rpartition(".")[2] == name or right.replace(".", "_") == key]
    close = difflib.get_close_matches(key, [*known, *tables], n=1)
    return next(iter([*elsewhere, *close]), None)
