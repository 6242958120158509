"""How the simulator speaks HTTP: keys, routes, bodies, envelopes. Checklist 1, 2 (bodies), 3 and 4."""

import asyncio
import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.unit.simulator.conftest import OpenStand
from tests.unit.simulator.stand import Stand, form

ROUTES = ("rodin", "status", "download", "rodin_texture_only", "bang")


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer  "}, {"Authorization": "Basic abc"}]
)
@pytest.mark.parametrize("route", ROUTES)
async def test_without_a_key_every_route_answers_401_in_rodins_words(stand: Stand, route: str, headers: dict[str, str]):
    answer = await stand.call("POST", f"{stand.simulator.url}/{route}", headers=headers, data={"prompt": "a cup"})

    assert answer.status == 401
    assert answer.body == b'{"error":"UNAUTHORIZED","message":"Active API key is required."}'


async def test_the_balance_needs_a_key_too(stand: Stand):
    answer = await stand.call("GET", f"{stand.simulator.url}/check_balance")

    assert answer.status == 401


async def test_only_the_given_keys_are_let_in(open_stand: OpenStand):
    stand = await open_stand(keys=frozenset({"right"}))

    assert (await stand.submit(key="right")).json["uuid"]
    assert (await stand.submit(key="wrong")).status == 401


async def test_the_word_bearer_may_be_written_in_any_case(stand: Stand):
    answer = await stand.call("GET", f"{stand.simulator.url}/check_balance", headers={"authorization": "bearer abc"})

    assert answer.json == {"balance": 208}


@pytest.mark.parametrize(
    "path", ["/api/v2/nothing", "/api/v2", "/api/v1/rodin", "/rodin", "/api/v2/rodin/", "/api/v2/cancel"]
)
async def test_an_unknown_route_is_404_with_or_without_a_key(stand: Stand, path: str):
    stand.meets_unknown_routes = True
    for headers in ({}, stand.auth()):
        answer = await stand.call("POST", f"{stand.simulator.origin}{path}", headers=headers)

        assert answer.status == 404


async def test_a_known_route_with_another_method_is_405(stand: Stand):
    stand.meets_unknown_routes = True  # aiohttp finds no route for these either
    for method, route in [("GET", "rodin"), ("PUT", "status"), ("DELETE", "download"), ("POST", "check_balance")]:
        answer = await stand.call(method, f"{stand.simulator.url}/{route}", headers=stand.auth())

        assert answer.status == 405


async def test_an_accepted_submission_has_the_documented_shape(stand: Stand):
    answer = await stand.submit(prompt="a brass teapot")

    assert answer.status == 201
    body = answer.json
    assert list(body) == ["message", "prompt", "submit_time", "uuid", "consumed", "jobs"]
    assert body["message"] == "Submitted."
    assert body["prompt"] == "a brass teapot"
    assert body["submit_time"] == "2026-11-22T12:00:00.000Z"
    assert body["consumed"] == 0.5
    assert len(body["jobs"]["uuids"]) == 6


