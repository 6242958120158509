"""A person at a real terminal brings a key that nobody sees, takes their data along, and is forgotten."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import House, Rodin, house
from tests.e2e.keyboard import QUICK, Keyboard

KEY = "key-of-the-community-0123456789"
PROMPT = "a castle of glass"


@pytest.fixture
def home(tmp_path: Path, rodin: Rodin) -> House:
    """A bot whose operator keeps other people's keys, with its settings in a file."""
    place = house(tmp_path, rodin.url, SECRET_KEY="a secret long enough to be one")
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in place.settings.items()))
    return place


@pytest.fixture
def person(home: House, tmp_path: Path) -> Iterator[Keyboard]:
    keyboard = Keyboard(tmp_path, "console")
    yield keyboard
    keyboard.close()


def everything_in(home: House) -> bytes:
    """Return the bytes of the whole database."""
    return b"".join(path.read_bytes() for path in home.database.parent.glob(f"{home.database.name}*"))


@pytest.mark.slow
def test_a_key_is_typed_unseen_data_is_taken_along_and_its_person_forgotten(
    person: Keyboard, home: House, tmp_path: Path
) -> None:
    person.see("rodin>")
    person.type("settings key")
    person.see("Rodin API key:")
    person.type(KEY)
    person.see("rodin>")
    person.type(f"generate {PROMPT} {QUICK}")
    task_id = person.see(r"Task (\w{7}):").group(1)
    person.see("Your model is ready")
    person.type("list --words GLASS")
    person.see(task_id)
    person.type("export")
    archive = tmp_path / person.see(r"kept about you is in (\S+\.zip)").group(1)
    person.type("forget me")
    person.see("type: forget me now")
    person.type("forget me now")
    person.see("You are forgotten: 1 model of yours")
    person.type("list")
    person.see("You have asked for nothing yet")
    person.type("quit")

    assert person.leave() == 0
    assert KEY not in person.words
    assert "Traceback" not in person.words
    with zipfile.ZipFile(archive) as opened:
        data = b"".join(opened.read(name) for name in opened.namelist())
        assert json.loads(opened.read("tasks.json"))["tasks"][0]["request"]["prompt"] == PROMPT
    (row,) = home.rows()
    assert KEY.encode() not in data + everything_in(home)
    assert [secret for secret in (row["subscription_key"], row["vendor_uuid"]) if secret.encode() in data] == []
    assert re.fullmatch("forgotten-[0-9a-f]{24}", row["user_id"])
    assert (row["words"], PROMPT in row["request"], row["vendor_prompt"]) == ("", False, "")
    assert row["consumed_mc"] == 500
