"""The real adapter before a stand-in for Slack, with the real core behind it, moved one turn at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from adapters.slack.manifest import ManifestOptions, manifest
from adapters.slack.platform import SlackOptions, SlackPlatform, SlackSupplies
from adapters.slack.sockets import Patience
from bot.announcer import Announcer, AnnouncerParts
from bot.chat import Intake
from bot.model import Owner, Task
from tests.emulators.slack import Channel, Member, SeenMessage, Slack, Team, slack_stand_in, violations
from tests.fakes.clock import HandClock
from tests.fakes.outbox import MemorySendLog
from tests.loopback import listening
from tests.unit.core.house import House, Rules, World

PUBLIC_URL = "https://models.example.org"

QUICK = Patience(connects=5.0, looks=0.02, leaves=0.1, pings=1.0, finishes=1.0, retries=(0.05,))
"""The adapter's own waits, so short that tests need none."""


class TickingClock(HandClock):
    """Sleeps jump, but let the stand-in catch up: it processes files in real time."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        await asyncio.sleep(0.02)


class FixedLinks:
    """Addresses of our own pages."""

    def viewer_url(self, task_id: str, generation: int) -> str | None:
        return f"{PUBLIC_URL}/t/{task_id}.{generation}"

    def file_url(self, task_id: str, generation: int, name: str) -> str | None:
        return f"{PUBLIC_URL}/t/{task_id}.{generation}/{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a test changes about its stage. With `intake_of` the bot talks to another core than the house's own."""

    rules: Rules = field(default_factory=Rules)
    over_http: bool = False
    intake_of: Callable[[House], Intake] | None = None
    supplies: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Stage:
    """One bot in one workspace with one channel, and Ann in it."""

    slack: Slack
    house: House
    platform: SlackPlatform
    sends: MemorySendLog
    team: Team
    general: Channel
    ann: Member
    intake: Intake
    setting: Setting

    async def tasks(self, who: Member | None = None) -> list[Task]:
        """Everything that somebody (Ann) ever asked, newest first."""
        owner = Owner(platform="slack", user_id=(who or self.ann).id)
        return list(await self.house.tasks.tasks_of(owner, limit=100))

    async def accepted(self, count: int = 1) -> Task:
        """Wait until that many tasks are written down; return the newest."""
        async with asyncio.timeout(10):
            while len(found := await self.tasks()) < count:
                await asyncio.sleep(0.005)
        assert len(found) == count, found
        return found[0]

    async def asked(self, line: str = "a brass owl") -> Task:
        """Ask for a model in the channel; return its task, told once."""
        await self.ann.command(self.general, f"/rodin {line}")
        task = await self.accepted()
        await self.tell()
        return task

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

    async def a_model(self, *names: str, line: str = "a brass owl") -> SeenMessage:
        """Have a model made in a thread of its own; return the message that hands it over."""
        await self.asked(line)
        await self.make(*names)
        return self.result()

    def root(self, where: Channel | None = None) -> SeenMessage:
        """The only message of the bot in a channel itself."""
        return self._only([one for one in self.slack.messages(where or self.general) if one.is_bot])

    def replies(self, root: SeenMessage | None = None) -> list[SeenMessage]:
        """What the bot has said in a thread, files and all."""
        thread = root or self.root()
        return [one for one in self.slack.messages(thread.channel, thread=thread) if one.is_bot]

    def result(self, root: SeenMessage | None = None) -> SeenMessage:
        """The only result in a thread."""
        return self._only([one for one in self.replies(root) if kind_of(one) == "result"])

    async def shared(self, name: str, *, root: SeenMessage | None = None) -> SeenMessage:
        """Wait for the message that holds a file: Slack shares it some time after it was uploaded."""
        thread = root or self.root()

        def found() -> list[SeenMessage]:
            return [one for one in self.replies(thread) if name in [file.name for file in one.files]]

        return self._only(await self.slack.until(found))

    def _only(self, found: Sequence[SeenMessage]) -> SeenMessage:
        assert len(found) == 1, self.slack.transcript()
        return found[0]

    async def restart(self) -> None:
        """Stop the platform and start another one, as a restart of the process does."""
        await self.platform.stop()
        await self.begin()

    async def begin(self) -> None:
        """Start a platform that the house's announcer tells."""
        self.platform = SlackPlatform(
            options_of(self.slack, self.team, over_http=self.setting.over_http),
            SlackSupplies(files=self.house.files, sends=self.sends, clock=self.house.clock, **self.setting.supplies),
        )
        self.house.announcer = announcer_of(self.house, self.platform)
        if not self.setting.over_http:
            before = self.slack.outbox.socket.opened
        await self.platform.start(self.intake)
        if not self.setting.over_http:
            await self.slack.until(lambda: self.slack.outbox.socket.opened > before)


def kind_of(message: SeenMessage) -> str:
    """Which part of a task's telling a message is, as its metadata say."""
    return str((message.metadata or {}).get("event_payload", {}).get("kind", ""))


def options_of(slack: Slack, team: Team, *, over_http: bool) -> SlackOptions:
    """Return how to reach the stand-in."""
    secret = slack.world.signing_secret if over_http else None
    return SlackOptions(
        api_url=slack.api_url,
        bot_token=team.bot_token,
        app_token=None if over_http else slack.world.app_token,
        signing_secret=secret,
        public_url=PUBLIC_URL,
        patience=QUICK,
    )


def announcer_of(house: House, platform: SlackPlatform) -> Announcer:
    """Return the loop that tells through this platform."""
    return Announcer(
        AnnouncerParts(
            tasks=house.ports.tasks,
            viewer=house.viewer,
            platforms={platform.name: platform},
            worker=house.named("announcer"),
            clock=house.clock,
        )
    )


@asynccontextmanager
async def served(slack: Slack, platform: SlackPlatform) -> AsyncIterator[str]:
    """Serve the platform's routes as the web part does, let the stand-in deliver there, and give the address."""
    application = web.Application()
    application.add_routes(platform.routes())
    async with listening(application) as url:
        await slack.deliver_over_http(f"{url}/slack/events")
        yield url


@asynccontextmanager
async def a_stage(setting: Setting | None = None) -> AsyncIterator[Stage]:
    """Raise the curtain. Whatever a test is about, no request may break one of Slack's limits."""
    chosen = setting or Setting()
    described = manifest(ManifestOptions(public_url=PUBLIC_URL, uses_http=chosen.over_http))
    async with slack_stand_in(described) as slack, AsyncExitStack() as stack:
        house = House(World(clock=TickingClock()), replace(chosen.rules, links=FixedLinks()))
        team = slack.workspace("Makers")
        general = team.channel("general")
        intake = chosen.intake_of(house) if chosen.intake_of else house.intake
        stage = Stage(
            slack=slack,
            house=house,
            platform=None,  # type: ignore[arg-type]  # begins below
            sends=MemorySendLog(),
            team=team,
            general=general,
            ann=team.member("Ann"),
            intake=intake,
            setting=chosen,
        )
        await stage.begin()
        if chosen.over_http:
            await stack.enter_async_context(served(slack, stage.platform))
        try:
            yield stage
        finally:
            await stage.platform.stop()
        broken = [problem for call in slack.requests for problem in violations(call)]
        assert not broken, broken
