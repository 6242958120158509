"""A task's life by the clock, what it costs, and how it goes away. Checklist 4 to 6."""

from decimal import Decimal
from typing import Any

import pytest

from adapters.rodin.simulator import rules
from tests.unit.simulator.conftest import OpenStand
from tests.unit.simulator.stand import WEEK_S, Stand, picture


async def _records(stand: Stand, task: Any) -> Any:
    answer = await stand.api("status", json={"subscription_key": task["jobs"]["subscription_key"]})
    return answer.json["jobs"]


async def test_a_new_task_waits_with_a_queue_that_gets_shorter(stand: Stand):
    task = await stand.accepted()
    lengths = []
    for _ in range(4):
        first = (await _records(stand, task))[0]
        assert first["status"] == "Waiting"
        lengths.append(first["queue_length"])
        stand.clock.turn(1.1)

    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > lengths[-1] > 0


async def test_only_waiting_jobs_tell_a_queue(stand: Stand):
    task = await stand.accepted()
    stand.clock.turn(20)

    for record in await _records(stand, task):
        assert ("queue_length" in record) == (record["status"] == "Waiting")


async def test_jobs_go_from_waiting_over_generating_to_done_each_at_its_own_time(stand: Stand):
    task = await stand.accepted()
    seen: list[list[str]] = []
    for _ in range(60):
        seen.append(await stand.statuses(task))
        stand.clock.turn(1)

    histories = [list(dict.fromkeys(job)) for job in zip(*seen, strict=True)]
    assert histories == [["Waiting", "Generating", "Done"]] * 6
    done = [statuses.count("Done") for statuses in seen]
    assert done == sorted(done)
    assert set(done) == set(range(7))


async def test_status_names_the_jobs_of_the_submission(stand: Stand):
    task = await stand.accepted()

    assert [record["uuid"] for record in await _records(stand, task)] == task["jobs"]["uuids"]


async def test_a_render_is_a_seventh_job(stand: Stand):
    task = await stand.accepted(preview_render=True)

    assert len(task["jobs"]["uuids"]) == 7


@pytest.mark.parametrize(("tier", "seconds"), [(name, tier.seconds) for name, tier in rules.TIERS.items()])
async def test_each_tier_takes_its_time_within_15_percent(stand: Stand, tier: str, seconds: float):
    task = await stand.accepted(tier=tier)

    stand.clock.turn(seconds * 0.84)
    assert set(await stand.statuses(task)) != {"Done"}
    stand.clock.turn(seconds * 0.32)
    assert set(await stand.statuses(task)) == {"Done"}


async def test_without_texture_it_takes_less(open_stand: OpenStand):
    stand = await open_stand(seed=3)
    plain, textured = await stand.accepted(material="None"), await stand.accepted()
    stand.clock.turn(45 * 0.7 * 1.16)

    assert set(await stand.statuses(plain)) == {"Done"}
    assert set(await stand.statuses(textured)) != {"Done"}


async def test_speed_divides_the_time(open_stand: OpenStand):
    stand = await open_stand(speed=100.0)
    task = await stand.accepted()
    stand.clock.turn(0.53)

    assert set(await stand.statuses(task)) == {"Done"}


@pytest.mark.parametrize(
    ("fields", "price"),
    [
        ({"tier": "Sketch"}, 0.5),
        ({"tier": "Gen-2"}, 0.5),
        ({"tier": "Gen-2.5-High", "quality_override": "500", "images": [picture()]}, 0.5),
        ({"tier": "Gen-2.5-Extreme-High"}, 1),
        ({"tier": "Gen-2.5-Low", "texture_mode": "extreme-high"}, 2.5),
        ({"tier": "Gen-2.5-Low", "addons": '["HighPack"]'}, 1.5),
        ({"tier": "Gen-2.5-Extreme-High", "texture_mode": "extreme-high", "addons": '["HighPack"]'}, 4),
        ({"tier": "Gen-2", "texture_mode": "extreme-high"}, 0.5),
    ],
)
async def test_prices_add_up_as_documented_and_are_taken_once(stand: Stand, fields: dict[str, Any], price: float):
    task = await stand.finished(**fields)
    await stand.listing(task)

    assert task["consumed"] == price
    balance = await stand.balance(query="?usage_page=1")
    assert balance["balance"] == 208 - price
    assert balance["usage"] == [
        {
            "task_uuid": task["uuid"],
            "time": "2026-11-22T12:00:00Z",
            "item": f"Rodin {fields['tier']}",
            "amount": price,
        }
    ]


async def test_whole_numbers_of_credits_have_no_fraction(stand: Stand):
    first = await stand.call("GET", f"{stand.simulator.url}/check_balance", headers=stand.auth())
    await stand.accepted()
    second = await stand.call("GET", f"{stand.simulator.url}/check_balance", headers=stand.auth())

    assert (first.body, second.body) == (b'{"balance":208}', b'{"balance":207.5}')


