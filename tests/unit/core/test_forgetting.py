"""Forgetting a task, and a person: what is gone, what remains, and that it survives kills."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat import Wish
from bot.errors import NotFound, NotPossible, NotYours
from bot.forgetting import forgotten
from bot.library import TaskLibrary
from bot.looks import Removal
from bot.model import BangRequest, Task, TaskState, TextureRequest
from bot.submitter import taken
from storage.codec import dump_ask
from tests.factories import a_submission, a_task, an_address, an_owner
from tests.unit.core.house import House

SECRET_WORDS = "my secret castle"


async def made(house: House, *, who: str = "ada", pictures: tuple[bytes, ...] = ()) -> Task:
    """Have a model made for somebody from secret words and told; return its task."""
    wish = Wish(prompt=SECRET_WORDS, pictures=pictures)
    asked = await house.intake.generate(wish, an_owner(who), an_address("channel-1"), event=f"event-{who}")
    await house.made(asked)
    await house.tell()
    await house.curate()
    await house.tell()
    return await house.now(asked)


def kept_of(task: Task) -> str:
    """Return everything that a row keeps, as text."""
    return f"{task!r} {task.submission and task.submission.prompt} {dump_ask(task.request)}"


async def test_forgetting_takes_files_pictures_and_words_and_leaves_what_it_cost() -> None:
    house = House()
    task = await made(house, pictures=(b"a face",))

    said = await house.intake.delete(task.id, an_owner(), forget=True)

    bare = await house.now(task)
    assert said.startswith(f"Task {task.id} is forgotten: its files, words and pictures are gone here")
    assert "7 days" in said
    assert await house.files.keys("") == ()
    assert SECRET_WORDS not in kept_of(bare)
    assert (bare.price, bare.submission and bare.submission.consumed) == (
        task.price,
        task.submission and task.submission.consumed,
    )
    assert (bare.created_at, bare.ended_at, bare.state, bare.owner) == (
        task.created_at,
        task.ended_at,
        TaskState.READY,
        task.owner,
    )
    assert (await house.intake.usage(an_owner())).startswith("You have asked for 1 model for 0.5 credits")


async def test_the_thread_is_revised_so_that_no_word_stays_in_it_and_nobody_is_notified() -> None:
    house = House()
    task = await made(house)
    said = len(house.platform.said)

    await house.intake.delete(task.id, an_owner(), forget=True)
    await house.tell()

    status, result = house.platform.shown[-1].update, house.platform.amended[-1].update
    assert status.revision == result.revision == (await house.now(task)).revision
    assert status.words_gone
    assert SECRET_WORDS not in f"{status} {result}"
    assert status.title == "a forgotten model"
    assert result.headline == "This model is forgotten: its files, its words and its pictures are gone."
    assert result.choices == ()
    assert len(house.platform.said) == said


async def test_a_deletion_leaves_the_status_message_as_it_is() -> None:
    house = House()
    task = await made(house)
    shown = len(house.platform.shown)

    await house.intake.delete(task.id, an_owner())
    await house.tell()

    assert len(house.platform.shown) == shown


async def test_the_page_of_a_forgotten_model_is_gone() -> None:
    house = House()
    task = await made(house)

    await house.intake.delete(task.id, an_owner(), forget=True)

    exhibit = await TaskLibrary(tasks=house.tasks).exhibit(task.id)
    assert exhibit is not None
    assert exhibit.is_deleted
    assert SECRET_WORDS not in repr(exhibit)


@pytest.mark.parametrize("state", [TaskState.FAILED, TaskState.UNCLEAR, TaskState.CANCELLED, TaskState.READY])
async def test_whatever_has_ended_can_be_forgotten_and_nothing_is_made_of_it(state: TaskState) -> None:
    house = House()
    task = a_task(state=state)
    await house.tasks.add(task)

    await house.intake.delete(task.id, an_owner(), forget=True)

    update = await house.intake.status(task.id, an_owner())
    assert (update.state, update.title, update.choices) == (state, "a forgotten model", ())
    for again in (
        house.intake.again(task.id, an_owner(), an_address()),
        house.intake.resend(task.id, an_owner(), an_address()),
        house.intake.variation(task.id, Wish(prompt="a cat"), an_owner(), an_address()),
        house.intake.draft_of(task.id, an_owner()),
        house.intake.delete(task.id, an_owner(), forget=True),
        house.intake.delete(task.id, an_owner()),
    ):
        with pytest.raises(NotPossible):
            await again


async def test_a_deleted_model_can_be_forgotten_later() -> None:
    house = House()
    task = await made(house)
    await house.intake.delete(task.id, an_owner())

    await house.intake.delete(task.id, an_owner(), forget=True)

    assert (await house.now(task)).showing.removal is Removal.FORGOTTEN
    assert SECRET_WORDS not in kept_of(await house.now(task))


async def test_what_still_runs_is_not_forgotten() -> None:
    house = House()
    (task,) = await house.at_rodin()

    with pytest.raises(NotPossible, match="still under way"):
        await house.intake.delete(task.id, an_owner(), forget=True)

    assert (await house.now(task)).request.prompt == "a brass owl"


async def test_nobody_forgets_for_somebody_else() -> None:
    house = House()
    task = await made(house)

    with pytest.raises((NotFound, NotYours)):
        await house.intake.delete(task.id, an_owner("eve"), forget=True)

    assert (await house.now(task)).request.prompt == SECRET_WORDS


async def test_what_was_made_from_it_keeps_its_own_words_and_pictures_and_loses_the_borrowed_ones() -> None:
    house = House()
    task = await made(house, pictures=(b"a face",))
    red = await house.intake.variation(task.id, Wish(prompt="a red one"), an_owner(), an_address())
    moss = a_task(
        request=TextureRequest(model_name="m.glb", seed=1, subject=SECRET_WORDS, prompt="moss"),
        parent_id=task.id,
        state=TaskState.READY,
    )
    parts = a_task(
        request=BangRequest(asset_id="a", subject=SECRET_WORDS, prompt=SECRET_WORDS, instruction="towers"),
        parent_id=moss.id,
        state=TaskState.READY,
    )
    for one in (moss, parts):
        await house.tasks.add(one)

    await house.intake.delete(task.id, an_owner(), forget=True)

    red, moss, parts = [await house.now(one) for one in (red, moss, parts)]
    assert red.request.prompt == "a red one"
    assert [house.files.held[picture.key] for picture in red.request.pictures] == [b"a face"]
    assert (moss.request.words, parts.request.words) == ("moss", "towers")
    assert SECRET_WORDS not in kept_of(moss) + kept_of(parts)
    assert (await house.intake.status(parts.id, an_owner())).title == "a model, in parts"


@pytest.mark.parametrize("when", ["answered", "asking"])
async def test_what_rodin_repeats_of_a_forgotten_model_does_not_stay_with_its_split(when: str) -> None:
    house = House()
    task = await made(house)
    asked = BangRequest(asset_id="a", subject=SECRET_WORDS, prompt=SECRET_WORDS, instruction="towers")
    answer = a_submission(prompt=SECRET_WORDS)
    parts = a_task(request=asked, parent_id=task.id, state=TaskState.SUBMITTING)
    if when == "answered":
        parts = replace(parts, state=TaskState.GENERATING, submission=answer)
    await house.tasks.add(parts)

    await house.intake.delete(task.id, an_owner(), forget=True)

    row = await house.now(parts)
    told = row if when == "answered" else taken(row, answer, now=house.clock.now(), next_at=house.clock.now())
    assert (told.submission and told.submission.uuid) == answer.uuid
    assert SECRET_WORDS not in kept_of(told)


async def test_what_a_kill_leaves_of_a_forgotten_task_the_curator_removes() -> None:
    house = House()
    task = await made(house)
    child = a_task(
        request=TextureRequest(model_name="m.glb", seed=1, subject=SECRET_WORDS),
        parent_id=task.id,
        state=TaskState.READY,
    )
    await house.tasks.add(child)
    row = await house.now(task)
    bare = forgotten(row, Removal.FORGOTTEN, now=house.clock.now())
    await house.tasks.save(bare, expected_revision=row.revision)  # and then the process dies

    await house.curate()

    assert [key for key in await house.files.keys("") if task.id in key] == []
    assert (await house.now(child)).request.subject == ""  # type: ignore[union-attr]


async def test_a_forgotten_version_stands_nameless_in_its_tree() -> None:
    house = House()
    first = await made(house)
    red = a_task(request=replace(first.request, prompt="a red castle"), parent_id=first.id, state=TaskState.READY)
    blue = a_task(request=replace(first.request, prompt="a blue one"), parent_id=red.id, state=TaskState.READY)
    for one in (red, blue):
        await house.tasks.add(one)

    await house.intake.delete(red.id, an_owner(), forget=True)

    tree = await house.intake.family(first.id, an_owner())
    (below,) = tree.children
    assert (below.difference, below.update.title) == ("a forgotten model", "a forgotten model")
    assert below.children[0].difference == "“a blue one”"
