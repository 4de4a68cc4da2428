"""The WeCom door against somebody else's encryption, a fake platform, and people who are not the platform."""

import asyncio
import base64
import contextlib
import json
import logging
import os
import shutil
import subprocess
import time
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from aiohttp import ClientSession
from fake_wecom import FakeWeCom, click_xml, envelope, text_xml
from npm_peers import installed_peers
from serving import fake_served, routes_served

from bot.channels.tencent.xml import text_answer
from bot.channels.wecom.door import WeComDoor
from vocabulary.clock import SetClock
from vocabulary.delivery import Undelivered
from vocabulary.messages import Button, Chat, Shown

PEER = json.loads((Path(__file__).parent / "wecom_vectors.json").read_text())
VECTORS = PEER["vectors"]
NOW = datetime.fromtimestamp(1772677200, UTC)
APP_SECRET = "wrong-secret-9"  # noqa: S105  an invented one
LIHUI = Chat("wecom", "lihui", "private")


class Ear:
    """Stores what was heard and answers as told."""

    def __init__(self, *answers):
        self.heard = []
        self.answers = tuple(Shown(text) for text in answers)

    async def __call__(self, incoming):
        self.heard.append(incoming)
        return self.answers


@contextlib.asynccontextmanager
async def wecom(ear, **changes):
    clock = SetClock(NOW)
    platform = FakeWeCom(PEER["corp"], PEER["token"], PEER["key"], clock)
    async with fake_served(platform.add_routes) as api:
        settings = {"corp_id": PEER["corp"], "agent_id": "1000007", "secret": platform.secret, "token": PEER["token"],
                    "aes_key": PEER["key"], "api_base": api, "clock": clock, "seconds": 2.0}  # fmt: skip
        door = WeComDoor(**(settings | changes))
        await door.start(ear)
        async with routes_served(door.routes) as app:
            try:
                yield door, platform, app
            finally:
                await door.stop()


def query_of(vector):
    return {"msg_signature": vector["signature"], "timestamp": vector["timestamp"], "nonce": vector["nonce"]}


async def deliver(platform, app, vector):
    return await platform.post(app, envelope(vector["encrypt"]), query_of(vector))


def hear(*names):
    """Deliver vectors and return what the house heard of them and their HTTP statuses."""

    async def scene():
        ear = Ear()
        async with wecom(ear) as (_, platform, app):
            statuses = [(await deliver(platform, app, VECTORS[name]))[0] for name in names]
        return ear.heard, statuses

    return asyncio.run(scene())


def test_text_arrives_whole():
    heard, statuses = hear("text")
    assert statuses == [200]
    (incoming,) = heard
    assert (incoming.channel, incoming.account, incoming.chat) == ("wecom", "lihui", LIHUI)
    assert (incoming.text, incoming.message_id, incoming.at) == ("签到 🎉", "7301442190000000001", NOW)


def test_markup_and_control_characters_are_text():
    heard, statuses = hear("markup", "control")
    assert statuses == [200, 200]
    assert [incoming.text for incoming in heard] == ["<!DOCTYPE x> &amp; <b>", "abcd"]


def test_pictures_voices_and_places_are_attachments():
    heard, _ = hear("image", "voice", "location")
    image, voice, place = (incoming.attachments[0] for incoming in heard)
    assert (image.kind, image.url) == ("image", "wecom-media:M1")
    assert (voice.kind, voice.name) == ("voice", "amr")
    assert (place.kind, place.latitude, place.longitude, place.name) == ("location", 31.2304, 121.4737, "党员活动室")


def test_coming_and_going_are_noticed_and_a_menu_click_speaks():
    heard, statuses = hear("subscribe", "enter", "unsubscribe", "click")
    assert statuses == [200] * 4
    assert [(incoming.text, incoming.event, incoming.message_id) for incoming in heard] == [
        ("", "joined", "lihui:1772677200:subscribe"),
        ("", "left", "lihui:1772677200:unsubscribe"),
        ("帮助", None, "lihui:1772677200"),
    ]


def test_address_check_answers_the_plain_echo():
    async def scene():
        async with wecom(Ear()) as (_, _, app), ClientSession() as session:
            echo = VECTORS["echo"]
            async with session.get(f"{app}/wecom", params=query_of(echo) | {"echostr": echo["encrypt"]}) as good:
                body = await good.read()
            async with session.get(f"{app}/wecom", params=query_of(echo) | {"echostr": echo["encrypt"][:-4]}) as bad:
                return body, bad.status

    assert asyncio.run(scene()) == (VECTORS["echo"]["message"].encode(), 403)


