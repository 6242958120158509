"""The Discord stand-in and a bot in a process of its own, which is killed in the middle of things."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.emulators.discord import DiscordStandIn, discord_stand_in

BOT = """
import os, discord, yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket

discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
client = discord.AutoShardedClient(intents=discord.Intents.default())
tree = app_commands.CommandTree(client)

@tree.command(name="make", description="Make")
async def make(interaction: discord.Interaction):
    await interaction.response.defer()
    await interaction.channel.send("made", nonce="task-1")
    await interaction.edit_original_response(content="see below")

@client.event
async def setup_hook():
    await tree.sync()

client.run(os.environ["DISCORD_TOKEN"], log_handler=None)
"""


@asynccontextmanager
async def bot_process(stand: DiscordStandIn) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {
        **os.environ,
        "DISCORD_API_URL": stand.api_url,
        "DISCORD_TOKEN": stand.token,
        "PYTHONWARNINGS": "ignore",
    }
    made = await asyncio.create_subprocess_exec(sys.executable, "-c", BOT, env=environment)
    try:
        await stand.connected()
        yield made
    finally:
        if made.returncode is None:
            made.kill()
        await made.wait()


async def test_a_kill_between_effect_and_answer_leaves_the_message_and_the_question_open(tmp_path):
    async with discord_stand_in(tmp_path) as stand:
        general = stand.guild("Makers").text_channel("general")
        ann = stand.guild("Makers").member("Ann")
        async with bot_process(stand) as first:
            held = stand.hold("POST", "/channels/*/messages", when="after")
            answer = await ann.command(general, "make")
            await held
            first.kill()
            held.drop()
            await stand.disconnected()

        lost = await ann.command(general, "make")
        stand.advance(3)

        assert [each.text for each in stand.messages(general)] == ["Rodin Bot is thinking...", "made"]
        assert lost.failed
        stand.advance(15 * 60)
        assert answer.failed

        async with bot_process(stand):
            again = await ann.command(general, "make")
            await again.shows("see below")

        assert stand.gateway_log == ["identify shard=0/1", "identify shard=0/1"]
        assert stand.command_writes == 2
