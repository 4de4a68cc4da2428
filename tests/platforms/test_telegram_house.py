"""A whole house behind the Telegram door: what people in a group, in its topics and in private live to see."""

import asyncio
import json
import re
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import ClientSession
from fake_telegram import BOT, DATE, GROUP, FakeTelegram, became, message
from npm_peers import telegram_test_api
from serving import until
from sqlalchemy import select
from telegram_house import CALL, MEETING, MOMENT, door_open, telegram_house, telegram_open

from services.post import Post
from storage import tables
from vocabulary.messages import Text

TOPIC = {"message_thread_id": 45, "is_topic_message": True}
SMALL = {"id": -5, "type": "group", "title": "研发群"}
LARGE = {"id": -1005, "type": "supergroup", "title": "研发群"}


@pytest.fixture
def live(tmp_path, request):
    """Return a function that plays a scene in a house whose group is tied as the mark `group` says."""
    house = telegram_house(tmp_path, getattr(request, "param", "-1001"))

    def run(scene, server=None):
        async def whole():
            async with telegram_open(house, server) as play:
                return await scene(play)

        return asyncio.run(whole())

    yield run
    house.close()


async def called(play, chat=GROUP, **where):
    """Let 李慧 call a meeting; it is then 15:00 and the group has its card."""
    await play.say("李慧", CALL)
    await play.press("李慧", "确认")
    await play.house.advance(MEETING, play.house.clock)
    return await play.say("李慧", "@支部助手 开始签到", chat, **where)


def attended(house):
    A = tables.attendances  # noqa: N806  a table
    with house.database.read() as tx:
        return len(tx.all(select(A.c.id).where(A.c.checked_at.is_not(None))))


def test_a_meeting_is_called_and_a_group_checks_in_by_button_word_command_and_link(live):
    async def scene(play):
        before = await called(play)
        await play.press("王晓明", "签到", GROUP)
        await play.say("吴丽娜", "签到", GROUP)
        await play.say("郑凯", "/checkin", GROUP, entities=[{"type": "bot_command", "offset": 0, "length": 8}])
        linked = await play.say("冯媛", "/start in_1")
        return before, linked, [call for call in play.told() if call[0] == "editMessageText"], play.server, play.house

    before, linked, edits, server, house = live(scene)
    assert house.doors["telegram"].can.edit_seconds == 3  # how the post keeps it is tested there
    assert "已签到0/17" in "".join(text for _, chat, text in before if chat == "-1001")
    assert {chat for _, chat, _ in edits} == {"-1001"}
    assert "已签到4/17" in edits[-1][2]
    assert any("已签到" in text for method, chat, text in linked if (method, chat) == ("sendMessage", "1009"))
    assert len({fields["message_id"] for name, fields in server.calls if name == "editMessageText"}) == 1
    assert all(fields["callback_query_id"].isdecimal() for fields in server.called("answerCallbackQuery"))
    assert len(server.called("answerCallbackQuery")) == 2, "a link is no press"
    assert attended(house) == 4


class Locked:
    """A writer that another program locks out, for so many messages."""

    def __init__(self, writer):
        self.writer, self.times = writer, 0

    async def do(self, job):
        if self.times:
            self.times -= 1
            fault = sqlite3.OperationalError("database is locked")
            fault.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise fault
        return await self.writer.do(job)


def test_a_bare_word_in_a_group_that_could_not_be_stored_comes_again(tmp_path):
    """Nobody would be told that it was lost."""
    house = telegram_house(tmp_path)
    locked = Locked(house.writer)
    house.desk = replace(house.desk, writer=locked)

    async def scene():
        async with telegram_open(house) as play:
            await called(play)
            locked.times = 2
            await play.say("吴丽娜", "签到", GROUP)

    asyncio.run(scene())
    assert attended(house) == 1
    house.close()


@pytest.mark.parametrize("live", ["-1001/45"], indirect=True)
def test_what_belongs_to_a_topic_goes_to_it_and_an_answer_goes_where_it_was_asked(live):
    async def scene(play):
        await called(play, GROUP, **TOPIC)
        asked = await play.say("李慧", "@支部助手 这周有什么会", GROUP, message_thread_id=46, is_topic_message=True)
        await play.press("王晓明", "签到", GROUP, **TOPIC)
        return asked, play.server.called("sendMessage"), play.told()[-1]

    asked, sent, last = live(scene)
    threads = [fields.get("message_thread_id") for fields in sent if fields["chat_id"] == "-1001"]
    assert set(threads) == {"45", "46"}
    assert threads.count("46") == len(asked) == 1
    assert (last[0], "已签到1/17" in last[2]) == ("editMessageText", True)


