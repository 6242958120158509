"""The gateway: sessions, shards, events, what is replayed and what is lost.

Sources: Discord docs, Gateway (Connection Lifecycle, Resuming, Intents, Transport Compression, Sharding); Opcodes and
Status Codes (Gateway Close Event Codes).
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from aiohttp import WSMsgType, web

from tests.emulators.discord import shapes
from tests.emulators.discord.compression import STREAMS, Compress
from tests.emulators.discord.model import Json
from tests.emulators.discord.world import World

HEARTBEAT_MS = 41_250
MOST_PER_MESSAGE = 4096
# How long a session can be resumed after its connection went. Not documented; observed to be a few minutes.
RESUMABLE_S = 180.0
CONTENT_INTENT = 1 << 15
PRIVILEGED = (1 << 1) | (1 << 8) | CONTENT_INTENT
GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
INTENT_OF: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"), (GUILD_MESSAGES, DIRECT_MESSAGES)),
    **dict.fromkeys(("GUILD_CREATE", "GUILD_DELETE", "GUILD_UPDATE"), (GUILDS, 0)),
    **dict.fromkeys(("GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE"), (GUILDS, 0)),
    **dict.fromkeys(("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"), (GUILDS, GUILDS)),
    **dict.fromkeys(("THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE"), (GUILDS, 0)),
}
# These come whatever the intents are.
ALWAYS = frozenset({"INTERACTION_CREATE", "READY", "RESUMED"})


class Op(IntEnum):
    """Gateway opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    RESUME = 6
    RECONNECT = 7
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(IntEnum):
    """Gateway close codes."""

    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQ = 4007
    INVALID_SHARD = 4010
    INVALID_VERSION = 4012
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014