def test_every_padding_opens():
    async def scene():
        async with wecom(Ear()) as (_, _, app), ClientSession() as session:
            opened = []
            for vector in VECTORS["lengths"]:
                query = query_of(vector) | {"echostr": vector["encrypt"]}
                async with session.get(f"{app}/wecom", params=query) as answer:
                    opened.append(await answer.text())
            return opened

    assert asyncio.run(scene()) == [vector["message"] for vector in VECTORS["lengths"]]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("other_receiver", 403),
        ("no_receiver", 403),
        ("entity", 200),
        ("inner_entity", 200),
        ("empty_root", 200),
        ("other_root", 200),
        ("no_xml", 200),
    ],
)
def test_what_is_not_a_message_is_not_heard(name, status):
    heard, statuses = hear(name)
    assert (heard, statuses) == ([], [status])


def test_a_bomb_of_entities_inside_a_sealed_message_is_not_opened():
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bombs = [
        f'<!DOCTYPE x [<!ENTITY e0 "lol">{levels}]>{text_xml("lihui", "&e11;", "1")}',
        f'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">{text_xml("lihui", "x", "2")}',
        text_xml("lihui", "x", "3").replace("<![CDATA[x]]>", "&lol;"),
    ]

    async def scene():
        ear = Ear()
        async with wecom(ear) as (_, platform, app):
            answers = [await platform.call(app, bomb) for bomb in bombs]
            well, _ = await platform.call(app, text_xml("lihui", "签到", "4"))
        return answers, well, [one.text for one in ear.heard]

    assert asyncio.run(scene()) == ([(200, "")] * 3, 200, ["签到"])


def test_forged_late_and_shapeless_requests_are_refused():
    text = VECTORS["text"]
    body, query = envelope(text["encrypt"]), query_of(text)
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + body
    requests = [
        (body, query | {"msg_signature": "0" * 40}, 403),
        (body, query | {"msg_signature": "ü"}, 403),
        (body, query | {"nonce": "other"}, 403),
        (body, {}, 400),
        (body, query | {"timestamp": "9" * 5000}, 400),
        (b"", query, 400),
        (b"<xml/>", query, 400),
        (bomb, query, 400),
        (b"<xml>" + b" " * 300_000 + b"<Encrypt>" + b" " * 300_000, query, 400),
        (b"<xml>" + b"<Encrypt>" * 100_000, query, 400),
        (b"x" * ((1 << 20) + 1), query, 413),
        (b"\xff\xfe\x00" + body, query, 400),
    ]

    async def scene():
        ear = Ear()
        async with wecom(ear) as (door, platform, app):
            began = time.monotonic()
            statuses = [(await platform.post(app, body, query))[0] for body, query, _ in requests]
            assert time.monotonic() - began < 3
            door.clock.set(datetime.fromtimestamp(NOW.timestamp() + 301, UTC))
            late, _ = await platform.post(app, body, query)
        return ear.heard, statuses, late

    heard, statuses, late = asyncio.run(scene())
    assert heard == []
    assert statuses == [status for _, _, status in requests]
    assert late == 403


def test_of_3000_random_ciphertexts_with_valid_signatures_none_is_heard():
    async def scene():
        ear = Ear()
        async with wecom(ear) as (_, platform, app), ClientSession() as session:
            statuses = set()
            for n in range(3000):
                sealed = base64.b64encode(os.urandom(16 * (n % 12) + n % 3 + 1 if n % 5 == 0 else 32 * (n % 9 + 1)))
                query = platform.signed(sealed.decode())
                async with session.post(f"{app}/wecom", params=query, data=envelope(sealed.decode())) as answer:
                    statuses.add(answer.status)
        return ear.heard, statuses

    heard, statuses = asyncio.run(scene())
    assert heard == []
    assert statuses <= {400, 403}


