"""Socket Mode: slack-bolt's own client against the stand-in."""

import asyncio
import json

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.emulators.slack import MemberCannot
from tests.emulators.slack.sample_bot import bolt_app, over_socket


async def test_a_command_is_acknowledged_and_answered_to_its_sender_alone(slack, team):
    general, ann, bob = team.channel("general"), team.member("Ann"), team.member("Bob")
    app = bolt_app(slack, team)

    @app.command("/rodin")
    async def rodin(ack, respond, command):
        await ack()
        await respond(f"making {command['text']}")

    async with over_socket(slack, app):
        answer = await ann.command(general, "/rodin a <pot> & pan")
        await slack.until(lambda: answer.ephemerals)

    assert answer.acknowledged
    assert answer.ack_s is not None
    assert answer.ack_s < 1
    assert answer.text == "making a <pot> & pan"
    assert answer.response_url_uses == 1
    assert bob.ephemerals == ()
    assert slack.messages(general) == []


async def test_what_an_acknowledgement_says_is_seen_by_the_sender(slack, team):
    general, ann = team.channel("general"), team.member("Ann")
    app = bolt_app(slack, team)

    @app.command("/rodin")
    async def rodin(ack):
        await ack("got it")

    async with over_socket(slack, app):
        answer = await ann.command(general, "/rodin help")

    assert answer.text == "got it"
    assert answer.response_url_uses == 0


async def test_a_command_without_a_bot_fails_at_once_and_never_comes_again(slack, team):
    general, ann = team.channel("general"), team.member("Ann")
    heard = []
    app = bolt_app(slack, team)

    @app.command("/rodin")
    async def rodin(ack):
        heard.append(1)
        await ack()

    answer = await ann.command(general, "/rodin a teapot")
    async with over_socket(slack, app):
        await slack.advance(600)
        await ann.command(general, "/rodin help")

    assert answer.complaint == '/rodin failed with the error "dispatch_failed"'
    assert len(heard) == 1


async def test_a_bot_that_does_not_acknowledge_in_time_is_reported_to_the_member(slack, team):
    general, ann = team.channel("general"), team.member("Ann")
    slack.outbox.patience_s = 0.05
    app = bolt_app(slack, team)

    @app.command("/rodin")
    async def rodin(body):
        """Say nothing."""

    async with over_socket(slack, app):
        answer = await ann.command(general, "/rodin a teapot")

    assert answer.complaint == '/rodin failed with the error "operation_timeout"'


@pytest.mark.parametrize("line", ["/other thing", "/rodi"])
async def test_a_command_that_the_manifest_does_not_name_cannot_be_typed(slack, team, line):
    with pytest.raises(MemberCannot, match="not a valid command"):
        await team.member("Ann").command(team.channel("general"), line)


async def test_a_command_cannot_be_typed_in_a_thread(slack, team):
    general, ann = team.channel("general"), team.member("Ann")
    answer = await ann.write(general, "look")

    with pytest.raises(MemberCannot, match="not supported in threads"):
        await ann.command(general, "/rodin a teapot", thread=answer.message)


async def test_an_event_that_nobody_took_comes_again_after_a_reconnection_and_says_so(slack, team):
    general, ann = team.channel("general"), team.member("Ann")
    seen = []
    app = bolt_app(slack, team)

    @app.event("app_mention")
    async def mention(event, request):
        seen.append((event["text"], request.headers.get("x-slack-retry-num")))

    answer = await ann.write(general, "<@bot> make it red")
    assert not answer.acknowledged
    async with over_socket(slack, app):
        await slack.until(lambda: answer.deliveries[1].acknowledged)

    assert seen == [(f"<@{team.bot.id}> make it red", ["1"])]


async def test_a_delivery_repeated_on_purpose_is_the_same_envelope_and_event(slack, team):
    general, ann = team.channel("general"), team.member("Ann")
    seen = []
    app = bolt_app(slack, team)

    @app.event("app_mention")
    async def mention(body):
        seen.append(body["event_id"])

    @app.event("message")
    async def message():
        """Leave it."""

    async with over_socket(slack, app):
        answer = await ann.write(general, "<@bot> again")
        outcome = await slack.repeat(answer.deliveries[1])
        received = slack.outbox.socket.connections[0].received

    assert outcome.acknowledged
    assert len(seen) == 2
    assert len(set(seen)) == 1
    assert received.count(answer.deliveries[1].envelope_id) == 2


