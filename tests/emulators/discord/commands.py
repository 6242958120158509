"""The commands that the bot registered, and how a person's client fills them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.emulators.discord import shapes
from tests.emulators.discord.model import Channel, Guild, Json, Role, Upload, User
from tests.emulators.discord.permissions import Permission, computed
from tests.emulators.discord.world import World

CHAT, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUB, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)


class Impossible(AssertionError):
    """A person's client would not let them do this."""


class Registry:
    """Global commands and those of single servers."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lists: dict[int | None, list[Json]] = {None: []}
        self.writes = 0

    def listed(self, guild_id: int | None = None) -> list[Json]:
        """The commands registered globally or for a server, as Discord lists them."""
        return self._lists.get(guild_id, [])

    def replace(self, guild_id: int | None, bodies: list[Json]) -> list[Json]:
        """Put these in place of all; one of the same name and type keeps its id."""
        ids = {(each["type"], each["name"]): each["id"] for each in self.listed(guild_id)}
        made = []
        for body in bodies:
            key = (body.get("type") or CHAT, body["name"])
            made.append(self._completed(body, ids.get(key) or str(self._world.clock.new_id()), guild_id))
        self._lists[guild_id] = made
        self.writes += 1
        self._world.changed()
        return made

    def _completed(self, body: Json, command_id: str, guild_id: int | None) -> Json:
        made: Json = {
            "application_id": str(self._world.bot.id),
            "version": str(self._world.clock.new_id()),
            "type": CHAT,
            "description": "",
            "default_member_permissions": None,
            "nsfw": False,
            "options": [],
            "name_localizations": None,
            "description_localizations": None,
        }
        if guild_id is not None:
            made["guild_id"] = str(guild_id)
        filled = {name: value for name, value in body.items() if value is not None}
        filled["options"] = [_as_listed(each) for each in body.get("options") or []]
        made |= filled | {"id": command_id}
        if made["default_member_permissions"] is not None:
            made["default_member_permissions"] = str(made["default_member_permissions"])
        made["integration_types"] = made.get("integration_types") or [0]
        made["contexts"] = made.get("contexts") or ([0, 1, 2] if made.get("dm_permission", True) else [0])
        return made

    def find(self, name: str, kind: int, channel: Channel, person: User) -> Json:
        """The command of that name which this person is offered in this channel.

        Raises:
            Impossible: it was not registered, does not belong there, or they may not use it.
        """
        guild = channel.guild
        offered = [*(self.listed(guild.id) if self._world.has_bot(guild) and guild else []), *self.listed()]
        for command in offered:
            if command["type"] == kind and command["name"] == name:
                if reason := self._not_offered(command, channel, person):
                    raise Impossible(f"{person.name} is not offered {name!r}: {reason}")
                return command
        names = sorted(command["name"] for command in offered if command["type"] == kind)
        raise Impossible(f"{person.name} finds no command {name!r} here, only {names}")

    def _not_offered(self, command: Json, channel: Channel, person: User) -> str | None:
        guild = channel.guild
        there = channel.recipients if guild is None else [each.user for each in guild.members.values()]
        if channel.deleted or person not in there:
            return "they are not there"
        if "guild_id" not in command:
            if context_of(self._world, channel) not in command["contexts"]:
                return f"its contexts are {command['contexts']}"
            installed = set(installations(self._world, channel, person))
            if not installed & {str(each) for each in command["integration_types"]}:
                return "the app is installed neither here nor for them"
        return None if guild is None else _not_allowed(command, computed(guild, person.id, channel))


def _not_allowed(command: Json, rights: int) -> str | None:
    """Why a member with these rights in a channel is not offered a command. 0 means administrators only."""
    if not rights & Permission.USE_APPLICATION_COMMANDS or not rights & Permission.VIEW_CHANNEL:
        return "they may not use commands here"
    if command["default_member_permissions"] is None or rights & Permission.ADMINISTRATOR:
        return None
    needed = int(command["default_member_permissions"])
    if not needed or rights & needed != needed:
        return "it is for others by its default permissions"
    return None


def _as_listed(option: Json) -> Json:
    """An option as Discord gives it back: what says no or nothing is left out."""
    made = {name: value for name, value in option.items() if value is not None and value is not False and value != []}
    if "options" in made:
        made["options"] = [_as_listed(each) for each in made["options"]]
    return made


def context_of(world: World, channel: Channel) -> int:
    """Where this is: 0 a server, 1 a direct message with the bot, 2 another private channel."""
    if channel.guild is not None:
        return 0
    return 1 if world.bot in channel.recipients else 2


def installations(world: World, channel: Channel, person: User) -> dict[str, str]:
    """By which installations the app acts here. Source: Discord docs, Authorizing Integration Owners Object."""
    made: dict[str, str] = {}
    if channel.guild is not None and world.has_bot(channel.guild):
        made["0"] = str(channel.guild.id)
    elif context_of(world, channel) == 1:
        made["0"] = "0"
    if person.installed:
        made["1"] = str(person.id)
    return made


@dataclass(slots=True)
class Filling:
    """Options being filled in by one person in one channel; `resolved` collects what they point at."""

    world: World
    channel: Channel
    person: User
    resolved: dict[str, dict[int, Json]] = field(default_factory=dict)

    def options(self, declared: list[Json], given: Mapping[str, Any], *, focused: str | None = None) -> list[Json]:
        """Turn what a person typed into an interaction's options, in the order they typed.

        Raises:
            Impossible: a client would refuse: unknown option, wrong type, too long, required one missing.
        """
        by_name = {option["name"]: option for option in declared}
        typed = {_spelled(name, by_name): value for name, value in given.items()}
        if focused is None:
            missing = [name for name, each in by_name.items() if each.get("required") and name not in typed]
            if missing:
                raise Impossible(f"{missing} must be filled in")
        return [self._option(by_name[name], value, focused == name) for name, value in typed.items()]

    def _option(self, declared: Json, value: Any, focused: bool) -> Json:
        made: Json = {"type": declared["type"], "name": declared["name"]}
        made["value"] = value if focused else self._value(declared, value)
        return made | ({"focused": True} if focused else {})

    def _value(self, declared: Json, value: Any) -> Any:
        kind = declared["type"]
        if declared.get("choices"):
            return _chosen(declared, value)
        if kind == STRING:
            return _worded(declared, value)
        if kind in (INTEGER, NUMBER):
            return _counted(declared, value)
        if kind == BOOLEAN and isinstance(value, bool):
            return value
        if kind == ATTACHMENT and isinstance(value, Upload):
            return self.upload(value)
        if kind in (USER, CHANNEL, ROLE, MENTIONABLE):
            return self._pointed(value)
        raise Impossible(f"{declared['name']} does not take {value!r}")

    def upload(self, upload: Upload) -> str:
        """Upload a file for this interaction."""
        limit = file_limit(self.channel.guild)
        if len(upload.content) > limit:
            raise Impossible(f"{upload.filename} is larger than the {limit} bytes that {self.person.name} may upload")
        kept = self.world.store(upload, self.channel, ephemeral=True)
        self.resolved.setdefault("attachments", {})[kept.id] = shapes.attachment(self.world, kept)
        return str(kept.id)

    def _pointed(self, target: Any) -> str:
        if isinstance(target, User):
            self.resolved.setdefault("users", {})[target.id] = shapes.user(target)
            guild = self.channel.guild
            if guild is not None and target.id in guild.members:
                known = shapes.member(guild, guild.members[target.id])
                del known["user"], known["deaf"], known["mute"]
                rights = str(int(computed(guild, target.id, self.channel)))
                self.resolved.setdefault("members", {})[target.id] = known | {"permissions": rights}
        elif isinstance(target, Role):
            self.resolved.setdefault("roles", {})[target.id] = shapes.role(target, 1)
        elif isinstance(target, Channel) and target.guild is not None:
            rights = str(int(computed(target.guild, self.person.id, target)))
            self.resolved.setdefault("channels", {})[target.id] = shapes.channel(self.world, target) | {
                "permissions": rights
            }
        else:
            raise Impossible(f"{target!r} cannot be picked")
        return str(target.id)


def file_limit(guild: Guild | None) -> int:
    """The largest file in bytes that may be uploaded there."""
    return shapes.FILE_LIMIT[guild.premium_tier if guild else 0]


def _spelled(name: str, by_name: Mapping[str, Json]) -> str:
    for spelling in (name, name.replace("_", "-")):
        if spelling in by_name:
            return spelling
    raise Impossible(f"there is no option {name!r}, only {sorted(by_name)}")


def _chosen(declared: Json, value: Any) -> Any:
    for choice in declared["choices"]:
        if value in (choice["value"], choice["name"], *(choice.get("name_localizations") or {}).values()):
            return choice["value"]
    raise Impossible(f"{declared['name']} offers {[each['name'] for each in declared['choices']]}, not {value!r}")


def _worded(declared: Json, value: Any) -> str:
    least, most = declared.get("min_length", 0), declared.get("max_length", 6000)
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise Impossible(f"{declared['name']} takes {least} to {most} characters")
    return value


def _counted(declared: Json, value: Any) -> int | float:
    least, most = declared.get("min_value", -(2**53)), declared.get("max_value", 2**53)
    whole = declared["type"] == INTEGER
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)) or not least <= value <= most:
        raise Impossible(f"{declared['name']} takes a number from {least} to {most}, not {value!r}")
    return value


def descend(command: Json, words: list[str]) -> tuple[list[Json], list[Json]]:
    """Follow subcommand names; return the steps on the way and the options declared at the end.

    Raises:
        Impossible: there is no such subcommand, or one has to be chosen.
    """
    steps: list[Json] = []
    declared = command["options"]
    for word in words:
        found = next((each for each in declared if each["name"] == word and each["type"] in (SUB, GROUP)), None)
        if found is None:
            raise Impossible(f"{command['name']!r} has no subcommand {word!r}")
        steps.append(found)
        declared = found.get("options") or []
    if any(each["type"] in (SUB, GROUP) for each in declared):
        raise Impossible(f"a subcommand of {command['name']!r} has to be chosen")
    return steps, declared
