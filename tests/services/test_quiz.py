"""The daily quiz: when it is asked, which question, whose answer counts, and when its secretary is asked to stop."""

from __future__ import annotations

import shutil
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.house import House
from content.quiz import bank, question
from rules import days
from services import binding, deeds, people, quiz
from services.quiz_questions import next_question
from storage import tables
from storage.database import Database
from vocabulary.clock import SetClock
from vocabulary.permissions import clock as hand_of_clock
from vocabulary.refusals import NotAllowed, NotFound, Refusal

ZONE = ZoneInfo("Asia/Shanghai")
L, R, A = tables.quiz_plans, tables.quiz_rounds, tables.quiz_answers
ADMISSION = "中国共产党发展党员工作细则"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


class Branch:
    """A small branch with a chat; its clock is set by hand, verbs are done as a person or as the clock."""

    def __init__(self, path):
        self.clock = SetClock(at("2026-03-05T10:20"))
        self.house = House(Database(f"sqlite:///{path}", "test"), self.clock, ZONE)
        self.house.open()
        self.id = self.run(lambda tx: people.of_account(tx, "rehearsal", "魏国强").branch_id)

    def run(self, job):
        return self.house.writer.run(job)

    def has_chat(self):
        def job(tx):
            with tx.guard.key():
                chat = {"branch_id": self.id, "channel": "rehearsal", "chat": "group", "title": "group"}
                tx.conn.execute(tables.chats.insert(), chat)

        self.run(job)

    def ask(self, name, chosen):
        """Put a question of the bank to a person alone."""
        key = self.do(name, quiz.start)

        def job(tx):
            with tx.guard.key():
                tx.conn.execute(R.update().where(R.c.id == key).values(question=chosen))

        self.run(job)
        return key

    def do(self, name, verb, **kwargs):
        def job(tx):
            person = people.of_account(tx, "rehearsal", name)
            return deeds.do(tx, people.actor(tx, person), self.house.fresh(), verb, **kwargs)

        return self.run(job)

    def look(self, name, query, **kwargs):
        return self.run(lambda tx: query(tx, people.actor(tx, people.of_account(tx, "rehearsal", name)), **kwargs))

    def plan(self, rrule=quiz.EVERY_DAY, hour="08:00"):
        return self.do("魏国强", quiz.schedule, rrule=rrule, at=time.fromisoformat(hour))

    def push(self, moment):
        self.clock.set(at(moment))

        def job(tx):
            key = tx.value(select(L.c.id))
            actor = hand_of_clock(self.id)
            deeds.do(tx, actor, self.house.fresh(), quiz.push, subject=key, due_at=self.clock.now())

        self.run(job)

    def rounds(self):
        return self.run(lambda tx: tx.all(select(R).where(R.c.person_id.is_(None)).order_by(R.c.id)))

    def next_alarm(self):
        alarms = tables.alarms
        due = select(alarms.c.due_at).where(alarms.c.kind == "quiz.push", alarms.c.state == 0)
        found = self.run(lambda tx: tx.value(due))
        return f"{found.astimezone(ZONE):%m-%d %H:%M}" if found else None

    def letters(self, key):
        found = self.run(lambda tx: tx.all(select(tables.outbox).order_by(tables.outbox.c.id)))
        return [row for row in found if key in str(row.parts)]


@pytest.fixture
def branch(tmp_path, furnished):
    made = Branch(shutil.copy(furnished, tmp_path / "zhibu.db"))
    made.has_chat()
    yield made
    made.house.close()


def right_letters(row):
    return "".join(question(row.question).answer)


def wrong_letters(row):
    found = question(row.question)
    possible = ("AB", "CD") if found.kind == "several" else ("A", "B")
    return next(letters for letters in possible if tuple(letters) != found.answer)


