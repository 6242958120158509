"""Whatever is typed is understood or refused in words, and comes to a request that Rodin takes, at its price."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.console.commands import help_lines
from adapters.console.commands import parse_line as console_command
from adapters.rodin.fields import request_fields
from adapters.slack.commands import parse_command as slack_command
from bot.catalog import (
    EXTREME_TEXTURE_CREDITS,
    HIGHPACK_CREDITS,
    OPTIONS,
    TIERS,
    OptionKind,
    describe,
    notes,
    price,
    resolve,
    split_command,
    typical_duration,
)
from bot.errors import BadRequest, UserMistake
from bot.policy import read_right
from bot.typed import about_task, read_forget, read_listing, split_wish, typed_options
from bot.update import Choice
from tests.properties.outcomes import result_or
from tests.properties.profile import tried
from tests.properties.words import WORDS

VERBS = st.sampled_from(
    ["generate", "list", "split", "delete", "forget", "forget me", "variation", "format", "settings allow", "help", ""]
    + [choice.value for choice in Choice]
)
IDS = st.sampled_from(["k3m9xqa", "abc2345", "none", "--forget", ""])
OPTION_NAMES = st.sampled_from([name for option in OPTIONS for name in (option.name, *option.also_named)])
OPTION_VALUES = st.sampled_from(
    [str(word) for option in OPTIONS for word in (*option.choices, *option.rare, option.example, option.least)]
)
TYPED = st.builds(lambda name, value: f'--{name} "{value}"', OPTION_NAMES, OPTION_VALUES | WORDS)
FILTERS = st.sampled_from(
    ["--channel", "tree", "--words", '--words "green moss"', "\u2014failed", "everybody", "--words="]
)
LINES = st.lists(st.one_of(VERBS, IDS, TYPED, FILTERS, WORDS), max_size=6).map(" ".join)

READERS: dict[str, Callable[[str], object]] = {
    "console": console_command,
    "slack": slack_command,
    "options": split_command,
    "list": read_listing,
    "forget": read_forget,
    "right": read_right,
    "help": help_lines,
    "split": lambda line: split_command(split_wish(line)),
    "about": about_task,
}


@pytest.mark.parametrize("reader", READERS)
@tried(60)
@given(line=LINES)
def test_a_line_is_read_or_refused_in_words(reader: str, line: str) -> None:
    _, mistake = result_or(UserMistake, lambda: READERS[reader](line))

    assert mistake is None or str(mistake).strip()


WISHED = st.dictionaries(OPTION_NAMES, OPTION_VALUES, max_size=4)


@tried(60)
@given(options=WISHED, pictures=st.integers(0, 6), prompt=WORDS)
def test_a_wish_becomes_fields_that_rodin_can_read_and_a_price_that_adds_up(
    options: dict[str, str], pictures: int, prompt: str
) -> None:
    with suppress(BadRequest):
        request = resolve(prompt, options, pictures=pictures, seed=7)
        fields = dict(request_fields(request))

        assert all(value.encode() for value in fields.values())
        assert all(json.loads(fields[name]) for name in ("addons", "bbox_condition", "image_label") if name in fields)
        assert price(request) == TIERS[request.tier].credits + _extra(request)
        assert price(request) > 0
        assert typical_duration(request).total_seconds() > 0
        assert all(note.endswith(".") for note in notes(request))
        assert describe(request)


def _extra(request: Any) -> Decimal:
    extreme = EXTREME_TEXTURE_CREDITS if request.texture_mode == "extreme-high" else Decimal(0)
    return extreme + (HIGHPACK_CREDITS if request.addons else Decimal(0))


SENSIBLE = st.sampled_from(
    [
        (option.name, value)
        for option in OPTIONS
        for value in (
            ("yes", "no") if option.kind is OptionKind.SWITCH else (*option.choices, *option.rare, option.example)
        )
    ]
)


@tried(60)
@given(options=st.lists(SENSIBLE, max_size=6).map(dict))
def test_options_that_are_written_out_are_read_the_same(options: dict[str, str]) -> None:
    assert split_command(f"an owl {typed_options(options)}") == ("an owl", options)


@tried(40)
@given(prompt=st.text(alphabet="abc,.!? ", max_size=40), options=WISHED)
def test_the_words_around_options_stay_what_they_are(prompt: str, options: dict[str, str]) -> None:
    flags = " ".join(f"--{name}={value!r}".replace("'", '"') for name, value in options.items())

    assert split_command(f"{flags} {prompt}")[0] == " ".join(prompt.split())
