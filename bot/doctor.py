"""`rodin-bot check`: tries every part of the installation and says what to do about each."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from adapters.discord.address import PLATFORM as DISCORD
from adapters.discord.checks import check_channel as check_discord_channel
from adapters.discord.checks import check_discord
from adapters.preview.previewer import ChildPreviewer
from adapters.rodin.client import RodinClient
from adapters.slack.address import PLATFORM as SLACK
from adapters.slack.checks import check_channel as check_slack_channel
from adapters.slack.checks import check_slack
from adapters.web.checks import check_public_url
from bot import text
from bot.app import rodin_options
from bot.checkup import Finding, Probe
from bot.clock import SystemClock
from bot.errors import OperatorMistake, StorageError, VendorError, VendorRefused
from bot.on_discord import discord_options
from bot.on_slack import slack_options
from bot.presetfile import load_presets
from bot.roles import NO_PLATFORM, has_discord, has_platform, has_slack
from bot.settings import KEY_HELP, Settings
from storage.files import ObjectFileStore
from storage.inspection import inspect_database

log = logging.getLogger(__name__)

PATIENCE_S = 60.0
"""How long one part may take."""


async def examine(settings: Settings) -> tuple[Finding, ...]:
    """Try every part at once and return what was found, in the order of the settings."""
    probes: dict[str, Probe] = {
        "Rodin": lambda: _check_rodin(settings),
        "chat": lambda: _check_chat(settings),
        "OPERATOR_CHANNEL": lambda: check_operators_channel(settings),
        "database": lambda: _check_database(settings),
        "files": lambda: _check_files(settings),
        "PUBLIC_URL": lambda: check_public_url(settings.public_url),
        "presets": lambda: _check_presets(settings),
        "pictures": _check_pictures,
    }
    found = await asyncio.gather(*(_within(what, probe) for what, probe in probes.items()))
    return tuple(finding for findings in found for finding in findings)


async def _within(what: str, probe: Callable[[], Awaitable[tuple[Finding, ...]]]) -> tuple[Finding, ...]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await probe()
    except TimeoutError:
        return (_bad(what, f"no answer within {PATIENCE_S:.0f} s", "Look at the network, and try again."),)
    except Exception as error:  # one part that breaks must not hide the others
        log.exception("check broke part=%s", what)
        return (_bad(what, f"the check itself broke ({type(error).__name__})", "The log says more."),)


async def _check_rodin(settings: Settings) -> tuple[Finding, ...]:
    if settings.rodin_api_key is None:
        return (_bad("RODIN_API_KEY", "not set", KEY_HELP.partition(". ")[2]),)
    options = rodin_options(settings, settings.rodin_api_key.get_secret_value())
    try:
        async with RodinClient(options, SystemClock()) as rodin:
            balance = await rodin.balance()
    except VendorRefused as error:
        return (_bad("RODIN_API_KEY", text.balance_refused(error.reason), "Look at the key in the Hyper3D dashboard."),)
    except VendorError as error:
        return (_bad("Rodin", f"no answer from {settings.rodin_api_url}: {error}", "Look at RODIN_API_URL."),)
    if balance <= 0:
        return (_bad("RODIN_API_KEY", "the wallet is empty", "Add credits in the Hyper3D dashboard."),)
    return (Finding(what="RODIN_API_KEY", is_good=True, found=f"accepted; {text.as_credits(balance)} left"),)


async def _check_chat(settings: Settings) -> tuple[Finding, ...]:
    found = await check_discord(discord_options(settings)) if has_discord(settings) else ()
    found += await check_slack(slack_options(settings)) if has_slack(settings) else ()
    if not has_platform(settings):
        return (_bad("chat", "no platform is set up", NO_PLATFORM.partition(": ")[2]),)
    return found


async def check_operators_channel(settings: Settings) -> tuple[Finding, ...]:
    """Look whether the operator can be told where they want to be; nothing where they do not."""
    where = settings.operator_channel
    if where is None:
        return ()
    if where.platform == DISCORD and has_discord(settings):
        return (await check_discord_channel(discord_options(settings), where.channel),)
    if where.platform == SLACK and has_slack(settings):
        return (await check_slack_channel(slack_options(settings), where.channel),)
    advice = "Set that platform up, or name a channel of the one that is."
    return (_bad("OPERATOR_CHANNEL", f"{where.platform} is not set up, so nobody is told there", advice),)


async def _check_database(settings: Settings) -> tuple[Finding, ...]:
    try:
        found = await inspect_database(settings.database_url)
    except OperatorMistake as error:
        return (_bad("DATABASE_URL", str(error), "Mend it, or set DATABASE_URL to another place."),)
    return (Finding(what="DATABASE_URL", is_good=True, found=found),)


async def _check_files(settings: Settings) -> tuple[Finding, ...]:
    """Write a small file, read it back, and remove it again."""
    folder, data = f"check/{secrets.token_hex(8)}", secrets.token_bytes(64)
    try:
        files = await asyncio.to_thread(ObjectFileStore, settings.files_url)
        await files.save_bytes(f"{folder}/probe.bin", data)
        came_back = await files.load(f"{folder}/probe.bin") == data
        await files.remove(folder)
    except (OperatorMistake, StorageError) as error:
        return (_bad("FILES_URL", str(error), "Mend it, or set FILES_URL to another place."),)
    if not came_back:
        return (_bad("FILES_URL", f"{files.where} gave back something else", "Set FILES_URL to another place."),)
    return (Finding(what="FILES_URL", is_good=True, found=f"{files.where}: written, read and removed again"),)


async def _check_presets(settings: Settings) -> tuple[Finding, ...]:
    if settings.presets_file is None:
        return ()
    try:
        presets = await asyncio.to_thread(load_presets, Path(settings.presets_file))
    except OperatorMistake as error:
        return (_bad("PRESETS_FILE", str(error), "Mend the file; docs/money.md shows one."),)
    return (Finding(what="PRESETS_FILE", is_good=True, found=f"{len(tuple(presets))} presets of your own"),)


async def _check_pictures() -> tuple[Finding, ...]:
    problem = await ChildPreviewer().ready()
    if problem is not None:
        return (_bad("pictures", problem, "Until then Rodin's own pictures stand in."),)
    return (Finding(what="pictures", is_good=True, found="models can be drawn on this machine"),)


def _bad(what: str, found: str, advice: str) -> Finding:
    return Finding(what=what, is_good=False, found=found, advice=advice)
