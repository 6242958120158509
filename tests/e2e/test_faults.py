"""Everything that the simulator can do wrong, in one living bot: each ends in a sentence, and the next task works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.rodin.simulator.faults import FAULTS, Scope
from tests.e2e.harness import House, Ran, Rodin, Running, house, run

BELL = "a bell --faces 500 --tier Gen-2.5-Low --seed 7 --render"

REFUSED = r"Rodin|bot's API key|bot's Rodin account|bot's Rodin plan"

CHARGED = "Charged: 0.5 credits."
NOT_CHARGED = "Nothing was charged."
UNKNOWN_CHARGE = "Rodin did not say what it charged; the price is 0.5 credits."
SEEN = "Rodin's records show a new charge that fits"
UNSEEN = "Rodin's records show no new charge that fits"

LOST = {
    "server_error_500": UNSEEN,
    "bad_gateway_502": UNSEEN,
    "timeout_before_accept": UNSEEN,
    "drop_before_accept": UNSEEN,
    "timeout_after_accept": SEEN,
    "drop_after_accept": SEEN,
    "garbled_after_accept": SEEN,
    "server_error_after_accept": SEEN,
    "bad_gateway_after_accept": SEEN,
}
"""Faults after which nobody can tell, and what the usage records then say."""

SPENT = {
    "all_failed": "Rodin could not make this model",
    "canceled_status": "Rodin could not make this model",
    "never_done": "did not finish within the time",
    "never_listed": "never listed a model",
    "some_failed_no_model": "never listed a model",
    "purged": "does not know this task any more|could not be fetched",
    "html_file": "could not be fetched",
    "wrong_content_length": "could not be fetched",
}
"""Faults that cost credits and leave no model, and what is said. Files that never come whole count."""

FOR_GOOD = frozenset({"html_file", "wrong_content_length"})
"""Faults of files that strike every time; once, and a second transfer would bring the file."""

QUICK = frozenset(
    {"rate_limit_seconds", "server_error_500", "api_insufficient_funds", "image_content_violation", "unauthorized"}
    | {"api_parallelism_limit_reached", "drop_after_accept", "no_consumed", "all_failed", "late_model", "html_file"}
    | {"missing_subscription_key"}
)
"""One fault of each kind for the quick run; the slow run takes all of them."""

PATIENT = frozenset({"never_listed", "some_failed_no_model"})
"""The bot waits minutes for a listing; the demo's time runs faster."""

IN_CHAT = [
    name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in FAULTS if name not in PATIENT
]


@pytest.fixture(scope="module")
def home(rodin: Rodin, tmp_path_factory: pytest.TempPathFactory) -> House:
    return house(tmp_path_factory.mktemp("bot"), rodin.url, poll_min_s=0.02, POLL_DEADLINE_S="8", PREVIEWS="none")


@pytest.fixture(scope="module")
def bot(home: House) -> Iterator[Running]:
    """Give the one bot that lives through everything."""
    with home.console() as process:
        yield process


@pytest.fixture
def broken(request: pytest.FixtureRequest, rodin: Rodin) -> Iterator[str]:
    """Break the simulator for one test, as often as the fault needs to be felt."""
    name: str = request.param
    rodin.break_with(name if name in FOR_GOOD else f"{name}:x1")
    yield name
    rodin.break_with("")


def ask(bot: Running, rodin: Rodin, words: str = BELL) -> tuple[str, Decimal]:
    """Ask for a model; return what was said at its end, and what the simulator has charged for it."""
    before, balance = len(bot.output), Decimal(rodin.ledger()["balance"])
    bot.say(f"generate {words}")
    task_id = bot.hear(r"^Task (\w+):", after=before).group(1)
    # The line with the choices is the last one of an ending. Pictures may join it later, in lines of their own.
    end = bot.hear(rf"^[✔✘?] {task_id}  (.*\n)+?  (delete|resend) {task_id} .*$", after=before).group()
    return " ".join(end.split()), balance - Decimal(rodin.ledger()["balance"])


@pytest.mark.parametrize("broken", IN_CHAT, indirect=True)
def test_a_fault_ends_in_a_sentence_and_the_next_task_works(broken: str, bot: Running, rodin: Rodin) -> None:
    said, charged = ask(bot, rodin)

    assert re.search(happened(broken), said), said
    assert charge(broken) in said, said
    assert re.search(follows(broken), said), said
    assert charged == (Decimal(0) if NOT_CHARGED in said or UNSEEN in said else Decimal("0.5"))
    rodin.break_with("")
    said, charged = ask(bot, rodin, f"{BELL} --material None")
    assert "Your model is ready" in said
    assert CHARGED in said
    assert charged == Decimal("0.5")
    assert "Traceback" not in bot.errors


def happened(name: str) -> str:
    """Return what has to be said first after a fault."""
    if name in LOST:
        return "answer was lost"
    if name in SPENT:
        return SPENT[name]
    return REFUSED if is_refusal(name) else "Your model is ready"


def charge(name: str) -> str:
    """Return what has to be said about credits after a fault."""
    if name in LOST:
        return LOST[name]
    if name == "no_consumed":
        return UNKNOWN_CHARGE
    return NOT_CHARGED if is_refusal(name) else CHARGED


def follows(name: str) -> str:
    """Return the next step that has to be named after a fault."""
    if happened(name) == "Your model is ready":
        return r"Model: \S+"
    if name in LOST:
        return "You can have it sent again, which may be charged a second time, or let it be.*resend"
    return "(?i)send it again|have it sent again|try |ask the person|tell the person|give one label|word it differently"


def is_refusal(name: str) -> bool:
    """Whether Rodin says no for good when it meets the fault. A lack of room passes by itself."""
    fault = FAULTS[name]
    passes = {"rate_limit_seconds", "rate_limit_date", "api_parallelism_limit_reached"}
    return fault.scope in {Scope.SUBMIT, Scope.EVERY} and fault.charged == "no" and name not in {*LOST, *passes}


@pytest.mark.slow
def test_a_model_that_is_never_listed_ends_in_a_sentence(tmp_path: Path) -> None:
    def demo(name: str) -> Ran:
        arguments = ["demo", *BELL.replace("a bell", "bell").split(), "--faults", name, "--speed", "200"]
        home = tmp_path / name
        home.mkdir()
        return run(arguments, home=home, within_s=150)

    with ThreadPoolExecutor() as pool:  # all at once: most of a minute is waiting
        every = dict(zip(PATIENT, pool.map(demo, PATIENT), strict=True))

    for name, ran in every.items():
        assert ran.code == 1
        assert re.search(SPENT[name], ran.words)
        assert CHARGED in ran.words
        assert "Rodin's support can say more" in ran.words


def test_every_table_here_names_faults_that_exist() -> None:
    assert {*LOST, *SPENT, *QUICK, *PATIENT, *FOR_GOOD} <= set(FAULTS)


def test_balance_says_so_when_rodin_does_not_tell(bot: Running, rodin: Rodin) -> None:
    rodin.break_with("unauthorized")
    before = len(bot.output)

    bot.say("balance")

    bot.hear("does not accept the bot's API key. Ask the person who runs the bot", after=before)
    rodin.break_with("")
    bot.say("balance")
    bot.hear(r"holds [\d.]+ credits", after=before)
