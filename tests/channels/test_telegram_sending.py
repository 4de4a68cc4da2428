"""What the Telegram door sends, its webhook, and what it keeps to itself."""

import asyncio
import contextlib
import io
import json
import logging

import pytest
from aiohttp import ClientSession
from fake_telegram import FakeTelegram
from serving import routes_served, until
from telegram_scene import LIHUI, Ear, said, telegram

from vocabulary.delivery import Undelivered
from vocabulary.messages import AskedQuiz, Button, Chat, Shown

HOOK_SECRET = "hook-secret"  # noqa: S105  an invented one


def test_a_card_changes_in_place_and_sends_anew_when_it_cannot():
    async def scene():
        async with telegram(Ear()) as (door, server):
            topic = Chat("telegram", "-1001/45", "group")
            first = await door.send(topic, Shown("1/17", (Button("签到", "in:1"),)))
            same = await door.send(topic, Shown("2/17", (Button("签到", "in:1"),), replaces=first))
            server.fail("editMessageText", 400, "Bad Request: message is not modified: specified new message content")
            again = await door.send(topic, Shown("2/17", replaces=first))
            server.fail("editMessageText", 400, "Bad Request: message to edit not found")
            other = await door.send(topic, Shown("3/17", replaces=first))
            strange = await door.send(topic, Shown("4/17", replaces="x"))
            return first, same, again, other, strange, server

    first, same, again, other, strange, server = asyncio.run(scene())
    assert first == same == again
    assert len({first, other, strange}) == 3
    assert server.shown[first]["text"] == "2/17"
    sends = server.called("sendMessage")
    assert [(fields["text"], fields["message_thread_id"]) for fields in sends] == [
        ("1/17", "45"), ("3/17", "45"), ("4/17", "45")]  # fmt: skip
    assert json.loads(sends[0]["link_preview_options"]) == {"is_disabled": True}


def test_files_go_with_their_words():
    async def scene():
        async with telegram(Ear()) as (door, server):
            ids = [
                await door.send(LIHUI, Shown("记录", (Button("好", "ok"),), "会议记录.docx", b"\x00PK")),
                await door.send(LIHUI, Shown("长" * 1100, (), "b.txt", b"b")),
            ]
            return [server.shown[number] for number in ids], server.called("sendMessage")

    (short, long), messages = asyncio.run(scene())
    assert (short["text"], short["file"]) == ("记录", ("会议记录.docx", b"\x00PK"))
    assert short["reply_markup"]["inline_keyboard"] == [[{"text": "好", "callback_data": "ok"}]]
    assert (long["text"], long["file"]) == ("", ("b.txt", b"b"))
    assert [fields["text"] for fields in messages] == ["长" * 1100]


def test_buttons_stand_side_by_side_while_they_fit():
    async def scene():
        labels = ["确认", "修改", "取消", "A 坚持民主集中制，这是党的根本组织原则", "B", "C", "D", "E", "F"]
        async with telegram(Ear()) as (door, server):
            card = await door.send(LIHUI, Shown("x", tuple(Button(label, label[:4]) for label in labels)))
            return server.shown[card]["reply_markup"]["inline_keyboard"]

    rows = [[button["text"][:2] for button in row] for row in asyncio.run(scene())]
    assert rows == [["确认", "修改", "取消"], ["A "], ["B", "C", "D", "E"], ["F"]]


@pytest.mark.parametrize(
    ("status", "description", "parameters", "why", "retry_after"),
    [
        (429, "Too Many Requests", {"retry_after": 7}, "limited", 7.0),
        (429, "Too Many Requests", {}, "limited", None),
        (403, "Forbidden: bot was blocked by the user", {}, "blocked", None),
        (403, "Forbidden: bot can't initiate conversation with a user", {}, "unbound", None),
        (403, "Forbidden: bot was kicked from the supergroup chat", {}, "gone", None),
        (403, "Forbidden: user is deactivated", {}, "gone", None),
        (400, "Bad Request: chat not found", {}, "unbound", None),
        (400, "Bad Request: message thread not found", {}, "gone", None),
        (400, "Bad Request: BUTTON_DATA_INVALID", {}, "refused", None),
        (401, "Unauthorized", {}, "down", None),
        (404, None, {}, "down", None),
        (409, "Conflict", {}, "down", None),
        (500, "Internal Server Error", {}, "down", None),
        (502, None, {}, "down", None),
        (413, "Request Entity Too Large", {}, "refused", None),
    ],
)
def test_each_failure_has_its_word(status, description, parameters, why, retry_after):
    async def scene():
        async with telegram(Ear()) as (door, server):
            server.fail("sendMessage", status, description, **parameters)
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, Shown("x"))
        with pytest.raises(Undelivered) as closed:
            await door.send(LIHUI, Shown("x"))
        return failure.value, closed.value

    failure, closed = asyncio.run(scene())
    assert (failure.why, failure.retry_after, failure.surely) == (why, retry_after, why != "down")
    assert (closed.why, closed.surely) == ("down", True)


