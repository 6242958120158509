"""What can be made of an earlier model, and every reason why not: then nothing is written, sent or charged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.chat import Wish
from bot.controls import BlockKind
from bot.errors import BadRequest, Blocked, BudgetSpent, NotFound, NotPossible, UserMistake
from bot.model import (
    Address,
    Request,
    Task,
    TaskState,
)
from bot.update import Choice
from tests.factories import a_submission, a_task, an_owner
from tests.unit.core.house import House, Rules

ADA = an_owner()
THREAD = Address(platform="console", value="thread-1", place="thread-1")

Verb = Callable[[House, str], Awaitable[Task]]

VERBS: dict[str, Verb] = {
    "again": lambda house, task_id: house.intake.again(task_id, ADA, THREAD),
    "variation": lambda house, task_id: house.intake.variation(task_id, Wish(prompt="red"), ADA, THREAD),
    "better": lambda house, task_id: house.intake.better(task_id, ADA, THREAD),
    "format": lambda house, task_id: house.intake.other_format(task_id, "fbx", ADA, THREAD),
    "retexture": lambda house, task_id: house.intake.retexture(task_id, Wish(prompt="moss"), ADA, THREAD),
    "split": lambda house, task_id: house.intake.split(task_id, Wish(), ADA, THREAD),
}


async def a_model(house: House, *pictures: bytes, **options: str) -> Task:
    """Return Ada's finished model, with its pictures drawn."""
    asked = await house.intake.generate(Wish(prompt="a cat", pictures=pictures, options=options), ADA, THREAD)
    return await house.made(asked)


def held(house: House, task: Task) -> list[bytes]:
    return [house.files.held[picture.key] for picture in task.request.pictures]


@pytest.mark.parametrize("pictures", [(), (b"one",), (b"1", b"2", b"3", b"4", b"5")], ids=["text", "one", "five"])
@pytest.mark.parametrize("verb", VERBS)
async def test_every_next_version_names_its_parent_and_its_price(
    house: House, verb: str, pictures: tuple[bytes, ...]
) -> None:
    old = await a_model(house, *pictures)

    task = await VERBS[verb](house, old.id)

    assert (task.parent_id, task.address, task.owner, task.state) == (old.id, THREAD, ADA, TaskState.ACCEPTED)
    assert task.price == Decimal("0.5")
    if verb not in {"retexture", "split"}:
        assert held(house, task) == list(pictures)


@pytest.mark.parametrize("verb", VERBS)
async def test_a_model_older_than_rodins_seven_days_can_still_be_gone_on_from(house: House, verb: str) -> None:
    old = await a_model(house, b"one")
    house.clock.turn(days=8)

    task = await VERBS[verb](house, old.id)
    await house.send()

    assert (await house.now(task)).state is TaskState.SUBMITTED
    assert len(house.rodin.ledger) == 2


@pytest.mark.parametrize("verb", VERBS)
async def test_of_a_deleted_model_with_pictures_nothing_is_left_to_go_on_from(house: House, verb: str) -> None:
    old = await a_model(house, b"one")
    await house.intake.delete(old.id, ADA)

    with pytest.raises(NotPossible, match=r"(gone|deleted).*[Nn]othing was sent or charged"):
        await VERBS[verb](house, old.id)

    assert len(await house.tasks.tasks_of(ADA, limit=9)) == 1


@pytest.mark.parametrize("verb", ["again", "variation", "better", "format"])
async def test_of_a_deleted_model_the_words_are_left(house: House, verb: str) -> None:
    old = await a_model(house)
    await house.intake.delete(old.id, ADA)

    assert (await VERBS[verb](house, old.id)).parent_id == old.id


async def test_a_variation_of_a_deleted_model_may_bring_its_own_picture(house: House) -> None:
    old = await a_model(house, b"one")
    await house.intake.delete(old.id, ADA)

    task = await house.intake.variation(old.id, Wish(pictures=(b"two",)), ADA, THREAD)

    assert held(house, task) == [b"two"]


@pytest.mark.parametrize("verb", ["retexture", "split"])
@pytest.mark.parametrize("state", [TaskState.FAILED, TaskState.UNCLEAR, TaskState.CANCELLED, TaskState.GENERATING])
async def test_where_there_is_no_model_none_is_worked_on(house: House, verb: str, state: TaskState) -> None:
    await house.tasks.add(old := a_task(owner=ADA, state=state, address=THREAD))

    with pytest.raises(NotPossible, match=r"(no model to work on: it is|still under way).*Nothing was sent"):
        await VERBS[verb](house, old.id)

    assert await house.tasks.children([old.id], limit=9) == ()


