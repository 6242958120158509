"""What the starter does when something cannot start, and how it stops what can be made again."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import PortTaken, check_previewer, open_core, secret_of, serve, web_part
from bot.core import Core
from bot.demo import demo_settings
from bot.looks import Previewer
from bot.model import FileRole, ModelFile, TaskState
from bot.news import OperatorChannel, news
from bot.settings import Settings
from bot.showcase import Showcase
from storage.database import open_database
from tests.factories import a_task
from tests.fakes.generator import bytes_of
from tests.fakes.platform import RecordingPlatform
from tests.fakes.previewer import ScriptedPreviewer


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[Core]:
    """A process around an empty database, a previewer of ours and a Rodin that nobody asks."""
    async with open_core(demo_settings("http://127.0.0.1:9/api/v2", tmp_path, speed=100)) as opened:
        yield opened


def with_previewer(core: Core, previewer: Previewer) -> Core:
    return replace(core, showcase=Showcase(previewer, core.files))


async def a_model(core: Core) -> str:
    """Put a finished model into the database and its file into the store; return the task's id."""
    data = bytes_of("base.glb")
    file = ModelFile(key="tasks/one/base.glb", name="base.glb", role=FileRole.MODEL, size_bytes=len(data), sha256="")
    await core.files.save_bytes(file.key, data)
    now = core.clock.now()
    task = a_task(state=TaskState.READY, files=(file,), created_at=now, ended_at=now, next_at=now)
    await core.tasks.add(task)
    return task.id


async def test_that_nothing_can_be_drawn_is_said_once_at_the_start(
    core: Core, caplog: pytest.LogCaptureFixture
) -> None:
    blind = ScriptedPreviewer(missing="Models cannot be drawn here (no libEGL). On Debian: apt-get install libegl1")

    await check_previewer(with_previewer(core, blind))

    (record,) = [record for record in caplog.records if "no pictures of our own" in record.message]
    assert record.levelno == logging.WARNING
    assert "apt-get install libegl1" in record.message


async def test_a_check_that_breaks_stops_nobody(core: Core, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(ScriptedPreviewer):
        async def ready(self) -> str | None:
            raise OSError("no more processes")

    await check_previewer(with_previewer(core, Broken()))

    assert "previewer not checked" in caplog.text


async def test_stopping_does_not_wait_for_pictures_that_can_be_made_again(core: Core) -> None:
    turning = asyncio.Event()
    previewer = ScriptedPreviewer()

    async def turn_for_ever() -> None:
        turning.set()
        await asyncio.Event().wait()

    previewer.during["turn"] = turn_for_ever
    task_id = await a_model(core)
    stopping = asyncio.Event()
    served = asyncio.create_task(serve(with_previewer(core, previewer), {}, stopping))
    await asyncio.wait_for(turning.wait(), 20)

    began = time.monotonic()
    stopping.set()
    await served

    assert time.monotonic() - began < 5
    row = await core.tasks.load(task_id)
    assert (row.state, row.showing.is_pictured) == (TaskState.READY, False)


async def test_the_loops_make_the_pictures_of_a_model(core: Core) -> None:
    task_id = await a_model(core)
    stopping = asyncio.Event()
    served = asyncio.create_task(serve(with_previewer(core, ScriptedPreviewer()), {}, stopping))

    async def pictured() -> None:
        while not (await core.tasks.load(task_id)).showing.is_pictured:
            await asyncio.sleep(0.01)

    await asyncio.wait_for(pictured(), 20)
    stopping.set()
    await served

    roles = {file.role for file in (await core.tasks.load(task_id)).files}
    assert {FileRole.STILL, FileRole.TURNTABLE, FileRole.FRAMES} <= roles


async def test_a_port_that_is_taken_is_said_in_a_sentence(core: Core) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"cannot be served on 127\.0\.0\.1:{port}: .*Set HOST and PORT\."):
            await web_part(core, host="127.0.0.1", port=port).__aenter__()


async def test_links_lead_to_this_machine_while_its_pages_are_served(core: Core) -> None:
    before = core.links.viewer_url("one", 0)
    async with web_part(core, host="127.0.0.1", port=0, is_local=True) as web:
        during = core.links.viewer_url("one", 0)

    assert before is None
    assert during is not None
    assert during.startswith(f"{web.url}/t/one.0.")


async def test_people_elsewhere_get_no_links_that_lead_to_this_machine(core: Core) -> None:
    async with web_part(core, host="127.0.0.1", port=0):
        assert core.links.viewer_url("one", 0) is None


async def test_the_operators_key_wins_over_the_one_beside_the_database(tmp_path: Path) -> None:
    settings = demo_settings("http://127.0.0.1:9/api/v2", tmp_path, speed=100)
    own = settings.model_copy(update={"secret_key": SecretStr("a key of the operator's own")})
    async with open_database(settings.database_url) as database:
        kept = secret_of(settings, database)
        again = secret_of(settings, database)
        chosen = secret_of(own, database)

    assert kept == again == (tmp_path / "secret.key").read_text()
    assert chosen == "a key of the operator's own"


@pytest.mark.parametrize(("platform", "told"), [("console", [("C1", "Only 3 credits are left.")]), ("discord", [])])
async def test_news_come_into_the_operators_channel_from_the_process_that_holds_that_chat(
    tmp_path: Path, platform: str, told: list[tuple[str, str]]
) -> None:
    settings = demo_settings("http://127.0.0.1:9/api/v2", tmp_path, speed=100)
    where = OperatorChannel(platform=platform, channel="C1")
    async with open_core(settings.model_copy(update={"operator_channel": where})) as core:
        chat, stopping = RecordingPlatform(), asyncio.Event()
        await core.news.add(news("Only 3 credits are left."), now=core.clock.now())

        served = asyncio.create_task(serve(core, {"console": chat}, stopping, works=False), name="serve")
        async with asyncio.timeout(10):
            while chat.notified != told or (told and await core.news.untold(now=core.clock.now(), limit=9)):
                await asyncio.sleep(0)
        stopping.set()
        await asyncio.wait_for(served, 10)

        assert chat.notified == told
        assert len(await core.news.untold(now=core.clock.now(), limit=9)) == (0 if told else 1)


@pytest.mark.parametrize(
    ("public_url", "more"),
    [
        ("https://rodin.example.org", "https://rodin.example.org/privacy or the command privacy"),
        (None, "the command privacy"),
    ],
)
async def test_the_first_task_names_the_page_where_more_is_said_if_people_reach_it(
    tmp_path: Path, public_url: str | None, more: str
) -> None:
    settings = Settings(
        rodin_api_key=SecretStr("a-key"),
        rodin_api_url="http://127.0.0.1:9/api/v2",
        database_url=f"sqlite+aiosqlite:///{tmp_path}/bot.db",
        files_url=str(tmp_path / "files"),
        public_url=public_url,
        keep_files_days=7,
        _env_file=None,
    )

    async with open_core(settings) as core:
        notice = core.viewer.notice

    assert notice.endswith(f"This bot keeps the files for 7 days. More about it: {more}.")


async def test_a_demo_says_nothing_of_words_that_go_nowhere(core: Core) -> None:
    assert core.viewer.notice == ""
