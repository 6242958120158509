"""What gets into the log, and what never does."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime
from functools import partial

import pytest

from bot.log import HIDDEN, Redactor, hide, set_up
from tests import logs
from tests.logs import log, root_logger_kept

SECRETS = ("rodin-key-123", "a/b+c?d=e&f", 'quo"te\\back', "abc")

logged = partial(logs.logged, secrets=SECRETS)

LEAKS = [
    ("key", "the key is rodin-key-123, really", "rodin-key-123"),
    ("key in an address", "https://x.test/a%2Fb%2Bc%3Fd%3De%26f/z", "a%2Fb%2Bc%3Fd%3De%26f"),
    ("key in a repr", repr({"key": 'quo"te\\back'}), "quo"),
    ("a link to a model", "GET /t/k7m2qfa.0.nELbvbDX-ZvpAFb7A6h4LeT8fHnlyoX2tqheLkgCsmc/a.glb", "nELbvbDX"),
    ("bearer", "Authorization: Bearer eyTheirs.abc", "eyTheirs"),
    ("signed link", "GET https://file.hyper3d.com/p/base.glb?X-Tos-Signature=aa11&X-Tos-Date=1 failed", "aa11"),
    ("signature alone", "query X-Tos-Signature=aa11 and X-Amz-Credential=bb22", "bb22"),
    ("subscription key in JSON", '{"subscription_key": "sub-123"}', "sub-123"),
    ("subscription key in a repr", "{'subscription_key': 'sub-123'}", "sub-123"),
    ("subscription key in a call", "Submission(subscription_key='sub-123')", "sub-123"),
    ("JSON web token", "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl was sent", "c2lnbmF0dXJl"),
    ("Slack token", "xoxb-12-34-abcdef and xapp-1-A-2-b", "abcdef"),
    ("Slack app token", "xoxb-12-34-abcdef and xapp-1-A-2-b", "xapp"),
    ("Discord token", "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB", "GabcDE"),
    ("password", "postgresql://bot:hush@db/bot refused", "hush"),
]


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Leave the root logger as it was found."""
    with root_logger_kept():
        yield


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize(("line", "secret"), [leak[1:] for leak in LEAKS], ids=[leak[0] for leak in LEAKS])
def test_no_secret_gets_into_a_line(style: str, line: str, secret: str) -> None:
    written = logged(style, "said=%s", line)

    assert secret not in written
    assert HIDDEN in written


@pytest.mark.parametrize("style", ["text", "json"])
def test_no_secret_gets_into_a_traceback(style: str) -> None:
    try:
        raise RuntimeError("refused https://x.test/f?sig=aa11 for rodin-key-123")
    except RuntimeError as error:
        written = logged(style, "it broke", error=error)

    assert "RuntimeError" in written
    assert "aa11" not in written
    assert "rodin-key-123" not in written


@pytest.mark.parametrize("words", ["task moved task=abc2345 from=accepted to=submitting", "abc", "no bearer of news"])
def test_ordinary_words_stay(words: str) -> None:
    assert Redactor(SECRETS)(words) == words.replace("bearer of", f"bearer {HIDDEN}")


def test_what_surrounds_a_secret_stays() -> None:
    redact = Redactor(())

    assert redact("GET https://f.test/base.glb?sig=1 failed") == f"GET https://f.test/base.glb?{HIDDEN} failed"
    assert redact("postgresql://bot:hush@db/bot") == f"postgresql://bot:{HIDDEN}@db/bot"


def test_a_line_of_text_has_moment_level_logger_and_phrase() -> None:
    moment, level, name, *phrase = logged("text", "task moved task=%s", "a1").split()

    assert datetime.fromisoformat(moment).utcoffset() is not None
    assert (level, name, " ".join(phrase)) == ("WARNING", "bot.test", "task moved task=a1")


def test_a_line_of_json_is_one_object() -> None:
    entry = json.loads(logged("json", 'task moved task=%s said="%s"', "a1", "a\nb"))

    assert (entry["level"], entry["logger"], entry["message"]) == (
        "warning",
        "bot.test",
        'task moved task=a1 said="a\nb"',
    )
    assert datetime.fromisoformat(entry["time"]).utcoffset() is not None


def test_setting_up_again_replaces_and_does_not_double() -> None:
    logged("text", "one")

    assert logged("text", "two").count("two") == 1


def test_the_level_is_obeyed() -> None:
    stream = io.StringIO()
    set_up(level="error", style="text", secrets=(), stream=stream)

    log.warning("small thing")

    assert stream.getvalue() == ""


@pytest.mark.parametrize("style", ["text", "json"])
def test_a_secret_that_arrives_while_the_bot_runs_is_hidden_from_then_on(style: str) -> None:
    stream = io.StringIO()
    set_up(level="debug", style=style, secrets=SECRETS, stream=stream)

    log.warning("before: %s", "nothing to hide")
    hide("key/that+came=later")
    log.warning("after: %s and %s", "key/that+came=later", "key%2Fthat%2Bcame%3Dlater")
    try:
        raise ValueError("key/that+came=later")
    except ValueError:
        log.exception("failed with rodin-key-123")

    said = stream.getvalue()
    assert said.count(HIDDEN) >= 4
    assert "came" not in said
    assert "rodin-key-123" not in said
