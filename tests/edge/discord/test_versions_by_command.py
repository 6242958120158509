"""The commands that lead from one model to the next, what they suggest, and the list as a tree."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import VendorUnclear
from bot.model import BangRequest, Request, TaskState, TextureRequest
from tests.edge.discord.stage import Stage
from tests.emulators.discord import upload
from tests.unit.picture_samples import quarters, saved

OWL = "a brass owl"


def a_picture(*, width: int = 64) -> bytes:
    return saved(quarters((width, 64)), "PNG")


@pytest.mark.parametrize(
    ("command", "options", "request_type"),
    [
        ("again", {}, Request),
        ("variation", {"prompt": "a copper owl"}, Request),
        ("better", {}, Request),
        ("format", {"format": "fbx"}, Request),
        ("retexture", {"prompt": "green patina", "more": "--hd"}, TextureRequest),
        ("split", {"strength": 4}, BangRequest),
        ("split", {"instruction": "the head off the body"}, BangRequest),
    ],
)
async def test_a_command_makes_the_next_version_where_it_is_given(
    stage: Stage, command: str, options: dict[str, Any], request_type: type
):
    await stage.a_pictured_model()
    [parent] = await stage.tasks()

    answer = await stage.ann.command(stage.thread(), f"rodin {command}", task=parent.id, **options)
    shown = await answer.shows(f"(from {parent.id})")
    await stage.make("base.glb" if command != "format" else "base.fbx")

    task = await stage.newest()
    assert isinstance(task.request, request_type)
    assert f"Follow it in <#{stage.thread().id}>" in shown.text
    assert len(stage.results()) == 2


async def test_a_command_puts_pictures_in_or_beside_the_place_of_the_earlier_ones(stage: Stage):
    await stage.a_model(image1=upload(a_picture(), "one.png"))
    [parent] = await stage.tasks()
    other = upload(a_picture(width=70), "two.png")

    replaced = await stage.ann.command(stage.thread(), "rodin variation", task=parent.id, image1=other)
    await replaced.shows("Task")
    stage.house.clock.turn(seconds=1)
    joined = await stage.ann.command(
        stage.thread(), "rodin variation", task=parent.id, image1=other, keep_pictures=True
    )
    await joined.shows("Task")

    second, first, _ = await stage.tasks()
    assert [len(one.request.pictures) for one in (first, second)] == [1, 2]


async def test_a_command_gives_a_model_the_look_of_a_picture(stage: Stage):
    await stage.a_pictured_model()
    [parent] = await stage.tasks()

    picture = upload(a_picture(width=70), "patina.png")
    answer = await stage.ann.command(stage.thread(), "rodin retexture", task=parent.id, image=picture)
    await answer.shows("after 1 picture")

    task = await stage.newest()
    assert [stage.house.files.held[one.key] for one in task.request.pictures] == [a_picture(width=70)]


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("again", {}),
        ("variation", {"prompt": "a copper owl"}),
        ("format", {"format": "obj"}),
        ("split", {"strength": 4}),
    ],
)
async def test_a_next_version_can_be_for_the_askers_eyes_alone(stage: Stage, command: str, options: dict[str, Any]):
    await stage.a_pictured_model()
    [parent] = await stage.tasks()
    before = stage.discord.messages(stage.thread())

    answer = await stage.ann.command(stage.thread(), f"rodin {command}", task=parent.id, private=True, **options)
    await stage.discord.until(lambda: len(stage.house.world.tasks._rows) == 2)
    await stage.tell()

    shown = await answer.shows("Only you see this")
    assert shown.ephemeral
    assert [one for one in stage.discord.messages(stage.thread()) if not one.ephemeral] == before


async def test_links_come_by_command_for_the_asker_alone(stage: Stage):
    await stage.a_model()
    [task] = await stage.tasks()

    answer = await stage.ann.command(stage.general, "rodin links", task=task.id)

    shown = await answer.shows("https://models.example.org/")
    assert shown.ephemeral


async def test_only_tasks_that_it_can_be_done_to_are_suggested(stage: Stage):
    await stage.a_model(prompt=OWL)
    [ready] = await stage.tasks()
    answer = await stage.ask(prompt="a red boat")
    await answer.shows("Task")

    for command in ("again", "variation", "better", "format", "retexture", "split", "links"):
        found = await stage.ann.autocomplete(stage.general, f"rodin {command}", "task", "")
        await found.until(lambda one: one.choices)

        assert [choice["value"] for choice in found.choices] == [ready.id], command


async def test_formats_are_suggested_with_what_they_cost_once_the_task_is_named(stage: Stage):
    await stage.a_model()
    [task] = await stage.tasks()

    async def suggested(typed: str, **named: str) -> dict[str, str]:
        found = await stage.ann.autocomplete(stage.general, "rodin format", "format", typed, **named)
        await found.until(lambda one: one.choices)
        return {choice["value"]: choice["name"] for choice in found.choices}

    known = await suggested("", task=task.id)

    assert list(known) == ["obj", "stl", "fbx", "usdz"]
    assert known["stl"].startswith("stl: free")
    assert known["fbx"].startswith("fbx: 0.5 credits")
    assert list(await suggested("USD", task=task.id)) == ["usdz"]
    assert await suggested("f") == {"fbx": "fbx"}


async def test_strangers_learn_nothing_from_the_formats_that_are_suggested(stage: Stage):
    eve = stage.server.member("Eve")
    await stage.asked(where=stage.ann.direct)
    await stage.make()
    [task] = await stage.tasks()

    found = await eve.autocomplete(stage.general, "rodin format", "format", "", task=task.id)
    unknown = await eve.autocomplete(stage.general, "rodin format", "format", "", task="zzzzzzz")
    await found.until(lambda one: one.choices)
    await unknown.until(lambda one: one.choices)

    assert found.choices == unknown.choices


async def test_an_older_task_is_suggested_behind_many_to_which_it_cannot_be_done(stage: Stage):
    await stage.a_model(prompt=OWL)
    [ready] = await stage.tasks()
    for number in range(26):
        await stage.ask(prompt=f"a red boat {number}")
    await stage.discord.until(lambda: len(stage.house.world.tasks._rows) == 27)

    found = await stage.ann.autocomplete(stage.general, "rodin split", "task", "")
    await found.until(lambda one: one.choices)

    assert [choice["value"] for choice in found.choices] == [ready.id]


async def test_a_list_as_a_tree_shows_what_was_made_from_what(stage: Stage):
    await stage.a_pictured_model(prompt=OWL)
    [owl] = await stage.tasks()
    varied = await stage.ann.command(stage.general, "rodin variation", task=owl.id, prompt="a *copper* owl")
    await varied.shows("Task")
    stage.house.clock.turn(seconds=1)
    split = await stage.ann.command(stage.general, "rodin split", task=owl.id, strength=4)
    await split.shows("Task")
    stage.house.clock.turn(seconds=1)
    other = await stage.ask(prompt="a red boat")
    await other.shows("Task")
    boat, parts, copper, _ = await stage.tasks()

    answer = await stage.ann.command(stage.general, "rodin list", tree=True)
    shown = await answer.shows("red boat")

    assert shown.embeds[0]["description"].split("\n") == [
        f"`{boat.id}` a red boat: accepted",
        f"`{owl.id}` {OWL}: ready",
        f"└ `{copper.id}` “a \\*copper\\* owl”: accepted",
        f"└ `{parts.id}` in parts, strength 4: accepted",
    ]
    assert shown.ephemeral


async def test_a_tree_of_nothing_says_how_to_begin(stage: Stage):
    answer = await stage.ann.command(stage.general, "rodin list", tree=True)

    await answer.shows("/rodin generate")


@pytest.mark.parametrize(
    ("command", "options"),
    [("retexture", {"prompt": "green patina"}), ("split", {"strength": 4}), ("again", {}), ("better", {})],
)
async def test_what_needs_an_end_is_refused_while_a_task_runs(stage: Stage, command: str, options: dict[str, Any]):
    running = await stage.asked()

    answer = await stage.ann.command(stage.general, f"rodin {command}", task=running.id, **options)
    shown = await answer.shows("still under way")

    assert shown.ephemeral
    assert len(await stage.tasks()) == 1


async def test_a_task_without_a_model_gets_no_new_texture(stage: Stage):
    task = await stage.asked()
    stage.house.rodin.errors["submit"].append(VendorUnclear("time-out"))
    await stage.house.until_over(turns=20)
    [ended] = await stage.tasks()
    assert ended.state is TaskState.UNCLEAR

    answer = await stage.ann.command(stage.general, "rodin retexture", task=task.id, prompt="green patina")

    await answer.shows("has no model to work on")
    assert len(await stage.tasks()) == 1
