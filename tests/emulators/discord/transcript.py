"""Everything there is to read, as text."""

from __future__ import annotations

from collections.abc import Iterator

from tests.emulators.discord.model import Channel, Message
from tests.emulators.discord.world import World

LAST_REQUESTS = 25


def transcript(world: World) -> str:
    """Channels with their messages, lost interactions, complaints and the last requests."""
    return "\n".join(_lines(world))


def _lines(world: World) -> Iterator[str]:
    for channel in world.channels.values():
        if channel.messages or channel.is_thread:
            yield f"-- {_where(channel)}"
            for message in sorted(channel.messages.values(), key=lambda each: each.id):
                yield from _shown(world, message)
    for interaction in world.interactions.values():
        if interaction.said is None:
            state = "did not respond" if interaction.lost else "has not responded yet"
            yield f"!! to {interaction.person.name}'s {interaction.asked.name.lower()} the application {state}"
    for complaint in world.complaints:
        yield f"!! {complaint}"
    yield f"-- gateway: {', '.join(world.gateway.log) or 'nobody came'}"
    for request in world.requests[-LAST_REQUESTS:]:
        yield f"   {request}"


def _where(channel: Channel) -> str:
    if channel.guild is None:
        return "direct: " + ", ".join(each.name for each in channel.recipients)
    inside = f" > {channel.name}" if channel.parent else ""
    state = " (deleted)" if channel.deleted else " (archived)" if channel.archived else ""
    return f"{channel.guild.name} #{(channel.parent or channel).name}{inside}{state}"


def _shown(world: World, message: Message) -> Iterator[str]:
    private = f" (only {world.users[message.visible_to].name} sees this)" if message.visible_to else ""
    edited = f" (edited {len(message.edits)} times)" if message.edits else ""
    pings = f" (notified {', '.join(message.pings)})" if message.pings else ""
    first, *rest = message.text.split("\n")
    yield f"   {message.author.name}{private}{edited}{pings}: {first}"
    yield from (f"      {line}" for line in rest)
    if message.buttons:
        yield "      " + " ".join(f"[{label}]" for label in message.buttons)
    if message.files:
        yield "      files: " + ", ".join(message.files)
