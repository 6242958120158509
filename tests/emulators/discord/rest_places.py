"""The app, people, servers, channels, commands and the gateway's address.

Sources: Discord docs, Application, User, Guild, Channel Resources; Application Commands; Gateway (Get Gateway Bot).
"""

from __future__ import annotations

from tests.emulators.discord import access, errors, shapes, threads
from tests.emulators.discord.model import Channel, Guild, Json, Kind
from tests.emulators.discord.permissions import Permission, computed
from tests.emulators.discord.routing import NOTHING, Answered, Call, route
from tests.emulators.discord.world import snowflake


def me(call: Call) -> Answered:
    return 200, shapes.user(call.world.bot) | {"verified": True, "mfa_enabled": False, "email": None, "flags": 0}


def person(call: Call) -> Answered:
    found = call.world.users.get(call.id("user_id"))
    if found is None:
        raise errors.unknown("User")
    return 200, shapes.user(found)


def application(call: Call) -> Answered:
    return 200, shapes.application(call.world)


def gateway(call: Call) -> Answered:
    return 200, {"url": call.world.gateway.url}


def gateway_bot(call: Call) -> Answered:
    gate = call.world.gateway
    limit = {"total": 1000, "remaining": gate.starts_left, "reset_after": 86_400_000, "max_concurrency": 1}
    return 200, {"url": gate.url, "shards": gate.shards, "session_start_limit": limit}


def direct_channel(call: Call) -> Answered:
    found = call.world.users.get(snowflake(call.body.get("recipient_id"), "recipient_id"))
    if found is None or found.bot:
        raise errors.invalid("recipient_id", "Invalid Recipient(s)", code="INVALID_RECIPIENT")
    return 200, shapes.channel(call.world, call.world.direct_channel(found, call.world.bot))


def guild(call: Call) -> Answered:
    found = access.seen_guild(call.world, call.id("guild_id"))
    counts = {"approximate_member_count": len(found.members), "approximate_presence_count": len(found.members)}
    return 200, shapes.guild(call.world, found) | (counts if "with_counts" in call.request.query else {})


def my_guilds(call: Call) -> Answered:
    """The servers that the bot is in, as a list for its own eyes, with its rights there."""
    world = call.world
    found = [each for each in world.guilds.values() if world.has_bot(each)]
    after = snowflake(call.request.query.get("after", "0"), "after")
    limit = snowflake(call.request.query.get("limit", "200"), "limit")
    return 200, [_mine(call, each) for each in found if each.id > after][:limit]


def _mine(call: Call, one: Guild) -> Json:
    owned = one.owner_id == call.world.bot.id
    rights = str(int(computed(one, call.world.bot.id)))
    about: Json = {"id": str(one.id), "name": one.name, "icon": None, "banner": None, "features": []}
    return about | {"owner": owned, "permissions": rights}


def active_threads(call: Call) -> Answered:
    """The open threads of a server that the bot can see, the newest first."""
    found = access.seen_guild(call.world, call.id("guild_id"))
    seen = [each for each in found.channels.values() if each.is_thread and not each.archived]
    seen = [each for each in seen if access.rights(call.world, each) & Permission.VIEW_CHANNEL]
    threads_found = [shapes.channel(call.world, each) for each in sorted(seen, key=lambda each: -each.id)]
    return 200, {"threads": threads_found, "members": [each["member"] for each in threads_found]}


def guild_channels(call: Call) -> Answered:
    found = access.seen_guild(call.world, call.id("guild_id"))
    return 200, [shapes.channel(call.world, each) for each in found.channels.values() if not each.is_thread]


def guild_member(call: Call) -> Answered:
    found = access.seen_guild(call.world, call.id("guild_id"))
    membership = found.members.get(call.id("user_id"))
    if membership is None:
        raise errors.unknown("Member")
    return 200, shapes.member(found, membership)


def channel(call: Call) -> Answered:
    return 200, shapes.channel(call.world, access.seen_channel(call.world, call.id("channel_id")))


