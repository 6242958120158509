"""What an operator sets about money, and what is said when it cannot be."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.errors import BadSettings
from bot.frontdesk import budget_of
from bot.limits import Scope
from bot.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let nothing of the machine in."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_unless_said_otherwise_credits_are_unlimited_and_queues_are_not() -> None:
    limits = budget_of(load_settings(), SystemClock()).limits()

    assert limits.credits == {}
    assert limits.waiting == {Scope.PERSON: 20, Scope.EVERYBODY: 500}


def test_every_limit_that_is_set_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    for number, name in enumerate(("USER_DAILY", "CHANNEL_DAILY", "SERVER_DAILY", "TOTAL_DAILY"), start=1):
        monkeypatch.setenv(f"{name}_CREDITS", f"{number}.5")
    monkeypatch.setenv("USER_MAX_WAITING", "7")
    monkeypatch.setenv("MAX_WAITING", "8")

    limits = budget_of(load_settings(), SystemClock()).limits()

    assert limits.credits == {
        Scope.PERSON: Decimal("1.5"),
        Scope.CHANNEL: Decimal("2.5"),
        Scope.SERVER: Decimal("3.5"),
        Scope.EVERYBODY: Decimal("4.5"),
    }
    assert limits.waiting == {Scope.PERSON: 7, Scope.EVERYBODY: 8}


@pytest.mark.parametrize("name", ["CHANNEL_DAILY_CREDITS", "TOTAL_DAILY_CREDITS", "LOW_BALANCE_CREDITS"])
@pytest.mark.parametrize("value", ["-1", "many", "nan"])
def test_an_amount_that_is_none_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(BadSettings, match=f"^{name} "):
        load_settings()


@pytest.mark.parametrize("name", ["USER_MAX_WAITING", "MAX_WAITING"])
@pytest.mark.parametrize("value", ["0", "-3", "1.5", "all"])
def test_a_queue_that_is_none_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(BadSettings, match=f"^{name} "):
        load_settings()
