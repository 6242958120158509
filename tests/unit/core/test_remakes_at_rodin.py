"""How a new texture or a split goes to Rodin: once, with the right files, and what every answer means."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cargo import model_of_ours
from bot.chat import Wish
from bot.crew import given_up
from bot.errors import FileStoreBusy, NotPossible, StaleTask, UserMistake, VendorBusy, VendorRefused
from bot.looks import Removal
from bot.model import (
    BangRequest,
    Charge,
    FailureKind,
    Hold,
    RefusalReason,
    Task,
    TaskState,
    TextureRequest,
)
from bot.scratch import PREFIX
from bot.settler import names_product
from bot.showcase import APART
from bot.update import Choice
from tests.factories import a_request, a_task, an_address, an_owner
from tests.fakes.generator import bytes_of
from tests.unit.core.house import House

ADA, THERE = an_owner(), an_address()
MODEL = bytes_of("base_basic_pbr.glb")
NOT_THERE = VendorRefused("NO_SUCH_TASK", reason=RefusalReason.NO_SUCH_TASK)
NOT_SO = VendorRefused("INVALID_REQUEST", reason=RefusalReason.REQUEST)


Maker = Callable[[House], Awaitable[Task]]


async def retextured(house: House, wish: Wish | None = None) -> Task:
    old = await house.a_model()
    return await house.intake.retexture(old.id, wish or Wish(prompt="moss", pictures=(b"moss",)), ADA, THERE)


async def split(house: House, wish: Wish | None = None, *, old: Task | None = None) -> Task:
    old = old or await house.a_model()
    return await house.intake.split(old.id, wish or Wish(), ADA, THERE)


BOTH = pytest.mark.parametrize("make", [retextured, split])


def submissions(house: House) -> list[str]:
    return [call for call in house.rodin.calls if call.startswith("submit_")]


async def test_a_texture_goes_with_the_model_and_one_picture(house: House) -> None:
    task = await retextured(house)

    await house.send()

    taken = list(house.rodin.taken.values())[-1]
    assert isinstance(taken.request, TextureRequest)
    assert (taken.model, taken.pictures, taken.request.prompt) == (MODEL, (b"moss",), "moss")
    assert taken.request.model_name == "base_basic_pbr.glb"
    assert submissions(house) == ["submit_texture"]
    assert (await house.now(task)).state is TaskState.SUBMITTED


async def test_a_split_names_rodins_own_model_while_it_has_it(house: House) -> None:
    old = await house.a_model()
    await split(house, Wish(prompt="wheels apart", options={"strength": "9"}), old=old)

    await house.send()

    taken = list(house.rodin.taken.values())[-1]
    assert isinstance(taken.request, BangRequest)
    assert old.submission is not None
    assert (taken.request.asset_id, taken.model, taken.pictures) == (old.submission.uuid, None, ())
    assert (taken.request.instruction, taken.request.strength) == ("wheels apart", 9)


@pytest.mark.parametrize(("age", "by_asset"), [(timedelta(days=6, hours=22), True), (timedelta(days=7), False)])
async def test_after_rodins_seven_days_a_split_brings_our_own_model_and_its_picture(
    house: House, age: timedelta, by_asset: bool
) -> None:
    old = await house.a_model()
    house.clock.turn(seconds=age.total_seconds())
    await split(house, old=old)

    await house.send()

    taken = list(house.rodin.taken.values())[-1]
    assert (taken.model is None) is by_asset
    assert taken.model in {None, MODEL}
    assert len(taken.pictures) == (0 if by_asset else 1)


async def test_a_model_too_large_to_be_sent_is_split_where_it_is_while_rodin_has_it(house: House) -> None:
    old = await house.a_model()
    huge = tuple(replace(file, size_bytes=200_000_000) for file in old.files)
    old = replace(old, files=huge, revision=old.revision + 1)
    await house.tasks.save(old, expected_revision=old.revision - 1)

    task = await split(house, old=old)
    await house.send()
    late = await split(house, old=old)
    house.clock.turn(days=8)
    await house.send()

    assert (await house.now(task)).state is TaskState.SUBMITTED
    row = await house.now(late)
    assert row.failure is not None
    assert (row.failure.kind, row.failure.charged) == (FailureKind.MODEL_LOST, Charge.NO)
    with pytest.raises(NotPossible, match=r"larger than the 104\.9 MB"):
        await split(house, old=old)


async def test_a_split_that_waited_past_the_seven_days_is_sent_the_other_way(house: House) -> None:
    await split(house)
    house.clock.turn(days=7)

    await house.send()

    assert list(house.rodin.taken.values())[-1].model == MODEL


@pytest.mark.parametrize("error", [NOT_THERE, NOT_SO])
async def test_where_rodin_does_not_take_its_own_model_ours_is_sent_and_charged_once(
    house: House, error: VendorRefused
) -> None:
    task = await split(house)
    house.rodin.errors["submit_bang"].append(error)

    await house.send()
    waiting = await house.now(task)
    await house.send()

    assert (waiting.state, waiting.hold, waiting.submitted_at) == (TaskState.ACCEPTED, None, None)
    assert (await house.now(task)).state is TaskState.SUBMITTED
    assert list(house.rodin.taken.values())[-1].model == MODEL
    assert len(house.rodin.ledger) == 2  # the model and its split


async def test_when_ours_is_refused_as_well_it_ends_and_costs_nothing(house: House) -> None:
    task = await split(house)
    house.rodin.errors["submit_bang"].extend([NOT_THERE, NOT_SO])

    for _ in range(4):
        await house.send()

    row = await house.now(task)
    assert row.failure is not None
    assert (row.state, row.failure.charged, row.failure.reason) == (
        TaskState.FAILED,
        Charge.NO,
        RefusalReason.REQUEST,
    )
    assert submissions(house) == ["submit_bang"] * 2


@pytest.mark.parametrize("reason", [RefusalReason.CREDITS, RefusalReason.CONTENT, RefusalReason.KEY])
async def test_a_refusal_that_is_not_about_the_model_is_final(house: House, reason: RefusalReason) -> None:
    task = await split(house)
    house.rodin.errors["submit_bang"].append(VendorRefused("NO", reason=reason))

    await house.send()
    await house.send()

    assert (await house.now(task)).state is TaskState.FAILED
    assert submissions(house) == ["submit_bang"]


async def test_a_split_called_off_while_rodin_refused_its_own_model_is_not_sent_again(house: House) -> None:
    task = await split(house)
    house.rodin.during["submit_bang"] = lambda: house.intake.cancel(task.id, ADA)
    house.rodin.errors["submit_bang"].append(NOT_THERE)

    await house.send()
    await house.send()

    assert (await house.now(task)).state is TaskState.CANCELLED
    assert submissions(house) == ["submit_bang"]


@BOTH
async def test_a_model_that_is_lost_ends_the_task_and_nothing_is_sent_or_charged(house: House, make: Maker) -> None:
    task = await make(house)
    house.clock.turn(days=8)
    del house.files.held[model_of_ours(task.request)]

    await house.send()

    row = await house.now(task)
    assert row.failure is not None
    assert (row.state, row.failure.kind, row.failure.charged) == (
        TaskState.FAILED,
        FailureKind.MODEL_LOST,
        Charge.NO,
    )
    assert submissions(house) == []
    update = await house.intake.status(task.id, ADA)
    assert Choice.RESEND not in update.choices
    assert "Nothing was charged." in update.lines


async def test_a_file_store_that_does_not_answer_leaves_the_task_where_it_is(house: House) -> None:
    task = await retextured(house)
    (claimed,) = await house.submitter.claim(1)
    house.files.trouble = FileStoreBusy("away")

    with pytest.raises(FileStoreBusy):
        await house.submitter.work(claimed)

    assert (await house.now(task)).state is TaskState.ACCEPTED
    assert submissions(house) == []


async def test_a_busy_rodin_is_asked_later_in_the_same_way(house: House) -> None:
    task = await retextured(house)
    house.rodin.errors["submit_texture"].append(VendorBusy("429"))

    await house.send()
    assert (await house.now(task)).hold is Hold.BUSY
    house.clock.turn(minutes=5)
    await house.send()

    assert (await house.now(task)).state is TaskState.SUBMITTED


async def test_nothing_is_left_behind_of_the_model_that_was_sent(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    await retextured(house)

    await house.send()

    assert len(house.rodin.ledger) == 2
    assert list(tmp_path.glob(f"{PREFIX}*")) == []


async def test_two_workers_with_one_texture_send_it_once(house: House) -> None:
    await retextured(house)
    (claimed,) = await house.submitter.claim(1)

    await house.submitter.work(claimed)
    with pytest.raises(StaleTask):
        await house.submitter.work(claimed)

    assert submissions(house) == ["submit_texture"]


@BOTH
async def test_a_lost_answer_is_settled_by_its_own_charge_and_never_sent_again(exclusive: House, make: Maker) -> None:
    task = await make(exclusive)
    exclusive.rodin.lose_answer()

    await exclusive.send()
    exclusive.clock.turn(minutes=6)
    await exclusive.send()

    row = await exclusive.now(task)
    assert row.submission is not None
    assert (row.state, row.submission.uuid) == (TaskState.SUBMITTED, exclusive.rodin.ledger[-1].task_uuid)
    assert len(submissions(exclusive)) == 1


async def test_without_the_operators_word_a_lost_answer_stays_open(house: House) -> None:
    task = await split(house)
    house.rodin.lose_answer()

    await house.send()
    house.clock.turn(minutes=6)
    await house.send()

    assert (await house.now(task)).state is TaskState.UNCLEAR
    assert Choice.RESEND in (await house.intake.status(task.id, ADA)).choices


@pytest.mark.parametrize(
    ("item", "named"),
    [
        ("Generate Texture", "texture"),
        ("Rodin texture-only", "texture"),
        ("Bang!", "split"),
        ("Rodin BANG", "split"),
        ("Rodin Gen-2.5-Medium", "model"),
        ("", ""),
    ],
)
def test_a_usage_record_names_one_product(item: str, named: str) -> None:
    asks = {
        "model": a_request(),
        "texture": TextureRequest(model_name="m.glb", seed=1),
        "split": BangRequest(asset_id="a"),
    }

    assert [name for name, ask in asks.items() if names_product(item, ask)] == ([named] if named else [])


@BOTH
async def test_a_remake_is_followed_collected_and_pictured_to_its_end(house: House, make: Maker) -> None:
    task = await make(house)
    await house.send()
    house.rodin.finish()

    await house.until_over()

    row = await house.now(task)
    assert (row.state, row.showing.is_pictured, row.told) == (TaskState.READY, True, row.revision)
    assert [seen.update.title for seen in house.platform.said if seen.update.task_id == task.id] == [
        f"a brass owl, {'in parts' if isinstance(task.request, BangRequest) else 'new texture'}"
    ]


async def test_the_parts_of_a_split_are_shown_apart_and_others_as_they_are(house: House) -> None:
    old = await house.a_model()
    await house.curate()
    assert set(house.previewer.spreads) == {0.0}
    house.previewer.spreads.clear()

    await house.made(await split(house, old=old))
    await house.curate()

    assert set(house.previewer.spreads) == {APART}


def test_a_remake_on_which_our_own_code_breaks_before_it_is_sent_lost_its_model(house: House) -> None:
    task = a_task(request=TextureRequest(model_name="m.glb", model_key="tasks/x/m.glb", seed=1))

    ended = given_up(task, now=house.clock.now())

    assert ended.failure is not None
    assert (ended.failure.kind, ended.failure.charged) == (FailureKind.MODEL_LOST, Charge.NO)


async def test_a_model_deleted_while_its_texture_waits_ends_it_in_words(house: House) -> None:
    old = await house.a_model()
    task = await house.intake.retexture(old.id, Wish(prompt="moss"), ADA, THERE)
    await house.intake.delete(old.id, ADA)

    await house.send()

    update = await house.intake.status(task.id, ADA)
    assert (await house.now(old)).showing.removal is Removal.DELETED
    assert update.headline.startswith("The model that this starts from cannot be found any more")


async def test_a_split_without_any_picture_goes_bare_when_rodin_lost_the_model(house: House) -> None:
    old = await house.a_model()
    bare = replace(
        old, files=tuple(file for file in old.files if file.role.value == "model"), revision=old.revision + 1
    )
    await house.tasks.save(bare, expected_revision=old.revision)
    unknown = replace(bare, submission=None, revision=bare.revision + 1)
    await house.tasks.save(unknown, expected_revision=bare.revision)

    task = await split(house, old=old)
    await house.send()

    taken = list(house.rodin.taken.values())[-1]
    assert (task.request.material, taken.model, taken.pictures) == ("None", MODEL, ())
    with pytest.raises(NotPossible, match="follows an instruction only with a picture"):
        await split(house, Wish(prompt="wheels apart"), old=old)
    with pytest.raises(UserMistake, match="A split takes no pictures"):
        await split(house, Wish(pictures=(b"one",)), old=old)
