"""A model in another format: converted here for free where that can be done, else made anew by Rodin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.web.links import SignedLinks
from bot.chat import Wish
from bot.crew import given_up
from bot.errors import BadRequest, FileStoreBusy, NotConverted, NotPossible, UserMistake
from bot.model import (
    Address,
    BangRequest,
    Charge,
    ConvertRequest,
    FailureKind,
    FileRole,
    Request,
    StoredFile,
    Task,
    TaskState,
)
from bot.parcel import Room, pack
from bot.update import Choice
from tests.factories import a_file, an_owner
from tests.unit.core.house import House, Rules

ADA = an_owner()
THREAD = Address(platform="console", value="thread-1", place="thread-1")


async def a_model(house: House, *names: str, pictures: tuple[bytes, ...] = (), **options: str) -> Task:
    """Return Ada's finished model."""
    asked = await house.intake.generate(Wish(prompt="a cat", pictures=pictures, options=options), ADA, THREAD)
    return await house.made(asked, *names)


async def converted(house: House, old: Task, file_format: str = "obj") -> Task:
    """Return a conversion that is over."""
    task = await house.intake.other_format(old.id, file_format, ADA, THREAD)
    await house.turn(house.conversions)
    return await house.now(task)


async def test_a_conversion_is_a_version_of_its_own_free_and_never_at_rodin(house: House) -> None:
    old = await a_model(house, pictures=(b"cat",))
    sent = len(house.rodin.ledger)

    task = await house.intake.other_format(old.id, "OBJ", ADA, THREAD, event="click")

    assert isinstance(task.request, ConvertRequest)
    assert (task.parent_id, task.price, task.state) == (old.id, Decimal(0), TaskState.CONVERTING)
    assert (task.submission, task.request.pictures) == (None, ())
    assert not await house.send()
    await house.until_over()
    done = await house.now(task)
    assert (done.state, done.submission, len(house.rodin.ledger)) == (TaskState.READY, None, sent)
    update = await house.intake.status(task.id, ADA)
    assert "Nothing was charged." in update.lines
    assert update.lines[0] == f"Obj, converted here from the glb of {old.id}. Free: nothing goes to Rodin."


async def test_one_event_makes_one_conversion(house: House) -> None:
    old = await a_model(house)

    tasks = {(await house.intake.other_format(old.id, "obj", ADA, THREAD, event="click")).id for _ in range(3)}

    assert len(tasks) == 1


async def test_the_files_of_a_conversion_are_stored_with_everything_in_one_zip(house: House) -> None:
    old = await a_model(house)
    house.converter.lost = ("An obj has no place for ambient shadows.",)

    task = await converted(house, old)

    model = old.files[0]
    assert [(file.name.rpartition(".")[2], file.role) for file in task.files[:3]] == [
        ("obj", FileRole.MODEL),
        ("mtl", FileRole.OTHER),
        ("zip", FileRole.BUNDLE),
    ]
    for file in task.files[:3]:
        assert house.files.held[file.key] == f"{file.name} of ".encode() + house.files.held[model.key]
        assert file.size_bytes == len(house.files.held[file.key])
    assert "An obj has no place for ambient shadows." in (await house.intake.status(task.id, ADA)).lines
    assert any(file.role is FileRole.STILL for file in task.files)


async def test_an_obj_is_converted_with_what_lies_beside_it(house: House) -> None:
    old = await a_model(house, "base.obj", "base.mtl", "texture_diffuse.png", format="obj")

    task = await converted(house, old, "glb")

    assert task.state is TaskState.READY
    assert house.converter.beside == [{"base.obj", "base.mtl", "texture_diffuse.png"}]
    lines = (await house.intake.status(task.id, ADA)).lines
    assert "A glb knows triangles only, so quads are cut in two." in lines


