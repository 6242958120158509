"""Status, files, balance and usage: asked again while that can help, and honest about it when it does not."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.rodin.client import RodinClient, RodinOptions
from bot.clock import SystemClock
from bot.errors import VendorBusy, VendorDown, VendorGarbled, VendorRefused
from bot.model import JobState, RefusalReason, Submission
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
from tests.factories import NOON

KEY = "sk-of-the-tests"
SUBMISSION = Submission(uuid="5f0c6f2e", subscription_key="eyJ-subscription")

Read = Callable[[RodinClient], Awaitable[object]]

READS: dict[str, tuple[Read, str]] = {
    "status": (lambda client: client.status(SUBMISSION), "status"),
    "files": (lambda client: client.files(SUBMISSION), "listing"),
    "balance": (lambda client: client.balance(), "balance"),
    "usage": (lambda client: client.usage(), "usage"),
}
every_read = pytest.mark.parametrize(("read", "sample"), READS.values(), ids=READS.keys())


@pytest.fixture
async def rodin() -> AsyncIterator[ScriptedRodin]:
    async with ScriptedRodin() as server:
        yield server


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
async def client(rodin: ScriptedRodin, clock: TurnedClock) -> AsyncIterator[RodinClient]:
    async with RodinClient(RodinOptions(url=rodin.url, key=KEY), clock) as opened:
        yield opened


async def test_status_is_asked_with_the_subscription_key(rodin: ScriptedRodin, client: RodinClient) -> None:
    rodin.answers(said(payload("status")))

    jobs = await client.status(SUBMISSION)

    (arrived,) = rodin.arrived
    assert (arrived.method, arrived.target) == ("POST", "/api/v2/status")
    assert arrived.headers["authorization"] == f"Bearer {KEY}"
    assert arrived.headers["content-type"] == "application/json"
    assert arrived.json == {"subscription_key": "eyJ-subscription"}
    assert [job.state for job in jobs] == [JobState.DONE, JobState.GENERATING, JobState.WAITING]


async def test_files_are_listed_by_the_task_uuid(rodin: ScriptedRodin, client: RodinClient) -> None:
    rodin.answers(said(payload("listing")))

    files = await client.files(SUBMISSION)

    (arrived,) = rodin.arrived
    assert (arrived.method, arrived.target, arrived.json) == ("POST", "/api/v2/download", {"task_uuid": "5f0c6f2e"})
    assert [file.name for file in files] == ["base_basic_pbr.glb", "preview.webp"]


async def test_the_balance_and_its_charges_are_got(rodin: ScriptedRodin, client: RodinClient) -> None:
    rodin.answers(said(payload("balance")), said(payload("usage")), said({"balance": 1, "usage": []}))

    assert await client.balance() == Decimal("227.5")
    assert [record.amount for record in await client.usage()] == [Decimal("0.5"), Decimal(1)]
    assert await client.usage(2) == ()

    assert [(arrived.method, arrived.target) for arrived in rodin.arrived] == [
        ("GET", "/api/v2/check_balance"),
        ("GET", "/api/v2/check_balance?usage_page=1"),
        ("GET", "/api/v2/check_balance?usage_page=2"),
    ]


async def test_an_adopted_submission_cannot_be_asked_about(client: RodinClient) -> None:
    with pytest.raises(ValueError, match="no subscription key"):
        await client.status(Submission(uuid="u", subscription_key=None))


async def test_pages_of_usage_begin_at_one(client: RodinClient) -> None:
    with pytest.raises(ValueError, match="begin at 1"):
        await client.usage(0)


TROUBLE = {
    "500": Reply(status=500, body=b"oops"),
    "502": Reply(status=502, body=b"<html>Bad Gateway</html>"),
    "408": Reply(status=408),
    "429": Reply(status=429),
    "closed": Raw(),
    "no HTTP": Raw(data=b"220 smtp\r\n\r\n"),
    "cut off": Reply(status=200, body=b'{"error": "OK", "jo', announced=400),
    "no JSON": Reply(status=200, body=b"<html>hello</html>"),
    "redirect": Reply(status=302, headers=(("Location", "https://hyper3d.ai/login"),)),
}


@every_read
@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE.keys())
async def test_a_read_is_asked_again_after_trouble_that_may_pass(
    rodin: ScriptedRodin, client: RodinClient, read: Read, sample: str, trouble: Reply | Raw
) -> None:
    rodin.answers(trouble, said(payload(sample)))

    assert await read(client)

    assert len(rodin.arrived) == 2


@every_read
async def test_a_read_that_gets_no_answer_in_time_is_asked_again(
    rodin: ScriptedRodin, clock: TurnedClock, read: Read, sample: str
) -> None:
    rodin.answers(Silence(), said(payload(sample)))
    async with RodinClient(RodinOptions(url=rodin.url, key=KEY, read_timeout_s=0.1), clock) as client:
        assert await read(client)


async def test_waits_grow_and_end_before_the_deadline(
    rodin: ScriptedRodin, client: RodinClient, clock: TurnedClock
) -> None:
    rodin.answers(*[Reply(status=503)] * 7)

    with pytest.raises(VendorDown):
        await client.status(SUBMISSION)

    assert len(rodin.arrived) == 7
    assert all(low <= waited <= low + 1 for low, waited in zip([1, 2, 4, 8, 15, 15], clock.slept, strict=True))
    assert clock.moment < NOON + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("header", "seconds"), [("21", 21.0), ("Mon, 02 Mar 2026 12:00:33 GMT", 33.0)], ids=["seconds", "date"]
)
@pytest.mark.parametrize("status", [429, 503])
async def test_a_wish_is_obeyed(
    rodin: ScriptedRodin, client: RodinClient, clock: TurnedClock, status: int, header: str, seconds: float
) -> None:
    rodin.answers(Reply(status=status, headers=(("Retry-After", header),)), said(payload("usage")))

    await client.usage()

    assert clock.slept == [seconds]


async def test_nobody_waits_longer_than_ten_seconds_for_the_balance(
    rodin: ScriptedRodin, client: RodinClient, clock: TurnedClock
) -> None:
    rodin.answers(*[Reply(status=503)] * 4)

    with pytest.raises(VendorDown):
        await client.balance()

    assert len(rodin.arrived) == 4
    assert clock.moment < NOON + timedelta(seconds=10)


async def test_a_balance_that_never_comes_is_given_up_at_its_deadline(rodin: ScriptedRodin) -> None:
    rodin.answers(Silence())
    began = time.monotonic()

    async with RodinClient(RodinOptions(url=rodin.url, key=KEY, balance_deadline_s=0.05), SystemClock()) as client:
        with pytest.raises(VendorDown):
            await client.balance()

    assert time.monotonic() - began < 10


async def test_a_wish_beyond_the_deadline_is_handed_on_at_once(
    rodin: ScriptedRodin, client: RodinClient, clock: TurnedClock
) -> None:
    rodin.answers(Reply(status=429, headers=(("Retry-After", "120"),)))

    with pytest.raises(VendorBusy) as caught:
        await client.status(SUBMISSION)

    assert caught.value.retry_after_s == 120
    assert clock.slept == []


async def test_a_wish_of_nothing_does_not_make_us_rush(
    rodin: ScriptedRodin, client: RodinClient, clock: TurnedClock
) -> None:
    rodin.answers(Reply(status=429, headers=(("Retry-After", "0"),)), said(payload("balance")))

    await client.balance()

    assert clock.slept[0] >= 1


async def test_a_shape_that_stays_unknown_is_given_up_after_three_times(
    rodin: ScriptedRodin, client: RodinClient
) -> None:
    rodin.answers(*[said({"jobs": "many"})] * 3)

    with pytest.raises(VendorGarbled):
        await client.status(SUBMISSION)


async def test_an_answer_of_many_megabytes_is_not_kept(rodin: ScriptedRodin, client: RodinClient) -> None:
    rodin.answers(*[Reply(body=b" " * 1024**2, repeats=5)] * 3)

    with pytest.raises(VendorGarbled):
        await client.balance()


@every_read
@pytest.mark.parametrize("status", [200, 201, 400, 404])
async def test_a_refusal_is_not_asked_again(
    rodin: ScriptedRodin, client: RodinClient, clock: TurnedClock, read: Read, sample: str, status: int
) -> None:
    rodin.answers(said({"error": "NO_SUCH_TASK", "message": "No such task."}, status=status))

    with pytest.raises(VendorRefused) as caught:
        await read(client)

    assert caught.value.reason is RefusalReason.NO_SUCH_TASK
    assert clock.slept == []


async def test_a_refusal_that_echoes_the_subscription_key_does_not_hand_it_on(
    rodin: ScriptedRodin, client: RodinClient
) -> None:
    rodin.answers(said({"error": "NO_SUCH_TASK", "message": "Nothing under eyJ-subscription."}))

    with pytest.raises(VendorRefused) as caught:
        await client.status(SUBMISSION)

    assert caught.value.message == "Nothing under [secret]."


async def test_rodin_out_of_reach_is_an_outage(clock: TurnedClock) -> None:
    with deaf_port() as port:
        async with RodinClient(RodinOptions(url=f"http://127.0.0.1:{port}/api/v2", key=KEY), clock) as client:
            with pytest.raises(VendorDown):
                await client.balance()


async def test_a_redirect_never_gets_the_key(rodin: ScriptedRodin, client: RodinClient) -> None:
    async with ScriptedRodin() as elsewhere:
        moved = Reply(status=307, headers=(("Location", f"{elsewhere.origin}/api/v2/status"),))
        rodin.answers(*[moved] * 3)

        with pytest.raises(VendorGarbled, match="redirect"):
            await client.status(SUBMISSION)

        assert elsewhere.arrived == []


async def test_an_unknown_status_word_is_logged_once(
    rodin: ScriptedRodin, client: RodinClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = said({"jobs": [{"uuid": "a", "status": "Packaging"}, {"uuid": "b", "status": "Packaging"}]})
    rodin.answers(answer, answer)

    await client.status(SUBMISSION)
    jobs = await client.status(SUBMISSION)

    assert [(job.state, job.word) for job in jobs] == [(JobState.OTHER, "Packaging")] * 2
    assert caplog.text.count("Packaging") == 1


async def test_of_a_listing_without_end_the_model_is_kept(rodin: ScriptedRodin, clock: TurnedClock) -> None:
    names = [*(f"texture_{number}.png" for number in range(50)), "notes.txt", "preview.webp", "base.obj"]
    rodin.answers(said({"list": [{"name": name, "url": f"https://file.hyper3d.com/{name}"} for name in names]}))
    async with RodinClient(RodinOptions(url=rodin.url, key=KEY, max_files=5), clock) as client:
        files = await client.files(SUBMISSION)

    assert [file.name for file in files] == [
        "texture_0.png",
        "texture_1.png",
        "texture_2.png",
        "preview.webp",
        "base.obj",
    ]


async def test_keys_and_links_stay_out_of_logs_and_reprs(
    rodin: ScriptedRodin, client: RodinClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    rodin.answers(Reply(status=500, body=json.dumps({"key": KEY}).encode()), said(payload("listing")))

    files = await client.files(SUBMISSION)

    shown = caplog.text + repr(files) + repr(SUBMISSION) + repr(client)
    assert KEY not in shown
    assert "X-Tos-Signature" not in shown
    assert "eyJ-subscription" not in shown


async def test_a_client_outside_its_context_says_so(rodin: ScriptedRodin) -> None:
    client = RodinClient(RodinOptions(url=rodin.url, key=KEY), TurnedClock())

    with pytest.raises(RuntimeError, match="async with"):
        await client.balance()
