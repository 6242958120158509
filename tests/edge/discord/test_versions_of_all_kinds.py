"""Every way from one model to the next, from each kind of start: words, one picture, five pictures."""

from __future__ import annotations

from typing import Any

import pytest

from bot.model import BangRequest, Request, Task, TextureRequest
from tests.edge.discord.stage import Stage
from tests.emulators.discord import Upload, upload
from tests.unit.picture_samples import quarters, saved


def pictures(count: int) -> dict[str, Upload]:
    return {f"image{n}": upload(saved(quarters((64 + n, 64)), "PNG"), f"{n}.png") for n in range(1, count + 1)}


STARTS = {"words": {"prompt": "a brass owl"}, "one picture": pictures(1), "five pictures": pictures(5)}

WAYS: dict[str, dict[str, Any]] = {
    "again": {},
    "variation": {"more": "--seed 9"},
    "better": {},
    "format": {"format": "fbx"},
    "retexture": {"prompt": "green patina"},
    "split": {"strength": 4},
}


async def gone(stage: Stage, source: Task, way: str) -> Task:
    """Go one way from a model; return what came of it."""
    known = {task.id for task in await stage.tasks()}
    stage.house.clock.turn(seconds=1)
    answer = await stage.ann.command(stage.thread(), f"rodin {way}", task=source.id, **WAYS[way])
    await answer.shows(f"(from {source.id})")
    await stage.make("base.fbx" if way == "format" else "base.glb")
    await stage.picture()
    [made] = [task for task in await stage.tasks() if task.id not in known]
    return made


@pytest.mark.parametrize("start", STARTS)
async def test_every_way_leads_on_from_a_model_and_all_stand_in_its_tree(stage: Stage, start: str):
    await stage.a_pictured_model(seed=7, **STARTS[start])
    [source] = await stage.tasks()

    made = {way: await gone(stage, source, way) for way in WAYS}

    kinds = {way: type(task.request) for way, task in made.items()}
    assert kinds == dict.fromkeys(WAYS, Request) | {"retexture": TextureRequest, "split": BangRequest}
    assert {task.parent_id for task in made.values()} == {source.id}
    for way in ("again", "variation", "better", "format"):
        assert made[way].request.prompt == source.request.prompt
        assert [one.name for one in made[way].request.pictures] == [one.name for one in source.request.pictures]
    seeds = {way: made[way].request.seed for way in ("variation", "better", "format")}
    assert seeds == {"variation": 9, "better": 7, "format": 7}
    assert len(stage.results()) == 1 + len(WAYS)
    await _stands_in_its_tree(stage, source, made)


async def _stands_in_its_tree(stage: Stage, source: Task, made: dict[str, Task]) -> None:
    answer = await stage.ann.command(stage.general, "rodin list", tree=True)
    shown = await answer.shows("in parts, strength 4")
    first, *below = shown.embeds[0]["description"].split("\n")
    assert first.startswith(f"`{source.id}`")
    assert [line.split("`")[1] for line in below] == [task.id for task in made.values()]
    assert all(line.startswith("└ ") for line in below)


async def test_the_pictures_of_a_split_model_show_its_parts_apart(stage: Stage):
    await stage.a_pictured_model()
    [source] = await stage.tasks()
    assert set(stage.house.previewer.spreads) == {0.0}
    stage.house.previewer.spreads.clear()

    await gone(stage, source, "split")

    assert all(spread > 0 for spread in stage.house.previewer.spreads)
    assert {"still.png", "turntable.webp"} <= set(stage.results()[-1].files)