@pytest.mark.parametrize("live", ["-1001", "-1001/45"], indirect=True)
def test_put_out_of_the_group_the_secretary_hears_it_and_back_in_it_goes_on(live):
    async def scene(play):
        out = await play.give(lambda: play.server.give(**became("member", "kicked")))
        back = await play.give(lambda: play.server.give(**became("left", "member")))
        return out, back

    ((method, chat, text),), back = live(scene)
    assert (method, chat) == ("sendMessage", "1001")
    assert text.startswith("我被移出了群“研发群”")
    assert back == [], "the group is tied still"


def test_privacy_mode_is_asked_again_when_it_is_let_in(live, monkeypatch):
    monkeypatch.setitem(BOT, "can_read_all_group_messages", 0)

    async def scene(play):
        deaf = await play.give(lambda: play.server.give(**became("left", "member")))
        monkeypatch.setitem(BOT, "can_read_all_group_messages", 1)
        return deaf, await play.give(lambda: play.server.give(**became("left", "member")))

    ((_, _, text),), hearing = live(scene)
    assert text.startswith("现在这里只听得到")
    assert hearing == []


def test_who_speaks_as_the_group_is_told_that_nobody_knows_who_it_is(live):
    async def scene(play):
        masked = {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}, "sender_chat": GROUP}
        quiet = await play.say("李慧", "签到", GROUP, **masked)
        quiet += await play.say("李慧", "@支部助手 取消会议", GROUP, **masked, is_automatic_forward=True)
        return quiet, await play.say("李慧", "@支部助手 取消会议", GROUP, **masked)

    quiet, ((_, chat, text),) = live(scene)
    assert quiet == []
    assert (chat, text.startswith("以群或频道的名义说的话")) == ("-1001", True)


def test_a_link_from_the_secretary_binds_whoever_opens_it_first(live):
    async def scene(play):
        ((_, chat, given),) = await play.say("李慧", "绑定朱立")
        (word,) = re.findall(r"https://t\.me/zhibu_test_bot\?start=(\S+)", given)
        opened = await play.say(99, f"/start {word}", entities=[{"type": "bot_command", "offset": 0, "length": 6}])
        again = await play.say(98, f"/start {word}")
        return chat, opened, again

    chat, ((_, to, bound),), ((_, _, refused),) = live(scene)
    assert (chat, to, bound.startswith("已绑定：朱立")) == ("1001", "99", True)
    assert "用过了" in refused


def test_whoever_is_bound_and_opens_a_link_again_is_told_so(live):
    async def scene(play):
        command = {"entities": [{"type": "bot_command", "offset": 0, "length": 6}]}
        return await play.say("王晓明", "/start ABCD2345", **command), await play.say("王晓明", "/start", **command)

    ((_, _, again),), ((_, _, bare),) = live(scene)
    assert again == "这里已经绑定了王晓明。"
    assert "谁还没回" in bare, "without a code it is help"