def test_the_answer_is_encrypted_and_stays_text():
    said = "a]]>b<Content>&\x00\x1b 🎉"

    async def scene():
        async with wecom(Ear(said)) as (_, platform, app):
            return await platform.call(app, text_xml("lihui", "签到", "1"))

    status, answer = asyncio.run(scene())
    fields = {child.tag: child.text for child in ET.fromstring(answer)}  # noqa: S314  we wrote it
    assert status == 200
    assert fields["Content"] == "a]]>b<Content>& 🎉"
    assert (fields["ToUserName"], fields["FromUserName"], fields["MsgType"]) == ("lihui", PEER["corp"], "text")


def test_all_that_is_answered_is_one_passive_answer():
    async def scene():
        async with wecom(Ear("first", " ", "second")) as (_, platform, app):
            answers = [await platform.call(app, text_xml("lihui", "签到", "1")) for _ in range(2)]
            return answers, platform.sent

    answers, sent = asyncio.run(scene())
    assert {ET.fromstring(answer).findtext("Content") for _, answer in answers} == {"first\n\nsecond"}  # noqa: S314  ours
    assert sent == []


def test_a_house_that_cannot_store_lets_the_platform_repeat():
    async def broken(incoming):
        raise OSError("disk full")

    async def scene():
        async with wecom(broken) as (_, platform, app):
            return await platform.call(app, text_xml("lihui", "签到", "1"))

    assert asyncio.run(scene()) == (503, "")


def test_the_token_is_fetched_once_and_renewed_once():
    async def scene():
        async with wecom(Ear()) as (door, platform, _):
            await asyncio.gather(*(door.send(LIHUI, Shown("x")) for _ in range(8)))
            assert platform.tokens_given == 1
            platform.expired.add("T1")
            await asyncio.gather(*(door.send(LIHUI, Shown("x")) for _ in range(8)))
            assert platform.tokens_given == 2
            assert len(platform.sent) == 16
            platform.faults.extend([{"errcode": 42001, "errmsg": "x"}] * 9)
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, Shown("x"))
            assert (failure.value.why, platform.tokens_given, len(platform.faults)) == ("down", 3, 7)

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("fault", "why", "retry_after"),
    [
        ({"errcode": -1, "errmsg": "system busy"}, "down", None),
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, "limited", 60.0),
        ({"errcode": 45033, "errmsg": "too many"}, "limited", 5.0),
        ({"errcode": 60020, "errmsg": "not allow to access from your ip"}, "refused", None),
        ({"errcode": 81013, "errmsg": "user & party & tag all invalid"}, "unbound", None),
        ({"errcode": 0, "errmsg": "ok", "invaliduser": "lihui"}, "unbound", None),
        (502, "down", None),
        ([1], "down", None),
    ],
)
def test_each_failure_has_its_word(fault, why, retry_after):
    async def scene():
        async with wecom(Ear()) as (door, platform, _):
            platform.faults.append(fault)
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, Shown("x"))
            return failure.value

    failure = asyncio.run(scene())
    assert (failure.why, failure.retry_after) == (why, retry_after)
    if isinstance(fault, dict) and fault["errcode"]:
        assert str(fault["errcode"]) in failure.detail


def test_secrets_stay_out_of_errors_logs_and_representations(caplog):
    caplog.set_level(logging.DEBUG)

    async def scene():
        told = []
        async with wecom(Ear(), secret=APP_SECRET) as (door, platform, _):
            platform.secret = APP_SECRET
            platform.token_faults.append({"errcode": 40001, "errmsg": f"invalid {APP_SECRET}"})
            for fault in ({"errcode": 60020, "errmsg": "T1 is not allowed"}, 500):
                platform.faults.append(fault)
                with pytest.raises(Undelivered) as failure:
                    await door.send(LIHUI, Shown("x"))
                told += [str(failure.value), failure.value.detail, repr(failure.value)]
            told.append(repr(door))
        async with wecom(Ear(), api_base="http://127.0.0.1:9", secret=APP_SECRET) as (door, _, _):
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, Shown("x"))
            told.append(str(failure.value))
            told.append(repr(failure.value.__cause__))
        return " ".join(told)

    told = asyncio.run(scene()) + caplog.text
    for secret in (APP_SECRET, "T1", PEER["token"], PEER["key"]):
        assert secret not in told


@pytest.mark.parametrize("account", ["a|b", "@all", ""])
def test_a_message_goes_to_one_account(account):
    async def scene():
        async with wecom(Ear()) as (door, platform, _):
            with pytest.raises(Undelivered):
                await door.send(Chat("wecom", account, "private"), Shown("x"))
            return platform.sent

    assert asyncio.run(scene()) == []