async def test_ids_are_uuid4s_and_the_subscription_key_is_long_and_opaque(stand: Stand):
    body = await stand.accepted()

    ids = [body["uuid"], *body["jobs"]["uuids"]]
    assert [uuid.UUID(one).version for one in ids] == [4] * 7
    assert len(set(ids)) == 7
    key = body["jobs"]["subscription_key"]
    assert re.fullmatch(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", key)
    assert len(key) > 200
    assert body["uuid"] not in key


async def test_mixing_up_the_two_ids_is_no_such_task(stand: Stand):
    task = await stand.finished()
    key, task_uuid, job = task["jobs"]["subscription_key"], task["uuid"], task["jobs"]["uuids"][0]

    for wrong in (task_uuid, job, "made-up"):
        answer = await stand.api("status", json={"subscription_key": wrong})
        assert (answer.status, answer.json["error"]) == (201, "NO_SUCH_TASK")
    for wrong in (key, job, "made-up"):
        answer = await stand.api("download", json={"task_uuid": wrong})
        assert (answer.status, answer.json["error"]) == (201, "NO_SUCH_TASK")


async def test_another_key_does_not_see_the_task(stand: Stand):
    task = await stand.finished()

    answer = await stand.api("download", key="somebody-else", json={"task_uuid": task["uuid"]})

    assert answer.json["error"] == "NO_SUCH_TASK"


@pytest.mark.parametrize(
    "how",
    [
        lambda name, value: {"json": {name: value}},
        lambda name, value: {"data": {name: value}},
        lambda name, value: {"data": form(**{name: value})},
        lambda name, value: {"data": f'{{"{name}": "{value}"}}', "headers": {"Content-Type": "text/plain"}},
    ],
    ids=["json", "url-encoded", "multipart", "json-as-text"],
)
async def test_reads_take_json_and_forms_alike(stand: Stand, how: Any):
    task = await stand.finished()

    wanted = how("subscription_key", task["jobs"]["subscription_key"])
    headers = {**stand.auth(), **wanted.pop("headers", {})}
    answer = await stand.call("POST", f"{stand.simulator.url}/status", headers=headers, **wanted)

    assert len(answer.json["jobs"]) == 6


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"{", b"null", b'{"task_uuid": 7}', b'{"task_uuid": ""}', b"[" * 30_000, b"\xff"]
)
async def test_a_read_without_a_usable_id_is_an_invalid_request(stand: Stand, body: bytes):
    headers = {**stand.auth(), "Content-Type": "application/json"}
    for route in ("status", "download"):
        answer = await stand.call("POST", f"{stand.simulator.url}/{route}", headers=headers, data=body)

        assert (answer.status, answer.json["error"]) == (201, "INVALID_REQUEST")


async def test_text_mode_may_be_url_encoded(stand: Stand):
    answer = await stand.api("rodin", data={"prompt": "a cup & saucer", "tier": "Sketch"})

    assert answer.json["prompt"] == "a cup & saucer"


@pytest.mark.parametrize("accept", ["application/json", "text/html", "image/*;q=0", ""])
async def test_the_accept_header_changes_nothing(stand: Stand, accept: str):
    answer = await stand.call(
        "POST", f"{stand.simulator.url}/rodin", headers={**stand.auth(), "Accept": accept}, data=form(prompt="a cup")
    )

    assert answer.json["uuid"]


