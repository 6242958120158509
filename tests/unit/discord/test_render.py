"""Messages: complete, harmless, within limits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import limits
from adapters.discord.buttons import ACTS, view_of
from adapters.discord.drafts import ChoiceButton, Draft, LinkButton, Stage
from adapters.discord.posting import mentions_of, nonce_of
from adapters.discord.render import (
    answer_draft,
    attached_name,
    links_draft,
    list_draft,
    result_draft,
    root_draft,
    sentence_draft,
    status_draft,
    thread_name,
    tree_draft,
)
from bot.chat import FreshLink, FreshLinks, Version
from bot.cutting import size_of
from bot.model import FileRole, Owner, TaskState
from bot.update import Bar, Choice, Update
from tests.factories import a_file

MIB = 1024 * 1024
STAGE = Stage(limit_bytes=10 * MIB)
BARE = Stage(limit_bytes=10 * MIB, has_embeds=False)

HOSTILE = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("\\`*_~|<>[]()@#:-+./\u200d\N{OWL}\n")), max_size=1100
)


def an_update(**changes: Any) -> Update:
    values: dict[str, Any] = {
        "task_id": "ab2c3de",
        "revision": 3,
        "state": TaskState.GENERATING,
        "owner": Owner(platform="discord", user_id="42"),
        "title": "a brass owl",
        "headline": "Rodin is modelling.",
        "lines": ("Gen-2.5-Medium, glb. Price: 0.5 credits.",),
        "choices": (Choice.CANCEL,),
        "bar": Bar(fraction=0.5, elapsed_s=10, expected_s=60),
    }
    return Update(**{**values, **changes})


def a_ready_one(**changes: Any) -> Update:
    values: dict[str, Any] = {
        "state": TaskState.READY,
        "headline": "Your model is ready, after 1 min.",
        "ending": True,
        "bar": None,
        "files": (a_file("base.glb"), a_file("still.png", role=FileRole.STILL)),
        "lines": ("Price: 0.5 credits.", "base.glb (4 kB, the model)", "still.png (4 kB, picture)"),
        "choices": (Choice.AGAIN, Choice.LINKS, Choice.DELETE),
        "viewer_url": "https://models.example.org/t/x",
        "download_url": "https://models.example.org/t/x/base.glb",
    }
    return an_update(**{**values, **changes})


def text_of(draft: Draft) -> str:
    embed = draft.embed
    parts = [draft.content, *((embed.title, embed.description, embed.footer.text) if embed else ())]
    return "\n".join(part for part in parts if part)


def insist_on_limits(draft: Draft) -> None:
    assert size_of(draft.content) <= limits.CONTENT
    if draft.embed is not None:
        assert size_of(draft.embed.title or "") <= limits.EMBED_TITLE
        assert size_of(draft.embed.description or "") <= limits.EMBED_DESCRIPTION
        assert len(draft.embed) <= limits.EMBED_TOTAL
    assert len(draft.enclosures) <= limits.ATTACHMENTS
    assert all(size_of(one.alt) <= limits.ALT_TEXT for one in draft.enclosures)


@settings(deadline=None)
@given(HOSTILE, st.sampled_from([STAGE, BARE]))
def test_no_words_of_people_break_a_limit_or_ping(words: str, stage: Stage):
    lines = (words, words, words, words, words)
    drafts = [
        root_draft(an_update(title=words), user=42),
        status_draft(an_update(title=words, headline=words, lines=lines), stage),
        result_draft(a_ready_one(title=words, headline=words, lines=lines), stage),
        list_draft([an_update(title=words)] * 60),
        sentence_draft(words, words),
    ]

    for draft in drafts:
        insist_on_limits(draft)
    assert 1 <= size_of(thread_name(an_update(title=words))) <= limits.THREAD_NAME
    assert [draft.pings for draft in drafts] == [None, None, 42, None, None]


@settings(deadline=None)
@given(HOSTILE)
def test_a_message_is_found_again_by_its_last_line_whatever_people_write(words: str):
    embedded, bare = (result_draft(a_ready_one(title=words, headline=words), stage) for stage in (STAGE, BARE))

    assert embedded.embed is not None
    assert embedded.embed.footer.text == embedded.mark
    assert bare.content.rpartition("\n")[2] == f"-# {bare.mark}"


def test_the_status_shows_bar_stage_and_what_was_asked():
    shown = text_of(status_draft(an_update(), STAGE))

    assert "▰▰▰▰▰▰▱▱▱▱▱▱ 50%" in shown
    assert "Rodin is modelling" in shown
    assert "Price: 0.5 credits" in shown


def test_a_status_that_has_ended_leaves_the_choices_to_the_result():
    assert status_draft(a_ready_one(), STAGE).buttons == ()


def test_a_muted_end_has_its_choices_on_the_status_since_no_result_is_said():
    assert len(status_draft(a_ready_one(is_muted=True), STAGE).buttons) == 3


def test_the_result_shows_the_still_and_hands_the_model_over():
    draft = result_draft(a_ready_one(), STAGE)

    assert [one.name for one in draft.enclosures] == ["still.png", "base.glb"]
    assert draft.embed is not None
    assert draft.embed.image.url == "attachment://still.png"
    assert [one.label for one in draft.buttons if isinstance(one, LinkButton)] == ["View in 3D", "Download"]


def test_a_turntable_is_a_plain_attachment():
    files = (a_file("base.glb"), a_file("turntable.webp", role=FileRole.TURNTABLE))

    draft = result_draft(a_ready_one(files=files), STAGE)

    assert "turntable.webp" in [one.name for one in draft.enclosures]
    assert draft.embed is not None
    assert draft.embed.image.url is None


def test_beside_a_turntable_the_still_is_small():
    files = (a_file("still.png", role=FileRole.STILL), a_file("turntable.webp", role=FileRole.TURNTABLE))

    draft = result_draft(a_ready_one(files=files), STAGE)

    assert draft.embed is not None
    assert (draft.embed.image.url, draft.embed.thumbnail.url) == (None, "attachment://still.png")


def test_a_model_that_is_too_large_is_named_with_where_to_get_it():
    draft = result_draft(a_ready_one(files=(a_file("base.glb", size_bytes=11 * MIB),)), STAGE)

    assert draft.enclosures == ()
    assert "Too large to attach here: base.glb (11.5 MB); take it with Download." in text_of(draft)


def test_a_smaller_copy_goes_in_its_place():
    files = (a_file("base.glb", size_bytes=11 * MIB), a_file("base-small.glb", role=FileRole.REDUCED))

    draft = result_draft(a_ready_one(files=files), STAGE)

    assert [one.name for one in draft.enclosures] == ["base-small.glb"]
    assert "smaller copy" in text_of(draft)


def test_all_files_together_stay_below_the_limit_of_a_request():
    files = tuple(a_file(f"{n}.glb", size_bytes=9 * MIB) for n in range(5))

    draft = result_draft(a_ready_one(files=files), STAGE)

    assert sum(one.file.size_bytes for one in draft.enclosures) <= limits.REQUEST_BYTES


def test_files_never_take_our_pictures_names_nor_each_others():
    files = (a_file("still.png", role=FileRole.OTHER), a_file("a b.glb"), a_file("a_b.glb"))

    names = [one.name for one in result_draft(a_ready_one(files=files), STAGE).enclosures]

    assert sorted(names) == ["a_b-2.glb", "a_b.glb", "model-still.png"]


@settings(deadline=None)
@given(st.text(max_size=30), st.sets(st.text(max_size=10), max_size=3))
def test_an_attached_name_is_one_that_discord_keeps(name: str, taken: set[str]):
    found = attached_name(name, taken)

    assert found
    assert found not in taken
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x/y", "", None, "https://x/" + "a" * 600])
def test_only_short_web_addresses_get_a_button(url: str | None):
    assert result_draft(a_ready_one(viewer_url=url, download_url=url), STAGE).buttons == tuple(
        ChoiceButton(choice=choice, task_id="ab2c3de") for choice in (Choice.AGAIN, Choice.LINKS, Choice.DELETE)
    )


def test_an_answer_pings_nobody():
    draft = answer_draft(a_ready_one(), STAGE)

    assert draft.pings is None
    assert "<@" not in text_of(draft)


def test_links_stand_behind_names_and_unfold_nothing():
    links = FreshLinks(
        sentence="They die.",
        links=(FreshLink(name="a[b].glb", url="https://x.example/a?b=(c)&d=%20"),),
        expires_at=None,
    )

    assert text_of(links_draft(links)).endswith("[a\\[b\\].glb](<https://x.example/a?b=%28c%29&d=%20>)")


def test_more_links_than_fit_are_counted():
    links = tuple(FreshLink(name=f"{n}.glb", url=f"https://x.example/{'s' * 900}") for n in range(9))

    draft = links_draft(FreshLinks(sentence="They die.", links=links, expires_at=None))

    insist_on_limits(draft)
    assert "more find no room" in text_of(draft)


async def test_every_choice_has_a_button_that_knows_its_task():
    buttons = tuple(ChoiceButton(choice=choice, task_id="ab2c3de") for choice in Choice)

    view = view_of(buttons)

    assert view is not None
    assert set(ACTS) == set(Choice)
    found = [one["custom_id"] for row in view.to_components() for one in row["components"]]
    assert found == [f"rodin:{choice}:ab2c3de" for choice in Choice]


@pytest.mark.parametrize(
    ("cost", "labels"),
    [
        ("", ["Again", "Variation…", "Split into parts…"]),
        ("0.5 credits", ["Again · 0.5 credits", "Variation…", "Split into parts…"]),
        ("112,345.5 credits", ["Again", "Variation…", "Split into parts…"]),
    ],
)
async def test_a_button_says_its_price_where_a_click_spends_it_and_it_stays_short(cost: str, labels: list[str]):
    choices = (Choice.AGAIN, Choice.VARIATION, Choice.SPLIT)
    costs = tuple((choice, cost) for choice in choices)

    view = view_of(
        result_draft(a_ready_one(choices=choices, costs=costs, viewer_url=None, download_url=None), STAGE).buttons
    )

    assert view is not None
    assert [one["label"] for row in view.to_components() for one in row["components"]] == labels


async def test_all_that_a_result_can_offer_stands_in_rows_of_five():
    view = view_of(result_draft(a_ready_one(choices=tuple(Choice)), STAGE).buttons)

    assert view is not None
    assert [len(row["components"]) for row in view.to_components()] == [5, 5, 2]


def a_version(task_id: str = "ab2c3de", difference: str = "", *children: Version) -> Version:
    return Version(
        update=a_ready_one(task_id=task_id), difference=difference, is_asked_for=False, children=tuple(children)
    )


def test_a_tree_stands_in_for_each_step_and_names_what_sets_a_version_apart():
    draft = tree_draft([a_version("one", "", a_version("two", "as *fbx*", a_version("three", "another seed")))])

    assert text_of(draft).split("\n") == [
        "`one` a brass owl: ready",
        "└ `two` as \\*fbx\\*: ready",
        "\u2003└ `three` another seed: ready",
    ]


@settings(deadline=None)
@given(HOSTILE)
def test_no_tree_breaks_a_limit_however_deep_it_is_and_whatever_it_says(words: str):
    version = a_version("last", words)
    for _ in range(60):
        version = a_version("above", words, version)

    insist_on_limits(tree_draft([version]))


def test_a_result_notifies_its_person_and_nobody_else():
    mentions = mentions_of(Draft(pings=42)).to_dict()

    assert (mentions["parse"], mentions["users"]) == ([], [42])
    assert mentions_of(Draft()).to_dict()["parse"] == []


def test_a_nonce_is_short_and_stays_the_same():
    assert nonce_of("discord:ab2c3de:result") == nonce_of("discord:ab2c3de:result")
    assert nonce_of("discord:ab2c3de:result") != nonce_of("discord:ab2c3de:status")
    assert len(nonce_of("x")) == 25
