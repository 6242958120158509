"""Slack's text: what a person types, what it becomes, what a person reads, and whom it pings.

Source: docs.slack.dev, messaging/formatting-message-text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.emulators.slack.records import Json

_ENTITY = re.compile(r"<([^<>\n]+)>")
_BROADCASTS = ("channel", "here", "everyone")
_TYPED_MENTION = re.compile(r"<@([^<>|\n]+)>|(?<![\w@])@(\w[\w.-]*)")
_TYPED_LINK = re.compile(r"https?://[^\s<>|]+")


def escape(text: str) -> str:
    """Escape the three characters that mean something to Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def typed(text: str, names: Mapping[str, str]) -> str:
    """Return what Slack's own app makes of what a person types.

    `@name` and `<@name>` become mentions when `names` (lower case name to user id, or to what mentions a group) knows
    them, `@channel` and its like become broadcasts, addresses become links; all else is escaped, so nobody can type
    `<!channel>` as such.
    """
    parts: list[str] = []
    place = 0
    for found in re.finditer(f"{_TYPED_MENTION.pattern}|({_TYPED_LINK.pattern})", text):
        meant = _entity_typed(found, names)
        if meant is not None:
            parts += [escape(text[place : found.start()]), meant]
            place = found.end()
    return "".join([*parts, escape(text[place:])])


def _entity_typed(found: re.Match[str], names: Mapping[str, str]) -> str | None:
    if found[3]:
        return f"<{escape(found[3])}>"
    name = (found[1] or found[2]).lower()
    if found[2] and name in _BROADCASTS:
        return f"<!{name}>"
    known = names.get(name)
    if known is None:
        return None
    return f"<{known}|@{name}>" if known.startswith("!") else f"<@{known}>"


def readable(text: str, people: Mapping[str, str]) -> str:
    """Return text as a person reads it; `people` maps user ids to names."""
    return unescape(_ENTITY.sub(lambda found: _entity_read(found[1], people), text))


def _entity_read(entity: str, people: Mapping[str, str]) -> str:
    target, _, label = entity.partition("|")
    if target.startswith("@"):
        return f"@{people.get(target[1:], target[1:])}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!date^"):
        return label
    if target.startswith("!"):
        return f"@{target[1:].split('^')[0]}"
    return f"{label} ({target})" if label else target


def links_in(text: str) -> list[str]:
    """Return the addresses that a text links to."""
    targets = (found[1].partition("|")[0] for found in _ENTITY.finditer(text))
    return [unescape(target) for target in targets if target.startswith(("http://", "https://"))]


def pings_in(texts: Iterable[str], people: Mapping[str, str], *, parse_names: bool) -> tuple[str, ...]:
    """Return who would be notified: people's names (ids of strangers), and `channel`, `here`, `everyone`, `subteam`.

    With `parse_names` (`link_names`, `parse=full`) a bare `@channel` or `@name` counts as well.
    """
    found: dict[str, None] = {}
    by_handle = {name.lower().replace(" ", "."): name for name in people.values()}
    for text in texts:
        for match in _ENTITY.finditer(text):
            found |= dict.fromkeys(_pinged(match[1].partition("|")[0], people))
        if parse_names:
            for name in re.findall(r"(?<![\w@<])@(\w[\w.-]*)", text):
                known = name if name in _BROADCASTS else by_handle.get(name.lower())
                found |= {known: None} if known else {}
    return tuple(found)


def _pinged(target: str, people: Mapping[str, str]) -> Iterator[str]:
    if target.startswith("@"):
        yield people.get(target[1:], target[1:])
    elif target.startswith("!subteam"):
        yield "subteam"
    elif target.startswith("!") and target[1:] in _BROADCASTS:
        yield target[1:]


def rich_text(text: str) -> Json:
    """Return the rich text block that Slack makes of a person's message; mentions and links become elements."""
    elements: list[Json] = []
    place = 0
    for found in _ENTITY.finditer(text):
        if found.start() > place:
            elements.append({"type": "text", "text": unescape(text[place : found.start()])})
        elements.append(_rich_entity(found[1]))
        place = found.end()
    if place < len(text):
        elements.append({"type": "text", "text": unescape(text[place:])})
    return {"type": "rich_text", "block_id": "typed", "elements": [{"type": "rich_text_section", "elements": elements}]}


def _rich_entity(entity: str) -> Json:
    target, _, label = entity.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    return {"type": "link", "url": unescape(target)} | ({"text": label} if label else {})


def block_lines(blocks: Iterable[Json], people: Mapping[str, str]) -> list[str]:
    """Return the lines that a person reads in blocks: all their text, without buttons and pictures."""
    return [line for block in blocks for line in _lines(block, people) if line.strip()]


def _lines(block: Json, people: Mapping[str, str]) -> list[str]:
    kind = block.get("type")
    if kind == "context":
        words = [_text(part, people) for part in block["elements"] if part.get("type") != "image"]
        return [" ".join(words)]
    if kind in ("actions", "context_actions"):
        return []
    if kind == "markdown":
        return [block["text"]]
    if kind == "rich_text":
        return ["".join(_rich(part, people)) for part in block["elements"]]
    return _nested(block, people)


def _nested(block: Json, people: Mapping[str, str]) -> list[str]:
    lines: list[str] = []
    for key, value in block.items():
        if key in ("accessory", "actions", "element"):
            continue
        for part in _flat(value):
            if not isinstance(part, dict):
                lines += [part] if key in ("title", "alert", "description") and isinstance(part, str) else []
            elif part.get("type") in ("plain_text", "mrkdwn", "raw_text"):
                lines.append(_text(part, people))
            else:
                lines += _lines(part, people)
    return lines


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for part in value:
            yield from _flat(part)
    else:
        yield value


def _text(part: Json, people: Mapping[str, str]) -> str:
    text = str(part.get("text", ""))
    return readable(text, people) if part.get("type") == "mrkdwn" else text


def _rich(part: Json, people: Mapping[str, str]) -> Iterator[str]:
    kind = part.get("type")
    if kind == "user":
        yield f"@{people.get(part['user_id'], part['user_id'])}"
    elif kind == "broadcast":
        yield f"@{part['range']}"
    elif kind == "link":
        yield f"{part['text']} ({part['url']})" if part.get("text") else part["url"]
    elif kind == "emoji":
        yield f":{part['name']}:"
    elif kind == "text":
        yield part["text"]
    for child in part.get("elements", ()):
        yield from _rich(child, people)
        if kind == "rich_text_list":
            yield "\n"


def mrkdwn_in(node: Any) -> Iterator[str]:
    """Yield every text in blocks where Slack's markup is alive; rich text is written back as markup."""
    if isinstance(node, list):
        for child in node:
            yield from mrkdwn_in(child)
    elif isinstance(node, dict):
        if node.get("type") in ("mrkdwn", "markdown") and isinstance(node.get("text"), str):
            yield node["text"]
        elif node.get("type") == "user":
            yield f"<@{node.get('user_id')}>"
        elif node.get("type") == "broadcast":
            yield f"<!{node.get('range')}>"
        else:
            for child in node.values():
                yield from mrkdwn_in(child)
