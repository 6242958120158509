"""What each fault of a call does to a client, and whether it costs. Checklist 7; tasks and files: test_later_faults."""

import asyncio
import json
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from adapters.rodin.simulator.faults import FAULTS, READ_SENTENCES, Scope, Step
from adapters.rodin.simulator.refusals import MESSAGES
from tests.unit.simulator.conftest import OpenStand
from tests.unit.simulator.stand import NOON, Answer, Stand

CODES = tuple(code.lower() for code in MESSAGES)
BROKEN_SUBMISSIONS = {
    "rate_limit_seconds": 429,
    "rate_limit_date": 429,
    "server_error_500": 500,
    "bad_gateway_502": 502,
    "syntax_error_500": 500,
    "server_error_after_accept": 500,
    "bad_gateway_after_accept": 502,
    "garbled_after_accept": 201,
}
SILENT_SUBMISSIONS = ("timeout_before_accept", "drop_before_accept", "timeout_after_accept", "drop_after_accept")
SHAPES = ("jobs_as_list", "no_consumed", "missing_subscription_key")
TESTED_BY_NAME = frozenset(
    {
        "permission_denied_403", "slow_accept", "unauthorized", "empty_jobs", "status_jobs_as_object", "render_failed",
        "all_failed", "some_failed", "some_failed_no_model", "unknown_status", "canceled_status", "never_done",
        "late_model", "late_render", "never_listed", "odd_names", "expired_links", "oversized_mesh", "purged",
        "broken_transfer", "wrong_content_length", "slow_files", "html_file", "files_server_error",
    }
)  # fmt: skip
READS = tuple(f"{call}_{name}" for call in ("status", "download", "balance") for name in READ_SENTENCES)
GLB = "base_basic_pbr.glb"


def test_every_fault_is_tried_by_some_test():
    tried = {*CODES, *BROKEN_SUBMISSIONS, *SILENT_SUBMISSIONS, *SHAPES, *TESTED_BY_NAME, *READS}

    assert tried == set(FAULTS)


async def _taken(stand: Stand) -> int:
    ledger = await stand.ledger()
    charged = 208 - ledger["balance"]
    assert charged == 0.5 * len(ledger["tasks"])
    return len(ledger["tasks"])


@pytest.mark.parametrize("name", CODES)
async def test_each_code_refuses_a_submission_and_charges_nothing(open_stand: OpenStand, name: str):
    stand = await open_stand(faults=f"{name}:x1")

    refused = await stand.submit()

    assert (refused.status, refused.json) == (201, {"error": name.upper(), "message": MESSAGES[name.upper()]})
    assert await _taken(stand) == 0
    assert (await stand.ledger())["refusals"][0]["code"] == name.upper()
    assert (await stand.submit()).json["uuid"]


async def test_permission_may_be_denied_with_403(open_stand: OpenStand):
    stand = await open_stand(faults="permission_denied_403")

    answer = await stand.submit()

    assert (answer.status, answer.json["error"]) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize(("name", "status"), BROKEN_SUBMISSIONS.items())
async def test_a_broken_answer_charges_as_its_table_says(open_stand: OpenStand, name: str, status: int):
    stand = await open_stand(faults=f"{name}:x1")

    answer = await stand.submit()

    assert (answer.status, answer.json) == (status, None)
    assert await _taken(stand) == (FAULTS[name].charged is Step.AFTER)
    assert (await stand.submit()).json["uuid"]


async def _outcome(stand: Stand, call: Coroutine[Any, Any, Answer], *, fault: str) -> object:
    """Status and JSON of an answer; or how it stayed out: "silence" once the fault has struck, "hung up"."""
    calling = asyncio.create_task(call)
    while not calling.done() and not stand.simulator.stage.dice.struck.get(fault):
        await asyncio.sleep(0)
    await stand.ledger()  # by the time another request was answered, a prompt answer would be here as well
    if "timeout" in fault:
        assert not calling.done()
        calling.cancel()
        return "silence"
    try:
        answer = await calling
    except aiohttp.ServerDisconnectedError:
        return "hung up"
    return answer.status, answer.json


@pytest.mark.parametrize("name", SILENT_SUBMISSIONS)
async def test_silence_charges_as_its_table_says(open_stand: OpenStand, name: str):
    stand = await open_stand(faults=f"{name}:x1")

    outcome = await _outcome(stand, stand.submit(), fault=name)

    assert outcome == ("silence" if name.startswith("timeout") else "hung up")
    assert await _taken(stand) == (FAULTS[name].charged is Step.AFTER)
    assert (await stand.submit()).json["uuid"]


async def test_a_lost_task_can_be_found_in_the_usage_and_downloaded_by_uuid_alone(open_stand: OpenStand):
    stand = await open_stand(faults="drop_after_accept")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await stand.submit()
    stand.clock.turn(300)

    record = (await stand.balance(query="?usage_page=1"))["usage"][0]

    assert GLB in await stand.listing({"uuid": record["task_uuid"]})


async def test_a_held_answer_ends_when_the_simulator_stops(open_stand: OpenStand):
    stand = await open_stand(faults="timeout_after_accept")
    held = asyncio.create_task(stand.submit())
    while not stand.simulator.state.tasks:
        await asyncio.sleep(0)

    stand.simulator.stage.stopping.set()

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await held


