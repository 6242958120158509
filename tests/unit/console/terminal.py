"""People at a terminal in front of a house of fakes."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from adapters.console.delivery import Delivery
from adapters.console.platform import ConsolePlatform
from adapters.console.screens import LineScreen, Paper
from adapters.console.session import Session
from bot.model import Task
from tests.fakes.library import PlainLinks
from tests.unit.core.house import House, Rules, a_way_to


class Terminal:
    """A house whose people sit at a terminal, and what they read there."""

    def __init__(self, folder: Path) -> None:
        first = House(rules=Rules(links=PlainLinks()))
        self.paper = Paper()
        self.paper.file = io.StringIO()
        self.paper.width = 200
        self.platform = ConsolePlatform(LineScreen(self.paper), Delivery(files=first.files, folder=folder))
        self.house = House(first.world, first.rules, replace(a_way_to(first.world), platform=self.platform))
        self._read = 0

    def news(self) -> list[str]:
        """Return the lines that were written since the last look."""
        assert isinstance(self.paper.file, io.StringIO)
        text = self.paper.file.getvalue()
        news, self._read = text[self._read :], len(text)
        return [line.strip() for line in news.splitlines()]


async def ready(terminal: Terminal) -> Task:
    """Have a model made, and return it as it is ready."""
    return await terminal.house.a_model()


async def obeyed(terminal: Terminal, session: Session, line: str) -> list[str]:
    """Return what is written upon a line, as it stands there."""
    before = len(terminal.paper.file.getvalue())  # type: ignore[attr-defined] - it is a StringIO here
    assert await session.obey(line)
    return terminal.paper.file.getvalue()[before:].splitlines()  # type: ignore[attr-defined]
