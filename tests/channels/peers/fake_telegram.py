"""A Bot API server for one bot that keeps Telegram's promises about offsets, and breaks what it is told to break."""

import asyncio
import contextlib
import json
import time
from collections import defaultdict, deque

from aiohttp import web

BOT = {"id": 7000001, "is_bot": True, "first_name": "支部助手", "username": "zhibu_test_bot",
       "can_join_groups": True, "can_read_all_group_messages": True, "supports_inline_queries": False}  # fmt: skip
GROUP = {"id": -1001, "type": "supergroup", "title": "研发群"}
DATE = 1772677200
RIGHTS = ("can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
          "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
          "can_delete_stories", "can_be_edited", "is_anonymous")  # fmt: skip
BOT_AS = {
    "left": {},
    "member": {},
    "kicked": {"until_date": 0},
    "administrator": dict.fromkeys(RIGHTS, False),
}


class FakeTelegram:
    def __init__(self, token="7000001:right", clock=None):  # noqa: S107  an invented one
        self.token, self.clock = token, clock
        self.updates = []
        self.calls = []
        self.times = []
        self.shown = {}
        self.files = {}
        self.polls = []
        self.confirmed = 0
        self.faults = defaultdict(deque)
        self._number = 100
        self._message = 500
        self._news = asyncio.Event()

    def add_routes(self, router):
        router.add_get("/file/bot{token}/{path}", self._file)
        router.add_route("*", "/bot{token}/{method}", self._answer)

    # ---- what people do

    def give(self, **update):
        """Queue a raw update; return its number."""
        self._number += 1
        self.updates.append({"update_id": self._number, **update})
        self._news.set()
        return self._number

    def say(self, account, text, chat=None, message_id=None, **more):
        self._message += 1
        number = message_id or self._message
        self.give(message=message(account, text, chat, number, **more))
        return number

    def press(self, account, data, message_id, chat=None, query_id=None, **more):
        self._message += 1
        shown = self.shown[str(message_id)]
        card = message(BOT["id"], shown["text"], chat or private(account), int(message_id), **more)
        card |= {"from": BOT, "reply_markup": shown.get("reply_markup")}
        query = {"id": query_id or str(self._message), "from": person(account), "chat_instance": "1",
                 "data": data, "message": card}  # fmt: skip
        self.give(callback_query=query)
        return query["id"]

    def fail(self, method, status, description="", **parameters):
        """Let the next call of a method fail as Telegram fails; a description of None gives a page of HTML."""
        if description is None:
            self.faults[method].append((status, None))
        else:
            body = {"ok": False, "error_code": status, "description": description}
            self.faults[method].append((status, body | ({"parameters": parameters} if parameters else {})))

    def called(self, method):
        return [fields for name, fields in self.calls if name == method]

    # ---- the server

    async def _answer(self, request):
        method = request.match_info["method"]
        fields = dict(request.query) | dict(await request.post())
        if request.match_info["token"] != self.token:
            return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)
        self.calls.append((method, fields))
        self.times.append((self.clock and self.clock.now(), (method, fields)))
        if self.faults[method]:
            status, body = self.faults[method].popleft()
            if body is None:
                return web.Response(status=status, text=f"<html>{request.path} was not found</html>")
            return web.json_response(body, status=status)
        fault = self._fault_in(method, fields)
        if fault:
            body = {"ok": False, "error_code": 400, "description": f"Bad Request: {fault}"}
            return web.json_response(body, status=400)
        result = await self._result(method, fields)
        return web.json_response({"ok": True, "result": result})

    async def _file(self, request):
        data = self.files.get(request.match_info["path"])
        if request.match_info["token"] != self.token or data is None:
            return web.Response(status=404)
        return web.Response(body=data)

    def _fault_in(self, method, fields):  # noqa: PLR0911  each way out is one fault
        """Return what Telegram would find wrong with a call, in its words."""
        if method == "getFile" and fields["file_id"] not in self.files:
            return "wrong file_id or the file is temporarily unavailable"
        if method == "getFile" and len(self.files[fields["file_id"]]) > 20 << 20:
            return "file is too big"
        if method == "editMessageText" and fields["message_id"] not in self.shown:
            return "message to edit not found"
        if method in {"sendMessage", "editMessageText"} and not fields["text"].strip():
            return "message text is empty"
        if len(fields.get("text", "").encode("utf-16-le")) // 2 > 4096 or len(fields.get("caption", "")) > 1024:
            return "message is too long"
        rows = json.loads(fields.get("reply_markup", "{}")).get("inline_keyboard", [])
        if any(not 1 <= len(button["callback_data"].encode()) <= 64 for row in rows for button in row):
            return "BUTTON_DATA_INVALID"
        return ""

    async def _result(self, method, fields):  # noqa: PLR0911  one a method
        if method == "getMe":
            return BOT
        if method == "getFile":
            return {"file_id": fields["file_id"], "file_unique_id": "u", "file_path": fields["file_id"]}
        if method == "getUpdates":
            return await self._updates(int(fields.get("offset", 0)), float(fields["timeout"]))
        if method == "sendPoll":
            self._message += 1
            return self._poll(str(self._message), fields)
        if method == "stopPoll" and self.shown[fields["message_id"]].get("closed"):
            return None
        if method == "stopPoll":
            self.shown[fields["message_id"]]["closed"] = True
            return {"id": "stopped"}
        if method in {"sendMessage", "sendDocument"}:
            self._message += 1
            return self._show(str(self._message), fields)
        if method == "editMessageText":
            return self._show(fields["message_id"], fields)
        return True

    async def _updates(self, offset, timeout):  # noqa: ASYNC109  Telegram's own word
        self.polls.append(offset)
        self.confirmed = max(self.confirmed, offset)
        self.updates[:] = [update for update in self.updates if _number_of(update) >= offset]
        if not self.updates:
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), timeout)
        return self.updates[:100]

    def choose(self, account, message_id, *options):
        """Let somebody choose an option of a quiz; none takes the choice back."""
        poll = self.shown[message_id]["poll"]
        answer = {"poll_id": poll["id"], "user": person(account), "option_ids": options,
                  "option_persistent_ids": list(map(str, options))}  # fmt: skip
        return self.give(poll_answer=answer)

    def _poll(self, message_id, fields):
        options = [option["text"] for option in json.loads(fields["options"])]
        poll = {"id": f"p{message_id}", "question": fields["question"], "options": options,
                "right": int(fields["correct_option_id"]), "anonymous": fields["is_anonymous"]}  # fmt: skip
        self.shown[message_id] = {"text": fields["question"], "poll": poll, "chat": fields["chat_id"]}
        return {"message_id": int(message_id), "date": int(time.time()), "poll": {"id": poll["id"]},
                "chat": {"id": int(fields["chat_id"]), "type": "private", "first_name": "x"}}  # fmt: skip

    def _show(self, message_id, fields):
        shown = {"text": fields.get("text") or fields.get("caption", ""), "chat": fields["chat_id"]}
        if "reply_markup" in fields:
            shown["reply_markup"] = json.loads(fields["reply_markup"])
        if "document" in fields:
            shown["file"] = (fields["document"].filename, fields["document"].file.read())
        self.shown[message_id] = shown
        chat = int(fields["chat_id"])
        kind = {"type": "private", "first_name": "x"} if chat > 0 else {"type": "supergroup", "title": "x"}
        text = {} if "document" in fields else {"text": shown["text"]}
        return {"message_id": int(message_id), "date": int(time.time()), "chat": {"id": chat, **kind}, **text}


def _number_of(update):
    """Return an update's number; what has none counts as the first that was ever given."""
    return update.get("update_id", 101) if isinstance(update, dict) else 101


def person(account):
    return {"id": account, "is_bot": False, "first_name": "李慧", "last_name": "测"}


def private(account):
    return {"id": account, "type": "private", "first_name": "李慧"}


def became(before, after, chat=GROUP, account=1001):
    """Return an update in which a person changes what the bot is in a chat."""
    old, new = ({"status": status, "user": BOT, **BOT_AS[status]} for status in (before, after))
    change = {"chat": chat, "from": person(account), "date": DATE, "old_chat_member": old, "new_chat_member": new}
    return {"my_chat_member": change}


def message(account, text, chat=None, message_id=1, **more):
    content = {} if text is None else {"text": text}
    return {"message_id": message_id, "date": DATE, "from": person(account), "chat": chat or private(account),
            **content, **more}  # fmt: skip
