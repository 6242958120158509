"""Opening a database: what is made, what is refused, and what the operator is told."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from filelock import FileLock
from sqlalchemy import Connection, insert, text

from bot.errors import DatabaseBusy, DatabaseTooNew, DatabaseUnusable, StorageError
from storage.codec import task_row
from storage.database import open_database
from storage.schema import metadata, tasks
from storage.tasks import SqlTaskStore
from tests.factories import a_task
from tests.fakes.databases import DATABASES, NEWEST, DatabaseUrl, needs_postgres, postgres_url


def words_of(error: BaseException | None) -> str:
    """Return what an error and all its causes say, which is what gets into a log."""
    words = ""
    while error:
        words += f"{error!r} {error}\n"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return words


def test_the_file_and_its_folders_are_made_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deep" / "bot.db"

    async def write() -> None:
        async with open_database(f"sqlite:///{path}") as database:
            await SqlTaskStore(database).add(a_task())
            modes.update((file.name, stat.S_IMODE(file.stat().st_mode)) for file in path.parent.iterdir())

    modes: dict[str, int] = {}
    asyncio.run(write())

    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)} == {0o700}
    assert {"bot.db", "bot.db-wal", "bot.db-shm"} <= modes.keys()
    assert set(modes.values()) == {0o600}


async def test_each_connection_is_set_up_for_safety(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'bot.db'}") as database, database.reading() as connection:
        pragmas = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


@pytest.mark.parametrize("database_url", DATABASES)
async def test_the_migrated_schema_is_the_schema_of_the_code(database_url: DatabaseUrl, tmp_path: Path) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))

    async with database_url(tmp_path) as url, open_database(url) as database, database.reading() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.parametrize("database_url", DATABASES)
async def test_what_was_written_is_there_after_opening_again(database_url: DatabaseUrl, tmp_path: Path) -> None:
    task = a_task()
    async with database_url(tmp_path) as url:
        async with open_database(url) as database:
            await SqlTaskStore(database).add(task)

        async with open_database(url) as database:
            assert await SqlTaskStore(database).load(task.id) == task


@pytest.mark.parametrize("database_url", DATABASES)
async def test_processes_that_start_at_once_find_one_schema(database_url: DatabaseUrl, tmp_path: Path) -> None:
    async def start(url: str) -> None:
        async with open_database(url) as database:
            await SqlTaskStore(database).add(a_task())

    async with database_url(tmp_path) as url:
        await asyncio.gather(*(start(url) for _ in range(4)))


async def test_opening_waits_until_no_other_process_is_at_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    with FileLock(f"{path}.upgrade.lock"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), open_database(f"sqlite:///{path}"):
                pass
        assert not path.exists() or path.stat().st_size == 0

    async with open_database(f"sqlite:///{path}") as database:
        await database.ping()


@pytest.mark.parametrize("database_url", DATABASES)
async def test_a_database_newer_than_the_code_is_refused_and_left_alone(
    database_url: DatabaseUrl, tmp_path: Path
) -> None:
    async with database_url(tmp_path) as url:
        async with open_database(url) as database, database.writing() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9876'"))

        with pytest.raises(DatabaseTooNew, match=rf"9876.*{NEWEST}.*[Ii]nstall"):
            async with open_database(url):
                pass


async def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    with sqlite3.connect(path) as foreign:
        foreign.execute("CREATE TABLE files (of_another_program TEXT)")
    foreign.close()

    with pytest.raises(DatabaseUnusable, match="files already exists"):
        async with open_database(f"sqlite:///{path}"):
            pass

    with sqlite3.connect(path) as foreign:
        tables = [name for (name,) in foreign.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    foreign.close()
    assert tables == ["files"]


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all\n" * 100)

    with pytest.raises(DatabaseUnusable, match=r"notes\.txt.*file is not a database.*DATABASE_URL"):
        async with open_database(f"sqlite:///{path}"):
            pass

    assert path.read_text().startswith("not a database at all")


@pytest.mark.parametrize("place", ["a-file/bot.db", ""], ids=["below a file", "a folder"])
async def test_a_place_that_cannot_hold_a_database_is_refused(place: str, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")

    with pytest.raises(DatabaseUnusable, match="Check that the folder can be written to"):
        async with open_database(f"sqlite:///{tmp_path / place}"):
            pass


async def test_a_server_that_cannot_be_reached_is_refused_without_telling_the_password() -> None:
    with pytest.raises(DatabaseUnusable, match=r"postgresql at 127\.0\.0\.1:1, database bot") as caught:
        async with open_database("postgresql://ada:s3cret@127.0.0.1:1/bot"):
            pass

    assert "s3cret" not in words_of(caught.value)


async def test_a_missing_driver_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)

    with pytest.raises(DatabaseUnusable, match=r"pip install 'rodin-bot\[postgres\]'"):
        async with open_database("postgresql://ada@127.0.0.1:1/bot"):
            pass


async def test_a_write_that_waits_too_long_for_another_process_is_busy(tmp_path: Path) -> None:
    path, task = tmp_path / "bot.db", a_task()
    async with open_database(f"sqlite:///{path}", busy_timeout=timedelta(milliseconds=20)) as database:
        store = SqlTaskStore(database)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(DatabaseBusy, match="locked") as caught:
            await store.add(task)
        other.close()

        assert caught.value.__cause__ is not None
        await store.add(task)
        assert await store.load(task.id) == task


async def test_a_writer_owns_the_file_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    async with open_database(f"sqlite:///{path}") as database, database.writing():
        other = sqlite3.connect(path, isolation_level=None, timeout=0)

        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


async def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    task = a_task()
    async with open_database(f"sqlite:///{tmp_path / 'bot.db'}") as database:
        store = SqlTaskStore(database)
        await store.add(task)

        async with database.writing():
            assert await store.load(task.id) == task


async def test_writers_of_one_process_that_wait_too_long_are_busy(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    async with (
        open_database(url, busy_timeout=timedelta(milliseconds=20)) as database,
        database.writing(),
    ):
        with pytest.raises(DatabaseBusy):
            await SqlTaskStore(database).add(a_task())


async def test_a_write_that_a_person_waits_for_goes_ahead_of_the_loops(tmp_path: Path) -> None:
    order: list[str] = []

    async with open_database(f"sqlite:///{tmp_path / 'bot.db'}") as database:

        async def write(name: str, *, is_urgent: bool = False) -> None:
            async with database.writing(is_urgent=is_urgent):
                order.append(name)

        async with asyncio.TaskGroup() as group, database.writing():
            for number in range(5):
                group.create_task(write(f"loop {number}"))
            await asyncio.sleep(0)  # they stand in line
            group.create_task(write("person", is_urgent=True))
            await asyncio.sleep(0)

    assert order.index("person") <= 1
    assert [name for name in order if name != "person"] == [f"loop {number}" for number in range(5)]


async def test_a_write_that_is_called_off_is_undone_and_hinders_nobody(tmp_path: Path) -> None:
    task = a_task()
    async with open_database(f"sqlite:///{tmp_path / 'bot.db'}") as database:

        async def write_and_wait() -> None:
            async with database.writing() as connection:
                await connection.execute(insert(tasks).values(task_row(task)))
                written.set()
                await asyncio.Event().wait()

        written = asyncio.Event()
        writing = asyncio.create_task(write_and_wait())
        await written.wait()
        writing.cancel()
        await asyncio.wait([writing])

        await SqlTaskStore(database).add(task)


async def test_a_write_that_is_called_off_while_it_waits_for_another_process_hinders_nobody(tmp_path: Path) -> None:
    path, task = tmp_path / "bot.db", a_task()
    async with open_database(f"sqlite:///{path}", busy_timeout=timedelta(milliseconds=100)) as database:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await SqlTaskStore(database).add(task)
        other.close()

        await SqlTaskStore(database).add(task)


@needs_postgres
async def test_a_connection_that_the_server_ends_is_busy_and_the_next_one_works(tmp_path: Path) -> None:
    async with postgres_url(tmp_path) as url, open_database(url) as database:
        with pytest.raises(DatabaseBusy):
            async with database.reading() as connection:
                await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

        await database.ping()


async def test_a_text_that_no_database_can_hold_is_refused_as_ours(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'bot.db'}") as database:
        with pytest.raises(StorageError):
            await SqlTaskStore(database).add(a_task(event="half a character \ud800"))


async def test_a_row_of_unknown_words_is_refused_without_telling_the_prompt(tmp_path: Path) -> None:
    task = a_task()
    async with open_database(f"sqlite:///{tmp_path / 'bot.db'}") as database:
        store = SqlTaskStore(database)
        await store.add(task)
        async with database.writing() as connection:
            await connection.execute(text("""UPDATE tasks SET request = '{"prompt": "a secret owl", "tier": 3}'"""))

        with pytest.raises(StorageError, match=task.id) as caught:
            await store.load(task.id)

    assert "secret owl" not in words_of(caught.value)


async def test_a_refused_statement_is_ours_and_shows_no_values(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'bot.db'}") as database:
        with pytest.raises(StorageError, match="no such table") as caught:
            async with database.reading() as connection:
                await connection.execute(text("SELECT * FROM not_there WHERE secret = :secret"), {"secret": "s3cret"})

    assert "s3cret" not in words_of(caught.value)