@pytest.mark.parametrize(
    ("name", "value"), [("aes_key", "short"), ("aes_key", "*" * 43), ("token", ""), ("corp_id", "")]
)
def test_settings_that_cannot_work_are_told_at_start(name, value):
    async def scene():
        async with wecom(Ear(), **{name: value}):
            pass

    with pytest.raises(ValueError, match=name):
        asyncio.run(scene())


def test_somebody_else_opens_our_answers():
    """Needs node and the package of the vectors."""
    folder = installed_peers()
    if folder is None:
        pytest.skip("no node, or its packages cannot be installed")
    clock = SetClock(NOW)
    platform = FakeWeCom(PEER["corp"], PEER["token"], PEER["key"], clock)
    door = WeComDoor(
        corp_id=PEER["corp"], agent_id="1", secret=APP_SECRET, token=PEER["token"], aes_key=PEER["key"], clock=clock
    )
    plain = [text_answer("答" * length + "🎉", "lihui", PEER["corp"], NOW) for length in range(40)]
    sealed = [door._seal().enclose(xml, "n1", NOW) for xml in plain]
    assert [platform.open_answer(body) for body in sealed] == plain
    script = (
        "const c=require('@wecom/crypto');let s='';"
        "process.stdin.on('data',d=>s+=d).on('end',()=>{const q=JSON.parse(s);"
        "console.log(JSON.stringify(q.b.map(x=>{const e=/<Encrypt><!\\[CDATA\\[(.*?)\\]\\]>/.exec(x)[1];"
        "const t=/<TimeStamp>(.*?)</.exec(x)[1];const m=c.decrypt(q.k,e);"
        "return [m.message,m.id,x.includes(c.getSignature(q.t,t,'n1',e))]})))})"
    )
    told = json.dumps({"b": sealed, "k": PEER["key"], "t": PEER["token"]})
    node = subprocess.run(  # noqa: S603  node with a script of ours
        [shutil.which("node"), "-e", script], cwd=folder, input=told, capture_output=True, text=True, check=True
    )
    assert json.loads(node.stdout) == [[xml, PEER["corp"], True] for xml in plain]


# ---- cards, files


THREE = (Button("签到", "in:12"), Button("请假", "lv:12"), Button("晚到", "lt:12"))


def test_words_with_buttons_are_a_card_and_a_long_text_goes_before_it():
    async def scene():
        async with wecom(Ear()) as (door, platform, _):
            await door.send(LIHUI, Shown("签到：党员大会\n已签到1/17", THREE))
            await door.send(LIHUI, Shown("没有标题的一句话", THREE[:1]))
            return platform.sent

    titled, plain = asyncio.run(scene())
    card = titled["template_card"]
    assert (titled["msgtype"], titled["touser"], card["card_type"]) == ("template_card", "lihui", "button_interaction")
    assert (card["main_title"], card["sub_title_text"]) == ({"title": "签到：党员大会"}, "已签到1/17")
    assert [button["text"] for button in card["button_list"]] == ["签到", "请假", "晚到"]
    assert "main_title" not in plain["template_card"]
    assert card["task_id"] != plain["template_card"]["task_id"]


def test_five_people_click_within_one_second_and_each_counts_once():
    people = [f"p{number}" for number in range(5)]

    async def scene():
        ear = Ear()
        async with wecom(ear) as (door, platform, app):
            await door.send(LIHUI, Shown("签到", THREE))
            card = platform.sent[0]["template_card"]
            clicks = [platform.call(app, click_xml(one, card, "签到")) for one in people]
            return ear.heard, await asyncio.gather(*clicks)

    heard, answers = asyncio.run(scene())
    assert {(one.account, one.pressed, one.text) for one in heard} == {(one, "in:12", "签到") for one in people}
    assert len({one.message_id for one in heard}) == 5
    assert [status for status, _ in answers] == [200] * 5
    assert all("<MsgType><![CDATA[update_button]]>" in answer for _, answer in answers)