async def test_a_balance_too_low_refuses_and_is_not_touched(open_stand: OpenStand):
    stand = await open_stand(balance=Decimal("0.9"))

    assert (await stand.submit(tier="Gen-2.5-Extreme-High")).json["error"] == "API_INSUFFICIENT_FUNDS"
    assert (await stand.submit()).json["uuid"]
    assert (await stand.submit()).json["error"] == "API_INSUFFICIENT_FUNDS"
    assert (await stand.balance())["balance"] == 0.4


async def test_each_key_has_its_own_wallet_and_its_own_places(open_stand: OpenStand):
    stand = await open_stand(parallel=1)
    await stand.accepted()

    assert (await stand.submit()).json["error"] == "API_PARALLELISM_LIMIT_REACHED"
    assert (await stand.submit(key="another")).json["uuid"]
    assert (await stand.balance(key="third"))["balance"] == 208


async def test_too_many_running_tasks_are_refused_until_one_ends(stand: Stand):
    for _ in range(3):
        await stand.accepted()

    refused = await stand.submit()
    assert (refused.status, refused.json["error"]) == (201, "API_PARALLELISM_LIMIT_REACHED")
    stand.clock.turn(60)
    assert (await stand.submit()).json["uuid"]
    assert (await stand.balance())["balance"] == 206


async def test_usage_comes_newest_first_in_pages_of_20(open_stand: OpenStand):
    stand = await open_stand(parallel=99)
    uuids = [(await stand.accepted())["uuid"] for _ in range(23)]

    pages = [(await stand.balance(query=f"?usage_page={page}"))["usage"] for page in (1, 2, 3)]

    assert [len(page) for page in pages] == [20, 3, 0]
    assert [record["task_uuid"] for page in pages for record in page] == uuids[::-1]


@pytest.mark.parametrize("page", ["0", "-1", "one", "", "1.0", "\u0661", "9" * 5_000])
async def test_a_page_that_is_no_number_from_1_on_is_refused(stand: Stand, page: str):
    answer = await stand.balance(query=f"?usage_page={page}")

    assert answer["error"] == "INVALID_REQUEST"


async def test_usage_comes_only_when_asked_for(stand: Stand):
    await stand.accepted()

    assert await stand.balance() == {"balance": 207.5}


async def test_a_week_later_the_task_is_gone_and_its_charge_is_not(stand: Stand):
    task = await stand.finished(images=[picture()])
    link = next(iter((await stand.listing(task)).values()))
    stand.clock.turn(WEEK_S - 301)
    assert set(await stand.statuses(task)) == {"Done"}
    stand.clock.turn(1)

    status = await stand.api("status", json={"subscription_key": task["jobs"]["subscription_key"]})
    listing = await stand.api("download", json={"task_uuid": task["uuid"]})
    await stand.accepted()  # the moment at which old pictures are dropped

    assert status.json["error"] == listing.json["error"] == "NO_SUCH_TASK"
    assert (await stand.call("GET", link)).status in {403, 404}
    assert task["uuid"] in {one["task_uuid"] for one in (await stand.balance(query="?usage_page=1"))["usage"]}
    tasks = (await stand.ledger())["tasks"]
    assert [one["state"] for one in tasks] == ["purged", "waiting"]
    assert stand.simulator.state.tasks[task["uuid"]].order.spec.pictures == ()


async def test_a_model_that_cannot_be_made_ends_as_failed_jobs(stand: Stand, caplog: pytest.LogCaptureFixture):
    stand.maker.fails = True
    task = await stand.finished()

    assert set(await stand.statuses(task)) == {"Failed"}
    assert await stand.listing(task) == {}
    assert (await stand.ledger())["tasks"][0]["state"] == "failed"
    assert "model not made" in caplog.text


async def test_the_listing_waits_while_the_model_is_still_being_made(stand: Stand):
    stand.maker.may_go.clear()
    task = await stand.accepted()
    stand.clock.turn(300)

    early = await stand.api("download", json={"task_uuid": task["uuid"]})
    stand.maker.may_go.set()
    late = await stand.listing(task)

    assert early.json["list"] == []
    assert sorted(late) == ["base_basic_pbr.glb", "preview.webp"]


async def test_before_the_end_the_listing_is_partial(stand: Stand):
    task = await stand.accepted()
    seen = []
    for _ in range(12):
        names = tuple(await stand.listing(task))
        if names not in seen:
            seen.append(names)
        stand.clock.turn(5)

    assert seen == [(), ("preview.webp",), ("base_basic_pbr.glb", "preview.webp")]
