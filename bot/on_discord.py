"""Discord for `run` and `check`, out of the settings and the core. Imported where Discord is set up."""

from __future__ import annotations

from adapters.discord.platform import DiscordOptions, DiscordPlatform, DiscordSupplies
from bot.core import Core
from bot.errors import BadSettings
from bot.settings import Settings


def discord_platform(core: Core) -> DiscordPlatform:
    """Return the platform, which is not connected yet."""
    supplies = DiscordSupplies(files=core.files, sends=core.sends, answers=core.answers, clock=core.clock)
    return DiscordPlatform(discord_options(core.settings), supplies)


def discord_options(settings: Settings) -> DiscordOptions:
    """Return how to reach Discord.

    Raises:
        BadSettings: there is no token.
    """
    if settings.discord_token is None:
        raise BadSettings("Discord is not set up: set DISCORD_TOKEN (rodin-bot manifest discord says how to get one).")
    return DiscordOptions(
        token=settings.discord_token.get_secret_value(),
        api_url=settings.discord_api_url,
        guild_ids=settings.discord_guild_ids,
    )
