"""The alternative: an app that acknowledges whatever comes and does nothing else, with the SDKs that the bot uses.

    python -m benchmarks.load.bare

Settings are the bot's own: DISCORD_TOKEN and DISCORD_API_URL; SLACK_API_URL with SLACK_BOT_TOKEN and SLACK_APP_TOKEN
for Socket Mode, or with SLACK_SIGNING_SECRET and PORT for HTTP.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from aiohttp import web
from discord.http import Route
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

ANYTHING = re.compile("")


class BareDiscord(discord.AutoShardedClient):
    """Defers every interaction. It shards since that lets discord.py ask where the gateway is."""

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Acknowledge."""
        if interaction.type is discord.InteractionType.autocomplete:
            await interaction.response.autocomplete([])
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)


async def on_discord() -> None:
    """Serve Discord for ever."""
    Route.BASE = os.environ["DISCORD_API_URL"]
    async with BareDiscord(intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True)) as client:
        await client.start(os.environ["DISCORD_TOKEN"])


async def acknowledge(ack: Callable[[], Awaitable[Any]]) -> None:
    """Acknowledge."""
    await ack()


def slack_app() -> AsyncApp:
    """Return an app that acknowledges everything."""
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    secret = os.environ.get("SLACK_SIGNING_SECRET")
    app = AsyncApp(client=client, signing_secret=secret, request_verification_enabled=secret is not None)
    for listen in (app.command, app.action, app.view, app.shortcut, app.event):
        listen(ANYTHING)(acknowledge)
    return app


async def on_slack() -> None:
    """Serve Slack for ever, by Socket Mode or over HTTP."""
    app, token = slack_app(), os.environ.get("SLACK_APP_TOKEN")
    if token is not None:
        await AsyncSocketModeHandler(app, token, web_client=app.client).start_async()  # type: ignore[no-untyped-call]
        return
    runner = web.AppRunner(app.web_app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()
    await asyncio.Event().wait()


async def main() -> None:
    """Serve every chat that there are settings for."""
    async with asyncio.TaskGroup() as group:
        if "DISCORD_TOKEN" in os.environ:
            group.create_task(on_discord(), name="discord")
        if "SLACK_API_URL" in os.environ:
            group.create_task(on_slack(), name="slack")


if __name__ == "__main__":
    asyncio.run(main())
