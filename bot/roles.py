"""`rodin-bot run`: the whole bot in one process, or one of its parts beside others on the same database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum

from adapters.discord.platform import DiscordOptions, DiscordPlatform, DiscordSupplies
from adapters.web.health import Probe
from bot.app import asked_to_stop, open_core, serve, web_part
from bot.chat import Platform
from bot.core import Core
from bot.errors import BadSettings
from bot.settings import Settings

NO_PLATFORM = (
    "No chat platform is set up: set DISCORD_TOKEN (rodin-bot manifest discord says how to get one). rodin-bot console "
    "talks in this terminal with these settings, rodin-bot demo needs none, rodin-bot run --role worker runs the loops "
    "alone, --role web the pages."
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
        if role.shows_pages:
            await stack.enter_async_context(pages_beside(core, platforms))
        if role is Role.WEB:
            await asked
        else:
            await serve(core, platforms, stopping, works=role.works)


def has_platform(settings: Settings) -> bool:
    """Say whether any chat platform is set up."""
    return settings.discord_token is not None


def chat_platforms(core: Core) -> dict[str, Platform]:
    """Return every chat platform that is set up, by name."""
    platforms: list[Platform] = []
    if (options := discord_options(core.settings)) is not None:
        supplies = DiscordSupplies(files=core.files, sends=core.sends, answers=core.answers, clock=core.clock)
        platforms.append(DiscordPlatform(options, supplies))
    return {platform.name: platform for platform in platforms}


def discord_options(settings: Settings) -> DiscordOptions | None:
    """Return how to reach Discord, or None where it is not set up."""
    if settings.discord_token is None:
        return None
    return DiscordOptions(
        token=settings.discord_token.get_secret_value(),
        api_url=settings.discord_api_url,
        guild_ids=settings.discord_guild_ids,
    )


@asynccontextmanager
async def pages_beside(core: Core, platforms: Mapping[str, Platform]) -> AsyncIterator[None]:
    """Serve the pages for as long as the process runs; `/readyz` knows of its chat connections."""
    probes: dict[str, Probe] = {name: platform.ping for name, platform in platforms.items()}
    async with web_part(core, host=core.settings.web_host, port=core.settings.web_port, probes=probes):
        yield
