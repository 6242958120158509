"""What a submission becomes, whatever comes back: sent once, and never called free when it may have cost something."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.rodin.client import RodinClient, RodinOptions
from bot.errors import StorageError, VendorBusy, VendorDown, VendorFull, VendorRefused, VendorUnclear
from bot.model import BangRequest, RefusalReason, TextureRequest
from tests.emulators.scripted_rodin import (
    Raw,
    Reply,
    ScriptedRodin,
    Silence,
    TurnedClock,
    deaf_port,
    payload,
    said,
)
from tests.factories import a_picture, a_request

KEY = "sk-of-the-tests"
PNG = b"\x89PNG\r\n\x1a\nrest"
TAKEN = said(payload("submission"))
OUR_SYNTAX_ERROR = b"SyntaxError: Unexpected token '?', \"?\" is not valid JSON\n    at JSON.parse (<anonymous>)"
THEIR_SYNTAX_ERROR = b"SyntaxError: Unexpected token '<', \"<html>...\" is not valid JSON"


@pytest.fixture
async def rodin() -> AsyncIterator[ScriptedRodin]:
    async with ScriptedRodin() as server:
        yield server


@pytest.fixture
async def client(rodin: ScriptedRodin) -> AsyncIterator[RodinClient]:
    async with RodinClient(RodinOptions(url=rodin.url, key=KEY), TurnedClock()) as opened:
        yield opened


async def test_a_request_from_words_arrives_as_a_multipart_form(rodin: ScriptedRodin, client: RodinClient) -> None:
    rodin.answers(TAKEN)

    submission = await client.submit(a_request(image_label=()), [])

    (arrived,) = rodin.arrived
    assert (arrived.method, arrived.target) == ("POST", "/api/v2/rodin")
    assert arrived.headers["authorization"] == f"Bearer {KEY}"
    assert arrived.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert arrived.texts[:2] == (("prompt", "a small brass owl"), ("tier", "Gen-2.5-Medium"))
    assert all(part.filename is None for part in arrived.parts)
    assert submission.uuid == payload("submission")["uuid"]
    assert submission.subscription_key == payload("submission")["jobs"]["subscription_key"]


async def test_pictures_arrive_whole_in_order_and_named(rodin: ScriptedRodin, client: RodinClient) -> None:
    rodin.answers(TAKEN)
    pictures = (a_picture(name="1.png"), a_picture(name="2.jpg", media_type="image/jpeg"))
    large = bytes(range(256)) * 8192  # two megabytes of every byte

    await client.submit(a_request(pictures=pictures, image_label=("F", "B")), [PNG, large])

    (arrived,) = rodin.arrived
    files = [part for part in arrived.parts if part.filename is not None]
    assert [(part.name, part.filename, part.media_type) for part in files] == [
        ("images", "1.png", "image/png"),
        ("images", "2.jpg", "image/jpeg"),
    ]
    assert [part.content for part in files] == [PNG, large]
    assert ("image_label", '["F","B"]') in arrived.texts


async def test_words_of_any_script_arrive_as_they_were_typed(rodin: ScriptedRodin, client: RodinClient) -> None:
    rodin.answers(TAKEN)

    await client.submit(a_request(prompt='梟 "brass"\r\n--boundary & 🦉'), [])

    assert dict(rodin.arrived[0].texts)["prompt"] == '梟 "brass"\r\n--boundary & 🦉'


async def test_a_new_texture_takes_one_image_and_one_model(
    rodin: ScriptedRodin, client: RodinClient, tmp_path: Path
) -> None:
    rodin.answers(TAKEN)
    model = tmp_path / "anything"
    model.write_bytes(b"glTF and more")

    await client.submit_texture(TextureRequest(model_name="owl.glb", seed=3), model, PNG)

    (arrived,) = rodin.arrived
    assert arrived.target == "/api/v2/rodin_texture_only"
    files = [(part.name, part.filename, part.media_type, part.content) for part in arrived.parts if part.filename]
    assert files == [
        ("image", "image.png", "image/png", PNG),
        ("model", "owl.glb", "model/gltf-binary", b"glTF and more"),
    ]
    assert ("reference_scale", "1.0") in arrived.texts


async def test_a_split_takes_a_finished_task_or_a_model(
    rodin: ScriptedRodin, client: RodinClient, tmp_path: Path
) -> None:
    rodin.answers(TAKEN, TAKEN)
    model = tmp_path / "m.fbx"
    model.write_bytes(b"Kaydara")

    await client.submit_bang(BangRequest(asset_id="5f0c"), None, None)
    await client.submit_bang(BangRequest(model_name="owl.fbx"), model, PNG)

    by_id, by_model = rodin.arrived
    assert by_id.target == by_model.target == "/api/v2/bang"
    assert ("asset_id", "5f0c") in by_id.texts
    assert [part.filename for part in by_id.parts if part.filename] == []
    assert [(part.name, part.filename) for part in by_model.parts if part.filename] == [
        ("image", "image.png"),
        ("model", "owl.fbx"),
    ]


async def test_what_cannot_be_sent_is_not_sent(rodin: ScriptedRodin, client: RodinClient, tmp_path: Path) -> None:
    large = tmp_path / "large.glb"
    with large.open("wb") as file:
        file.truncate(10 * 1024**2 + 1)

    with pytest.raises(ValueError, match="too large"):
        await client.submit_texture(TextureRequest(model_name="m.glb", seed=1), large, PNG)
    with pytest.raises(ValueError, match="either"):
        await client.submit_bang(BangRequest(), None, None)
    with pytest.raises(ValueError, match="either"):
        await client.submit_bang(BangRequest(asset_id="a", model_name="m.glb"), large, None)
    with pytest.raises(StorageError):
        await client.submit_bang(BangRequest(model_name="m.glb"), tmp_path / "gone.glb", None)

    assert rodin.arrived == []


@pytest.mark.parametrize("error", [None, "", "OK"])
@pytest.mark.parametrize("status", [200, 201])
async def test_an_empty_error_is_success(
    rodin: ScriptedRodin, client: RodinClient, status: int, error: str | None
) -> None:
    rodin.answers(said({**payload("submission"), "error": error}, status=status))

    assert (await client.submit(a_request(), [])).uuid == payload("submission")["uuid"]


@pytest.mark.parametrize("status", [200, 201, 400, 402, 403])
async def test_a_code_is_a_refusal_whatever_the_status(rodin: ScriptedRodin, client: RodinClient, status: int) -> None:
    rodin.answers(said(payload("refusal"), status=status))

    with pytest.raises(VendorRefused) as caught:
        await client.submit(a_request(), [])

    assert caught.value.code == "API_INSUFFICIENT_FUNDS"
    assert caught.value.reason is RefusalReason.CREDITS
    assert caught.value.message == "The fund in your wallet is insufficient."


async def test_a_wrong_key_is_told_apart(rodin: ScriptedRodin, client: RodinClient) -> None:
    rodin.answers(said(payload("unauthorized"), status=401))

    with pytest.raises(VendorRefused) as caught:
        await client.submit(a_request(), [])

    assert caught.value.reason is RefusalReason.KEY


async def test_a_code_nobody_knows_is_kept_whole(rodin: ScriptedRodin, client: RodinClient) -> None:
    rodin.answers(said({"error": "API_MOON_IN_WRONG_PHASE", "message": "Come back later."}))

    with pytest.raises(VendorRefused) as caught:
        await client.submit(a_request(), [])

    assert (caught.value.code, caught.value.reason) == ("API_MOON_IN_WRONG_PHASE", RefusalReason.UNKNOWN)


@pytest.mark.parametrize("status", [400, 403, 404, 413, 422])
async def test_an_unreadable_4xx_is_a_refusal_named_after_its_status(
    rodin: ScriptedRodin, client: RodinClient, status: int
) -> None:
    rodin.answers(Reply(status=status, body=b"<html>no</html>"))

    with pytest.raises(VendorRefused) as caught:
        await client.submit(a_request(), [])

    assert caught.value.code == f"HTTP_{status}"


async def test_the_parallel_limit_asks_for_patience(rodin: ScriptedRodin, client: RodinClient) -> None:
    rodin.answers(said({"error": "API_PARALLELISM_LIMIT_REACHED", "message": ""}))

    with pytest.raises(VendorFull):
        await client.submit(a_request(), [])


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("20", 20.0), ("Mon, 02 Mar 2026 12:00:45 GMT", 45.0), ("86400", 300.0), ("soon", None), (None, None)],
)
async def test_a_rate_limit_brings_its_wish_along(
    rodin: ScriptedRodin, client: RodinClient, header: str | None, seconds: float | None
) -> None:
    rodin.answers(Reply(status=429, headers=(("Retry-After", header),) if header else ()))

    with pytest.raises(VendorBusy) as caught:
        await client.submit(a_request(), [])

    assert caught.value.retry_after_s == seconds


UNREADABLE = {
    "nothing": b"",
    "cut off": json.dumps(payload("submission")).encode()[:-20],
    "a page": b"<html>ok</html>",
    "no object": b"[]",
    "no uuid": json.dumps({**payload("submission"), "uuid": None}).encode(),
    "a number as uuid": json.dumps({**payload("submission"), "uuid": 7}).encode(),
    "an error that is no text": json.dumps({**payload("submission"), "error": {"a": 1}}).encode(),
    "no answer at all": b"{}",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_a_2xx_that_cannot_be_read_leaves_doubt(rodin: ScriptedRodin, client: RodinClient, body: bytes) -> None:
    rodin.answers(Reply(status=201, body=body))

    with pytest.raises(VendorUnclear):
        await client.submit(a_request(), [])

    assert len(rodin.arrived) == 1


@pytest.mark.parametrize("jobs", [None, {"uuids": ["a"]}], ids=["no jobs", "no subscription key"])
async def test_a_uuid_alone_says_that_rodin_took_it(
    rodin: ScriptedRodin, client: RodinClient, caplog: pytest.LogCaptureFixture, jobs: object
) -> None:
    rodin.answers(said({**payload("submission"), "jobs": jobs}, status=201))

    submission = await client.submit(a_request(), [])

    assert (submission.uuid, submission.subscription_key) == (payload("submission")["uuid"], None)
    assert f"lacks the subscription key uuid={submission.uuid}" in caplog.text
    assert len(rodin.arrived) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_fault_leaves_doubt(rodin: ScriptedRodin, client: RodinClient, status: int) -> None:
    rodin.answers(Reply(status=status, body=b"<html>Bad Gateway</html>", headers=(("Retry-After", "5"),)))

    with pytest.raises(VendorUnclear):
        await client.submit(a_request(), [])

    assert len(rodin.arrived) == 1


async def test_an_array_that_rodin_could_not_parse_is_our_mistake_and_no_doubt(
    rodin: ScriptedRodin, client: RodinClient
) -> None:
    rodin.answers(Reply(status=500, body=OUR_SYNTAX_ERROR))

    with pytest.raises(VendorRefused) as caught:
        await client.submit(a_request(), [])

    assert (caught.value.code, caught.value.reason) == ("HTTP_500", RefusalReason.REQUEST)
    assert "is not valid JSON" in caught.value.message


async def test_a_syntax_error_between_rodins_own_servers_leaves_doubt(
    rodin: ScriptedRodin, client: RodinClient
) -> None:
    rodin.answers(Reply(status=500, body=THEIR_SYNTAX_ERROR))

    with pytest.raises(VendorUnclear):
        await client.submit(a_request(), [])


LOST = {
    "connection closed": Raw(),
    "closed in the head": Raw(data=b"HTTP/1.1 201 Crea"),
    "closed in the body": Reply(status=201, body=b'{"uuid": "a', announced=500),
    "no HTTP": Raw(data=b"220 smtp.example.com ready\r\n\r\n"),
}


@pytest.mark.parametrize("reply", LOST.values(), ids=LOST.keys())
async def test_a_connection_that_breaks_leaves_doubt(rodin: ScriptedRodin, client: RodinClient, reply: Raw) -> None:
    rodin.answers(reply)

    with pytest.raises(VendorUnclear):
        await client.submit(a_request(), [])

    assert len(rodin.arrived) == 1


@pytest.mark.parametrize(
    "after", [b"", b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"], ids=["silent", "stalled"]
)
async def test_an_answer_that_does_not_come_in_time_leaves_doubt(rodin: ScriptedRodin, after: bytes) -> None:
    rodin.answers(Silence(after=after))
    options = RodinOptions(url=rodin.url, key=KEY, submit_timeout_s=0.1)

    async with RodinClient(options, TurnedClock()) as client:
        with pytest.raises(VendorUnclear):
            await client.submit(a_request(), [])


async def test_a_whole_answer_counts_even_if_the_connection_then_breaks(
    rodin: ScriptedRodin, client: RodinClient
) -> None:
    body = json.dumps(payload("submission")).encode()
    rodin.answers(Reply(status=201, body=body, announced=len(body) + 100))

    assert (await client.submit(a_request(), [])).uuid == payload("submission")["uuid"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed_and_took_nothing(
    rodin: ScriptedRodin, client: RodinClient, status: int
) -> None:
    async with ScriptedRodin() as elsewhere:
        rodin.answers(Reply(status=status, headers=(("Location", f"{elsewhere.origin}/api/v2/rodin"),)))

        with pytest.raises(VendorRefused) as caught:
            await client.submit(a_request(), [])

        assert caught.value.code == f"HTTP_{status}"
        assert elsewhere.arrived == []


async def test_an_answer_elsewhere_leaves_doubt(rodin: ScriptedRodin, client: RodinClient) -> None:
    rodin.answers(Reply(status=303, headers=(("Location", "/elsewhere"),)))

    with pytest.raises(VendorUnclear):
        await client.submit(a_request(), [])


async def test_a_refused_connection_sent_nothing() -> None:
    with deaf_port() as port:
        options = RodinOptions(url=f"http://127.0.0.1:{port}/api/v2", key=KEY)
        async with RodinClient(options, TurnedClock()) as client:
            with pytest.raises(VendorDown):
                await client.submit(a_request(), [])


async def test_a_host_that_does_not_exist_was_sent_nothing() -> None:
    async with RodinClient(RodinOptions(url="https://rodin.invalid/api/v2", key=KEY), TurnedClock()) as client:
        with pytest.raises(VendorDown):
            await client.submit(a_request(), [])


@pytest.mark.parametrize("greeting", [b"", b"220 smtp.example.com\r\n"], ids=["silent", "other protocol"])
async def test_a_host_without_tls_was_sent_nothing(greeting: bytes) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/v2"
        async with RodinClient(RodinOptions(url=url, key=KEY, connect_timeout_s=0.2), TurnedClock()) as client:
            with pytest.raises(VendorDown):
                await client.submit(a_request(), [])


async def test_the_key_and_the_prompt_stay_out_of_errors_and_logs(
    rodin: ScriptedRodin, client: RodinClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    rodin.answers(
        said({"error": "UNAUTHORIZED", "message": f"Key {KEY} is revoked."}, status=401),
        Raw(data=b"220 no http\r\n\r\n"),
        Reply(status=500, body=f'SyntaxError: "{KEY}" is not valid JSON'.encode()),
    )

    with pytest.raises(VendorRefused) as first:
        await client.submit(a_request(prompt="my private owl"), [])
    with pytest.raises(VendorUnclear) as second:
        await client.submit(a_request(prompt="my private owl"), [])
    with pytest.raises(VendorRefused) as third:
        await client.submit(a_request(prompt="my private owl"), [])

    shown = caplog.text + "".join(repr(link) for caught in (first, second, third) for link in chain(caught.value))
    assert KEY not in shown
    assert "private" not in shown


def chain(error: BaseException | None) -> list[BaseException]:
    """Return an error and what a traceback shows as its causes."""
    if error is None:
        return []
    return [error, *chain(error.__cause__ or (None if error.__suppress_context__ else error.__context__))]