@pytest.mark.parametrize(
    "how",
    [
        {"data": b""},
        {"json": {"prompt": "a cup"}},
        {"data": b"prompt=a", "headers": {"Content-Type": "text/plain"}},
        {"data": b"", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"data": b"--x\r\nno end", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"data": b"--x\r\n\r\nnameless\r\n--x--\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"data": b"whatever", "headers": {"Content-Type": "multipart/form-data"}},
        {
            "data": "&".join(f"f{n}=1" for n in range(300)),
            "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        },
    ],
    ids=["empty", "json", "text", "empty-multipart", "cut-multipart", "nameless-part", "no-boundary", "many-fields"],
)
async def test_another_body_than_a_form_is_an_invalid_request(stand: Stand, how: dict[str, Any]):
    headers = {**stand.auth(), **how.pop("headers", {})}

    answer = await stand.call("POST", f"{stand.simulator.url}/rodin", headers=headers, **how)

    assert (answer.status, answer.json["error"]) == (201, "INVALID_REQUEST")
    assert answer.json["message"]


async def test_a_form_of_too_many_parts_is_an_invalid_request(stand: Stand):
    answer = await stand.api("rodin", data=form(prompt=["a cup"] * 250))

    assert answer.json["error"] == "INVALID_REQUEST"


@pytest.mark.parametrize(("wish", "shape"), [("absent", {}), ("null", {"error": None}), ("ok", {"error": "OK"})])
async def test_success_shows_error_as_the_options_say(open_stand: OpenStand, wish: str, shape: dict[str, Any]):
    stand = await open_stand(error_on_success=wish)

    task = await stand.accepted()
    status = await stand.api("status", json={"subscription_key": task["jobs"]["subscription_key"]})
    listing = await stand.api("download", json={"task_uuid": task["uuid"]})
    balance = await stand.balance()

    for body in (task, status.json, listing.json, balance):
        assert {name: value for name, value in body.items() if name == "error"} == shape


async def test_success_may_be_200_as_some_clients_saw(open_stand: OpenStand):
    stand = await open_stand(success_status=200)

    assert (await stand.submit()).status == 200


async def test_old_spelling_of_codes_can_be_chosen(open_stand: OpenStand):
    old, new = await open_stand(old_codes=True, balance=Decimal(0)), await open_stand(balance=Decimal(0))

    assert (await old.submit()).json == {
        "error": "INSUFFICIENT_FUND",
        "message": "The fund in your wallet is insufficient.",
    }
    assert (await new.submit()).json["error"] == "API_INSUFFICIENT_FUNDS"


async def test_a_plain_requests_script_goes_from_prompt_to_file(stand: Stand):
    def script() -> bytes:
        with requests.Session() as http:
            http.headers["Authorization"] = "Bearer any"
            task = http.post(
                f"{url}/rodin", files={"prompt": (None, "a cup"), "tier": (None, "Sketch")}, timeout=5
            ).json()
            stand.clock.turn(60)
            jobs = http.post(
                f"{url}/status", json={"subscription_key": task["jobs"]["subscription_key"]}, timeout=5
            ).json()["jobs"]
            assert {job["status"] for job in jobs} == {"Done"}
            listing = http.post(f"{url}/download", json={"task_uuid": task["uuid"]}, timeout=5).json()["list"]
            link = next(entry["url"] for entry in listing if entry["name"].endswith(".glb"))
            return requests.get(link, timeout=5).content

    url = stand.simulator.url

    assert await asyncio.to_thread(script) == b"base_basic_pbr.glb" * 1_000


async def test_several_simulators_live_in_one_process(open_stand: OpenStand):
    one, other = await open_stand(), await open_stand()
    await one.accepted()

    assert one.simulator.url != other.simulator.url
    assert (await one.ledger())["tasks"]
    assert not (await other.ledger())["tasks"]


async def test_links_name_the_host_that_the_client_used(stand: Stand):
    task = await stand.finished()
    headers = {**stand.auth(), "Host": "simulator.test:8080"}

    answer = await stand.call(
        "POST", f"{stand.simulator.url}/download", headers=headers, json={"task_uuid": task["uuid"]}
    )

    port = stand.simulator.files_url.rpartition(":")[2]
    assert all(entry["url"].startswith(f"http://simulator.test:{port}/") for entry in answer.json["list"])


async def test_without_a_usable_host_header_links_name_the_loopback_address(stand: Stand):
    task = await stand.finished()
    body = f'{{"task_uuid": "{task["uuid"]}"}}'
    host, port = stand.simulator.origin.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /api/v2/download HTTP/1.1\r\nHost: [:::\r\nAuthorization: Bearer {stand.key}\r\nConnection: close\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\nContent-Type: application/json\r\n\r\n{body}".encode())

    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()

    assert answer.startswith("HTTP/1.1 201")
    assert '"url":"http://127.0.0.1:' in answer


async def test_a_large_body_without_a_key_is_still_answered(stand: Stand):
    answer = await stand.call("POST", f"{stand.simulator.url}/rodin", data=form(images=bytes(4_000_000)))

    assert answer.status == 401


async def test_a_client_that_leaves_while_sending_starts_nothing(stand: Stand):
    host, port = stand.simulator.origin.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = "POST /api/v2/rodin HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nContent-Length: 5000\r\n"
    writer.write(f"{head}Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n".encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    assert not (await stand.ledger())["tasks"]


async def test_the_same_seed_gives_the_same_ids(open_stand: OpenStand):
    one, other, third = await open_stand(seed=1), await open_stand(seed=1), await open_stand(seed=2)

    uuids = [(await stand.accepted())["uuid"] for stand in (one, other, third)]

    assert uuids[0] == uuids[1] != uuids[2]


async def test_a_client_may_ask_before_it_sends_a_large_body(stand: Stand):
    answer = await stand.call(
        "POST", f"{stand.simulator.url}/rodin", headers=stand.auth(), data=form(prompt="a cup"), expect100=True
    )

    assert answer.json["uuid"]