def test_a_click_that_broke_is_answered_with_the_number_and_stays_open():
    async def scene():
        async with wecom(Ear("出错了，编号A1B2")) as (door, platform, app):
            await door.send(LIHUI, Shown("签到", THREE))
            return await platform.call(app, click_xml("lihui", platform.sent[0]["template_card"], "签到"))

    status, answer = asyncio.run(scene())
    fields = ET.fromstring(answer)  # noqa: S314  we wrote it
    assert (status, fields.findtext("MsgType"), fields.findtext("Content")) == (200, "text", "出错了，编号A1B2")


def test_a_file_goes_whole_though_the_token_runs_out_between():
    data = bytes(range(256)) * 300

    async def scene():
        async with wecom(Ear()) as (door, platform, _):
            await door.send(LIHUI, Shown("first"))
            platform.expired.add("T1")
            await door.send(LIHUI, Shown("第一季度台账", file_name="台账 2026.xlsx", file_data=data))
            return platform.sent[1:], platform.media, platform.names

    (words, file), media, names = asyncio.run(scene())
    assert words["text"]["content"] == "第一季度台账"
    assert file["msgtype"] == "file"
    assert media == {file["file"]["media_id"]: data}
    assert names == {file["file"]["media_id"]: "台账 2026.xlsx"}


def test_a_file_that_is_taken_at_the_second_try_repeats_no_words():
    shown = Shown("第一季度台账", file_name="台账.xlsx", file_data=b"x" * 9)

    async def scene():
        async with wecom(Ear()) as (door, platform, _):
            platform.upload_faults.append(502)
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, shown)
            await door.send(LIHUI, shown)
            return failure.value.why, [message["msgtype"] for message in platform.sent]

    assert asyncio.run(scene()) == ("down", ["text", "file"])


def test_a_proxy_of_the_environment_is_used_but_not_for_this_machine(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    async def scene():
        async with wecom(Ear()) as (door, platform, _):
            monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
            await door.send(LIHUI, Shown("straight"))
            monkeypatch.setenv("http_proxy", door.api_base)  # the fake platform takes what is sent through a proxy too
            await door.stop()
            door.api_base = "http://qyapi.example"
            await door.start(Ear())
            await door.send(LIHUI, Shown("by the proxy"))
            return [sent["text"]["content"] for sent in platform.sent]

    assert asyncio.run(scene()) == ["straight", "by the proxy"]


def test_a_file_that_is_not_taken_is_told():
    async def scene():
        async with wecom(Ear()) as (door, platform, _):
            platform.faults.append({"errcode": 40006, "errmsg": "invalid file size"})
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, Shown("", file_name="a.txt", file_data=b"x"))
            return failure.value

    assert asyncio.run(scene()).why == "refused"


# ---- the way to the page


HOME = "https://zhibu.example.org"


def visits(*queries, logins=None, forged=False, keeps_cookie=False, cookie=""):
    """Open the page's way in with one browser, which may keep its first cookie for ever; return the answers."""

    async def way_in(account):
        return {"lihui": "CODE2345"}.get(account)

    async def scene():
        async with wecom(Ear(), public_url=HOME, way_in=way_in) as (_, platform, app):
            platform.logins = logins or {}
            cookies, found = {"zhibu_wecom_state": cookie} if cookie else {}, []
            async with ClientSession() as browser:
                for query in queries:
                    state = "forged" if forged else cookies.get("zhibu_wecom_state", "")
                    asked = query | ({"state": state} if "code" in query else {})
                    async with browser.get(
                        f"{app}/wecom/in", params=asked, cookies=cookies, allow_redirects=False
                    ) as answer:
                        if not (keeps_cookie and cookies):
                            cookies |= {name: morsel.value for name, morsel in answer.cookies.items()}
                        found.append((answer.status, answer.headers.get("location", "")))
            return found

    return asyncio.run(scene())


def test_who_opens_the_page_in_wecom_comes_in_without_a_password():
    (away, inside) = visits({}, {"code": "c1"}, logins={"c1": {"userid": "lihui"}})
    address = urlsplit(away[1])
    query = dict(parse_qsl(address.query))
    assert (away[0], address.netloc, address.fragment) == (303, "open.weixin.qq.com", "wechat_redirect")
    assert (query["redirect_uri"], query["scope"], query["agentid"]) == (f"{HOME}/wecom/in", "snsapi_base", "1000007")
    assert inside == (303, f"{HOME}/in/CODE2345")