def test_it_is_asked_on_working_days_only(branch):
    assert branch.plan().next_at == at("2026-03-06T08:00")
    branch.push("2026-03-06T08:00")
    assert branch.next_alarm() == "03-09 08:00", "not at the weekend"
    branch.push("2026-04-30T08:00")
    assert branch.next_alarm() == "05-06 08:00", "not on the days off around 1 May"
    branch.push("2026-05-08T08:00")
    assert branch.next_alarm() == "05-09 08:00", "a Saturday that is worked"


def test_a_week_day_of_the_rule_that_is_off_is_left_out(branch):
    branch.clock.set(at("2026-04-03T10:00"))
    assert branch.plan("FREQ=WEEKLY;BYDAY=MO", "09:00").next_at == at("2026-04-13T09:00")
    with pytest.raises(Refusal, match="quiz_never"):
        branch.plan("FREQ=MONTHLY;BYMONTHDAY=15")


@pytest.mark.parametrize(
    ("rrule", "wanted"),
    [
        ("FREQ=DAILY", set(range(7))),
        ("FREQ=WEEKLY;BYDAY=MO,TH", {0, 3}),
        ("FREQ=DAILY;INTERVAL=2", None),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", None),
        ("FREQ=WEEKLY", None),
        ("FREQ=WEEKLY;BYDAY=1MO", None),
        ("nonsense", None),
    ],
)
def test_a_rule_is_every_day_or_days_of_the_week(rrule, wanted):
    assert quiz.weekdays(rrule) == wanted


def test_without_a_chat_each_member_gets_it_but_who_wants_no_private_word(branch):
    def leave(tx):
        with tx.guard.key():
            tx.conn.execute(tables.chats.delete())

    branch.run(leave)
    branch.do("姜楠", binding.private_notices, wanted=False)
    branch.plan()
    branch.push("2026-03-06T08:00")
    told = [row.person_id for row in branch.letters("quiz.card")]
    roster = branch.run(lambda tx: people.of_branch(tx, branch.id))
    assert told == [person.id for person in roster if person.status.is_member and person.name != "姜楠"]


def test_in_a_chat_where_nothing_is_heard_it_is_shown_and_each_member_gets_it_too(branch):
    def deafen(tx):
        with tx.guard.key():
            tx.conn.execute(tables.chats.update().values(channel="wecom_group"))

    branch.run(deafen)
    branch.plan()
    branch.push("2026-03-06T08:00")
    told = [(row.channel, row.person_id) for row in branch.letters("quiz.card")]
    roster = branch.run(lambda tx: people.of_branch(tx, branch.id))
    assert told[0] == ("wecom_group", None)
    assert told[1:] == [(None, person.id) for person in roster if person.status.is_member]


def test_only_the_heads_plan_it(branch):
    with pytest.raises(NotAllowed):
        branch.do("姜楠", quiz.schedule, rrule=quiz.EVERY_DAY, at=time(8))
    with pytest.raises(NotAllowed):
        branch.do("姜楠", quiz.stop)
    with pytest.raises(NotFound, match="quiz_plan"):
        branch.do("魏国强", quiz.stop)


def test_one_question_a_day_and_the_one_before_is_closed(branch):
    branch.plan()
    branch.push("2026-03-06T08:00")
    branch.push("2026-03-06T08:00")
    assert [row.closed_at for row in branch.rounds()] == [None], "an alarm that rings twice asks once"
    branch.plan(hour="17:00")
    assert branch.next_alarm() == "03-09 17:00", "today has had its question"
    branch.push("2026-03-09T17:00")
    assert [row.closed_at is not None for row in branch.rounds()] == [True, False]
    assert [row.revision for row in branch.letters("quiz.card")] == [1, 0], "the old card is shown anew, once"


def test_after_downtime_only_todays_is_asked_and_nothing_on_a_day_off(branch):
    branch.plan()
    branch.push("2026-03-14T09:30")
    assert branch.rounds() == []
    assert branch.next_alarm() == "03-16 08:00"
    branch.push("2026-03-18T09:30")
    assert [row.day for row in branch.rounds()] == [date(2026, 3, 18)]


