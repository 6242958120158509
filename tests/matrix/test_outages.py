"""Something is out of reach for an hour: commands are answered, the log says it once, and everything resumes."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import DatabaseBusy
from storage.database import open_database
from tests.matrix.chat import ChatScene
from tests.matrix.console import BELL, Desk, a_desk
from tests.matrix.exercise import PRICE, assert_goes_on
from tests.matrix.on_discord import a_discord_scene
from tests.matrix.on_slack import a_slack_scene
from tests.matrix.outage import an_hour, assert_said_once, assert_said_once_but_commands, count, type_
from tests.matrix.world import full_disk, hold


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as made:
        yield made


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


async def test_rodin_down_for_an_hour(desk: Desk, said: pytest.LogCaptureFixture) -> None:
    await desk.session.obey(BELL)
    await desk.machine.turn(1)
    [first] = await desk.tasks()
    said.clear()

    await desk.machine.rodin.go_down()
    assert "Task " in await type_(desk, BELL)
    await an_hour(desk.machine)
    [second] = await desk.tasks()
    told = await type_(desk, f"status {second.id}")
    asked = await type_(desk, "balance")
    await desk.machine.rodin.come_up()
    ended = await desk.machine.settle(desk.tasks)

    assert "Rodin takes no new tasks right now. Yours waits and goes on by itself; nothing was charged." in told
    assert "Rodin does not answer, so nobody can say how many credits are left. Try again in a minute." in asked
    assert ended.id == second.id
    assert ended.state == "ready"
    assert (await desk.machine.core.tasks.load(first.id)).state == "ready"
    assert desk.machine.charged == 2 * PRICE
    for begin, end in (
        ("rodin takes nothing for now", "rodin takes tasks again"),
        ("rodin does not answer loop=tracker", "rodin answers again loop=tracker"),
    ):
        assert count(said, begin) == count(said, end) == 1


async def test_the_database_locked_by_another_program_for_an_hour(desk: Desk, said: pytest.LogCaptureFixture) -> None:
    await desk.session.obey(BELL)
    await desk.machine.turn(0)
    said.clear()
    assert desk.machine.trouble.database is not None

    with closing(hold(desk.machine.trouble.database)):
        asked = await type_(desk, BELL)
        listed = await type_(desk, "list")
        await an_hour(desk.machine, turn_s=300.0)
    await desk.machine.settle(desk.tasks)

    assert "Something went wrong on our side and was logged. Look at your list before you try again." in asked
    assert "a bell" in listed
    assert desk.machine.charged == PRICE
    assert_said_once_but_commands(said, "database does not answer", "claiming works again")
    await assert_goes_on(desk)


async def test_a_disk_full_for_an_hour(desk: Desk, said: pytest.LogCaptureFixture) -> None:
    await desk.session.obey(BELL)
    await desk.machine.turn(0)
    said.clear()

    with full_disk():
        asked = await type_(desk, BELL)
        await an_hour(desk.machine, turn_s=300.0)
    await desk.machine.settle(desk.tasks)

    assert "Something went wrong on our side and was logged. Look at your list before you try again." in asked
    assert desk.machine.charged == PRICE
    assert_said_once_but_commands(said, "database does not answer", "claiming works again")
    await assert_goes_on(desk)


async def test_a_database_that_was_moved_away_is_not_made_anew_and_comes_back(tmp_path: Path) -> None:
    path, elsewhere = tmp_path / "bot.db", tmp_path / "elsewhere.db"
    async with open_database(f"sqlite:///{path}") as database:
        await database.reader.dispose()
        path.rename(elsewhere)

        with pytest.raises(DatabaseBusy):
            await database.ping()

        assert not path.exists()
        elsewhere.rename(path)
        await database.ping()


async def assert_told_after_an_hour_out_of_reach(scene: ChatScene, said: pytest.LogCaptureFixture) -> None:
    """Let Ann's model be made while nobody can tell her, and see that she is told afterwards."""
    await scene.until_asked()
    said.clear()

    await scene.proxy.go_down()
    await an_hour(scene.machine)
    [task] = await scene.tasks()
    assert task.state == "ready"
    await scene.proxy.come_up()
    task = await scene.machine.settle(scene.tasks)

    assert scene.machine.charged == PRICE
    assert [len(found) for found in scene.parts(task.id).values()] == [1, 1]
    assert_said_once(said, "nobody can be told", "people are told again")
    await assert_goes_on(scene)


@pytest.mark.slow
async def test_discord_down_for_an_hour(tmp_path: Path, said: pytest.LogCaptureFixture) -> None:
    async with a_discord_scene(tmp_path) as scene:
        await scene.ann.command(scene.general, "rodin generate", prompt="a bell", tier="Gen-2.5-Low", faces="500")
        await assert_told_after_an_hour_out_of_reach(scene, said)


@pytest.mark.slow
async def test_slack_down_for_an_hour(tmp_path: Path, said: pytest.LogCaptureFixture) -> None:
    async with a_slack_scene(tmp_path) as scene:
        await scene.ann.command(scene.general, "/rodin a bell --tier Gen-2.5-Low --faces 500")
        await assert_told_after_an_hour_out_of_reach(scene, said)


async def test_a_file_store_out_of_reach_for_an_hour(
    desk: Desk, said: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    folder, elsewhere = tmp_path / "files", tmp_path / "elsewhere"
    await desk.session.obey(BELL)
    folder.rename(elsewhere)
    folder.write_text("no folder")

    await an_hour(desk.machine)
    [task] = await desk.tasks()
    told = await type_(desk, f"status {task.id}")
    folder.unlink()
    elsewhere.rename(folder)
    await desk.machine.settle(desk.tasks)

    assert "Rodin is done. Fetching the files." in told
    assert desk.machine.charged == PRICE
    assert_said_once(said, "files not stored", "files are stored again")
    await assert_goes_on(desk)