@pytest.mark.parametrize("verb", ["again", "variation", "better", "format"])
async def test_what_failed_can_be_asked_for_in_another_way(house: House, verb: str) -> None:
    await house.tasks.add(old := a_task(owner=ADA, state=TaskState.FAILED))

    assert (await VERBS[verb](house, old.id)).parent_id == old.id


@pytest.mark.parametrize("verb", ["again", "better", "format"])
async def test_what_still_runs_is_waited_for(house: House, verb: str) -> None:
    await house.tasks.add(old := a_task(owner=ADA, state=TaskState.GENERATING))

    with pytest.raises(NotPossible, match="still under way"):
        await VERBS[verb](house, old.id)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("task_id", ["nothing", "", "../etc", "☃"])
async def test_an_id_that_nothing_has_is_said_to_be_none(house: House, verb: str, task_id: str) -> None:
    with pytest.raises(NotFound, match="You have no task"):
        await VERBS[verb](house, task_id)


@pytest.mark.parametrize("verb", VERBS)
async def test_what_goes_beyond_the_day_is_refused(verb: str) -> None:
    house = House(rules=Rules(user_daily=Decimal("0.5")))
    old = await a_model(house)

    with pytest.raises(BudgetSpent):
        await VERBS[verb](house, old.id)


async def test_one_click_makes_one_version_whatever_the_verb(house: House) -> None:
    old = await a_model(house)
    wish = Wish(prompt="moss")

    for call in (
        lambda: house.intake.better(old.id, ADA, THREAD, event="b"),
        lambda: house.intake.variation(old.id, wish, ADA, THREAD, event="v"),
        lambda: house.intake.other_format(old.id, "obj", ADA, THREAD, event="f"),
        lambda: house.intake.retexture(old.id, wish, ADA, THREAD, event="r"),
        lambda: house.intake.split(old.id, Wish(), ADA, THREAD, event="s"),
    ):
        assert (await call()).id == (await call()).id
    assert len(await house.tasks.tasks_of(ADA, limit=20)) == 6


async def test_better_is_the_next_tier_with_the_same_seed_and_what_was_chosen(house: House) -> None:
    old = await a_model(house, seed="77", faces="50k", soft="yes")

    task = await house.intake.better(old.id, ADA, THREAD)

    request = task.request
    assert isinstance(request, Request)
    assert (request.tier, request.seed, request.quality_override, request.soft) == ("Gen-2.5-High", 77, 50_000, True)
    assert (request.prompt, request.texture_mode) == ("a cat", "high")


async def test_the_finest_tier_has_no_better_one(house: House) -> None:
    old = await a_model(house, tier="xhigh")

    with pytest.raises(NotPossible, match=r"Gen-2\.5-Extreme-High, and there is no finer tier"):
        await house.intake.better(old.id, ADA, THREAD)

    assert Choice.BETTER not in (await house.intake.status(old.id, ADA)).choices


async def test_the_price_is_said_before_and_a_dearer_tier_says_its_own(house: House) -> None:
    old = await a_model(house, tier="high")

    update = await house.intake.status(old.id, ADA)

    assert (update.cost_of(Choice.BETTER), update.cost_of(Choice.AGAIN)) == ("1 credit", "0.5 credits")
    assert (update.cost_of(Choice.SPLIT), update.cost_of(Choice.DELETE)) == ("0.5 credits", "")
    assert (await house.intake.better(old.id, ADA, THREAD)).price == Decimal(1)


async def test_another_format_keeps_everything_else(house: House) -> None:
    old = await a_model(house, b"one", faces="50k", texture="low", hd="yes")

    task = await house.intake.other_format(old.id, "FBX", ADA, THREAD)

    assert isinstance(old.request, Request)
    expected = replace(old.request, geometry_file_format="fbx", pictures=task.request.pictures)
    assert task.request == expected
    assert held(house, task) == [b"one"]


async def test_rodin_makes_an_stl_without_textures_and_textures_come_back_after_it(house: House) -> None:
    old = await a_model(house)
    await house.intake.delete(old.id, ADA)  # so that nothing is converted here

    bare = await house.intake.other_format(old.id, "stl", ADA, THREAD)
    assert bare.request.material == "None"

    await house.tasks.save(
        replace(bare, state=TaskState.READY, submission=a_submission(), files=(), revision=1), expected_revision=0
    )
    assert (await house.intake.other_format(bare.id, "glb", ADA, THREAD)).request.material == "PBR"


@pytest.mark.parametrize(
    ("file_format", "says"),
    [
        ("glb", "is in glb already"),
        ("gltf", "is in glb already"),
        ("fbxx", "Did you mean fbx"),
        (" ", "Which format. Free, converted here: obj or stl"),
    ],
)
async def test_a_format_that_is_none_or_the_same_is_refused(house: House, file_format: str, says: str) -> None:
    old = await a_model(house)

    with pytest.raises(UserMistake, match=says):
        await house.intake.other_format(old.id, file_format, ADA, THREAD)


