"""Discord's documented limits on what a bot sends, checked on a body alone.

`violations(request)` says what a recorded request breaks; the stand-in refuses by the same rules. Command
definitions have their own rules in `command_limits.py`.

Sources: Discord docs, Message Resource (Create Message, Embed Limits, Attachment Object), Component Reference,
Channel Resource (Start Thread), Interactions (Modal, Autocomplete), Reference (Uploading Files).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.emulators.discord import fields
from tests.emulators.discord.command_limits import command_problems
from tests.emulators.discord.component_limits import component_problems
from tests.emulators.discord.errors import Problem
from tests.emulators.discord.model import Flag
from tests.emulators.discord.requests import Request

MIB = 1024 * 1024
CONTENT = 2000
EMBEDS = 10
EMBED_TOTAL = 6000
EMBED_FIELDS = 25
EMBED_TEXTS: Mapping[str, int] = {"title": 256, "description": 4096}
EMBED_PARTS: Mapping[tuple[str, str], int] = {("footer", "text"): 2048, ("author", "name"): 256}
FIELD_TEXTS: Mapping[str, int] = {"name": 256, "value": 1024}
FILES = 10
REQUEST_BYTES = 25 * MIB
FILE_BYTES = 10 * MIB
ALT_TEXT = 1024
NONCE = 25
THREAD_NAME = 100
MODAL_TITLE = 45
CUSTOM_ID = 100
CHOICES = 25
CHOICE_NAME = 100
CHOICE_VALUE = 100
ARCHIVE_MINUTES = (60, 1440, 4320, 10080)
ALLOWED_LISTED = 100
# Flags that a bot may set: suppress embeds, ephemeral, suppress notifications, voice message, Components V2.
FLAGS_TO_SEND = Flag.SUPPRESS_EMBEDS | Flag.EPHEMERAL | Flag.SUPPRESS_NOTIFICATIONS | Flag.COMPONENTS_V2 | (1 << 13)

KINDS: Mapping[tuple[str, str], str] = {
    ("POST", "/channels/{channel_id}/messages"): "message",
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): "message edit",
    ("POST", "/webhooks/{application_id}/{token}"): "follow-up",
    ("PATCH", "/webhooks/{application_id}/{token}/messages/@original"): "follow-up edit",
    ("PATCH", "/webhooks/{application_id}/{token}/messages/{message_id}"): "follow-up edit",
    ("POST", "/interactions/{interaction_id}/{token}/callback"): "callback",
    ("POST", "/channels/{channel_id}/messages/{message_id}/threads"): "thread from message",
    ("POST", "/channels/{channel_id}/threads"): "thread",
    ("PATCH", "/channels/{channel_id}"): "channel edit",
    ("POST", "/users/@me/channels"): "direct channel",
    ("PUT", "/applications/{application_id}/commands"): "commands",
    ("PUT", "/applications/{application_id}/guilds/{guild_id}/commands"): "commands",
}


def violations(request: Request, *, file_bytes: int = FILE_BYTES) -> list[str]:
    """What a recorded request breaks of Discord's documented limits, as sentences; empty when all is well.

    `file_bytes` is the limit of one file where the request went: 10 MiB unless the server is boosted.
    """
    found = [str(problem) for problem in problems(request)]
    found += [f"{each.filename}: larger than {file_bytes} bytes" for each in request.files if each.size > file_bytes]
    if request.size_bytes > REQUEST_BYTES:
        found.append(f"body: the request has {request.size_bytes} bytes, more than {REQUEST_BYTES}")
    return found


def problems(request: Request) -> list[Problem]:
    """What is wrong with the form of a request's body, by its route."""
    kind = KINDS.get((request.method, request.route))
    if kind is None or request.body is None:
        return []
    if kind == "commands":
        return [*_strange_commands(request.body), *command_problems(request.body)]
    files = tuple(each.filename for each in request.files)
    if kind == "callback":
        return [*fields.strangers(kind, request.body), *_callback(request.body, files)]
    return body_problems(kind, request.body, files)


