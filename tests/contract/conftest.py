"""A folder for what is made."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """An empty folder for what a model becomes."""
    folder = tmp_path / "results"
    folder.mkdir()
    return folder