async def test_a_tier_of_one_format_offers_only_what_is_converted_here(house: House) -> None:
    old = await a_model(house, tier="sketch")

    assert Choice.FORMAT in (await house.intake.status(old.id, ADA)).choices
    assert [offer.name for offer in await house.intake.formats_of(old.id, ADA)] == ["obj", "stl"]
    with pytest.raises(BadRequest, match="Sketch only makes glb, not fbx"):
        await house.intake.other_format(old.id, "fbx", ADA, THREAD)

    await house.intake.delete(old.id, ADA)
    assert Choice.FORMAT not in (await house.intake.status(old.id, ADA)).choices


async def test_a_variation_exchanges_pictures_or_adds_to_them(house: House) -> None:
    old = await a_model(house, b"one", labels="F")

    exchanged = await house.intake.variation(old.id, Wish(pictures=(b"two",)), ADA, THREAD)
    added = await house.intake.variation(old.id, Wish(pictures=(b"two",), keeps_pictures=True), ADA, THREAD)

    assert held(house, exchanged) == [b"two"]
    assert held(house, added) == [b"one", b"two"]
    assert isinstance(added.request, Request)
    assert (added.request.prompt, added.request.image_label) == ("a cat", ())


async def test_no_more_pictures_are_added_than_rodin_takes(house: House) -> None:
    old = await a_model(house, b"1", b"2", b"3", b"4")

    with pytest.raises(BadRequest, match="at most 5 pictures; there are 6"):
        await house.intake.variation(old.id, Wish(pictures=(b"5", b"6"), keeps_pictures=True), ADA, THREAD)


async def test_a_variation_needs_something_new(house: House) -> None:
    old = await a_model(house)

    with pytest.raises(UserMistake, match="Say what shall be different"):
        await house.intake.variation(old.id, Wish(), ADA, THREAD)


async def test_a_draft_handed_back_as_it_is_makes_the_same_request_again(house: House) -> None:
    old = await a_model(house, preset="print", bbox="1x2x3", pose="yes")

    draft = await house.intake.draft_of(old.id, ADA)
    task = await house.intake.variation(old.id, Wish(prompt=draft.prompt, options=draft.options), ADA, THREAD)

    assert draft.options == {"preset": "print", "bbox": "1x2x3", "pose": "yes"}
    assert (draft.pictures, draft.price) == (0, Decimal("0.5"))
    assert draft.sentence.startswith("That would cost 0.5 credits")
    assert isinstance(old.request, Request)
    assert isinstance(task.request, Request)
    assert task.request == replace(old.request, seed=task.request.seed)


async def test_an_option_taken_out_of_a_draft_is_not_kept(house: House) -> None:
    old = await a_model(house, pose="yes", faces="30k")
    draft = await house.intake.draft_of(old.id, ADA)
    options = {name: value for name, value in draft.options.items() if name != "pose"}

    task = await house.intake.variation(old.id, Wish(prompt=draft.prompt, options=options), ADA, THREAD)

    assert isinstance(task.request, Request)
    assert (task.request.ta_pose, task.request.quality_override) == (False, 30_000)


@pytest.mark.parametrize("verb", ["variation", "retexture", "split"])
async def test_words_that_the_operator_has_blocked_are_refused_in_every_form(house: House, verb: str) -> None:
    old = await a_model(house)
    await house.controls.block(BlockKind.WORD, "moss", now=house.clock.now())

    with pytest.raises(Blocked):
        await getattr(house.intake, verb)(old.id, Wish(prompt="green moss"), ADA, THREAD)

    assert await house.tasks.children([old.id], limit=9) == ()


async def test_a_model_of_a_preset_that_is_gone_can_still_be_gone_on_from(house: House) -> None:
    old = await a_model(house, preset="game")
    assert isinstance(old.request, Request)
    gone = replace(old, request=replace(old.request, preset="steampunk"), revision=old.revision + 1)
    await house.tasks.save(gone, expected_revision=old.revision)

    draft = await house.intake.draft_of(old.id, ADA)
    task = await house.intake.variation(old.id, Wish(prompt="a dog", options={"pose": "yes"}), ADA, THREAD)

    assert (draft.options["tier"], draft.options["faces"], "preset" in draft.options) == (
        "Gen-2.5-High",
        "10000",
        False,
    )
    assert isinstance(task.request, Request)
    assert (task.request.quality_override, task.request.texture_delight, task.request.ta_pose) == (10_000, True, True)