def body_problems(kind: str, body: Mapping[str, Any], files: tuple[str, ...] = ()) -> list[Problem]:
    """What is wrong with a body of that kind: fields that Discord does not know, and limits that are broken."""
    found = fields.strangers(kind, body)
    if kind in ("thread from message", "thread", "channel edit"):
        found += _named(body, required=kind != "channel edit")
        inner = body.get("message") if kind == "thread" else None
        return found + (list(_message(inner, files)) if inner else [])
    if kind == "modal":
        return found + list(_modal(body))
    if kind == "choices":
        return found + list(_choices(body))
    return found if kind == "direct channel" else found + list(_message(body, files))


def _strange_commands(commands: Iterable[Mapping[str, Any]]) -> list[Problem]:
    return [problem for command in commands for problem in fields.strangers("command", command)]


def _callback(body: Mapping[str, Any], files: tuple[str, ...]) -> list[Problem]:
    kinds = {4: "callback message", 5: "callback message", 7: "callback message", 8: "choices", 9: "modal"}
    data = body.get("data") or {}
    kind = kinds.get(body.get("type", 0))
    if kind is None:
        return []
    return [_under("data", each) for each in body_problems(kind, data, files)]


def _under(name: str, problem: Problem) -> Problem:
    return Problem(path=(name, *problem.path), code=problem.code, message=problem.message)


def too_long(value: Any, most: int, *path: str, least: int = 0) -> Iterator[Problem]:
    """Complain about a text that is longer or shorter than allowed. Discord counts characters, not bytes."""
    if value is None:
        return
    if not isinstance(value, str):
        yield Problem(path=path, code="STRING_TYPE_CONVERT", message="Could not interpret as string.")
        return
    if len(value) > most:
        yield Problem(path=path, code="BASE_TYPE_MAX_LENGTH", message=f"Must be {most} or fewer in length.")
    if len(value) < least:
        yield Problem(path=path, code="BASE_TYPE_MIN_LENGTH", message=f"Must be {least} or more in length.")


