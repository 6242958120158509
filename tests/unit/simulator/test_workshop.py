"""Models are made once, kept within bounds, and made by processes that leave nothing behind."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from adapters.rodin.simulator.maker import BuildFailed, ProcessMaker
from adapters.rodin.simulator.models import ModelSpec
from adapters.rodin.simulator.workshop import BuildState, Workshop
from tests.unit.simulator.stand import TinyMaker

TEAPOT = ModelSpec(prompt="a brass teapot", seed=1, faces=500, texture_px=64)


def _another(number: int) -> ModelSpec:
    return dataclasses.replace(TEAPOT, seed=number)


@pytest.fixture
async def maker() -> TinyMaker:
    return TinyMaker()


@pytest.fixture
async def workshop(tmp_path: Path, maker: TinyMaker) -> AsyncIterator[Workshop]:
    shop = Workshop(maker, folder=tmp_path, limit_bytes=100_000)
    yield shop
    await shop.close()


async def test_the_same_spec_is_made_once(workshop: Workshop, maker: TinyMaker):
    workshop.start(TEAPOT)
    first = await workshop.wait(TEAPOT)
    workshop.start(dataclasses.replace(TEAPOT))

    assert await workshop.wait(TEAPOT) == first
    assert maker.built == [TEAPOT]
    assert workshop.made == 1


async def test_looking_makes_nothing(workshop: Workshop, maker: TinyMaker):
    assert workshop.state(TEAPOT) is BuildState.ABSENT
    assert maker.built == []


async def test_a_model_is_pending_until_it_is_ready(workshop: Workshop, maker: TinyMaker):
    maker.may_go.clear()
    workshop.start(TEAPOT)
    assert workshop.state(TEAPOT) is BuildState.PENDING
    assert workshop.built(TEAPOT) is None

    maker.may_go.set()
    built = await workshop.wait(TEAPOT)

    assert workshop.state(TEAPOT) is BuildState.READY
    assert workshop.built(TEAPOT) == built
    assert built.size_bytes == sum(path.stat().st_size for path in built.files)


async def test_the_least_recently_used_models_go_first(tmp_path: Path, workshop: Workshop):
    for number in (1, 2, 3):
        await workshop.wait(_another(number))
    workshop.built(_another(1))  # used again
    await workshop.wait(_another(4))

    states = [workshop.state(_another(number)) for number in (1, 2, 3, 4)]

    assert states == [BuildState.READY, BuildState.ABSENT, BuildState.READY, BuildState.READY]
    assert len(list(tmp_path.iterdir())) == 3


async def test_a_model_larger_than_the_bound_is_still_given_out(tmp_path: Path):
    workshop = Workshop(TinyMaker(), folder=tmp_path, limit_bytes=1)

    built = await workshop.wait(TEAPOT)

    assert all(path.exists() for path in built.files)
    await workshop.close()


async def test_a_failure_is_remembered_until_it_is_tried_again(workshop: Workshop, maker: TinyMaker):
    maker.fails = True
    with pytest.raises(BuildFailed, match="told to"):
        await workshop.wait(TEAPOT)
    assert workshop.state(TEAPOT) is BuildState.FAILED
    assert workshop.built(TEAPOT) is None

    maker.fails = False
    workshop.start(TEAPOT)

    assert (await workshop.wait(TEAPOT)).files


async def test_a_folder_that_cannot_be_written_is_a_failure(tmp_path: Path):
    workshop = Workshop(TinyMaker(), folder=tmp_path / "missing", limit_bytes=1)

    with pytest.raises(BuildFailed):
        await workshop.wait(TEAPOT)

    await workshop.close()


async def test_closing_stops_what_is_being_made(tmp_path: Path, maker: TinyMaker):
    maker.may_go.clear()
    workshop = Workshop(maker, folder=tmp_path, limit_bytes=1)
    waiting = asyncio.create_task(workshop.wait(TEAPOT))
    await asyncio.sleep(0)

    await workshop.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert maker.built == []


def _children() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if "adapters.rodin.simulator.worker" in child.cmdline()
    ]


@pytest.fixture
async def processes() -> AsyncIterator[ProcessMaker]:
    maker = ProcessMaker()
    yield maker
    await maker.close()
    assert _children() == []


async def test_a_process_makes_real_models_one_after_the_other(tmp_path: Path, processes: ProcessMaker):
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        files = await processes.build(_another(number), folder)

        assert [path.name for path in files] == ["base_basic_pbr.glb", "preview.webp"]
        assert files[0].read_bytes()[:4] == b"glTF"

    assert len(_children()) == 1


async def test_what_the_model_maker_raises_comes_back_and_the_process_lives(tmp_path: Path, processes: ProcessMaker):
    with pytest.raises(BuildFailed, match="Traceback"):
        await processes.build(TEAPOT, tmp_path / "missing")

    assert len(_children()) == 1


async def test_a_killed_process_is_a_failure_and_the_next_model_gets_a_new_one(tmp_path: Path, processes: ProcessMaker):
    large = dataclasses.replace(TEAPOT, faces=1_000_000)
    building = asyncio.create_task(processes.build(large, tmp_path))
    while not _children():
        await asyncio.sleep(0)
    for child in _children():
        child.kill()

    with pytest.raises(BuildFailed):
        await building
    folder = tmp_path / "again"
    folder.mkdir()
    assert await processes.build(TEAPOT, folder)


async def test_cancelling_ends_a_process_in_the_middle_of_a_model(tmp_path: Path):
    maker = ProcessMaker()
    building = asyncio.create_task(maker.build(dataclasses.replace(TEAPOT, faces=1_000_000), tmp_path))
    while not _children():
        await asyncio.sleep(0)

    building.cancel()
    await maker.close()

    assert building.cancelled()
    assert _children() == []


async def test_a_build_that_takes_too_long_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adapters.rodin.simulator.maker.BUILD_TIMEOUT_S", 0.01)
    maker = ProcessMaker()

    with pytest.raises(BuildFailed, match="no model after"):
        await maker.build(TEAPOT, tmp_path)

    assert _children() == []
    await maker.close()
