"""`rodin-bot run`: the whole bot in one process, or one of its parts beside others on the same database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum

from adapters.discord.platform import DiscordOptions, DiscordPlatform, DiscordSupplies
from adapters.slack.installations import Seals
from adapters.slack.platform import InstallationSupplies, SlackOptions, SlackPlatform, SlackSupplies
from adapters.slack.routes import Route
from adapters.slack.unfurls import Preview, PreviewOf
from adapters.web.health import Probe
from adapters.web.links import SignedLinks
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
    return settings.discord_token is not None or slack_options(settings) is not None


def chat_platforms(core: Core) -> dict[str, Platform]:
    """Return every chat platform that is set up, by name."""
    platforms: list[Platform] = []
    if (options := discord_options(core.settings)) is not None:
        supplies = DiscordSupplies(files=core.files, sends=core.sends, answers=core.answers, clock=core.clock)
        platforms.append(DiscordPlatform(options, supplies))
    if (slack := slack_options(core.settings)) is not None:
        lent = SlackSupplies(
            files=core.files,
            sends=core.sends,
            clock=core.clock,
            installations=slack_installations(core),
            preview_of=slack_previews(core),
        )
        platforms.append(SlackPlatform(slack, lent))
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


def slack_options(settings: Settings) -> SlackOptions | None:
    """Return how to reach Slack, or None where nothing of it is set up. What is missing, the platform says."""
    secrets = (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    if not any(secrets):
        return None
    bot_token, app_token, signing_secret = (one.get_secret_value() if one else None for one in secrets)
    return SlackOptions(
        api_url=settings.slack_api_url,
        bot_token=bot_token,
        app_token=app_token,
        signing_secret=signing_secret,
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value() if settings.slack_client_secret else None,
        public_url=settings.public_url,
    )


def slack_routes(platforms: Mapping[str, Platform]) -> list[Route]:
    """Return the HTTP routes by which Slack reaches us; none in Socket Mode."""
    return [route for one in platforms.values() if isinstance(one, SlackPlatform) for route in one.routes()]


def slack_installations(core: Core) -> InstallationSupplies | None:
    """Return where the tokens of many workspaces are kept; None without SECRET_KEY in the environment."""
    box = core.strongbox
    if box is None:
        return None
    return InstallationSupplies(reader=box.reader, writer=box.writer, seals=Seals(seal=box.seal, unseal=box.unseal))


def slack_previews(core: Core) -> PreviewOf | None:
    """Return what links to our pages unfold to in Slack; None without PUBLIC_URL, where nobody can follow them."""
    links, pages = core.links, f"{core.settings.public_url}/t/"
    if core.settings.public_url is None or not isinstance(links, SignedLinks):
        return None

    async def preview_of(url: str) -> Preview | None:
        claim = links.read(url.removeprefix(pages)) if url.startswith(pages) else None
        exhibit = await core.library.exhibit(claim.task_id) if claim is not None else None
        if claim is None or exhibit is None or exhibit.is_deleted or exhibit.generation != claim.generation:
            return None
        picture = links.file_url(claim.task_id, claim.generation, exhibit.poster) if exhibit.poster else None
        return Preview(title=exhibit.title, lines=exhibit.lines, picture_url=picture)

    return preview_of


@asynccontextmanager
async def pages_beside(core: Core, platforms: Mapping[str, Platform]) -> AsyncIterator[None]:
    """Serve the pages for as long as the process runs; `/readyz` knows of its chat connections."""
    probes: dict[str, Probe] = {name: platform.ping for name, platform in platforms.items()}
    host, port = core.settings.web_host, core.settings.web_port
    async with web_part(core, host=host, port=port, probes=probes, routes=slack_routes(platforms)):
        yield
