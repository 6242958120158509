"""Our real client in a Discord that somebody else wrote (simcord), with the core on SQLite behind it.

Our own stand-in speaks HTTP and WebSocket; simcord replaces discord.py's two transports instead and has its own
opinion of what Discord allows. Only attachments are fetched over HTTP here, since we fetch those ourselves.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import discord
import pytest
from aiohttp import web
from simcord import ChannelHandle, Env, GuildHandle, InteractionResult, MemberActor, ResponseMessage

from adapters.discord.platform import DiscordOptions, DiscordPlatform, DiscordSupplies
from bot.announcer import Announcer, AnnouncerParts
from bot.looks import Previewer
from bot.model import Owner, Task
from bot.outbox import AnswerStore, SendLog
from storage.answers import SqlAnswerStore
from storage.database import open_database
from storage.files import ObjectFileStore
from storage.sends import SqlSendLog
from storage.tasks import SqlTaskStore
from storage.vault import Vault
from tests.edge.discord.stage import FixedLinks
from tests.loopback import listening
from tests.unit.core.house import House, Ports, Rules, World, a_way_to

Seen = discord.Message | ResponseMessage
Upload = tuple[str, bytes]

BOT_NAME = "Rodin Bot"
CDN_SETTING = "simcord.backend.cdn.CDN_BASE"
STATUS, RESULT = "· progress", "· result"
"""How the last line of a task's messages ends."""


@dataclass(slots=True, kw_only=True)
class Scene:
    """One server with one channel, Ann and Bob in it; everything moves one turn at a time."""

    env: Env
    house: House
    platform: DiscordPlatform
    server: GuildHandle
    general: ChannelHandle
    ann: MemberActor
    bob: MemberActor

    async def ask(self, **options: object) -> InteractionResult:
        """Use `/rodin generate` in the channel."""
        return await self.ann.slash(self.general, "rodin generate", **{"prompt": "a brass owl", **options})

    async def asked(self, **options: object) -> Task:
        """Ask for a model in the channel; return its task, told once."""
        await self.ask(**options)
        await self.tell()
        return (await self.tasks())[0]

    async def tell(self, *, after_s: float = 60.0) -> None:
        """Let the announcer tell everything that is untold, some time later."""
        with self.env.time_context():
            await self.house.tell(after_s=after_s)
        await self.env.settle()

    async def make(self, *names: str) -> None:
        """Let Rodin make what waits, and tell how it ended, pictures and all."""
        await self.house.send()
        await self.tell()
        self.house.rodin.finish(*(names or ("base.glb",)))
        await self.house.poll()
        await self.house.collect()
        await self.tell()
        await self.house.curate()
        await self.tell()

    async def a_model(self, **options: object) -> discord.Message:
        """Have a model made in a thread of its own; return the message that hands it over."""
        await self.asked(**options)
        await self.make()
        return self.result()

    async def tasks(self, who: MemberActor | None = None) -> list[Task]:
        """Everything that somebody (Ann) ever asked, newest first."""
        owner = Owner(platform="discord", user_id=str((who or self.ann).id))
        return list(await self.house.ports.tasks.tasks_of(owner, limit=100))

    async def restart(self) -> None:
        """Let a new client take the place of the old one, as a restart of the process does."""
        await self.env.restart_bot(self.platform.new_client(self.house.intake))

    def deny(self, *rights: str) -> ChannelHandle:
        """Return a new channel where the bot lacks some rights."""
        forbidden = discord.PermissionOverwrite(**dict.fromkeys(rights, False))
        return self.server.create_text_channel("strict", overwrites={self.env.bot.user: forbidden})

    def thread(self) -> ChannelHandle:
        """The only thread of the channel."""
        [thread] = self.general.threads
        return thread

    def seen(self, where: ChannelHandle | None = None) -> list[discord.Message]:
        """What everybody sees in a place (the thread), oldest first; Discord's own notes left out.

        simcord notes in the channel that a thread was made of a message; Discord does so only for one made of nothing.
        """
        place = where or self.thread()
        there = place.history(viewer=self.bob if place.guild else self.ann.user)
        return [one for one in there if not one.is_system()]

    def status(self, where: ChannelHandle | None = None) -> discord.Message:
        """The only status message in a place."""
        return self._only(where, STATUS)

    def result(self, where: ChannelHandle | None = None) -> discord.Message:
        """The only result in a place."""
        return self._only(where, RESULT)

    def pinged_by(self, message: discord.Message) -> set[int]:
        """The people and roles that a message mentions so that they notice."""
        stored = self.env.backend.get_message(message.channel.id, message.id)
        return {*stored.ping_user_ids, *stored.ping_role_ids}

    def _only(self, where: ChannelHandle | None, mark: str) -> discord.Message:
        found = [one for one in self.seen(where) if mark in text_of(one)]
        assert len(found) == 1, self.env.transcript()
        return found[0]


