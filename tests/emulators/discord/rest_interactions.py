"""Callbacks and follow-ups of interactions. Source: Discord docs, Interactions, Receiving and Responding."""

from __future__ import annotations

import asyncio

from tests.emulators.discord import errors, messages, shapes
from tests.emulators.discord.interactions import Asked, Interaction, Said, to_acknowledge, to_follow
from tests.emulators.discord.model import Flag, Json, Message, numbered
from tests.emulators.discord.routing import NOTHING, Answered, Call, route
from tests.emulators.discord.world import World

# Which answers may be given to which question.
FITTING = {
    Asked.COMMAND: {Said.MESSAGE, Said.DEFERRED_MESSAGE, Said.MODAL},
    Asked.COMPONENT: {Said.MESSAGE, Said.DEFERRED_MESSAGE, Said.DEFERRED_UPDATE, Said.UPDATE, Said.MODAL},
    Asked.AUTOCOMPLETE: {Said.CHOICES},
    Asked.MODAL: {Said.MESSAGE, Said.DEFERRED_MESSAGE, Said.DEFERRED_UPDATE, Said.UPDATE},
}
MESSAGE_TYPE = {Asked.COMMAND: 20}


def callback(call: Call) -> Answered:
    world = call.world
    found = to_acknowledge(world, call.id("interaction_id"), call.token)
    said = _said(found, call.body.get("type"))
    messages.check_sizes(found.channel, call.request.files, call.request.size_bytes)
    _obey(call, found, said)
    found.said = said
    found.acked_after_s = asyncio.get_running_loop().time() - found.sent_at_s
    world.changed()
    if call.request.query.get("with_response") in ("1", "true"):
        return 200, _response(world, found, said)
    return NOTHING


def _said(found: Interaction, kind: object) -> Said:
    fitting = FITTING[found.asked]
    if found.source is None:
        fitting = fitting - {Said.DEFERRED_UPDATE, Said.UPDATE}
    if kind not in {int(each) for each in fitting}:
        raise errors.invalid("type", f"Value must be one of {sorted(map(int, fitting))}.", code="BASE_TYPE_CHOICES")
    return Said(kind)


def _obey(call: Call, found: Interaction, said: Said) -> None:
    world, data = call.world, call.body.get("data") or {}
    if said is Said.MESSAGE:
        found.original = _posted(call, found, data)
    elif said is Said.DEFERRED_MESSAGE:
        found.original = _loading(world, found, data)
    elif said is Said.UPDATE:
        assert found.source is not None
        messages.edit(world, found.source, data, call.request.files)
        messages.tell(world, "MESSAGE_UPDATE", found.source)
    elif said is Said.CHOICES:
        found.choices = list(data.get("choices") or [])
    elif said is Said.MODAL:
        found.modal = data | {"components": numbered(data["components"])}


def _posted(call: Call, found: Interaction, data: Json) -> Message:
    world = call.world
    made = messages.create(world, found.channel, world.bot, data, call.request.files)
    return _shown(world, found, made, data)


def _loading(world: World, found: Interaction, data: Json) -> Message:
    made = Message(id=world.clock.new_id(), channel=found.channel, author=world.bot, stamp=world.clock.stamp())
    made.flags = int(Flag.LOADING) | (int(data.get("flags") or 0) & Flag.EPHEMERAL)
    return _shown(world, found, made, data)


def _shown(world: World, found: Interaction, made: Message, data: Json) -> Message:
    made.webhook = True
    made.interaction = found.metadata
    made.type = MESSAGE_TYPE.get(found.asked, 0)
    if made.flags & Flag.EPHEMERAL or found.private:
        made.flags |= Flag.EPHEMERAL
        made.visible_to = found.person.id
    messages.mention(world, made, data.get("allowed_mentions"))
    messages.post(world, made)
    return made


def _response(world: World, found: Interaction, said: Said) -> Json:
    about: Json = {"id": str(found.id), "type": int(found.asked)}
    target = _original(found)
    if target is None:
        return {"interaction": about}
    about["response_message_id"] = str(target.id)
    about["response_message_loading"] = target.thinking
    about["response_message_ephemeral"] = target.ephemeral
    made: Json = {"interaction": about}
    if said is not Said.DEFERRED_UPDATE:
        made["resource"] = {"type": int(said), "message": shapes.message(world, target)}
    return made


def _original(found: Interaction) -> Message | None:
    """What @original means: the answer, or the message that the pressed button is on."""
    return found.source if found.said in (Said.UPDATE, Said.DEFERRED_UPDATE) else found.original


def follow_up(call: Call) -> Answered:
    """Post one more message; after a deferral the first one takes the loading message's place."""
    world, found = call.world, to_follow(call.world, call.token)
    messages.check_sizes(found.channel, call.request.files, call.request.size_bytes)
    if found.original is not None and found.original.thinking and not found.original.deleted:
        return _changed(call, found.original)
    if found.follow_ups_left == 0:
        words = "This interaction has reached the maximum number of follow-up messages"
        raise errors.Refusal(400, 40094, words)
    made = _posted(call, found, call.body)
    found.followups.append(made)
    if found.follow_ups_left is not None:
        found.follow_ups_left -= 1
    return 200, shapes.message(world, made)


def _target(call: Call) -> Message:
    """The message that a path means: @original or one by its id, if this interaction made it."""
    found = to_follow(call.world, call.token)
    wanted = call.request.ids.get("message_id")
    known = [each for each in (_original(found), *found.followups) if each is not None]
    target = _original(found) if wanted is None else next((each for each in known if each.id == wanted), None)
    if target is None or target.deleted or target.dismissed:
        raise errors.unknown("Message")
    return target


def read(call: Call) -> Answered:
    return 200, shapes.message(call.world, _target(call))


def change(call: Call) -> Answered:
    target = _target(call)
    messages.check_sizes(target.channel, call.request.files, call.request.size_bytes)
    return _changed(call, target)


def _changed(call: Call, target: Message) -> Answered:
    was_loading = target.thinking
    messages.edit(call.world, target, call.body, call.request.files)
    if was_loading:
        messages.mention(call.world, target, call.body.get("allowed_mentions"))
    messages.tell(call.world, "MESSAGE_UPDATE", target)
    return 200, shapes.message(call.world, target)


def remove(call: Call) -> Answered:
    messages.delete(call.world, _target(call))
    return NOTHING


HOOK = "/webhooks/{application_id}/{token}"
ROUTES = (
    route("POST", "/interactions/{interaction_id}/{token}/callback", callback, query="with_response", token_free=True),
    route("POST", HOOK, follow_up, query="wait with_components thread_id", token_free=True),
    route("GET", f"{HOOK}/messages/@original", read, query="thread_id", token_free=True),
    route("PATCH", f"{HOOK}/messages/@original", change, query="with_components thread_id", token_free=True),
    route("DELETE", f"{HOOK}/messages/@original", remove, query="thread_id", token_free=True),
    route("GET", f"{HOOK}/messages/{{message_id}}", read, query="thread_id", token_free=True),
    route("PATCH", f"{HOOK}/messages/{{message_id}}", change, query="with_components thread_id", token_free=True),
    route("DELETE", f"{HOOK}/messages/{{message_id}}", remove, query="thread_id", token_free=True),
)
