"""The chat on a real terminal: `rodin-bot demo` with a person at the keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.e2e.harness import PATIENCE_S, PROGRAM, empty_environment

CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")

QUICK = "--faces 2000 --tier Gen-2.5-Low"


class Keyboard:
    """A person in front of a terminal."""

    def __init__(self, home: Path, *arguments: str) -> None:
        # A program at the other end of the pseudo-terminal answers no questions about where the cursor is.
        environment = empty_environment(home, TERM="xterm-256color", PROMPT_TOOLKIT_NO_CPR="1")
        self._terminal: pexpect.spawn[str] = pexpect.spawn(
            str(PROGRAM),
            list(arguments),
            env=environment,  # type: ignore[arg-type] # os._Environ in the stubs, a mapping in truth
            cwd=str(home),
            encoding="utf-8",
            dimensions=(40, 160),
            timeout=PATIENCE_S,
        )
        self.seen = ""

    def see(self, pattern: str) -> re.Match[str]:
        """Wait until a pattern is written after what was seen before.

        Only of lines that stay: the bars at the foot are repainted where they differ, a few letters at a time.
        """
        self._terminal.expect(pattern)
        self.seen += f"{self._terminal.before}{self._terminal.after}"
        found: re.Match[str] = self._terminal.match
        return found

    def type(self, line: str) -> None:
        """Type a line and press Enter."""
        self._terminal.send(f"{line}\r")

    def ask(self, line: str, answer: str) -> str:
        """Type a line and return what answers it."""
        self.type(line)
        return self.see(answer).group()

    def press(self, letter: str) -> None:
        """Press Ctrl and a letter."""
        self._terminal.sendcontrol(letter)

    def leave(self) -> int | None:
        """Wait for the end; return the exit code."""
        self._terminal.expect(pexpect.EOF)
        self.seen += self._terminal.before or ""
        self._terminal.close()
        return self._terminal.exitstatus

    def close(self) -> None:
        """Leave nothing behind."""
        self._terminal.close(force=True)

    @property
    def words(self) -> str:
        """Everything that was on the screen, without colours and movements."""
        return CODES.sub("", self.seen)


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Keyboard]:
    keyboard = Keyboard(tmp_path, "demo", "--speed", "100")
    yield keyboard
    keyboard.close()


@pytest.mark.slow
def test_a_whole_evening_at_the_terminal(person: Keyboard, tmp_path: Path) -> None:
    person.see("a brass teapot")
    person.see(r"out/\S+\.glb")
    person.see("rodin>")

    person.type("genrate a cat")
    person.see("Did you mean generate")
    person.type("list")
    person.see("ready")
    person.type(f"generate a red lantern {QUICK}")
    first = person.see(r"Task (\w{7}):").group(1)
    person.type(f"generate a blue boat {QUICK}")
    second = person.see(r"Task (\w{7}):").group(1)
    for _ in (first, second):
        person.see("Your model is ready")
    person.type(f"status {second}")
    person.see("Charged: 0.5 credits")
    person.type(f"cancel {first}")
    person.see("is over already")
    person.type("usage")
    person.see("3 models for 1.5 credits")
    person.type("balance")
    person.see("holds 206.5 credits")
    person.type("help")
    person.see("leave; so does Ctrl-D")
    person.type(f"generate {'x' * 1025}")
    person.see("Shorten it by 1")
    person.type("quit")

    assert person.leave() == 0
    assert "Traceback" not in person.words
    assert "WARNING" not in person.words
    assert len(list((tmp_path / "out").glob("*/*.glb"))) == 3
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.slow
def test_calling_off_says_what_it_means(tmp_path: Path) -> None:
    person = Keyboard(tmp_path, "demo", "--speed", "20")
    try:
        person.see("rodin>")
        person.type(f"generate a slow bell {QUICK}")
        task_id = person.see(r"Task (\w{7}):").group(1)
        while "Rodin" not in person.ask(f"status {task_id}", r"Next in line|Handing it|Rodin (has it|is modelling)"):
            pass
        person.type(f"cancel {task_id}")
        person.see("cannot be stopped")
        person.see("rodin>")
        person.press("d")

        assert person.leave() == 0
        assert "Traceback" not in person.words
    finally:
        person.close()


@pytest.mark.slow
@pytest.mark.parametrize("key", ["d", "c"], ids=["ctrl-d", "ctrl-c"])
def test_leaving_by_a_key_is_clean(key: str, person: Keyboard, tmp_path: Path) -> None:
    person.see("rodin>")

    person.press(key)

    assert person.leave() == 0
    assert "Traceback" not in person.words
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.slow
def test_ctrl_c_while_the_sample_is_made_is_clean(tmp_path: Path) -> None:
    person = Keyboard(tmp_path, "demo", "--speed", "1")
    try:
        person.see("Rodin has it")

        person.press("c")

        assert person.leave() == 130
        assert "Stopped." in person.words
        assert "Traceback" not in person.words
        assert list((tmp_path / "scratch").iterdir()) == []
    finally:
        person.close()
