"""What `rodin-bot check` tries of Slack. Nothing is changed and nothing is posted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.lines import client_for
from adapters.slack.manifest import SCOPES, ManifestOptions, has_pages, scope_names
from adapters.slack.platform import SlackOptions
from adapters.slack.routes import EVENTS_PATH, INSTALL_PATH
from adapters.slack.trouble import Refused, Why, translated
from bot.checkup import Finding
from bot.errors import PlatformError

CHECK_WITHIN_S = 20.0

REASONS = {scope.name: scope.why for scope in SCOPES}


async def check_slack(options: SlackOptions) -> tuple[Finding, ...]:
    """Try everything the bot needs of Slack; says in findings what is wrong and raises nothing for it."""
    findings: list[Finding] = []
    try:
        async with (
            asyncio.timeout(CHECK_WITHIN_S),
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CHECK_WITHIN_S)) as session,
        ):
            findings.extend([finding async for finding in _findings(options, session)])
    except PlatformError as error:
        findings.append(_bad("Slack", str(error), f"Look at {options.api_url} and the network, and try again."))
    except TimeoutError:
        findings.append(_bad("Slack", f"no answer within {CHECK_WITHIN_S:.0f} s", "Look at the network."))
    return tuple(findings)


async def check_channel(options: SlackOptions, channel: str) -> Finding:
    """Look whether the bot is in a channel of the operator's (`CHANNEL` or `TEAM/CHANNEL`); posts nothing."""
    what, (team, _, bare) = "OPERATOR_CHANNEL", channel.rpartition("/")
    if options.is_distributed and not team:
        advice = f"Write slack:TEAM_ID/{bare}."
        return _bad(what, "the app can be in several workspaces, and this does not say which", advice)
    if options.is_distributed or not options.bot_token:
        found = f"the channel {channel} is tried when there is something to tell"
        return Finding(what=what, is_good=True, found=found)
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CHECK_WITHIN_S)) as session:
            client = client_for(options.bot_token, api_url=options.api_url, session=session)
            with translated():
                answer = await client.conversations_info(channel=bare)
    except Refused as error:
        advice = "Copy the channel's id anew (at the foot of the channel's details), and invite the bot there."
        return _bad(what, f"Slack does not show the channel {bare} ({error.code})", advice)
    except PlatformError as error:
        return _bad(what, f"could not be looked at: {error}", f"Look at {options.api_url} and try again.")
    return _joined(answer.get("channel") or {}, bare)


def _joined(place: Mapping[str, Any], channel: str) -> Finding:
    what, name = "OPERATOR_CHANNEL", place.get("name") or channel
    if place.get("is_archived"):
        return _bad(what, f"the channel {name} is archived", "Name another channel, or restore this one.")
    if not place.get("is_member") and not place.get("is_im"):
        return _bad(what, f"the bot is not in the channel {name}", "Invite it there: /invite and its name.")
    return Finding(what=what, is_good=True, found=f"the bot is in the channel {name}")


async def _findings(options: SlackOptions, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    if options.bot_token and not options.is_distributed:
        async for finding in _bot(options, session):
            yield finding
    if options.app_token:
        yield await _socket(options, session)
    if options.signing_secret:
        yield _address(options)
    if options.is_distributed:
        found = f"workspaces let the app in at {options.public_url or 'http://HOST:PORT'}{INSTALL_PATH}"
        yield Finding(what="Slack installations", is_good=True, found=found)


async def _bot(options: SlackOptions, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    """Try the bot token, and compare its scopes with those that the code needs."""
    client = client_for(options.bot_token, api_url=options.api_url, session=session)
    try:
        with translated():
            answer = await client.auth_test()
    except Refused as error:
        if error.why is not Why.TOKEN:
            raise
        advice = "Copy the Bot User OAuth Token anew from the page OAuth & Permissions of your app."
        yield _bad("SLACK_BOT_TOKEN", f"Slack does not accept it ({error.code})", advice)
        return
    yield Finding(
        what="SLACK_BOT_TOKEN", is_good=True, found=f"{answer.get('user')} in the workspace {answer.get('team')}"
    )
    yield _scopes(answer, options)


def _scopes(answer: AsyncSlackResponse, options: SlackOptions) -> Finding:
    header = str(answer.headers.get("X-OAuth-Scopes") or "")
    held = {name.strip() for name in header.split(",") if name.strip()}
    if not held:
        return Finding(what="Slack scopes", is_good=True, found="Slack did not say which there are")
    needed = scope_names(has_links=has_pages(ManifestOptions(public_url=options.public_url)))
    missing = [name for name in needed if name not in held]
    if missing:
        named = "; ".join(f"{name} ({REASONS.get(name, 'to show previews of its pages')})" for name in missing)
        advice = "Give your app the manifest of rodin-bot manifest slack, and reinstall it to the workspace."
        return _bad("Slack scopes", f"missing: {named}", advice)
    more = sorted(held - set(needed))
    found = "all there" if not more else f"all there, and more than it needs: {', '.join(more)}"
    return Finding(what="Slack scopes", is_good=True, found=found)


async def _socket(options: SlackOptions, session: aiohttp.ClientSession) -> Finding:
    """Ask for a socket's address, without connecting."""
    client = client_for(options.app_token, api_url=options.api_url, session=session)
    try:
        with translated():
            await client.apps_connections_open(app_token=options.app_token or "")
    except Refused as error:
        advice = (
            "Make an app-level token with the scope connections:write on the page Basic Information of your app, and "
            "switch Socket Mode on."
        )
        return _bad("SLACK_APP_TOKEN", f"Slack does not accept it ({error.code})", advice)
    return Finding(what="SLACK_APP_TOKEN", is_good=True, found="Socket Mode is on")


def _address(options: SlackOptions) -> Finding:
    """Say where Slack has to send events. Only a request signed by Slack could try it."""
    if options.public_url is None:
        advice = "Set PUBLIC_URL to where Slack reaches the web part, or use Socket Mode with SLACK_APP_TOKEN."
        return _bad("SLACK_SIGNING_SECRET", "Slack cannot reach this bot: PUBLIC_URL is not set", advice)
    found = f"events are expected at {options.public_url}{EVENTS_PATH}"
    return Finding(what="SLACK_SIGNING_SECRET", is_good=True, found=found)


def _bad(what: str, found: str, advice: str) -> Finding:
    return Finding(what=what, is_good=False, found=found, advice=advice)