@pytest.mark.parametrize(
    ("code", "logins", "forged"),
    [
        ("c1", {"c1": {"userid": "stranger"}}, False),
        ("c1", {"c1": {"openid": "o1"}}, False),
        ("used", {}, False),
        ("c 1", {}, False),
        ("c1", {"c1": {"userid": "lihui"}}, True),
    ],
)
def test_strangers_and_forged_returns_are_shown_the_page_that_says_how_to_come_in(code, logins, forged):
    assert visits({}, {"code": code}, logins=logins, forged=forged)[-1] == (303, f"{HOME}/")


def test_a_return_without_a_code_is_not_sent_round_again():
    assert visits({}, {"state": "x"})[-1] == (303, f"{HOME}/")


def test_a_browser_that_keeps_no_cookie_is_sent_round_once_more_and_no_further():
    """Once more, for who began at another name of the same house gets the cookie at the public one."""

    async def scene():
        async with wecom(Ear(), public_url=HOME, way_in=lambda _: None) as (_, _, app), ClientSession() as browser:
            found, state = [], {}
            for _ in range(3):
                async with browser.get(f"{app}/wecom/in", params=state, cookies={}, allow_redirects=False) as answer:
                    address = urlsplit(answer.headers["location"])
                browser.cookie_jar.clear()
                found.append(address.netloc)
                state = {"code": "c1", "state": dict(parse_qsl(address.query)).get("state", "")}
            return found

    assert asyncio.run(scene()) == ["open.weixin.qq.com", "open.weixin.qq.com", "zhibu.example.org"]


def test_a_state_is_good_once_and_only_one_that_was_made_here():
    logins = {"c1": {"userid": "lihui"}, "c2": {"userid": "lihui"}}
    _, inside, again = visits({}, {"code": "c1"}, {"code": "c2"}, logins=logins, keeps_cookie=True)
    assert inside == (303, f"{HOME}/in/CODE2345")
    assert again[1].startswith("https://open.weixin.qq.com/"), "it goes all the way again"
    (planted,) = visits({"code": "c1", "state": "planted"}, logins=logins, cookie="planted")
    assert planted[1].startswith("https://open.weixin.qq.com/")


def test_a_visit_leads_to_wecom_or_to_the_page_and_nowhere_else():
    evil = {"redirect_uri": "https://evil.example", "next": "https://evil.example", "url": "//evil.example"}
    found = visits(evil, {"code": "c1", **evil}, logins={"c1": {"userid": "lihui"}})
    assert [urlsplit(to).netloc for _, to in found] == ["open.weixin.qq.com", "zhibu.example.org"]
    assert "evil" not in "".join(to for _, to in found)


def test_without_a_public_address_there_is_no_such_way():
    async def scene():
        async with wecom(Ear()) as (door, _, _):
            return [route.path for route in door.routes]

    assert set(asyncio.run(scene())) == {"/wecom"}


def test_a_message_that_is_taken_without_an_id_counts_as_sent():
    async def scene():
        async with wecom(Ear()) as (door, platform, _):
            platform.faults.extend([{"errcode": 0, "errmsg": "ok"}] * 2)
            return {await door.send(LIHUI, Shown("x")) for _ in range(2)} - {""}

    assert len(asyncio.run(scene())) == 2


# ---- a hostile network


def test_an_endless_answer_of_the_platform_is_not_read_to_its_end():
    async def scene():
        async with wecom(Ear()) as (door, platform, _):
            platform.faults.append({"errcode": 0, "errmsg": "x" * (2 << 20)})
            with pytest.raises(Undelivered) as failure:
                await door.send(LIHUI, Shown("x"))
            return failure.value.why

    assert asyncio.run(scene()) == "down"


def test_a_request_that_breaks_off_leaves_the_door_as_it_was(caplog):
    async def scene():
        ear = Ear("好的")
        async with wecom(ear) as (_, platform, app):
            query = query_of(VECTORS["text"])
            path = "/wecom?" + "&".join(f"{name}={value}" for name, value in query.items())
            reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(app).port)
            writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n<xml>".encode())
            await writer.drain()
            writer.close()
            await reader.read()
            status, _ = await platform.call(app, text_xml("lihui", "签到", "1"))
            return status, len(ear.heard)

    assert asyncio.run(scene()) == (200, 1)
    assert not [record for record in caplog.records if record.exc_info]
