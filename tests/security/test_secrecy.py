"""The watch over the whole run sees what it is there to see: secrets are planted, one in each place."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PLANTED = """
import logging
import sqlite3
import sys
from contextlib import closing

import pytest

from tests.secrecy import learn, note

SECRET = "planted-secret-0123456789"
WORDY = "a planted secret with blanks"


@pytest.fixture(autouse=True)
def known():
    learn(SECRET, WORDY)


def a_database(folder, *, place):
    with closing(sqlite3.connect(folder / "tasks.db")) as connection, connection:
        connection.execute("CREATE TABLE tasks (subscription_key TEXT, prompt TEXT)")
        connection.execute(f"INSERT INTO tasks ({place}) VALUES (?)", (SECRET,))


def test_leaks_into_a_log():
    logging.getLogger("bot").warning("key=%s", SECRET)


def test_leaks_into_the_output():
    print("the key is", WORDY)


def test_leaks_into_the_errors():
    print(SECRET, file=sys.stderr)


def test_leaks_into_a_file(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "page.html").write_text(f"<p>{SECRET}</p>")


def test_leaks_into_a_database(tmp_path):
    a_database(tmp_path, place="prompt")


def test_leaks_a_subscription_key_out_of_its_column(tmp_path):
    a_database(tmp_path, place="subscription_key")
    (tmp_path / "bot.log").write_text(f"asked with {SECRET}")


def test_leaks_into_a_message():
    note(f"Your key is {WORDY}.", "a message")


def test_leaks_a_signed_link(tmp_path):
    (tmp_path / "page.html").write_text("https://file.hyper3d.com/a.glb?X-Tos-Signature=" + "0f" * 32)


def test_keeps_a_subscription_key_in_its_column(tmp_path):
    a_database(tmp_path, place="subscription_key")


def test_keeps_a_secret_where_it_belongs(tmp_path):
    (tmp_path / ".env").write_text(f"RODIN_API_KEY={SECRET}")
    (tmp_path / "secret.key").write_text(SECRET)


def test_keeps_silent(tmp_path):
    (tmp_path / "page.html").write_text("nothing to see")
"""


def run(folder: Path) -> str:
    """Run the planted tests with the watch, and without anything else of this project's set-up."""
    (folder / "test_planted.py").write_text(PLANTED, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    arguments = ["-p", "tests.secrecy", "-p", "no:cacheprovider", "-p", "no:simcord", "-p", "no:xdist", "-rA", "-q"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, "--basetemp", str(folder / "temp"), "test_planted.py"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    return run(tmp_path_factory.mktemp("planted"))


PLANTS = re.findall(r"def (test_leaks_\w+)", PLANTED)
INNOCENT = re.findall(r"def (test_keeps_\w+)", PLANTED)


@pytest.mark.parametrize("name", PLANTS)
def test_a_test_that_lets_a_secret_out_fails(said: str, name: str) -> None:
    assert re.search(rf"^ERROR test_planted\.py::{name}\b", said, re.MULTILINE), said


@pytest.mark.parametrize("name", INNOCENT)
def test_a_test_that_keeps_its_secrets_passes(said: str, name: str) -> None:
    assert re.search(rf"^PASSED test_planted\.py::{name}\b", said, re.MULTILINE), said
    assert not re.search(rf"^ERROR test_planted\.py::{name}\b", said, re.MULTILINE), said


def test_what_was_found_is_told_without_the_secret_itself(said: str) -> None:
    report = "\n".join(re.findall(r"^.*: (?:plante|a plan)….*$", said, re.MULTILINE))

    assert report.count("…") >= len(PLANTS) - 1
    assert "planted-secret" not in report