def text_of(message: Seen | None) -> str:
    """Everything a message says, its frames included."""
    if message is None:
        return ""
    parts = [message.content]
    for embed in message.embeds:
        parts += [embed.title or "", embed.description or "", embed.footer.text or ""]
    return "\n".join(part for part in parts if part)


def answer_of(result: InteractionResult) -> str:
    """What an interaction was answered with, which has to be for one person's eyes."""
    assert result.ephemeral, result
    return text_of(result.response)


def buttons_of(message: discord.Message) -> list[str]:
    """The labels of a message's buttons that ask for something."""
    return [one.label or "" for one in _buttons(message) if one.url is None]


def links_of(message: discord.Message) -> dict[str, str]:
    """Where the buttons of a message lead, by label."""
    return {one.label or "": one.url for one in _buttons(message) if one.url}


def files_of(message: Seen) -> dict[str, str]:
    """The names of a message's files, with the text for those who do not see them."""
    return {one.filename: one.description or "" for one in message.attachments}


def _buttons(message: discord.Message) -> Iterator[discord.Button]:
    for row in message.components:
        assert isinstance(row, discord.ActionRow)
        for one in row.children:
            assert isinstance(one, discord.Button)
            yield one


@asynccontextmanager
async def a_scene(
    folder: Path, patch: pytest.MonkeyPatch, *, previewer: Previewer | None = None
) -> AsyncIterator[Scene]:
    """Raise the curtain; with a `previewer` models are really drawn.

    Every error that reached discord.py fails the test at its end.
    """
    async with open_database(f"sqlite:///{folder / 'tasks.db'}") as database:
        world = World()
        tasks, files = SqlTaskStore(database), ObjectFileStore(str(folder / "files"))
        ports = replace(a_way_to(world), tasks=tasks, files=files, previewer=previewer or world.previewer)
        house = House(world, Rules(links=FixedLinks()), ports)
        async with _attachments_of(lambda at: env.backend.cdn.get(at), patch) as origin:  # noqa: PLW0108 - made below
            answers = SqlAnswerStore(database, Vault("a secret of tests"))
            platform = _platform(house, ports, SqlSendLog(database), answers, origin)
            env = Env(platform.new_client(house.intake), shard_count=1, approved_intents=discord.Intents.default())
            env.backend.bot_user.name = BOT_NAME
            server = env.create_guild("Makers")
            await env.start()
            try:
                yield Scene(
                    env=env,
                    house=house,
                    platform=platform,
                    server=server,
                    general=server.create_text_channel("general"),
                    ann=server.add_member(env.create_user("Ann")),
                    bob=server.add_member(env.create_user("Bob")),
                )
            finally:
                await env.shutdown()
        env.raise_errors()


def _platform(house: House, ports: Ports, sends: SendLog, answers: AnswerStore, origin: str) -> DiscordPlatform:
    """Return a platform that the house's announcer tells; attachments lie at `origin`."""
    supplies = DiscordSupplies(files=ports.files, sends=sends, answers=answers, clock=house.clock)
    platform = DiscordPlatform(DiscordOptions(token="no token", api_url=origin), supplies)
    house.announcer = Announcer(
        AnnouncerParts(
            tasks=ports.tasks,
            viewer=house.viewer,
            platforms={platform.name: platform},
            worker=house.named("announcer"),
            clock=house.clock,
        )
    )
    return platform


@asynccontextmanager
async def _attachments_of(find: Callable[[str], bytes | None], patch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Serve what people upload on a loopback port, where simcord then says that it lies; give its address."""

    async def serve(request: web.Request) -> web.Response:
        data = find(f"{origin}{request.path}")
        return web.Response(status=404) if data is None else web.Response(body=data)

    app = web.Application()
    app.router.add_get("/attachments/{tail:.+}", serve)
    async with listening(app) as origin:
        patch.setattr(CDN_SETTING, origin)
        yield origin
