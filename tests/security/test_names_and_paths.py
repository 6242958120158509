"""Names that want to be paths, headers or commands: from Rodin into the store, archives, folders and pages."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from adapters.console.address import owner_of
from adapters.console.delivery import Delivery
from adapters.web.names import disposition
from bot.chat import Wish
from bot.errors import StorageError
from bot.model import TaskState
from storage.files import ObjectFileStore
from tests.factories import an_address, an_owner
from tests.unit.core.house import House

HOSTILE = (
    "../../../../etc/cron.d/owned.glb",
    "/etc/passwd.glb",
    "..\\..\\windows\\system32\\owned.glb",
    "C:\\owned.glb",
    "\\\\server\\share\\owned.glb",
    "base.glb\x00.exe",
    "base.glb\r\nSet-Cookie: a=b",
    "base\u202eblg.exe",
    "....//....//owned.glb",
    "%2e%2e%2fowned.glb",
    "CON.glb",
    "-rf.glb",
    "~/.ssh/authorized_keys.glb",
    "<script>alert(1)</script>.glb",
    '"; filename="owned.exe.glb',
    "=cmd|' /C calc'!A0.glb",
    ".glb",
    "..",
    "x" * 4000 + ".glb",
)
"""Names of result files as a Rodin gone bad could list them."""


async def a_model_named(name: str, house: House) -> str:
    """Have a model made whose only other file has this name; return the task's id."""
    asked = await house.intake.generate(Wish(prompt="an owl", pictures=(b"one",)), an_owner(), an_address())
    await house.send()
    house.rodin.finish("base_basic_pbr.glb", name)
    await house.poll()
    await house.collect()
    assert (await house.now(asked)).state is TaskState.READY
    return asked.id


def is_plain(name: str) -> bool:
    """Whether a name is one name, that can be seen, and leads nowhere."""
    path = PurePosixPath(name)
    return path.name == name and name.isprintable() and not set(name) & set('\\/:*?"<>|') and name.strip(". ") != ""


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_name_of_rodins_stays_one_name_in_the_store_and_in_the_archive(name: str) -> None:
    house = House()
    task_id = await a_model_named(name, house)

    archive = zipfile.ZipFile(io.BytesIO((await house.intake.export(an_owner())).data))

    files = (await house.tasks.load(task_id)).files
    assert all(is_plain(file.name) and len(file.name) <= 255 for file in files)
    assert all(".." not in PurePosixPath(key).parts and not key.startswith("/") for key in house.files.held)
    for entry in archive.namelist():
        folder, *rest = PurePosixPath(entry).parts
        assert folder in {"README.txt", "tasks.json", "pictures", "models"}
        assert not rest or (rest[0] == task_id and len(rest) == 2 and is_plain(rest[1]))


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
async def test_nothing_is_unpacked_or_written_beside_the_folder_of_the_terminal(name: str, tmp_path: Path) -> None:
    house, home = House(), tmp_path / "home"
    task = await house.tasks.load(await a_model_named(name, house))
    delivery = Delivery(files=house.files, folder=home / "out")

    update = await house.intake.status(task.id, an_owner())
    await delivery.deliver(update)

    assert owner_of("ada").platform == task.owner.platform
    assert [path for path in tmp_path.iterdir() if path != home] == []
    written = [path for path in (home / "out").rglob("*") if path.is_file()]
    assert written
    assert all(path.parent.parent == home / "out" and is_plain(path.name) for path in written)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_name_is_never_a_header_of_its_own(name: str) -> None:
    header = disposition("attachment", name)

    assert header.isascii()
    assert header.isprintable()
    assert header.startswith("attachment;")
    assert header.count('"') == 2


KEYS = (
    *("../owned", "a/../../owned", "/etc/passwd", "a//b", "a/./b", "a\\..\\b", "a\x00b", "a/", "", ".", "..", "~/a"),
    *("a/..", "a\nb", "x" * 5000, "a/%2e%2e/b", "file:///etc/passwd"),
)


@pytest.mark.parametrize("key", KEYS)
async def test_no_key_leads_out_of_the_folder_of_files(key: str, tmp_path: Path) -> None:
    outside = tmp_path / "owned"
    store = ObjectFileStore(str(tmp_path / "files"))
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises((StorageError, ValueError)):
        await store.save_bytes(key, b"owned")

    assert not outside.exists()
    assert sorted(tmp_path.rglob("*")) == before


async def test_what_a_person_typed_is_data_in_their_archive_and_nothing_else() -> None:
    house = House()
    prompt = '{"tasks": []}\n\u2028</script>=1+1'
    await house.intake.generate(Wish(prompt=prompt), an_owner(), an_address())

    archive = zipfile.ZipFile(io.BytesIO((await house.intake.export(an_owner())).data))

    assert archive.testzip() is None
    [told] = json.loads(archive.read("tasks.json"))["tasks"]
    assert "</script>=1+1" in told["request"]["prompt"]
