"""What is said of keys: every reason has its sentence, and it names who can act."""

from __future__ import annotations

import pytest

from bot import text, words_keys
from bot.keys import OPERATOR, KeyState, Server, Stop, stop_for
from bot.model import Charge, Failure, FailureKind, RefusalReason, TaskState
from bot.verdicts import OPERATORS_BUSINESS
from tests.factories import a_task

OF_RODIN = [stop for stop in Stop if stop is not Stop.SEALED]
DESK = Server(platform="discord", server_id="77")


@pytest.mark.parametrize("why", Stop)
def test_whoever_waits_or_asks_with_a_servers_own_key_reads_what_its_admins_can_do(why: Stop) -> None:
    waits, refused = words_keys.waits(why, is_own=True), words_keys.refused(why, is_own=True)

    for said in (waits, refused):
        assert "server" in said.partition(".")[0]
        assert "an admin of this server has" in said
        assert "charged" in said
    assert "Your task waits" in waits


@pytest.mark.parametrize("why", OF_RODIN)
def test_with_the_operators_key_it_is_the_operator_who_can_act(why: Stop) -> None:
    for said in (words_keys.waits(why, is_own=False), words_keys.refused(why, is_own=False)):
        assert "The bot's" in said or "the bot's" in said
        assert "the person who runs the bot" in said
        assert "admin" not in said


@pytest.mark.parametrize("why", Stop)
def test_the_operator_reads_which_server_is_stopped_and_why(why: Stop) -> None:
    state = KeyState(id="4hgx2k7mabcd", stopped=why, servers=(DESK,))

    assert "discord:77 is stopped: " in words_keys.told_stopped(state)
    assert "discord:77  stopped: " in words_keys.key_list([state])
    assert "discord:77 works again" in words_keys.told_resumed(state)


@pytest.mark.parametrize("why", OF_RODIN)
def test_of_their_own_key_the_operator_reads_how_to_try_at_once(why: Stop) -> None:
    assert "rodin-bot resume" in words_keys.told_stopped(KeyState(id=OPERATOR, stopped=why))


@pytest.mark.parametrize("reason", RefusalReason)
def test_a_refusal_stops_a_key_exactly_when_it_is_about_the_account(reason: RefusalReason) -> None:
    assert (stop_for(reason) is not None) == (reason in OPERATORS_BUSINESS)


@pytest.mark.parametrize("reason", sorted(OPERATORS_BUSINESS))
def test_a_task_that_was_refused_because_of_a_servers_key_names_its_admins(reason: RefusalReason) -> None:
    failed = Failure(kind=FailureKind.REFUSED, charged=Charge.NO, reason=reason)
    what, cost, then = text.failure(a_task(state=TaskState.FAILED, failure=failed, key_id="4hgx2k7mabcd"))

    assert "this server's own" in what
    assert cost == "Nothing was charged."
    assert then.startswith("Ask an admin of this server to ")
