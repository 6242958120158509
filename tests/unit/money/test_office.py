"""The operator's commands, as they are typed, on the database of a bot."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sysconfig
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest

from bot.__main__ import main
from bot.keys import Server, Stop, StopOrder
from bot.model import Task, TaskState
from bot.settings import Settings
from storage.controls import SqlControls
from storage.database import Database, open_database
from storage.keys import SqlKeyStore
from storage.tasks import SqlTaskStore
from storage.vault import Vault
from tests.factories import NOON, a_submission, a_task, after, an_owner
from tests.logs import root_logger_kept

PROGRAM = Path(sysconfig.get_path("scripts")) / "rodin-bot"

Answer = TypeVar("Answer")


class Desk:
    """An operator at a terminal, in the folder of a bot."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.url = f"sqlite:///{folder / 'bot.db'}"
        self._capsys = capsys

    def types(self, *words: str) -> str:
        """Run a command that works and return what it says."""
        assert main(words) == 0
        said = self._capsys.readouterr()
        assert said.err == ""
        return said.out

    def is_refused(self, *words: str) -> str:
        """Run a command that cannot be done and return what it says about that."""
        assert _code(words) == 2
        said = self._capsys.readouterr()
        assert said.out == ""
        return said.err

    def look(self, what: Callable[[Database], Awaitable[Answer]]) -> Answer:
        """Do something with the database, as the bot does."""

        async def looked() -> Answer:
            async with open_database(self.url) as database:
                return await what(database)

        return asyncio.run(looked())

    def hold(self, *tasks: Task) -> None:
        """Put tasks into the table."""

        async def held(database: Database) -> None:
            for task in tasks:
                await SqlTaskStore(database).add(task)

        self.look(held)

    def state(self, task: Task) -> TaskState:
        """Return how a task stands."""
        return self.look(lambda database: SqlTaskStore(database).load(task.id)).state


