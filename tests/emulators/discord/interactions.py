"""One interaction from a person's click to its last follow-up.

Source: Discord docs, Interactions, Receiving and Responding.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from enum import IntEnum

from tests.emulators.discord import errors, shapes
from tests.emulators.discord.commands import context_of, file_limit, installations
from tests.emulators.discord.model import Channel, Json, Message, User
from tests.emulators.discord.permissions import DIRECT, Permission, computed
from tests.emulators.discord.world import World
from tests.secrecy import learn

TOKEN_LIFE_S = 15 * 60
FOLLOW_UPS_WITHOUT_THE_APP = 5


class Asked(IntEnum):
    """Interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Said(IntEnum):
    """Interaction callback types."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(slots=True, eq=False, kw_only=True)
class Interaction:
    """Where one interaction stands. `said` is its callback's type, None until it is acknowledged."""

    id: int
    token: str
    asked: Asked
    person: User
    channel: Channel
    made_at_s: float
    sent_at_s: float
    source: Message | None = None
    said: Said | None = None
    acked_after_s: float | None = None
    lost: bool = False
    delivered: bool = False
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    choices: list[Json] | None = None
    modal: Json | None = None
    metadata: Json = field(default_factory=dict)
    private: bool = False
    follow_ups_left: int | None = None


def open_interaction(
    world: World, asked: Asked, person: User, channel: Channel, *, source: Message | None = None
) -> Interaction:
    """Begin an interaction and start its three seconds."""
    owners = installations(world, channel, person)
    made = Interaction(
        id=world.clock.new_id(),
        token=secrets.token_urlsafe(96),
        asked=asked,
        person=person,
        channel=channel,
        source=source,
        made_at_s=world.clock.now_s(),
        sent_at_s=asyncio.get_running_loop().time(),
        follow_ups_left=None if "0" in owners else FOLLOW_UPS_WITHOUT_THE_APP,
    )
    made.metadata = {
        "id": str(made.id),
        "type": int(asked),
        "user": shapes.user(person),
        "authorizing_integration_owners": owners,
    }
    if source is not None and asked is Asked.COMPONENT:
        made.metadata["interacted_message_id"] = str(source.id)
    made.private = _forced_private(world, made)
    world.interactions[made.token] = made
    learn(made.token)
    asyncio.get_running_loop().call_later(world.patience_s, _give_up, world, made)
    return made


def _forced_private(world: World, made: Interaction) -> bool:
    """Without the app in the server, a member who may not use external apps gets private answers only."""
    guild = made.channel.guild
    if guild is None or world.has_bot(guild):
        return False
    return not computed(guild, made.person.id, made.channel) & Permission.USE_EXTERNAL_APPS


def _give_up(world: World, interaction: Interaction) -> None:
    if interaction.said is None and not interaction.lost:
        interaction.lost = True
        world.changed()


def give_up_late_ones(world: World) -> None:
    """Lose what was not acknowledged within three seconds of the turned clock."""
    for interaction in world.interactions.values():
        if world.clock.now_s() - interaction.made_at_s >= world.patience_s:
            _give_up(world, interaction)


def deliver(world: World, interaction: Interaction, data: Json) -> None:
    """Send the interaction to the bot. When nobody listens it is lost, and after three seconds the member sees so."""
    channel, guild = interaction.channel, interaction.channel.guild
    payload: Json = {
        "id": str(interaction.id),
        "application_id": str(world.bot.id),
        "type": int(interaction.asked),
        "token": interaction.token,
        "version": 1,
        "data": data,
        "channel": shapes.channel(world, channel),
        "channel_id": str(channel.id),
        "locale": interaction.person.locale,
        "app_permissions": str(_app_permissions(world, interaction)),
        "entitlements": interaction.person.entitlements,
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": interaction.metadata["authorizing_integration_owners"],
        "context": context_of(world, channel),
        "attachment_size_limit": file_limit(guild),
    }
    if guild is None:
        payload["user"] = shapes.user(interaction.person)
    else:
        rights = str(int(computed(guild, interaction.person.id, channel)))
        payload["channel"]["permissions"] = rights
        payload["guild_id"] = str(guild.id)
        payload["guild"] = {"id": str(guild.id), "locale": guild.locale, "features": []}
        payload["guild_locale"] = guild.locale
        membership = guild.members[interaction.person.id]
        payload["member"] = shapes.member(guild, membership) | {"permissions": rights}
    if interaction.source is not None and interaction.asked in (Asked.COMPONENT, Asked.MODAL):
        payload["message"] = shapes.message(world, interaction.source)
    interaction.delivered = world.gateway.dispatch("INTERACTION_CREATE", payload, guild_id=guild.id if guild else None)
    world.changed()


def _app_permissions(world: World, interaction: Interaction) -> int:
    guild = interaction.channel.guild
    if guild is None:
        return int(DIRECT)
    if world.has_bot(guild):
        return computed(guild, world.bot.id, interaction.channel)
    everyone = guild.roles[guild.id].permissions
    extra = Permission.USE_EXTERNAL_APPS | Permission.ATTACH_FILES | Permission.EMBED_LINKS
    return int(everyone & extra)


def to_acknowledge(world: World, interaction_id: int, token: str) -> Interaction:
    """The interaction that a callback is for.

    Raises:
        Refusal: 10062 when it is unknown or its three seconds are over, 40060 when it was acknowledged before.
    """
    found = world.interactions.get(token)
    if found is None or found.id != interaction_id or found.lost:
        raise errors.unknown("interaction")
    if found.said is not None:
        raise errors.Refusal(400, 40060, "Interaction has already been acknowledged.")
    return found


def to_follow(world: World, token: str) -> Interaction:
    """The interaction that a webhook call is for.

    Raises:
        Refusal: 50027 when the token is wrong or older than 15 minutes, 10015 when nothing was acknowledged yet.
    """
    found = world.interactions.get(token)
    if found is None or world.clock.now_s() - found.made_at_s >= TOKEN_LIFE_S:
        raise errors.Refusal(401, 50027, "Invalid Webhook Token")
    if found.said is None or found.asked is Asked.AUTOCOMPLETE:
        raise errors.unknown("Webhook")
    return found
