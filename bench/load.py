"""The load, in a process of its own: kept connections, each with one request under way.

`python -m bench.load` reads `{"port","requests","connections"}` from its input, each request a path and a raw body; it
prints `{"seconds","p50","p99","max","refused","count"}`; latencies are in milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import uvloop


def request(port: int, path: str, raw: str) -> bytes:
    """Write one request as bytes, so that nothing is worded while time runs."""
    body = raw.encode()
    head = (f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(head).encode() + body


class Connection(asyncio.Protocol):
    """Sends the next request as soon as the answer to the last one is read."""

    def __init__(self, requests: list[bytes], took: list[float], done: asyncio.Future[int]) -> None:
        self._requests = requests
        self._took = took
        self._done = done
        self._got = b""
        self._refused = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport: Any = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """Take an answer; the next request follows at once."""
        self._got += data
        head, gap, body = self._got.partition(b"\r\n\r\n")
        if not gap or len(body) < _length(head):
            return
        self._took.append(time.perf_counter() - self._sent)
        self._refused += not (head.startswith(b"HTTP/1.1 200") and body)
        self._got = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        """The server is gone."""
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("closed"))

    def _next(self) -> None:
        if not self._requests:
            if not self._done.done():
                self._done.set_result(self._refused)
            return
        self._sent = time.perf_counter()
        self._transport.write(self._requests.pop())


def _length(head: bytes) -> int:
    found = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return int(found.split(b":")[1])


async def run(port: int, requests: list[dict[str, str]], connections: int) -> dict[str, Any]:
    """Send everything and time it."""
    loop = asyncio.get_running_loop()
    waiting = [request(port, **one) for one in reversed(requests)]
    took: list[float] = []
    ends: list[asyncio.Future[int]] = [loop.create_future() for _ in range(connections)]
    began = time.perf_counter()
    for end in ends:
        await loop.create_connection(lambda end=end: Connection(waiting, took, end), "127.0.0.1", port)  # type: ignore[misc]
    refused = sum(await asyncio.gather(*ends))
    seconds = time.perf_counter() - began
    took.sort()
    at = [1000 * took[min(len(took) - 1, int(len(took) * part))] for part in (0.5, 0.99)]
    return {
        "seconds": seconds,
        "count": len(took),
        "p50": at[0],
        "p99": at[1],
        "max": 1000 * took[-1],
        "refused": refused,
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(run(**json.load(sys.stdin)))))
