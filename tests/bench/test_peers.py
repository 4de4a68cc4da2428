"""The other frameworks' echoes that a check-in is measured beside: they must do what ours does."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from bench import callbacks, peers
from bench.__main__ import _peers
from bench.checkins import CheckIns
from bench.organization import account, words
from bench.serving import WECOM
from bot.channels.tencent.seal import Query, Seal, ciphertext_of
from bot.channels.tencent.xml import fields_of


def test_what_is_sent_is_a_callback_of_wecom_and_of_an_official_account():
    sent = callbacks.callback(peers.HEAR, 4, turn=1)
    query = {name: value[0] for name, value in parse_qs(urlsplit(sent["path"]).query).items()}
    codec = WeChatCrypto(WECOM["token"], WECOM["aes_key"], WECOM["corp_id"])
    opened = codec.decrypt_message(sent["raw"], query["msg_signature"], query["timestamp"], query["nonce"])
    said = xmltodict.parse(opened)["xml"]
    assert (said["FromUserName"], said["Content"]) == (account(5), words()["say"])
    check_signature(WECOM["token"], query["signature"], query["timestamp"], query["nonce"])


@pytest.mark.parametrize("peer", peers.PEERS, ids=lambda peer: peer.name)
def test_a_peer_echoes_sealed(peer):
    if not peer.installed:
        pytest.skip(f"not installed: {', '.join(peer.needs)}")
    sent = callbacks.callback(peers.HEAR, 4, turn=1)
    with peers.echoing(peer) as port:
        asked = Request(f"http://127.0.0.1:{port}{sent['path']}", sent["raw"].encode(), {"Content-Type": "text/xml"})
        with urlopen(asked, timeout=20) as answered:  # noqa: S310  it is our own process
            body = answered.read()
    envelope = xmltodict.parse(body)["xml"]
    query = Query(envelope["MsgSignature"], envelope["TimeStamp"], envelope["Nonce"])
    seal = Seal(WECOM["token"], WECOM["aes_key"], WECOM["corp_id"])
    fields = fields_of(seal.open(query, ciphertext_of(body), datetime.now(UTC)))
    assert (fields["ToUserName"], fields["FromUserName"]) == (account(5), "c")
    assert (fields["MsgType"], fields["Content"]) == ("text", words()["say"])


def test_a_peer_that_is_not_installed_is_said_to_be_absent():
    checked = CheckIns(echo_rate=2000, echo_p99=1, rate=1000, p99=3, kept=9, asked=9)
    there, *absent = _peers(callbacks.Callbacks(checked, {peers.PEERS[0].name: 400}))
    assert (there.value, there.aim, there.behind) == ("2.50", "at least 2", "1000/s against 400/s, the same messages")
    assert {(one.value, one.behind.partition(":")[0]) for one in absent} == {("-", "not installed")}
    assert len(absent) == len(peers.PEERS) - 1
