"""The bot killed without a word at every step: started again, each task ends once, and nobody pays twice."""

from __future__ import annotations

import hashlib
import re
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.e2e.harness import House, Ran, Rodin, Running, eventually, house, run, simulator

pytestmark = pytest.mark.slow

TIER = "Gen-2.5-Low"

SEEN = "Rodin's records show a new charge that fits"
UNSEEN = "Rodin's records show no new charge that fits"
LOST = "The request was sent, but Rodin's answer was lost, so nobody can tell whether it was taken."


@pytest.fixture(scope="module")
def rodin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rodin]:
    """Give a simulator slow enough to be caught at every step: a model takes two seconds. Each test has its own key."""
    with simulator(tmp_path_factory.mktemp("rodin"), speed=20, parallel=20, balance=100_000) as process:
        yield process


@pytest.fixture
def home(rodin: Rodin, tmp_path: Path) -> Iterator[House]:
    yield house(tmp_path / "bot", rodin.url, poll_min_s=0.1, RODIN_API_KEY=tmp_path.name)
    rodin.break_with("")


@pytest.fixture
def alone(home: House) -> House:
    """Give a house whose operator says that nobody else uses the key."""
    return House(home=home.home, settings={**home.settings, "RODIN_KEY_EXCLUSIVE": "true"})


def words(tmp_path: Path) -> str:
    """Return a prompt that no other test uses, so that the ledger can be asked about it."""
    return f"a bell of {tmp_path.name.replace('_', ' ')}"


def ask(bot: Running, prompt: str) -> str:
    """Ask for a small model and return its task's id."""
    before = len(bot.output)
    bot.say(f"generate {prompt} --faces 500 --tier {TIER}")
    return bot.hear(r"^Task (\w+):", after=before).group(1)


def come_back(home: House, **settings: str) -> Ran:
    """Start again on what the killed bot left, with nothing new to do, and wait until everything has been told."""
    return run(["console"], home=home.home, **{**home.settings, **settings})


def in_state(home: House, task_id: str, *states: str) -> None:
    """Wait until a task stands in one of these states."""
    eventually(lambda: home.rows("id", f"id = ? AND state IN ({str(states)[1:-1].rstrip(',')})", task_id), str(states))


def charge_a_stranger(home: House, rodin: Rodin) -> None:
    """Charge the bot's key for a model like its own that somebody else has made."""
    rodin.charge_for_a_stranger(key=home.settings["RODIN_API_KEY"], item=f"Rodin {TIER}", amount=0.5)


def charges(rodin: Rodin, prompt: str) -> int:
    """Count how often a prompt was taken, and so charged."""
    return rodin.prompts().count(prompt)


def endings(ran: Ran, task_id: str) -> int:
    """Count how often a task's ending was told."""
    return len(re.findall(rf"^[✔✘?] {task_id}  ", ran.output, re.MULTILINE))


def assert_whole(home: House) -> None:
    """Compare every file that the database names with what lies there, and what was laid out for the person."""
    with closing(sqlite3.connect(f"file:{home.database}?mode=ro", uri=True)) as connection:
        named = {
            key: (size, digest) for key, size, digest in connection.execute("SELECT key, size_bytes, sha256 FROM files")
        }
    assert named
    for key, (size, digest) in named.items():
        data = (home.files / key).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (size, digest)
    laid_out = [path for path in (home.home / "out").rglob("*") if path.is_file()]
    wanted = [key for key in named if not key.endswith("/frames.webp")]  # only the web page uses that one
    assert sorted(path.read_bytes() for path in laid_out) == sorted((home.files / key).read_bytes() for key in wanted)


def assert_delivered_once(home: House, rodin: Rodin, ran: Ran, asked: dict[str, str]) -> None:
    assert ran.code == 0
    assert "Traceback" not in ran.errors
    for task_id, prompt in asked.items():
        assert endings(ran, task_id) == 1, ran.output
        assert charges(rodin, prompt) == 1
    assert home.states() == ["ready"] * len(asked)
    assert_whole(home)


@contextmanager
def deaf() -> Iterator[str]:
    """Give the address of a Rodin that lets everybody connect and never reads a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/v2"


def killed_before_the_request_left(home: House, prompt: str) -> str:
    """Kill a bot whose request went nowhere; return the task's id."""
    with deaf() as nowhere, home.console(RODIN_API_URL=nowhere) as bot:
        task_id = ask(bot, prompt)
        in_state(home, task_id, "submitting")
        bot.kill()
    return task_id