async def test_what_was_converted_goes_back_to_the_model_it_came_from(house: House) -> None:
    old = await a_model(house)
    bare = await converted(house, old, "stl")

    task = await converted(house, bare, "obj")

    assert isinstance(task.request, ConvertRequest)
    assert (task.parent_id, task.request.source_id, task.request.source_format) == (bare.id, old.id, "glb")
    with pytest.raises(NotPossible, match=f"Task {old.id} is this model as glb already"):
        await house.intake.other_format(bare.id, "glb", ADA, THREAD)


async def test_a_conversion_whose_model_was_deleted_is_gone_on_from_itself(house: House) -> None:
    old = await a_model(house)
    bare = await converted(house, old, "stl")
    await house.intake.delete(old.id, ADA)

    task = await converted(house, bare, "glb")

    assert isinstance(task.request, ConvertRequest)
    assert (task.request.source_id, task.request.source_format, task.state) == (bare.id, "stl", TaskState.READY)
    assert "An stl has no colours, so this glb has none either." in (await house.intake.status(task.id, ADA)).lines


@pytest.mark.parametrize("file_format", ["fbx", "usdz"])
async def test_what_is_not_made_here_rodin_makes_anew_for_its_price(house: House, file_format: str) -> None:
    old = await a_model(house, pictures=(b"cat",))
    bare = await converted(house, old, "stl")

    for start in (old, bare):
        task = await house.intake.other_format(start.id, file_format, ADA, THREAD)

        assert isinstance(old.request, Request)
        expected = replace(old.request, geometry_file_format=file_format, pictures=task.request.pictures)
        assert (task.request, task.price, task.parent_id) == (expected, old.price, start.id)
        assert [house.files.held[picture.key] for picture in task.request.pictures] == [b"cat"]


async def test_without_its_files_a_model_is_made_anew_by_rodin(house: House) -> None:
    deleted, lost = await a_model(house), await a_model(house)
    await house.intake.delete(deleted.id, ADA)
    house.files.held.pop(lost.files[0].key)

    for old in (deleted, lost):
        task = await house.intake.other_format(old.id, "obj", ADA, THREAD)

        assert isinstance(task.request, Request)
        assert (task.request.geometry_file_format, task.price) == ("obj", old.price)


async def test_the_formats_are_offered_with_their_price_and_what_is_lost(house: House) -> None:
    old = await a_model(house)

    offers = await house.intake.formats_of(old.id, ADA)

    assert [(offer.name, offer.price) for offer in offers] == [
        *(("obj", Decimal(0)), ("stl", Decimal(0))),
        *(("fbx", Decimal("0.5")), ("usdz", Decimal("0.5"))),
    ]
    said = {offer.name: offer.sentence for offer in offers}
    assert said["obj"].startswith("obj: free, converted here from the glb.")
    assert "no colours, no textures" in said["stl"]
    assert said["fbx"] == "fbx: 0.5 credits, made anew by Rodin with the same seed; the mesh may differ."


async def test_every_offer_is_what_is_then_asked_for(house: House) -> None:
    model = await a_model(house, pictures=(b"cat",))
    bare = await converted(house, model, "stl")
    sketch = await a_model(house, tier="sketch")

    for old in (model, bare, sketch):
        for offer in await house.intake.formats_of(old.id, ADA):
            task = await house.intake.other_format(old.id, offer.name, ADA, THREAD)
            assert (task.price, task.request.geometry_file_format) == (offer.price, offer.name)
            await house.turn(house.conversions)


async def test_no_format_is_offered_of_what_is_under_way_or_gone_with_its_pictures(house: House) -> None:
    old = await a_model(house, pictures=(b"cat",))
    asked = await house.intake.generate(Wish(prompt="a cat"), ADA, THREAD)
    await house.intake.delete(old.id, ADA)
    await house.curate()

    assert await house.intake.formats_of(asked.id, ADA) == ()
    assert await house.intake.formats_of(old.id, ADA) == ()
    with pytest.raises(NotPossible, match="Nothing is left"):
        await house.intake.other_format(old.id, "", ADA, THREAD)


