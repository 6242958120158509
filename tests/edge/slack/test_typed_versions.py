"""Follow-ups by typing: each from a model of words, of one picture and of five; and by strangers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import BangRequest, Request, Task, TextureRequest
from tests.edge.slack.stage import Stage, kind_of
from tests.emulators.slack import upload

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture" + b"IEND\xaeB`\x82"


async def a_model(stage: Stage, pictures: int) -> Task:
    """Have a model made of words, and pictures if any; return its task as it is ready."""
    if pictures:
        files = [upload(PNG + bytes([number]), f"{number}.png") for number in range(pictures)]
        await stage.ann.write(stage.general, "<@bot> a brass owl", files=files)
    else:
        await stage.ann.command(stage.general, "/rodin a brass owl")
    task = await stage.accepted()
    await stage.tell()
    await stage.make("base.glb", "render.png")
    return await stage.house.now(task)


@pytest.fixture(params=[0, 1, 5], ids=["words", "one picture", "five pictures"])
async def model(request: pytest.FixtureRequest, stage: Stage) -> Task:
    return await a_model(stage, request.param)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("again {id}", Request),
        ("better {id}", Request),
        ("variation {id} now in silver --faces 20k", Request),
        ("format {id} fbx", Request),
        ("retexture {id} weathered copper", TextureRequest),
        ("split {id}", BangRequest),
        ("split {id} 7 the wings apart", BangRequest),
    ],
)
async def test_every_follow_up_can_be_typed(stage: Stage, model: Task, typed: str, kind: type) -> None:
    answer = await stage.ann.command(stage.general, f"/rodin {typed.format(id=model.id)}")

    task = await stage.accepted(2)
    await stage.slack.until(lambda: answer.ephemerals)
    assert isinstance(task.request, kind)
    assert task.parent_id == model.id
    assert task.id in answer.text
    await stage.tell()
    [thread] = stage.slack.messages(stage.general)
    [status] = [one for one in stage.replies(thread) if task.id in one.text]
    assert kind_of(status) == "status"


async def test_what_is_typed_goes_into_the_request(stage: Stage) -> None:
    model = await a_model(stage, 0)

    await stage.ann.command(stage.general, f"/rodin variation {model.id} now in silver --tier low --faces 20k")
    varied = await stage.accepted(2)
    stage.house.clock.turn(seconds=1)
    await stage.ann.command(stage.general, f"/rodin split {model.id.upper()} 7 the wings apart --uhd")
    split = await stage.accepted(3)

    assert isinstance(varied.request, Request)
    assert (varied.request.prompt, varied.request.tier) == ("now in silver", "Gen-2.5-Low")
    assert varied.request.quality_override == 20_000
    assert isinstance(split.request, BangRequest)
    assert (split.request.instruction, split.request.strength) == ("the wings apart", 7)


async def test_a_model_of_pictures_keeps_them_in_its_variation(stage: Stage) -> None:
    model = await a_model(stage, 5)

    await stage.ann.command(stage.general, f"/rodin variation {model.id} now in silver")

    task = await stage.accepted(2)
    assert isinstance(task.request, Request)
    assert len(task.request.pictures) == 5


@pytest.mark.parametrize(("verb", "title"), [("variation", "Variation"), ("retexture", "New texture")])
async def test_without_a_word_about_it_the_form_opens(stage: Stage, verb: str, title: str) -> None:
    model = await a_model(stage, 0)

    await stage.ann.command(stage.general, f"/rodin {verb} {model.id}")

    view = await stage.slack.until(lambda: stage.ann.view)
    assert view.title == title


async def test_the_form_of_a_variation_begins_with_what_the_model_was_made_of(stage: Stage) -> None:
    await stage.ann.command(stage.general, "/rodin a brass owl --tier low --faces 20k")
    model = await stage.accepted()
    stage.house.clock.turn(seconds=1)
    await stage.ann.command(stage.general, f"/rodin variation {model.id}")
    view = await stage.slack.until(lambda: stage.ann.view)

    begun = {one.label: one.element.raw.get("initial_value") for one in view.inputs}
    assert begun["What should it be now?"] == "a brass owl"
    assert begun["More options"] == "--tier Gen-2.5-Low --format glb --faces 20000"
    await stage.ann.submit(view, {"What should it be now?": "a silver owl"})
    task = await stage.accepted(2)
    assert isinstance(task.request, Request)
    assert isinstance(model.request, Request)
    assert (task.request.prompt, task.request.tier) == ("a silver owl", "Gen-2.5-Low")
    assert task.request.quality_override == 20_000


async def test_the_form_of_formats_says_what_each_costs(stage: Stage) -> None:
    model = await a_model(stage, 0)

    await stage.ann.command(stage.general, f"/rodin format {model.id}")

    view = await stage.slack.until(lambda: stage.ann.view)
    [menu] = [one.element for one in view.inputs]
    assert "stl · free" in menu.options
    assert "fbx · 0.5 credits" in menu.options
    assert all("description" in option for option in menu.raw["options"])
    await stage.ann.submit(view, {"File format": "stl · free"})
    task = await stage.accepted(2)
    assert task.parent_id == model.id
    assert task.request.geometry_file_format == "stl"


@pytest.mark.parametrize(
    "typed",
    [
        "again {id}",
        "better {id}",
        "variation {id} in red",
        "format {id} fbx",
        "retexture {id} copper",
        "split {id}",
        "links {id}",
        "delete {id} --forget",
        "variation {id}",
        "format {id}",
    ],
)
async def test_somebody_elses_model_stays_as_it_is(stage: Stage, typed: str) -> None:
    model = await a_model(stage, 0)
    bob = stage.team.member("Bob")

    answer = await bob.command(stage.general, f"/rodin {typed.format(id=model.id)}")

    await stage.slack.until(lambda: answer.ephemerals)
    assert "Only the person who asked" in answer.text
    assert bob.view is None
    assert [task.id for task in await stage.tasks()] == [model.id]
    assert await stage.tasks(bob) == []
    assert (await stage.house.now(model)).files


@pytest.mark.parametrize("typed", ["better {id}", "variation {id} in red", "split {id}", "show {id}", "links {id}"])
async def test_a_model_of_another_workspace_is_none_here(stage: Stage, typed: str) -> None:
    model = await a_model(stage, 0)
    elsewhere = replace(model.owner, user_id="U9", server_id="T9")
    theirs = replace(model, id="abc2345", event=None, submission=None, owner=elsewhere)
    await stage.house.tasks.add(theirs)

    answer = await stage.ann.command(stage.general, f"/rodin {typed.format(id=theirs.id)}")

    await stage.slack.until(lambda: answer.ephemerals)
    assert 'You have no task "abc2345"' in answer.text
    assert len(await stage.tasks()) == 1


async def test_a_mistyped_id_costs_nothing_and_says_how_to_say_it_otherwise(stage: Stage) -> None:
    await a_model(stage, 0)

    answer = await stage.ann.command(stage.general, "/rodin variation abc2345 in red")

    await stage.slack.until(lambda: answer.ephemerals)
    assert "/rodin generate variation abc2345 in red" in answer.text
    assert len(await stage.tasks()) == 1


async def test_a_direct_message_gives_a_follow_up_its_picture(stage: Stage) -> None:
    model = await a_model(stage, 0)

    await stage.ann.dm(f"retexture {model.id}", files=[upload(PNG, "copper.png")])

    task = await stage.accepted(2)
    assert isinstance(task.request, TextureRequest)
    assert task.parent_id == model.id


async def test_the_family_is_drawn_as_a_tree(stage: Stage) -> None:
    model = await a_model(stage, 0)
    await stage.ann.command(stage.general, f"/rodin better {model.id}")
    better = await stage.accepted(2)

    answer = await stage.ann.command(stage.general, "/rodin list --tree")

    await stage.slack.until(lambda: answer.ephemerals)
    first, second = answer.text.splitlines()
    assert first.startswith(f"{model.id}  a brass owl")
    assert second.startswith(f"└─ {better.id}  Gen-2.5-High")
