"""What `rodin-bot check` says about Slack."""

from __future__ import annotations

from dataclasses import replace

from adapters.slack.checks import check_channel, check_slack
from bot.checkup import Finding
from tests.edge.slack.stage import Stage, options_of


async def found(stage: Stage, **changes: object) -> dict[str, Finding]:
    options = replace(options_of(stage.slack, stage.team, over_http=False), **changes)
    return {finding.what: finding for finding in await check_slack(options)}


async def test_a_good_installation_is_good_in_every_part(stage: Stage) -> None:
    findings = await found(stage)

    assert set(findings) == {"SLACK_BOT_TOKEN", "Slack scopes", "SLACK_APP_TOKEN"}
    assert all(finding.is_good for finding in findings.values()), findings
    assert "Makers" in findings["SLACK_BOT_TOKEN"].found


async def test_a_missing_scope_is_named_with_what_it_is_for(stage: Stage) -> None:
    stage.team.scopes.remove("files:write")

    scopes = (await found(stage))["Slack scopes"]

    assert not scopes.is_good
    assert "files:write" in scopes.found
    assert "manifest" in scopes.advice


async def test_scopes_that_nobody_needs_are_named(stage: Stage) -> None:
    stage.team.scopes.append("channels:join")

    assert "channels:join" in (await found(stage))["Slack scopes"].found


async def test_wrong_tokens_are_told_apart_and_never_shown(stage: Stage) -> None:
    findings = await found(stage, bot_token="xoxb-wrong", app_token="xapp-wrong")

    assert not findings["SLACK_BOT_TOKEN"].is_good
    assert not findings["SLACK_APP_TOKEN"].is_good
    assert "wrong" not in str(findings)


async def test_http_without_a_public_address_is_found(stage: Stage) -> None:
    address = (await found(stage, signing_secret="s" * 16, public_url=None))["SLACK_SIGNING_SECRET"]

    assert not address.is_good
    assert "PUBLIC_URL" in address.advice


async def test_slack_out_of_reach_is_one_finding(stage: Stage) -> None:
    findings = await found(stage, api_url="http://127.0.0.1:9/api/")

    assert list(findings) == ["Slack"]
    assert not findings["Slack"].is_good


async def test_the_operators_channel_is_good_where_the_bot_is_in_it(stage: Stage) -> None:
    options = options_of(stage.slack, stage.team, over_http=False)

    assert (await check_channel(options, stage.general.id)).is_good
    assert (await check_channel(options, f"{stage.team.id}/{stage.general.id}")).is_good
    assert stage.slack.messages(stage.general) == []


async def test_an_operators_channel_that_cannot_be_told_in_says_why(stage: Stage) -> None:
    options = options_of(stage.slack, stage.team, over_http=False)
    old, closed = stage.team.channel("old"), stage.team.channel("closed", bot_in=False)
    old.archived = True

    findings = {channel: await check_channel(options, channel) for channel in (old.id, closed.id, "C0NOWHERE")}

    assert not any(finding.is_good for finding in findings.values())
    assert "archived" in findings[old.id].found
    assert "/invite" in findings[closed.id].advice
    assert "channel_not_found" in findings["C0NOWHERE"].found


async def test_an_app_of_many_workspaces_wants_to_know_in_which_one(stage: Stage) -> None:
    options = replace(
        options_of(stage.slack, stage.team, over_http=True), client_id="1.2", client_secret="c" * 16, bot_token=None
    )

    assert "TEAM_ID" in (await check_channel(options, stage.general.id)).advice
    assert (await check_channel(options, f"{stage.team.id}/{stage.general.id}")).is_good