def killed_after_rodin_took_it(home: House, rodin: Rodin, prompt: str) -> str:
    """Kill a bot that waits for an answer which never comes; return the task's id."""
    rodin.break_with("timeout_after_accept:x1")
    with home.console() as bot:
        task_id = ask(bot, prompt)
        eventually(lambda: charges(rodin, prompt), "the task at Rodin")
        bot.kill()
    rodin.break_with("")
    assert home.states() == ["submitting"]
    return task_id


def test_killed_while_tasks_wait_for_room(home: House, rodin: Rodin, tmp_path: Path) -> None:
    prompts = [f"{words(tmp_path)} {number}" for number in (1, 2, 3)]
    with home.console(RODIN_MAX_PARALLEL="1") as bot:
        asked = {ask(bot, prompt): prompt for prompt in prompts}
        in_state(home, next(iter(asked)), "submitted", "generating")
        bot.kill()
    assert home.states()[1:] == ["accepted", "accepted"]

    ran = come_back(home)

    assert_delivered_once(home, rodin, ran, asked)


@pytest.mark.parametrize("state", ["submitted", "generating"])
def test_killed_while_rodin_works(state: str, home: House, rodin: Rodin, tmp_path: Path) -> None:
    with home.console() as bot:
        task_id = ask(bot, words(tmp_path))
        in_state(home, task_id, state)
        bot.kill()

    ran = come_back(home)

    assert_delivered_once(home, rodin, ran, {task_id: words(tmp_path)})


@pytest.mark.parametrize("moment", ["before the first file", "between files"])
def test_killed_while_files_come(moment: str, home: House, rodin: Rodin, tmp_path: Path) -> None:
    rodin.break_with("slow_files")
    with home.console() as bot:
        task_id = ask(bot, words(tmp_path))
        in_state(home, task_id, "collecting")
        if moment == "between files":
            eventually(home.stored_files, "the first file")
        bot.kill()
    assert home.states() == ["collecting"]
    rodin.break_with("")

    ran = come_back(home)

    assert_delivered_once(home, rodin, ran, {task_id: words(tmp_path)})


def test_killed_while_the_model_is_drawn(home: House, rodin: Rodin, tmp_path: Path) -> None:
    """Its pictures are made again, and it is told once."""
    with home.console() as bot:
        task_id = ask(bot, words(tmp_path))
        in_state(home, task_id, "collecting", "ready")
        eventually(lambda: drawing(home), "the drawing process")
        bot.kill()

    ran = come_back(home)

    assert endings(ran, task_id) <= 1
    assert_complete(home)


def test_killed_while_the_model_is_turned(home: House, rodin: Rodin, tmp_path: Path) -> None:
    home.settings["PREVIEWS"] = "turntable"
    with home.console() as bot:
        task_id = ask(bot, words(tmp_path))
        eventually(lambda: home.rows("id", "told >= ended_revision"), "the ending to be told")
        eventually(lambda: drawing(home), "the drawing process")
        bot.kill()
    assert home.states() == ["ready"]

    ran = come_back(home)

    assert endings(ran, task_id) == 0  # it was told already
    assert ran.code == 0
    assert_complete(home)
    assert charges(rodin, words(tmp_path)) == 1


def test_stopped_while_the_model_is_turned_it_is_over_at_once(home: House, rodin: Rodin, tmp_path: Path) -> None:
    home.settings["PREVIEWS"] = "turntable"
    with home.console() as bot:
        task_id = ask(bot, words(tmp_path))
        bot.hear(rf"^✔ {task_id}  ")
        eventually(lambda: drawing(home), "the drawing process")
        began = time.monotonic()
        bot.signal(signal.SIGTERM)
        bot.wait(within_s=10)
        took_s = time.monotonic() - began
        left = bot.leftovers()

    assert took_s < 10
    assert left == []
    come_back(home)
    assert_complete(home)


def drawing(home: House) -> bool:
    """Whether a drawing process of this house lives."""
    return any(path.name.startswith(".preview-") for path in (home.home / "scratch").glob("*/.made/*"))


def assert_complete(home: House) -> None:
    """A model with all its pictures, every file whole, and nothing in the store that no row names."""
    assert home.states() == ["ready"]
    assert_whole(home)
    with closing(sqlite3.connect(f"file:{home.database}?mode=ro", uri=True)) as connection:
        rows = list(connection.execute("SELECT role, key FROM files"))
    turned = {"turntable", "frames"} if home.settings["PREVIEWS"] == "turntable" else set()
    assert {role for role, _ in rows} >= {"model", "still", *turned}
    assert {home.files / key for _, key in rows} == set(home.stored_files())


