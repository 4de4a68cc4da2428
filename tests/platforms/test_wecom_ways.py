"""A branch with the AI bot, the app, the app's own group and a webhook: what one cannot say, the next says at once."""

import asyncio
import contextlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fake_webhook import KEY as ROBOT_KEY
from fake_webhook import Robot
from fake_wecom import FakeWeCom
from fake_wecom import words_of as app_words
from fake_wecom_bot import BOT, SECRET, FakeWeComBot, words_of
from serving import fake_served, until
from sqlalchemy import select

from bot import sample
from bot.channels.wecom.door import WeComDoor
from bot.channels.wecom.group import WeComGroupDoor
from bot.channels.wecom_bot.door import WeComBotDoor
from bot.channels.wecom_webhook.door import WeComWebhookDoor
from bot.house import House
from services import roster
from services.binding import bind_group, bot_taken
from services.deeds import Means, do
from services.post import Post
from storage import tables
from storage.database import Database
from vocabulary.clock import SetClock
from vocabulary.messages import Text

PEER = json.loads((Path(__file__).parents[1] / "channels" / "wecom_vectors.json").read_text())
ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 5, 10, 20, tzinfo=ZONE)
GROUP = "g:研发群"
NOT_ALLOWED = {"errcode": 60020, "errmsg": "not allow to access from your ip"}
TOO_FAST = {"errcode": 45009, "errmsg": "api freq out of limit"}


class Scene:
    """The house, and what arrived at its four ways."""

    def __init__(self, folder):
        self.house = House(Database(f"sqlite:///{folder / 'house.db'}", "house"), SetClock(MORNING), ZONE)
        self.house.open()
        sample.build(self.house.database, self.house.writer, self.house.clock, "wecom_bot", groups=True)
        self.bot, self.robot = FakeWeComBot(), Robot()
        self.app = FakeWeCom(PEER["corp"], PEER["token"], PEER["key"], self.house.clock)
        self.app.groups["wr1"] = {"chatid": "wr1", "userlist": ["李慧", "王晓明"]}
        self.house.writer.run(self._know)

    def _know(self, tx):
        """Tie the other ways to the group, and let two have the app too, though they spoke with the bot last."""
        with tx.guard.key():
            tx.conn.execute(tables.accounts.update().values(chat=tables.accounts.c.account))
        self.branch = tx.value(select(tables.chats.c.branch_id).where(tables.chats.c.chat == GROUP))
        means = Means(MORNING, ZONE, "salt")
        actor = roster.administrator(self.branch)
        for channel, chat in (("wecom_group", "wr1"), ("wecom_webhook", "wecom_webhook")):
            do(tx, actor, means, bind_group, channel=channel, chat=chat, title="研发群")
        self.wang = tx.value(select(tables.people.c.id).where(tables.people.c.name == "王晓明"))
        lihui = tx.value(select(tables.people.c.id).where(tables.people.c.name == "李慧"))
        for person, account in ((self.wang, "wxm"), (lihui, "lihui")):
            row = {"branch_id": self.branch, "person_id": person, "channel": "wecom", "account": account}
            with tx.guard.key():
                new = row | {"chat": account, "used_at": MORNING - timedelta(days=1)}
                tx.conn.execute(tables.accounts.insert().values(**new))

    @contextlib.asynccontextmanager
    async def open(self):
        async with (
            self.bot.served() as ws,
            fake_served(self.app.add_routes) as api,
            fake_served(self.robot.add_routes) as web,
        ):
            app = WeComDoor(corp_id=PEER["corp"], agent_id="1000007", secret=self.app.secret, token=PEER["token"],
                            aes_key=PEER["key"], api_base=api, clock=self.house.clock)  # fmt: skip
            doors = (
                WeComBotDoor(
                    bot_id=BOT,
                    secret=SECRET,
                    ws_url=ws,
                    clock=self.house.clock,
                    first_pause=0.01,
                    return_seconds=0.5,
                    on_displaced=self.taken,
                ),
                app,
                WeComGroupDoor(app),
                WeComWebhookDoor(url=f"{web}/cgi-bin/webhook/send?key={ROBOT_KEY}"),
            )
            for door in doors:
                self.house.add(door)
                await door.start(self.house.desk.receive)
            try:
                yield
            finally:
                for door in doors:
                    await door.stop()

    async def taken(self):
        await self.house.writer.do(lambda tx: bot_taken(tx, self.house.fresh()))

    def tell(self, *, group="", wang=""):
        def write(tx):
            post = Post(tx, self.house.clock.now(), self.branch)
            if group:
                post.to_branch(Text("notices.plain", {"text": group}))
            if wang:
                post.to_person(self.wang, Text("notices.plain", {"text": wang}))

        self.house.writer.run(write)

    def said(self):
        """What arrived at each way, in order."""
        return {
            "bot": [words_of(body) for body in self.bot.of("aibot_send_msg")],
            "app": [app_words(sent) for sent in self.app.sent],
            "group": [sent["text"]["content"] for sent in self.app.told],
            "webhook": [sent["text"]["content"] for sent in self.robot.said],
        }


