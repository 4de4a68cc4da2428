"""Telegram's updates in the house's words. Pure; telegram's classes are read, not imported."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vocabulary.messages import Attachment, Chat, Incoming

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import telegram

GROUPS = {"group", "supergroup"}
OUTSIDE = {"left", "kicked"}
ADMINISTRATOR = "administrator"
PRESS = "cb:"
"""Begins the id of a press; what follows is Telegram's own id of it."""
LINKED = re.compile(r"([a-z]+)_(\d+)")


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself: its number, its @name, the name that people see, and whether it hears all that groups say.

    `commands` are the words that each command of its menu stands for (`checkin`: what one says to check in), and
    `start_word` is what is said with the code that a link brought.
    """

    id: int
    username: str
    first_name: str
    hears_groups: bool = False
    commands: Mapping[str, str] = field(default_factory=dict)
    start_word: str = "/start"


@dataclass(frozen=True, slots=True)
class Migration:
    """A group became a supergroup; Telegram says so in the old chat and in the new one."""

    old: str
    new: str


def read_update(update: telegram.Update, me: Me, now: datetime) -> Incoming | Migration | None:  # noqa: PLR0911  one a kind
    """Return what an update means to the house; None for what it does not hear.

    Not heard: channels, bots, service messages, commands to other bots. People who speak as their group or channel
    are told, where they speak to the bot, that nobody knows who they are. A button press has no time of its own: it
    gets `now`. Ids hold the bot's: another bot counts its messages from the beginning again.
    """
    if update.callback_query is not None:
        return _press(update.callback_query, now)
    if update.poll_answer is not None:
        return _chosen(update.poll_answer, now)
    if update.my_chat_member is not None:
        return _presence(update.my_chat_member, me, update.update_id)
    message = update.message
    if message is None:
        return None
    if message.migrate_to_chat_id:
        return Migration(str(message.chat.id), str(message.migrate_to_chat_id))
    if message.migrate_from_chat_id:
        return Migration(str(message.migrate_from_chat_id), str(message.chat.id))
    return _said(message, me)


def _said(message: telegram.Message, me: Me) -> Incoming | None:
    sender, attachments = message.from_user, _attachments(message)
    is_masked = message.sender_chat is not None
    if sender is None or (sender.is_bot and not is_masked) or message.is_automatic_forward:
        return None
    spoken = _spoken(message, me)
    if message.chat.type == "channel" or spoken is None or (message.text is None and not attachments):
        return None
    text, is_named = spoken
    text, pressed = _commanded(text, me)
    is_addressed = is_named or pressed is not None or message.chat.type not in GROUPS or _answers(message, me)
    if is_masked and not is_addressed:
        return None
    heard = Incoming(
        channel="telegram",
        chat=_chat(message),
        account=str(sender.id),
        message_id=f"{me.id}:{message.chat.id}:{message.message_id}",
        at=message.date,
        text=text,
        pressed=pressed,
        addressed=is_addressed,
        attachments=attachments,
        name=sender.full_name,
    )
    return replace(heard, account="", name="", event="masked") if is_masked else heard


def _commanded(text: str, me: Me) -> tuple[str, str | None]:
    """Return the words that a command stands for; what a link carried (`/start in_12`) is a press (`in:12`)."""
    name, _, rest = text.removeprefix("/").partition(" ") if text.startswith("/") else ("", "", "")
    link = LINKED.fullmatch(rest) if name == "start" else None
    if link is not None:
        return "", f"{link[1]}:{link[2]}"
    words = me.start_word if name == "start" and rest else me.commands.get(name)
    return (f"{words} {rest}".strip() if words else text), None


def _presence(change: telegram.ChatMemberUpdated, me: Me, number: int) -> Incoming | None:
    """Return that the bot was let in or put out; None where only its rights changed and it hears no less."""
    is_group = change.chat.type in GROUPS
    before, after = change.old_chat_member.status, change.new_chat_member.status
    was_in, is_in = before not in OUTSIDE, after not in OUTSIDE
    deaf = is_group and is_in and not me.hears_groups and after != ADMINISTRATOR
    if change.chat.type == "channel" or (was_in == is_in and (not is_in or before == after)):
        return None
    return Incoming(
        channel="telegram",
        chat=Chat("telegram", str(change.chat.id), "group" if is_group else "private", change.chat.title or ""),
        account=str(change.from_user.id),
        message_id=f"member:{me.id}:{number}",
        at=change.date,
        event="joined" if is_in else "left",
        deaf=deaf,
        name=change.from_user.full_name,
    )


def _chosen(answer: telegram.PollAnswer, now: datetime) -> Incoming | None:
    """Return which option of a quiz somebody chose; a choice that is taken back says nothing."""
    if answer.user is None or not answer.option_ids:
        return None
    account = str(answer.user.id)
    return Incoming(
        channel="telegram",
        chat=Chat("telegram", account, "private"),
        account=account,
        message_id=f"poll:{answer.poll_id}:{account}:{answer.option_ids[0]}",
        at=now,
        addressed=True,
        name=answer.user.full_name,
        about=f"poll:{answer.poll_id}:",
        chosen=answer.option_ids[0],
    )


def _press(query: telegram.CallbackQuery, now: datetime) -> Incoming | None:
    message = query.message
    if message is None or query.data is None:
        return None
    return Incoming(
        channel="telegram",
        chat=_chat(message),
        account=str(query.from_user.id),
        message_id=f"{PRESS}{query.id}",
        at=now,
        text=_label(message, query.data),
        pressed=query.data,
        addressed=True,
        name=query.from_user.full_name,
    )


def _label(message: telegram.MaybeInaccessibleMessage, data: str) -> str:
    """Return the words on the button that was pressed, where the message still shows it."""
    markup = getattr(message, "reply_markup", None)
    rows = markup.inline_keyboard if markup is not None else ()
    return next((str(button.text) for row in rows for button in row if button.callback_data == data), "")


def _chat(message: telegram.MaybeInaccessibleMessage) -> Chat:
    """Name the chat; a topic of a forum is a chat of its own (`-100123/45`).

    The thread of a message is its topic only where Telegram says so: answers in the general topic carry the number
    of a thread that cannot be written to.
    """
    is_group = message.chat.type in GROUPS
    topic = getattr(message, "message_thread_id", None) if getattr(message, "is_topic_message", None) else None
    name = f"{message.chat.id}/{topic}" if topic else str(message.chat.id)
    return Chat("telegram", name, "group" if is_group else "private", (message.chat.title or "") if is_group else "")


def _answers(message: telegram.Message, me: Me) -> bool:
    """Return whether the message answers one of ours (every message in a topic "answers" the topic's beginning)."""
    answered = message.reply_to_message
    if answered is None or answered.from_user is None or answered.forum_topic_created is not None:
        return False
    return answered.from_user.id == me.id


def _spoken(message: telegram.Message, me: Me) -> tuple[str, bool] | None:
    """Return the words without the bot's own name, and whether it was named; None where another bot was called."""
    text = message.text or message.caption or ""
    is_named = False
    units = text.encode("utf-16-le")  # Telegram counts in these
    for entity in sorted(message.entities or message.caption_entities, key=lambda found: -found.offset):
        start, end = entity.offset * 2, (entity.offset + entity.length) * 2
        words = units[start:end].decode("utf-16-le", "ignore")
        if entity.type == "bot_command" and "@" in words:
            if words.partition("@")[2].casefold() != me.username.casefold():
                return None
            start += len(words.partition("@")[0].encode("utf-16-le"))
        elif not _names_me(entity, words, me):
            continue
        is_named = True
        units = units[:start] + units[end:]
    if is_named:
        text = re.sub(r" {2,}", " ", units.decode("utf-16-le", "ignore")).strip()
    elif me.first_name and text.startswith(f"@{me.first_name}"):  # typed by hand, by the name that people see
        text, is_named = text.removeprefix(f"@{me.first_name}").lstrip(" :：,，"), True
    return text, is_named


def _names_me(entity: telegram.MessageEntity, words: str, me: Me) -> bool:
    if entity.type == "mention":
        return words.casefold() == f"@{me.username}".casefold()
    return entity.type == "text_mention" and entity.user is not None and entity.user.id == me.id


def _attachments(message: telegram.Message) -> tuple[Attachment, ...]:
    """Return what came with the words; a file is named by Telegram's id of it, never by an address with our token."""
    if message.photo:
        return (Attachment("image", url=f"telegram-file:{message.photo[-1].file_id}"),)
    voice = message.voice or message.audio
    if voice is not None:
        return (Attachment("voice", url=f"telegram-file:{voice.file_id}"),)
    file = message.document
    if file is not None:
        return (Attachment("file", name=file.file_name or "", url=f"telegram-file:{file.file_id}"),)
    place = message.location
    if place is not None:
        label = message.venue.title if message.venue is not None else ""
        return (Attachment("location", name=label, latitude=place.latitude, longitude=place.longitude),)
    return (Attachment("other"),) if message.effective_attachment is not None else ()
