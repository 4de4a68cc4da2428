"""Routes and fake platforms on real loopback ports, inside the test's own event loop."""

import asyncio
import contextlib

import uvicorn
from aiohttp import web
from starlette.applications import Starlette


@contextlib.asynccontextmanager
async def routes_served(routes):
    """Serve Starlette routes as the program does and yield their address."""
    config = uvicorn.Config(Starlette(routes=list(routes)), host="127.0.0.1", port=0, log_config=None, lifespan="off")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()  # by hand: its own loop looks only ten times a second, and takes the signals
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        for listener in server.servers:
            listener.close()
        for connection in list(server.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def fake_served(add_routes):
    """Serve a fake platform, `add_routes(router)`, and yield its address."""
    app = web.Application()
    add_routes(app.router)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def until(true, seconds=5.0):
    """Wait until a condition holds; fail where it does not come."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  a condition of many kinds
            await asyncio.sleep(0.005)
