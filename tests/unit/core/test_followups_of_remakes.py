"""What can be made of a new texture or a split, and which model of ours either takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat import Wish
from bot.errors import BadRequest, NotFound, NotPossible
from bot.model import BangRequest, Charge, Failure, FailureKind, FileRole, Task, TaskState, TextureRequest
from bot.update import Choice
from tests.factories import a_file, a_task
from tests.unit.core.house import House
from tests.unit.core.test_followups import ADA, THREAD, VERBS, a_model, held


async def a_remake(house: House, verb: str) -> tuple[Task, Task]:
    """Return a model and a new texture or split of it, both ready."""
    old = await a_model(house)
    task = await VERBS[verb](house, old.id)
    return old, await house.made(task)


@pytest.mark.parametrize("verb", ["retexture", "split"])
async def test_a_remake_points_to_its_model_for_what_begins_with_words(house: House, verb: str) -> None:
    old, remake = await a_remake(house, verb)

    for call in ("variation", "better"):
        with pytest.raises(NotPossible, match=f"use the one that it was made from: {old.id}"):
            await VERBS[call](house, remake.id)
    with pytest.raises(NotPossible, match=f"made from: {old.id}"):
        await house.intake.draft_of(remake.id, ADA)


@pytest.mark.parametrize("verb", ["retexture", "split"])
async def test_words_in_the_thread_of_a_remake_go_on_from_the_model_under_it(house: House, verb: str) -> None:
    old, _ = await a_remake(house, verb)

    task = await house.intake.follow(Wish(prompt="a dog"), ADA, THREAD)

    assert (task.parent_id, task.request.prompt) == (old.id, "a dog")


async def test_a_remake_whose_model_was_never_here_is_nothing_to_follow(house: House) -> None:
    lost = a_task(owner=ADA, address=THREAD, parent_id="gone", request=BangRequest(asset_id="a"))
    await house.tasks.add(lost)

    with pytest.raises(NotFound, match="no model here"):
        await house.intake.follow(Wish(prompt="red"), ADA, THREAD)


async def test_what_a_texture_and_a_split_offer(house: House) -> None:
    _, texture = await a_remake(house, "retexture")
    _, split = await a_remake(house, "split")

    assert (await house.intake.status(texture.id, ADA)).choices == (
        *(Choice.AGAIN, Choice.FORMAT, Choice.RETEXTURE, Choice.SPLIT, Choice.LINKS, Choice.DELETE),
    )
    assert (await house.intake.status(split.id, ADA)).choices == (
        *(Choice.FORMAT, Choice.RETEXTURE, Choice.LINKS, Choice.DELETE),
    )


async def test_a_texture_comes_again_with_another_seed_and_in_another_format(house: House) -> None:
    _, texture = await a_remake(house, "retexture")

    again = await house.intake.again(texture.id, ADA, THREAD)
    other = await house.intake.other_format(texture.id, "usdz", ADA, THREAD)

    assert isinstance(texture.request, TextureRequest)
    assert isinstance(again.request, TextureRequest)
    assert again.request.seed != texture.request.seed
    assert (again.request.model_key, again.request.prompt) == (texture.request.model_key, "moss")
    assert (other.request.geometry_file_format, held(house, other)) == ("usdz", held(house, texture))
    assert (await house.intake.other_format(texture.id, "stl", ADA, THREAD)).price == 0  # the model is here
    house.files.held.pop(texture.files[0].key)
    with pytest.raises(BadRequest, match="stl file holds no textures"):
        await house.intake.other_format(texture.id, "stl", ADA, THREAD)


async def test_a_split_has_no_other_seed_but_other_formats(house: House) -> None:
    old, split = await a_remake(house, "split")

    with pytest.raises(NotPossible, match=f"A split has no seed.*Split from {old.id} with another strength"):
        await house.intake.again(split.id, ADA, THREAD)

    house.files.held.pop(split.files[0].key)  # so that nothing is converted here
    bare = await house.intake.other_format(split.id, "stl", ADA, THREAD)
    assert (bare.request.geometry_file_format, bare.request.material) == ("stl", "None")


@pytest.mark.parametrize("verb", ["retexture", "split"])
async def test_a_remake_is_not_repeated_over_a_model_that_was_deleted(house: House, verb: str) -> None:
    old, remake = await a_remake(house, verb)
    await house.intake.delete(old.id, ADA)

    with pytest.raises(NotPossible, match="was made from is gone"):
        await house.intake.other_format(remake.id, "fbx", ADA, THREAD)

    failed = a_task(
        owner=ADA,
        request=remake.request,
        state=TaskState.FAILED,
        failure=Failure(kind=FailureKind.MODEL_LOST, charged=Charge.NO),
    )
    await house.tasks.add(failed)
    with pytest.raises(NotPossible, match="was made from is gone"):
        await house.intake.resend(failed.id, ADA, THREAD)


async def test_a_model_that_expired_is_said_to_be_kept_only_for_a_while(house: House) -> None:
    old = await a_model(house)
    await house.curate()
    house.clock.turn(days=31)
    await house.curate()

    with pytest.raises(NotPossible, match="kept only for a while"):
        await house.intake.split(old.id, Wish(), ADA, THREAD)


async def test_a_model_that_is_too_large_goes_as_its_smaller_copy_which_is_said(house: House) -> None:
    large = a_file("base.glb", size_bytes=11_000_000)
    small = a_file("reduced.glb", role=FileRole.REDUCED, size_bytes=9_000_000)
    await house.files.save_bytes(small.key, b"small")
    await house.tasks.add(old := a_task(owner=ADA, state=TaskState.READY, files=(large, small)))
    await house.tasks.add(lone := a_task(owner=ADA, state=TaskState.READY, files=(large,)))

    wish = Wish(prompt="moss", pictures=(b"moss",))
    task = await house.intake.retexture(old.id, wish, ADA, THREAD)

    assert isinstance(task.request, TextureRequest)
    assert (task.request.model_key, task.request.model_name) == (small.key, "reduced.glb")
    assert any("smaller copy gets the texture" in line for line in (await house.intake.status(task.id, ADA)).lines)
    with pytest.raises(NotPossible, match=r"larger than the 10\.5 MB .* not ready yet. Try again in a minute"):
        await house.intake.retexture(lone.id, wish, ADA, THREAD)
    done = replace(lone, showing=replace(lone.showing, is_pictured=True), revision=1)
    await house.tasks.save(done, expected_revision=0)
    with pytest.raises(NotPossible, match="no smaller copy"):
        await house.intake.retexture(lone.id, wish, ADA, THREAD)


async def test_a_texture_of_words_alone_goes_with_a_picture_of_the_model_and_says_so(house: House) -> None:
    old = await a_model(house)

    task = await house.intake.retexture(old.id, Wish(prompt="moss"), ADA, THREAD)

    still = next(file for file in old.files if file.role is FileRole.STILL)
    assert held(house, task) == [house.files.held[still.key]]
    assert any("gets one of this model" in line for line in (await house.intake.status(task.id, ADA)).lines)


async def test_without_any_picture_a_texture_of_words_asks_for_one(house: House) -> None:
    await house.files.save_bytes(a_file().key, b"glb")
    await house.tasks.add(old := a_task(owner=ADA, state=TaskState.READY))

    with pytest.raises(NotPossible, match="Rodin wants a picture for this"):
        await house.intake.retexture(old.id, Wish(prompt="moss"), ADA, THREAD)


async def test_rodins_seven_days_count_from_when_a_model_was_sent(house: House) -> None:
    old = await a_model(house)

    split = (await house.intake.split(old.id, Wish(), ADA, THREAD)).request

    assert isinstance(split, BangRequest)
    assert old.submission is not None
    assert old.submitted_at is not None
    assert split.asset_id == old.submission.uuid
    assert split.asset_until == old.submitted_at + timedelta(days=7) - timedelta(hours=1)
