"""A terminal for every test, and somebody who types there."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.console.session import Session
from tests.unit.console.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


@pytest.fixture
def session(terminal: Terminal) -> Session:
    """Ada's."""
    return Session(intake=terminal.house.intake, platform=terminal.platform, speaker="ada")
