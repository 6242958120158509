"""A person's hands: what somebody can type, press, pick, upload and write."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from tests.emulators.discord import messages, shapes
from tests.emulators.discord.answers import Answer, Modal
from tests.emulators.discord.commands import CHAT, GROUP, MESSAGE_MENU, SUB, Filling, Impossible, descend
from tests.emulators.discord.forms import filled
from tests.emulators.discord.interactions import Asked, Interaction, deliver, open_interaction
from tests.emulators.discord.model import (
    LINK_STYLE,
    Channel,
    Json,
    Kind,
    Message,
    Part,
    Upload,
    User,
    label_of,
)
from tests.emulators.discord.permissions import Permission, computed
from tests.emulators.discord.world import World


class Person:
    """Somebody with an account. Every method is one thing a person does in their client."""

    def __init__(self, world: World, user: User) -> None:
        self._world = world
        self.user = user

    def __repr__(self) -> str:
        return f"<Person {self.name}>"

    @property
    def id(self) -> int:
        """Their account's id."""
        return self.user.id

    @property
    def name(self) -> str:
        """Their name as others see it."""
        return self.user.name

    @property
    def mention(self) -> str:
        """How a message names them."""
        return self.user.mention

    def install(self) -> None:
        """Add the app to their own account, to use it everywhere."""
        self.user.installed = True

    def block_messages(self) -> None:
        """Take no direct messages from the bot any more."""
        self.user.dms_blocked = True

    @property
    def direct(self) -> Channel:
        """Their direct channel with the bot."""
        return self._world.direct_channel(self.user, self._world.bot)

    def direct_with(self, other: Person) -> Channel:
        """Their direct channel with somebody else, where the bot is not."""
        return self._world.direct_channel(self.user, other.user)

    async def command(self, channel: Channel, name: str, /, **options: Any) -> Answer:
        """Use a slash command; subcommands stand in the name. A `-` in an option's name may be written `_`.

        Raises:
            Impossible: the command is not offered here, or its options cannot be filled in so.
        """
        interaction, command, steps, declared, filling = self._begin(Asked.COMMAND, channel, name)
        given = {key: value.user if isinstance(value, Person) else value for key, value in options.items()}
        made = filling.options(declared, given)
        return self._sent(interaction, _command_data(command, steps, made, filling))

    async def autocomplete(self, channel: Channel, name: str, option: str, typed: Any, /, **others: Any) -> Answer:
        """Type into an option that offers suggestions; `answer.choices` shows them.

        Raises:
            Impossible: the option offers none.
        """
        interaction, command, steps, declared, filling = self._begin(Asked.AUTOCOMPLETE, channel, name)
        if not any(each["name"] == option and each.get("autocomplete") for each in declared):
            raise Impossible(f"{option!r} of {name!r} suggests nothing")
        made = filling.options(declared, {**others, option: typed}, focused=option)
        return self._sent(interaction, _command_data(command, steps, made, filling))

    async def menu(self, name: str, message: Message) -> Answer:
        """Use a command of a message's context menu."""
        channel = message.channel
        self._insist_on_seeing(message)
        command = self._world.commands.find(name, MESSAGE_MENU, channel, self.user)
        interaction = open_interaction(self._world, Asked.COMMAND, self.user, channel)
        shown = _unhidden(self._world, message)
        data = _command_data(command, [], [], Filling(self._world, channel, self.user))
        data |= {"target_id": str(message.id), "resolved": {"messages": {str(message.id): shown}}}
        return self._sent(interaction, data)

    async def click(self, message: Message, button: str) -> Answer:
        """Press a button by its label or custom id.

        Raises:
            Impossible: there is no such button, it is greyed out, or it is a link.
        """
        part = self._pressable(message, button)
        interaction = open_interaction(self._world, Asked.COMPONENT, self.user, message.channel, source=message)
        return self._sent(interaction, _component_data(part))

    async def choose(self, message: Message, *values: str, menu: str | None = None) -> Answer:
        """Pick options of a select menu by label or value; `menu` is its placeholder or custom id."""
        self._insist_on_seeing(message)
        named = [each for each in message.selects if menu in (None, each["custom_id"], each.get("placeholder"))]
        if len(named) != 1:
            raise Impossible(f"{len(named)} menus fit {menu!r}")
        part = named[0]
        if part["type"] != Part.STRING_SELECT or part.get("disabled"):
            raise Impossible("only a string select that is not greyed out can be picked from")
        chosen = [_option_value(part, value) for value in values]
        if not part.get("min_values", 1) <= len(chosen) <= part.get("max_values", 1):
            raise Impossible(f"{len(chosen)} values are not what this menu takes")
        interaction = open_interaction(self._world, Asked.COMPONENT, self.user, message.channel, source=message)
        return self._sent(interaction, _component_data(part) | {"values": chosen})

    async def submit(self, modal: Modal | None, values: Mapping[str, Any] | None = None) -> Answer:
        """Send a form: values by label or custom id; files as a list of uploads, a tick as a bool.

        Raises:
            Impossible: a value does not fit its input, or a required one is missing.
        """
        if modal is None:
            raise Impossible("no form is open")
        opened = modal.interaction
        if opened.person is not self.user:
            raise Impossible(f"the form is {opened.person.name}'s")
        filling = Filling(self._world, opened.channel, self.user)
        components = filled(modal, values or {}, filling)
        interaction = open_interaction(self._world, Asked.MODAL, self.user, opened.channel, source=opened.source)
        data: Json = {"custom_id": modal.custom_id, "components": components}
        resolved = shapes.resolved(filling.resolved)
        return self._sent(interaction, data | ({"resolved": resolved} if resolved else {}))

    async def write(
        self, channel: Channel, text: str = "", *, files: Sequence[Upload] = (), reply_to: Message | None = None
    ) -> Message:
        """Write a message, with files. `<@id>` mentions somebody; `discord.bot.mention` is the bot's.

        Raises:
            Impossible: they may not write there.
        """
        self._insist_on_writing(channel)
        made = Message(
            id=self._world.clock.new_id(), channel=channel, author=self.user, stamp=self._world.clock.stamp()
        )
        made.content = text
        made.attachments = [self._world.store(each, channel) for each in files]
        if reply_to is not None:
            made.type = 19
            made.reference = {"type": 0, "message_id": str(reply_to.id), "channel_id": str(channel.id)}
        messages.mention(self._world, made, None)
        messages.post(self._world, made)
        return made

    async def dm(self, text: str = "", *, files: Sequence[Upload] = ()) -> Message:
        """Write to the bot directly."""
        return await self.write(self.direct, text, files=files)

    async def edit(self, message: Message, text: str) -> None:
        """Change the words of an own message."""
        if message.author is not self.user:
            raise Impossible("only one's own messages can be edited")
        message.edits.append(message.snapshot())
        message.content, message.edited = text, self._world.clock.stamp()
        messages.mention(self._world, message, None)
        messages.tell(self._world, "MESSAGE_UPDATE", message)

    def dismiss(self, message: Message) -> None:
        """Send an ephemeral message away."""
        self._insist_on_seeing(message)
        if not message.ephemeral:
            raise Impossible("only ephemeral messages can be dismissed")
        message.dismissed = True
        message.channel.messages.pop(message.id, None)
        self._world.changed()

    def sees(self, channel: Channel) -> list[Message]:
        """The messages before this person in a channel, oldest first: everybody's, and those only for them."""
        if not self._may(channel, Permission.VIEW_CHANNEL):
            return []
        found = [each for each in channel.messages.values() if each.visible_to in (None, self.id)]
        return sorted(found, key=lambda each: each.id)

    @property
    def notifications(self) -> list[Message]:
        """The messages that notified this person by name, oldest first."""
        everywhere = [each for channel in self._world.channels.values() for each in channel.messages.values()]
        return sorted((each for each in everywhere if self.name in each.pings), key=lambda each: each.id)

    def _begin(
        self, asked: Asked, channel: Channel, name: str
    ) -> tuple[Interaction, Json, list[Json], list[Json], Filling]:
        first, *words = name.removeprefix("/").split()
        command = self._world.commands.find(first, CHAT, channel, self.user)
        steps, declared = descend(command, words)
        interaction = open_interaction(self._world, asked, self.user, channel)
        return interaction, command, steps, declared, Filling(self._world, channel, self.user)

    def _sent(self, interaction: Interaction, data: Json) -> Answer:
        deliver(self._world, interaction, data)
        return Answer(self._world, interaction)

    def _pressable(self, message: Message, button: str) -> Json:
        self._insist_on_seeing(message)
        for part in message.all_buttons:
            if button in (label_of(part), part.get("custom_id")):
                if part.get("disabled"):
                    raise Impossible(f"{button!r} is greyed out")
                if part["style"] == LINK_STYLE:
                    raise Impossible(f"{button!r} is a link to {part['url']}")
                return part
        raise Impossible(f"there is no button {button!r}, only {list(message.buttons)}")

    def _insist_on_seeing(self, message: Message) -> None:
        if message.deleted or message.dismissed:
            raise Impossible("the message is gone")
        if message.visible_to not in (None, self.id) or not self._may(message.channel, Permission.VIEW_CHANNEL):
            raise Impossible(f"{self.name} does not see that message")

    def _insist_on_writing(self, channel: Channel) -> None:
        in_thread = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
        if channel.deleted or not self._may(channel, in_thread) or channel.kind is Kind.FORUM:
            raise Impossible(f"{self.name} cannot write there")

    def _may(self, channel: Channel, wanted: Permission) -> bool:
        if channel.guild is None:
            return self.user in channel.recipients
        return self.id in channel.guild.members and bool(computed(channel.guild, self.id, channel) & wanted)


def _command_data(command: Json, steps: list[Json], options: list[Json], filling: Filling) -> Json:
    for step in reversed(steps):
        options = [{"type": step["type"], "name": step["name"], "options": options}]
    assert all(step["type"] in (SUB, GROUP) for step in steps)
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if options:
        data["options"] = options
    resolved = shapes.resolved(filling.resolved)
    if resolved:
        data["resolved"] = resolved
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return data


def _component_data(part: Json) -> Json:
    return {"component_type": part["type"], "custom_id": part["custom_id"], "id": part["id"]}


def _option_value(part: Json, value: str) -> str:
    for option in part["options"]:
        if value in (option["label"], option["value"]):
            return str(option["value"])
    raise Impossible(f"the menu offers {[each['label'] for each in part['options']]}, not {value!r}")


def _unhidden(world: World, message: Message) -> Json:
    """A menu's target comes with its words and files, whatever the bot's intents are."""
    shown = copy.copy(message)
    shown.mentions = (*message.mentions, world.bot.id)
    return shapes.message(world, shown) | {"mentions": [shapes.user(world.users[each]) for each in message.mentions]}