NOBODY = {"bot": [], "app": [], "group": [], "webhook": []}


@pytest.fixture
def play(tmp_path):
    """Return a function that plays a scene with all ways open and returns what arrived at each."""
    scene = Scene(tmp_path)

    def run(act):
        async def whole():
            async with scene.open():
                await act(scene)
                await scene.house.settle()
                found = scene.said()
                await scene.house.advance(MORNING + timedelta(minutes=30), scene.house.clock)
                assert scene.said() == found, "whatever was said is not said again"
                return found

        return asyncio.run(whole())

    yield run
    scene.house.close()


def test_the_group_is_told_by_the_bot_and_the_member_where_they_spoke_last(play):
    async def act(scene):
        scene.tell(group="one", wang="two")

    assert play(act) == {**NOBODY, "bot": ["one", "two"]}


def test_while_the_bots_connection_is_gone_group_and_member_are_told_by_the_app(play):
    async def act(scene):
        scene.bot.silent = True
        bot = scene.house.doors["wecom_bot"]
        await scene.bot.connection.close()
        await until(lambda: bot.last_fault)
        await asyncio.sleep(bot.return_seconds)
        scene.tell(group="one", wang="two")

    assert play(act) == {**NOBODY, "group": ["one"], "app": ["two"]}


def test_a_connection_that_breaks_for_a_moment_is_waited_for(play):
    async def act(scene):
        await scene.bot.connection.close()
        await until(lambda: scene.house.doors["wecom_bot"].last_fault)
        scene.tell(group="one", wang="two")

    assert play(act) == {**NOBODY, "bot": ["one", "two"]}


def test_a_bot_and_an_app_that_are_limited_leave_the_group_to_the_webhook(play):
    async def act(scene):
        scene.bot.fail("aibot_send_msg", 45009, "frequency limit")
        scene.app.faults.append(TOO_FAST)
        scene.tell(group="one")

    assert play(act) == {**NOBODY, "webhook": ["one"]}


def test_where_the_app_may_not_call_from_here_the_webhook_speaks(play):
    async def act(scene):
        scene.bot.unspoken.add(GROUP)
        scene.app.faults.append(NOT_ALLOWED)
        scene.tell(group="one")

    assert play(act) == {**NOBODY, "bot": ["one"], "webhook": ["one"]}


def test_a_bot_that_another_program_has_taken_is_reported_by_another_way_and_not_fought(play):
    async def act(scene):
        bot = scene.house.doors["wecom_bot"]
        other = WeComBotDoor(bot_id=BOT, secret=SECRET, ws_url=bot.ws_url, clock=scene.house.clock)
        await other.start(scene.house.desk.receive)
        await until(lambda: scene.house.next_due() is not None)
        scene.tell(group="one")
        await scene.house.settle()
        assert (scene.bot.subscriptions, "another program" in bot.last_fault) == (2, True)
        await other.stop()

    said = play(act)
    (report,) = said["app"]
    assert report.startswith("企业微信智能机器人的连接被另一个程序占了")
    assert {way: words for way, words in said.items() if way != "app"} == {"bot": [], "group": ["one"], "webhook": []}
