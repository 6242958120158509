"""From one model to the next: buttons, their forms, and the commands that do the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.model import BangRequest, ConvertRequest, Request, TextureRequest
from tests.edge.discord.stage import Stage
from tests.emulators.discord import Answer, Message, Modal, upload
from tests.unit.picture_samples import quarters, saved

OWL = "a brass owl"


def a_picture(*, width: int = 64) -> bytes:
    return saved(quarters((width, 64)), "PNG")


async def form_behind(stage: Stage, message: Message, button: str) -> Modal:
    opened = await stage.ann.click(message, button)
    form = await opened.until(lambda answer: answer.modal)
    assert form is not None
    return form


async def sent_in(stage: Stage, message: Message, button: str, values: Mapping[str, Any]) -> Answer:
    """Press a button that wants words, and send its form in."""
    return await stage.ann.submit(await form_behind(stage, message, button), values)


async def test_a_result_offers_what_comes_next_in_two_rows(stage: Stage):
    result = await stage.a_model()

    rows = [[part["label"] for part in row["components"]] for row in result.components]
    assert rows == [
        ["View in 3D", "Download", "Again · 0.5 credits", "Variation…", "Better · 0.5 credits"],
        ["Other format…", "Retexture…", "Split into parts…", "Fresh links", "Delete"],
    ]


async def test_a_variation_with_other_words_is_made_in_the_same_thread(stage: Stage):
    result = await stage.a_model("base.obj", prompt=OWL, seed=7, format="obj")

    answer = await sent_in(stage, result, "Variation…", {"What should it be now?": "a copper owl"})
    shown = await answer.shows("Task")
    await stage.make("base.obj")

    task, parent = await stage.tasks()
    assert isinstance(task.request, Request)
    assert (task.request.prompt, task.request.geometry_file_format) == ("a copper owl", "obj")
    assert task.request.seed != 7
    assert task.parent_id == parent.id
    assert shown.ephemeral
    assert f"(from {parent.id})" in shown.text
    assert "Price: 0.5 credits" in shown.text
    assert f"Follow it in <#{stage.thread().id}>" in shown.text
    assert len(stage.results()) == 2


async def test_a_variation_keeps_the_words_that_are_left_out(stage: Stage):
    result = await stage.a_model(prompt=OWL)

    answer = await sent_in(stage, result, "Variation…", {"More options": "--faces 20k --seed 9"})
    await answer.shows("Task")

    task = await stage.newest()
    assert isinstance(task.request, Request)
    assert (task.request.prompt, task.request.quality_override, task.request.seed) == (OWL, 20_000, 9)


@pytest.mark.parametrize(
    ("where", "widths"), [("Take the place of the earlier ones", [70, 80]), ("Join the earlier ones", [64, 70, 80])]
)
async def test_new_pictures_of_a_variation_replace_or_join_the_earlier_ones(
    stage: Stage, where: str, widths: list[int]
):
    result = await stage.a_model(image1=upload(a_picture(), "one.png"))
    uploads = [upload(a_picture(width=width), f"{width}.png") for width in (70, 80)]

    answer = await sent_in(stage, result, "Variation…", {"Pictures": uploads, "New pictures": where})
    await answer.shows("Task")

    task = await stage.newest()
    spooled = [stage.house.files.held[one.key] for one in task.request.pictures]
    assert spooled == [a_picture(width=width) for width in widths]


async def test_a_variation_without_anything_new_is_refused_in_words(stage: Stage):
    result = await stage.a_model()

    answer = await sent_in(stage, result, "Variation…", {})
    shown = await answer.shows("Say what shall be different")

    assert shown.ephemeral
    assert len(await stage.tasks()) == 1


async def test_options_that_make_no_sense_are_refused_in_words(stage: Stage):
    result = await stage.a_model()

    answer = await sent_in(stage, result, "Variation…", {"More options": "--wings 2"})

    await answer.shows('There is no option "wings"')
    assert len(await stage.tasks()) == 1


async def test_better_asks_at_once_for_the_next_tier_with_the_same_seed(stage: Stage):
    result = await stage.a_model(seed=7, tier="Gen-2.5-High")

    assert "Better · 1 credit" in result.buttons
    answer = await stage.ann.click(result, "Better · 1 credit")
    await answer.shows("Price: 1 credit")
    await stage.make()

    task = await stage.newest()
    assert isinstance(task.request, Request)
    assert (task.request.tier, task.request.seed) == ("Gen-2.5-Extreme-High", 7)
    assert len(stage.results()) == 2


async def test_another_format_is_picked_in_a_form(stage: Stage):
    result = await stage.a_model(seed=7)

    answer = await sent_in(stage, result, "Other format…", {"File format": "fbx"})
    await answer.shows("fbx")

    task = await stage.newest()
    assert isinstance(task.request, Request)
    assert (task.request.geometry_file_format, task.request.seed) == ("fbx", 7)


async def test_the_form_says_what_each_other_format_costs_and_loses(stage: Stage):
    form = await form_behind(stage, await stage.a_model(), "Other format…")

    options = {one["label"]: one["description"] for one in form.fields["File format"]["options"]}
    assert list(options) == ["obj · free", "stl · free", "fbx · 0.5 credits", "usdz · 0.5 credits"]
    assert "no colours" in options["stl · free"]


async def test_a_format_that_is_free_is_made_here_and_handed_over_like_any_other(stage: Stage):
    result = await stage.a_model(prompt=OWL)
    asked_of_rodin = len(stage.house.rodin.calls)

    answer = await sent_in(stage, result, "Other format…", {"File format": "obj · free"})
    shown = await answer.shows("Task")
    await stage.house.turn(stage.house.conversions)
    await stage.tell()

    task = await stage.newest()
    assert isinstance(task.request, ConvertRequest)
    assert "Free: nothing goes to Rodin" in shown.text
    assert len(stage.house.rodin.calls) == asked_of_rodin
    handed_over = stage.results()[-1]
    assert any(name.endswith((".obj", ".zip")) for name in handed_over.files)
    assert "Free" in handed_over.text


async def test_the_format_that_it_has_already_is_refused(stage: Stage):
    result = await stage.a_model()
    form = await form_behind(stage, result, "Other format…")
    form.fields["File format"]["options"].append({"label": "glb", "value": "glb"})

    answer = await stage.ann.submit(form, {"File format": "glb"})

    shown = await answer.shows("is in glb already")
    assert shown.ephemeral
    assert len(await stage.tasks()) == 1


async def test_a_new_texture_follows_words_and_a_picture(stage: Stage):
    result = await stage.a_pictured_model()
    form = await form_behind(stage, result, "Retexture…")

    values = {"How should it look?": "green patina", "Picture": [upload(a_picture(), "patina.png")]}
    answer = await stage.ann.submit(form, {**values, "More options": "--uhd"})
    shown = await answer.shows("Price: 0.5 credits")
    await stage.make()

    task = await stage.newest()
    assert isinstance(task.request, TextureRequest)
    assert (task.request.prompt, task.request.resolution) == ("green patina", "High")
    assert [stage.house.files.held[one.key] for one in task.request.pictures] == [a_picture()]
    assert "after 1 picture" in shown.text
    assert len(stage.results()) == 2


async def test_a_new_texture_without_words_and_picture_is_refused(stage: Stage):
    result = await stage.a_pictured_model()

    answer = await sent_in(stage, result, "Retexture…", {})

    await answer.shows("Say in words or with a picture")
    assert len(await stage.tasks()) == 1


@pytest.mark.parametrize(
    ("values", "strength", "instruction"),
    [
        ({}, 5, ""),
        ({"Strength": "12"}, 12, ""),
        ({"Or say how to split it": "the head off the body"}, 5, "the head off the body"),
        ({"More options": "--strength 3"}, 3, ""),
    ],
)
async def test_a_split_goes_by_strength_or_by_words(
    stage: Stage, values: dict[str, str], strength: int, instruction: str
):
    result = await stage.a_pictured_model()

    answer = await sent_in(stage, result, "Split into parts…", values)
    await answer.shows("Split into parts with strength")
    await stage.make()

    task = await stage.newest()
    assert isinstance(task.request, BangRequest)
    assert (task.request.strength, task.request.instruction) == (strength, instruction)
    assert len(stage.results()) == 2


FILLED_IN = [
    ("Variation…", {"What should it be now?": "a copper owl"}),
    ("Other format…", {"File format": "fbx"}),
    ("Retexture…", {"How should it look?": "green patina"}),
    ("Split into parts…", {"Strength": "4"}),
]
"""Every button that wants words, with some."""

BUTTONS = [button for button, _ in FILLED_IN]


@pytest.mark.parametrize(("button", "values"), FILLED_IN, ids=BUTTONS)
async def test_a_form_opened_before_a_restart_still_works(stage: Stage, button: str, values: dict[str, str]):
    form = await form_behind(stage, await stage.a_pictured_model(), button)
    await stage.restart()

    answer = await stage.ann.submit(form, values)

    await answer.shows("Task")
    assert (await stage.newest()).parent_id is not None


@pytest.mark.parametrize(("button", "values"), FILLED_IN, ids=BUTTONS)
async def test_somebody_elses_form_is_refused_in_private(stage: Stage, button: str, values: dict[str, str]):
    bob = stage.server.member("Bob")
    result = await stage.a_pictured_model()
    opened = await bob.click(result, button)
    form = await opened.until(lambda answer: answer.modal)

    answer = await bob.submit(form, values)
    shown = await answer.shows("Only the person who asked")

    assert shown.ephemeral
    assert len(await stage.tasks()) == 1
    assert not await stage.tasks(bob)


async def test_somebody_elses_better_is_refused_in_private(stage: Stage):
    bob = stage.server.member("Bob")
    result = await stage.a_model()

    answer = await bob.click(result, "Better · 0.5 credits")

    shown = await answer.shows("Only the person who asked")
    assert shown.ephemeral
    assert not await stage.tasks(bob)


@pytest.mark.parametrize(("button", "values"), FILLED_IN[2:], ids=BUTTONS[2:])
async def test_a_form_about_a_model_that_was_deleted_meanwhile_is_refused(
    stage: Stage, button: str, values: dict[str, str]
):
    result = await stage.a_pictured_model()
    form = await form_behind(stage, result, button)
    deleted = await stage.ann.click(result, "Delete")
    await deleted.shows("are deleted")

    answer = await stage.ann.submit(form, values)
    shown = await answer.shows("were deleted, so there is no model to work on")

    assert shown.ephemeral
    assert "Nothing was sent or charged" in shown.text
    assert len(await stage.tasks()) == 1


async def test_where_the_files_are_gone_only_what_needs_none_is_offered(stage: Stage):
    result = await stage.a_model()
    deleted = await stage.ann.click(result, "Delete")
    await deleted.shows("are deleted")
    await stage.tell()

    after = stage.result()

    assert after.buttons == ("Again · 0.5 credits", "Variation…", "Better · 0.5 credits", "Other format…")
    answer = await stage.ann.click(after, "Again · 0.5 credits")
    await answer.shows("Task")


async def test_a_form_under_an_answer_for_one_persons_eyes_stays_there(stage: Stage):
    await stage.asked(where=stage.ann.direct)
    await stage.make()
    [task] = await stage.tasks()
    shown = await stage.ann.command(stage.general, "rodin show", task=task.id)
    private = await shown.shows("Your model is ready")

    answer = await sent_in(stage, private, "Variation…", {"What should it be now?": "a copper owl"})
    await stage.discord.until(lambda: len(stage.house.world.tasks._rows) == 2)
    await stage.tell()

    await answer.shows("Only you see this")
    assert stage.discord.messages(stage.general) == []


async def test_a_form_of_another_version_of_the_bot_says_so(stage: Stage):
    result = await stage.a_model()
    form = await form_behind(stage, result, "Variation…")
    form.body["custom_id"] = "rodin:paint:abc2345"

    answer = await stage.ann.submit(form, {"What should it be now?": "a copper owl"})

    await answer.shows("another version of the bot")
    assert len(await stage.tasks()) == 1


async def test_a_form_that_discord_does_not_take_asks_for_nothing(stage: Stage, caplog: pytest.LogCaptureFixture):
    result = await stage.a_model()
    stage.discord.fail("POST", "/interactions/*/*/callback", status=404, code=10062)

    await stage.ann.click(result, "Variation…")
    await stage.discord.until(lambda: "form not opened" in caplog.text)

    assert len(await stage.tasks()) == 1
