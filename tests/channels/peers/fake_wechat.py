"""A WeChat platform for one 公众号: it pushes in all three modes, and keeps its windows for what is sent unasked."""

import io
import re
from collections import Counter, deque

from aiohttp import ClientSession, web
from fake_wecom import FakeWeCom, envelope


class FakeWeChat(FakeWeCom):
    """Seals as WeCom does, for the AppID.

    `silent` are followers whose 48 hours are over, `used_up` those who had their five messages, `gone` those who follow
    no more; `consents` counts the subscription notices that each has asked for. After
    `left` messages in all the window is used up. Of a code that it makes, `codes` has what was asked.
    """

    def __init__(self, app_id, token, key, clock, mode="safe"):
        super().__init__(app_id, token, key, clock)
        self.mode = mode
        self.silent, self.used_up, self.gone = set(), set(), set()
        self.left = None
        self.consents = Counter()
        self.notices, self.subscriptions, self.menus, self.codes = [], [], [], []
        self.menu_faults, self.code_faults = deque(), deque()

    def add_routes(self, router):
        router.add_post("/cgi-bin/stable_token", self._stable_token)
        router.add_post("/cgi-bin/message/custom/send", self._custom)
        router.add_post("/cgi-bin/message/template/send", self._template)
        router.add_post("/cgi-bin/message/subscribe/bizsend", self._subscription)
        router.add_post("/cgi-bin/qrcode/create", self._make_code)
        router.add_post("/cgi-bin/media/upload", self._take_media)
        router.add_get("/cgi-bin/menu/get", self._menu)
        router.add_post("/cgi-bin/menu/create", self._make_menu)
        router.add_get("/cgi-bin/media/get", self._give_media)

    async def _stable_token(self, request):
        asked = await request.json()
        if asked.get("secret") != self.secret or asked.get("grant_type") != "client_credential":
            return web.json_response({"errcode": 40125, "errmsg": "invalid appsecret " + str(asked.get("secret"))})
        self.tokens_given += 1
        return web.json_response({"access_token": f"T{self.tokens_given}", "expires_in": 7200})

    async def _custom(self, request):
        if refusal := self._refusal(request):
            return refusal
        asked = await request.json()
        if asked["touser"] in self.used_up or self.left == len(self.sent):
            return web.json_response({"errcode": 45047, "errmsg": "out of response count limit"})
        if asked["touser"] in self.silent:
            return web.json_response({"errcode": 45015, "errmsg": "response out of time limit"})
        if asked["touser"] in self.gone:
            return web.json_response({"errcode": 43004, "errmsg": "require subscribe"})
        self.sent.append(asked)
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _template(self, request):
        if refusal := self._refusal(request):
            return refusal
        self.notices.append(await request.json())
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": 200163835 + len(self.notices)})

    async def _subscription(self, request):
        if refusal := self._refusal(request):
            return refusal
        asked = await request.json()
        if not self.consents[asked["touser"]]:
            return web.json_response({"errcode": 43101, "errmsg": "user refuse to accept the msg"})
        if not all(field["value"] for field in asked["data"].values()):
            return web.json_response({"errcode": 47003, "errmsg": "argument invalid! data is empty"})
        self.consents[asked["touser"]] -= 1
        self.subscriptions.append(asked)
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": 1700827132819554304 + len(self.subscriptions)})

    async def _make_code(self, request):
        if refusal := self._refusal(request):
            return refusal
        if self.code_faults:
            return self._fail(self.code_faults.popleft())
        asked = await request.json()
        self.codes.append(asked)
        address = f"http://weixin.qq.com/q/code-{len(self.codes)}"
        return web.json_response({"ticket": "gQ", "expire_seconds": asked["expire_seconds"], "url": address})

    async def _menu(self, request):
        if refusal := self._refusal(request):
            return refusal
        if self.menu_faults:
            return web.json_response(self.menu_faults.popleft())
        if not self.menus:
            return web.json_response({"errcode": 46003, "errmsg": "menu no exist"})
        return web.json_response({"menu": self.menus[-1]})

    async def _make_menu(self, request):
        if refusal := self._refusal(request):
            return refusal
        self.menus.append(await request.json())
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    # ---- the callback side

    def plainly(self, nonce="n1"):
        """Return the query that WeChat signs without the body."""
        timestamp = str(int(self.clock.now().timestamp()))
        return {"signature": self.sign(timestamp, nonce), "timestamp": timestamp, "nonce": nonce}

    def sign(self, timestamp, nonce, *encrypted):
        import hashlib

        return hashlib.sha1("".join(sorted([self.token, timestamp, nonce, *encrypted])).encode()).hexdigest()  # noqa: S324

    async def call(self, app, xml):
        """Deliver one message in this account's mode; return the HTTP status and the opened answer."""
        query = self.plainly()
        if self.mode == "plain":
            return await self._push(app, xml.encode(), query)
        encrypted = self.seal(xml)
        query |= {"encrypt_type": "aes", "msg_signature": self.sign(query["timestamp"], query["nonce"], encrypted)}
        body = envelope(encrypted)
        if self.mode == "compatible":
            body = xml.encode().replace(b"</xml>", re.sub(rb"^<xml>", b"", body))
        return await self._push(app, body, query)

    async def _push(self, app, body, query):
        async with (
            ClientSession() as session,
            session.post(f"{app}/wechat", params=query, data=io.BytesIO(body)) as response,
        ):
            text = await response.text()
            if response.status != 200 or not text or self.mode == "plain":
                return response.status, text
            return response.status, self.open_answer(text)


def event_xml(account, event, key="", created=1772677200):
    return (
        f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[{account}]]></FromUserName>"
        f"<CreateTime>{created}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event>"
        f"<EventKey><![CDATA[{key}]]></EventKey></xml>"
    )


def message_xml(account, kind, inside, message_id, created=1772677200):
    return (
        f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[{account}]]></FromUserName>"
        f"<CreateTime>{created}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{inside}<MsgId>{message_id}</MsgId></xml>"
    )
