"""A person at the keyboard of a real terminal."""

from __future__ import annotations

import re
from pathlib import Path

import pexpect

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
