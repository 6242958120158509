"""Trouble on purpose: refusals, error pages, calls held in mid-air, and the list of requests."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.emulators.slack.sample_bot import client_of


@pytest.fixture
def client(slack, team):
    """A client that repeats nothing by itself."""
    return AsyncWebClient(team.bot_token, base_url=slack.api_url, retry_handlers=[])


async def test_a_rate_limit_hits_one_workspace_and_passes(slack, team, general, client):
    other = slack.workspace("Printers")
    elsewhere = other.channel("general")
    slack.fail("chat.postMessage", team=team, status=429, retry_after_s=7)

    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=general.id, text="x")
    await client_of(slack, other).chat_postMessage(channel=elsewhere.id, text="x")
    await client.chat_postMessage(channel=general.id, text="x")

    assert refused.value.response["error"] == "ratelimited"
    assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "7")
    assert [call.error for call in slack.calls("chat.postMessage")] == ["ratelimited", None, None]
    assert [call.team_id for call in slack.calls("chat.postMessage")] == [team.id, other.id, team.id]


async def test_slack_sdks_own_handler_obeys_the_rate_limit(slack, team, general):
    slack.fail("chat.postMessage", status=429, retry_after_s=0)
    handlers = [AsyncRateLimitErrorRetryHandler()]
    client = AsyncWebClient(team.bot_token, base_url=slack.api_url, retry_handlers=handlers)

    await client.chat_postMessage(channel=general.id, text="x")

    assert len(slack.messages(general)) == 1


async def test_errors_are_given_by_name_as_often_as_asked(slack, general, client):
    slack.fail("chat.postMessage", error="is_archived", times=2)

    for _ in range(2):
        with pytest.raises(SlackApiError, match="is_archived"):
            await client.chat_postMessage(channel=general.id, text="x")
    await client.chat_postMessage(channel=general.id, text="x")

    assert len(slack.messages(general)) == 1


@pytest.mark.parametrize(("when", "posted"), [("before", 0), ("after", 1)])
async def test_an_error_page_comes_before_or_after_the_effect(slack, general, client, when, posted):
    slack.fail("chat.postMessage", status=500, when=when)

    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=general.id, text="x")

    assert len(slack.messages(general)) == posted


@pytest.mark.parametrize(("when", "posted"), [("before", 0), ("after", 1)])
async def test_a_held_call_waits_where_it_was_held_and_can_be_dropped(slack, general, client, when, posted):
    hold = slack.hold("chat.postMessage", when=when)
    sending = asyncio.create_task(client.chat_postMessage(channel=general.id, text="x"))

    call = await hold.arrived()
    seen = len(slack.messages(general))
    hold.drop()

    with pytest.raises(aiohttp.ClientError):
        await sending
    assert call.arguments["text"] == "x"
    assert (seen, len(slack.messages(general))) == (posted, posted)


async def test_a_released_call_goes_on_and_the_next_one_is_not_held(slack, general, client):
    hold = slack.hold("chat.postMessage")
    sending = asyncio.create_task(client.chat_postMessage(channel=general.id, text="one"))
    await hold.arrived()
    hold.release()

    await sending
    await client.chat_postMessage(channel=general.id, text="two")

    assert [message.text for message in slack.messages(general)] == ["one", "two"]


async def test_a_call_whose_caller_died_still_has_its_effect_when_released(slack, general, client):
    hold = slack.hold("chat.postMessage")
    sending = asyncio.create_task(client.chat_postMessage(channel=general.id, text="x"))
    await hold.arrived()
    sending.cancel()
    hold.release()

    await slack.until(lambda: slack.messages(general))


async def test_uploads_and_downloads_can_fail_like_methods(slack, general, client):
    slack.fail("upload_url", status=500)
    place = await client.files_getUploadURLExternal(filename="a.png", length=1)

    async with aiohttp.ClientSession() as session, session.post(place["upload_url"], data=b"x") as reply:
        status = reply.status

    assert status == 500
    assert [call.method for call in slack.requests] == ["files.getUploadURLExternal", "upload_url"]


async def test_requests_keep_order_arguments_and_workspace(slack, team, general, client):
    await client.auth_test()
    await client.chat_postMessage(channel=general.id, text="x", unfurl_links=False)

    assert [(call.method, call.team_id) for call in slack.requests] == [
        ("auth.test", team.id),
        ("chat.postMessage", team.id),
    ]
    assert slack.requests[1].arguments == {"channel": general.id, "text": "x", "unfurl_links": False}


async def test_an_address_that_slack_does_not_have_is_a_complaint(slack):
    async with aiohttp.ClientSession() as session, session.get(f"{slack.world.base_url}/nowhere") as reply:
        status = reply.status

    assert status == 404
    assert slack.forgive("unknown address GET /nowhere")
