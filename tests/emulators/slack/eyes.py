"""What a member sees: messages, modals and the App Home, as values that do not change afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.emulators.slack.records import Channel, FileRecord, Json, MessageRecord, ViewRecord
from tests.emulators.slack.text import block_lines, mrkdwn_in, pings_in, readable

if TYPE_CHECKING:
    from tests.emulators.slack.workspace import Workspace

INPUTS = (
    "plain_text_input",
    "number_input",
    "url_text_input",
    "static_select",
    "multi_static_select",
    "checkboxes",
    "radio_buttons",
    "file_input",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenElement:
    """Something to click or choose; `kind` is Block Kit's name for it, such as `button`."""

    kind: str
    text: str
    action_id: str
    block_id: str
    value: str = ""
    url: str = ""
    style: str = ""
    options: tuple[str, ...] = ()
    raw: Json = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenImage:
    """A picture in a message. `content` is there for one that was uploaded to Slack."""

    alt_text: str
    url: str
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFile:
    """A file under a message, with its bytes."""

    id: str
    name: str
    title: str
    media_type: str
    alt_text: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenMessage:
    """A message as somebody reads it.

    `text` is the blocks' text where there are blocks, else the message's; `notification` is what a phone shows.
    `edits` are the earlier texts, oldest first; `pings` whom the message notified when it was posted.
    """

    ts: str
    channel: Channel
    author: str
    is_bot: bool
    text: str
    notification: str
    thread_ts: str | None
    broadcast: bool
    edited: bool
    deleted: bool
    reply_count: int
    only_for: str | None
    elements: tuple[SeenElement, ...]
    images: tuple[SeenImage, ...]
    files: tuple[SeenFile, ...]
    pings: tuple[str, ...]
    edits: tuple[str, ...]
    unfurls: tuple[str, ...]
    reactions: tuple[str, ...]
    metadata: Json | None
    blocks: tuple[Json, ...] = field(repr=False)
    record: MessageRecord = field(repr=False, compare=False)

    @property
    def buttons(self) -> tuple[str, ...]:
        """The words on the buttons."""
        return tuple(element.text for element in self.elements if element.kind == "button")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenInput:
    """A field of a form."""

    label: str
    hint: str
    optional: bool
    element: SeenElement


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenView:
    """A modal or an App Home as somebody sees it; `errors` are sentences under fields, by block id."""

    id: str
    title: str
    text: str
    submit: str
    callback_id: str
    private_metadata: str
    inputs: tuple[SeenInput, ...]
    elements: tuple[SeenElement, ...]
    images: tuple[SeenImage, ...]
    errors: dict[str, str]
    record: ViewRecord = field(repr=False, compare=False)

    @property
    def buttons(self) -> tuple[str, ...]:
        """The words on the buttons within the view."""
        return tuple(element.text for element in self.elements if element.kind == "button")

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the fields."""
        return tuple(one.label for one in self.inputs)


def see_message(team: Workspace, message: MessageRecord) -> SeenMessage:
    """Return a message as it stands now."""
    first = message.past[0] if message.past else message
    pinged = [first.text, *mrkdwn_in(list(first.blocks))] if message.author.is_bot else [message.text]
    return SeenMessage(
        ts=message.ts,
        channel=message.channel,
        author=message.author.name,
        is_bot=message.author.is_bot,
        text=_shown(team, message.text, message.blocks),
        notification=readable(message.text, team.names),
        thread_ts=message.thread_ts,
        broadcast=message.broadcast,
        edited=message.edited_mark,
        deleted=message.tombstone,
        reply_count=len(team.replies_to(message)),
        only_for=message.only_for,
        elements=tuple(elements_in(message.blocks)),
        images=tuple(_images(team, message.blocks)),
        files=tuple(_file(file) for file in message.files if not file.deleted),
        pings=pings_in(pinged, team.names, parse_names=message.parse_names),
        edits=tuple(_shown(team, past.text, past.blocks) for past in message.past),
        unfurls=tuple(_unfurl(team, one) for one in message.unfurls.values()),
        reactions=tuple(message.reactions),
        metadata=message.metadata,
        blocks=tuple(message.blocks),
        record=message,
    )


def _shown(team: Workspace, text: str, blocks: Iterable[Json]) -> str:
    lines = block_lines(blocks, team.names)
    return "\n".join(lines) if blocks else readable(text, team.names)


def _unfurl(team: Workspace, unfurl: Json) -> str:
    lines = block_lines(unfurl.get("blocks") or [], team.names)
    words = [str(unfurl[name]) for name in ("title", "text", "fallback") if unfurl.get(name)]
    return "\n".join([*words, *lines])


def elements_in(blocks: Iterable[Json]) -> Iterator[SeenElement]:
    """Yield everything to click or choose, in reading order."""
    for block in blocks:
        name = str(block.get("block_id", ""))
        inside = [
            *(block.get("elements") or ()),
            block.get("accessory"),
            block.get("element"),
            *(block.get("actions") or ()),
        ]
        for node in inside:
            if (
                isinstance(node, dict)
                and node.get("action_id")
                and node.get("type") not in ("image", "mrkdwn", "plain_text")
            ):
                yield _element(node, name)
        nested = [
            *(block.get("child_blocks") or ()),
            *(node for node in block.get("elements") or () if node.get("type") == "card"),
        ]
        yield from elements_in(nested)


def _element(node: Json, block_id: str) -> SeenElement:
    options = [
        *(node.get("options") or ()),
        *(o for group in node.get("option_groups") or () for o in group["options"]),
    ]
    words = node.get("text") or node.get("placeholder") or {}
    return SeenElement(
        kind=node["type"],
        text=str(words.get("text", "")),
        action_id=node["action_id"],
        block_id=block_id,
        value=str(node.get("value", "")),
        url=str(node.get("url", "")),
        style=str(node.get("style", "")),
        options=tuple(option["text"]["text"] for option in options),
        raw=node,
    )


def _images(team: Workspace, node: object) -> Iterator[SeenImage]:
    if isinstance(node, list):
        for child in node:
            yield from _images(team, child)
    elif isinstance(node, dict):
        if node.get("type") == "image":
            yield _image(team, node)
        else:
            for child in node.values():
                yield from _images(team, child)


def _image(team: Workspace, node: Json) -> SeenImage:
    source = node.get("slack_file") or {}
    address = str(source.get("url") or node.get("image_url") or "")
    file = next((one for one in team.files.values() if one.is_meant_by(source)), None)
    return SeenImage(alt_text=node.get("alt_text", ""), url=address, content=file.content if file is not None else None)


def _file(file: FileRecord) -> SeenFile:
    return SeenFile(
        id=file.id,
        name=file.name,
        title=file.title,
        media_type=file.media_type,
        alt_text=file.alt_text,
        content=file.content or b"",
    )


def see_view(team: Workspace, view: ViewRecord) -> SeenView:
    """Return a view as it stands now."""
    body = view.body
    found = list(elements_in(body["blocks"]))
    return SeenView(
        id=view.id,
        title=str((body.get("title") or {}).get("text", "")),
        text="\n".join(block_lines(body["blocks"], team.names)),
        submit=str((body.get("submit") or {}).get("text", "")),
        callback_id=str(body.get("callback_id") or ""),
        private_metadata=str(body.get("private_metadata") or ""),
        inputs=tuple(_inputs(body["blocks"])),
        elements=tuple(found),
        images=tuple(_images(team, body["blocks"])),
        errors=dict(view.errors),
        record=view,
    )


def _inputs(blocks: Iterable[Json]) -> Iterator[SeenInput]:
    for block in blocks:
        if block["type"] == "input":
            yield SeenInput(
                label=block["label"]["text"],
                hint=str((block.get("hint") or {}).get("text", "")),
                optional=bool(block.get("optional")),
                element=_element(block["element"], block["block_id"]),
            )


def message_lines(seen: SeenMessage) -> list[str]:
    """Return a message for a transcript."""
    to_whom = " (only one person sees this)" if seen.only_for else ""
    mark = " (edited)" if seen.edited else ""
    head = f"{seen.author}{to_whom}: "
    lines = [f"{head}{seen.text}{mark}"] if seen.text or not seen.files else [head.rstrip()]
    lines += [f"  [{button}]" for button in seen.buttons]
    lines += [f"  (picture: {image.alt_text})" for image in seen.images]
    lines += [f"  (file: {file.name}, {len(file.content)} bytes)" for file in seen.files]
    lines += [f"  (unfurled: {unfurl})" for unfurl in seen.unfurls]
    return lines