ORDERS = {
    "old group first": [0, 1],
    "new group first": [1, 0],
    "only the new group says it": [1],
    "only sending says it": [],
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("live", ["-5"], indirect=True)
def test_a_group_that_becomes_a_supergroup_is_followed_whatever_was_said_there_before(live, order):
    moves = [message(1001, None, SMALL, 90, migrate_to_chat_id=-1005),
             message(1001, None, LARGE, 1, migrate_from_chat_id=-5)]  # fmt: skip

    async def scene(play):
        await called(play, SMALL)
        await play.say("李慧", "@支部助手 下周三下午三点开支委会", SMALL)
        await play.say("李慧", "@支部助手 绑定本群到研发党支部", LARGE)
        await play.say("李慧", "@支部助手 下周三下午三点开支委会", LARGE)
        for number in order:
            await play.give(lambda number=number: play.server.give(message=moves[number]))
        before = len(play.server.calls)
        for _ in range(0 if order else 2):
            for method in ("sendMessage", "editMessageText"):
                play.server.fail(method, 400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1005)
        await play.say("王晓明", "签到", LARGE)
        play.server.faults.clear()
        await play.rest()
        return [call for call in play.told(before) if call[1] != "1001"], play.house

    told, house = live(scene)
    shown = [(method, chat) for method, chat, text in told if "已签到1/17" in text]
    assert shown[-1] == ("sendMessage", "-1005"), "a message's number does not hold in the new group"
    with house.database.read() as tx:
        ties = [row.chat for row in tx.all(select(tables.chats.c.chat))]
    assert ties.count("-1005") == 1
    assert "-5" not in ties


def test_a_quiz_is_answered_once_whatever_is_chosen_later_and_after_a_restart(tmp_path):
    async def choose(play, number, *options):
        told = await play.give(play.server.choose, 1010, number, *options)
        return [text for method, _, text in told if method == "sendMessage"]

    async def scene():
        server = FakeTelegram()
        async with telegram_open(telegram_house(tmp_path), server) as play:
            await play.say("褚文博", "给我一道题")
            ((number, shown),) = [(number, shown) for number, shown in server.shown.items() if "poll" in shown]
            taken_back = await choose(play, number)
            play.house.close()
        right = shown["poll"]["right"]
        async with telegram_open(telegram_house(tmp_path), server) as play:
            answers = [await choose(play, number, option) for option in (right, right, 1 - min(right, 1))]
            play.house.close()
        return taken_back, answers, shown

    taken_back, ((first,), again, (other,)), shown = asyncio.run(scene())
    assert taken_back == again == []
    assert first.startswith("对")
    assert "不作数" in other
    assert shown["closed"]


def test_an_answer_to_a_quiz_that_is_over_says_so(live):
    async def scene(play):
        await play.say("褚文博", "给我一道题")
        (number,) = [number for number, shown in play.server.shown.items() if "poll" in shown]
        await play.say("褚文博", "给我一道题")
        told = await play.give(play.server.choose, 1010, number, 0)
        return number, told, play.server.shown[number].get("closed")

    _, told, closed = live(scene)
    assert closed
    assert [chat for _, chat, _ in told] == ["1010"]


def test_a_person_who_blocked_it_is_written_to_again_once_they_let_it_in(live):
    async def scene(play):
        private = {"id": 1006, "type": "private", "first_name": "王晓明"}
        state = []
        for before, after in (("member", "kicked"), ("kicked", "member")):
            change = became(before, after, private, 1006)
            await play.give(lambda change=change: play.server.give(**change))
            state.append(reachable(play.house))
        play.server.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")
        await play.say("王晓明", "这周有什么会")
        state.append(reachable(play.house))
        await play.say("王晓明", "这周有什么会")
        return [*state, reachable(play.house)]

    assert live(scene) == [False, True, False, True]


def reachable(house):
    table = tables.accounts
    with house.database.read() as tx:
        return tx.value(select(table.c.reachable).where(table.c.account == "1006"))


def test_whoever_says_what_it_cannot_read_is_told_once_and_a_group_is_left_alone(live):
    file = {"file_id": "a", "file_unique_id": "b"}
    sticker = file | {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
    odd = [
        (None, {"sticker": sticker}), ("👍", {}), ("x" * 1_000_000, {}), (None, {"document": file}),
        (None, {"location": {"latitude": 31.2, "longitude": 121.4}}),
    ]  # fmt: skip

    async def scene(play):
        private = [await play.say("李慧", text, **more) for text, more in odd]
        group = [await play.say("李慧", text, GROUP, **more) for text, more in odd]
        return private, group

    private, group = live(scene)
    assert [len(told) for told in private] == [1] * len(odd)
    assert "太长" in private[2][0][2]
    assert group == [[]] * len(odd)


def test_a_menu_that_is_refused_keeps_nobody_from_being_heard(live):
    server = FakeTelegram()
    server.fail("setMyCommands", 400, "Bad Request: BOT_COMMAND_INVALID")

    async def scene(play):
        await until(lambda: server.called("setMyCommands"))
        return await play.say("李慧", "这周有什么会")

    assert live(scene, server) == [("sendMessage", "1001", "这周没有会。")]
    (menu,) = server.called("setMyCommands")
    assert {entry["command"].isascii() for entry in json.loads(menu["commands"])} == {True}


def test_whatever_waits_no_window_holds_more_than_telegram_takes(tmp_path):
    house = telegram_house(tmp_path)
    server = FakeTelegram(clock=house.clock)

    def write(tx):
        post = Post(tx, house.clock.now(), 1)
        for number in range(60):
            post.to_chat("telegram", f"-1001/{number % 2}", Text("notices.plain", {"text": f"g{number}"}))
        for number in range(150):
            post.to_chat("telegram", str(5000 + number % 75), Text("notices.plain", {"text": f"p{number}"}))

    async def scene():
        async with telegram_open(house, server):
            house.writer.run(write)
            await house.settle()
            while (due := house.next_due()) is not None and due < house.clock.now() + timedelta(minutes=5):
                house.clock.set(due)
                await house.settle()
        house.close()

    asyncio.run(scene())
    sends = [(at, fields["chat_id"]) for at, (name, fields) in server.times if name == "sendMessage"]
    group = [at for at, chat in sends if chat == "-1001"]
    assert (len(sends), len(group)) == (210, 60)
    assert busiest([at for at, _ in sends], 1) <= 30
    assert (busiest(group, 60), busiest(group, 1)) == (20, 1)
    assert max(busiest([at for at, to in sends if to == chat], 1) for _, chat in sends) == 1


def busiest(times, seconds):
    """The most that any window of so many seconds, open at its end, holds."""
    return max(sum(first <= at < first + timedelta(seconds=seconds) for at in times) for first in times)


# ---- a Bot API server that somebody else wrote


class Others:
    """People at that server."""

    token = "123:ABC"  # noqa: S105  an invented one

    def __init__(self, web, api):
        self.web, self.api = web, api

    async def post(self, path, **body):
        async with self.web.post(f"{self.api}/{path}", json=body) as answer:
            return await answer.json()

    async def say(self, account, text, chat):
        who = {"id": account, "first_name": "x", "is_bot": False}
        await self.post("sendMessage", botToken=self.token, text=text, chat=chat, date=DATE, **{"from": who})

    async def press(self, account, label, chat):
        who = {"id": account, "first_name": "x", "is_bot": False}
        number, button = next(
            (number, button)
            for number, sent in reversed(await self.sent(chat["id"]))
            for row in rows_of(sent)
            for button in row
            if button["text"] == label
        )
        card = {"message_id": number, "date": 0, "chat": chat}
        data = button["callback_data"]
        await self.post("sendCallback", botToken=self.token, message=card, data=data, **{"from": who})

    async def sent(self, chat):
        """What the bot sent to a chat, each with its number, as it stands there now."""
        entries = (await self.post("getUpdatesHistory", token=self.token))["result"]
        ours = [entry for entry in entries if str(entry.get("message", {}).get("chat_id")) == str(chat)]
        return [(entry["messageId"], entry["message"]) for entry in ours]

    async def until_sent(self, chat, words):
        async with asyncio.timeout(8):
            while not any(words in sent["text"] for _, sent in await self.sent(chat)):  # noqa: ASYNC110  it is asked
                await asyncio.sleep(0.02)


def test_at_a_server_that_is_not_ours_a_meeting_is_called_and_a_group_checks_in(tmp_path):
    house, lihui = telegram_house(tmp_path), {"id": 1001, "type": "private", "first_name": "x"}

    async def rest():
        for _ in range(3):
            house.clock.set(house.clock.now() + MOMENT)
            await house.settle()

    async def scene():
        async with (
            telegram_test_api() as api,
            ClientSession() as web,
            door_open(house, Others.token, api),
        ):
            people = Others(web, api)
            await people.say(1001, CALL, lihui)
            await people.until_sent(1001, "要召开这个会议吗")
            await people.press(1001, "确认", lihui)
            await until(lambda: meetings(house))
            await rest()
            await house.advance(MEETING, house.clock)
            await rest()
            await people.until_sent(-1001, "已签到0/17")
            await people.press(1006, "签到", GROUP)
            await people.say(1007, "签到", GROUP)
            await until(lambda: attended(house) == 2)
            await rest()
            await people.until_sent(-1001, "已签到2/17")
            return await people.sent(-1001), await people.sent(1006)

    group, wang = asyncio.run(scene())
    house.close()
    assert ["已签到" in sent["text"] for _, sent in group].count(True) == 1, "one card, changed in place"
    assert any("301会议室" in sent["text"] for _, sent in wang)


def rows_of(sent):
    markup = sent.get("reply_markup", {})
    return (json.loads(markup) if isinstance(markup, str) else markup).get("inline_keyboard", [])


def meetings(house):
    with house.database.read() as tx:
        return tx.all(select(tables.meetings.c.id))
