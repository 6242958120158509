"""Commands that come from a file, or from nowhere."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from adapters.console.session import Session, read_script
from tests.unit.console.terminal import Terminal

ENDS_WITHIN_S = 5.0


async def read(terminal: Terminal, script: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let a session obey what a file says, and return what it printed."""
    session = Session(intake=terminal.house.intake, platform=terminal.platform)
    with script.open() as opened:
        monkeypatch.setattr(sys, "stdin", opened)
        async with asyncio.timeout(ENDS_WITHIN_S):
            await read_script(session)
    return terminal.news()


async def test_nothing_to_read_ends_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await read(Terminal(tmp_path), Path(os.devnull), monkeypatch) == []


async def test_a_file_is_obeyed_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script"
    script.write_text("teapot\nlist\n")

    said = await read(Terminal(tmp_path), script, monkeypatch)

    assert 'no command "teapot"' in said[0]
    assert "You have asked for nothing yet" in said[-1]