@pytest.mark.parametrize("prefix", ["", "status_", "download_", "balance_"])
async def test_a_rate_limit_tells_how_long_in_seconds_or_as_a_date(open_stand: OpenStand, prefix: str):
    stand = await open_stand(faults=f"{prefix}rate_limit_seconds:x1,{prefix}rate_limit_date:x1")

    first, second = await _call(stand, prefix), await _call(stand, prefix)

    assert (first.status, first.headers["Retry-After"]) == (429, "10")
    assert second.status == 429
    wait = parsedate_to_datetime(second.headers["Retry-After"]) - NOON
    assert timedelta(seconds=10) <= wait <= timedelta(seconds=12)


async def _call(stand: Stand, prefix: str) -> Answer:
    if prefix == "balance_":
        return await stand.call("GET", f"{stand.simulator.url}/check_balance", headers=stand.auth())
    if prefix == "status_":
        return await stand.api("status", json={"subscription_key": "any"})
    return await stand.api("download", json={"task_uuid": "any"}) if prefix == "download_" else await stand.submit()


@pytest.mark.parametrize("name", READS)
async def test_a_fault_of_one_read_leaves_all_other_calls_alone(open_stand: OpenStand, name: str):
    stand = await open_stand()
    task = await stand.finished()
    # aiohttp's client repeats a GET by itself, once, when the connection closes without an answer.
    await stand.set_faults(f"{name}:x{2 if name == 'balance_drop' else 1}")
    calls = {
        "status": lambda: stand.api("status", json={"subscription_key": task["jobs"]["subscription_key"]}),
        "download": lambda: stand.api("download", json={"task_uuid": task["uuid"]}),
        "balance": lambda: stand.call("GET", f"{stand.simulator.url}/check_balance", headers=stand.auth()),
    }
    hit = name.partition("_")[0]

    for other in calls.keys() - {hit}:
        assert (await calls[other]()).json
    assert (await stand.submit()).json["uuid"]
    with_fault = await _outcome(stand, calls[hit](), fault=name)
    assert with_fault == _EXPECTED[name.partition("_")[2]]
    assert (await calls[hit]()).json


_EXPECTED: Mapping[str, object] = {
    "rate_limit_seconds": (429, None),
    "rate_limit_date": (429, None),
    "server_error": (500, None),
    "bad_gateway": (502, None),
    "timeout": "silence",
    "drop": "hung up",
    "garbled": (201, None),
}


async def test_a_bad_gateway_is_html_and_a_server_error_is_text(open_stand: OpenStand):
    stand = await open_stand(faults="bad_gateway_502:x1,server_error_500:x1,syntax_error_500:x1")

    bodies = [(answer.headers["Content-Type"], answer.body) for answer in [await stand.submit() for _ in range(3)]]

    assert bodies[0] == ("text/plain; charset=utf-8", b"Internal Server Error")
    assert bodies[1][0].startswith("text/html")
    assert bodies[2][1] == b"SyntaxError: Unexpected token '?', \"?\" is not valid JSON"


async def test_a_garbled_answer_is_json_that_ends_too_early(open_stand: OpenStand):
    stand = await open_stand(faults="garbled_after_accept")

    answer = await stand.submit()

    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.body.startswith(b'{"message":"Submitted."')
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body)


async def test_jobs_of_the_answer_may_come_as_an_array(open_stand: OpenStand):
    stand = await open_stand(faults="jobs_as_list")

    jobs = (await stand.submit()).json["jobs"]

    assert len(jobs) == 6
    answer = await stand.api("status", json={"subscription_key": jobs[0]["subscription_key"]})
    assert [job["uuid"] for job in jobs] == [job["uuid"] for job in answer.json["jobs"]]


async def test_parts_of_the_answer_may_be_missing(open_stand: OpenStand):
    stand = await open_stand(faults="no_consumed,missing_subscription_key")

    body = (await stand.submit()).json

    assert "consumed" not in body
    assert list(body["jobs"]) == ["uuids"]
    assert await _taken(stand) == 1


async def test_a_slow_submission_is_taken_after_its_client_has_left(open_stand: OpenStand):
    stand = await open_stand(faults="slow_accept:x1")
    leaving = asyncio.create_task(stand.submit())
    await stand.clock.somebody_sleeps.wait()
    leaving.cancel()
    assert await _taken(stand) == 0

    stand.clock.turn(20)
    while not stand.simulator.state.tasks:
        await asyncio.sleep(0)

    assert await _taken(stand) == 1


async def test_a_revoked_key_is_401_on_every_call(open_stand: OpenStand):
    stand = await open_stand(faults="unauthorized")

    answers = [await _call(stand, prefix) for prefix in ("", "status_", "download_", "balance_")]

    assert [answer.status for answer in answers] == [401] * 4
    assert await _taken(stand) == 0


async def test_a_refused_submission_uses_up_no_fault_of_tasks(open_stand: OpenStand):
    stand = await open_stand(faults="all_failed:x1,timeout_after_accept:x1")
    await stand.submit(tier="nonsense")

    assert (await stand.ledger())["faults"] == {"all_failed": 0, "timeout_after_accept": 0}


async def test_waits_that_faults_ask_for_follow_the_speed(open_stand: OpenStand):
    stand = await open_stand(faults="rate_limit_seconds", speed=20.0)

    assert (await stand.submit()).headers["Retry-After"] == "1"


def test_every_fault_of_a_read_says_that_it_has_nothing_to_do_with_charges():
    for fault in FAULTS.values():
        if fault.scope in {Scope.STATUS, Scope.DOWNLOAD, Scope.BALANCE, Scope.FILE}:
            assert fault.charged is Step.OTHER
