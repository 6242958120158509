"""The real adapter before a simulated Discord, with the real core behind it, moved one turn at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.discord.platform import DiscordOptions, DiscordPlatform, DiscordSupplies
from bot.announcer import Announcer, AnnouncerParts
from bot.chat import Intake
from bot.model import Owner, Task
from tests.emulators.discord import (
    Answer,
    Channel,
    DiscordStandIn,
    Message,
    Person,
    Request,
    Server,
    discord_stand_in,
    violations,
)
from tests.fakes.outbox import MemoryAnswerStore, MemorySendLog
from tests.unit.core.house import House, Rules, World


class FixedLinks:
    """Addresses of our own pages."""

    def viewer_url(self, task_id: str, generation: int) -> str | None:
        return f"https://models.example.org/t/{task_id}.{generation}"

    def file_url(self, task_id: str, generation: int, name: str) -> str | None:
        return f"https://models.example.org/t/{task_id}.{generation}/{name}"


@dataclass(slots=True, kw_only=True)
class Stage:
    """One bot in one server with one channel, and Ann in it."""

    discord: DiscordStandIn
    house: House
    platform: DiscordPlatform
    sends: MemorySendLog
    answers: MemoryAnswerStore
    server: Server
    general: Channel
    ann: Person
    intake: Intake

    async def tasks(self, who: Person | None = None) -> list[Task]:
        """Everything that somebody (Ann) ever asked, newest first."""
        owner = Owner(platform="discord", user_id=str((who or self.ann).id))
        return list(await self.house.tasks.tasks_of(owner, limit=100))

    async def ask(self, *, who: Person | None = None, where: Channel | None = None, **options: object) -> Answer:
        """Use `/rodin generate`, and wait for the answer to be more than "thinking"."""
        answer = await (who or self.ann).command(where or self.general, "rodin generate", **options)
        await answer.acknowledged()
        return answer

    async def asked(self, **options: object) -> Task:
        """Ask for a model in the channel; return its task, told once."""
        answer = await self.ask(**{"prompt": "a brass owl", **options})
        await answer.shows("Task")
        await self.tell()
        return (await self.tasks())[0]

    async def tell(self) -> None:
        """Let the announcer tell everything that is untold."""
        await self.house.tell()

    async def make(self, *names: str) -> None:
        """Let Rodin make what waits, and tell how it ended."""
        await self.house.send()
        await self.tell()
        self.house.rodin.finish(*(names or ("base.glb",)))
        await self.house.poll()
        await self.house.collect()
        await self.tell()

    async def picture(self) -> None:
        """Let the pictures join that come later."""
        await self.house.curate()
        await self.tell()

    async def a_model(self, *names: str, **options: object) -> Message:
        """Have a model made in a thread of its own; return the message that hands it over."""
        await self.asked(**options)
        await self.make(*names)
        return self.result()

    async def a_pictured_model(self, **options: object) -> Message:
        """Have a model made and drawn: what works on a model sends its picture along."""
        await self.a_model(**options)
        await self.picture()
        return self.result()

    async def newest(self, *, of: int = 2) -> Task:
        """Ann's newest task; she has asked for just so many."""
        tasks = await self.tasks()
        assert len(tasks) == of, tasks
        return tasks[0]

    def thread(self) -> Channel:
        """The only thread of the channel."""
        [thread] = self.discord.threads(self.general)
        return thread

    def status(self, where: Channel | None = None) -> Message:
        """The only status message in a place."""
        return self._only(where, "· progress")

    def result(self, where: Channel | None = None) -> Message:
        """The only result in a place."""
        return self._only(where, "· result")

    def results(self) -> list[Message]:
        """All results in the thread, oldest first."""
        return [one for one in self.discord.messages(self.thread()) if "· result" in one.text]

    def _only(self, where: Channel | None, mark: str) -> Message:
        found = [one for one in self.discord.messages(where or self.thread()) if mark in one.text]
        assert len(found) == 1, self.discord.transcript()
        return found[0]

    async def restart(self) -> None:
        """Stop the platform and start another one, as a restart of the process does."""
        await self.platform.stop()
        self.platform = await started(self.discord, self.house, self.sends, self.answers, self.intake)

    def sent(self) -> list[Request]:
        """What the bot asked of REST, oldest first."""
        return self.discord.requests


async def started(
    discord: DiscordStandIn, house: House, sends: MemorySendLog, answers: MemoryAnswerStore, intake: Intake
) -> DiscordPlatform:
    """Return a connected platform that the house's announcer tells."""
    platform = DiscordPlatform(
        DiscordOptions(token=discord.token, api_url=discord.api_url),
        DiscordSupplies(files=house.files, sends=sends, answers=answers, clock=house.clock),
    )
    house.announcer = Announcer(
        AnnouncerParts(
            tasks=house.ports.tasks,
            viewer=house.viewer,
            platforms={platform.name: platform},
            worker=house.named("announcer"),
            clock=house.clock,
        )
    )
    await platform.start(intake)
    return platform


@asynccontextmanager
async def a_stage(
    folder: Path, *, rules: Rules | None = None, intake_of: Callable[[House], Intake] | None = None
) -> AsyncIterator[Stage]:
    """Raise the curtain; with `intake_of` the bot talks to another core than the house's own.

    Whatever a test is about, no request may break one of Discord's limits.
    """
    async with discord_stand_in(folder) as discord:
        house = House(World(), replace(rules or Rules(), links=FixedLinks()))
        server = discord.guild("Makers")
        sends, answers = MemorySendLog(), MemoryAnswerStore()
        intake = intake_of(house) if intake_of else house.intake
        platform = await started(discord, house, sends, answers, intake)
        stage = Stage(
            discord=discord,
            house=house,
            platform=platform,
            sends=sends,
            answers=answers,
            server=server,
            general=server.text_channel("general"),
            ann=server.member("Ann"),
            intake=intake,
        )
        try:
            yield stage
        finally:
            await stage.platform.stop()
        broken = [problem for request in discord.requests for problem in violations(request)]
        assert not broken, broken
