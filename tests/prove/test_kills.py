"""SIGKILL at random instants: what was acknowledged is there, once, and everything agrees with everything."""

from __future__ import annotations

import csv
import itertools
import json
import os
import random
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from websockets.sync.client import connect

from rules import days
from services import audit
from storage.columns import EPOCH
from storage.database import Database

WHOLE = bool(os.environ.get("ZHIBU_PROVE"))
KILLS, LONGEST_LIFE = (200, 1.2) if WHOLE else (20, 0.9)
SEED = 20260305
ROSTER = Path(__file__).parents[2] / "content" / "sample" / "roster.csv"
GROUPS = {"研发党支部": "g:研发群", "市场党支部": "g:市场群", "职能党支部": "g:职能群"}
TALK = ("收到", "请假 孩子发烧", "这周有什么会", "来一道题", "A", "销假", "谁还没回", "堵车晚十分钟到")


def branches():
    with ROSTER.open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["组织"] in GROUPS and "无账号" not in row["备注"]]
    found = {}
    for row in rows:
        found.setdefault(row["组织"], []).append(row)
    return found


class Branch(threading.Thread):
    """One branch's life: its secretary calls and changes meetings, its people answer and check in, without end."""

    def __init__(self, name, people, number, client):
        super().__init__(daemon=True)
        self.client, self.group, self.branch = client, GROUPS[name], name
        self.people = [row["姓名"] for row in people if row["人员类别"] in {"正式党员", "预备党员"}]
        self.secretary = next(row["姓名"] for row in people if row["党内职务"] == "书记")
        self.random = random.Random(SEED + number)  # noqa: S311
        self.ids = itertools.count()
        self.number = number
        self.called = []
        self.checked = []
        self.failure = None

    def run(self):
        try:
            for week in itertools.count(15):
                if not self.meeting(week):
                    return
        except BaseException as failure:  # noqa: BLE001  the test shows it
            self.failure = failure

    def say(self, who, text, chat=None):
        frame = {"account": who, "chat": chat or f"p:{who}", "text": text, "id": f"{self.number}-{next(self.ids)}"}
        return self.client.send(frame)

    def meeting(self, week):
        """Call a meeting for a working day of its own, change it at the card, confirm, check in, close."""
        day = datetime.now(UTC).date() + timedelta(weeks=week, days=self.number)
        while not days.is_working(day):
            day += timedelta(days=1)
        said = f"{day.year}年{day.month}月{day.day}日下午三点在30{self.number}会议室开支部党员大会，讨论年度工作计划"
        if not (self.say(self.secretary, said) and self.say(self.secretary, "改到四点")):
            return False
        if not self.say(self.secretary, "确认"):
            return False
        self.called.append(day)
        for who in self.random.sample(self.people, 3):
            self.say(who, self.random.choice(TALK))
        if not self.say(self.secretary, "开始签到", self.group):
            return False
        return self.check_in()

    def check_in(self):
        rows = self.client.program.rows(
            "SELECT m.id FROM meetings m JOIN organizations o ON o.id = m.branch_id"
            " WHERE o.name = ? AND checkin = 'open'",
            self.branch,
        )
        assert len(rows) == 1, rows
        meeting = rows[0][0]
        for who in self.random.sample(self.people, min(6, len(self.people))):
            if self.random.random() < 0.5:
                done = self.say(who, "签到", self.group)
            else:
                number = f"{self.number}-{next(self.ids)}"
                press = {"type": "press", "message": 1, "press": f"in:{meeting}", "label": "签到", "id": number}
                done = self.client.send({"account": who, "chat": self.group, **press})
            if not done:
                return False
            self.checked.append((meeting, who))
        return self.say(self.secretary, "结束签到", self.group)


def move_the_clock(program, over, chance):
    """Move the page's clock by an hour now and then; a kill in between only ends the socket."""
    while not over.is_set():
        if not program.up.wait(0.05):
            continue
        try:
            with connect(f"ws://127.0.0.1:{program.port}/ws", open_timeout=5, close_timeout=0.1) as socket:
                while not over.is_set():
                    time.sleep(chance.uniform(0.1, 0.6))
                    socket.send(json.dumps({"type": "clock", "hours": 1}))
                    socket.recv(timeout=5)
        except Exception:  # noqa: BLE001  the program was killed under it
            time.sleep(0.05)


def rounds(program, clients, chance):
    """Kill it at random instants; after each death everything acknowledged so far is looked for."""
    seen = 0
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.02, LONGEST_LIFE))
        said = [key(frame) for client in clients for frame in list(client.acknowledged)]
        program.end()
        kept = {row[0] for row in program.rows("SELECT message_id FROM inbox")}
        assert set(said) <= kept, "acknowledged and lost"
        seen = len(said)
        program.start()
    return seen


def let_the_post_rest(program, still=1.0, most=30.0):
    """Let it go on until no more of what waits goes out."""
    end, since, before = time.monotonic() + most, time.monotonic(), None
    while time.monotonic() < min(end, since + still):
        waiting = program.rows("SELECT COUNT(*) FROM outbox WHERE state = 'pending'")
        if waiting != before:
            since, before = time.monotonic(), waiting
        time.sleep(0.05)


