"""A small real discord.py bot that visits the Discord stand-in inside the test's own event loop."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import yarl

from tests.emulators.discord import DiscordStandIn

with warnings.catch_warnings():
    # discord.py's voice part imports it, up to Python 3.12.
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    import discord
    from discord import app_commands, ui
    from discord.gateway import DiscordWebSocket


__all__ = ["CountButton", "Visitor", "app_commands", "discord", "ui", "visiting"]


class Visitor(discord.AutoShardedClient):
    """A bot with default intents, impatient so that tests are quick."""

    def __init__(self, **options: object) -> None:
        super().__init__(intents=discord.Intents.default(), guild_ready_timeout=0.05, **options)
        self.tree = app_commands.CommandTree(
            self,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        )
        self.heard: list[str] = []
        self.logged_in = asyncio.Event()

    async def setup_hook(self) -> None:
        """Say that the client has logged in."""
        self.logged_in.set()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait the five seconds between identifies."""

    async def on_message(self, message: discord.Message) -> None:
        """Write down what was heard."""
        if message.author != self.user:
            self.heard.append(f"{message.author.display_name}: {message.content!r} {len(message.attachments)}")


class CountButton(ui.DynamicItem[ui.Button[ui.View]], template=r"count:(?P<number>\d+)"):
    """A button whose state is its custom id, so that it works in a process that never sent it."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(ui.Button(label=f"Count {number}", custom_id=f"count:{number}"))

    @classmethod
    async def from_custom_id(cls, interaction, item, match):
        return cls(int(match["number"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        view = ui.View(timeout=None)
        view.add_item(CountButton(self.number + 1))
        await interaction.response.edit_message(content=f"counted {self.number + 1}", view=view)


@asynccontextmanager
async def visiting(
    stand: DiscordStandIn, patch: pytest.MonkeyPatch, visitor: Visitor | None = None
) -> AsyncIterator[Visitor]:
    """Log a visitor in, and out at the end."""
    patch.setattr(discord.http.Route, "BASE", stand.api_url)
    patch.setattr(discord.asset.Asset, "BASE", stand.cdn_url)
    patch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(stand.gateway_url))
    client = visitor or Visitor()
    async with client:
        running = asyncio.create_task(client.start(stand.token))
        try:
            await _ready(client, running)
            yield client
        finally:
            await client.close()
            await asyncio.gather(running, return_exceptions=True)


async def _ready(client: Visitor, running: asyncio.Task[None]) -> None:
    """Wait until the client is ready, or until its start has failed."""
    ready = asyncio.create_task(_once_set_up(client))
    try:
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        if running.done():
            running.result()
        assert ready.done(), "the client did not become ready"
    finally:
        ready.cancel()


async def _once_set_up(client: Visitor) -> None:
    """`wait_until_ready` refuses before the client has logged in; the set-up hook tells when it has."""
    await client.logged_in.wait()
    await client.wait_until_ready()
