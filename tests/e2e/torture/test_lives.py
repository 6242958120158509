"""The nursery: what it bears is the real command line in the environment it was given, and dies without a trace."""

from __future__ import annotations

import signal
import socket
from collections.abc import AsyncIterator
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest

from tests.e2e.harness import empty_environment
from tests.e2e.torture.__main__ import HERE
from tests.e2e.torture.lives import Birth, Nursery, open_nursery

pytestmark = pytest.mark.slow

ENDS_WITHIN_S = 60.0


@pytest.fixture
async def nursery(tmp_path: Path) -> AsyncIterator[Nursery]:
    async with open_nursery(HERE, tmp_path / "nursery.log") as opened:
        yield opened


def a_birth(folder: Path, *argv: str, **settings: str) -> Birth:
    environment = empty_environment(folder, **settings)
    return Birth(name="life", argv=argv, environment=environment, folder=folder, logs=folder)


async def test_it_is_the_command_line_with_its_exit_codes(nursery: Nursery, tmp_path: Path) -> None:
    life = await nursery.bear(a_birth(tmp_path, "--version"))

    assert await life.wait(within_s=ENDS_WITHIN_S) == 0
    assert life.output.strip() == version("rodin-bot")


async def test_it_knows_only_the_environment_that_it_was_given(nursery: Nursery, tmp_path: Path) -> None:
    life = await nursery.bear(a_birth(tmp_path, "run", RODIN_API_KEY=""))

    assert await life.wait(within_s=ENDS_WITHIN_S) == 2
    assert "RODIN_API_KEY is not set" in life.errors


async def test_killed_it_is_gone_and_the_next_one_lives(nursery: Nursery, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}/api/v10"
        settings = {"RODIN_API_KEY": "a-key", "DISCORD_TOKEN": "a-token", "DISCORD_API_URL": address}
        life = await nursery.bear(a_birth(tmp_path, "run", FILES_URL=str(tmp_path / "files"), **settings))
        await life.kill()

    assert life.ended.result() == -signal.SIGKILL
    assert not psutil.pid_exists(life.pid)
    second = await nursery.bear(a_birth(tmp_path, "--version"))
    assert await second.wait(within_s=ENDS_WITHIN_S) == 0


async def test_a_tree_without_a_bot_is_refused_with_what_python_says(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text("raise RuntimeError('this one is broken')\n")

    with pytest.raises(RuntimeError, match="this one is broken"):
        async with open_nursery(tmp_path, tmp_path / "nursery.log"):
            pytest.fail("it was opened")
