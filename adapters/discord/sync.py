"""Tells Discord which commands there are, only when it does not know already: it allows few such changes a day."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.http import Route

from adapters.discord.locales import TableTranslator
from adapters.discord.trouble import translated
from bot.errors import PlatformError

log = logging.getLogger(__name__)

Payload = Mapping[str, Any]


async def definitions(tree: app_commands.CommandTree[Any]) -> list[dict[str, Any]]:
    """Return every command as Discord is told about it, in all languages."""
    translator = TableTranslator()
    return [await command.get_translated_payload(tree, translator) for command in tree.get_commands()]


async def sync_commands(http: discord.http.HTTPClient, application: int, tree: Any, guilds: Sequence[int]) -> int:
    """Bring Discord's knowledge of our commands up to date; return in how many places it was changed.

    With `guilds` they exist in these servers only, and nowhere else. A place that refuses holds up no other.

    Raises:
        PlatformError: some place refused; says which.
    """
    wanted = await definitions(tree)
    places: dict[int | None, list[dict[str, Any]]] = {None: [] if guilds else wanted}
    places.update(dict.fromkeys(guilds, in_one_server(wanted)))
    changed, problems = 0, []
    for guild, commands in places.items():
        try:
            changed += await _sync_place(http, application, guild, commands)
        except PlatformError as error:
            problems.append(f"{f'server {guild}' if guild else 'all servers'}: {error}")
    if problems:
        raise PlatformError("; ".join(problems))
    return changed


async def _sync_place(
    http: discord.http.HTTPClient, application: int, guild: int | None, commands: list[dict[str, Any]]
) -> bool:
    """Tell one place, unless it knows; return whether it was told."""
    if is_same(await fetch_commands(http, application, guild), commands):
        return False
    with translated():
        if guild is None:
            await http.bulk_upsert_global_commands(application, commands)
        else:
            await http.bulk_upsert_guild_commands(application, guild, commands)
    log.info("commands synced server=%s count=%d", guild or "all", len(commands))
    return True


def in_one_server(commands: Sequence[Payload]) -> list[dict[str, Any]]:
    """Return commands without what only those have that exist everywhere: Discord does not keep it in a server."""
    return [{name: value for name, value in one.items() if name not in _EVERYWHERE} for one in commands]


async def fetch_commands(http: discord.http.HTTPClient, application: int, guild: int | None) -> list[Payload]:
    """Ask which commands Discord knows, with their texts in all languages. Raises PlatformError."""
    where = "" if guild is None else "/guilds/{guild_id}"
    # discord.py's own method has no way to ask for the languages.
    route = Route(
        "GET", f"/applications/{{application_id}}{where}/commands", application_id=application, guild_id=guild
    )
    with translated():
        found: list[Payload] = await http.request(route, params={"with_localizations": "true"})
    return found if guild is None else list(in_one_server(found))


def is_same(known: Sequence[Payload], wanted: Sequence[Payload]) -> bool:
    """Say whether Discord knows just these commands, whatever order, ids and unwritten defaults they have."""
    return _by_name(known) == _by_name(wanted)


def _by_name(commands: Sequence[Payload]) -> dict[tuple[int, str], dict[str, Any]]:
    return {(int(one.get("type", 1)), one["name"]): _essence(one) for one in commands}


_EVERYWHERE = ("contexts", "integration_types", "dm_permission")
"""Source: Discord developer docs, Application Command Object: for globally scoped commands only."""

_TEXTS = ("name", "description", "min_value", "max_value", "min_length", "max_length", "default_member_permissions")
_SWITCHES = ("required", "autocomplete", "nsfw")
_SETS = ("contexts", "integration_types", "channel_types")
_LANGUAGES = ("name_localizations", "description_localizations")


def _essence(one: Payload) -> dict[str, Any]:
    """Return what of a command or an option makes a difference."""
    essence: dict[str, Any] = {"type": one.get("type", 1)}
    essence.update({name: one[name] for name in _TEXTS if one.get(name) not in (None, "")})
    essence.update({name: True for name in _SWITCHES if one.get(name)})
    essence.update({name: sorted(one[name]) for name in _SETS if one.get(name)})
    essence.update({name: dict(one[name]) for name in _LANGUAGES if one.get(name)})
    essence["options"] = [_essence(option) for option in one.get("options") or ()]
    essence["choices"] = [(choice["name"], choice["value"]) for choice in one.get("choices") or ()]
    return essence