async def test_a_refresh_makes_the_bot_open_another_socket_and_nothing_is_lost(slack, team):
    general, ann = team.channel("general"), team.member("Ann")
    app = bolt_app(slack, team)

    @app.command("/rodin")
    async def rodin(ack):
        await ack("here")

    async with over_socket(slack, app):
        await slack.disconnect_socket("refresh_requested")
        await slack.until(lambda: slack.outbox.socket.opened == 2)
        answer = await ann.command(general, "/rodin help")

    assert answer.text == "here"


async def test_an_event_in_flight_while_the_bot_changes_sockets_arrives(slack, team):
    general, ann = team.channel("general"), team.member("Ann")
    team.scopes.remove("channels:history")
    stuck = asyncio.Event()
    heard = []
    app = bolt_app(slack, team, process_before_response=True)

    @app.event("app_mention")
    async def mention(event):
        heard.append(event["text"])
        if len(heard) == 1:
            stuck.set()
            await asyncio.Event().wait()

    async with over_socket(slack, app):
        writing = asyncio.create_task(ann.write(general, "<@bot> hello"))
        await stuck.wait()
        await slack.disconnect_socket("refresh_requested")
        answer = await writing
        await slack.until(lambda: answer.acknowledged)

    assert len(heard) == 2


async def test_a_socket_that_breaks_without_a_word_is_opened_anew(slack, team):
    async with over_socket(slack, bolt_app(slack, team)):
        slack.cut_sockets()

        await slack.until(lambda: slack.outbox.socket.opened == 2)


async def test_a_bot_that_has_just_died_cannot_be_told_to_change_sockets_which_is_no_mistake(slack, team):
    async with over_socket(slack, bolt_app(slack, team)):
        slack.cut_sockets()

        await slack.disconnect_socket()


async def test_several_sockets_take_turns(slack, team):
    general, ann = team.channel("general"), team.member("Ann")
    heard = []

    def another(name):
        app = bolt_app(slack, team)

        @app.command("/rodin")
        async def rodin(ack):
            heard.append(name)
            await ack()

        return app

    async with over_socket(slack, another("one")), over_socket(slack, another("two")):
        for _ in range(4):
            await ann.command(general, "/rodin help")

    assert sorted(heard) == ["one", "one", "two", "two"]


async def test_events_come_only_where_the_app_subscribed_and_may_hear(slack, team):
    general, ann = team.channel("general"), team.member("Ann")
    team.scopes.remove("channels:history")

    answer = await ann.write(general, "<@bot> hello")

    assert [delivery.event_type for delivery in answer.deliveries] == ["app_mention"]


async def test_a_mention_in_a_channel_without_the_bot_is_no_event(slack, team):
    answer = await team.member("Ann").write(team.channel("general", bot_in=False), "<@bot> hello")

    assert answer.deliveries == ()


async def test_an_acknowledgement_of_what_was_never_sent_is_a_complaint(slack, team):
    client = AsyncWebClient(base_url=slack.api_url)
    address = (await client.apps_connections_open(app_token=slack.world.app_token))["url"]

    async with aiohttp.ClientSession() as session, session.ws_connect(address) as socket:
        hello = json.loads((await socket.receive()).data)
        await socket.send_json({"envelope_id": "made up"})
        await slack.until(lambda: slack.complaints)

    assert hello["type"] == "hello"
    assert slack.forgive("never got")


async def test_a_ticket_opens_one_socket_only(slack):
    client = AsyncWebClient(base_url=slack.api_url)
    address = (await client.apps_connections_open(app_token=slack.world.app_token))["url"]

    async with aiohttp.ClientSession() as session, session.ws_connect(address):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)


async def test_only_the_app_token_opens_sockets(slack, team):
    client = AsyncWebClient(base_url=slack.api_url)

    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.apps_connections_open(app_token=team.bot_token)
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await client.apps_connections_open(app_token="xapp-wrong")


async def test_waiting_wakes_on_changes_and_shows_the_transcript_when_it_was_in_vain(slack, team):
    general, ann = team.channel("general"), team.member("Ann")
    waiting = asyncio.create_task(slack.until(lambda: slack.messages(general), timeout_s=5))
    await ann.write(general, "good morning")

    assert [message.text for message in await waiting] == ["good morning"]
    with pytest.raises(AssertionError, match="Ann: good morning"):
        await slack.until(lambda: False, timeout_s=0.01)
