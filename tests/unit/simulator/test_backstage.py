"""The routes that Rodin does not have: ledger, faults, foreign usage; and what is logged."""

import logging

import pytest

from adapters.rodin.simulator.backstage import is_loopback
from tests.unit.simulator.conftest import OpenStand
from tests.unit.simulator.stand import KEY, Stand, picture


async def test_the_ledger_tells_all_without_a_key(stand: Stand):
    await stand.accepted(prompt="a brass teapot", images=[picture()], seed=5, quality_override=4_000)
    await stand.submit(tier="nonsense")
    stand.clock.turn(300)
    await stand.models_made()

    ledger = await stand.ledger()

    task = ledger["tasks"][0]
    assert ledger["balance"] == 207.5
    assert ledger["accounts"] == [{"key": KEY[-4:], "balance": 207.5, "running": 0, "charges": 1}]
    assert (task["key"], task["prompt"], task["tier"], task["amount"]) == ("1234", "a brass teapot", "Gen-2.5-Low", 0.5)
    assert (task["seconds"], task["state"], task["pictures"]) == (0.0, "done", 1)
    assert (task["seed"], task["faces"]) == (5, 4_000)
    assert task["files"] == ["base_basic_pbr.glb", "preview.webp"]
    assert [(one["route"], one["code"], one["key"]) for one in ledger["refusals"]] == [
        ("/api/v2/rodin", "INVALID_REQUEST", "1234")
    ]
    assert ledger["requests"] == {"POST /api/v2/rodin": 2, "GET /simulator/ledger": 1}
    assert ledger["models_made"] == 1


async def test_the_ledger_never_shows_a_whole_key_or_a_subscription_key(stand: Stand):
    task = await stand.accepted()

    answer = await stand.call("GET", f"{stand.simulator.origin}/simulator/ledger")

    assert KEY.encode() not in answer.body
    assert task["jobs"]["subscription_key"].encode() not in answer.body


async def test_the_ledger_follows_a_task_through_its_states(stand: Stand):
    await stand.accepted()
    states = []
    for seconds in (0, 20, 100):
        stand.clock.turn(seconds)
        states.append((await stand.ledger())["tasks"][0]["state"])

    assert states == ["waiting", "generating", "done"]


@pytest.mark.parametrize(
    ("remote", "here"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("10.0.0.1", False), ("", False), (None, False)],
)
def test_only_this_machine_sees_the_ledger(remote: str | None, here: bool):
    assert is_loopback(remote) is here


async def test_unknown_routes_are_counted(stand: Stand):
    stand.meets_unknown_routes = True
    await stand.call("GET", f"{stand.simulator.url}/user/balance")

    assert (await stand.ledger())["requests"]["GET unknown"] == 1


async def test_a_syntax_error_is_in_the_ledger(stand: Stand):
    await stand.submit(addons="HighPack")

    refusal = (await stand.ledger())["refusals"][0]
    assert (refusal["status"], refusal["code"]) == (500, "SyntaxError")


async def test_faults_are_replaced_while_it_runs(stand: Stand):
    assert (await stand.set_faults("unknown:x1,no_consumed")).json == {"faults": ["unknown", "no_consumed"]}
    assert (await stand.submit()).json["error"] == "UNKNOWN"

    assert (await stand.set_faults("")).json == {"faults": []}
    assert (await stand.submit()).json["consumed"] == 0.5


@pytest.mark.parametrize("how", [{"json": {"faults": "moon_phase"}}, {"json": []}, {"data": b"{"}])
async def test_wrong_faults_are_answered_with_a_sentence(stand: Stand, how: dict):
    answer = await stand.call("POST", f"{stand.simulator.origin}/simulator/faults", **how)

    assert answer.status == 400
    assert answer.json["error"]


async def test_somebody_else_can_use_the_key(stand: Stand):
    await stand.accepted()

    answer = await stand.call(
        "POST", f"{stand.simulator.origin}/simulator/usage", json={"item": "Rodin Sketch", "amount": 1.5}
    )

    balance = await stand.balance(query="?usage_page=1")
    assert answer.json["balance"] == balance["balance"] == 206
    assert (balance["usage"][0]["item"], balance["usage"][0]["amount"]) == ("Rodin Sketch", 1.5)
    assert len(balance["usage"]) == 2
    assert len((await stand.ledger())["tasks"]) == 1


async def test_foreign_usage_can_name_its_key(stand: Stand):
    await stand.call("POST", f"{stand.simulator.origin}/simulator/usage", json={"key": "other", "amount": "0.5"})

    assert (await stand.balance(key="other"))["balance"] == 207.5
    assert (await stand.balance())["balance"] == 208


@pytest.mark.parametrize(
    "body", [{}, {"key": "a", "amount": "much"}, {"key": "a", "amount": -1}, {"key": "a", "amount": "NaN"}]
)
async def test_wrong_foreign_usage_is_answered_with_a_sentence(stand: Stand, body: dict):
    answer = await stand.call("POST", f"{stand.simulator.origin}/simulator/usage", json=body)

    assert answer.status == 400
    assert answer.json["error"]


async def test_each_key_has_a_wallet_of_its_own_that_can_be_emptied_and_filled_while_it_runs(stand: Stand):
    emptied = await stand.set_key(KEY, balance=0)

    assert emptied.json == {"balance": 0, "revoked": False}
    assert (await stand.submit()).json["error"] == "API_INSUFFICIENT_FUNDS"
    assert (await stand.balance(key="other"))["balance"] == 208

    await stand.set_key(KEY, balance="1.5")
    assert (await stand.submit()).json["consumed"] == 0.5
    assert (await stand.balance())["balance"] == 1


async def test_a_revoked_key_is_refused_everywhere_until_it_is_let_in_again(stand: Stand):
    task = await stand.accepted()
    asking = {"json": {"task_uuid": task["uuid"]}}
    await stand.set_key(KEY, revoked=True)

    assert (await stand.submit()).status == 401
    assert (await stand.api("download", **asking)).status == 401
    assert (await stand.balance(key="other"))["balance"] == 208

    await stand.set_key(KEY, revoked=False)
    assert (await stand.api("download", **asking)).status == 201


@pytest.mark.parametrize("body", [{}, {"key": 5}, {"key": "a", "balance": "much"}, {"key": "a", "balance": -1}])
async def test_a_wrong_change_of_a_key_is_answered_with_a_sentence(stand: Stand, body: dict):
    answer = await stand.call("POST", f"{stand.simulator.origin}/simulator/keys", json=body)

    assert answer.status == 400
    assert answer.json["error"]


async def test_requests_are_not_logged_unless_asked_for(open_stand: OpenStand, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    quiet = await open_stand()
    await quiet.accepted()
    assert not caplog.records

    loud = await open_stand(access_log=True)
    await loud.accepted(prompt="a secret lantern")
    link = next(iter((await loud.listing(await loud.finished())).values()))
    await loud.call("GET", link)

    assert "route=POST /api/v2/rodin status=201" in caplog.text
    assert "status=200" in caplog.text
    for secret in (KEY, "secret lantern", "Signature"):
        assert secret not in caplog.text


async def test_a_404_is_logged_too(open_stand: OpenStand, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    stand = await open_stand(access_log=True)

    stand.meets_unknown_routes = True
    await stand.call("GET", f"{stand.simulator.url}/nothing")

    assert "status=404" in caplog.text
