"""What is written comes back, once, and nobody overwrites what he has not seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.errors import DuplicateEvent, NoSuchTask, StaleTask, SubmissionTaken, TaskExists
from bot.looks import MeshFacts, Removal, Showing
from bot.model import (
    Address,
    Charge,
    Failure,
    FailureKind,
    FileRole,
    Hold,
    JobState,
    RefusalReason,
    TaskState,
)
from bot.ports import TaskStore
from tests.factories import (
    NOON,
    a_file,
    a_job,
    a_picture,
    a_request,
    a_submission,
    a_task,
    a_worker,
    after,
    an_address,
    an_owner,
)
from tests.fakes.task_stores import added


@pytest.mark.parametrize("state", TaskState)
async def test_a_task_comes_back_as_it_was_written_in_any_state(store: TaskStore, state: TaskState) -> None:
    task = a_task(state=state)

    await store.add(task)

    assert await store.load(task.id) == task


async def test_everything_that_a_task_can_hold_comes_back(store: TaskStore) -> None:
    task = a_task(
        state=TaskState.READY,
        revision=12,
        told=9,
        request=a_request(
            prompt="Löwe 🦁 'quoted' \\ \n\t; DROP TABLE tasks;--",
            pictures=(a_picture(), a_picture(key="pictures/one/2.jpg", media_type="image/jpeg")),
            bbox_condition=(30, 100, 45),
            image_label=("front", "back"),
            addons=("HighPack",),
            quality_override=None,
            detail_level=0.3,
            is_micro=False,
        ),
        owner=an_owner("U0123", platform="slack", server_id="T9", channel_id="C4"),
        address=Address(platform="slack", value='{"channel": "C4", "ts": "1.2"}', place="T9/C4/1.1 🦁"),
        event="slack:Ev1",
        parent_id="task-of-before",
        price=Decimal("1.125"),
        submission=a_submission(consumed=Decimal("0.375"), subscription_key="s3cr3t"),
        jobs=(a_job("j1", JobState.DONE), a_job("j2", JobState.OTHER)),
        progress=0.1 + 0.2,
        misses=3,
        files=(a_file("z.glb"), a_file("a.png", role=FileRole.TEXTURE, size_bytes=5_000_000_000)),
        muted=True,
        hold=Hold.BUSY,
        ended_revision=10,
        showing=Showing(
            facts=MeshFacts(
                triangles=3_000_000_000,
                quads=7,
                vertices=9,
                parts=2,
                materials=1,
                textures=((4096, 2048), (1, 1)),
                size=(0.1 + 0.2, 0.0, 1e-9),
                is_watertight=None,
            ),
            problem="Its animation — 動畫 — is not shown.",
            is_pictured=True,
            frame_count=36,
            frame_columns=6,
            generation=3,
            removal=Removal.EXPIRED,
        ),
    )

    await store.add(task)

    assert await store.load(task.id) == task


@pytest.mark.parametrize("consumed", [None, Decimal(0), Decimal("0.5")], ids=str)
async def test_a_charge_of_nothing_differs_from_an_unknown_charge(store: TaskStore, consumed: Decimal | None) -> None:
    task = a_task(state=TaskState.SUBMITTED, submission=a_submission(subscription_key=None, consumed=consumed))

    await store.add(task)

    assert (await store.load(task.id)).submission == task.submission


async def test_a_failure_comes_back_with_what_rodin_said(store: TaskStore) -> None:
    failure = Failure(
        kind=FailureKind.REFUSED,
        charged=Charge.NO,
        reason=RefusalReason.CREDITS,
        code="API_INSUFFICIENT_FUNDS",
        charge_seen=False,
    )

    (task,) = await added(store, a_task(state=TaskState.FAILED, failure=failure))

    assert (await store.load(task.id)).failure == failure


async def test_moments_are_cut_to_the_millisecond(store: TaskStore) -> None:
    (task,) = await added(store, a_task(created_at=NOON + timedelta(microseconds=1999)))

    assert (await store.load(task.id)).created_at == NOON + timedelta(milliseconds=1)


async def test_loading_what_is_not_there_is_refused(store: TaskStore) -> None:
    with pytest.raises(NoSuchTask):
        await store.load("nothing")


async def test_an_event_makes_one_task_only_and_the_refusal_names_it(store: TaskStore) -> None:
    (first,) = await added(store, a_task(event="discord:1"))
    second = a_task(event="discord:1")

    with pytest.raises(DuplicateEvent) as caught:
        await store.add(second)

    assert caught.value.task_id == first.id
    with pytest.raises(NoSuchTask):
        await store.load(second.id)


async def test_the_task_of_an_event_is_found_and_no_other(store: TaskStore) -> None:
    (first, _, _) = await added(store, a_task(event="discord:1"), a_task(event="discord:2"), a_task())

    assert await store.made_by("discord:1") == first
    assert await store.made_by("discord:3") is None


async def test_an_event_is_remembered_across_platforms_and_after_the_end(store: TaskStore) -> None:
    (first,) = await added(store, a_task(event="e1", state=TaskState.CANCELLED))

    with pytest.raises(DuplicateEvent) as caught:
        await store.add(a_task(event="e1", owner=an_owner(platform="slack")))

    assert caught.value.task_id == first.id


async def test_adding_the_same_task_twice_names_the_first_one(store: TaskStore) -> None:
    (task,) = await added(store, a_task(event="e1"))

    with pytest.raises(DuplicateEvent) as caught:
        await store.add(task)

    assert caught.value.task_id == task.id


async def test_any_number_of_tasks_may_come_from_no_event(store: TaskStore) -> None:
    tasks = await added(store, a_task(), a_task(), a_task())

    assert len(await store.tasks_in({TaskState.ACCEPTED}, limit=9)) == len(tasks)


async def test_an_id_is_given_once(store: TaskStore) -> None:
    (task,) = await added(store, a_task(event="e1"))

    with pytest.raises(TaskExists):
        await store.add(replace(task, event="e2"))


async def test_a_submission_belongs_to_one_task(store: TaskStore) -> None:
    submission = a_submission()
    lost = a_task(state=TaskState.SUBMITTING, event="e1")
    await added(store, a_task(state=TaskState.GENERATING, submission=submission), lost)

    with pytest.raises(SubmissionTaken):
        await store.save(lost.move(TaskState.SUBMITTED, now=NOON, submission=submission), expected_revision=0)

    assert await store.load(lost.id) == lost


async def test_a_saved_task_comes_back_changed(store: TaskStore) -> None:
    (task,) = await added(store, a_task(state=TaskState.COLLECTING))
    ready = task.move(TaskState.READY, now=after(minutes=2), files=(a_file("b.glb"), a_file("a.png")), progress=1.0)

    await store.save(ready, expected_revision=0)

    assert await store.load(task.id) == ready


async def test_saving_a_stale_task_is_refused_and_changes_nothing(store: TaskStore) -> None:
    (task,) = await added(store, a_task())
    newer = task.move(TaskState.CANCELLED, now=NOON)
    await store.save(newer, expected_revision=0)

    with pytest.raises(StaleTask):
        await store.save(task.move(TaskState.SUBMITTING, now=NOON), expected_revision=0)

    assert await store.load(task.id) == newer


async def test_a_stale_save_keeps_the_files_that_are_there(store: TaskStore) -> None:
    (task,) = await added(store, a_task(state=TaskState.READY, revision=5))

    with pytest.raises(StaleTask):
        await store.save(replace(task, files=()), expected_revision=4)

    assert (await store.load(task.id)).files == task.files


async def test_saving_an_unknown_task_is_refused(store: TaskStore) -> None:
    with pytest.raises(NoSuchTask):
        await store.save(a_task(), expected_revision=0)


async def test_files_that_are_gone_are_gone_after_saving(store: TaskStore) -> None:
    (task,) = await added(store, a_task(state=TaskState.READY))

    await store.save(task.revise(files=()), expected_revision=0)

    assert (await store.load(task.id)).files == ()


async def test_a_save_without_a_new_revision_is_written_too(store: TaskStore) -> None:
    (task,) = await added(store, a_task(state=TaskState.GENERATING))

    await store.save(replace(task, misses=2, next_at=after(seconds=5)), expected_revision=0)

    assert (await store.load(task.id)).misses == 2


async def test_saving_leaves_address_and_told_to_the_teller(store: TaskStore) -> None:
    (task,) = await added(store, a_task())
    await store.mark_told(task.id, revision=0, address=an_address("message-7"))

    await store.save(task.move(TaskState.SUBMITTING, now=NOON), expected_revision=0)

    saved = await store.load(task.id)
    assert (saved.address, saved.told) == (an_address("message-7"), 0)


async def test_saving_keeps_the_leases(store: TaskStore) -> None:
    (task,) = await added(store, a_task())
    await store.claim_accepted(a_worker("one"), now=NOON, parallel=3)
    await store.claim_untold(a_worker("one"), platforms=["console"], now=NOON, limit=1)

    await store.save(task.move(TaskState.SUBMITTING, now=NOON), expected_revision=0)

    assert await store.claim_due({TaskState.SUBMITTING}, a_worker("two"), now=NOON, limit=9) == ()
    assert await store.claim_untold(a_worker("two"), platforms=["console"], now=NOON, limit=9) == ()
