"""WeCom where it pushes an AI bot's messages to an address: sealed JSON for nobody in particular, and late answers."""

import io
import itertools
import json

from aiohttp import ClientSession, web
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from fake_wecom import FakeWeCom


class FakeWeComPusher(FakeWeCom):
    def __init__(self, key, clock):
        super().__init__("", "Lantern7Quill", key, clock)
        self.address = ""
        self.late, self.answers = [], []
        self.unused = set()
        self.files = {}
        self._numbers, self._counts = itertools.count(1), {}

    def add_routes(self, router):
        router.add_post("/late/{number}", self._take_late)
        router.add_get("/file/{name}", self._give_file)

    def keep(self, name, data):
        """Hold a file as WeCom does, and return its address."""
        padding = 32 - len(data) % 32
        cipher = Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16])).encryptor()
        self.files[name] = cipher.update(data + bytes([padding]) * padding) + cipher.finalize()
        return f"{self.address}/file/{name}"

    # ---- what people do

    async def say(self, app, account, text, group=None, number=None):
        """Push a text; in a group it mentions the bot. Returns the HTTP status and the opened answer."""
        spoken = f"@支部助手 {text}" if group else text
        return await self.push(app, account, {"msgtype": "text", "text": {"content": spoken}}, group, number)

    async def press(self, app, account, card, label, group=None, number=None):
        key = next(button["key"] for button in card["button_list"] if button["text"] == label)
        fields = {"event_key": key, "task_id": card["task_id"], "card_type": card["card_type"]}
        event = {"eventtype": "template_card_event", "template_card_event": fields}
        return await self.push(app, account, {"msgtype": "event", "event": event}, group, number)

    async def push(self, app, account, what, group=None, number=None):
        count = next(self._numbers)
        number = number or f"m{count}"
        if number not in self._counts:  # a repeat comes with the same address
            self._counts[number] = str(count)
            self.unused.add(str(count))
        url = f"{self.address}/late/{self._counts[number]}"
        body = {"msgid": number, "aibotid": "b", "from": {"userid": account}, "create_time": 1772677200,
                "response_url": url, "chattype": "group" if group else "single",
                **({"chatid": group} if group else {}), **what}  # fmt: skip
        sealed = self.seal(json.dumps(body, ensure_ascii=False))
        return await self.post_json(app, json.dumps({"encrypt": sealed}).encode(), self.signed(sealed))

    async def post_json(self, app, body, query):
        async with (
            ClientSession() as session,
            session.post(f"{app}/wecom-bot", params=query, data=io.BytesIO(body)) as response,
        ):
            text = await response.text()
        if response.status != 200 or not text:
            return response.status, None
        said = json.loads(text)
        assert said["nonce"] == query["nonce"]
        assert said["msgsignature"] == self.sign(str(said["timestamp"]), said["nonce"], said["encrypt"])
        self.answers.append(json.loads(self.unseal(said["encrypt"])))
        return 200, self.answers[-1]

    # ---- what the bot does of its own

    async def _take_late(self, request):
        if self.faults:
            return self._fail(self.faults.popleft())
        number = request.match_info["number"]
        if number not in self.unused:
            return web.json_response({"errcode": 60140, "errmsg": "response_url used"})
        self.unused.discard(number)
        self.late.append((number, await request.json()))
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _give_file(self, request):
        return web.Response(body=self.files[request.match_info["name"]])


def said_in(body):
    """Return the words of an answer, its card's title and text included; "" where it only changes a card."""
    words = [body[part]["content"] for part in ("text", "stream", "markdown") if part in body]
    if "template_card" in body and "response_type" not in body:
        card = body["template_card"]
        words += [card.get("main_title", {}).get("title", ""), card["sub_title_text"]]
    return "\n".join(filter(None, words))
