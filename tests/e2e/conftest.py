"""What the end-to-end tests share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import Rodin, simulator
from tests.e2e.keyboard import Keyboard


@pytest.fixture(scope="session", autouse=True)
def hears_ctrl_c() -> None:
    """Hear SIGINT, so that the processes that are started do: who is started in the background is made deaf to it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def rodin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rodin]:
    """Give a quick simulator, shared by the tests of one module."""
    with simulator(tmp_path_factory.mktemp("rodin")) as process:
        yield process


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Give an empty folder for a test's pictures."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    return folder


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Keyboard]:
    """Give somebody in front of a demo whose Rodin is quick."""
    keyboard = Keyboard(tmp_path, "demo", "--speed", "100")
    yield keyboard
    keyboard.close()
