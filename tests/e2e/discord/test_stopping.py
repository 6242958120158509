"""Starting and stopping: politely in the middle of work, with a wrong token, before Discord is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from tests.e2e.discord.scene import Scene
from tests.e2e.stage import PATIENCE_S, STOPS_WITHIN_S
from tests.emulators.discord.trouble import When

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]

WRONG_TOKEN = "this-is.not.the-token"


class Door:
    """A port before Discord that hangs up on everybody until it is opened."""

    def __init__(self) -> None:
        self.is_open = False
        self.refused = 0
        self._pipes: set[asyncio.Task[None]] = set()
        self._inside = ("", 0)

    @asynccontextmanager
    async def before(self, url: str) -> AsyncIterator[str]:
        """Put the door before an address; give the address of the door."""
        parts = urlsplit(url)
        self._inside = (parts.hostname or "", parts.port or 0)
        server = await asyncio.start_server(self._met, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{parts.path}"
        finally:
            server.close()
            for pipe in self._pipes:
                pipe.cancel()
            await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.is_open:
            self.refused += 1
            writer.close()
            return
        inner_reader, inner_writer = await asyncio.open_connection(*self._inside)
        for pair in ((reader, inner_writer), (inner_reader, writer)):
            pipe = asyncio.create_task(_pour(*pair))
            self._pipes.add(pipe)
            pipe.add_done_callback(self._pipes.discard)


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        return
    finally:
        writer.close()


@pytest.mark.parametrize("state", ["generating", "collecting"])
async def test_stopped_in_the_middle_of_a_task_the_next_start_goes_on(state: str, scene: Scene) -> None:
    if state == "collecting":
        scene.rodin.break_with("slow_files")
    async with scene.bot() as bot:
        await scene.ask()
        await scene.in_state(state)
        began = time.monotonic()
        code = await scene.stop(bot)
        took_s = time.monotonic() - began
        print(f"stopped after {took_s:.1f} s")  # noqa: T201 - times worth reading
    assert code == 0
    assert took_s < STOPS_WITHIN_S
    scene.rodin.break_with("")

    async with scene.bot():
        await scene.assert_delivered_once()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_stopped_while_discord_hangs_the_next_start_goes_on(when: When, scene: Scene) -> None:
    async with scene.bot() as bot:
        await scene.ask()
        await scene.in_state("generating")
        thread = await scene.thread()
        hold = scene.discord.hold("POST", f"/channels/{thread.id}/messages", when)
        await hold.arrived(timeout_s=PATIENCE_S)
        began = time.monotonic()
        code = await scene.stop(bot)
        took_s = time.monotonic() - began
        print(f"stopped after {took_s:.1f} s")  # noqa: T201 - times worth reading
        hold.drop()
    assert code == 0
    assert took_s < STOPS_WITHIN_S

    async with scene.bot():
        await scene.assert_delivered_once()


async def test_a_wrong_token_is_refused_in_a_sentence(scene: Scene) -> None:
    with scene.process(DISCORD_TOKEN=WRONG_TOKEN) as bot:
        code = await asyncio.to_thread(bot.wait, within_s=PATIENCE_S)

    said = bot.output + bot.errors
    assert code == 2
    assert "Discord does not know DISCORD_TOKEN." in said
    assert WRONG_TOKEN not in said


async def test_a_token_reset_while_the_bot_runs_ends_it_in_a_sentence(scene: Scene) -> None:
    async with scene.bot() as bot:
        await scene.until(lambda: "running platforms=discord" in bot.errors)
        scene.discord.world.token = WRONG_TOKEN
        scene.discord.drop_gateway(resumable=False)

        code = await asyncio.to_thread(bot.wait, within_s=PATIENCE_S)

        assert code == 2
        assert "Discord does not know DISCORD_TOKEN." in bot.output + bot.errors


async def test_started_before_discord_is_there_the_bot_waits_and_says_so_once(scene: Scene) -> None:
    door = Door()
    async with door.before(scene.discord.api_url) as address:
        with scene.process(DISCORD_API_URL=address, LOG_LEVEL="info") as bot:
            await scene.until(lambda: door.refused >= 3)
            assert bot.is_alive
            door.is_open = True
            await scene.connected(bot)

            answer = await scene.ask()
            await answer.shows("Task", timeout_s=PATIENCE_S)
            assert bot.errors.count("no connection to discord") == 1
            assert await scene.stop(bot) == 0