def change_channel(call: Call) -> Answered:
    world, found = call.world, access.seen_channel(call.world, call.id("channel_id"))
    if found.is_thread:
        _change_thread(call, found)
    else:
        access.need(world, found, Permission.MANAGE_CHANNELS)
        found.name = call.body.get("name", found.name)
        found.topic = call.body.get("topic", found.topic)
    event = "THREAD_UPDATE" if found.is_thread else "CHANNEL_UPDATE"
    world.tell_channel(event, found, shapes.channel(world, found))
    return 200, shapes.channel(world, found)


def _change_thread(call: Call, found: Channel) -> None:
    """Its owner may rename, archive and open it; locking needs Manage Threads. Archived ones must be opened first."""
    body = call.body
    manages = bool(access.rights(call.world, found) & Permission.MANAGE_THREADS)
    if not manages and (found.owner_id != call.world.bot.id or "locked" in body or found.locked):
        raise errors.missing_permissions()
    if found.archived and body.get("archived", True):
        access.unarchived(found)
    found.name = body.get("name", found.name)
    found.archived = body.get("archived", found.archived)
    found.locked = body.get("locked", found.locked)
    found.auto_archive_minutes = body.get("auto_archive_duration", found.auto_archive_minutes)
    found.slowmode_s = body.get("rate_limit_per_user", found.slowmode_s)


def remove_channel(call: Call) -> Answered:
    found = access.seen_channel(call.world, call.id("channel_id"))
    if found.kind is Kind.DM:
        raise errors.wrong_channel_type()
    access.need(call.world, found, Permission.MANAGE_THREADS if found.is_thread else Permission.MANAGE_CHANNELS)
    gone = shapes.channel(call.world, found)
    threads.delete(call.world, found)
    return 200, gone


def join_thread(call: Call) -> Answered:
    found = access.seen_channel(call.world, call.id("channel_id"))
    access.unarchived(found)
    return NOTHING


def commands(call: Call) -> Answered:
    """Without `with_localizations` Discord leaves the translations out."""
    found = call.world.commands.listed(_of_guild(call))
    if call.request.query.get("with_localizations") in ("1", "true"):
        return 200, found
    return 200, [_untranslated(each) for each in found]


def _untranslated(item: Json) -> Json:
    made = {name: value for name, value in item.items() if not name.endswith("_localizations")}
    for name in ("options", "choices"):
        if name in made:
            made[name] = [_untranslated(each) for each in made[name]]
    return made


def replace_commands(call: Call) -> Answered:
    return 200, call.world.commands.replace(_of_guild(call), list(call.request.body))


def _of_guild(call: Call) -> int | None:
    if call.id("application_id") != call.world.bot.id:
        raise errors.Refusal(403, 20012, "You are not authorized to perform this action on this application")
    guild_id = call.request.ids.get("guild_id")
    if guild_id is not None and not call.world.has_bot(call.world.guilds.get(guild_id)):
        raise errors.missing_access()
    return guild_id


GLOBAL_COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
ROUTES = (
    route("GET", "/gateway", gateway, token_free=True),
    route("GET", "/gateway/bot", gateway_bot),
    route("GET", "/users/@me", me),
    route("GET", "/users/@me/guilds", my_guilds, query="before after limit with_counts"),
    route("GET", "/users/{user_id}", person),
    route("POST", "/users/@me/channels", direct_channel),
    route("GET", "/applications/@me", application),
    route("GET", "/oauth2/applications/@me", application),
    route("GET", GLOBAL_COMMANDS, commands, query="with_localizations"),
    route("PUT", GLOBAL_COMMANDS, replace_commands),
    route("GET", GUILD_COMMANDS, commands, query="with_localizations"),
    route("PUT", GUILD_COMMANDS, replace_commands),
    route("GET", "/guilds/{guild_id}", guild, query="with_counts"),
    route("GET", "/guilds/{guild_id}/channels", guild_channels),
    route("GET", "/guilds/{guild_id}/threads/active", active_threads),
    route("GET", "/guilds/{guild_id}/members/{user_id}", guild_member),
    route("GET", "/channels/{channel_id}", channel),
    route("PATCH", "/channels/{channel_id}", change_channel),
    route("DELETE", "/channels/{channel_id}", remove_channel),
    route("PUT", "/channels/{channel_id}/thread-members/@me", join_thread),
)
