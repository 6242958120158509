"""A server as a test sets it up and changes it."""

from __future__ import annotations

from tests.emulators.discord import access, shapes, threads
from tests.emulators.discord.model import Channel, Guild, Kind, Overwrite, Role, User
from tests.emulators.discord.people import Person
from tests.emulators.discord.permissions import Permission, named
from tests.emulators.discord.world import World


class Server:
    """A server (a guild, as the API calls it) with hands to furnish it."""

    def __init__(self, world: World, guild: Guild) -> None:
        self._world = world
        self.guild = guild

    @property
    def id(self) -> int:
        """Its id."""
        return self.guild.id

    @property
    def name(self) -> str:
        """Its name."""
        return self.guild.name

    def text_channel(self, name: str) -> Channel:
        """The text channel of that name, made at first use."""
        return self._channel(name, Kind.TEXT)

    def voice_channel(self, name: str) -> Channel:
        """The voice channel of that name, made at first use."""
        return self._channel(name, Kind.VOICE)

    def forum(self, name: str) -> Channel:
        """The forum of that name, made at first use."""
        return self._channel(name, Kind.FORUM)

    def _channel(self, name: str, kind: Kind) -> Channel:
        for known in self.guild.channels.values():
            if (known.name, known.kind) == (name, kind):
                return known
        return self._world.add_channel(self.guild, name, kind)

    def member(self, name: str, *, admin: bool = False, locale: str = "en-US") -> Person:
        """Somebody in this server: a known person of that name lets themselves in, else a new one."""
        user = next((each for each in self._world.users.values() if each.name == name and not each.bot), None)
        user = user or self._world.add_user(name, locale=locale)
        if user.id not in self.guild.members:
            self._world.add_member(self.guild, user)
        if admin:
            self.guild.members[user.id].roles.add(self.role("Admins", "administrator", "manage_guild").id)
        return Person(self._world, user)

    def role(self, name: str, *permissions: str) -> Role:
        """The role of that name, made at first use with these rights (as discord.py spells them)."""
        for known in self.guild.roles.values():
            if known.name == name:
                return known
        made = Role(id=self._world.clock.new_id(), name=name, permissions=named(permissions))
        self.guild.roles[made.id] = made
        payload = {"guild_id": str(self.id), "role": shapes.role(made, len(self.guild.roles) - 1)}
        self._world.tell_guild("GUILD_ROLE_CREATE", self.guild, payload)
        return made

    def give(self, person: Person, role: Role) -> None:
        """Give somebody a role."""
        self.guild.members[person.id].roles.add(role.id)

    def deny(self, channel: Channel, who: Person | User | Role | None, *permissions: str) -> None:
        """Take rights away in a channel, from a person, the bot, a role, or everyone (None)."""
        rule = self._overwrite(channel, who)
        rule.deny |= named(permissions)
        rule.allow &= ~rule.deny
        self._world.tell_guild("CHANNEL_UPDATE", self.guild, shapes.channel(self._world, channel))

    def allow(self, channel: Channel, who: Person | User | Role | None, *permissions: str) -> None:
        """Give rights in a channel, to a person, the bot, a role, or everyone (None)."""
        rule = self._overwrite(channel, who)
        rule.allow |= named(permissions)
        rule.deny &= ~rule.allow
        self._world.tell_guild("CHANNEL_UPDATE", self.guild, shapes.channel(self._world, channel))

    def _overwrite(self, channel: Channel, who: Person | User | Role | None) -> Overwrite:
        target_id = self.guild.id if who is None else who.id
        kind = 0 if who is None or isinstance(who, Role) else 1
        return channel.overwrites.setdefault(target_id, Overwrite(target_id=target_id, type=kind))

    def everyone_may_not(self, *permissions: str) -> None:
        """Take rights from @everyone in the whole server, the bot included."""
        everyone = self.guild.roles[self.guild.id]
        everyone.permissions &= ~named(permissions)
        payload = {"guild_id": str(self.id), "role": shapes.role(everyone, 0)}
        self._world.tell_guild("GUILD_ROLE_UPDATE", self.guild, payload)

    def invite_bot(self, *permissions: str) -> None:
        """Let the bot in, with a role of these extra rights."""
        role = self.role(self._world.bot.name, *permissions)
        self._world.add_member(self.guild, self._world.bot, roles=[role.id])
        self._world.gateway.dispatch("GUILD_CREATE", shapes.guild_create(self._world, self.guild), guild_id=self.id)
        self._world.changed()

    def kick_bot(self) -> None:
        """Throw the bot out: GUILD_DELETE now, refusals afterwards."""
        self._world.tell_guild("GUILD_DELETE", self.guild, {"id": str(self.id)})
        del self.guild.members[self._world.bot.id]
        self._world.changed()

    def delete(self, channel: Channel) -> None:
        """Delete a channel or a thread."""
        threads.delete(self._world, channel)

    def archive(self, thread: Channel, *, locked: bool = False) -> None:
        """Close a thread; `locked` lets only those with Manage Threads open it."""
        thread.archived, thread.locked = True, locked
        self._world.tell_guild("THREAD_UPDATE", self.guild, shapes.channel(self._world, thread))

    def boost(self, tier: int) -> None:
        """Raise the server's boost tier, and with it the file limit."""
        self.guild.premium_tier = tier
        self._world.tell_guild("GUILD_UPDATE", self.guild, shapes.guild(self._world, self.guild))

    def may_bot(self, channel: Channel, permission: str) -> bool:
        """Whether the bot has a right in a channel."""
        return bool(access.rights(self._world, channel) & Permission[permission.upper()])
