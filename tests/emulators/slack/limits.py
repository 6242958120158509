"""Slack's documented limits, checked without knowing who built the message; walked through all children.

`violations(call)` judges a recorded request, `block_problems` and `view_problems` judge Block Kit alone.
Source: docs.slack.dev, reference/block-kit (blocks, block-elements, composition-objects), reference/views,
reference/methods; the size of a whole message: slackapi/bolt-js issue 2509.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from tests.emulators.slack import shapes
from tests.emulators.slack.records import Call, Json

POSTED_TEXT, UPDATED_TEXT, MARKDOWN_TEXT = 40_000, 4_000, 12_000
MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
WHOLE_MESSAGE = 13_200  # characters of all blocks as JSON: `msg_blocks_too_long` was seen from 13 172 on
METADATA_BYTES = 16_000  # our reading of `metadata_too_large`, for which no number is documented
VIEW_BYTES = 250_000
ATTACHMENTS = 100
LOADING_MESSAGES = 10

Surface = str  # message, modal, home


def violations(call: Call) -> list[str]:
    """Return what a recorded request breaks, as sentences; nothing when it keeps all limits."""
    arguments = call.arguments
    longest = UPDATED_TEXT if call.method == "chat.update" else POSTED_TEXT
    return [
        *_too_long(arguments, "text", longest),
        *_too_long(arguments, "markdown_text", MARKDOWN_TEXT),
        *_too_long(arguments, "filename", 255),
        *_too_long(arguments, "alt_txt", 1_000),
        *message_problems(arguments.get("blocks") or []),
        *metadata_problems(arguments.get("metadata")),
        *_view_problems(call),
        *_unfurl_problems(arguments.get("unfurls") or {}),
        *_too_many(arguments, "attachments", ATTACHMENTS),
        *_too_many(arguments, "loading_messages", LOADING_MESSAGES),
    ]


def message_problems(blocks: Any) -> list[str]:
    """Return what is wrong with a message's blocks, their total size included."""
    found = block_problems(blocks, "message")
    if blocks and (size := len(json.dumps(blocks, ensure_ascii=False))) > WHOLE_MESSAGE:
        found.append(f"blocks: {size} characters in all, at most {WHOLE_MESSAGE}")
    return found


def metadata_problems(metadata: Any) -> list[str]:
    """Return what is wrong with a message's metadata; an empty object, which removes it, is right."""
    if not metadata:
        return []
    if not isinstance(metadata, dict) or not {"event_type", "event_payload"} <= metadata.keys():
        return ["metadata: event_type and event_payload are needed"]
    if not isinstance(metadata["event_payload"], dict):
        return ["metadata: event_payload is no object"]
    size = len(json.dumps(metadata).encode())
    return [f"metadata: {size} bytes, at most {METADATA_BYTES}"] if size > METADATA_BYTES else []


def _too_long(arguments: Json, name: str, longest: int) -> list[str]:
    size = len(str(arguments.get(name) or ""))
    return [f"{name}: {size} characters, at most {longest}"] if size > longest else []


def _too_many(arguments: Json, name: str, most: int) -> list[str]:
    number = len(arguments.get(name) or ())
    return [f"{name}: {number}, at most {most}"] if number > most else []


def _view_problems(call: Call) -> list[str]:
    view = call.arguments.get("view")
    return view_problems(view) if isinstance(view, dict) else []


def _unfurl_problems(unfurls: Any) -> list[str]:
    if not isinstance(unfurls, dict):
        return ["unfurls: no map of addresses"]
    contents = [unfurl for unfurl in unfurls.values() if isinstance(unfurl, dict)]
    found = ["unfurls: not an object"] if len(contents) < len(unfurls) else []
    return [*found, *(p for unfurl in contents for p in block_problems(unfurl.get("blocks") or [], "message"))]


def view_problems(view: Json) -> list[str]:
    """Return what is wrong with a modal or an App Home."""
    surface = "home" if view.get("type") == "home" else "modal"
    found = list(shapes.check(view, shapes.VIEWS[surface], "view"))
    blocks = view.get("blocks") or []
    found += block_problems(blocks, surface)
    if not blocks:
        found.append("view: blocks are needed")
    asks = any(block.get("type") == "input" for block in blocks if isinstance(block, dict))
    if surface == "modal" and asks and not view.get("submit"):
        found.append("view: submit is needed where there is an input")
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        found.append(f"view: more than {VIEW_BYTES} bytes")
    return found


def block_problems(blocks: Any, surface: Surface) -> list[str]:
    """Return what is wrong with a list of blocks on a surface: `message`, `modal` or `home`."""
    if not isinstance(blocks, list):
        return ["blocks: not a list"]
    most = MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS
    found = [f"blocks: {len(blocks)}, at most {most}"] if len(blocks) > most else []
    found += _repeated([b.get("block_id") for b in blocks if isinstance(b, dict)], "block_id")
    markdown = sum(len(str(b.get("text", ""))) for b in blocks if isinstance(b, dict) and b.get("type") == "markdown")
    if markdown > MARKDOWN_TEXT:
        found.append(f"markdown: {markdown} characters in all, at most {MARKDOWN_TEXT}")
    for number, block in enumerate(blocks):
        found += _block_problems(block, f"/blocks/{number}", surface)
    return found


def _block_problems(block: Any, place: str, surface: Surface) -> Iterator[str]:
    if not isinstance(block, dict):
        yield f"{place}: not an object"
        return
    yield from shapes.check_block(block, place)
    yield from _said_by_sdk(block, place)
    kind = block.get("type")
    for node in nodes_of(block):
        if node.get("type") == "file_input" and surface != "modal":
            yield f"{place}: file_input stands only in a modal"
    if surface != "message" and kind in ("file", "table", "task_card", "plan", "card", "carousel", "context_actions"):
        yield f"{place}: {kind} stands only in a message"
    if kind in ("actions", "context_actions"):
        yield from _repeated(
            [e.get("action_id") for e in block.get("elements", ()) if isinstance(e, dict)], f"{place} action_id"
        )


def _said_by_sdk(block: Json, place: str) -> Iterator[str]:
    """Ask slack_sdk's own models, for the block and every block within it."""
    for node in nodes_of(block):
        if node is not block and node.get("type") not in shapes.BLOCKS:
            continue
        try:
            parsed = Block.parse(node)
            if parsed is not None:
                parsed.validate_json()
        except (SlackObjectFormationError, TypeError, ValueError, KeyError, AttributeError) as error:
            yield f"{place}: slack_sdk says {error}"


def nodes_of(node: Any) -> Iterator[Json]:
    """Yield every object within blocks, from the outside in."""
    if isinstance(node, dict):
        yield node
        for child in node.values():
            yield from nodes_of(child)
    elif isinstance(node, list):
        for child in node:
            yield from nodes_of(child)


def _repeated(names: list[Any], what: str) -> list[str]:
    seen = [name for name in names if isinstance(name, str) and name]
    return [f"{what}: {name!r} is used twice" for name in dict.fromkeys(seen) if seen.count(name) > 1]
