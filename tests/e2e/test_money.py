"""Money through real processes: nobody overshoots, a pause holds at once, and the ledger is what Rodin charged."""

from __future__ import annotations

import csv
import io
import re
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e.harness import PATIENCE_S, House, Ran, Rodin, Running, eventually, house, run, running, simulator

pytestmark = pytest.mark.slow

SMALL = "--faces 500 --tier Gen-2.5-Low"


@pytest.fixture(scope="module")
def rodin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rodin]:
    """Give a simulator slow enough to be caught at every step. Each test has its own key."""
    with simulator(tmp_path_factory.mktemp("rodin"), speed=20, parallel=20, balance=100_000) as process:
        yield process


@pytest.fixture
def home(rodin: Rodin, tmp_path: Path) -> Iterator[House]:
    yield house(
        tmp_path / "bot", rodin.url, poll_min_s=0.1, RODIN_API_KEY=f"key-of-{tmp_path.name}", RODIN_KEY_EXCLUSIVE="true"
    )
    rodin.break_with("")


def operator(home: House, *words: str) -> Ran:
    """Type one of the operator's commands beside whatever runs, and return what came of it."""
    ran = run(words, home=home.home, **home.settings)
    assert ran.code == 0, ran.errors
    return ran


def ask(bot: Running, prompt: str, more: str = SMALL) -> str:
    before = len(bot.output)
    bot.say(f"generate {prompt} {more}")
    return bot.hear(r"^Task (\w+):", after=before).group(1)


def records(home: House, rodin: Rodin) -> Counter[tuple[str, Decimal]]:
    """Return what Rodin says it charged the bot's key."""
    found: Counter[tuple[str, Decimal]] = Counter()
    for page in range(1, 99):
        answer = rodin.http.get(
            f"{rodin.url}/check_balance",
            params={"usage_page": page},
            headers={"Authorization": f"Bearer {home.settings['RODIN_API_KEY']}"},
            timeout=PATIENCE_S,
        )
        answer.raise_for_status()
        listed = answer.json()["usage"]
        if not listed:
            return found
        found.update((record["task_uuid"], Decimal(str(record["amount"]))) for record in listed)
    raise AssertionError("records without end")


def entries(home: House) -> list[dict[str, str]]:
    """Return the exported ledger."""
    return list(csv.DictReader(io.StringIO(operator(home, "ledger", "--csv").output)))


def test_two_processes_with_credits_for_three_send_exactly_three(home: House, rodin: Rodin, tmp_path: Path) -> None:
    wishes = [f"generate a bell {number} of {tmp_path.name} {SMALL}" for number in range(5)]
    operator_says = {"USER_DAILY_CREDITS": "1.5"}
    with home.console(**operator_says):
        pass  # makes the database, so that both begin together

    with ExitStack() as stack:
        bots = [stack.enter_context(home.console(**operator_says)) for _ in range(2)]
        for bot in bots:
            bot.say(*wishes)
            bot.hang_up()
        codes = [bot.wait() for bot in bots]
        said = " ".join(" ".join(bot.output.split()) for bot in bots)

    assert codes == [0, 0]
    assert home.states() == ["ready"] * 3
    assert said.count("0 credits of your 1.5 credits for today can still be spent") == 7
    assert sum(records(home, rodin).values()) == 3


def test_the_ledger_is_what_rodin_charged_through_kills_and_refusals(home: House, rodin: Rodin, tmp_path: Path) -> None:
    prompt = f"a bell of {tmp_path.name}"
    with home.console() as bot:
        ask(bot, prompt)
        ask(bot, prompt, "--tier Gen-2.5-Extreme-High --faces 20000 --texture extreme-high")
        eventually(lambda: len(records(home, rodin)) == 2, "both at Rodin")
        rodin.break_with("api_insufficient_funds:x1")
        ask(bot, prompt)
        eventually(lambda: "failed" in home.states(), "the refusal")
        rodin.break_with("all_failed:x1")
        ask(bot, prompt)
        eventually(lambda: len(records(home, rodin)) == 3, "the one that fails later at Rodin")
        rodin.break_with("timeout_after_accept:x1")
        ask(bot, prompt)
        eventually(lambda: len(records(home, rodin)) == 4, "the one whose answer is lost at Rodin")
        bot.kill()
    rodin.break_with("")

    ran = run(["console"], home=home.home, **home.settings)

    assert ran.code == 0
    assert sorted(home.states()) == ["failed", "failed", "ready", "ready", "ready"]
    ours = entries(home)
    assert Counter((entry["rodin_uuid"], Decimal(entry["consumed"])) for entry in ours) == records(home, rodin)
    assert {entry["charge"] for entry in ours} == {"yes"}
    assert sorted(entry["price"] for entry in ours) == ["0.5", "0.5", "0.5", "3"]  # two may leave in either order
    assert "4 tasks charged: 4.5 credits." in operator(home, "ledger").words


