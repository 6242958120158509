"""HTTP delivery with signatures, retries, and installation by OAuth, with slack-bolt behind an aiohttp server."""

import logging

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from tests.emulators.slack import SAMPLE_MANIFEST, slack_stand_in
from tests.emulators.slack.sample_bot import bolt_app, client_of, over_http

# slack_sdk 3.47 signs `oauth.v2.access` with a class that aiohttp 3.14 has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


def answering_app(slack, team, heard):
    app = bolt_app(slack, team)

    @app.command("/rodin")
    async def rodin(ack, command):
        heard.append(command["text"])
        await ack("got it")

    @app.event("app_mention")
    async def mention(body, request):
        heard.append((body["event_id"], request.headers.get("x-slack-retry-num")))

    @app.event("message")
    async def message():
        """Leave it."""

    return app


async def test_a_signed_command_is_acknowledged(slack, team):
    heard = []

    async with over_http(slack, answering_app(slack, team, heard)):
        answer = await team.member("Ann").command(team.channel("general"), "/rodin a teapot")

    assert answer.acknowledged
    assert answer.text == "got it"
    assert heard == ["a teapot"]


@pytest.mark.parametrize("forgery", [{"secret": "wrong"}, {"age_s": 600}], ids=["other secret", "old timestamp"])
async def test_a_forged_request_is_refused_by_bolt(slack, team, forgery):
    heard = []

    async with over_http(slack, answering_app(slack, team, heard)):
        answer = await team.member("Ann").command(team.channel("general"), "/rodin a teapot")
        reply = await slack.post_forged(answer.deliveries[0], **forgery)

    assert reply.status == 401
    assert heard == ["a teapot"]


async def test_the_address_is_verified(slack, team):
    async with over_http(slack, answering_app(slack, team, [])):
        assert await slack.verify_url()


async def test_an_event_that_found_nobody_comes_again_when_its_time_has_come(slack, team):
    heard = []
    ann, general = team.member("Ann"), team.channel("general")
    async with over_http(slack, answering_app(slack, team, heard)):
        pass

    answer = await ann.write(general, "<@bot> hello")
    assert not answer.acknowledged
    async with over_http(slack, answering_app(slack, team, heard)):
        await slack.advance(60)

    assert answer.acknowledged
    assert [number for _, number in heard] == [["2"]]  # the first repetition came at once, in vain


async def test_an_event_comes_four_times_at_most(slack, team):
    async with over_http(slack, answering_app(slack, team, [])):
        pass

    answer = await team.member("Ann").write(team.channel("general"), "hello")
    for _ in range(5):
        await slack.advance(600)

    assert [outcome.failure for outcome in answer.deliveries[0].outcomes] == ["connection_failed"] * 4


async def test_a_repeated_event_over_http_says_which_repetition_it_is(slack, team):
    heard = []

    async with over_http(slack, answering_app(slack, team, heard)):
        answer = await team.member("Ann").write(team.channel("general"), "<@bot> hello")
        await slack.repeat(answer.deliveries[1])

    assert [number for _, number in heard] == [None, ["1"]]
    assert heard[0][0] == heard[1][0]


def oauth_app(slack, folder):
    quiet = logging.getLogger("test.oauth")
    settings = AsyncOAuthSettings(
        client_id=slack.world.client_id,
        client_secret=slack.world.client_secret,
        scopes=["chat:write", "commands"],
        authorization_url=f"{slack.world.base_url}/oauth/v2/authorize",
        installation_store=FileInstallationStore(base_dir=str(folder / "installations"), logger=quiet),
        state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(folder / "states"), logger=quiet),
    )
    app = AsyncApp(
        signing_secret=slack.world.signing_secret,
        client=AsyncWebClient(base_url=slack.api_url),
        oauth_settings=settings,
    )

    @app.command("/rodin")
    async def rodin(ack, client, command):
        await ack()
        await client.chat_postMessage(channel=command["channel_id"], text=f"<@{command['user_id']}> asked")

    app.enable_token_revocation_listeners()
    return app


@pytest.fixture
async def oauth_slack():
    scopes = {"bot": ["chat:write", "commands"]}
    async with slack_stand_in({**SAMPLE_MANIFEST, "oauth_config": {"scopes": scopes}}) as opened:
        yield opened


async def test_two_workspaces_install_and_each_is_answered_with_its_own_token(oauth_slack, tmp_path):
    slack = oauth_slack
    teams = [slack.workspace(name, installed=False) for name in ("Makers", "Printers")]
    people = [team.member(f"{team.name} admin") for team in teams]
    app = oauth_app(slack, tmp_path)

    async with over_http(slack, app) as address:
        app.oauth_flow.settings.authorize_url_generator.redirect_uri = f"{address}/slack/oauth_redirect"
        app.oauth_flow.settings.redirect_uri = f"{address}/slack/oauth_redirect"
        pages = [await person.install(f"{address}/slack/install") for person in people]
        for team, person in zip(teams, people, strict=True):
            await person.command(team.channel("general"), "/rodin hello")
        await slack.until(lambda: len(slack.calls("chat.postMessage")) == 2)

    assert [page.status for page in pages] == [200, 200]
    assert [call.team_id for call in slack.calls("chat.postMessage")] == [team.id for team in teams]
    assert [slack.messages(channel)[0].pings for team in teams for channel in team.channels.values()] == [
        ("Makers admin",),
        ("Printers admin",),
    ]


async def test_declining_to_install_gives_no_token(oauth_slack, tmp_path):
    slack = oauth_slack
    team = slack.workspace("Makers", installed=False)
    app = oauth_app(slack, tmp_path)

    async with over_http(slack, app) as address:
        app.oauth_flow.settings.authorize_url_generator.redirect_uri = f"{address}/slack/oauth_redirect"
        page = await team.member("Ann").install(f"{address}/slack/install", allow=False)

    assert "access_denied" in page.text
    assert not team.installed
    assert slack.calls("oauth.v2.access") == []


async def test_removing_the_app_kills_its_tokens_and_tells_it(oauth_slack, tmp_path):
    slack = oauth_slack
    team = slack.workspace("Makers", installed=False)
    ann = team.member("Ann", admin=True)
    app = oauth_app(slack, tmp_path)

    async with over_http(slack, app) as address:
        app.oauth_flow.settings.authorize_url_generator.redirect_uri = f"{address}/slack/oauth_redirect"
        app.oauth_flow.settings.redirect_uri = f"{address}/slack/oauth_redirect"
        await ann.install(f"{address}/slack/install")
        ann.uninstall()
        await slack.until(lambda: len([d for d in slack.deliveries if d.outcomes]) == 2)

    assert [delivery.event_type for delivery in slack.deliveries] == ["tokens_revoked", "app_uninstalled"]
    assert slack.deliveries[0].payload["event"]["tokens"]["bot"] == [team.bot.id]
    with pytest.raises(SlackApiError, match="token_revoked"):
        await client_of(slack, team).auth_test()


async def test_a_code_works_once_and_only_with_the_right_secret(slack):
    client = AsyncWebClient(base_url=slack.api_url)
    world = slack.world

    with pytest.raises(SlackApiError, match="invalid_code"):
        await client.oauth_v2_access(client_id=world.client_id, client_secret=world.client_secret, code="made up")
    with pytest.raises(SlackApiError, match="bad_client_secret"):
        await client.oauth_v2_access(client_id=world.client_id, client_secret="wrong", code="made up")
