"""One's own data, and the settings of the place, at the terminal."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from adapters.console.address import address_of, owner_of
from adapters.console.affairs import read_allowance
from adapters.console.session import Session
from bot.chat import Wish
from bot.errors import UserMistake
from bot.model import TaskState
from bot.policy import Grant
from tests.factories import a_request, a_task, after, an_owner
from tests.unit.console.terminal import Terminal, obeyed, ready

KEY = "a-key-that-nobody-must-see-1234567890"


class Fingers:
    """Type what is asked for without showing it, and remember the questions."""

    def __init__(self, *typed: str) -> None:
        self._typed = list(typed)
        self.asked: list[str] = []

    async def __call__(self, question: str) -> str:
        self.asked.append(question)
        return self._typed.pop(0)


async def said(terminal: Terminal, session: Session, line: str) -> str:
    return "\n".join(await obeyed(terminal, session, line))


# Lists.


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("list", ["an owl", "a MÜHLE", "100% brass"]),
        ("list --failed", ["a MÜHLE"]),
        ('list --words "mühle a"', ["a MÜHLE"]),
        ("list words %", ["100% brass"]),
        ("list --channel", ["an owl", "a MÜHLE", "100% brass"]),
        ("list --everybody --words=owl", ["an owl"]),
        ("list --failed --words owl", ["Nothing fits. Leave a filter out to see more."]),
    ],
)
async def test_lists_are_filtered(terminal: Terminal, session: Session, line: str, shown: list[str]) -> None:
    for minute, prompt in enumerate(("an owl", "a MÜHLE", "100% brass")):
        state = TaskState.FAILED if "MÜHLE" in prompt else TaskState.READY
        task = a_task(
            owner=owner_of("ada"), state=state, request=a_request(prompt=prompt), created_at=after(minutes=-minute)
        )
        await terminal.house.tasks.add(task)

    lines = await obeyed(terminal, session, line)

    assert [row.split("  ")[1] if "  " in row else row for row in lines] == shown


# Forgetting.


async def test_one_task_is_forgotten_and_its_title_with_it(terminal: Terminal, session: Session) -> None:
    task = await ready(terminal)

    answer = await said(terminal, session, f"delete {task.id} --forget")

    assert answer.startswith(f"Task {task.id} is forgotten")
    assert "a forgotten model" in await said(terminal, session, "list")


async def test_being_forgotten_takes_a_second_word(terminal: Terminal, session: Session) -> None:
    await ready(terminal)

    first = await said(terminal, session, "forget me")
    assert "It cannot be undone." in first
    assert "type: forget me now" in first
    assert await terminal.house.intake.tasks(an_owner())

    assert "You are forgotten: 1 model of yours" in await said(terminal, session, "forget me now")
    assert "You have asked for nothing yet" in await said(terminal, session, "list")


@pytest.mark.parametrize("line", ["forget", "forget now", "forget everything", "forget me not", "forget abc2345"])
async def test_any_other_word_forgets_nobody(terminal: Terminal, session: Session, line: str) -> None:
    await ready(terminal)

    assert "type: forget me" in await said(terminal, session, line)
    assert await terminal.house.intake.tasks(an_owner())


async def test_a_session_waits_for_nothing_that_was_forgotten(terminal: Terminal, session: Session) -> None:
    await session.obey("generate a castle")
    await session.obey("as bob")
    await session.obey("generate a boat")
    await session.obey("as ada")

    await session.obey("forget me now")

    assert [who for _, who in session.asked] == ["bob"]


# One's own data.


async def test_an_export_lies_in_the_folder_for_its_owners_eyes_and_overwrites_nothing(
    terminal: Terminal, session: Session, tmp_path: Path
) -> None:
    await ready(terminal)

    for line in ("export", "export", "export"):
        assert "Everything that is kept about you is in" in await said(terminal, session, line)

    day = "rodin-bot-data-2026-03-02"
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{day}-2.zip", f"{day}-3.zip", f"{day}.zip"]
    assert stat.S_IMODE((tmp_path / f"{day}.zip").stat().st_mode) == 0o600
    with zipfile.ZipFile(tmp_path / f"{day}-3.zip") as archive:
        assert "a brass owl" in archive.read("tasks.json").decode()


async def test_a_folder_that_takes_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where the folder should be")
    terminal = Terminal(tmp_path / "out")
    session = Session(intake=terminal.house.intake, platform=terminal.platform, speaker="ada")

    assert "cannot be written" in await said(terminal, session, "export")


async def test_privacy_says_where_things_go_and_how_long_they_stay(terminal: Terminal, session: Session) -> None:
    answer = await said(terminal, session, "privacy")

    for words in ("Hyper3D Rodin", "7 days", "30 days", "export", "--forget", "forget me"):
        assert words in answer


# Settings.


async def test_settings_show_who_may_do_what(terminal: Terminal, session: Session) -> None:
    shown = await said(terminal, session, "settings")

    assert "Ask for models: everyone" in shown
    assert "tier:Gen-2.5-High" in shown
    assert "(set here)" not in shown


async def test_a_right_is_given_by_name_and_taken_back(terminal: Terminal, session: Session) -> None:
    await said(terminal, session, "settings allow tier high @bob cleo")
    shown = await said(terminal, session, "settings")
    assert "Use the tier Gen-2.5-High: admins, bob and cleo (set here)" in shown

    await said(terminal, session, "settings reset tier:Gen-2.5-High")

    assert "(set here)" not in await said(terminal, session, "settings")


@pytest.mark.parametrize(
    ("line", "right", "grant"),
    [
        ("ask everyone", "ask", Grant(everyone=True)),
        ("ask bob, everybody", "ask", Grant(everyone=True)),
        ("money admins", "money", Grant()),
        ("preset print  ada", "preset:print", Grant(people=frozenset({"ada"}))),
        ("money ada and bob", "money", Grant(people=frozenset({"ada", "bob"}))),
        ("tier:high @ada,bob", "tier:high", Grant(people=frozenset({"ada", "bob"}))),
    ],
)
def test_who_may_is_read_as_typed(line: str, right: str, grant: Grant) -> None:
    assert read_allowance(line) == (right, grant)


@pytest.mark.parametrize("line", ["", "ask", "tier high", "ask  ,"])
def test_a_right_for_nobody_in_particular_is_asked_about(line: str) -> None:
    with pytest.raises(UserMistake, match="Whom"):
        read_allowance(line)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("settings alow ask everyone", "Type: settings, settings key"),
        ("settings allow fly ada", "There are the rights"),
        ("settings reset", "There are the rights"),
        ("settings key", "A key is typed at a terminal"),
        (f"settings key {KEY}", "If that was a key, others may have seen it"),
    ],
)
async def test_what_cannot_be_set_is_said(terminal: Terminal, session: Session, line: str, says: str) -> None:
    answer = await said(terminal, session, line)

    assert says in answer
    assert KEY not in answer


async def test_a_key_is_asked_for_unseen_and_never_shown(terminal: Terminal, session: Session) -> None:
    session.ask_hidden = fingers = Fingers(f" {KEY} ")

    answer = await said(terminal, session, "settings key")

    assert fingers.asked == ["Rodin API key: "]
    assert "kept encrypted and never shown again" in answer
    assert KEY not in answer + await said(terminal, session, "settings")


async def test_enter_alone_changes_no_key(terminal: Terminal, session: Session) -> None:
    session.ask_hidden = Fingers("")
    before = await said(terminal, session, "settings")

    assert "Nothing was changed." in await said(terminal, session, "settings key")

    assert await said(terminal, session, "settings") == before


async def test_people_at_the_terminal_are_apart_and_all_may_do_everything(terminal: Terminal, session: Session) -> None:
    theirs = await terminal.house.intake.generate(Wish(prompt="a boat"), owner_of("bob"), address_of("bob"))

    assert "You have no task" in await said(terminal, session, f"show {theirs.id}")
    assert "You have asked for nothing yet" in await said(terminal, session, "list")
    assert "credits" in await said(terminal, session, "balance")
