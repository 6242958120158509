"""Addresses, links, forms and events come back as they were; foreign ones end in our errors, never in a crash."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.console.address import address_of, owner_of
from adapters.discord import address as discord_address
from adapters.slack import address as slack_address
from adapters.slack.forms import Opened, form_view, read_form
from adapters.slack.wire import (
    asking_of_command,
    asking_of_event,
    asking_of_interaction,
    bots_of,
    is_written_by_person,
    plain_words,
    written_of,
)
from adapters.web.links import Claim, SignedLinks
from bot.errors import AddressGone
from bot.model import Address
from bot.questions import FORMAT, JOIN, MORE, PICTURES, PROMPT, WHERE
from bot.update import Choice
from tests.emulators.slack.limits import view_problems
from tests.properties.profile import tried
from tests.properties.words import STORABLE, WORDS, json_values

SPOT_FIELDS = st.sampled_from(
    ["kind", "channel", "user", "since", "guild", "thread", "root", "status", "result", "dm", "answer", "lacks",
     "named", "team", "enterprise", "name", "uploads", "notes"]
)  # fmt: skip
SPOT_VALUES = st.sampled_from(["thread", "private", "1", "-1", "\u0663", "1" * 5000, "C1", "", "a b"]) | STORABLE
IDS = st.from_regex(r"[A-Z0-9]{2,11}", fullmatch=True)
STAMPS = st.from_regex(r"1[0-9]{9}\.[0-9]{6}", fullmatch=True)
WORD_TUPLES = st.lists(IDS, max_size=3).map(tuple)

SLACK_SPOTS = st.builds(
    slack_address.Spot,
    team=IDS,
    channel=IDS,
    user=IDS,
    since=STAMPS,
    enterprise=st.just("") | IDS,
    name=STORABLE,
    root=st.just("") | STAMPS,
    status=st.just("") | STAMPS | st.just(slack_address.GONE),
    result=st.just("") | STAMPS,
    uploads=WORD_TUPLES,
    notes=WORD_TUPLES,
)


@tried(80)
@given(spot=SLACK_SPOTS)
def test_a_spot_in_slack_survives_being_written_down(spot: slack_address.Spot) -> None:
    assert slack_address.parse_address(spot.address()) == spot


@pytest.mark.parametrize("module", [slack_address, discord_address], ids=["slack", "discord"])
@tried(80)
@given(fields=st.dictionaries(SPOT_FIELDS, SPOT_VALUES, max_size=8), tail=st.just("") | STORABLE)
def test_an_address_of_somebody_else_is_gone_and_nothing_worse(module: Any, fields: dict[str, str], tail: str) -> None:
    address = Address(platform=module.PLATFORM, value=urlencode(fields) + tail)

    with suppress(AddressGone):
        module.parse_address(address).address()


@tried(30)
@given(name=STORABLE)
def test_a_name_at_the_console_is_its_own_address(name: str) -> None:
    assert address_of(name).value == owner_of(name).user_id == name


LINKS = SignedLinks("a secret that only tests know", public_url=None)


@tried(60)
@given(
    task_id=st.from_regex(r"[a-z0-9_-]{1,64}", fullmatch=True),
    generation=st.integers(0, 999_999_999),
    at=st.integers(0, 200),
    char=st.characters(),
)
def test_a_link_says_what_it_was_made_for_until_one_character_is_another(
    task_id: str, generation: int, at: int, char: str
) -> None:
    token = LINKS.token(task_id, generation)
    at %= len(token)
    changed = token[:at] + char + token[at + 1 :]

    assert LINKS.read(token) == Claim(task_id=task_id, generation=generation)
    assert changed == token or LINKS.read(changed) is None


BLOCKS = st.sampled_from([PROMPT, MORE, FORMAT, WHERE, PICTURES, "preset", "value", "selected_option", "files", "id"])
STATES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(BLOCKS, inner, max_size=4),
    max_leaves=12,
)
OPENED = st.builds(Opened, channel=IDS, thread=st.just("") | STAMPS, choice=st.sampled_from(["", *Choice]), task=IDS)


@tried(40)
@given(opened=OPENED, prompt=WORDS, more=WORDS, format_=st.sampled_from(["glb", "fbx"]), joins=st.booleans())
def test_a_form_says_what_was_filled_in_and_how_it_was_opened(
    opened: Opened, prompt: str, more: str, format_: str, joins: bool
) -> None:
    view = form_view(opened)
    values = {
        PROMPT: {PROMPT: {"value": prompt}},
        MORE: {MORE: {"value": more}},
        FORMAT: {FORMAT: {"selected_option": {"value": format_}}},
        WHERE: {WHERE: {"selected_option": {"value": JOIN if joins else "instead"}}},
    }

    read = read_form({**view, "state": {"values": values}})

    assert view_problems(view) == []
    assert read.opened == opened
    assert (read.asked.prompt, read.asked.typed, read.asked.keeps_pictures) == (prompt, more, joins)
    assert read.asked.options == {FORMAT: format_}


@tried(40)
@given(values=st.dictionaries(BLOCKS, st.dictionaries(BLOCKS, STATES, max_size=3), max_size=5), metadata=json_values())
def test_a_form_of_another_version_is_read_as_far_as_it_goes(values: dict[str, Any], metadata: Any) -> None:
    read = read_form({"state": {"values": values}, "private_metadata": json.dumps(metadata)})

    assert isinstance(read.asked.prompt, str)
    assert all(isinstance(value, str) for value in read.asked.options.values())


PAYLOADS = st.dictionaries(
    st.sampled_from(
        ["team_id", "user_id", "user", "team", "channel", "channel_id", "trigger_id", "event", "ts", "text", "files",
         "message", "container", "view", "type", "authorizations", "is_bot", "subtype", "bot_id", "id", "thread_ts"]
    ),
    json_values(),
    max_size=8,
)  # fmt: skip


@tried(40)
@given(body=PAYLOADS)
def test_any_payload_is_read_as_far_as_it_goes(body: dict[str, Any]) -> None:
    event = body.get("event")
    inner = event if isinstance(event, dict) else {}

    for asking in (asking_of_command(body), asking_of_interaction(body), asking_of_event(body)):
        assert asking.owner.platform == "slack"
        assert isinstance(asking.event, str)
    assert isinstance(is_written_by_person(inner), bool)
    assert isinstance(written_of(inner, bots=bots_of(body)).words, str)


@tried(60)
@given(said=st.text(alphabet=st.characters(exclude_characters="<>\n", exclude_categories=["Cs"]), max_size=40))
def test_what_slack_escapes_is_read_as_it_was_typed(said: str) -> None:
    sent = said.replace("&", "&amp;")

    assert plain_words(f"<@U0BOT> {sent}", bots=["U0BOT"]) == said.strip()


@pytest.mark.parametrize("odd", [1, "x", {"a": 1}, [1], [None], True])
def test_lists_that_are_none_in_a_payload_count_as_empty(odd: Any) -> None:
    assert written_of({"text": "an owl", "files": odd}).files == ()
    assert bots_of({"authorizations": odd}) == ()
    assert not is_written_by_person({"user": "U0ANN", "subtype": odd})
    assert read_form({"state": {"values": {PICTURES: {PICTURES: {"files": odd}}, PROMPT: odd}}}).asked.files == ()
    assert read_form({"state": {"values": {FORMAT: {FORMAT: {"selected_option": odd}}}}}).asked.options == {}
