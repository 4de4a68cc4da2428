"""The page itself: its texts, its HTML with the texts put in, its static files; each is read once, when first asked."""

from __future__ import annotations

import hashlib
import html
import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from texts import sentences

if TYPE_CHECKING:
    from collections.abc import Mapping

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "html": "text/html; charset=utf-8",
}
_SLOT = re.compile(r"\{\{(\w+)\}\}")


@cache
def words() -> Mapping[str, str]:
    """Return the page's texts by key, without the `page.` before them."""
    return {key.removeprefix("page."): text for key, text in sentences().items() if key.startswith("page.")}


@cache
def static_files() -> Mapping[str, tuple[bytes, str]]:
    """Return every file of the page by name: its bytes and its content type."""
    folder = files("bot.web").joinpath("static")
    return {
        file.name: (file.read_bytes(), _TYPES[ending])
        for file in folder.iterdir()
        if (ending := file.name.rpartition(".")[2]) in _TYPES
    }


@cache
def version() -> str:
    """Return a short mark of the static files' contents: it stands in their addresses, so they may be kept for ever."""
    digest = hashlib.sha256()
    for name, (data, _) in sorted(static_files().items()):
        digest.update(name.encode() + b"\0" + data + b"\0")
    return digest.hexdigest()[:12]


def page(name: str, **slots: str) -> str:
    """Return an HTML page: `{{key}}` becomes that slot or the text `page.key`, escaped.

    KeyError: the page names a text that is not there.
    """
    filled = {**words(), "static": f"/static/{version()}", **slots}
    source = static_files()[name][0].decode()
    return _SLOT.sub(lambda slot: html.escape(filled[slot[1]]), source)


def chat_page(settings: Mapping[str, Any]) -> str:
    """Return the chat page with its texts and settings as JSON inside, in a form that cannot end the script element."""
    data = json.dumps({**settings, "words": words()}, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&":
        data = data.replace(sign, f"\\u{ord(sign):04x}")
    source = page("index.html", data="")
    return source.replace('id="page-data">', f'id="page-data">{data}', 1)
