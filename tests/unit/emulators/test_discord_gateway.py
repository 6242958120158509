"""The Discord stand-in's gateway, driven by the real discord.py: sessions, replays, losses, shards, intents."""

from __future__ import annotations

import aiohttp
import pytest

from tests.emulators.discord import discord_stand_in
from tests.unit.emulators.discord_visitor import Visitor, discord, visiting


async def test_a_resumed_session_hears_what_it_missed(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        ann = stand.guild("Makers").member("Ann")

        stand.drop_gateway()
        await stand.disconnected()
        await ann.dm("while you were away")
        await stand.until(lambda: visitor.heard)

        assert visitor.heard == ["Ann: 'while you were away' 0"]
        assert stand.gateway_log == ["identify shard=0/1", "resume shard=0/1"]


async def test_a_lost_session_is_not_resumed_and_what_came_meanwhile_is_lost(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        ann = stand.guild("Makers").member("Ann")

        stand.drop_gateway(resumable=False)
        await stand.disconnected()
        await ann.dm("into the void")
        await stand.until(lambda: len(stand.gateway_log) == 3)
        await stand.connected()
        await ann.dm("back again")
        await stand.until(lambda: visitor.heard)

        assert visitor.heard == ["Ann: 'back again' 0"]
        assert stand.gateway_log == ["identify shard=0/1", "resume refused", "identify shard=0/1"]


@pytest.mark.parametrize(("resumable", "last"), [(True, "resume shard=0/1"), (False, "identify shard=0/1")])
async def test_an_invalid_session_is_resumed_or_begun_anew_as_it_says(monkeypatch, resumable, last):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        ann = stand.guild("Makers").member("Ann")

        stand.invalidate_session(resumable=resumable)
        await stand.until(lambda: len(stand.gateway_log) == 2)
        await ann.dm("hello")
        await stand.until(lambda: visitor.heard)

        assert stand.gateway_log[-1] == last


async def test_a_client_asked_to_reconnect_comes_back_and_resumes(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch):
        stand.ask_to_reconnect()
        await stand.until(lambda: len(stand.gateway_log) == 2)

        assert stand.gateway_log == ["identify shard=0/1", "resume shard=0/1"]


async def test_each_server_speaks_to_its_own_shard(monkeypatch):
    async with discord_stand_in() as stand:
        stand.world.gateway.shards = 2
        servers = [stand.guild(f"Server {number}") for number in range(2)]
        while len({(each.id >> 22) % 2 for each in servers}) < 2:
            servers.append(stand.guild(f"Server {len(servers)}"))
        async with visiting(stand, monkeypatch) as visitor:
            for server in servers:
                await server.member("Ann").write(server.text_channel("general"), stand.bot.mention)
            await stand.until(lambda: len(visitor.heard) == len(servers))

            shards = {guild.id: guild.shard_id for guild in visitor.guilds}

        assert shards == {each.id: (each.id >> 22) % 2 for each in servers}


async def test_words_and_files_stay_hidden_unless_the_bot_is_meant(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        general = stand.guild("Makers").text_channel("general")
        ann = stand.guild("Makers").member("Ann")

        await ann.write(general, "among ourselves")
        await ann.write(general, f"{stand.bot.mention} look")
        await ann.dm("just us")
        await stand.until(lambda: len(visitor.heard) == 3)
        read = [message.content async for message in visitor.get_channel(general.id).history()]

        assert visitor.heard[0] == "Ann: '' 0"
        assert visitor.heard[1].endswith("look' 0")
        assert visitor.heard[2] == "Ann: 'just us' 0"
        assert read[1] == ""


async def test_a_privileged_intent_that_was_not_granted_is_refused(monkeypatch):
    class Curious(Visitor):
        def __init__(self) -> None:
            super().__init__()
            self._connection._intents = discord.Intents.all()

    async with discord_stand_in() as stand:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with visiting(stand, monkeypatch, Curious()):
                pass

        assert stand.gateway_log == ["closed 4014 Disallowed intent(s)."]


async def test_a_wrong_token_is_refused_by_both_doors(monkeypatch):
    async with discord_stand_in() as stand, aiohttp.ClientSession() as session:
        answer = await session.get(f"{stand.api_url}/users/@me", headers={"Authorization": "Bot wrong"})
        async with session.ws_connect(f"{stand.gateway_url}?v=10&encoding=json") as socket:
            await socket.receive_json()
            await socket.send_json({"op": 2, "d": {"token": "wrong", "intents": 0}})
            closed = await socket.receive()

        assert answer.status == 401
        assert closed.data == 4004


async def test_being_thrown_out_ends_the_bots_sight_of_the_server(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        server = stand.guild("Makers")
        general = server.text_channel("general")
        await stand.until(lambda: visitor.get_channel(general.id))

        server.kick_bot()
        await stand.until(lambda: not visitor.guilds)

        with pytest.raises(discord.Forbidden) as refused:
            await visitor.get_partial_messageable(general.id).send("still here?")
        assert refused.value.code == 50001
        with pytest.raises(discord.NotFound) as missing:
            await visitor.fetch_guild(server.id)
        assert missing.value.code == 10004
