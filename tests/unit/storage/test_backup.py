"""A copy of the database is taken while somebody writes, and put back whole or not at all."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from bot.errors import OperatorMistake
from bot.model import Charge, TaskState
from bot.recovery import leave_unsent_open, make_backup, restore_backup
from bot.settings import Settings
from storage.backup import BackupFailed, back_up, exchange
from storage.database import open_database
from storage.tasks import SqlTaskStore
from tests.factories import NOON, a_submission, a_task, a_worker


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, database_url=f"sqlite:///{tmp_path / 'data' / 'bot.db'}")


def database_of(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


async def add(settings: Settings, *ids: str) -> None:
    async with open_database(settings.database_url) as database:
        for task_id in ids:
            await SqlTaskStore(database).add(a_task(id=task_id))


async def states(settings: Settings) -> dict[str, TaskState]:
    async with open_database(settings.database_url) as database:
        found = await SqlTaskStore(database).tasks_in(list(TaskState), limit=1000)
        return {task.id: task.state for task in found}


async def test_a_copy_holds_every_row_that_was_committed_before_it_while_others_go_on(
    settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    written: list[str] = []

    async with open_database(settings.database_url) as database:
        store = SqlTaskStore(database)

        async def write_on() -> None:
            for number in range(300):
                await store.add(a_task(id=f"t{number}"))
                written.append(f"t{number}")

        writing = asyncio.create_task(write_on())
        while len(written) < 20:
            await asyncio.sleep(0)
        before = set(written)
        await make_backup(settings, copy)
        await writing

    with closing(sqlite3.connect(copy)) as connection:
        ids = {row[0] for row in connection.execute("SELECT id FROM tasks")}
    assert before <= ids <= set(written)


async def test_a_copy_is_one_file_that_only_its_owner_reads(settings: Settings, tmp_path: Path) -> None:
    await add(settings, "one")

    said = await make_backup(settings, tmp_path / "copy.db")

    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "data"]
    assert "SECRET_KEY" in said


async def test_an_older_copy_is_not_overwritten(settings: Settings, tmp_path: Path) -> None:
    await add(settings, "one")
    (tmp_path / "copy.db").write_text("precious")

    with pytest.raises(BackupFailed, match="exists already"):
        await make_backup(settings, tmp_path / "copy.db")

    assert (tmp_path / "copy.db").read_text() == "precious"


async def test_where_there_is_no_database_none_is_made(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="no database"):
        await make_backup(settings, tmp_path / "copy.db")

    assert list(tmp_path.iterdir()) == []


async def test_a_copy_that_cannot_be_written_leaves_nothing(settings: Settings, tmp_path: Path) -> None:
    await add(settings, "one")

    with pytest.raises(BackupFailed, match="No such file or directory"):
        await make_backup(settings, tmp_path / "nowhere" / "copy.db")


async def test_what_is_put_back_is_what_was_copied_and_the_rest_is_kept_aside(
    settings: Settings, tmp_path: Path
) -> None:
    await add(settings, "one", "two")
    await make_backup(settings, tmp_path / "copy.db")
    await add(settings, "three")

    await restore_backup(settings, tmp_path / "copy.db")

    assert set(await states(settings)) == {"one", "two"}
    (aside,) = database_of(settings).parent.glob("bot.db.before-*")
    assert set(await states(Settings(_env_file=None, database_url=f"sqlite:///{aside}"))) == {"one", "two", "three"}


async def test_a_copy_is_put_back_on_a_new_machine(settings: Settings, tmp_path: Path) -> None:
    await add(settings, "one")
    await make_backup(settings, tmp_path / "copy.db")
    moved = Settings(_env_file=None, database_url=f"sqlite:///{tmp_path / 'new' / 'place' / 'bot.db'}")

    said = await restore_backup(moved, tmp_path / "copy.db")

    assert set(await states(moved)) == {"one"}
    assert stat.S_IMODE(database_of(moved).stat().st_mode) == 0o600
    assert "What was there before" not in said


async def test_what_waited_in_a_copy_is_never_sent_by_itself(settings: Settings, tmp_path: Path) -> None:
    async with open_database(settings.database_url) as database:
        store = SqlTaskStore(database)
        for task_id in ("waiting", "leaving", "there"):
            await store.add(a_task(id=task_id))
        for task_id in ("leaving", "there"):
            task = await store.load(task_id)
            await store.save(task.move(TaskState.SUBMITTING, now=NOON), expected_revision=task.revision)
        there = await store.load("there")
        moved = there.move(TaskState.SUBMITTED, now=NOON, submission=a_submission())
        await store.save(moved, expected_revision=there.revision)
    await make_backup(settings, tmp_path / "copy.db")

    said = await restore_backup(settings, tmp_path / "copy.db")

    assert await states(settings) == {
        "waiting": TaskState.UNCLEAR,
        "leaving": TaskState.UNCLEAR,
        "there": TaskState.SUBMITTED,
    }
    assert "2 tasks waited" in said
    async with open_database(settings.database_url) as database:
        store = SqlTaskStore(database)
        failure = (await store.load("waiting")).failure
        assert failure is not None
        assert failure.charged is Charge.MAYBE
        untold = await store.claim_untold(a_worker(), platforms=["console"], now=NOON, limit=10)
        assert {"waiting", "leaving"} <= {task.id for task in untold}


async def test_what_is_free_may_go_on(settings: Settings) -> None:
    async with open_database(settings.database_url) as database:
        await SqlTaskStore(database).add(a_task(id="free", price=Decimal(0)))

        assert await leave_unsent_open(SqlTaskStore(database), now=NOON) == 0

    assert await states(settings) == {"free": TaskState.ACCEPTED}


async def test_a_copy_is_not_put_back_under_a_running_bot(settings: Settings, tmp_path: Path) -> None:
    await add(settings, "one")
    await make_backup(settings, tmp_path / "copy.db")

    async with open_database(settings.database_url) as database:
        await database.ping()
        with pytest.raises(BackupFailed, match="is in use"):
            await restore_backup(settings, tmp_path / "copy.db")
        await SqlTaskStore(database).add(a_task(id="two"))

    assert set(await states(settings)) == {"one", "two"}
    assert sorted(path.name for path in database_of(settings).parent.iterdir() if ".lock" not in path.name) == [
        "bot.db"
    ]


@pytest.mark.parametrize("damage", ["text", "cut", "foreign", "missing"])
async def test_what_is_no_whole_copy_is_refused_and_nothing_changed(
    damage: str, settings: Settings, tmp_path: Path
) -> None:
    await add(settings, *(f"task-{number}" for number in range(50)))
    copy = tmp_path / "copy.db"
    await make_backup(settings, copy)
    match damage:
        case "text":
            copy.write_text("no database at all " * 100)
        case "cut":
            copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
        case "foreign":
            copy.unlink()
            with closing(sqlite3.connect(copy)) as connection:
                connection.execute("CREATE TABLE other (id)")
        case "missing":
            copy.unlink()

    with pytest.raises(BackupFailed):
        await restore_backup(settings, copy)

    assert len(await states(settings)) == 50


async def test_a_damaged_database_is_replaced_and_kept(settings: Settings, tmp_path: Path) -> None:
    await add(settings, "one")
    await make_backup(settings, tmp_path / "copy.db")
    place = database_of(settings)
    place.write_bytes(b"\x00" * 5000)

    await restore_backup(settings, tmp_path / "copy.db")

    assert set(await states(settings)) == {"one"}
    (aside,) = place.parent.glob("bot.db.before-*")
    assert aside.read_bytes() == b"\x00" * 5000


async def test_the_log_of_a_killed_process_is_in_the_copy_and_never_in_another_database(
    settings: Settings, tmp_path: Path
) -> None:
    await add(settings, "one")
    await make_backup(settings, tmp_path / "copy.db")
    place = database_of(settings)
    left = _as_left_by_a_kill(place, tmp_path)

    back_up(left, tmp_path / "copy-2.db")
    with closing(sqlite3.connect(tmp_path / "copy-2.db")) as connection:
        assert connection.execute("SELECT count(*) FROM blocks").fetchone() == (1,)

    killed = _as_left_by_a_kill(place, tmp_path / "again")
    (tmp_path / "copy.db").rename(tmp_path / "draft.db")
    exchange(tmp_path / "draft.db", killed, aside=killed.with_name("aside.db"))
    with closing(sqlite3.connect(killed)) as connection:
        assert connection.execute("SELECT count(*) FROM blocks").fetchone() == (0,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _as_left_by_a_kill(place: Path, folder: Path) -> Path:
    """Copy a database with its log as they lie on the disk while a writer has them open."""
    folder.mkdir(exist_ok=True)
    left = folder / "left.db"
    with closing(sqlite3.connect(place)) as writer:
        writer.execute("INSERT INTO blocks (kind, value, since_ms) VALUES ('word', 'rat', 0)")
        writer.commit()
        for suffix in ("", "-wal"):
            (folder / f"left.db{suffix}").write_bytes(Path(f"{place}{suffix}").read_bytes())
        writer.execute("DELETE FROM blocks")
        writer.commit()
    return left


async def test_a_postgresql_server_is_left_to_its_own_tools(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database_url="postgresql://bot:secret@localhost/bot")

    with pytest.raises(OperatorMistake, match="pg_dump"):
        await make_backup(settings, tmp_path / "copy.db")
