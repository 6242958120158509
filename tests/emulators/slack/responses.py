"""Answers to interactions: in the acknowledgement, and over a `response_url`.

Source: docs.slack.dev, interactivity/handling-user-interaction ("Message responses").
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from tests.emulators.slack import limits, wire
from tests.emulators.slack.errors import Refused
from tests.emulators.slack.methods_chat import check_contents, check_pictures, thread_of
from tests.emulators.slack.records import Channel, Json, MessageRecord, Person, ResponseUrl, Version
from tests.secrecy import learn

if TYPE_CHECKING:
    from tests.emulators.slack.outbox import Outbox
    from tests.emulators.slack.world import World

LIFE_S, USES = 1_800, 5
FIELDS = frozenset(
    (
        *("text", "blocks", "attachments", "response_type", "replace_original", "delete_original"),
        *("unfurl_links", "unfurl_media", "metadata", "thread_ts", "mrkdwn"),
    )
)


def issue_response_url(
    world: World, person: Person, channel: Channel, *, cause: str, original: MessageRecord | None = None
) -> str:
    """Return a fresh address for the answers to one interaction."""
    token = secrets.token_hex(16)
    learn(token)
    world.response_urls[token] = ResponseUrl(
        token=token, person=person, channel=channel, cause=cause, issued_s=world.clock.now_s(), original=original
    )
    return f"{world.base_url}/response/{token}"


async def answer_over_url(world: World, outbox: Outbox, place: ResponseUrl | None, body: Json) -> tuple[int, Json]:
    """Do what a post to a `response_url` asks; return the status and the body of the answer."""
    if place is None:
        return 404, {"ok": False, "error": "expired_url"}
    unknown = sorted(body.keys() - FIELDS)
    if unknown:
        world.complain(f"response_url does not know {', '.join(unknown)}")
        return 400, {"ok": False, "error": "invalid_payload"}
    if place.uses >= USES or world.clock.now_s() - place.issued_s > LIFE_S:
        return 404, {"ok": False, "error": "used_url" if place.uses >= USES else "expired_url"}
    try:
        await respond(world, outbox, place, body)
    except Refused as refusal:
        return 400, refusal.answer()
    place.uses += 1
    return 200, {"ok": True}


async def respond(world: World, outbox: Outbox, place: ResponseUrl, body: Json) -> None:
    """Post, replace or delete as the answer to an interaction says."""
    team = world.teams[place.person.team_id]
    original = place.original
    if _is_on(body.get("delete_original")):
        if original is None or original not in team.recorded:
            raise Refused("no_original")
        team.delete(original)
        return
    check_contents(body, longest=limits.POSTED_TEXT)
    if not (body.get("text") or body.get("blocks") or body.get("attachments")):
        raise Refused("no_text")
    await check_pictures(team, body.get("blocks") or [])
    if _is_on(body.get("replace_original")) and original is not None and original in team.recorded:
        _replace(world, original, body)
        return
    message = _new_message(world, place, body)
    team.add(message)
    if message.only_for is None:
        outbox.tell_message(team, message)
    if place.original is None:
        place.original = message


def _is_on(value: object) -> bool:
    return str(value).lower() in ("true", "1")


def _replace(world: World, original: MessageRecord, body: Json) -> None:
    original.past.append(Version(text=original.text, blocks=tuple(original.blocks)))
    original.text = str(body.get("text") or "")
    original.blocks = wire.with_ids(body.get("blocks") or [])
    original.edited_ts, original.edited_mark = world.new_ts(), not body.get("blocks")
    world.changed()


def _new_message(world: World, place: ResponseUrl, body: Json) -> MessageRecord:
    team = world.teams[place.person.team_id]
    public = body.get("response_type") == "in_channel"
    return MessageRecord(
        ts=world.new_ts(),
        channel=place.channel,
        author=team.bot,
        text=str(body.get("text") or ""),
        blocks=wire.with_ids(body.get("blocks") or []),
        attachments=list(body.get("attachments") or []),
        thread_ts=thread_of(team, place.channel, str(body.get("thread_ts") or "")),
        metadata=body.get("metadata") or None,
        only_for=None if public else place.person.id,
        cause=place.cause,
    )
