"""A durable check-in through WeCom's encrypted callback against an echo of the same server and the same codec."""

from __future__ import annotations

import random
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from bench.checkins import CheckIns, kept, load, serving
from bench.organization import Size, account, build, words
from bench.serving import DATABASE, WECOM
from bot.channels.tencent.seal import Seal
from bot.channels.tencent.xml import answer, cdata

ROUNDS = 3
BRANCHES_A_ROUND = 25
ECHO, HEAR = "/echo-wecom", "/wecom"


def measure(rounds: int = ROUNDS, branches: int = BRANCHES_A_ROUND) -> CheckIns:
    """Measure in turns: echo, check-ins, echo, check-ins … on one server; the first turn only warms up."""
    size = Size(branches * (rounds + 1))
    with tempfile.TemporaryDirectory(prefix="zhibu-bench-") as name:
        folder = Path(name)
        build(folder / DATABASE, size, channel="wecom").close()
        with serving(folder) as port:
            turns = [_turn(port, turn, size, branches) for turn in range(rounds + 1)][1:]
        there = kept(folder / DATABASE)
    echoes, checked = zip(*turns, strict=True)
    return CheckIns(
        echo_rate=median(one["count"] / one["seconds"] for one in echoes),
        echo_p99=median(one["p99"] for one in echoes),
        rate=median(one["count"] / one["seconds"] for one in checked),
        p99=median(one["p99"] for one in checked),
        kept=there,
        asked=size.people,
    )


def _turn(port: int, turn: int, size: Size, branches: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Everyone of this turn's branches says it to the app, in a mixed order; the same messages are echoed first."""
    first = turn * branches
    people = list(range(first * size.members, (first + branches) * size.members))
    random.Random(turn).shuffle(people)  # noqa: S311  an order that is the same in every run
    echoed = load(port, [_callback(ECHO, person, turn) for person in people * 4])
    checked = load(port, [_callback(HEAR, person, turn) for person in people])
    assert checked["refused"] == echoed["refused"] == 0, "the server refused what it should take"
    return echoed, checked


def _callback(path: str, person: int, turn: int) -> dict[str, str]:
    """Seal one message as WeCom does."""
    seal = Seal(WECOM["token"], WECOM["aes_key"], WECOM["corp_id"])
    now, nonce = datetime.now(UTC), f"{turn}{person}"
    number = f"<MsgId>{turn}{time.time_ns()}</MsgId><AgentID>{WECOM['agent_id']}</AgentID>"
    said = f"<Content>{cdata(words()['say'])}</Content>{number}"
    encrypted, signature, timestamp = seal.close(answer("text", said, "c", account(person + 1), now), nonce, now)
    query = urlencode({"msg_signature": signature, "timestamp": timestamp, "nonce": nonce})
    envelope = f"<xml><ToUserName><![CDATA[c]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return {"path": f"{path}?{query}", "raw": envelope}
