"""What `rodin-bot check` tries of Discord: token, application, gateway, commands, rights in each server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands
from discord.http import Route

from adapters.discord.answering import Answerer
from adapters.discord.client import DiscordOptions, point_at
from adapters.discord.commands import commands_of
from adapters.discord.desk import Desk
from adapters.discord.invite import RIGHTS, invite_link
from adapters.discord.sync import definitions, fetch_commands, in_one_server, is_same
from adapters.discord.trouble import Refused, translated
from bot.checkup import Finding
from bot.errors import PlatformError

CHECK_WITHIN_S = 30.0

PRIVILEGED = {
    "gateway_message_content": "Message Content Intent",
    "gateway_guild_members": "Server Members Intent",
    "gateway_presence": "Presence Intent",
}

Application = Mapping[str, Any]


async def check_discord(options: DiscordOptions) -> tuple[Finding, ...]:
    """Try everything the bot needs of Discord, changing nothing; says in findings what is wrong and raises nothing."""
    point_at(options.api_url)
    findings: list[Finding] = []
    try:
        async with asyncio.timeout(CHECK_WITHIN_S), _logged_in(options) as client:
            findings.append(Finding(what="Discord token", is_good=True, found=f"logged in as {client.user}"))
            findings.extend([finding async for finding in _findings(client, options)])
    except discord.LoginFailure:
        findings.append(_bad("Discord token", "Discord does not know it", "Copy it anew from the page Bot."))
    except PlatformError as error:
        findings.append(_bad("Discord", str(error), f"Look at {options.api_url} and try again."))
    except TimeoutError:
        findings.append(_bad("Discord", f"no answer within {CHECK_WITHIN_S:.0f} s", "Look at the network."))
    return tuple(findings)


async def check_channel(options: DiscordOptions, channel: str) -> Finding:
    """Look whether the bot can see a channel of the operator's; posts nothing, so a missing right shows in the log."""
    what = "OPERATOR_CHANNEL"
    advice = "Copy the channel's id anew (Developer Mode, Copy Channel ID), and let the bot see that channel."
    point_at(options.api_url)
    try:
        async with asyncio.timeout(CHECK_WITHIN_S), _logged_in(options) as client:
            with translated():
                await client.http.logs_from(int(channel), 1)
    except discord.LoginFailure:
        return _bad(what, "Discord does not know the token", "Mend DISCORD_TOKEN first.")
    except Refused as error:
        return _bad(what, f"Discord does not show the channel {channel} ({error})", advice)
    except (PlatformError, TimeoutError) as error:
        return _bad(what, f"could not be looked at: {error}", f"Look at {options.api_url} and try again.")
    return Finding(what=what, is_good=True, found=f"Discord shows the channel {channel}")


@asynccontextmanager
async def _logged_in(options: DiscordOptions) -> AsyncIterator[discord.Client]:
    """Give a client that can send requests and is not connected to the gateway.

    Raises:
        LoginFailure: the token is wrong. PlatformError: Discord does not answer.
    """
    client = discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=30.0)
    async with client:
        try:
            with translated():
                await client.login(options.token)
        except PlatformError as error:
            if isinstance(error.__cause__, discord.LoginFailure):
                raise error.__cause__ from None
            raise
        yield client


async def _findings(client: discord.Client, options: DiscordOptions) -> AsyncIterator[Finding]:
    with translated():
        application: Application = await client.http.application_info()
    yield _application(application)
    yield await _gateway(client)
    for guild in (None,) if not options.guild_ids else options.guild_ids:
        yield await _commands(client, guild)
    with translated():
        guilds = await client.http.request(Route("GET", "/users/@me/guilds"))
    if not guilds:
        advice = f"Let it in: {invite_link(application['id'])}"
        yield _bad("Discord servers", "the bot is in no server", advice)
    for guild in guilds:
        yield _rights(guild, application["id"])


def _application(application: Application) -> Finding:
    """Look at what the application's pages are set to."""
    if application.get("interactions_endpoint_url"):
        advice = "Clear Interactions Endpoint URL on the page General Information: it takes all commands away."
        return _bad("Discord application", "commands are sent to a web address, not to this bot", advice)
    flags = discord.ApplicationFlags._from_value(int(application.get("flags") or 0))
    switched_on = [title for name, title in PRIVILEGED.items() if getattr(flags, name)]
    found = "no privileged intent is needed"
    if switched_on:
        found += f"; {', '.join(switched_on)} may be switched off"
    return Finding(what="Discord application", is_good=True, found=found)


async def _gateway(client: discord.Client) -> Finding:
    try:
        with translated():
            shards, _, limits = await client.http.get_bot_gateway()
    except PlatformError as error:
        return _bad("Discord gateway", str(error), "Try again in a minute; look at discordstatus.com.")
    found = f"{shards} shard{'s' if shards != 1 else ''}, {limits['remaining']} of {limits['total']} starts left today"
    if limits["remaining"] < shards:
        return _bad("Discord gateway", found, "Wait for the next day; look at the log for why it starts so often.")
    return Finding(what="Discord gateway", is_good=True, found=found)


async def _commands(client: discord.Client, guild: int | None) -> Finding:
    what = "Discord commands" if guild is None else f"Discord commands in server {guild}"
    application = client.application_id or 0
    try:
        known = await fetch_commands(client.http, application, guild)
    except PlatformError as error:
        return _bad(what, str(error), f"Let the bot in with commands: {invite_link(application)}")
    wanted = await definitions(_tree(client))
    if is_same(known, wanted if guild is None else in_one_server(wanted)):
        return Finding(what=what, is_good=True, found="Discord knows them as they are")
    found = "Discord knows other ones" if known else "Discord knows none"
    return _bad(what, found, "Start the bot once (rodin-bot run): it brings them up to date and logs what hinders it.")


def _tree(client: discord.Client) -> app_commands.CommandTree[Any]:
    """Return our commands, only to be compared: nothing behind them is ever called."""
    tree: app_commands.CommandTree[Any] = app_commands.CommandTree(client)
    nobody: Any = None
    desk: Desk = nobody
    answerer: Answerer = nobody
    for command in commands_of(desk, answerer):
        tree.add_command(command)
    return tree


def _rights(guild: Mapping[str, Any], application: str) -> Finding:
    """Compare the rights of the bot's roles in a server with those it needs; single channels may differ."""
    what = f"Rights in {guild['name']}"
    held = discord.Permissions(int(guild["permissions"]))
    missing = [right for right in RIGHTS if not (held.administrator or getattr(held, right.name))]
    if not missing:
        found = "all there" if not held.administrator else "administrator, which is more than it needs"
        return Finding(what=what, is_good=True, found=found)
    named = "; ".join(f"{right.title} ({right.why})" for right in missing)
    advice = f"Grant them to the bot's role, or let it in anew: {invite_link(application)}"
    return _bad(what, f"missing: {named}", advice)


def _bad(what: str, found: str, advice: str) -> Finding:
    return Finding(what=what, is_good=False, found=found, advice=advice)
