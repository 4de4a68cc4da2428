"""A WeCom platform for one app: it calls the app's address, encrypted, and takes its REST messages.

The encryption here is written on plain AES, apart from the library that the door uses.
"""

import base64
import hashlib
import io
import os
import re
import struct
from collections import deque

from aiohttp import ClientSession, web
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


class FakeWeCom:
    def __init__(self, corp, token, key, clock, secret="the-app-secret"):  # noqa: S107  an invented one
        self.corp, self.token, self.clock, self.secret = corp, token, clock, secret
        self.key = base64.b64decode(key + "=")
        self.sent = []
        self.media, self.names = {}, {}
        self.logins = {}
        self.members = {}
        self.groups = {}
        self.told = []
        self.tokens_given = 0
        self.faults = deque()
        self.token_faults, self.upload_faults = deque(), deque()
        self.expired = set()

    # ---- the REST side

    def add_routes(self, router):
        router.add_get("/cgi-bin/gettoken", self._give_token)
        router.add_post("/cgi-bin/message/send", self._take_message)
        router.add_get("/cgi-bin/media/get", self._give_media)
        router.add_post("/cgi-bin/media/upload", self._take_media)
        router.add_get("/cgi-bin/auth/getuserinfo", self._name_user)
        router.add_post("/cgi-bin/batch/openuserid_to_userid", self._plain_ids)
        router.add_post("/cgi-bin/appchat/create", self._make_group)
        router.add_get("/cgi-bin/appchat/get", self._name_group)
        router.add_post("/cgi-bin/appchat/update", self._change_group)
        router.add_post("/cgi-bin/appchat/send", self._take_for_group)

    async def _give_token(self, request):
        if self.token_faults:
            return self._fail(self.token_faults.popleft())
        if request.query.get("corpsecret") != self.secret:
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential " + self.secret})
        self.tokens_given += 1
        token = f"T{self.tokens_given}"
        return web.json_response({"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200})

    async def _take_message(self, request):
        if refusal := self._refusal(request):
            return refusal
        self.sent.append(await request.json())
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": f"m{len(self.sent)}"})

    async def _give_media(self, request):
        token = request.query.get("access_token")
        if token != f"T{self.tokens_given}" or token in self.expired:
            return web.json_response({"errcode": 42001, "errmsg": f"access_token expired {token}"})
        data = self.media.get(request.query["media_id"])
        if data is None:
            return web.json_response({"errcode": 40007, "errmsg": "invalid media_id"})
        return web.Response(body=data, content_type="image/jpeg")

    async def _take_media(self, request):
        form = await request.post()
        if self.upload_faults:
            return self._fail(self.upload_faults.popleft())
        if refusal := self._refusal(request):
            return refusal
        media = f"media-{len(self.media) + 1}"
        self.media[media] = form["media"].file.read()
        self.names[media] = form["media"].filename
        return web.json_response({"errcode": 0, "errmsg": "ok", "type": request.query["type"], "media_id": media})

    async def _plain_ids(self, request):
        if refusal := self._refusal(request):
            return refusal
        asked = (await request.json())["open_userid_list"]
        known = [{"open_userid": one, "userid": self.members[one]} for one in asked if one in self.members]
        unknown = [one for one in asked if one not in self.members]
        answer = {"errcode": 0, "errmsg": "ok", "userid_list": known, "invalid_open_userid_list": unknown}
        return web.json_response(answer)

    async def _make_group(self, request):
        if refusal := self._refusal(request):
            return refusal
        asked = await request.json()
        if len(asked["userlist"]) < 2 or asked["owner"] not in asked["userlist"]:
            return web.json_response({"errcode": 86006, "errmsg": "invalid chat member list size"})
        chat = f"wr{len(self.groups) + 1}"
        self.groups[chat] = {"chatid": chat, **asked}
        return web.json_response({"errcode": 0, "errmsg": "ok", "chatid": chat})

    async def _name_group(self, request):
        if refusal := self._refusal(request) or self._no_group(request.query["chatid"]):
            return refusal
        return web.json_response({"errcode": 0, "errmsg": "ok", "chat_info": self.groups[request.query["chatid"]]})

    async def _change_group(self, request):
        asked = await request.json()
        if refusal := self._refusal(request) or self._no_group(asked["chatid"]):
            return refusal
        self.groups[asked["chatid"]]["userlist"] += asked["add_user_list"]
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _take_for_group(self, request):
        asked = await request.json()
        if refusal := self._refusal(request) or self._no_group(asked["chatid"]):
            return refusal
        if asked["msgtype"] == "template_card":
            return web.json_response({"errcode": 40008, "errmsg": "invalid message type"})
        self.told.append(asked)
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    def _no_group(self, chat):
        return None if chat in self.groups else web.json_response({"errcode": 86003, "errmsg": "chatid not exist"})

    async def _name_user(self, request):
        account = self.logins.pop(request.query["code"], None)
        if account is None:
            return web.json_response({"errcode": 40029, "errmsg": "invalid code"})
        return web.json_response({"errcode": 0, "errmsg": "ok", **account})

    def _refusal(self, request):
        token = request.query.get("access_token")
        if token != f"T{self.tokens_given}" or token in self.expired:
            return web.json_response({"errcode": 42001, "errmsg": f"access_token expired {token}"})
        fault = self.faults.popleft() if self.faults else None  # a None among them lets one call through
        return None if fault is None else self._fail(fault)

    @staticmethod
    def _fail(fault):
        if isinstance(fault, int):
            return web.Response(status=fault, text="<html>bad gateway</html>")
        return web.json_response(fault)

    # ---- the callback side

    def sign(self, timestamp, nonce, encrypted):
        return hashlib.sha1("".join(sorted([self.token, timestamp, nonce, encrypted])).encode()).hexdigest()  # noqa: S324

    def seal(self, text, receiver=None):
        inside = text.encode()
        data = os.urandom(16) + struct.pack(">I", len(inside)) + inside + (receiver or self.corp).encode()
        pad = 32 - len(data) % 32
        cipher = Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16])).encryptor()
        return base64.b64encode(cipher.update(data + bytes([pad]) * pad) + cipher.finalize()).decode()

    def unseal(self, encrypted):
        cipher = Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16])).decryptor()
        data = cipher.update(base64.b64decode(encrypted)) + cipher.finalize()
        data = data[: -data[-1]]
        (length,) = struct.unpack(">I", data[16:20])
        assert data[20 + length :].decode() == self.corp
        return data[20 : 20 + length].decode()

    def signed(self, encrypted, nonce="n1"):
        timestamp = str(int(self.clock.now().timestamp()))
        return {"msg_signature": self.sign(timestamp, nonce, encrypted), "timestamp": timestamp, "nonce": nonce}

    async def call(self, app, xml):
        """Deliver one plain message; return the HTTP status and the opened answer ("" for none)."""
        encrypted = self.seal(xml)
        return await self.post(app, envelope(encrypted), self.signed(encrypted))

    async def post(self, app, body, query):
        async with (
            ClientSession() as session,
            session.post(f"{app}/wecom", params=query, data=io.BytesIO(body)) as response,
        ):
            text = await response.text()
            if response.status != 200 or not text:
                return response.status, ""
            return response.status, self.open_answer(text)

    def open_answer(self, body):
        fields = {name: re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", body).group(1)
                  for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")}  # fmt: skip
        assert fields["MsgSignature"] == self.sign(fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
        return self.unseal(fields["Encrypt"])


def envelope(encrypted):
    return f"<xml><ToUserName><![CDATA[c]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()


def words_of(sent):
    """Return the words that a message shows: a text's, or a card's title and text."""
    if sent["msgtype"] == "text":
        return sent["text"]["content"]
    shown = sent["template_card"]
    return "\n".join(filter(None, [shown.get("main_title", {}).get("title"), shown["sub_title_text"]]))


def click_xml(account, card, label, created=1772677200):
    """Return the event of a click on a button of a card that was sent."""
    key = next(button["key"] for button in card["button_list"] if button["text"] == label)
    return (
        f"<xml><ToUserName><![CDATA[c]]></ToUserName><FromUserName><![CDATA[{account}]]></FromUserName>"
        f"<CreateTime>{created}</CreateTime><MsgType><![CDATA[event]]></MsgType>"
        f"<Event><![CDATA[template_card_event]]></Event><EventKey><![CDATA[{key}]]></EventKey>"
        f"<TaskId><![CDATA[{card['task_id']}]]></TaskId><CardType><![CDATA[button_interaction]]></CardType>"
        f"<ResponseCode><![CDATA[R1]]></ResponseCode><AgentID>1000007</AgentID></xml>"
    )


def text_xml(account, text, message_id, created=1772677200):
    return (
        f"<xml><ToUserName><![CDATA[c]]></ToUserName><FromUserName><![CDATA[{account}]]></FromUserName>"
        f"<CreateTime>{created}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>"
        f"<MsgId>{message_id}</MsgId><AgentID>1000007</AgentID></xml>"
    )
