"""What there is in this Discord: people, servers, channels, messages. Plain state; `world.py` changes it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any

Json = dict[str, Any]


class Kind(IntEnum):
    """Channel types. Source: Discord docs, Channel Resource, Channel Types."""

    TEXT = 0
    DM = 1
    VOICE = 2
    GROUP_DM = 3
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


THREADS = frozenset({Kind.ANNOUNCEMENT_THREAD, Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD})


class Flag(IntFlag):
    """Message flags. Source: Discord docs, Message Resource, Message Flags."""

    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


class Part(IntEnum):
    """Component types. Source: Discord docs, Component Reference."""

    ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT = 10
    THUMBNAIL = 11
    GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS = frozenset(
    {Part.STRING_SELECT, Part.USER_SELECT, Part.ROLE_SELECT, Part.MENTIONABLE_SELECT, Part.CHANNEL_SELECT}
)
LINK_STYLE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file on somebody's disk, ready to be sent."""

    content: bytes
    filename: str
    description: str | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Attachment:
    """A file that Discord keeps. `expired` makes its address answer 404."""

    id: int
    filename: str
    content: bytes = field(repr=False)
    content_type: str
    description: str | None = None
    size_px: tuple[int, int] | None = None
    channel_id: int = 0
    ephemeral: bool = False
    expired: bool = False

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return len(self.content)


@dataclass(slots=True, eq=False, kw_only=True)
class User:
    """An account. `dms_blocked` refuses direct messages from the bot."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    dms_blocked: bool = False
    installed: bool = False
    entitlements: list[Json] = field(default_factory=list)

    @property
    def mention(self) -> str:
        """How a message names them."""
        return f"<@{self.id}>"


@dataclass(slots=True, eq=False, kw_only=True)
class Role:
    """A role of a server."""

    id: int
    name: str
    permissions: int = 0

    @property
    def mention(self) -> str:
        """How a message names it."""
        return f"<@&{self.id}>"


@dataclass(slots=True, eq=False, kw_only=True)
class Overwrite:
    """What a channel allows or denies one role (type 0) or member (type 1)."""

    target_id: int
    type: int
    allow: int = 0
    deny: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class Membership:
    """One person in one server."""

    user: User
    joined_at: str
    roles: set[int] = field(default_factory=set)


@dataclass(slots=True, eq=False, kw_only=True)
class Guild:
    """A server. `roles` includes @everyone, whose id is the server's own."""

    id: int
    name: str
    owner_id: int = 0
    premium_tier: int = 0
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Membership] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)


@dataclass(slots=True, eq=False, kw_only=True)
class Channel:
    """A channel, a thread (it has a parent) or a direct message (it has no server)."""

    id: int
    kind: Kind
    name: str = ""
    guild: Guild | None = None
    parent: Channel | None = None
    recipients: tuple[User, ...] = ()
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    owner_id: int = 0
    archived: bool = False
    locked: bool = False
    auto_archive_minutes: int = 1440
    archive_stamp: str = ""
    slowmode_s: int = 0
    topic: str | None = None
    tags: tuple[int, ...] = ()
    deleted: bool = False

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread or a forum post."""
        return self.kind in THREADS

    @property
    def mention(self) -> str:
        """How a message names it."""
        return f"<#{self.id}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """How a message looked before an edit."""

    text: str
    buttons: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(slots=True, eq=False, kw_only=True)
class Message:
    """A message as it stands now. `visible_to` is one person's id for an ephemeral one, else None.

    `pings` names whom it really notified: people, "@role" and "@everyone".
    """

    id: int
    channel: Channel
    author: User
    stamp: str
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    nonce: str | None = None
    type: int = 0
    reference: Json | None = None
    interaction: Json | None = None
    webhook: bool = False
    visible_to: int | None = None
    mentions: tuple[int, ...] = ()
    role_mentions: tuple[int, ...] = ()
    pings: tuple[str, ...] = ()
    edited: str | None = None
    edits: list[Snapshot] = field(default_factory=list)
    thread: Channel | None = None
    deleted: bool = False
    dismissed: bool = False

    @property
    def text(self) -> str:
        """The words a person reads, from content, embeds and components, top to bottom."""
        if self.flags & Flag.LOADING:
            return f"{self.author.name} is thinking..."
        shown = [self.content, *(line for embed in self.embeds for line in _embed_lines(embed))]
        shown += [str(part["content"]) for part in walk(self.components) if part["type"] == Part.TEXT]
        return "\n".join(line for line in shown if line)

    @property
    def thinking(self) -> bool:
        """Whether it is still the loading message of a deferred answer."""
        return bool(self.flags & Flag.LOADING)

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return self.visible_to is not None

    @property
    def buttons(self) -> tuple[str, ...]:
        """Labels of the buttons that can be pressed, link buttons included, in order."""
        return tuple(label_of(part) for part in self.all_buttons if not part.get("disabled"))

    @property
    def all_buttons(self) -> tuple[Json, ...]:
        """Every button, with all of its fields."""
        return tuple(part for part in walk(self.components) if part["type"] == Part.BUTTON)

    @property
    def links(self) -> Mapping[str, str]:
        """Addresses of the link buttons by their label."""
        return {label_of(part): part["url"] for part in self.all_buttons if part.get("style") == LINK_STYLE}

    @property
    def selects(self) -> tuple[Json, ...]:
        """Every select menu, with all of its fields."""
        return tuple(part for part in walk(self.components) if part["type"] in SELECTS)

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the attached files, in order."""
        return tuple(one.filename for one in self.attachments)

    def file(self, filename: str) -> Attachment:
        """The attached file of that name."""
        return next(one for one in self.attachments if one.filename == filename)

    def snapshot(self) -> Snapshot:
        """How it looks now."""
        return Snapshot(text=self.text, buttons=self.buttons, files=self.files)


def label_of(part: Mapping[str, Any]) -> str:
    """What stands on a button: its label, else its emoji."""
    emoji = part.get("emoji") or {}
    return str(part.get("label") or emoji.get("name") or "")


def children(part: Mapping[str, Any]) -> list[Json]:
    """The components directly inside a component."""
    inside = list(part.get("components") or [])
    return inside + [part[name] for name in ("accessory", "component") if part.get(name)]


def walk(parts: list[Json]) -> Iterator[Json]:
    """Every component, the outer before the inner."""
    for part in parts:
        yield part
        yield from walk(children(part))


def numbered(parts: list[Json]) -> list[Json]:
    """A copy in which every component has an id, as Discord fills them in. Source: Component Reference."""
    made = copy.deepcopy(parts)
    taken = {part["id"] for part in walk(made) if part.get("id")}
    free = (number for number in range(1, 10_000) if number not in taken)
    for part in walk(made):
        part["id"] = part.get("id") or next(free)
    return made


def _embed_lines(embed: Mapping[str, Any]) -> list[str]:
    lines = [(embed.get("author") or {}).get("name"), embed.get("title"), embed.get("description")]
    for one in embed.get("fields") or []:
        lines += [one["name"], one["value"]]
    lines.append((embed.get("footer") or {}).get("text"))
    return [str(line) for line in lines if line]
