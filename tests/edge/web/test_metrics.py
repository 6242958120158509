"""The numbers that `/metrics` tells."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import DatabaseBusy
from tests.edge.web.hall import MODEL, Hall, open_hall

GLB = "base_basic_pbr.glb"


def samples(text: str) -> Mapping[tuple[str, ...], float]:
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_requests_and_bytes_are_counted_by_route_and_never_by_task(hall: Hall) -> None:
    await hall.get(hall.path(GLB))
    await hall.get(hall.path(GLB), Range="bytes=0-9")
    await hall.get(hall.path(GLB), method="HEAD")
    await hall.get("/some/scan.php")
    await hall.get("/nowhere", method="PROPFIND")

    answer = await hall.get("/metrics")

    found = samples(answer.text)
    name, files = "rodin_bot_http_requests_total", "/t/{token}/{file}"
    assert found[name, "GET", files, "200"] == 1
    assert found[name, "GET", files, "206"] == 1
    assert found[name, "HEAD", files, "200"] == 1
    assert found[name, "GET", "other", "404"] == 1
    assert found[name, "other", "other", "404"] == 1
    assert found["rodin_bot_http_response_bytes_total", files] == len(MODEL) + 10
    assert found["rodin_bot_http_request_duration_seconds_count", files] == 3
    assert "du9xkna" not in answer.text
    assert "scan.php" not in answer.text


async def test_tasks_are_counted_by_state_when_somebody_looks(tmp_path: Path) -> None:
    counts = {"ready": 3, "failed": 1}

    async def count() -> Mapping[str, int]:
        return counts

    async with open_hall(tmp_path, task_counts=count) as hall:
        before = samples((await hall.get("/metrics")).text)
        counts = {"ready": 4}
        after = samples((await hall.get("/metrics")).text)

    assert (before["rodin_bot_tasks", "ready"], before["rodin_bot_tasks", "failed"]) == (3, 1)
    assert after["rodin_bot_tasks", "ready"] == 4
    assert ("rodin_bot_tasks", "failed") not in after


@pytest.mark.parametrize(
    ("supply", "missing"),
    [
        ("task_counts", "rodin_bot_tasks{"),
        ("balance", "rodin_bot_balance_credits{"),
        ("key_stops", "rodin_bot_key_stopped{"),
    ],
    ids=["tasks", "balance", "keys"],
)
async def test_the_other_numbers_come_when_some_cannot_be_looked_up(supply: str, missing: str, tmp_path: Path) -> None:
    async def look() -> NoReturn:
        raise DatabaseBusy("locked")

    async with open_hall(tmp_path, **{supply: look}) as hall:
        answer = await hall.get("/metrics")

    assert answer.status == 200
    assert "rodin_bot_http_requests_running 1.0" in answer.text
    assert missing not in answer.text


async def test_the_balance_is_told_as_it_was_last_heard(tmp_path: Path) -> None:
    heard: list[Decimal | None] = [None, Decimal("7.5")]

    async def balance() -> Decimal | None:
        return heard.pop(0)

    async with open_hall(tmp_path, balance=balance) as hall:
        before = samples((await hall.get("/metrics")).text)
        after = samples((await hall.get("/metrics")).text)

    assert ("rodin_bot_balance_credits", "operator") not in before
    assert after["rodin_bot_balance_credits", "operator"] == 7.5


async def test_stopped_keys_are_told_by_ids_that_are_no_secret(tmp_path: Path) -> None:
    heard: list[Mapping[str, bool]] = [{"operator": False, "4hgx2k7m": True}, {"operator": True}]

    async def stops() -> Mapping[str, bool]:
        return heard.pop(0)

    async with open_hall(tmp_path, key_stops=stops) as hall:
        before = samples((await hall.get("/metrics")).text)
        after = samples((await hall.get("/metrics")).text)

    assert before["rodin_bot_key_stopped", "operator"] == 0
    assert before["rodin_bot_key_stopped", "4hgx2k7m"] == 1
    assert after["rodin_bot_key_stopped", "operator"] == 1
    assert ("rodin_bot_key_stopped", "4hgx2k7m") not in after


async def test_numbers_that_others_count_stand_beside_ours(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    Counter("rodin_bot_submissions", "Sent.", registry=registry).inc(2)

    async with open_hall(tmp_path, registry=registry) as hall:
        assert "rodin_bot_submissions_total 2.0" in (await hall.get("/metrics")).text
