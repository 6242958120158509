"""What the core says in more than one place is the same everywhere."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import bot
from bot import errors, text, verdicts
from bot.errors import (
    BotError,
    ModelError,
    OperatorMistake,
    PlatformError,
    StorageError,
    UserMistake,
    VendorError,
)
from bot.looks import Removal
from bot.model import AT_VENDOR, ENDS, MOVES, FailureKind, RefusalReason, TaskState
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
STATES = (ROOT / "docs" / "states.md").read_text()
FAMILIES = (UserMistake, VendorError, PlatformError, StorageError, ModelError, OperatorMistake)


def drawn_moves() -> Iterator[tuple[str, str]]:
    """Yield the moves of the drawing: along a row of arrows, and down from the word above a branch."""
    drawing = STATES.split("```")[1]
    columns: dict[int, str] = {}
    for line in drawing.splitlines():
        words = [(match.start(), match.group()) for match in re.finditer(r"\b[a-z]+\b", line)]
        if re.match(r"[a-z]+ ->", line):
            chain = [word for word in words if word[1] in list(TaskState)]
            for (_, one), (_, other) in pairwise(chain):
                yield one, other
            if line.startswith("accepted"):
                columns = dict(chain)
        elif "->" in line:
            target = re.search(r"-+> ([a-z]+)", line)
            assert target, line
            for match in re.finditer(r"\+", line):
                yield above(columns, match.start()), target.group(1)


def above(columns: dict[int, str], position: int) -> str:
    """Return the state under which a branch hangs."""
    return next(word for start, word in columns.items() if start <= position <= start + len(word))


def test_the_drawing_shows_the_moves_of_the_code_and_no_others() -> None:
    coded = {(str(state), str(target)) for state, targets in MOVES.items() for target in targets}

    assert set(drawn_moves()) == coded


def test_the_table_shows_the_moves_of_the_code_and_no_others() -> None:
    rows = re.findall(r"^\| ([a-z]+) \| ?([a-z, ]*)\|$", STATES, re.MULTILINE)
    written = {state: {target.strip() for target in targets.split(",") if target.strip()} for state, targets in rows}
    written.pop("from")

    assert written == {str(state): {str(target) for target in targets} for state, targets in MOVES.items()}


def test_every_state_has_its_row_of_moves_and_can_be_reached_and_left_or_is_an_end() -> None:
    reached = {target for targets in MOVES.values() for target in targets} | {TaskState.ACCEPTED}

    assert set(MOVES) == set(TaskState) == reached
    assert set(ENDS) == {TaskState.READY, TaskState.FAILED, TaskState.UNCLEAR, TaskState.CANCELLED}
    assert not AT_VENDOR & ENDS


def test_from_every_state_an_end_can_be_reached() -> None:
    for state in TaskState:
        open_ends, seen = {state}, {state}
        while open_ends:
            seen |= open_ends
            open_ends = {target for one in open_ends for target in MOVES[one]} - seen
        assert seen & ENDS, state


@pytest.mark.parametrize("state", [state for state in TaskState if state is not TaskState.SUBMITTING])
def test_only_what_is_being_submitted_can_go_back(state: TaskState) -> None:
    assert TaskState.ACCEPTED not in MOVES[state]


def every_error() -> list[type[BotError]]:
    """Return each error class of ours, wherever it is defined."""
    for module in pkgutil.iter_modules(bot.__path__):
        if module.name != "__main__":
            importlib.import_module(f"bot.{module.name}")
    found: list[type[BotError]] = []
    waiting: list[type[BotError]] = [BotError]
    while waiting:
        children = waiting.pop().__subclasses__()
        found += children
        waiting += children
    return sorted(set(found), key=lambda error: (error.__module__, error.__name__))


def test_every_error_belongs_to_exactly_one_who_can_act() -> None:
    for error in every_error():
        assert sum(issubclass(error, family) for family in FAMILIES) == 1, error


def test_every_exception_of_the_errors_module_has_the_one_root() -> None:
    defined = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]

    assert len(defined) > 20
    assert all(issubclass(error, BotError) for error in defined)


def example_settings() -> dict[str, str]:
    """Return the names and values of `.env.example`."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def shown_default(name: str) -> str:
    """Return a setting's default as it stands in the example."""
    if name in {"host", "port"}:  # what is used when neither is set
        here = Settings.model_construct()
        return str({"host": here.web_host, "port": here.web_port}[name])
    default = Settings.model_fields[name].default
    if default is None or default == ():
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)


def test_the_example_names_every_setting_with_its_default_and_no_other() -> None:
    assert example_settings() == {name.upper(): shown_default(name) for name in Settings.model_fields}


def test_the_example_as_it_is_can_be_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text())
    monkeypatch.chdir(tmp_path)

    used, bare = Settings(), Settings(_env_file=None)

    assert used.model_dump(exclude={"host", "port"}) == bare.model_dump(exclude={"host", "port"})
    assert (used.web_host, used.web_port) == (bare.web_host, bare.web_port)


def test_every_line_of_the_example_stands_under_a_word_about_it() -> None:
    previous = ""
    for line in (ROOT / ".env.example").read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            assert previous.startswith("#") or "=" in previous, line
        previous = line or previous


def test_every_reason_and_kind_has_its_words() -> None:
    assert set(verdicts.REFUSALS) == set(verdicts.REFUSAL_NEXT) == set(RefusalReason)
    assert set(verdicts.FAILURES) == set(FailureKind) - {FailureKind.REFUSED}
    assert set(text.REMOVALS) == set(Removal)