def test_what_rings_in_the_quiet_hours_is_the_next_mornings(branch):
    branch.plan()
    branch.push("2026-03-10T22:00")
    branch.push("2026-03-11T08:00")
    assert [row.day for row in branch.rounds()] == [date(2026, 3, 11)]
    assert [row.due_at for row in branch.letters("quiz.card")] == [at("2026-03-11T08:00")]


def test_stopping_closes_what_is_open_and_rings_no_more(branch):
    branch.plan()
    branch.push("2026-03-06T08:00")
    assert branch.do("魏国强", quiz.stop) is True
    assert branch.next_alarm() is None
    assert branch.rounds()[0].closed_at is not None
    branch.push("2026-03-09T08:00")
    assert len(branch.rounds()) == 1, "an alarm that was on its way finds it stopped"


def test_the_first_answer_counts_and_the_counters_tell_it(branch):
    branch.plan()
    branch.push("2026-03-06T08:00")
    row = branch.rounds()[0]
    first = branch.do("姜楠", quiz.answer, round_id=row.id, letters=right_letters(row))
    again = branch.do("姜楠", quiz.answer, round_id=row.id, letters=wrong_letters(row))
    branch.do("陶然", quiz.answer, round_id=row.id, letters=wrong_letters(row))
    assert (first.is_right, first.again) == (True, False)
    assert (again.is_right, again.again, again.choice) == (True, True, right_letters(row))
    assert (branch.rounds()[0].answered, branch.rounds()[0].right) == (2, 1)
    assert branch.look("姜楠", quiz.score).right == 1
    assert branch.look("陶然", quiz.score).latest == ((row.day, wrong_letters(row), False),)


def test_who_answered_hears_it_again_after_the_close_and_others_that_it_is_over(branch):
    branch.plan()
    branch.push("2026-03-06T08:00")
    row = branch.rounds()[0]
    branch.do("姜楠", quiz.answer, round_id=row.id, letters=right_letters(row))
    branch.push("2026-03-09T08:00")
    assert branch.do("姜楠", quiz.answer, round_id=row.id, letters="A").again
    with pytest.raises(Refusal, match="quiz_over"):
        branch.do("陶然", quiz.answer, round_id=row.id, letters="A")
    assert branch.rounds()[0].answered == 1


def test_a_question_is_its_branchs_or_its_persons(branch):
    branch.plan()
    branch.push("2026-03-06T08:00")
    own = branch.do("姜楠", quiz.start)
    for name, round_id in (("陶然", own), ("李慧", branch.rounds()[0].id), ("姜楠", 999)):
        with pytest.raises(NotFound, match="quiz_question"):
            branch.do(name, quiz.answer, round_id=round_id, letters="A")


def test_letters_must_fit_the_question(branch):
    refused = [
        ("several", "B", "quiz_several"),
        ("several", "", "quiz_several"),
        ("single", "AB", "quiz_one"),
        ("single", "", "quiz_letters"),
        ("single", "E", "quiz_letters"),
        ("truth", "C", "quiz_letters"),
    ]
    for kind, letters, code in refused:
        key = branch.ask("姜楠", next(found.id for found in bank() if found.kind == kind))
        with pytest.raises(Refusal, match=code):
            branch.do("姜楠", quiz.answer, round_id=key, letters=letters)
    assert branch.run(lambda tx: tx.all(select(A))) == []


def test_letters_of_several_are_taken_in_any_order(branch):
    found = next(one for one in bank() if one.kind == "several")
    key = branch.ask("姜楠", found.id)
    said = "".join(reversed(found.answer)) + found.answer[0]
    assert branch.do("姜楠", quiz.answer, round_id=key, letters=said).is_right


