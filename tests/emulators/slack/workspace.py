"""One workspace: its people, channels, messages and files, and the app's standing in it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from tests.emulators.slack.errors import Refused
from tests.emulators.slack.records import Channel, FileRecord, MessageRecord, Person, UserGroup
from tests.secrecy import learn

if TYPE_CHECKING:
    from tests.emulators.slack.world import World


class Workspace:
    """A workspace as the stand-in keeps it; `scopes` may be changed by a test at any time."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.id = world.new_id("T")
        self.domain = name.lower().replace(" ", "-")
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, UserGroup] = {}
        self.recorded: list[MessageRecord] = []
        self.files: dict[str, FileRecord] = {}
        self.bot = Person(id=world.new_id("U"), team_id=self.id, name=world.settings.bot_name, is_bot=True)
        self.bot_id = world.new_id("B")
        self.people[self.bot.id] = self.bot
        self.scopes: list[str] = []
        self.tokens: list[str] = []
        self.revoked: set[str] = set()

    @property
    def bot_token(self) -> str:
        """The token that works now; the last one issued."""
        return self.tokens[-1]

    @property
    def installed(self) -> bool:
        """Whether a token works."""
        return any(token not in self.revoked for token in self.tokens)

    @property
    def names(self) -> dict[str, str]:
        """People's names by user id."""
        return {person.id: person.name for person in self.people.values()}

    def install(self) -> str:
        """Give the app a fresh token with the scopes of its manifest."""
        self.scopes = list(self.world.settings.scopes)
        token = f"xoxb-{self.id}-{secrets.token_hex(12)}"
        self.tokens.append(token)
        learn(token)
        return token

    def revoke(self) -> None:
        """Make every token that was issued useless."""
        self.revoked |= set(self.tokens)

    def add_person(self, name: str, *, admin: bool, locale: str) -> Person:
        """Let a person in, and into every public channel."""
        person = Person(id=self.world.new_id("U"), team_id=self.id, name=name, admin=admin, locale=locale)
        self.people[person.id] = person
        for channel in self.channels.values():
            if channel.kind == "channel":
                channel.present.add(person.id)
        return person

    def channel(self, name: str, *, private: bool = False, bot_in: bool = True) -> Channel:
        """Make a channel. Everybody is in a public one; `bot_in` says whether the bot was invited."""
        kind = "group" if private else "channel"
        channel = Channel(id=self.world.new_id("C"), team_id=self.id, name=name, kind=kind)
        if not private:
            channel.present |= {person.id for person in self.people.values() if not person.is_bot}
        if bot_in:
            channel.present.add(self.bot.id)
        self.channels[channel.id] = channel
        return channel

    def group(self, handle: str, *people: Any) -> UserGroup:
        """Make a user group of some people (members do as well); its handle is what people type after @."""
        made = UserGroup(id=self.world.new_id("S"), team_id=self.id, handle=handle)
        made.people = {person.id for person in people}
        self.groups[made.id] = made
        return made

    def im(self, person: Person) -> Channel:
        """Return somebody's direct messages with the bot."""
        for channel in self.channels.values():
            if channel.kind == "im" and person.id in channel.present:
                return channel
        channel = Channel(id=self.world.new_id("D"), team_id=self.id, name=f"dm-{person.handle}", kind="im")
        channel.present = {person.id, self.bot.id}
        self.channels[channel.id] = channel
        return channel

    def visible_channel(self, name: str, *, error: str = "channel_not_found") -> Channel:
        """Return a conversation by id, `#name`, or a person's id (their direct messages), if the bot can see it."""
        if name in self.people:
            return self.im_for(name)
        wanted = name.removeprefix("#")
        for channel in self.channels.values():
            meant = channel.id == name or (channel.kind == "channel" and channel.name == wanted)
            if meant and (channel.kind == "channel" or self.bot.id in channel.present):
                return channel
        raise Refused(error)

    def im_for(self, user_id: str) -> Channel:
        """Return the direct messages with a person by id.

        Raises:
            Refused: nobody has that id, or it is the bot itself.
        """
        person = self.people.get(user_id)
        if person is None:
            raise Refused("user_not_found")
        if person.is_bot:
            raise Refused("cannot_dm_bot")
        return self.im(person)

    def find(self, channel: Channel, ts: str) -> MessageRecord | None:
        """Return a message that everybody in the channel sees, deleted ones with replies included."""
        for message in self.recorded:
            if message.ts == ts and message.channel is channel and message.only_for is None:
                return message
        return None

    def replies_to(self, root: MessageRecord) -> list[MessageRecord]:
        """Return a thread's replies in order."""
        return [
            m
            for m in self.recorded
            if m.channel is root.channel and m.thread_ts == root.ts and m.is_reply and m.only_for is None
        ]

    def add(self, message: MessageRecord) -> MessageRecord:
        """Put a message where it belongs."""
        self.recorded.append(message)
        self.world.changed()
        return message

    def delete(self, message: MessageRecord) -> None:
        """Delete a message; one with replies leaves a stone behind."""
        if self.replies_to(message) and message.only_for is None:
            message.tombstone, message.text, message.blocks, message.files = True, "", [], []
        else:
            self.recorded.remove(message)
        self.world.changed()
