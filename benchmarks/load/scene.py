"""The stage of one measurement: stand-ins, a Rodin, people, and the process that listens to them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from adapters.slack.manifest import ManifestOptions, manifest
from benchmarks.load.on_discord import OnDiscord
from benchmarks.load.on_slack import OnSlack
from tests.e2e.harness import House, Running, house, running
from tests.e2e.stage import free_port
from tests.emulators.discord import DiscordStandIn, discord_stand_in
from tests.emulators.slack import Slack, Team, slack_stand_in

PATIENCE_S = 600.0
LOOK_EVERY_S = 0.2


class Chat(StrEnum):
    """A way to talk to people."""

    DISCORD = "discord"
    SLACK = "slack"  # by Socket Mode
    SLACK_HTTP = "slack-http"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much goes on. `people` is per platform; `speed` is how fast Rodin's time runs while people are measured.

    `tracked` models are being made at Rodin then, and as many more may wait.
    """

    seconds: float = 60.0
    rate: float = 50.0
    tracked: int = 500
    people: int = 30
    models: int = 6
    speed: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a measurement holds."""

    home: House
    size: Size
    crowd: tuple[OnDiscord | OnSlack, ...]
    discord: DiscordStandIn | None
    slack: Slack | None
    port: int

    @contextmanager
    def bot(self, url: str, **settings: str) -> Iterator[Running]:
        """Start the bot with a Rodin."""
        with running(["run"], home=self.home.home, **{**self.home.settings, "RODIN_API_URL": url, **settings}) as bot:
            yield bot

    @contextmanager
    def bare(self) -> Iterator[subprocess.Popen[bytes]]:
        """Start the app that only acknowledges."""
        settings = {**os.environ, **self.home.settings}
        process = subprocess.Popen([sys.executable, "-m", "benchmarks.load.bare"], env=settings)
        try:
            yield process
        finally:
            process.kill()
            process.wait(PATIENCE_S)

    async def connected(self, is_alive: Callable[[], bool]) -> None:
        """Wait until somebody listens to everybody, or has ended."""
        await self.until(lambda: self._is_connected() or not is_alive(), "a connection")

    async def deserted(self) -> None:
        """Wait until nobody listens any more."""
        await self.until(self._is_deserted, "the end of all connections")

    async def until(self, look: Callable[[], object], what: str) -> None:
        """Wait until something is true.

        Raises:
            TimeoutError: it never was.
        """
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not await asyncio.to_thread(look):  # noqa: ASYNC110 - files and other processes send no events
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError as error:
            raise TimeoutError(f"waited {PATIENCE_S:g} s in vain for {what}") from error

    def in_states(self, *states: str) -> int:
        """Count tasks in these states."""
        return sum(state in states for state in self.home.states())

    def _is_connected(self) -> bool:
        if self.discord is not None and not self.discord.world.gateway.connected:
            return False
        if self.slack is None:
            return True
        return self.slack.connections > 0 if self.slack.outbox.webhook is None else _listens(self.port)

    def _is_deserted(self) -> bool:
        is_silent = self.discord is None or not self.discord.world.gateway.connected
        return is_silent and (self.slack is None or self.slack.connections == 0)


@asynccontextmanager
async def a_scene(folder: Path, chats: Collection[Chat], size: Size) -> AsyncIterator[Scene]:
    """Furnish the stand-ins, people in them, and a folder for the bot.

    Raises:
        AssertionError: in the end, when a stand-in was asked what no Discord or Slack would have understood.
    """
    port = free_port()
    settings = _settings(size, port)
    discord, slack = None, None
    people = max(size.models, min(size.people, size.tracked // len(chats)))
    crowd: list[OnDiscord | OnSlack] = []
    async with AsyncExitStack() as stack:
        if Chat.DISCORD in chats:
            discord = await stack.enter_async_context(discord_stand_in())
            settings |= {"DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.api_url}
            crowd.append(_on_discord(discord, people))
        if not {Chat.SLACK, Chat.SLACK_HTTP}.isdisjoint(chats):
            url = f"http://127.0.0.1:{port}" if Chat.SLACK_HTTP in chats else None
            options = ManifestOptions(public_url=url, uses_http=True) if url else ManifestOptions()
            slack = await stack.enter_async_context(slack_stand_in(manifest(options)))
            theirs = _on_slack(slack, people)
            settings |= await _settings_of_slack(slack, theirs.team, url)
            crowd.append(theirs)
        # Nobody listens there: each bot is given a Rodin of its own when it starts.
        home = house(folder, "http://127.0.0.1:9/api/v2", poll_min_s=5, **settings)
        yield Scene(home=home, size=size, crowd=tuple(crowd), discord=discord, slack=slack, port=port)


def _settings(size: Size, port: int) -> dict[str, str]:
    return {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "LOG_LEVEL": "info",
        "POLL_MAX_S": "30",
        "PREVIEWS": "none",  # what drawing takes is another benchmark's
        "RODIN_MAX_PARALLEL": str(size.tracked),
        "MAX_WAITING": str(size.tracked),
    }


def _on_discord(discord: DiscordStandIn, people: int) -> OnDiscord:
    server = discord.guild("Makers")
    members = [server.member(f"Member {number}") for number in range(people)]
    return OnDiscord(discord=discord, channel=server.text_channel("general"), people=members)


def _on_slack(slack: Slack, people: int) -> OnSlack:
    team = slack.workspace("Makers")
    members = [team.member(f"Member {number}") for number in range(people)]
    return OnSlack(slack=slack, team=team, channel=team.channel("general"), people=members)


async def _settings_of_slack(slack: Slack, team: Team, url: str | None) -> dict[str, str]:
    """Return how the bot hears Slack: by Socket Mode, or over HTTP at its own address."""
    if url is None:
        return slack.socket_environment(team)
    await slack.deliver_over_http(f"{url}/slack/events")
    return {**slack.http_environment(team), "PUBLIC_URL": url}


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
