"""The robot of one WeCom group, which takes what is posted with its key."""

from collections import deque

from aiohttp import web

KEY = "a-secret-key-1"


class Robot:
    """One group's robot."""

    def __init__(self):
        self.said, self.files, self.faults, self.upload_faults = [], {}, deque(), deque()

    def add_routes(self, router):
        router.add_post("/cgi-bin/webhook/send", self._send)
        router.add_post("/cgi-bin/webhook/upload_media", self._upload)

    async def _send(self, request):
        if request.query.get("key") != KEY:
            return web.json_response({"errcode": 93000, "errmsg": f"invalid webhook url, key {KEY}"})
        fault = self.faults.popleft() if self.faults else None  # a None among them lets one call through
        if fault is not None:
            return web.json_response(fault)
        self.said.append(await request.json())
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _upload(self, request):
        form = await request.post()
        if self.upload_faults:
            return web.json_response(self.upload_faults.popleft())
        self.files["m1"] = (form["media"].filename, form["media"].file.read())
        return web.json_response({"errcode": 0, "errmsg": "ok", "media_id": "m1"})