async def test_who_names_no_format_is_told_which_are_free(house: House) -> None:
    old = await a_model(house)

    with pytest.raises(BadRequest) as refused:
        await house.intake.other_format(old.id, " ", ADA, THREAD)

    assert str(refused.value) == (
        "Which format? Free, converted here: obj or stl. Made anew by Rodin for 0.5 credits: fbx or usdz. "
        "Nothing was sent or charged."
    )


async def test_a_model_that_cannot_be_converted_says_why_costs_nothing_and_goes_to_rodin_next(house: House) -> None:
    old = await a_model(house)
    house.converter.errors.append(NotConverted("The GLB has no triangles."))

    task = await converted(house, old)

    assert (task.state, task.failure and task.failure.kind) == (TaskState.FAILED, FailureKind.NOT_CONVERTED)
    assert task.failure is not None
    assert task.failure.charged is Charge.NO
    update = await house.intake.status(task.id, ADA)
    assert update.headline == "This model could not be converted here. The GLB has no triangles."
    assert (update.lines[0], update.choices) == ("Nothing was charged.", (Choice.FORMAT,))
    again = await house.intake.other_format(task.id, "obj", ADA, THREAD)
    assert isinstance(again.request, Request)
    assert (again.request.geometry_file_format, again.price) == ("obj", old.price)
    assert ("obj", old.price) in [(one.name, one.price) for one in await house.intake.formats_of(task.id, ADA)]


async def test_a_model_that_is_deleted_before_it_is_converted_ends_it_at_no_cost(house: House) -> None:
    old = await a_model(house)
    task = await house.intake.other_format(old.id, "obj", ADA, THREAD)
    await house.intake.delete(old.id, ADA)

    await house.turn(house.conversions)

    task = await house.now(task)
    assert (task.state, task.failure and task.failure.kind) == (TaskState.FAILED, FailureKind.MODEL_LOST)
    assert "Nothing was charged." in (await house.intake.status(task.id, ADA)).lines


async def test_a_conversion_that_broke_in_our_own_code_can_be_asked_for_again_and_stays_free(house: House) -> None:
    old = await a_model(house)
    task = await house.intake.other_format(old.id, "obj", ADA, THREAD)
    await house.tasks.save(given_up(task, now=house.clock.now()), expected_revision=task.revision)

    update = await house.intake.status(task.id, ADA)
    assert ("Nothing was charged." in update.lines, update.choices) == (True, (Choice.RESEND,))
    again = await house.intake.resend(task.id, ADA, THREAD)
    await house.turn(house.conversions)

    assert ((await house.now(again)).state, again.price) == (TaskState.READY, 0)


async def test_a_conversion_called_off_leaves_nothing_behind(house: House) -> None:
    old = await a_model(house)
    task = await house.intake.other_format(old.id, "obj", ADA, THREAD)
    house.converter.during = lambda: house.intake.cancel(task.id, ADA)

    await house.turn(house.conversions)

    assert (await house.now(task)).state is TaskState.CANCELLED
    assert [key for key in house.files.held if task.id in key] == []


async def test_while_the_store_does_not_answer_a_conversion_waits(house: House) -> None:
    old = await a_model(house)
    task = await house.intake.other_format(old.id, "obj", ADA, THREAD)
    house.converter.errors.append(FileStoreBusy("no room"))

    await house.turn(house.conversions)
    assert (await house.now(task)).state is TaskState.CONVERTING
    assert not await house.turn(house.conversions)
    house.clock.turn(seconds=31)
    await house.turn(house.conversions)

    assert (await house.now(task)).state is TaskState.READY


async def pause(house: House) -> None:
    await house.controls.pause("a word", now=house.clock.now())


async def fill(house: House) -> None:
    await house.at_rodin(3)


@pytest.mark.parametrize("trouble", [pause, fill], ids=["paused", "full"])
async def test_a_conversion_waits_for_nobody(house: House, trouble: Callable[[House], Awaitable[None]]) -> None:
    old = await a_model(house)
    await trouble(house)

    assert (await converted(house, old)).state is TaskState.READY


