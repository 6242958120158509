"""Socket Mode: the connections that the bot holds, and envelopes over them.

Source: docs.slack.dev, apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from tests.emulators.slack.delivery import EVENTS, Delivery, Outcome, Retry, elapsed_s
from tests.emulators.slack.records import Json

if TYPE_CHECKING:
    from tests.emulators.slack.world import World

MOST_CONNECTIONS = 10


class Connection:
    """One WebSocket of the bot."""

    def __init__(self, websocket: web.WebSocketResponse, request: web.Request) -> None:
        self.websocket = websocket
        self.request = request
        self.leaving = False
        self.waiting: dict[str, list[asyncio.Future[Json | None]]] = {}
        self.received: list[str] = []  # envelope ids

    async def say(self, message: Json) -> None:
        """Send one message."""
        await self.websocket.send_str(json.dumps(message))

    def lost(self) -> None:
        """Tell whoever waits for an acknowledgement that none will come."""
        for future in (future for futures in self.waiting.values() for future in futures):
            if not future.done():
                future.set_exception(ConnectionResetError())
                future.exception()  # somebody may have stopped waiting


class SocketTransport:
    """All connections; any of them may get an event, in turns."""

    def __init__(self) -> None:
        self.connections: list[Connection] = []
        self.opened = 0  # connections ever, for tests that wait for a reconnection
        self._tickets: set[str] = set()
        self._turn = 0
        self._issued: set[str] = set()
        self.on_connected: Callable[[], None] = lambda: None

    @property
    def ready(self) -> list[Connection]:
        """The connections that events may go over."""
        return [one for one in self.connections if not one.leaving and not one.websocket.closed]

    def invite(self, world: World) -> str:
        """Return an address to connect to, good for one connection."""
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return f"{world.base_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={world.app_id}"

    async def serve(self, world: World, request: web.Request) -> web.StreamResponse:
        """Hold one connection of the bot."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401, text="unknown or used ticket")
        self._tickets.discard(ticket)
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        connection = Connection(websocket, request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await connection.say(_disconnect("too_many_websockets"))
            await websocket.close()
            return websocket
        await self._greet(world, connection)
        try:
            await self._listen(world, connection)
        finally:
            self.connections.remove(connection)
            connection.lost()
            world.changed()
        return websocket

    async def _greet(self, world: World, connection: Connection) -> None:
        self.connections.append(connection)
        await connection.say(
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "debug_info": {"host": "applink-stand-in", "build_number": 1, "approximate_connection_time": 18060},
                "connection_info": {"app_id": world.app_id},
            }
        )
        self.opened += 1
        world.changed()
        self.on_connected()

    async def _listen(self, world: World, connection: Connection) -> None:
        async for message in connection.websocket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                body = json.loads(message.data)
                envelope_id = body["envelope_id"]
            except (json.JSONDecodeError, KeyError, TypeError):
                world.complain(f"the bot sent something else than an acknowledgement: {message.data[:200]}")
                continue
            if envelope_id not in self._issued:
                world.complain(f"the bot acknowledged an envelope it never got: {envelope_id}")
            for future in connection.waiting.pop(envelope_id, []):
                if not future.done():
                    future.set_result(body.get("payload"))

    async def carry(self, delivery: Delivery, retry: Retry, *, patience_s: float) -> Outcome:
        """Send one envelope over the next connection and wait for its acknowledgement."""
        start = asyncio.get_running_loop().time()
        ready = self.ready
        if not ready:
            return Outcome(acknowledged=False, seconds=0.0, failure="connection_failed")
        self._turn += 1
        connection = ready[self._turn % len(ready)]
        future: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        connection.waiting.setdefault(delivery.envelope_id, []).append(future)
        connection.received.append(delivery.envelope_id)
        self._issued.add(delivery.envelope_id)
        try:
            await connection.say(_envelope(delivery, retry))
            payload = await asyncio.wait_for(future, patience_s)
        except TimeoutError:
            return Outcome(acknowledged=False, seconds=elapsed_s(start), failure="http_timeout")
        except ConnectionError:
            return Outcome(acknowledged=False, seconds=elapsed_s(start), failure="connection_failed")
        return Outcome(acknowledged=True, seconds=elapsed_s(start), payload=payload)

    async def disconnect(self, reason: str) -> None:
        """Say to every connection that it must go: `refresh_requested`, `warning` or `link_disabled`.

        After `refresh_requested` no event comes over these any more, though acknowledgements are still heard.
        """
        for connection in list(self.connections):
            connection.leaving = reason != "warning"
            with contextlib.suppress(ConnectionError):  # the bot has just died
                await connection.say(_disconnect(reason))

    def cut(self) -> None:
        """Break every connection without a word."""
        for connection in list(self.connections):
            if connection.request.transport is not None:
                connection.request.transport.abort()

    async def close(self) -> None:
        """Close all connections politely."""
        for connection in list(self.connections):
            await connection.websocket.close()


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-stand-in"}}


def _envelope(delivery: Delivery, retry: Retry) -> Json:
    envelope: Json = {
        "envelope_id": delivery.envelope_id,
        "type": delivery.kind,
        "accepts_response_payload": delivery.kind != EVENTS,
        "payload": delivery.payload,
    }
    if delivery.kind == EVENTS:
        envelope |= {"retry_attempt": retry.number, "retry_reason": retry.reason}
    return envelope