def key(frame):
    return f"{frame['account']}:{frame['id']}"


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_what_was_acknowledged_is_there_once(program, new_client, capsys):
    program.start()
    people = branches()
    lives = [Branch(name, people[name], n, new_client()) for n, name in enumerate(GROUPS, 1)]
    over = threading.Event()
    chance = random.Random(SEED)  # noqa: S311
    clock = threading.Thread(target=move_the_clock, args=(program, over, random.Random(SEED + 9)), daemon=True)  # noqa: S311
    for thread in (*lives, clock):
        thread.start()
    clients = [life.client for life in lives]
    rounds(program, clients, chance)
    over.set()
    for life in lives:
        life.client.over.set()
        life.join(60)
        if life.failure:
            raise life.failure
    clock.join(10)
    let_the_post_rest(program)
    program.end()

    frames = [frame for client in clients for frame in client.acknowledged]
    assert len(frames) > KILLS
    each_message_is_there_once(program, frames)
    each_confirm_made_one_meeting(program, lives)
    each_check_in_is_one_attendance(program, lives)
    the_audit_chain_holds(program)
    twice = nothing_is_lost_on_the_way_out(program)
    saying_it_again_changes_nothing(program, clients[0], frames)
    with capsys.disabled():
        again = sum(client.again for client in clients)
        meetings = sum(len(life.called) for life in lives)
        print(  # noqa: T201
            f"\n{KILLS} kills, {len(frames)} acknowledged ({again} sent again), {meetings} meetings, "
            f"{sum(len(life.checked) for life in lives)} check-ins; lines of the program shown twice: {twice}"
        )


def each_message_is_there_once(program, frames):
    inbox = Counter(row[0] for row in program.rows("SELECT message_id FROM inbox WHERE channel = 'web'"))
    assert {key(frame): inbox[key(frame)] for frame in frames if inbox[key(frame)] != 1} == {}
    lines = Counter(program.rows("SELECT account, key FROM web_messages WHERE account IS NOT NULL"))
    said = [(frame["account"], frame["id"]) for frame in frames if "text" in frame]
    assert [one for one in said if lines[one] != 1] == []


def each_confirm_made_one_meeting(program, lives):
    rows = Counter(
        program.rows("SELECT o.name, m.starts_at FROM meetings m JOIN organizations o ON o.id = m.branch_id")
    )
    for life in lives:
        four = [datetime(day.year, day.month, day.day, 8, tzinfo=UTC) for day in life.called]  # in Beijing, as changed
        starts = [(life.branch, (at - EPOCH) // timedelta(microseconds=1)) for at in four]
        assert {at: rows[at] for at in starts if rows[at] != 1} == {}
        assert sum(count for (branch, _), count in rows.items() if branch == life.branch) <= len(starts) + 1


def each_check_in_is_one_attendance(program, lives):
    there = Counter(
        program.rows(
            "SELECT a.meeting_id, p.name FROM attendances a JOIN people p ON p.id = a.person_id"
            " WHERE a.checked_at IS NOT NULL"
        )
    )
    for life in lives:
        assert [one for one in life.checked if there[one] != 1] == []
    for counted, found in (("present", "due"), ("present_vote", "vote")):
        wrong = program.rows(
            f"SELECT m.id, m.{counted}, SUM(a.{found} AND a.checked_at IS NOT NULL) AS n FROM meetings m"  # noqa: S608
            f" JOIN attendances a ON a.meeting_id = m.id GROUP BY m.id HAVING n <> m.{counted}"
        )
        assert wrong == [], f"the counter {counted} disagrees"


def the_audit_chain_holds(program):
    database = Database(f"sqlite:///{program.path}", "nothing is sealed here")
    with database.read() as tx:
        branches = [row[0] for row in program.rows("SELECT DISTINCT branch_id FROM audit")]
        assert {branch: found for branch in branches if (found := audit.verify(tx, branch)) is not None} == {}
    database.close()
    assert len(branches) >= len(GROUPS)


def nothing_is_lost_on_the_way_out(program):
    """Every letter is sent, waits, or says why not; what was sent stands in the page. Returns the lines beyond that."""
    states = program.rows("SELECT state, why, COUNT(*) FROM outbox GROUP BY 1, 2")
    wrong = [
        one
        for one in states
        if one[:2] not in {("sent", ""), ("pending", ""), ("dropped", "expired")} and one[1] != "unbound"
    ]
    assert wrong == []
    missing = program.rows(
        "SELECT o.id FROM outbox o LEFT JOIN web_messages w ON w.id = CAST(o.sent_id AS INTEGER) AND w.account IS NULL"
        " WHERE o.state = 'sent' AND o.channel = 'web' AND w.id IS NULL"
    )
    assert missing == [], "sent, and not in the page"
    unanswered = program.rows(
        "SELECT i.id, i.text FROM inbox i LEFT JOIN outbox o ON o.reply_to = i.id"
        " WHERE i.text = '这周有什么会' AND o.id IS NULL"
    )
    assert unanswered == [], "asked privately, and no reply was written"
    lines = program.rows("SELECT COUNT(*) FROM web_messages WHERE account IS NULL")[0][0]
    return lines - program.rows("SELECT COUNT(DISTINCT sent_id) FROM outbox WHERE sent_id IS NOT NULL")[0][0]


def saying_it_again_changes_nothing(program, client, frames):
    tables = ("meetings", "attendances", "audit", "inbox", "notices", "quiz_answers")

    def counts():
        people = program.rows("SELECT COUNT(*) FROM web_messages WHERE account IS NOT NULL")
        return people + [program.rows(f"SELECT COUNT(*) FROM {name}")[0] for name in tables]  # noqa: S608

    before = counts()
    program.start()
    client.hang_up()
    for frame in frames[-100:]:
        assert client.once(frame)
    program.end()
    assert counts() == before
