"""A process loads what it needs: the SDK of a chat that is not set up takes a third of the start and much memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

LARGE = ("discord", "slack_bolt", "slack_sdk", "numpy")


@pytest.mark.parametrize(
    ("module", "loaded"),
    [
        ("bot.roles", []),
        ("bot.demo", []),
        ("bot.on_discord", ["discord"]),
        ("bot.on_slack", ["slack_bolt", "slack_sdk"]),
    ],
)
def test_no_process_loads_the_sdk_of_another_platform(module: str, loaded: list[str]) -> None:
    code = f"import sys, {module}; print(*[name for name in {LARGE} if name in sys.modules])"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.split() == loaded
