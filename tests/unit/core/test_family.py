"""The tree of versions: who is in it, who may see whom, and what sets each apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.chat import Version, Wish
from bot.errors import NotFound
from bot.family import MOST_VERSIONS
from bot.model import Address, BangRequest, Request, Task, TextureRequest
from bot.words_versions import difference
from tests.factories import a_picture, a_request, a_task, after, an_owner
from tests.unit.core.house import House

ADA, BOB = an_owner("ada", server_id="makers"), an_owner("bob", server_id="makers")
THREAD = Address(platform="console", value="thread-1", place="thread-1")
PRIVATE = Address(platform="console", value="dm")


async def added(house: House, *tasks: Task) -> None:
    for task in tasks:
        await house.tasks.add(task)


def a_version(task_id: str, parent: str | None = None, *, minute: int = 0, **changes: Any) -> Task:
    task = a_task(id=task_id, parent_id=parent, owner=ADA, address=THREAD, created_at=after(minutes=minute))
    return replace(task, **changes)


def shape(version: Version) -> Any:
    """Return a tree as nested lists of ids."""
    return [version.update.task_id, *(shape(child) for child in version.children)]


def every(version: Version) -> list[Version]:
    return [version, *(one for child in version.children for one in every(child))]


async def test_the_tree_is_the_same_from_every_version_and_marks_the_one_asked_about(house: House) -> None:
    await added(
        house,
        a_version("first"),
        a_version("younger", "first", minute=2),
        a_version("older", "first", minute=1),
        a_version("leaf", "older", minute=3),
        a_version("stranger"),
    )

    for asked in ("first", "older", "younger", "leaf"):
        tree = await house.intake.family(asked, ADA)
        assert shape(tree) == ["first", ["older", ["leaf"]], ["younger"]]
        assert [one.update.task_id for one in every(tree) if one.is_asked_for] == [asked]


async def test_a_version_alone_is_a_tree_of_one(house: House) -> None:
    await added(house, a_version("alone"))

    assert shape(await house.intake.family(" ALONE ", ADA)) == ["alone"]


async def test_a_parent_whose_row_is_gone_ends_the_line(house: House) -> None:
    await added(house, a_version("child", "gone"))

    assert shape(await house.intake.family("child", ADA)) == ["child"]


async def test_others_of_the_server_see_what_stands_in_threads_and_no_more(house: House) -> None:
    await added(
        house,
        a_version("first", address=PRIVATE),
        a_version("shown", "first", minute=1),
        a_version("hidden", "shown", minute=2, address=PRIVATE),
        a_version("bobs", "hidden", minute=3, owner=BOB, address=PRIVATE),
    )

    assert shape(await house.intake.family("shown", ADA)) == ["first", ["shown", ["hidden"]]]
    assert shape(await house.intake.family("bobs", BOB)) == ["shown", ["bobs"]]
    with pytest.raises(NotFound, match="You have no task"):
        await house.intake.family("hidden", BOB)
    with pytest.raises(NotFound):
        await house.intake.family("shown", an_owner("eve", server_id="others"))
    with pytest.raises(NotFound):
        await house.intake.family("no such", ADA)


async def test_of_a_very_large_family_the_one_asked_about_is_always_there(house: House) -> None:
    await added(house, a_version("first"))
    await added(house, *(a_version(f"child-{n}", "first", minute=1) for n in range(MOST_VERSIONS + 20)))
    await added(house, a_version("late", "first", minute=9), a_version("latest", "late", minute=10))

    tree = every(await house.intake.family("latest", ADA))

    assert [one.update.task_id for one in tree if one.is_asked_for] == ["latest"]
    assert len(tree) == MOST_VERSIONS


async def test_a_long_line_of_versions_is_followed_from_its_end(house: House) -> None:
    await added(house, a_version("v0"))
    await added(house, *(a_version(f"v{n}", f"v{n - 1}", minute=n) for n in range(1, 300)))

    tree = every(await house.intake.family("v299", ADA))

    assert tree[-1].update.task_id == "v299"
    assert tree[-1].is_asked_for


async def test_a_real_line_of_versions_says_what_each_one_changed(house: House) -> None:
    first = await house.a_model(prompt="a cat")
    who, where = first.owner, THREAD
    await house.clock.sleep(1)
    better = await house.intake.better(first.id, who, where)
    await house.clock.sleep(1)
    await house.intake.again(first.id, who, where)
    await house.clock.sleep(1)
    await house.intake.variation(better.id, Wish(prompt="a dog"), who, where)
    await house.clock.sleep(1)
    await house.intake.retexture(first.id, Wish(prompt="moss"), who, where)
    await house.clock.sleep(1)
    await house.intake.split(first.id, Wish(options={"strength": 7}), who, where)

    tree = await house.intake.family(first.id, who)

    assert [one.difference for one in every(tree)] == [
        *("", "Gen-2.5-High", "“a dog”", "another seed", "new texture: moss", "in parts, strength 7"),
    ]


OWL = a_request()
TEXTURE = TextureRequest(model_name="m.glb", model_key="tasks/one/m.glb", seed=1)
SPLIT = BangRequest(model_name="m.glb", model_key="tasks/one/m.glb", instruction="wheels apart")


@pytest.mark.parametrize(
    ("parent", "child", "says"),
    [
        (OWL, replace(OWL, seed=8), "another seed"),
        (OWL, OWL, "once more"),
        (OWL, replace(OWL, geometry_file_format="stl"), "as stl"),
        (OWL, replace(OWL, quality_override=9_000), "9,000 faces"),
        (OWL, replace(OWL, pictures=(a_picture(),)), "other pictures"),
        (replace(OWL, pictures=(a_picture(),)), OWL, "without pictures"),
        (OWL, replace(OWL, prompt="a " + "very " * 40 + "old owl"), "“a very very"),
        (OWL, TEXTURE, "new texture"),
        (TEXTURE, replace(TEXTURE, seed=2), "another seed"),
        (TEXTURE, replace(TEXTURE, geometry_file_format="obj"), "as obj"),
        (OWL, SPLIT, "in parts: wheels apart"),
        (SPLIT, replace(SPLIT, geometry_file_format="obj"), "as obj"),
        (SPLIT, SPLIT, "once more"),
        (SPLIT, TEXTURE, "new texture"),
    ],
)
def test_a_version_says_how_it_differs(parent: Request, child: Request, says: str) -> None:
    assert difference(parent, child).startswith(says)
    assert len(difference(parent, child)) < 80