def test_what_nobody_can_tell_is_entered_as_perhaps_charged(home: House, rodin: Rodin, tmp_path: Path) -> None:
    settings = {**home.settings, "RODIN_KEY_EXCLUSIVE": "false"}
    rodin.break_with("timeout_after_accept:x1")
    with home.console(RODIN_KEY_EXCLUSIVE="false") as bot:
        task_id = ask(bot, f"a bell of {tmp_path.name}")
        eventually(lambda: records(home, rodin), "the task at Rodin")
        bot.kill()
    rodin.break_with("")
    run(["console"], home=home.home, **settings)

    (entry,) = entries(home)

    assert home.states() == ["unclear"]
    assert (entry["task"], entry["charge"], entry["price"], entry["consumed"]) == (task_id, "maybe", "0.5", "")
    assert sum(amount for _, amount in records(home, rodin)) == Decimal(entry["price"])


def test_a_running_bot_is_paused_at_once_and_goes_on_by_itself(home: House, rodin: Rodin, tmp_path: Path) -> None:
    prompt = f"a bell of {tmp_path.name}"
    with home.console() as bot:
        first = ask(bot, f"{prompt} 1")
        eventually(lambda: rodin.prompts().count(f"{prompt} 1"), "the first one at Rodin")

        operator(home, "pause", "back at nine")
        second = ask(bot, f"{prompt} 2")
        bot.hear(rf"^✔ {first}  ")
        bot.say(f"status {second}")
        bot.hear("They say: back at nine|back at\\s+nine")
        waiting = home.states()
        operator(home, "resume")
        bot.hear(rf"^✔ {second}  ")

    assert waiting == ["ready", "accepted"]


def test_a_copy_taken_while_it_runs_and_put_back_later_charges_nothing_twice(
    home: House, rodin: Rodin, tmp_path: Path
) -> None:
    prompt = f"a bell of {tmp_path.name}"
    copy = tmp_path / "copy.db"
    with home.console() as bot:
        operator_pauses = ask(bot, f"{prompt} 1")
        bot.hear(rf"^✔ {operator_pauses}  ")
        operator(home, "pause")
        ask(bot, f"{prompt} 2")
        operator(home, "backup", str(copy))
        operator(home, "resume")
        eventually(lambda: len(records(home, rodin)) == 2, "the second one, charged after the copy was taken")
        bot.kill()

    said = operator(home, "restore", str(copy)).words
    operator(home, "resume")
    ran = run(["console"], home=home.home, **home.settings)

    assert ran.code == 0
    assert "1 task waited when it was taken" in said
    assert sorted(home.states()) == ["ready", "unclear"]
    assert len(records(home, rodin)) == 2
    assert "resend" in ran.words


def test_a_block_reaches_a_running_bot(home: House, rodin: Rodin, tmp_path: Path) -> None:
    with home.console() as bot:
        bot.say("list")
        eventually(home.database.exists, "the database")
        operator(home, "block", "word", "bell")
        before = len(bot.output)
        bot.say(f"generate a bell of {tmp_path.name} {SMALL}")
        bot.hear(r'does not allow "bell"', after=before)

    assert home.rows() == []
    assert re.search(r"^word bell  since", operator(home, "blocks").output, re.MULTILINE)


def test_the_operator_is_warned_of_a_low_balance_once_and_not_again_after_a_restart(tmp_path: Path) -> None:
    def warned(bot: Running) -> bool:
        return "balance low credits=5" in bot.errors

    with simulator(tmp_path / "rodin", balance=5) as poor:
        home = house(tmp_path / "bot", poor.url)
        with running(["run", "--role", "worker"], home=home.home, **home.settings) as bot:
            eventually(lambda: warned(bot), "the warning")
        asked = poor.ledger()["requests"]
        with running(["run", "--role", "worker"], home=home.home, **home.settings) as bot:
            eventually(lambda: poor.ledger()["requests"] != asked, "another look")
            bot.signal(signal.SIGTERM)
            bot.wait()
            assert not warned(bot)


def test_wrong_presets_stop_the_bot_at_its_start_with_every_line(home: House) -> None:
    presets = home.home / "presets.toml"
    presets.write_text('[mine]\nsummary = "Mine"\ntier = "huge"\n\n[print]\ncolour = "red"\n')

    ran = home.ask_once("a bell", PRESETS_FILE=str(presets))

    assert ran.code == 2
    assert re.findall(r"line (\d+), ([a-z.]+):", ran.errors) == [("3", "mine.tier"), ("6", "print.colour")]
    assert "Traceback" not in ran.errors


def test_an_operators_preset_is_made(home: House, rodin: Rodin, tmp_path: Path) -> None:
    presets = home.home / "presets.toml"
    presets.write_text('[tiny]\nsummary = "Tiny"\ntier = "low"\nfaces = 500\nformat = "obj"\n')

    ran = home.ask_once(f"a bell of {tmp_path.name}", "--preset", "tiny", PRESETS_FILE=str(presets))

    assert ran.code == 0
    assert "Gen-2.5-Low, obj, 500 triangles, PBR" in ran.words
