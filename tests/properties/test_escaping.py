"""Nothing that people write means anything to a chat, a terminal, a browser or a spreadsheet, and all of it fits."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from itertools import accumulate

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adapters.console.render import ending_text, full_text, status_line
from adapters.console.render import plain as console_plain
from adapters.discord import limits as discord_limits
from adapters.discord.drafts import Stage as DiscordStage
from adapters.discord.render import answer_draft as discord_answer
from adapters.discord.render import status_draft as discord_status
from adapters.slack import limits as slack_limits
from adapters.slack.render import Stage as SlackStage
from adapters.slack.render import answer_draft, list_draft, result_draft, sentence_draft, status_draft
from adapters.web.names import disposition
from adapters.web.pages import TEMPLATES
from bot.cutting import ELLIPSIS, clusters, cut, joined, plain, printable, size_of
from bot.ledger import Entry, write_csv
from bot.model import Charge, Owner, TaskState
from bot.update import Bar, Choice, Update
from tests.emulators.slack.limits import message_problems
from tests.emulators.slack.text import mrkdwn_in
from tests.factories import NOON, a_file
from tests.properties.profile import tried
from tests.properties.words import LONG_WORDS, WORDS

ANY_WORDS = WORDS | LONG_WORDS
ROOMS = st.integers(1, 300)


# Cutting


@tried(80)
@given(words=ANY_WORDS, limit=ROOMS)
def test_what_is_cut_fits_as_chats_count_and_says_that_it_was_cut(words: str, limit: int) -> None:
    shown = plain(words, limit)

    assert len(shown.encode("utf-16-le")) // 2 <= limit
    assert shown == printable(words) or shown.endswith(ELLIPSIS)


@tried(60)
@given(words=WORDS, limit=st.integers(1, 60))
def test_a_cut_falls_between_what_people_see_as_characters(words: str, limit: int) -> None:
    whole = printable(words)
    shown = plain(words, limit)
    assume(shown != whole)

    assert shown.removesuffix(ELLIPSIS) in {end.rstrip() for end in accumulate(clusters(whole), initial="")}


@tried(60)
@given(lines=st.lists(WORDS, max_size=12), room=st.integers(3, 200))
def test_lines_are_joined_whole_and_the_mark_is_never_lost(lines: list[str], room: int) -> None:
    shown = joined(lines, room)
    whole = "\n".join(lines)

    assert size_of(shown) <= room
    assert shown == whole or shown.endswith(ELLIPSIS)
    assert shown == whole or whole.startswith(shown.removesuffix(ELLIPSIS).removesuffix("\n"))


@tried(40)
@given(pieces=st.lists(st.sampled_from(["&amp;", "\\*", "a", "\U0001f44d\U0001f3fd"]), max_size=30), limit=ROOMS)
def test_no_piece_is_torn(pieces: list[str], limit: int) -> None:
    shown = cut(pieces, limit).removesuffix(ELLIPSIS)

    assert any(shown == "".join(pieces[:count]) for count in range(len(pieces) + 1))


# Discord

UNESCAPED = re.compile(
    r"(?<!\\)(?:\\\\)*(?:[*_~`|<>\[\]@]|://)"  # what means something, unless an odd number of backslashes is before it
)


@tried(100)
@given(words=ANY_WORDS, limit=st.integers(2, 400))
def test_words_mean_nothing_to_discord(words: str, limit: int) -> None:
    said = discord_limits.escaped(words, limit)

    assert size_of(said) <= limit
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", said)
    assert not re.search(r"[\\*_~`|<>\[\]@]|://", bare)
    assert not re.search(r"^ *[#+-]", bare, re.MULTILINE) or not re.search(r"^ *(?<!\\)[#+-]", said, re.MULTILINE)


# Messages of both chats


def an_update(words: str, *, ending: bool) -> Update:
    return Update(
        task_id="abc2345",
        revision=3,
        state=TaskState.READY if ending else TaskState.GENERATING,
        owner=Owner(platform="slack", user_id="4242"),
        title=words,
        headline=words,
        lines=(words,) * 5,
        files=(a_file(), a_file("side.png")),
        choices=tuple(Choice),
        bar=None if ending else Bar(fraction=0.5, elapsed_s=3, expected_s=9),
        notice="See https://example.org/privacy.",
        ending=ending,
    )


@tried(30)
@given(words=ANY_WORDS, ending=st.booleans())
def test_every_message_is_one_that_slack_takes_and_mentions_nobody_else(words: str, ending: bool) -> None:
    update, stage = an_update(words, ending=ending), SlackStage(notes=(words,), asked_by=words)
    drafts = [status_draft(update, stage), answer_draft(update), list_draft([update] * 3), sentence_draft(words)]

    for draft in [*drafts, result_draft(update, stage)]:
        assert message_problems(list(draft.blocks)) == []
        assert slack_limits.weight(list(draft.blocks)) <= slack_limits.MESSAGE
        for said in (draft.text, *mrkdwn_in(list(draft.blocks))):
            assert "<" not in said.replace("<@4242>", "")


@tried(30)
@given(words=ANY_WORDS, ending=st.booleans(), has_embeds=st.booleans())
def test_every_message_is_one_that_discord_takes(words: str, ending: bool, has_embeds: bool) -> None:
    update = an_update(words, ending=ending)
    stage = DiscordStage(limit_bytes=10**7, has_embeds=has_embeds)

    for draft in (discord_status(update, stage), discord_answer(update, stage)):
        assert size_of(draft.content) <= discord_limits.CONTENT
        if draft.embed is not None:
            assert size_of(draft.embed.title or "") <= discord_limits.EMBED_TITLE
            assert size_of(draft.embed.description or "") <= discord_limits.EMBED_DESCRIPTION
            assert len(draft.embed) <= discord_limits.EMBED_TOTAL
        assert "@everyone" not in draft.content.replace("\\@everyone", "")


# The terminal


STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@tried(60)
@given(words=WORDS)
def test_words_do_not_steer_a_terminal(words: str) -> None:
    update = an_update(words, ending=True)
    shown = full_text(update).plain
    ended = ending_text(update, ()).plain.replace("\n", "")

    for said in (console_plain(words), *shown.split("\n"), status_line(update).plain, ended):
        assert not STEERING.search(said)
        assert said.encode().decode() == said


@pytest.mark.parametrize("steering", ["\x1b[2J", "\x1b]8;;http://evil.example\x07", "\u202e", "\ud83d"])
def test_what_rodin_or_a_model_file_says_does_not_steer_a_terminal(steering: str) -> None:
    update = an_update("an owl", ending=True)
    update = replace(update, headline=f"Rodin said {steering}", lines=(f"The texture {steering} is missing.",))

    for said in (full_text(update), ending_text(update, ()), status_line(update)):
        assert not STEERING.search(said.plain.replace("\n", ""))


# The web


class _Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag, *(name for name, _ in attrs)]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def drawn(words: str) -> _Tags:
    """Return what a browser finds in the page that says these words."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only this needs it

    pages = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    tags = _Tags()
    tags.feed(pages.get_template("sorry.html").render(assets="a", up="", status=404, title=words, sentence=words))
    tags.close()
    return tags


@tried(40)
@given(words=WORDS)
def test_words_make_no_tags_and_are_read_as_they_were_written(words: str) -> None:
    page = drawn(words)

    assert page.found == drawn("an owl").found


@tried(80)
@given(name=WORDS)
def test_a_name_stays_inside_its_header(name: str) -> None:
    header = disposition("attachment", name)

    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert header.count(";") == 2


# Spreadsheets


async def _given(*entries: Entry) -> AsyncIterator[Entry]:
    for entry in entries:
        yield entry


@tried(60)
@given(words=st.lists(WORDS, min_size=5, max_size=5))
async def test_an_entry_is_one_row_and_no_cell_is_a_formula(words: list[str]) -> None:
    platform, server, channel, person, product = words
    entry = Entry(
        at=NOON, task_id="abc2345", platform=platform, server_id=server, channel_id=channel, user_id=person,
        product=product, price=Decimal("0.5"), consumed=None, charge=Charge.YES, uuid=product,
    )  # fmt: skip
    table = io.StringIO()

    await write_csv(_given(entry), table)

    names, row = csv.reader(io.StringIO(table.getvalue()))
    assert len(names) == len(row)
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert table.getvalue().count("\n") == 2
