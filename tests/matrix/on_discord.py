"""Ann on a Discord server, with the bot on a machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from adapters.discord.platform import DiscordOptions, DiscordPlatform, DiscordSupplies
from bot.model import Owner
from tests.emulators.discord import Answer, Channel, DiscordStandIn, Message, Person, Server, discord_stand_in
from tests.matrix.chat import ChatScene, shortly
from tests.matrix.exercise import Seen
from tests.matrix.machine import a_machine
from tests.matrix.proxy import Kind, Proxy, plain_json

KINDS = (
    Kind(name="discord callback", method="POST", path="/interactions/[^/]+/[^/]+/callback"),
    Kind(name="discord answer", method="PATCH", path="/webhooks/.*/messages/@original"),
    Kind(name="discord result", method="POST", path=r"/channels/\d+/messages$", holding=rb'name="files\[0\]"'),
    Kind(name="discord post", method="POST", path=r"/channels/\d+/messages$"),
    Kind(name="discord thread", method="POST", path=r"/channels/\d+/messages/\d+/threads$"),
    Kind(name="discord edit", method="PATCH", path=r"/channels/\d+/messages/\d+$"),
    Kind(name="discord gateway", method="GET", path="/gateway/bot$"),
)

DISCORDS_NAME = "CommandTree-invoker"
"""What discord.py calls the work on a command."""


def refused(_request: web.Request) -> web.Response:
    """Return what Discord says to a token that it does not know."""
    return plain_json({"message": "401: Unauthorized", "code": 0}, status=401, headers={"Via": "1.1 front"})


@dataclass(kw_only=True)
class DiscordScene(ChatScene):
    """A server with one channel and Ann in it."""

    rounds, step_s = 400, 1.0

    discord: DiscordStandIn
    server: Server
    general: Channel
    ann: Person
    platform: DiscordPlatform

    @property
    def owner(self) -> Owner:
        return Owner(platform="discord", user_id=str(self.ann.id))

    def parts(self, task_id: str) -> dict[str, list[Message]]:
        return {part: self._marked(f"{task_id} · {part}") for part in ("progress", "result")}

    async def provoke(self, row: str) -> Seen:
        """Ask for a model, and wait until what came of it is over."""
        if row == "discord gateway":
            await self.connect_anew()
        await self.passing_until(lambda: self.platform.is_ready)
        known = {task.id for task in await self.tasks()}
        answer = await self.ann.command(
            self.general, "rodin generate", prompt="a bell", tier="Gen-2.5-Low", faces="500"
        )
        await shortly(Settled(answer).is_so)
        if known == {task.id for task in await self.tasks()}:
            return Seen(words=answer.text, task=None, tellings={})
        task = await self.machine.settle(self.tasks)
        parts = self.parts(task.id)
        roots = [one for one in self.discord.messages(self.general) if task.id in one.text]
        words = "\n".join([answer.text, *(one.text for found in parts.values() for one in found)])
        tellings = {part: len(found) for part, found in parts.items()} | {"root": len(roots)}
        return Seen(words=words, task=task, tellings=tellings)

    def _marked(self, mark: str) -> list[Message]:
        """Return the bot's messages everywhere that have a mark."""
        channels = self.discord.world.channels.values()
        return [one for channel in channels for one in self.discord.messages(channel) if mark in one.text]

    def new_platform(self) -> DiscordPlatform:
        """Return a platform that is not connected yet, and let the loops tell it."""
        core = self.machine.core
        self.platform = DiscordPlatform(
            DiscordOptions(token=self.discord.token, api_url=f"{self.proxy.url}/api/v10"),
            DiscordSupplies(files=core.files, sends=core.sends, answers=core.answers, clock=core.clock),
        )
        self.machine.man({self.platform.name: self.platform})
        return self.platform

    async def connect_anew(self) -> None:
        """Let the connection go, and come back by another one, however often that is tried."""
        await self.platform.stop()
        starting = asyncio.create_task(self.new_platform().start(self.machine.core.intake), name="starting")
        await self.passing_until(lambda: self.platform.is_ready)
        await starting


@dataclass(slots=True)
class Settled:
    """Watches an answer until it is there, or the bot has stopped working on it and none will come."""

    answer: Answer
    was_at_work: bool = False

    def is_so(self) -> bool:
        thinks = self.answer.message is not None and self.answer.message.thinking
        if self.answer.failed or (self.answer.text and not thinks):
            return True
        is_at_work = any(task.get_name() == DISCORDS_NAME for task in asyncio.all_tasks())
        was_at_work, self.was_at_work = self.was_at_work, self.was_at_work or is_at_work
        return was_at_work and not is_at_work


@asynccontextmanager
async def a_discord_scene(folder: Path) -> AsyncIterator[DiscordScene]:
    """Furnish a server."""
    async with AsyncExitStack() as stack:
        machine = await stack.enter_async_context(a_machine(folder, public_url="https://models.example.org"))
        discord = await stack.enter_async_context(discord_stand_in(folder))
        discord.world.clock.now_s = machine.world.now_s  # type: ignore[method-assign]
        upstream = discord.api_url.removesuffix("/api/v10")
        proxy = Proxy(upstream=upstream, trouble=machine.trouble, kinds=KINDS, refused=refused)
        await stack.enter_async_context(proxy.listening())
        server = discord.guild("Makers")
        scene = DiscordScene(
            machine=machine,
            discord=discord,
            proxy=proxy,
            server=server,
            general=server.text_channel("general"),
            ann=server.member("Ann"),
            platform=None,  # type: ignore[arg-type]  # begins below
        )
        await scene.new_platform().start(machine.core.intake)
        try:
            yield scene
        finally:
            await scene.platform.stop()