def _code(words: Sequence[str]) -> object:
    """Return the exit code of a command, whichever way it ends."""
    try:
        return main(words)
    except SystemExit as end:  # argparse's way
        return end.code


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Leave the log and the signals of the process as they were found."""
    handler = signal.getsignal(signal.SIGTERM)
    with root_logger_kept():
        yield
    signal.signal(signal.SIGTERM, handler)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path, capsys)
    monkeypatch.setenv("DATABASE_URL", desk.url)
    monkeypatch.setenv("FILES_URL", str(tmp_path / "files"))
    desk.hold()
    return desk


def test_a_pause_needs_no_key_and_says_what_it_means(desk: Desk) -> None:
    desk.hold(a_task(), a_task(state=TaskState.GENERATING))

    assert desk.types("pause", "back", "at nine") == (
        "Paused: nothing is sent to Rodin until `rodin-bot resume`. 1 task waits, and whoever asked is told. "
        "What Rodin has already goes on and is delivered.\n"
    )
    pause = desk.look(lambda database: SqlControls(database).paused())
    assert pause is not None
    assert pause.word == "back at nine"
    assert "The bot is paused since" in desk.types("blocks")


def test_resuming_ends_a_pause_and_says_when_there_was_none(desk: Desk) -> None:
    desk.types("pause")

    assert desk.types("resume") == "Resumed: tasks are sent to Rodin again. No task waits.\n"
    assert desk.look(lambda database: SqlControls(database).paused()) is None
    assert desk.types("resume") == "The bot was not paused. Nothing was changed.\n"


def test_a_block_calls_off_what_waits_of_it_and_nothing_else(desk: Desk) -> None:
    hers, running = a_task(), a_task(state=TaskState.GENERATING)
    his = a_task(owner=an_owner("bob"))
    desk.hold(hers, running, his)

    assert desk.types("block", "person", "console:ada") == (
        "Blocked: person console:ada. 1 task of it waited and was called off for free.\n"
    )
    assert [desk.state(task) for task in (hers, running, his)] == [
        TaskState.CANCELLED,
        TaskState.GENERATING,
        TaskState.ACCEPTED,
    ]
    assert desk.types("block", "person", "console:ada") == "The person console:ada was blocked already.\n"


def test_a_word_is_blocked_as_a_phrase_and_calls_off_what_holds_it(desk: Desk) -> None:
    task = a_task()
    desk.hold(task)

    assert desk.types("block", "word", "Small  Brass", "OWL").startswith("Blocked: word small brass owl. 1 task of it")
    assert desk.state(task) is TaskState.CANCELLED


def test_blocks_are_listed_and_taken_back(desk: Desk) -> None:
    assert desk.types("blocks") == "Nothing is blocked.\n"
    desk.types("block", "server", "<@99>")
    desk.types("block", "person", "<@!42>")

    assert [line.split("  since ")[0] for line in desk.types("blocks").splitlines()] == ["person 42", "server 99"]
    assert desk.types("unblock", "person", "42") == "Allowed again: person 42.\n"
    assert desk.types("unblock", "person", "42") == (
        "The person 42 was not blocked. `rodin-bot blocks` lists what is.\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("block", "person", " "), "say which person to block"),
        (("block", "colour", "red"), "invalid choice: 'colour'"),
        (("block", "word"), "the following arguments are required: VALUE"),
        (("pause", "x" * 301), "The bot was not paused: a word to those who wait has at most 300 characters"),
        (("ledger", "--since", "yesterday"), "must be a day such as 2026-11-01"),
        (("ledger", "--since", "2026-03-02", "--until", "2026-03-01"), "--since is after --until"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(desk: Desk, words: tuple[str, ...], said: str) -> None:
    assert said in desk.is_refused(*words)
    assert desk.types("blocks") == "Nothing is blocked.\n"


@pytest.mark.parametrize("words", [("pause",), ("resume",), ("blocks",), ("ledger", "--csv"), ("block", "word", "x")])
def test_a_folder_without_a_bot_is_no_place_to_stop_one(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere' / 'bot.db'}")

    assert "There is no database yet" in desk.is_refused(*words)
    assert not (tmp_path / "elsewhere").exists()


def test_the_ledger_is_exported_for_the_days_that_are_asked_for(desk: Desk) -> None:
    def paid(uuid: str, **changes: object) -> Task:
        return a_task(state=TaskState.READY, submission=a_submission(uuid=uuid, consumed=Decimal("0.5")), **changes)

    desk.hold(
        paid("of-today", owner=an_owner("=1+1")),
        paid("of-tomorrow", submitted_at=after(days=1)),
        a_task(state=TaskState.UNCLEAR),
        a_task(),
    )

    whole = desk.types("ledger", "--csv").splitlines()
    one_day = desk.types("ledger", "--csv", "--since", "2026-03-03", "--until", "2026-03-03").splitlines()

    assert [line.split(",")[-3:-1] for line in whole] == [
        ["charge", "rodin_uuid"],
        ["maybe", ""],
        ["yes", "of-today"],
        ["yes", "of-tomorrow"],
    ]
    assert ",'=1+1," in whole[2]
    assert [line.split(",")[-2] for line in one_day] == ["rodin_uuid", "of-tomorrow"]
    assert desk.types("ledger") == (
        "2 tasks charged: 1 credit. Perhaps another 0.5 credits for 1 task whose answer was lost; "
        "Rodin's usage records tell. Add --csv for each of them.\n"
    )


def test_a_reader_who_has_enough_of_the_export_is_no_trouble(desk: Desk) -> None:
    one = a_task(state=TaskState.UNCLEAR)
    desk.hold(one)
    reader, writer = os.pipe()
    os.close(reader)

    try:
        done = subprocess.run([str(PROGRAM), "ledger", "--csv"], stdout=writer, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writer)

    assert (done.returncode, done.stderr) == (0, b"")


def test_the_keys_of_servers_are_listed_with_how_they_stand_and_never_shown(desk: Desk) -> None:
    async def furnished(database: Database) -> None:
        keys = SqlKeyStore(database, Vault("a secret for this test"))
        await keys.keep(Server(platform="slack", server_id="T1"), "the-key-of-t1", now=NOON)
        kept = await keys.keep(Server(platform="discord", server_id="77"), "the-key-of-77", now=NOON)
        order = StopOrder(why=Stop.CREDITS, needs=Decimal(1), now=NOON, look_at=NOON)
        await keys.stop(kept.key_id, order)
        await keys.stop(None, replace(order, why=Stop.KEY))

    desk.hold(a_task())
    assert desk.types("keys") == "No server has a key of its own, and no key is stopped.\n"
    desk.look(furnished)

    said = desk.types("keys")

    assert sorted(line.split("  ", 1)[1] for line in said.splitlines()) == [
        "discord:77  stopped since 2026-03-02 12:00 UTC: too few credits",
        "slack:T1  working",
        "the bot itself  stopped since 2026-03-02 12:00 UTC: not accepted",
    ]
    assert "the-key-of" not in said


def test_resume_tries_stopped_keys_again(desk: Desk) -> None:
    async def stopped(database: Database) -> None:
        order = StopOrder(why=Stop.KEY, needs=Decimal(1), now=NOON, look_at=NOON)
        await SqlKeyStore(database, None).stop(None, order)

    desk.hold(a_task())
    desk.look(stopped)

    assert desk.types("resume") == "1 stopped key is tried again.\n"
    assert desk.look(lambda database: SqlKeyStore(database, None).state(None)).stopped is None
    assert desk.types("resume") == "The bot was not paused. Nothing was changed.\n"