class Hangup(Exception):
    """The connection is to be closed with a code."""

    def __init__(self, code: Close, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(slots=True, eq=False, kw_only=True)
class Session:
    """What a client may come back to: its shard, what it wants to hear, and every event so far."""

    id: str
    shard: tuple[int, int]
    intents: int
    sent: list[Json] = field(default_factory=list)
    connection: Connection | None = None
    gone_at_s: float | None = None

    def hears(self, event: str, guild_id: int | None) -> bool:
        """Whether an event is for this shard and wanted."""
        number, count = self.shard
        if number != ((guild_id >> 22) % count if guild_id is not None else 0):
            return False
        if event in ALWAYS:
            return True
        in_guild, direct = INTENT_OF[event]
        return bool(self.intents & (direct if guild_id is None else in_guild))

    def add(self, event: str, payload: Json) -> None:
        """Number an event, keep it, and send it if somebody is there."""
        frame = {"op": int(Op.DISPATCH), "t": event, "s": len(self.sent) + 1, "d": payload}
        self.sent.append(frame)
        if self.connection is not None:
            self.connection.send(frame)


class Connection:
    """One WebSocket. Frames are compressed and sent in order by one writer."""

    def __init__(self, socket: web.WebSocketResponse, compress: Compress | None) -> None:
        self.socket = socket
        self.session: Session | None = None
        self.hung_up = False
        self._compress = compress
        self._frames: asyncio.Queue[Json | tuple[int, str]] = asyncio.Queue()

    def send(self, frame: Json) -> None:
        """Send a frame after those already under way."""
        self._frames.put_nowait(frame)

    def hang_up(self, code: int, reason: str = "") -> None:
        """Close after what is already under way."""
        self.hung_up = True
        self._frames.put_nowait((code, reason))

    async def write(self) -> None:
        """Send what is asked for until the connection is closed."""
        while True:
            frame = await self._frames.get()
            if isinstance(frame, tuple):
                await self.socket.close(code=frame[0], message=frame[1].encode())
                return
            text = json.dumps(frame)
            if self.socket.closed:
                return
            if self._compress is None:
                await self.socket.send_str(text)
            else:
                await self.socket.send_bytes(self._compress(text.encode()))


class Gateway:
    """All sessions of the bot, and the door through which they come."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.sessions: dict[str, Session] = {}
        self.shards = 1
        self.starts_left = 1000
        self.refusing = False
        self.log: list[str] = []

    @property
    def url(self) -> str:
        """Where clients connect."""
        return self._world.origin.replace("http", "ws", 1) + "/gateway"

    @property
    def connected(self) -> list[Session]:
        """The sessions that somebody listens to now."""
        return [session for session in self.sessions.values() if session.connection is not None]

    def dispatch(self, event: str, payload: Json, *, guild_id: int | None) -> bool:
        """Send an event to the session of its shard; whether anybody got it now.

        A session whose client is away keeps it for a while; without a session it is lost, as at Discord.
        """
        self._forget()
        heard = False
        for session in self.sessions.values():
            if session.hears(event, guild_id):
                session.add(event, payload)
                heard = heard or session.connection is not None
        return heard

    def drop(self, *, resumable: bool) -> None:
        """Cut every connection without a word; without `resumable` the sessions are lost too."""
        for session in self.connected:
            assert session.connection is not None
            session.connection.hang_up(4000)
        if not resumable:
            self.sessions.clear()

    def ask_to_reconnect(self) -> None:
        """Send op 7, as Discord does when it moves a client to another machine."""
        for session in self.connected:
            assert session.connection is not None
            session.connection.send({"op": int(Op.RECONNECT), "d": None})

    def invalidate(self, *, resumable: bool) -> None:
        """Send op 9. Without `resumable` the sessions are gone and the client has to identify anew."""
        for session in self.connected:
            assert session.connection is not None
            session.connection.send({"op": int(Op.INVALID_SESSION), "d": resumable})
        if not resumable:
            self.sessions.clear()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Speak with one client until one of both hangs up."""
        socket = web.WebSocketResponse(max_msg_size=MOST_PER_MESSAGE, autoping=True)
        await socket.prepare(request)
        named = request.query.get("compress")
        if named is not None and named not in STREAMS:
            self._world.complain(f"gateway: compression {named!r} is not emulated")
        connection = Connection(socket, STREAMS[named]() if named is not None and named in STREAMS else None)
        writer = asyncio.create_task(connection.write())
        try:
            await self._talk(request, connection)
        finally:
            self._left(connection)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    async def _talk(self, request: web.Request, connection: Connection) -> None:
        if self.refusing:
            connection.hang_up(1012, "restarting")
        elif request.query.get("v") != "10" or request.query.get("encoding") != "json":
            connection.hang_up(Close.INVALID_VERSION, "Invalid API version")
        else:
            connection.send({"op": int(Op.HELLO), "d": {"heartbeat_interval": HEARTBEAT_MS, "_trace": []}})
        async for message in connection.socket:
            if message.type is not WSMsgType.TEXT:
                connection.hang_up(Close.DECODE_ERROR, "Error while decoding payload.")
                continue
            try:
                self._hear(json.loads(message.data), connection)
            except Hangup as hangup:
                self.log.append(f"closed {int(hangup.code)} {hangup.reason}")
                connection.hang_up(hangup.code, hangup.reason)

    def _hear(self, frame: Mapping[str, Any], connection: Connection) -> None:
        op = frame.get("op")
        data = frame.get("d")
        if op == Op.HEARTBEAT:
            connection.send({"op": int(Op.HEARTBEAT_ACK)})
        elif op == Op.IDENTIFY:
            self._identify(data or {}, connection)
        elif op == Op.RESUME:
            self._resume(data or {}, connection)
        elif connection.session is None:
            raise Hangup(Close.NOT_AUTHENTICATED, "Not authenticated.")
        elif op != Op.PRESENCE:
            self._world.complain(f"gateway: opcode {op} is not emulated")
            raise Hangup(Close.UNKNOWN_OPCODE, "Unknown opcode.")

    def _identify(self, data: Mapping[str, Any], connection: Connection) -> None:
        if connection.session is not None:
            raise Hangup(Close.ALREADY_AUTHENTICATED, "Already authenticated.")
        self._admit(data)
        shard = tuple(data.get("shard") or (0, 1))
        if len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            raise Hangup(Close.INVALID_SHARD, "Invalid shard.")
        made = Session(id=secrets.token_hex(16), shard=(shard[0], shard[1]), intents=data["intents"])
        self.starts_left -= 1
        self.sessions[made.id] = made
        self.log.append(f"identify shard={shard[0]}/{shard[1]}")
        self._join(made, connection)
        self._welcome(made)

    def _admit(self, data: Mapping[str, Any]) -> None:
        if data.get("token") != self._world.token:
            raise Hangup(Close.AUTHENTICATION_FAILED, "Authentication failed.")
        intents = data.get("intents")
        if not isinstance(intents, int) or intents < 0 or intents >= 1 << 26:
            raise Hangup(Close.INVALID_INTENTS, "Invalid intent(s).")
        granted = CONTENT_INTENT if self._world.message_content_granted else 0
        if intents & PRIVILEGED & ~granted:
            raise Hangup(Close.DISALLOWED_INTENTS, "Disallowed intent(s).")

    def _welcome(self, session: Session) -> None:
        number, count = session.shard
        mine = [
            each
            for each in self._world.guilds.values()
            if self._world.has_bot(each) and (each.id >> 22) % count == number
        ]
        session.add("READY", self._ready(session, [each.id for each in mine]))
        for guild in mine if session.intents & GUILDS else []:
            session.add("GUILD_CREATE", shapes.guild_create(self._world, guild))
        self._world.changed()

    def _ready(self, session: Session, guild_ids: list[int]) -> Json:
        return {
            "v": 10,
            "user": shapes.user(self._world.bot) | {"verified": True, "mfa_enabled": False, "email": None, "flags": 0},
            "guilds": [{"id": str(each), "unavailable": True} for each in guild_ids],
            "private_channels": [],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {"id": str(self._world.bot.id), "flags": shapes.application_flags(self._world)},
        }

    def _resume(self, data: Mapping[str, Any], connection: Connection) -> None:
        if data.get("token") != self._world.token:
            raise Hangup(Close.AUTHENTICATION_FAILED, "Authentication failed.")
        self._forget()
        session = self.sessions.get(str(data.get("session_id")))
        if session is None:
            self.log.append("resume refused")
            connection.send({"op": int(Op.INVALID_SESSION), "d": False})
            return
        seen = data.get("seq")
        if not isinstance(seen, int) or seen > len(session.sent):
            raise Hangup(Close.INVALID_SEQ, "Invalid seq.")
        self.log.append(f"resume shard={session.shard[0]}/{session.shard[1]}")
        self._join(session, connection)
        for frame in session.sent[seen:]:
            connection.send(frame)
        session.add("RESUMED", {"_trace": []})
        self._world.changed()

    def _join(self, session: Session, connection: Connection) -> None:
        if session.connection is not None:
            session.connection.session = None
            session.connection.hang_up(4000)
        session.connection, session.gone_at_s = connection, None
        connection.session = session

    def _left(self, connection: Connection) -> None:
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection, session.gone_at_s = None, self._world.clock.now_s()
        # A client that says goodbye with 1000 or 1001 ends its session.
        if not connection.hung_up and connection.socket.close_code in (1000, 1001):
            self.sessions.pop(session.id, None)
        self._world.changed()

    def _forget(self) -> None:
        limit_s = self._world.clock.now_s() - RESUMABLE_S
        old = [each.id for each in self.sessions.values() if each.gone_at_s is not None and each.gone_at_s < limit_s]
        for session_id in old:
            del self.sessions[session_id]
