"""Messages out to Telegram, and what its refusals mean. It imports telegram; the door imports it only to send."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.degrade import speakable, split
from vocabulary.delivery import Moved, Undelivered

if TYPE_CHECKING:
    import telegram

    from vocabulary.messages import Button, Chat, Shown

TEXT_BYTES = 4096  # Telegram counts 4096 UTF-16 units; a character never has more of those than bytes
CAPTION_UNITS = 1024
ROW_WIDTH = 24  # columns; a Chinese character takes two
ROW_BUTTONS = 4
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)  # Telegram's look at a one-time link would use it up

# Telegram's own words, as far as they tell one refusal from another.
CANNOT_START = ("can't initiate conversation", "bot was not started")
GONE = ("kicked", "deactivated", "deleted", "not a member", "thread not found", "topic_deleted")
NOT_FOUND = ("chat not found", "peer_id_invalid", "user not found")
NOT_CHANGED = "message is not modified"
CANNOT_EDIT = ("to edit not found", "can't be edited", "message_id_invalid", "message identifier is not specified")


async def deliver(bot: telegram.Bot, chat: Chat, message: Shown) -> str:
    """Send or replace one message and return its id in the chat.

    Where the message to replace cannot be changed any more, a new one is sent.

    Raises:
        Undelivered: it did not arrive, and why.
        Moved: the group has another id now.
    """
    try:
        return await _deliver(bot, chat, message)
    except TelegramError as error:
        raise failure_of(error, is_group=chat.kind == "group") from None
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise Undelivered("refused", detail=f"unreadable answer: {type(error).__name__}") from None


async def _deliver(bot: telegram.Bot, chat: Chat, message: Shown) -> str:
    number, _, topic = chat.id.partition("/")
    chat_id, thread = int(number), int(topic) if topic else None
    keyboard = _keyboard(message.buttons)
    pieces = split(speakable(message.text), TEXT_BYTES) or ("",)
    if message.replaces and message.file_data is None and len(pieces) == 1:
        replaced = await _replace(bot, chat_id, message.replaces, pieces[0], keyboard)
        if replaced is not None:
            return replaced
    if message.file_data is not None:
        *before, caption = pieces
        if len(caption.encode("utf-16-le")) // 2 > CAPTION_UNITS:
            before, caption = [*before, caption], ""
        for piece in before:
            await bot.send_message(chat_id, piece, message_thread_id=thread, link_preview_options=NO_PREVIEW)
        sent = await bot.send_document(
            chat_id,
            message.file_data,
            filename=message.file_name,
            caption=caption or None,
            reply_markup=keyboard,
            message_thread_id=thread,
        )
        return str(sent.message_id)
    for piece in pieces[:-1]:
        await bot.send_message(chat_id, piece, message_thread_id=thread, link_preview_options=NO_PREVIEW)
    sent = await bot.send_message(
        chat_id, pieces[-1], reply_markup=keyboard, message_thread_id=thread, link_preview_options=NO_PREVIEW
    )
    return str(sent.message_id)


async def _replace(
    bot: telegram.Bot, chat_id: int, message_id: str, text: str, keyboard: InlineKeyboardMarkup | None
) -> str | None:
    """Change a message in place and return its id; None where it cannot be changed any more."""
    if not message_id.isdecimal():
        return None
    try:
        await bot.edit_message_text(
            text, chat_id, int(message_id), reply_markup=keyboard, link_preview_options=NO_PREVIEW
        )
    except BadRequest as error:
        words = error.message.casefold()
        if any(mark in words for mark in CANNOT_EDIT):
            return None
        if NOT_CHANGED not in words:
            raise
    except (LookupError, TypeError, AttributeError):
        pass  # Telegram took it; only its answer has no message in it
    return message_id


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
        case NetworkError() if "(413)" in words or "too large" in words:
            return Undelivered("refused", detail=detail)
        case NetworkError() if "(429)" in words or "too many requests" in words:
            return Undelivered("limited", detail=detail)
        case _:
            return Undelivered("down", detail=detail)  # 401 and 404 too: a proxy says them now and then


def _keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """Lay out the buttons: short ones side by side, long ones below each other."""
    rows: list[list[InlineKeyboardButton]] = []
    room = 0
    for button in buttons:
        width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in button.label) + 2
        if not rows or width > room or len(rows[-1]) == ROW_BUTTONS:
            rows.append([])
            room = ROW_WIDTH
        rows[-1].append(InlineKeyboardButton(button.label, callback_data=button.press))
        room -= width
    return InlineKeyboardMarkup(rows) if rows else None
