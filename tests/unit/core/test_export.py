"""What a person gets of their own data, and what never goes along."""

from __future__ import annotations

import hashlib
import io
import json
import random
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from bot import export as exports
from bot.chat import Export, Wish
from bot.export import LARGEST_BYTES
from bot.model import BangRequest, FileRole, TaskState
from tests.factories import a_file, a_picture, a_request, a_submission, a_task, after, an_address, an_owner
from tests.fakes.library import PlainLinks
from tests.unit.core.house import House, Rules


def opened(export: Export) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(export.data))


def listed(export: Export) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(opened(export).read("tasks.json"))["tasks"]
    return found


async def kept(house: House, size: int, *, key: str = "tasks/one/big.glb", **changes: Any) -> str:
    """Keep a model of this size for ada, of bytes that do not get smaller; return its task's id."""
    house.files.held[key] = random.Random(key).randbytes(size)
    name = key.rpartition("/")[2]
    task = a_task(state=TaskState.READY, files=(a_file(name, key=key, size_bytes=size),), **changes)
    await house.tasks.add(task)
    return task.id


async def test_an_archive_holds_words_options_times_costs_pictures_and_models() -> None:
    house = House()
    asked = await house.intake.generate(
        Wish(prompt="eine Mühle ☃", pictures=(b"a face",), options={"faces": "60k"}), an_owner(), an_address()
    )
    await house.send()
    house.rodin.finish("base.glb")
    await house.poll()
    await house.collect()

    export = await house.intake.export(an_owner())

    archive, (told,) = opened(export), listed(export)
    assert export.name == "rodin-bot-data-2026-03-02.zip"
    assert archive.testzip() is None
    assert (told["id"], told["state"], told["request"]["prompt"]) == (asked.id, "ready", "eine Mühle ☃")
    assert told["request"]["quality_override"] == 60_000
    assert (told["price_credits"], told["charged_credits"], told["cost"]) == ("0.5", "0.5", "Charged: 0.5 credits.")
    assert (told["asked_at"], told["server"], told["channel"]) == ("2026-03-02T12:00:00+00:00", "desk", "tty")
    assert told["ended_at"] > told["sent_at"] >= told["asked_at"]
    (picture,) = told["pictures"]
    assert archive.read(picture["in_archive"]) == b"a face"
    model = next(file for file in told["files"] if file["what"] == "model")
    assert hashlib.sha256(archive.read(model["in_archive"])).hexdigest() == model["sha256"]
    assert archive.read("README.txt").decode().startswith("Your data\n")


async def test_keys_and_ids_of_rodin_stay_here_and_so_does_everybody_else() -> None:
    house = House(rules=Rules(links=PlainLinks()))
    secret = a_submission(uuid="uuid-secret", subscription_key="key-secret")
    split = BangRequest(asset_id="asset-secret", asset_until=after(days=7), model_key="tasks/x/place-secret.glb")
    ours = a_task(state=TaskState.READY, submission=secret, event="event-secret", key_id="key-id-secret")
    house.tasks.kept_keys = {"key-id-secret"}
    await house.tasks.add(ours)
    await house.tasks.add(a_task(state=TaskState.READY, request=split))
    await house.tasks.add(a_task(owner=an_owner("bob"), request=a_request(prompt="bob's secret")))
    await house.tasks.add(a_task(owner=an_owner(platform="slack"), request=a_request(prompt="another ada's secret")))

    export = await house.intake.export(an_owner())

    said = b"".join(opened(export).read(name) for name in opened(export).namelist() if name != "README.txt")
    assert len(listed(export)) == 2
    assert b"secret" not in said
    assert "secret" not in repr(export)


async def test_what_finds_no_room_is_named_with_its_link_and_the_archive_fits_through_a_chat() -> None:
    house = House(rules=Rules(links=PlainLinks()))
    house.files.held["spool/one/1.png"] = random.Random(1).randbytes(2_000_000)
    picture = a_picture(key="spool/one/1.png", name="1.png", size_bytes=2_000_000)
    fits = await kept(house, 5_000_000, key="tasks/one/fits.glb", request=a_request(pictures=(picture,)))
    large = await kept(house, 5_000_001, key="tasks/two/large.glb", created_at=after(minutes=-1))
    small = await kept(house, 1_000, key="tasks/three/small.glb", created_at=after(minutes=-2))

    export = await house.intake.export(an_owner())

    files = {task["id"]: task["files"][0] for task in listed(export)}
    assert len(export.data) <= LARGEST_BYTES
    assert files[fits]["in_archive"] == f"models/{fits}/fits.glb"
    assert files[small]["in_archive"]
    assert files[large]["in_archive"] is None
    assert files[large]["link"].endswith("large.glb")
    assert f"pictures/{fits}/1.png" in opened(export).namelist()


@pytest.mark.parametrize("over", [0, 1])
async def test_the_limit_is_kept_to_the_byte(over: int) -> None:
    house = House()
    for number in range(40):
        await kept(house, 300_000 + over, key=f"tasks/{number}/m{number}.glb", created_at=after(seconds=number))

    export = await house.intake.export(an_owner())

    assert 7_500_000 < len(export.data) <= LARGEST_BYTES


async def test_what_is_gone_is_left_out_and_what_is_larger_than_it_says_too() -> None:
    house = House()
    await kept(house, 100, key="tasks/one/gone.glb")
    del house.files.held["tasks/one/gone.glb"]
    await kept(house, 100, key="tasks/two/grown.glb")
    house.files.held["tasks/two/grown.glb"] += b"more"

    export = await house.intake.export(an_owner())

    assert [task["files"][0]["in_archive"] for task in listed(export)] == [None, None]
    assert opened(export).namelist() == ["README.txt", "tasks.json"]


async def test_models_come_before_what_was_made_of_them() -> None:
    house = House()
    roles = (FileRole.PREVIEW, FileRole.TEXTURE, FileRole.MODEL)
    files = tuple(a_file(f"{role}.bin", key=f"tasks/one/{role}.bin", role=role, size_bytes=5) for role in roles)
    house.files.held |= {file.key: b"12345" for file in files}
    await house.tasks.add(a_task(state=TaskState.READY, files=files))

    export = await house.intake.export(an_owner())

    names = [name.rpartition("/")[2] for name in opened(export).namelist()]
    assert names[2:] == ["model.bin", "texture.bin", "preview.bin"]


async def test_of_very_many_tasks_the_newest_are_listed_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_TASKS", 2)
    house = House()
    for minute in range(3):
        await house.tasks.add(a_task(created_at=after(minutes=minute)))

    export = await house.intake.export(an_owner())

    assert [task["asked_at"][14:16] for task in listed(export)] == ["02", "01"]
    assert "Only the newest are listed" in opened(export).read("README.txt").decode()


async def test_whoever_has_asked_for_nothing_gets_an_archive_that_says_so() -> None:
    export = await House().intake.export(an_owner())

    assert listed(export) == []
    assert "0 models" in opened(export).read("README.txt").decode()


async def test_a_forgotten_task_is_exported_as_what_is_left_of_it() -> None:
    house = House()
    task = a_task(state=TaskState.READY, request=a_request(prompt="my castle"))
    await house.tasks.add(replace(task, submission=a_submission(prompt="my castle")))
    await house.intake.delete(task.id, an_owner(), forget=True)

    (told,) = listed(await house.intake.export(an_owner()))

    assert (told["files_removed"], told["price_credits"], told["files"]) == ("forgotten", "0.5", [])
    assert "castle" not in json.dumps(told)
