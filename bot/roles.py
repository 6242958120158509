"""`rodin-bot run`: the whole bot in one process, or one of its parts beside others on the same database."""

# ruff: noqa: PLC0415 - who talks on one platform does not load the SDK of the other

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum
from typing import Protocol, runtime_checkable

from adapters.web.health import Probe
from adapters.web.server import Route
from bot.app import asked_to_stop, open_core, serve, web_part
from bot.chat import Platform
from bot.core import Core
from bot.errors import BadSettings, OperatorMistake
from bot.settings import Settings

NO_PLATFORM = (
    "No chat platform is set up: set DISCORD_TOKEN (rodin-bot manifest discord says how to get one), or "
    "SLACK_BOT_TOKEN and SLACK_APP_TOKEN (rodin-bot manifest slack). rodin-bot console talks in this terminal with "
    "these settings, rodin-bot demo needs none, rodin-bot run --role worker runs the loops alone, --role web the pages."
)


class Role(StrEnum):
    """What a process does."""

    ALL = "all"
    GATEWAY = "gateway"  # holds the chat connections, and tells threads
    WORKER = "worker"  # the loops
    WEB = "web"  # the pages

    @property
    def chats(self) -> bool:
        """Whether it talks to people."""
        return self in {Role.ALL, Role.GATEWAY}

    @property
    def works(self) -> bool:
        """Whether it sends, polls and fetches."""
        return self in {Role.ALL, Role.WORKER}

    @property
    def shows_pages(self) -> bool:
        """Whether it serves the web part."""
        return self in {Role.ALL, Role.WEB}


async def run(settings: Settings, role: Role) -> None:
    """Do what the role says until SIGINT or SIGTERM, then stop within ten seconds.

    Raises:
        OperatorMistake: something has to be set up first; the sentence says what.
    """
    if role.chats and not has_platform(settings):
        raise BadSettings(NO_PLATFORM)
    stopping = asyncio.Event()
    async with AsyncExitStack() as stack:
        core = await stack.enter_async_context(open_core(settings, works=role.works, warns_of_places=True))
        asked = await stack.enter_async_context(asked_to_stop())
        asked.add_done_callback(lambda _: stopping.set())
        platforms = chat_platforms(core) if role.chats else {}
        # A gateway that Slack reaches by HTTP needs the listener, whoever serves the pages to people.
        if role.shows_pages or slack_routes(platforms):
            await stack.enter_async_context(pages_beside(core, platforms))
        if role is Role.WEB:
            await asked
        else:
            await _served(serve(core, platforms, stopping, works=role.works, watches=role.works))


async def _served(serving: Awaitable[None]) -> None:
    """Serve, and let a mistake that only the operator can mend come out as the sentence it is."""
    try:
        await serving
    except BaseExceptionGroup as group:
        mistakes = group.subgroup(OperatorMistake)
        if mistakes is None:
            raise
        raise _first(mistakes) from group


def _first(error: BaseException) -> BaseException:
    """Return what is at the bottom of a group, the first of several."""
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


def has_platform(settings: Settings) -> bool:
    """Say whether any chat platform is set up."""
    return has_discord(settings) or has_slack(settings)


def has_discord(settings: Settings) -> bool:
    """Say whether Discord is set up."""
    return settings.discord_token is not None


def has_slack(settings: Settings) -> bool:
    """Say whether anything of Slack is set up; what is missing then, the platform says."""
    return any((settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret))


def chat_platforms(core: Core) -> dict[str, Platform]:
    """Return every chat platform that is set up, by name; the SDKs of the others are never loaded."""
    platforms: list[Platform] = []
    if has_discord(core.settings):
        from bot.on_discord import discord_platform

        platforms.append(discord_platform(core))
    if has_slack(core.settings):
        from bot.on_slack import slack_platform

        platforms.append(slack_platform(core))
    return {platform.name: platform for platform in platforms}


@runtime_checkable
class Reachable(Protocol):
    """A platform that reaches us by HTTP, or could."""

    def routes(self) -> Sequence[Route]:
        """Return what the listener has to serve for it, perhaps nothing."""
        ...


def slack_routes(platforms: Mapping[str, Platform]) -> list[Route]:
    """Return the HTTP routes by which Slack reaches us; none in Socket Mode."""
    return [route for one in platforms.values() if isinstance(one, Reachable) for route in one.routes()]


@asynccontextmanager
async def pages_beside(core: Core, platforms: Mapping[str, Platform]) -> AsyncIterator[None]:
    """Serve the pages for as long as the process runs; `/readyz` knows of its chat connections."""
    probes: dict[str, Probe] = {name: platform.ping for name, platform in platforms.items()}
    host, port = core.settings.web_host, core.settings.web_port
    async with web_part(core, host=host, port=port, probes=probes, routes=slack_routes(platforms)):
        yield
