"""The Rodin client against the Rodin simulator over HTTP: the port's whole life, and every fault it can meet there."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.rodin.client import RodinClient, RodinOptions
from adapters.rodin.simulator.faults import AFTER_ACCEPT, BEFORE_ACCEPT, READ_SENTENCES
from adapters.rodin.simulator.options import SimulatorOptions
from adapters.rodin.simulator.server import Simulator
from bot.catalog import price, resolve
from bot.errors import FileBroken, FileLinkExpired, VendorBusy, VendorError, VendorFull, VendorRefused, VendorUnclear
from bot.files import pick_model
from bot.model import BangRequest, JobState, RefusalReason, RemoteFile, Submission, TextureRequest
from bot.ports import Generator
from bot.tiers import TIERS
from tests.emulators.scripted_rodin import TurnedClock
from tests.factories import a_picture, a_request
from tests.unit.simulator.stand import NOON as SIMULATOR_NOON
from tests.unit.simulator.stand import TinyMaker, picture
from tests.unit.simulator.stand import TurnedClock as SimulatorClock

KEY = "sk-of-the-tests"


@dataclass(slots=True, kw_only=True)
class Stage:
    """A simulator whose clock is turned by hand, and a client of it."""

    simulator: Simulator
    time: SimulatorClock
    client: Generator
    clock: TurnedClock

    async def finished(self, **changes: Any) -> Submission:
        """Return a submission whose jobs are over and whose files are made."""
        submission = await self.client.submit(a_request(**changes), [])
        await self.pass_time()
        return submission

    async def pass_time(self) -> None:
        """Let ten minutes pass, in which every task ends and its files are made."""
        self.time.turn(600)
        self.clock.moment = self.time.now()
        for task in self.simulator.state.tasks.values():
            await self.simulator.stage.workshop.wait(task.order.spec)

    async def model(self, submission: Submission) -> RemoteFile:
        """Return the listed model."""
        files = await self.client.files(submission)
        position = pick_model([file.name for file in files], "glb", "PBR")
        assert position is not None, files
        return files[position]


Open = Callable[..., Awaitable[Stage]]


@pytest.fixture
async def open_stage() -> AsyncIterator[Open]:
    async with AsyncExitStack() as exits:

        async def open_one(*, limits: dict[str, float] | None = None, **options: Any) -> Stage:
            time, clock = SimulatorClock(), TurnedClock(moment=SIMULATOR_NOON)
            settings = SimulatorOptions(seed=7, **options)
            simulator = await exits.enter_async_context(Simulator(settings, clock=time, maker=TinyMaker()))
            client_options = RodinOptions(url=simulator.url, key=KEY, **(limits or {}))
            client = await exits.enter_async_context(RodinClient(client_options, clock))
            return Stage(simulator=simulator, time=time, client=client, clock=clock)

        yield open_one


@pytest.fixture
async def stage(open_stage: Open) -> Stage:
    return await open_stage()


async def test_a_model_from_words_lives_its_whole_life(stage: Stage, tmp_path: Path) -> None:
    submission = await stage.client.submit(a_request(preview_render=True), [])
    waiting = await stage.client.status(submission)
    stage.time.turn(60)
    running = await stage.client.status(submission)
    await stage.pass_time()
    ended = await stage.client.status(submission)
    sha256 = await stage.client.fetch(await stage.model(submission), tmp_path / "model.glb")

    assert submission.consumed == Decimal("0.5")
    assert {job.state for job in waiting} == {JobState.WAITING}
    assert any(job.queue_length for job in waiting)
    assert JobState.GENERATING in {job.state for job in running}
    assert {job.state for job in ended} == {JobState.DONE}
    assert len(waiting) == len(ended) == 7
    assert sha256 == hashlib.sha256((tmp_path / "model.glb").read_bytes()).hexdigest()
    assert {file.name for file in await stage.client.files(submission)} >= {"preview.webp", "render.jpg"}
    assert stage.simulator.state.authorization_leaks == 0


async def test_five_labelled_pictures_are_taken_in_order(stage: Stage) -> None:
    pictures = [picture(96 + number, 96) for number in range(5)]
    request = a_request(
        prompt="",
        pictures=tuple(a_picture(name=f"{number}.png") for number in range(5)),
        image_label=("F", "R", "B", "L", "?"),
        bbox_condition=(100, 320, 100),
        addons=("HighPack",),
        texture_mode="high",
        geometry_instruct_mode="faithful",
        is_symmetric="symmetric",
        detail_level=0.5,
    )

    await stage.client.submit(request, pictures)

    (task,) = stage.simulator.state.tasks.values()
    assert task.order.spec.pictures == tuple(pictures)
    assert task.order.spec.bbox == (100, 320, 100)
    assert not stage.simulator.state.unknown_fields


@pytest.mark.parametrize("tier", TIERS)
async def test_what_the_catalogue_offers_is_taken_at_its_price(stage: Stage, tier: str) -> None:
    request = resolve("a small brass owl", {"tier": tier}, pictures=0, seed=7)

    submission = await stage.client.submit(request, [])

    assert submission.consumed == price(request)
    assert not stage.simulator.state.unknown_fields
    assert await stage.client.balance() == Decimal(208) - price(request)


async def test_a_finished_model_gets_a_new_texture_and_falls_into_parts(stage: Stage, tmp_path: Path) -> None:
    submission = await stage.finished(geometry_file_format="obj")
    model = tmp_path / "model.obj"
    model.write_bytes(b"v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 1 4 3\n")

    textured = await stage.client.submit_texture(
        TextureRequest(model_name="owl.obj", prompt="moss", seed=3, texture_mode="high"), model, picture()
    )
    by_id = await stage.client.submit_bang(BangRequest(asset_id=submission.uuid, instruction="wings"), None, None)
    by_model = await stage.client.submit_bang(BangRequest(model_name="owl.obj", material="None"), model, picture())

    assert len({submission.uuid, textured.uuid, by_id.uuid, by_model.uuid}) == 4
    assert not stage.simulator.state.unknown_fields
    assert await stage.client.balance() == Decimal(206)


async def test_charges_are_listed_newest_first(stage: Stage) -> None:
    first = await stage.client.submit(a_request(), [])
    stage.time.turn(60)
    second = await stage.client.submit(a_request(tier="Gen-2.5-Extreme-High"), [])

    records = await stage.client.usage()

    assert [record.task_uuid for record in records] == [second.uuid, first.uuid]
    assert [record.amount for record in records] == [Decimal(1), Decimal("0.5")]
    assert [record.time for record in records][1] == SIMULATOR_NOON
    assert await stage.client.usage(2) == ()


async def test_the_two_ids_are_not_mixed_up(stage: Stage) -> None:
    submission = await stage.client.submit(a_request(), [])
    swapped = Submission(uuid=str(submission.subscription_key), subscription_key=submission.uuid)

    with pytest.raises(VendorRefused) as status:
        await stage.client.status(swapped)
    with pytest.raises(VendorRefused) as files:
        await stage.client.files(swapped)

    assert status.value.reason is files.value.reason is RefusalReason.NO_SUCH_TASK


@pytest.mark.parametrize("old_codes", [False, True])
async def test_an_empty_wallet_is_told_apart_in_both_spellings(open_stage: Open, old_codes: bool) -> None:
    stage = await open_stage(balance=Decimal("0.4"), old_codes=old_codes)

    with pytest.raises(VendorRefused) as caught:
        await stage.client.submit(a_request(), [])

    assert caught.value.reason is RefusalReason.CREDITS


async def test_a_full_account_asks_for_patience(open_stage: Open) -> None:
    stage = await open_stage(parallel=1)
    await stage.client.submit(a_request(), [])

    with pytest.raises(VendorFull):
        await stage.client.submit(a_request(), [])


@pytest.mark.parametrize("error_on_success", ["absent", "null", "ok"])
@pytest.mark.parametrize("success_status", [200, 201])
async def test_every_way_of_success_is_one(open_stage: Open, error_on_success: str, success_status: int) -> None:
    stage = await open_stage(error_on_success=error_on_success, success_status=success_status)

    submission = await stage.finished()

    assert {job.state for job in await stage.client.status(submission)} == {JobState.DONE}
    assert (await stage.model(submission)).name == "base_basic_pbr.glb"


@pytest.mark.parametrize("fault", BEFORE_ACCEPT)
async def test_a_task_that_was_not_taken_is_never_called_charged(open_stage: Open, fault: str) -> None:
    stage = await open_stage(faults=fault, limits={"submit_timeout_s": 0.3})

    with pytest.raises(VendorError) as caught:
        await stage.client.submit(a_request(), [])

    assert not stage.simulator.state.tasks
    assert isinstance(caught.value, VendorBusy | VendorRefused) or fault in {
        # From outside nobody can tell these from their likes after a task was taken.
        "server_error_500",
        "bad_gateway_502",
        "timeout_before_accept",
        "drop_before_accept",
    }


@pytest.mark.parametrize("fault", [fault for fault in AFTER_ACCEPT if fault != "missing_subscription_key"])
async def test_a_task_that_was_taken_is_never_called_free(open_stage: Open, fault: str) -> None:
    stage = await open_stage(faults=fault, limits={"submit_timeout_s": 0.3})

    with pytest.raises(VendorUnclear):
        await stage.client.submit(a_request(), [])

    (task,) = stage.simulator.state.tasks.values()
    assert [record.task_uuid for record in await stage.client.usage()] == [task.uuid]


async def test_a_task_found_in_the_charges_can_be_collected(open_stage: Open, tmp_path: Path) -> None:
    stage = await open_stage(faults="drop_after_accept")
    with pytest.raises(VendorUnclear):
        await stage.client.submit(a_request(), [])
    await stage.pass_time()

    (record,) = await stage.client.usage()
    adopted = Submission(uuid=record.task_uuid, subscription_key=None)

    assert await stage.client.fetch(await stage.model(adopted), tmp_path / "model.glb")


async def test_a_task_that_was_taken_without_a_subscription_key_can_be_collected(
    open_stage: Open, tmp_path: Path
) -> None:
    stage = await open_stage(faults="missing_subscription_key")

    submission = await stage.finished()

    assert submission == Submission(
        uuid=next(iter(stage.simulator.state.tasks)),
        subscription_key=None,
        consumed=Decimal("0.5"),
        prompt=submission.prompt,
    )
    assert await stage.client.fetch(await stage.model(submission), tmp_path / "model.glb")


@pytest.mark.parametrize("fault", ["jobs_as_list", "no_consumed"])
async def test_an_odd_answer_to_a_submission_is_still_one(open_stage: Open, fault: str) -> None:
    stage = await open_stage(faults=fault)

    submission = await stage.client.submit(a_request(), [])

    assert await stage.client.status(submission)
    assert submission.consumed == (None if fault == "no_consumed" else Decimal("0.5"))


@pytest.mark.parametrize("name", READ_SENTENCES)
@pytest.mark.parametrize("call", ["status", "download", "balance"])
async def test_a_read_outlives_one_fault(open_stage: Open, call: str, name: str) -> None:
    stage = await open_stage(faults=f"{call}_{name}:x1", limits={"read_timeout_s": 0.5})
    submission = await stage.finished()
    reads: dict[str, Callable[[], Awaitable[object]]] = {
        "status": lambda: stage.client.status(submission),
        "download": lambda: stage.client.files(submission),
        # The same route as the balance, with the patience of a read for which no person waits.
        "balance": stage.client.usage,
    }

    assert await reads[call]()


@pytest.mark.parametrize(
    ("fault", "states"),
    [
        ("status_jobs_as_object", {JobState.DONE}),
        ("empty_jobs", set()),
        ("all_failed", {JobState.FAILED}),
        ("canceled_status", {JobState.CANCELED}),
        ("some_failed", {JobState.DONE, JobState.FAILED}),
        ("never_done", {JobState.DONE, JobState.GENERATING}),
    ],
)
async def test_odd_statuses_are_understood(open_stage: Open, fault: str, states: set[JobState]) -> None:
    stage = await open_stage(faults=fault)

    submission = await stage.finished()

    assert {job.state for job in await stage.client.status(submission)} == states


async def test_an_expired_link_is_replaced_by_a_fresh_one(open_stage: Open, tmp_path: Path) -> None:
    stage = await open_stage(faults="expired_links")
    submission = await stage.finished()

    with pytest.raises(FileLinkExpired):
        await stage.client.fetch(await stage.model(submission), tmp_path / "model.glb")

    assert await stage.client.fetch(await stage.model(submission), tmp_path / "model.glb")


@pytest.mark.parametrize("fault", ["broken_transfer", "html_file:x1", "files_server_error:x1"])
async def test_a_broken_transfer_may_be_repeated(open_stage: Open, tmp_path: Path, fault: str) -> None:
    stage = await open_stage(faults=fault)
    model = await stage.model(await stage.finished())

    with pytest.raises(FileBroken):
        await stage.client.fetch(model, tmp_path / "model.glb")
    assert not (tmp_path / "model.glb").exists()

    assert await stage.client.fetch(model, tmp_path / "model.glb")


async def test_odd_names_do_not_hide_the_model(open_stage: Open) -> None:
    stage = await open_stage(faults="odd_names")

    model = await stage.model(await stage.finished())

    assert model.name.casefold().endswith(".glb")


async def test_a_purged_result_is_no_task_any_more(open_stage: Open) -> None:
    stage = await open_stage(faults="purged")
    submission = await stage.finished()

    with pytest.raises(VendorRefused) as caught:
        await stage.client.files(submission)

    assert caught.value.reason is RefusalReason.NO_SUCH_TASK


async def test_a_real_model_is_taken_whole_and_a_cut_one_is_noticed(tmp_path: Path) -> None:
    time, clock = SimulatorClock(), TurnedClock(moment=SIMULATOR_NOON)
    settings = SimulatorOptions(seed=7, faults="wrong_content_length:x1")
    async with AsyncExitStack() as exits:
        simulator = await exits.enter_async_context(Simulator(settings, clock=time))
        client = await exits.enter_async_context(RodinClient(RodinOptions(url=simulator.url, key=KEY), clock))
        stage = Stage(simulator=simulator, time=time, client=client, clock=clock)
        submission = await stage.finished(tier="Gen-2.5-Extreme-Low", quality_override=1_000)
        model = await stage.model(submission)

        with pytest.raises(FileBroken, match="cut short"):
            await client.fetch(model, tmp_path / "model.glb")
        await client.fetch(model, tmp_path / "model.glb")

    head = (tmp_path / "model.glb").read_bytes()[:12]
    assert head[:4] == b"glTF"
    assert int.from_bytes(head[8:], "little") == (tmp_path / "model.glb").stat().st_size