def test_one_asked_for_is_over_when_answered_or_when_the_next_comes(branch):
    first = branch.do("姜楠", quiz.start)
    second = branch.do("姜楠", quiz.start)
    with pytest.raises(Refusal, match="quiz_over"):
        branch.do("姜楠", quiz.answer, round_id=first, letters="A")
    row = branch.run(lambda tx: tx.first(select(R).where(R.c.id == second)))
    branch.do("姜楠", quiz.answer, round_id=second, letters=right_letters(row))
    assert branch.look("姜楠", quiz.waiting, own=True) is None


def test_words_answer_what_is_not_answered_yet_then_the_newest(branch):
    branch.plan()
    branch.push("2026-03-06T08:00")
    daily = branch.rounds()[0]
    own = branch.do("姜楠", quiz.start)
    assert branch.look("姜楠", quiz.waiting, own=True).id == own
    assert branch.look("姜楠", quiz.waiting, own=False).id == daily.id
    branch.do("姜楠", quiz.answer, round_id=daily.id, letters=right_letters(daily))
    assert branch.look("姜楠", quiz.waiting, own=False).answered


def test_no_question_comes_again_before_all_have_come(branch):
    asked = [found for found in bank() if found.document != ADMISSION]
    day, seen = date(2026, 3, 5), []

    def put(tx):
        for ahead in range(len(asked) + 1):
            found = next_question(tx, branch.id, None, day)
            seen.append(found.id)
            new = {"branch_id": branch.id, "day": day + timedelta(ahead), "opened_at": branch.clock.now()}
            with tx.guard.key():
                tx.conn.execute(R.insert(), new | {"question": found.id})

    branch.run(put)
    assert sorted(seen[:-1]) == sorted(found.id for found in asked)
    assert seen[-1] in seen[:-1]


def test_each_branch_has_its_own_order_and_keeps_it(branch):
    day = date(2026, 3, 5)
    first = [branch.run(lambda tx, key=key: next_question(tx, key, None, day).id) for key in range(1, 9)]
    again = [branch.run(lambda tx, key=key: next_question(tx, key, None, day).id) for key in range(1, 9)]
    assert first == again
    assert len(set(first)) > 1


def test_a_text_is_asked_about_from_its_own_day_on(branch):
    def documents(day):
        return {branch.run(lambda tx, key=key: next_question(tx, key, None, day).document) for key in range(1, 60)}

    assert ADMISSION not in documents(date(2026, 5, 10))
    assert ADMISSION in documents(date(2026, 5, 11))


def working(first, count):
    day = date.fromisoformat(first)
    for _ in range(count):
        day = days.working_on_or_after(day)
        yield f"{day}T08:00"
        day += timedelta(days=1)


def test_ten_silent_questions_ask_the_secretary_once(branch):
    branch.plan()
    *ten, eleventh, twelfth = working("2026-03-06", 12)
    for moment in ten:
        branch.push(moment)
    assert branch.letters("quiz.ask_silent") == []
    branch.push(eleventh)
    branch.push(twelfth)
    asked = branch.letters("quiz.ask_silent")
    secretary = branch.run(lambda tx: people.of_account(tx, "rehearsal", "魏国强").id)
    assert [row.person_id for row in asked] == [secretary]


def test_an_answer_puts_the_asking_off(branch):
    branch.plan()
    moments = list(working("2026-03-06", 24))
    for n, moment in enumerate(moments):
        branch.push(moment)
        if n in {4, 14}:
            row = branch.rounds()[-1]
            branch.do("姜楠", quiz.answer, round_id=row.id, letters=right_letters(row))
    assert branch.letters("quiz.ask_silent") == []


def test_a_question_that_the_bank_lost_is_over(branch):
    key = branch.ask("姜楠", "gone-1")
    assert branch.run(lambda tx: quiz.show(tx, key)) is None
    with pytest.raises(Refusal, match="quiz_over"):
        branch.do("姜楠", quiz.answer, round_id=key, letters="A")
