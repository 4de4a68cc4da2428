"""Messages out to Telegram, and what its refusals mean. It imports telegram; the door imports it only to send."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.channels.degrade import speakable, split
from bot.channels.telegram.request import Unreached
from vocabulary.delivery import Moved, Undelivered

if TYPE_CHECKING:
    from bot.channels.telegram.request import AiohttpRequest
    from vocabulary.messages import AskedQuiz, Button, Chat, Shown

TEXT_BYTES = 4096  # Telegram counts 4096 UTF-16 units; a character never has more of those than bytes
CAPTION_UNITS = 1024
ROW_WIDTH = 24  # columns; a Chinese character takes two
ROW_BUTTONS = 4
POLL = "poll:"
NO_PREVIEW = {"link_preview_options": '{"is_disabled": true}'}  # Telegram's look at a one-time link would use it up

# Telegram's own words, as far as they tell one refusal from another.
CANNOT_START = ("can't initiate conversation", "bot was not started")
GONE = ("kicked", "deactivated", "deleted", "not a member", "thread not found", "topic_deleted")
NOT_FOUND = ("chat not found", "peer_id_invalid", "user not found")
NOT_CHANGED = "message is not modified"
ENDED = ("poll has already been closed", "poll to stop not found", "poll can't be stopped")
CANNOT_EDIT = ("to edit not found", "can't be edited", "message_id_invalid", "message identifier is not")


async def deliver(request: AiohttpRequest, chat: Chat, message: Shown) -> str:
    """Send or replace one message and return its id in the chat.

    Where the message to replace cannot be changed any more, a new one is sent.

    Raises:
        Undelivered: it did not arrive, and why.
        Moved: the group has another id now.
    """
    try:
        return await _deliver(request, chat, message)
    except TelegramError as error:
        raise failure_of(error, is_group=chat.kind == "group") from None
    except (LookupError, TypeError):
        raise Undelivered("refused", detail="sent, but the answer names no message") from None


async def _deliver(request: AiohttpRequest, chat: Chat, message: Shown) -> str:
    number, _, topic = chat.id.partition("/")
    where = {"chat_id": number, "message_thread_id": topic} if topic else {"chat_id": number}
    if message.replaces and message.replaces.startswith(POLL):
        return await _close(request, number, message)
    if message.quiz is not None:
        return await _ask(request, where, message.quiz)
    keyboard = {"reply_markup": _keyboard(message.buttons)} if message.buttons else {}
    *before, last = split(speakable(message.text), TEXT_BYTES) or ("",)
    if message.replaces and message.replaces.isdecimal() and message.file_data is None and not before:
        change = {"chat_id": number, "message_id": message.replaces, "text": last, **keyboard}
        if await _replace(request, change):
            return message.replaces
    if message.file_data is not None and len(last.encode("utf-16-le")) // 2 > CAPTION_UNITS:
        before, last = [*before, last], ""
    for piece in before:
        await request.call("sendMessage", {**where, "text": piece, **NO_PREVIEW})
    if message.file_data is None:
        sent = await request.call("sendMessage", {**where, "text": last, **keyboard, **NO_PREVIEW})
    else:
        caption = {"caption": last} if last else {}
        document = (message.file_name or "file", message.file_data)
        sent = await request.call("sendDocument", {**where, **caption, **keyboard}, document=document)
    return str(sent["message_id"])


async def _ask(request: AiohttpRequest, where: dict[str, str], quiz: AskedQuiz) -> str:
    """Put a question as Telegram's own quiz, whose id holds the poll's; of an anonymous one no answer reaches us."""
    fields = {
        "question": quiz.question,
        "options": json.dumps([{"text": option} for option in quiz.options], ensure_ascii=False),
        "type": "quiz",
        "correct_option_id": str(quiz.right),
        "is_anonymous": "false",
    }
    sent = await request.call("sendPoll", {**where, **fields})
    return f"{POLL}{sent['poll']['id']}:{sent['message_id']}"


async def _close(request: AiohttpRequest, number: str, message: Shown) -> str:
    """End a quiz whose card offers nothing more; while it does, Telegram shows it as it is."""
    replaces = message.replaces or ""
    if message.quiz is None:
        try:
            await request.call("stopPoll", {"chat_id": number, "message_id": replaces.rpartition(":")[2]})
        except BadRequest as error:
            if not any(mark in error.message.casefold() for mark in ENDED):
                raise
    return replaces


async def _replace(request: AiohttpRequest, change: dict[str, str]) -> bool:
    """Change a message in place; return False where it cannot be changed any more."""
    try:
        await request.call("editMessageText", {**change, **NO_PREVIEW})
    except BadRequest as error:
        words = error.message.casefold()
        if any(mark in words for mark in CANNOT_EDIT):
            return False
        if NOT_CHANGED not in words:
            raise
    return True


def failure_of(error: TelegramError, *, is_group: bool) -> Undelivered | Moved:  # noqa: PLR0911  one a refusal
    """Return what the outbox is told of a refusal. A send that timed out counts as not arrived: it may come twice."""
    words = error.message.casefold()
    detail = error.message[:200]
    match error:
        case ChatMigrated():
            return Moved(str(error.new_chat_id))
        case RetryAfter():
            wait = error.retry_after
            seconds = float(wait) if isinstance(wait, (int, float)) else wait.total_seconds()
            return Undelivered("limited", retry_after=seconds, detail=detail)
        case Forbidden() if any(mark in words for mark in CANNOT_START):
            return Undelivered("unbound", detail=detail)
        case Forbidden():
            return Undelivered("gone" if any(mark in words for mark in GONE) else "blocked", detail=detail)
        case BadRequest() if any(mark in words for mark in NOT_FOUND):
            return Undelivered("gone" if is_group else "unbound", detail=detail)
        case BadRequest():
            return Undelivered("gone" if any(mark in words for mark in GONE) else "refused", detail=detail)
        case Unreached():
            return Undelivered("down", detail=detail, surely=True)
        case NetworkError() if "(413)" in words or "too large" in words:
            return Undelivered("refused", detail=detail)
        case NetworkError() if "(429)" in words or "too many requests" in words:
            return Undelivered("limited", detail=detail)
        case _:
            return Undelivered("down", detail=detail)  # 401 and 404 too: a proxy says them now and then


def _keyboard(buttons: tuple[Button, ...]) -> str:
    """Lay out the buttons: short ones side by side, long ones below each other."""
    rows: list[list[dict[str, str]]] = []
    room = 0
    for button in buttons:
        width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in button.label) + 2
        if not rows or width > room or len(rows[-1]) == ROW_BUTTONS:
            rows.append([])
            room = ROW_WIDTH
        rows[-1].append({"text": button.label, "callback_data": button.press})
        room -= width
    return json.dumps({"inline_keyboard": rows}, ensure_ascii=False)