async def test_a_conversion_needs_no_credits_and_spends_none() -> None:
    house = House(rules=Rules(user_daily=Decimal("0.5"), user_waiting=1))
    old = await a_model(house)

    task = await converted(house, old)

    assert task.state is TaskState.READY
    usage = await house.tasks.usage(ADA, since=house.clock.now() - timedelta(days=1))
    assert usage.credits == Decimal("0.5")


async def test_a_person_has_so_many_conversions_under_way_and_no_more(house: House) -> None:
    old = await a_model(house)
    for _ in range(5):
        await house.intake.other_format(old.id, "obj", ADA, THREAD)

    with pytest.raises(UserMistake, match="5 conversions of yours are under way"):
        await house.intake.other_format(old.id, "obj", ADA, THREAD)

    await house.turn(house.conversions)
    await house.intake.other_format(old.id, "obj", ADA, THREAD)


async def test_a_conversion_cannot_be_had_with_another_seed(house: House) -> None:
    old = await a_model(house)
    task = await converted(house, old)

    assert (await house.intake.status(task.id, ADA)).choices == (
        *(Choice.FORMAT, Choice.RETEXTURE, Choice.SPLIT, Choice.LINKS, Choice.DELETE),
    )
    with pytest.raises(NotPossible, match=f"Use the model itself: {old.id}"):
        await house.intake.again(task.id, ADA, THREAD)
    with pytest.raises(NotPossible, match="is a conversion, with no values"):
        await house.intake.better(task.id, ADA, THREAD)


async def test_the_tree_says_what_was_converted(house: House) -> None:
    old = await a_model(house)
    await converted(house, old, "stl")

    tree = await house.intake.family(old.id, ADA)

    assert [child.difference for child in tree.children] == ["converted to stl"]


async def test_a_split_model_stays_in_parts_and_is_shown_apart(house: House) -> None:
    old = await a_model(house)
    request = BangRequest(asset_id="uuid", subject="a cat")
    await house.tasks.save(replace(old, request=request), expected_revision=old.revision)

    task = await converted(house, old)

    assert isinstance(task.request, ConvertRequest)
    assert task.request.is_in_parts
    assert house.previewer.spreads[-1] > 0


def test_the_format_that_is_read_is_known_by_the_name_of_the_file() -> None:
    ask = ConvertRequest(source_id="a", model=StoredFile(key="k", name="Base.GLB"), geometry_file_format="obj")

    assert ask.source_format == "glb"


async def test_what_was_converted_has_no_links_at_rodin_and_says_so(house: House) -> None:
    task = await converted(house, await a_model(house))

    with pytest.raises(NotPossible, match="is not at Rodin, and the bot has no address of its own"):
        await house.intake.fresh_links(task.id, ADA)


async def test_the_download_is_the_zip_where_a_model_is_more_than_one_file() -> None:
    house = House(rules=Rules(links=SignedLinks("s" * 32, public_url="https://models.example.org")))
    old = await a_model(house)
    task = await converted(house, old)

    update = await house.intake.status(task.id, ADA)
    links = await house.intake.fresh_links(task.id, ADA)

    assert update.download_url is not None
    assert update.download_url.endswith(".zip")
    assert [link.name.rpartition(".")[2] for link in links.links] == ["obj", "mtl", "zip"]


def test_a_chat_gets_the_one_zip_if_it_fits_and_else_the_files_that_do() -> None:
    files = tuple(
        a_file(name, role=role, size_bytes=size)
        for name, role, size in (
            ("a.obj", FileRole.MODEL, 60),
            ("a.mtl", FileRole.OTHER, 1),
            ("a.png", FileRole.TEXTURE, 30),
            ("a.zip", FileRole.BUNDLE, 50),
        )
    )

    def packed(total: int) -> tuple[list[str], list[str]]:
        parcel = pack(files, Room(each_bytes=total, total_bytes=total, count=9))
        return [file.name for file in parcel.files], [file.name for file in parcel.left_out]

    assert packed(50) == (["a.zip"], [])
    assert packed(49) == (["a.png", "a.mtl"], ["a.obj"])
