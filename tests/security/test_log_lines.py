"""Log lines that somebody outside would like to write, and addresses that are a secret by themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bot.log import HIDDEN
from bot.settings import Settings
from tests.logs import logged, root_logger_kept

FORGED = "2026-03-02T12:00:00.000Z ERROR   bot.money  balance is gone"

NAMES = (
    f"pot.glb\n{FORGED}",
    f"pot.glb\r\n{FORGED}",
    f"pot.glb\r{FORGED}",
    f"pot.glb\x0b{FORGED}",
    f"pot.glb\x85{FORGED}",
    f"pot.glb\u2028{FORGED}",
    "\x1b]0;owned\x07\x1b[2J\x9b31m",
    "\u202egpj.exe",
    "\x00\x08\x7f",
    "half \ud800 a letter",
)
"""Names of files, people and places as they could come from outside."""

ADDRESSES = (
    ("https://hooks.slack.com/commands/T012/3456/aBcDeFgH", "aBcDeFgH"),
    ("https://hooks.slack.com/actions/T012/3456/aBcDeFgH", "aBcDeFgH"),
    ("https://files.slack.com/upload/v1/CwABAAAAaBcDeFgH", "aBcDeFgH"),
    ("https://discord.com/api/v10/webhooks/81/aW50ZXJhY3Rpb246/messages/@original", "aW50ZXJhY3Rpb246"),
    ("POST /interactions/81/aW50ZXJhY3Rpb246/callback", "aW50ZXJhY3Rpb246"),
)
"""Whoever knows such an address may answer in the bot's name: source, docs.slack.dev and Discord developer docs."""


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Leave the root logger as it was found."""
    with root_logger_kept():
        yield


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_name_holds_an_entry_is_one_line_that_steers_no_terminal(style: str, name: str) -> None:
    written = logged(style, "file name=%s", name)

    assert written.endswith("\n")
    assert written[:-1].isprintable()


@pytest.mark.parametrize("name", NAMES)
def test_what_reads_json_gets_back_what_was_logged(name: str) -> None:
    assert json.loads(logged("json", "file name=%s", name))["message"] == f"file name={name}"


@pytest.mark.parametrize("name", NAMES)
def test_no_line_of_a_traceback_can_be_taken_for_an_entry(name: str) -> None:
    try:
        raise ValueError(name)
    except ValueError as error:
        written = logged("text", "it broke", error=error)

    first, *rest = written.rstrip("\n").split("\n")
    assert "it broke" in first
    assert rest
    assert all(line.startswith("  ") and line.isprintable() for line in rest)


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize(("address", "secret"), ADDRESSES)
def test_an_address_that_is_a_secret_by_itself_is_cut(style: str, address: str, secret: str) -> None:
    written = logged(style, "answer failed url=%s", address)

    assert secret not in written
    assert HIDDEN in written


def test_every_secret_setting_is_handed_to_the_log() -> None:
    secret = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    values = {name: f"value-of-{name}-0123456789" for name in secret}
    settings = Settings(_env_file=None, **values)  # type: ignore[call-arg, arg-type]  # strings, as they come from outside

    assert secret == {name for name in Settings.model_fields if name.endswith(("_token", "_key", "_secret"))}
    assert set(values.values()) <= set(settings.secrets())
    assert all(value not in repr(settings) for value in values.values())