# ---- the webhook


@contextlib.asynccontextmanager
async def hooked(ear, **changes):
    settings = {"mode": "webhook", "webhook_secret": HOOK_SECRET, "public_url": "https://zhibu.example.org/"}
    async with (
        telegram(ear, **(settings | changes)) as (door, server),
        routes_served(door.routes) as app,
        ClientSession() as web,
    ):

        async def post(body, secret=HOOK_SECRET):
            headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
            async with web.post(f"{app}/telegram", data=io.BytesIO(body), headers=headers) as answer:
                return answer.status

        yield server, post


def update(number, text):
    return json.dumps({"update_id": number, **said(text)}).encode()


def test_the_webhook_commits_before_it_answers():
    async def scene():
        ear = Ear()
        async with hooked(ear) as (server, post):
            good = await post(update(1, "签到"))
            assert ear.texts == ["签到"]
            forged = [await post(update(2, "假"), secret) for secret in ("wrong", "ü", "", None)]
            shapeless = [await post(b"{"), await post(b" " * ((1 << 20) + 1)), await post(b"[" * 100_000)]
            poison = await post(b'{"update_id": 3, "callback_query": {}}')
            (asked,) = server.called("setWebhook")
            return ear.texts, good, forged, shapeless, poison, asked, server.polls

    texts, good, forged, shapeless, poison, asked, polls = asyncio.run(scene())
    assert (texts, good, forged, shapeless, poison, polls) == (["签到"], 200, [403] * 4, [400, 413, 400], 200, [])
    assert (asked["url"], asked["secret_token"]) == ("https://zhibu.example.org/telegram", HOOK_SECRET)
    assert "drop_pending_updates" not in asked


def test_a_webhook_that_could_not_store_asks_for_a_repeat():
    async def broken(incoming):
        raise OSError("disk full")

    async def scene():
        async with hooked(broken) as (_, post):
            return await post(update(1, "签到"))

    assert asyncio.run(scene()) == 503


# ---- settings and secrets


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"token": ""}, "token is empty"),
        ({"token": "7:wrong"}, "does not accept token"),
        ({"mode": "webhook", "public_url": "http://x", "webhook_secret": "s"}, "https"),
        ({"mode": "webhook", "public_url": "https://x", "webhook_secret": "bad secret"}, "webhook_secret"),
    ],
)
def test_settings_that_cannot_work_are_told_at_start(changes, why):
    async def scene():
        async with telegram(Ear(), **changes):
            pass

    with pytest.raises(ValueError, match=why):
        asyncio.run(scene())


def test_the_token_stays_out_of_errors_logs_and_representations(caplog):
    caplog.set_level(logging.DEBUG)

    async def scene():
        told = []
        async with hooked(Ear()) as (server, _):
            assert server.calls
        async with telegram(Ear()) as (door, server):
            server.fail("getUpdates", 404, None)
            server.fail("sendMessage", 404, None)
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, Shown("x"))
            told += [str(failure.value), repr(failure.value), failure.value.detail, repr(door)]
            await until(lambda: len(server.faults["getUpdates"]) == 0)
            told.append(door.last_fault)
        async with telegram(Ear(), api_base="http://127.0.0.1:9") as (door, _):
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, Shown("x"))
            told += [str(failure.value), repr(failure.value.__cause__), door.last_fault]
        return " ".join(told)

    told = asyncio.run(scene()) + caplog.text
    assert "was not found" in told
    assert FakeTelegram().token not in told
    assert HOOK_SECRET not in told


def test_a_question_is_a_quiz_of_telegrams_own_until_it_closes():
    quiz = AskedQuiz("党支部多少人以上设支委会？", ("3人", "7人"), 1)
    buttons = (Button("A", "qz:1:A"), Button("B", "qz:1:B"))

    async def scene():
        ear = Ear()
        async with telegram(ear) as (door, server):
            sent = await door.send(LIHUI, Shown("a question", buttons, quiz=quiz))
            (message_id,) = server.shown
            same = await door.send(LIHUI, Shown("a question", buttons, quiz=quiz, replaces=sent))
            server.choose(1001, message_id, 0)
            await until(lambda: ear.heard)
            await door.send(LIHUI, Shown("closed", replaces=sent))
            server.fail("stopPoll", 400, "Bad Request: poll has already been closed")
            await door.send(LIHUI, Shown("closed", replaces=sent))
            return sent, same, server.shown[message_id], ear.heard

    sent, same, shown, (chosen,) = asyncio.run(scene())
    assert (shown["poll"]["question"], shown["poll"]["options"]) == (quiz.question, list(quiz.options))
    assert (shown["poll"]["right"], shown["poll"]["anonymous"], shown["closed"]) == (1, "false", True)
    assert (chosen.chat, chosen.account, chosen.chosen, chosen.pressed) == (LIHUI, "1001", 0, None)
    assert sent.startswith(chosen.about)
    assert same == sent