def test_killed_again_and_again(home: House, rodin: Rodin, tmp_path: Path) -> None:
    with home.console() as bot:
        task_id = ask(bot, words(tmp_path))
        in_state(home, task_id, "submitted", "generating")
        bot.kill()
    rodin.break_with("slow_files")
    with home.console():
        in_state(home, task_id, "collecting")
    rodin.break_with("")
    with home.console():
        in_state(home, task_id, "ready")

    ran = come_back(home)

    assert home.states() == ["ready"]
    assert charges(rodin, words(tmp_path)) == 1
    assert endings(ran, task_id) <= 1  # the third one may have said it in its last moment
    assert ran.code == 0


def test_killed_before_the_request_left_it_is_unclear_and_the_person_decides(
    home: House, rodin: Rodin, tmp_path: Path
) -> None:
    prompt = words(tmp_path)
    task_id = killed_before_the_request_left(home, prompt)

    ran = come_back(home)

    assert home.states() == ["unclear"]
    assert endings(ran, task_id) == 1
    assert all(part in ran.words for part in (LOST, UNSEEN, f"resend {task_id} sends it again"))
    assert charges(rodin, prompt) == 0


def test_sent_again_twice_makes_one_new_task(home: House, rodin: Rodin, tmp_path: Path) -> None:
    prompt = words(tmp_path)
    task_id = killed_before_the_request_left(home, prompt)
    come_back(home)

    with home.console() as bot:
        bot.say(f"resend {task_id}", f"resend {task_id}")
        bot.hang_up()
        code = bot.wait()
        asked_again = set(re.findall(r"^Task (\w+)\b", bot.output, re.MULTILINE))

    assert code == 0
    assert len(asked_again) == 1
    assert home.states() == ["unclear", "ready"]
    assert charges(rodin, prompt) == 1


def test_killed_after_rodin_took_it_the_charge_is_named_and_not_adopted(
    home: House, rodin: Rodin, tmp_path: Path
) -> None:
    task_id = killed_after_rodin_took_it(home, rodin, words(tmp_path))

    ran = come_back(home)

    assert home.states() == ["unclear"]
    assert endings(ran, task_id) == 1
    assert all(part in ran.words for part in (LOST, SEEN, f"resend {task_id} sends it again"))
    assert charges(rodin, words(tmp_path)) == 1


def test_with_a_key_of_its_own_the_bot_adopts_its_charge_and_delivers(
    alone: House, rodin: Rodin, tmp_path: Path
) -> None:
    task_id = killed_after_rodin_took_it(alone, rodin, words(tmp_path))

    ran = come_back(alone)

    assert_delivered_once(alone, rodin, ran, {task_id: words(tmp_path)})
    (uuid,) = (task["uuid"] for task in rodin.taken() if task["prompt"] == words(tmp_path))
    assert alone.rows("vendor_uuid")[0]["vendor_uuid"] == uuid


def test_with_a_key_of_its_own_a_request_that_never_left_is_unclear(alone: House, rodin: Rodin, tmp_path: Path) -> None:
    task_id = killed_before_the_request_left(alone, words(tmp_path))

    ran = come_back(alone)

    assert (alone.states(), charges(rodin, words(tmp_path))) == (["unclear"], 0)
    assert all(part in ran.words for part in (LOST, UNSEEN, f"resend {task_id} sends it again"))


def test_a_strangers_charge_is_never_adopted(home: House, rodin: Rodin, tmp_path: Path) -> None:
    task_id = killed_before_the_request_left(home, words(tmp_path))
    charge_a_stranger(home, rodin)

    ran = come_back(home)

    assert home.states() == ["unclear"]
    assert SEEN in ran.words
    assert endings(ran, task_id) == 1
    assert charges(rodin, words(tmp_path)) == 0


def test_of_two_charges_that_fit_none_is_adopted(alone: House, rodin: Rodin, tmp_path: Path) -> None:
    killed_after_rodin_took_it(alone, rodin, words(tmp_path))
    charge_a_stranger(alone, rodin)

    ran = come_back(alone)

    assert alone.states() == ["unclear"]
    assert SEEN in ran.words


def test_one_charge_for_two_tasks_in_doubt_is_adopted_by_neither(alone: House, rodin: Rodin, tmp_path: Path) -> None:
    prompts = [f"{words(tmp_path)} {number}" for number in (1, 2)]
    rodin.break_with("timeout_before_accept:x1,timeout_after_accept")
    with alone.console() as bot:
        asked = [ask(bot, prompt) for prompt in prompts]
        eventually(lambda: sum(charges(rodin, prompt) for prompt in prompts) == 1, "one of the two at Rodin")
        eventually(lambda: alone.states() == ["submitting"] * 2, "both on their way")
        bot.kill()
    rodin.break_with("")

    ran = come_back(alone)

    assert alone.states() == ["unclear", "unclear"]
    assert [endings(ran, task_id) for task_id in asked] == [1, 1]
    assert sum(charges(rodin, prompt) for prompt in prompts) == 1
