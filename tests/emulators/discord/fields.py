"""Which fields are understood in which body. A field that is not here is a mistake of the bot, or not emulated.

Sources: Discord docs, Message Resource (Create/Edit Message, Embed, Allowed Mentions, Attachment), Component
Reference, Interactions (Interaction Callback, Application Commands), Channel Resource (Start Thread, Modify Channel).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.emulators.discord.errors import Problem
from tests.emulators.discord.model import Part

Names = frozenset[str]


def _names(text: str) -> Names:
    return frozenset(text.split())


_MESSAGE = _names("content embeds allowed_mentions components flags attachments tts")
BODIES: Mapping[str, Names] = {
    "message": _MESSAGE | _names("nonce enforce_nonce message_reference"),
    # discord.py sends `tts` with every edit; Discord takes no notice of it.
    "message edit": _MESSAGE,
    "follow-up": _MESSAGE,
    "follow-up edit": _MESSAGE,
    "callback": _names("type data"),
    "callback message": _MESSAGE,
    "choices": _names("choices"),
    "modal": _names("custom_id title components"),
    "thread from message": _names("name auto_archive_duration rate_limit_per_user"),
    "thread": _names("name auto_archive_duration rate_limit_per_user type invitable message applied_tags"),
    "channel edit": _names("name archived auto_archive_duration locked rate_limit_per_user topic"),
    "direct channel": _names("recipient_id"),
    "command": _names(
        "id name name_localizations description description_localizations options default_member_permissions "
        "dm_permission default_permission integration_types contexts type nsfw"
    ),
}
OPTION = _names(
    "type name name_localizations description description_localizations required choices options channel_types "
    "min_value max_value min_length max_length autocomplete"
)
CHOICE = _names("name name_localizations value")
EMBED = _names("title type description url timestamp color footer image thumbnail video provider author fields flags")
EMBED_PARTS: Mapping[str, Names] = {
    "footer": _names("text icon_url proxy_icon_url"),
    "image": _names("url proxy_url height width flags"),
    "thumbnail": _names("url proxy_url height width flags"),
    "video": _names("url proxy_url height width flags"),
    "provider": _names("name url"),
    "author": _names("name url icon_url proxy_icon_url"),
}
EMBED_FIELD = _names("name value inline")
MENTIONS = _names("parse roles users replied_user")
REFERENCE = _names("type message_id channel_id guild_id fail_if_not_exists")
# Somebody who edits a message may hand back an attachment as it came, so what Discord sends it also takes.
ATTACHMENT = _names(
    "id filename description title content_type size url proxy_url height width ephemeral flags duration_secs "
    "waveform spoiler is_remix"
)
_SELECT = _names("custom_id placeholder min_values max_values disabled required default_values")
COMPONENT: Mapping[int, Names] = {
    Part.ROW: _names("components"),
    Part.BUTTON: _names("style label emoji custom_id sku_id url disabled"),
    Part.STRING_SELECT: _SELECT | _names("options"),
    Part.TEXT_INPUT: _names("custom_id style label min_length max_length required value placeholder"),
    Part.USER_SELECT: _SELECT,
    Part.ROLE_SELECT: _SELECT,
    Part.MENTIONABLE_SELECT: _SELECT,
    Part.CHANNEL_SELECT: _SELECT | _names("channel_types"),
    Part.SECTION: _names("components accessory"),
    Part.TEXT: _names("content"),
    Part.THUMBNAIL: _names("media description spoiler"),
    Part.GALLERY: _names("items"),
    Part.FILE: _names("file spoiler name size"),
    Part.SEPARATOR: _names("divider spacing"),
    Part.CONTAINER: _names("components accent_color spoiler"),
    Part.LABEL: _names("label description component"),
    Part.FILE_UPLOAD: _names("custom_id min_values max_values required"),
    Part.RADIO_GROUP: _names("custom_id options required"),
    Part.CHECKBOX_GROUP: _names("custom_id options min_values max_values required"),
    Part.CHECKBOX: _names("custom_id default"),
}


def strangers(kind: str, body: Mapping[str, Any]) -> list[Problem]:
    """Every field of a body, at any depth, that Discord does not know."""
    return list(_strangers(kind, body))


def _strangers(kind: str, body: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _unknown(body, BODIES[kind], ())
    if kind == "command":
        yield from _in_options(body.get("options") or [], ("options",))
    for number, embed in enumerate(body.get("embeds") or []):
        yield from _in_embed(embed, ("embeds", str(number)))
    yield from _in_components(body.get("components") or [], ("components",))
    for number, one in enumerate(body.get("attachments") or []):
        yield from _unknown(one, ATTACHMENT, ("attachments", str(number)))
    for number, one in enumerate(body.get("choices") or []):
        yield from _unknown(one, CHOICE, ("choices", str(number)))
    yield from _unknown(body.get("allowed_mentions") or {}, MENTIONS, ("allowed_mentions",))
    yield from _unknown(body.get("message_reference") or {}, REFERENCE, ("message_reference",))
    if kind == "thread" and body.get("message"):
        yield from _strangers("message", body["message"])


def _in_options(options: list[Mapping[str, Any]], path: tuple[str, ...]) -> Iterator[Problem]:
    for number, option in enumerate(options):
        here = (*path, str(number))
        yield from _unknown(option, OPTION, here)
        for index, choice in enumerate(option.get("choices") or []):
            yield from _unknown(choice, CHOICE, (*here, "choices", str(index)))
        yield from _in_options(option.get("options") or [], (*here, "options"))


def _in_embed(embed: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Problem]:
    yield from _unknown(embed, EMBED, path)
    for name, known in EMBED_PARTS.items():
        yield from _unknown(embed.get(name) or {}, known, (*path, name))
    for number, field in enumerate(embed.get("fields") or []):
        yield from _unknown(field, EMBED_FIELD, (*path, "fields", str(number)))


def _in_components(parts: list[Mapping[str, Any]], path: tuple[str, ...]) -> Iterator[Problem]:
    for number, part in enumerate(parts):
        here = (*path, str(number))
        known = COMPONENT.get(part.get("type", 0))
        if known is None:
            yield Problem(path=(*here, "type"), code="UNKNOWN_FIELD", message="This component type is not known.")
            continue
        yield from _unknown(part, known | {"id", "type"}, here)
        yield from _in_components(part.get("components") or [], (*here, "components"))
        for name in ("accessory", "component"):
            if part.get(name):
                yield from _in_components([part[name]], (*here, name))


def _unknown(body: Mapping[str, Any], known: Names, path: tuple[str, ...]) -> Iterator[Problem]:
    for name in body:
        if name not in known:
            yield Problem(path=(*path, name), code="UNKNOWN_FIELD", message="Discord knows no such field here.")
