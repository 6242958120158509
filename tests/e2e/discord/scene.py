"""One Discord, one Rodin and one folder, with bot processes that come and go between them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.harness import Rodin, Running, house
from tests.e2e.stage import PATIENCE_S, READY, Stage
from tests.emulators.discord import (
    Answer,
    Channel,
    DiscordStandIn,
    Hold,
    Message,
    Person,
    Request,
    Server,
    discord_stand_in,
    violations,
)
from tests.emulators.discord.trouble import When

SMALL = {"tier": "Gen-2.5-Low", "faces": "500"}
"""Options of a model that is made in moments."""

CALLBACK = "/interactions/{interaction_id}/{token}/callback"
ANSWER = "/webhooks/{application_id}/{token}/messages/@original"
MESSAGES = "/channels/{channel_id}/messages"
THREAD = "/channels/{channel_id}/messages/{message_id}/threads"

PROGRESS, RESULT = "· progress", "· result"
"""How the last line of a task's messages ends."""

TURNTABLE = "turntable.webp"

FORGOTTEN_S = 3600.0
"""Longer than Discord remembers a nonce ("a few minutes"), and than a way to answer lives (15 minutes)."""

DOWN = (pytest.param(0.0, id="back at once"), pytest.param(FORGOTTEN_S, id="down for long"))
"""How long a killed bot stays down, by Discord's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene(Stage):
    """What a test holds: Ann in a channel of a server that has the bot, whichever process that is just now."""

    discord: DiscordStandIn
    server: Server
    general: Channel
    ann: Person

    @asynccontextmanager
    async def bot(self, *arguments: str, **settings: str) -> AsyncIterator[Running]:
        """Start a bot and wait until it is connected; in the end nobody is."""
        with self.process(*arguments, **settings) as process:
            await self.connected(process)
            yield process
        await self.discord.disconnected(timeout_s=PATIENCE_S)

    async def connected(self, *processes: Running) -> None:
        """Wait until all of these listen, or one of them has ended."""
        sessions = self.discord.world.gateway
        await self.until(lambda: len(sessions.connected) >= len(processes) or not all(p.is_alive for p in processes))
        assert all(process.is_alive for process in processes), "\n".join(process.errors for process in processes)

    async def kill(self, process: Running, hold: Hold | None = None) -> None:
        """Kill a bot without a word; what it had asked for is not answered any more."""
        process.kill()
        if hold is not None:
            hold.drop()
        await self.discord.disconnected(timeout_s=PATIENCE_S)

    async def ask(self, prompt: str | None = None, *, where: Channel | None = None, **options: object) -> Answer:
        """Let Ann ask for a small model, and wait for nothing."""
        wish = {"prompt": prompt or self.prompt, **SMALL, **options}
        return await self.ann.command(where or self.general, "rodin generate", **wish)

    async def held(self, method: str, pattern: str, when: When) -> tuple[Hold, Request]:
        """Wait for a request and hold it."""
        hold = self.discord.hold(method, pattern, when)
        return hold, await hold.arrived(timeout_s=PATIENCE_S)

    def marked(self, thread: Channel, mark: str) -> list[Message]:
        """Return the bot's messages of that kind in a thread."""
        return [message for message in self.discord.messages(thread) if mark in message.text]

    def threads(self) -> list[Channel]:
        """Return the threads of the channel."""
        return self.discord.threads(self.general)

    async def thread(self) -> Channel:
        """Wait for a thread in the channel; there must never be another one."""
        [found] = await self.until(self.threads)
        return found

    async def is_told(self, *, with_turntable: bool = True) -> Channel:
        """Wait until the one task has ended, its thread has seen everything, and nothing more will join."""
        thread = await self.thread()
        [result] = await self.until(lambda: self.marked(thread, RESULT))
        if with_turntable and self.turns:
            await self.until(lambda: TURNTABLE in result.files)
        await self.until(lambda: self.home.rows("id", "told < revision") == [])
        return thread

    async def assert_delivered_by_the_next(self, *, down_s: float = 0.0) -> None:
        """Start again on what a bot has left, after Discord's clock has run on, and look at what came of it."""
        self.discord.advance(down_s)
        async with self.bot():
            await self.assert_delivered_once()

    async def assert_delivered_once(self) -> None:
        """One thread, one status that says how it ended, one result with its files, one charge, one notification."""
        thread = await self.is_told()
        seen = self.discord.transcript()
        assert self.home.states() == ["ready"]
        assert [message.text.count("asked by") for message in self.discord.messages(self.general)] == [1], seen
        [status], [result] = self.marked(thread, PROGRESS), self.marked(thread, RESULT)
        assert self.discord.messages(thread) == [status, result], seen
        assert READY in status.text, seen
        assert "Cancel" not in status.buttons
        assert READY in result.text, seen
        kinds = ["glb", "png", *(["webp"] if self.turns else [])]
        assert sorted(name.rpartition(".")[2] for name in result.files) == kinds, seen
        assert all(attachment.content for attachment in result.attachments)
        assert self.ann.notifications == [result], seen
        assert self.charges() == 1

    def assert_proper(self) -> None:
        """Nothing that was sent breaks a limit of Discord's, no secret is out, nothing broke unforeseen."""
        broken = [f"{request}: {rule}" for request in self.discord.requests for rule in violations(request)]
        assert broken == []
        self.assert_discreet([self.discord.token, *self.discord.world.interactions], self._shown())

    def _shown(self) -> Iterator[str]:
        """Everything that the bot has ever shown to anybody, earlier wordings too."""
        for channel in self.discord.world.channels.values():
            for message in channel.messages.values():
                yield from (snapshot.text for snapshot in message.edits)
                yield message.text
        for request in self.discord.requests:
            yield str(request.body)


@asynccontextmanager
async def a_scene(folder: Path, rodin: Rodin, **settings: str) -> AsyncIterator[Scene]:
    """Furnish a Discord and a folder for bots, and look in the end whether everything was proper."""
    async with discord_stand_in(folder) as discord:
        server = discord.guild("Makers")
        furniture = {
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.api_url,
            "RODIN_API_KEY": f"key-of-{folder.name}",
            "HOST": "127.0.0.1",
            "LOG_LEVEL": "debug",  # what is not said there is said nowhere
        }
        scene = Scene(
            looking=discord,
            discord=discord,
            home=house(folder / "bot", rodin.url, poll_min_s=0.1, **(furniture | settings)),
            rodin=rodin,
            server=server,
            general=server.text_channel("general"),
            ann=server.member("Ann"),
            prompt=f"a bell of {folder.name.replace('_', ' ')}",
        )
        yield scene
        scene.assert_proper()
