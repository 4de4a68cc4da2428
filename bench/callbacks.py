"""A durable check-in through WeCom's encrypted callback against echoes: of the same server and codec, and of others."""

from __future__ import annotations

import random
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from bench import peers
from bench.checkins import CheckIns, kept, load, serving
from bench.organization import Size, account, build, words
from bench.serving import DATABASE, WECOM
from bot.channels.tencent.seal import Seal
from bot.channels.tencent.xml import answer, cdata

ROUNDS = 3
BRANCHES_A_ROUND = 25
ECHO, HEAR = "/echo-wecom", "/wecom"
ECHOES = 4
"""Each message is echoed so many times."""


@dataclass(frozen=True)
class Callbacks:
    """What was measured, and beside it the rates of the peers that are installed, by their names."""

    checked: CheckIns
    echoes: dict[str, float]

    def against(self, peer: str) -> float:
        """Check-ins a second over a peer's echoes a second."""
        return self.checked.rate / self.echoes[peer]


def measure(rounds: int = ROUNDS, branches: int = BRANCHES_A_ROUND) -> Callbacks:
    """Measure in turns: own echo, check-ins, each peer's echo, own echo …; the first turn only warms up."""
    size = Size(branches * (rounds + 1))
    with tempfile.TemporaryDirectory(prefix="zhibu-bench-") as name:
        folder = Path(name)
        build(folder / DATABASE, size, channel="wecom").close()
        with serving(folder) as port, peers.all_echoing() as others:
            turns = [_turn(port, others, turn, size, branches) for turn in range(rounds + 1)][1:]
        there = kept(folder / DATABASE)
    checked = CheckIns(
        echo_rate=_rate(turns, ECHO),
        echo_p99=median(turn[ECHO]["p99"] for turn in turns),
        rate=_rate(turns, HEAR),
        p99=median(turn[HEAR]["p99"] for turn in turns),
        kept=there,
        asked=size.people,
    )
    return Callbacks(checked, {name: _rate(turns, name) for name in others})


def _rate(turns: list[dict[str, Any]], whose: str) -> float:
    return float(median(turn[whose]["count"] / turn[whose]["seconds"] for turn in turns))


def _turn(port: int, others: dict[str, int], turn: int, size: Size, branches: int) -> dict[str, Any]:
    """Everyone of this turn's branches says it to the app, in a mixed order; the same messages are echoed beside it."""
    first = turn * branches
    people = list(range(first * size.members, (first + branches) * size.members))
    random.Random(turn).shuffle(people)  # noqa: S311  an order that is the same in every run
    found = {ECHO: load(port, [callback(ECHO, person, turn) for person in people * ECHOES])}
    found[HEAR] = load(port, [callback(HEAR, person, turn) for person in people])
    for name, peer in others.items():
        found[name] = load(peer, [callback(peers.HEAR, person, turn) for person in people * ECHOES])
    assert not any(one["refused"] for one in found.values()), "a server refused what it should take"
    return found


def callback(path: str, person: int, turn: int) -> dict[str, str]:
    """Seal one message as WeCom does; signed as 公众号 are too, which WeRoBot asks for, so that all read the same."""
    seal = Seal(WECOM["token"], WECOM["aes_key"], WECOM["corp_id"])
    now, nonce = datetime.now(UTC), f"{turn}{person}"
    number = f"<MsgId>{turn}{time.time_ns()}</MsgId><AgentID>{WECOM['agent_id']}</AgentID>"
    said = f"<Content>{cdata(words()['say'])}</Content>{number}"
    encrypted, signature, timestamp = seal.close(answer("text", said, "c", account(person + 1), now), nonce, now)
    plain = seal.sign(timestamp, nonce).decode()
    query = urlencode({"msg_signature": signature, "signature": plain, "timestamp": timestamp, "nonce": nonce})
    envelope = f"<xml><ToUserName><![CDATA[c]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return {"path": f"{path}?{query}", "raw": envelope}