def _message(body: Mapping[str, Any], files: tuple[str, ...]) -> Iterator[Problem]:
    flags = body.get("flags") or 0
    yield from too_long(body.get("content"), CONTENT, "content")
    yield from _nonce(body.get("nonce"))
    yield from _embeds(body.get("embeds") or [])
    yield from _attachments(body.get("attachments") or [], files)
    yield from _allowed(body.get("allowed_mentions") or {})
    v2 = bool(flags & Flag.COMPONENTS_V2)
    yield from component_problems(body.get("components") or [], v2=v2)
    if flags & ~FLAGS_TO_SEND:
        yield Problem(path=("flags",), code="INVALID_FLAGS", message="A bot cannot set one of these flags.")
    for name in ("content", "embeds", "poll", "sticker_ids") if v2 else ():
        if body.get(name):
            message = "The field cannot be used with MessageFlags.IS_COMPONENTS_V2."
            yield Problem(path=(name,), code="MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message=message)


def _nonce(nonce: Any) -> Iterator[Problem]:
    if nonce is not None:
        yield from too_long(str(nonce), NONCE, "nonce")


def _embeds(embeds: list[Mapping[str, Any]]) -> Iterator[Problem]:
    if len(embeds) > EMBEDS:
        yield Problem(path=("embeds",), code="BASE_TYPE_MAX_LENGTH", message=f"Must be {EMBEDS} or fewer in length.")
    for number, embed in enumerate(embeds):
        yield from _embed(embed, ("embeds", str(number)))
    if sum(_embed_length(embed) for embed in embeds) > EMBED_TOTAL:
        message = f"Embed size exceeds maximum size of {EMBED_TOTAL}"
        yield Problem(path=("embeds",), code="MAX_EMBED_SIZE_EXCEEDED", message=message)


def _embed(embed: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Problem]:
    for name, most in EMBED_TEXTS.items():
        yield from too_long(embed.get(name), most, *path, name)
    for (part, name), most in EMBED_PARTS.items():
        yield from too_long((embed.get(part) or {}).get(name), most, *path, part, name)
    listed = embed.get("fields") or []
    if len(listed) > EMBED_FIELDS:
        message = f"Must be {EMBED_FIELDS} or fewer in length."
        yield Problem(path=(*path, "fields"), code="BASE_TYPE_MAX_LENGTH", message=message)
    for number, field in enumerate(listed):
        for name, most in FIELD_TEXTS.items():
            yield from too_long(field.get(name, ""), most, *path, "fields", str(number), name, least=1)


def _embed_length(embed: Mapping[str, Any]) -> int:
    texts = [embed.get(name) for name in EMBED_TEXTS]
    texts += [(embed.get(part) or {}).get(name) for part, name in EMBED_PARTS]
    texts += [field.get(name) for field in embed.get("fields") or [] for name in FIELD_TEXTS]
    return sum(len(text) for text in texts if isinstance(text, str))


def _attachments(listed: list[Mapping[str, Any]], files: tuple[str, ...]) -> Iterator[Problem]:
    if max(len(listed), len(files)) > FILES:
        message = f"Must be {FILES} or fewer in length."
        yield Problem(path=("attachments",), code="BASE_TYPE_MAX_LENGTH", message=message)
    for number, one in enumerate(listed):
        yield from too_long(one.get("description"), ALT_TEXT, "attachments", str(number), "description")


def _allowed(allowed: Mapping[str, Any]) -> Iterator[Problem]:
    for name in ("users", "roles"):
        listed = allowed.get(name) or []
        if len(listed) > ALLOWED_LISTED:
            message = f"Must be {ALLOWED_LISTED} or fewer in length."
            yield Problem(path=("allowed_mentions", name), code="BASE_TYPE_MAX_LENGTH", message=message)
        if listed and name in (allowed.get("parse") or []):
            message = f'parse:["{name}"] and {name}: [ids...] are mutually exclusive.'
            path = ("allowed_mentions",)
            yield Problem(path=path, code="MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message=message)


def _named(body: Mapping[str, Any], *, required: bool) -> list[Problem]:
    found = list(too_long(body.get("name"), THREAD_NAME, "name", least=1))
    if required and body.get("name") is None:
        found.append(Problem(path=("name",), code="BASE_TYPE_REQUIRED", message="This field is required"))
    minutes = body.get("auto_archive_duration")
    if minutes is not None and minutes not in ARCHIVE_MINUTES:
        message = f"Value must be one of {{{', '.join(map(str, ARCHIVE_MINUTES))}}}."
        found.append(Problem(path=("auto_archive_duration",), code="BASE_TYPE_CHOICES", message=message))
    return found


def _choices(body: Mapping[str, Any]) -> Iterator[Problem]:
    listed = body.get("choices") or []
    if len(listed) > CHOICES:
        yield Problem(path=("choices",), code="BASE_TYPE_MAX_LENGTH", message=f"Must be {CHOICES} or fewer in length.")
    for number, choice in enumerate(listed):
        yield from too_long(choice.get("name", ""), CHOICE_NAME, "choices", str(number), "name", least=1)
        if isinstance(choice.get("value"), str):
            yield from too_long(choice["value"], CHOICE_VALUE, "choices", str(number), "value")


def _modal(body: Mapping[str, Any]) -> Iterator[Problem]:
    yield from too_long(body.get("title", ""), MODAL_TITLE, "title", least=1)
    yield from too_long(body.get("custom_id", ""), CUSTOM_ID, "custom_id", least=1)
    parts = body.get("components") or []
    if not 1 <= len(parts) <= 5:
        message = "Must be between 1 and 5 in length."
        yield Problem(path=("components",), code="BASE_TYPE_BAD_LENGTH", message=message)
    yield from component_problems(parts, v2=False, modal=True)


def repeated(values: Iterable[Any]) -> list[Any]:
    """The values that are there more than once."""
    return [value for value, count in Counter(values).items() if count > 1]
