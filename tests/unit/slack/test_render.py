"""Every message and view, with the worst words there are, is one that Slack takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from adapters.slack import limits
from adapters.slack.blocks import Json
from adapters.slack.drafts import Draft
from adapters.slack.forms import Opened, form_view, read_form
from adapters.slack.home import home_view
from adapters.slack.manual import help_draft
from adapters.slack.render import (
    Stage,
    answer_draft,
    links_draft,
    list_draft,
    result_draft,
    sentence_draft,
    status_draft,
)
from adapters.slack.words import NOTES
from bot.chat import FreshLink, FreshLinks
from bot.cutting import size_of
from bot.model import FileRole, ModelFile, Owner, TaskState
from bot.update import Bar, Choice, Update
from tests.emulators.slack.limits import message_problems, view_problems
from tests.emulators.slack.text import mrkdwn_in

HOSTILE = (
    "<!channel> <@U123> & <http://x|y> *b* `c`",
    "\U0001f469\u200d\U0001f680" * 1024,
    "&" * 20_000,
    "\u202e\x00\ud800",
    "",
)


def an_update(words: str = "a brass owl", **changes: object) -> Update:
    """Return an update that says these words wherever it can."""
    files = tuple(
        ModelFile(key=f"k/{n}", name=f"{n}-{words[:80]}.glb", role=FileRole.MODEL, size_bytes=10**9, sha256="0" * 64)
        for n in range(8)
    )
    update = Update(
        task_id="abc2345",
        revision=3,
        state=TaskState.READY,
        owner=Owner(platform="slack", user_id="U0ANN"),
        title=words,
        headline=words,
        lines=tuple(words for _ in range(12)),
        files=files,
        choices=tuple(Choice),
        viewer_url="https://models.example.org/t/x",
        download_url="javascript:alert(1)",
        ending=True,
    )
    return replace(update, **changes)  # type: ignore[arg-type]


def drafts_of(words: str) -> Sequence[Draft]:
    """Return every kind of message, saying these words."""
    over, under_way = an_update(words), an_update(words, ending=False, bar=Bar(fraction=2.0, elapsed_s=1, expected_s=1))
    stage = Stage(still="F1", notes=tuple(NOTES.values()), asked_by=words)
    links = tuple(FreshLink(name=words or "x", url=f"https://x.example/{'a' * 900}?{n}&<>|") for n in range(30))
    return (
        status_draft(under_way, stage),
        status_draft(over, stage),
        result_draft(over, stage),
        answer_draft(over),
        answer_draft(under_way),
        list_draft([over] * 30),
        sentence_draft(*[words] * 50),
        links_draft(FreshLinks(sentence=words, links=links, expires_at=None)),
        help_draft(),
        help_draft("generate"),
    )


@pytest.mark.parametrize("words", HOSTILE)
def test_every_message_is_one_that_slack_takes(words: str) -> None:
    for draft in drafts_of(words):
        assert message_problems(list(draft.blocks)) == []
        assert limits.weight(list(draft.blocks)) <= limits.MESSAGE
        assert size_of(draft.text.encode().decode()) <= limits.TEXT


@pytest.mark.parametrize("words", HOSTILE)
def test_the_only_markup_is_our_own(words: str) -> None:
    for draft in drafts_of(words):
        for text in (draft.text, *mrkdwn_in(list(draft.blocks))):
            left = text.replace("<@U0ANN>", "")
            assert "<@" not in left
            assert "<!" not in left


@pytest.mark.parametrize("words", HOSTILE)
def test_every_view_is_one_that_slack_takes(words: str) -> None:
    views: Sequence[Json] = (
        *(form_view(Opened(channel="C1", choice=one)) for one in ("", *Choice)),
        home_view([an_update(words)] * 40, words),
        home_view([], words),
    )

    for view in views:
        assert view_problems(view) == []


def test_an_address_that_is_no_web_address_stands_behind_no_button() -> None:
    shown = str(result_draft(an_update(), Stage()).blocks)

    assert "https://models.example.org/t/x" in shown
    assert "javascript" not in shown


def test_a_form_remembers_where_it_was_opened() -> None:
    opened = Opened(channel="C1", thread="1.2", choice="split", task="abc2345")

    form = read_form({"private_metadata": form_view(opened)["private_metadata"], "state": {}})

    assert form.opened == opened


@pytest.mark.parametrize("metadata", ["", "no json", "[]", '{"channel": null}'])
def test_a_form_of_another_version_is_read_all_the_same(metadata: str) -> None:
    form = read_form({"private_metadata": metadata, "state": {"values": {"prompt": {}}}})

    assert (form.opened, form.asked.prompt) == (Opened(), "")


def test_whoever_is_forgotten_is_neither_mentioned_nor_named() -> None:
    update = replace(an_update(), owner=Owner(platform="slack", user_id="forgotten-0123"), ending=True)
    stage = Stage(asked_by=", asked by Ann")

    told = [status_draft(update, stage), result_draft(update, stage)]

    assert [draft for draft in told if "forgotten-" in repr(draft) or "Ann" in repr(draft)] == []
    assert "<@" not in told[1].text
