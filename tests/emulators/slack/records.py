"""What Slack remembers: people, channels, messages, files, views. Changed only by the stand-in itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True, eq=False)
class Person:
    """Somebody with a user id: a member, or the bot's user; in an organisation, with its workspaces they are in."""

    id: str
    team_id: str
    name: str
    admin: bool = False
    owner: bool = False
    is_bot: bool = False
    locale: str = "en-US"
    enterprise: str = ""
    workspaces: tuple[str, ...] = ()

    @property
    def handle(self) -> str:
        """The name to mention them by."""
        return self.name.lower().replace(" ", ".")


@dataclass(slots=True, kw_only=True, eq=False)
class UserGroup:
    """People who are mentioned together; `people` are user ids, and may be changed by a test."""

    id: str
    team_id: str
    handle: str
    people: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True, eq=False)
class Channel:
    """A conversation. Set its marks to change what Slack allows there."""

    id: str
    team_id: str
    name: str
    kind: str = "channel"  # channel, group (private), im
    present: set[str] = field(default_factory=set)  # user ids
    archived: bool = False
    read_only: bool = False  # a workspace preference: `restricted_action`
    thread_only: bool = False
    connect: bool = False  # shared with another organisation: files arrive as `check_file_info`

    def invite(self, person: Any) -> None:
        """Let somebody in: a member, or `team.bot`."""
        self.present.add(person.id)

    def remove(self, person: Any) -> None:
        """Put somebody out."""
        self.present.discard(person.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a message said at one time."""

    text: str
    blocks: tuple[Json, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class MessageRecord:
    """One message. Those with `only_for` are ephemeral: one person sees them, no method finds them."""

    ts: str
    channel: Channel
    author: Person
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[FileRecord] = field(default_factory=list)
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    only_for: str | None = None
    cause: str | None = None  # the interaction that this answers
    parse_names: bool = False
    tombstone: bool = False
    client_msg_id: str | None = None
    edited_ts: str | None = None
    edited_mark: bool = False
    past: list[Version] = field(default_factory=list)
    unfurls: dict[str, Json] = field(default_factory=dict)
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in somebody's thread."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True, kw_only=True, eq=False)
class FileRecord:
    """One file. `content` is None until the bytes are there; `processed` when Slack has had its look at them."""

    id: str
    team_id: str
    name: str
    title: str
    owner: Person
    created_s: float
    length: int = 0
    content: bytes | None = None
    media_type: str = ""
    alt_text: str = ""
    completed: bool = False
    processed: bool = False
    deleted: bool = False
    hidden: bool = False  # Slack Connect: events carry only the id and `check_file_info`
    shares: list[MessageRecord] = field(default_factory=list)

    def is_meant_by(self, source: Json) -> bool:
        """Whether a `slack_file`, which has an id or an address, names this file."""
        address = str(source.get("url") or "")
        return self.id in (source.get("id"), *address.replace("-", "/").split("/"))


@dataclass(slots=True, kw_only=True, eq=False)
class ViewRecord:
    """A modal on somebody's screen, or somebody's App Home."""

    id: str
    team_id: str
    person: Person
    body: Json  # as the app sent it, block and action ids filled in
    hash: str
    root_id: str
    previous_id: str | None = None
    cause: str | None = None  # the trigger that opened it
    state: Json = field(default_factory=dict)
    errors: Json = field(default_factory=dict)  # by block id, from the last submission


@dataclass(slots=True, kw_only=True, eq=False)
class Trigger:
    """A `trigger_id`: good for three seconds, once."""

    id: str
    person: Person
    issued_s: float
    used: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class ResponseUrl:
    """A `response_url`: good for five posts in thirty minutes."""

    token: str
    person: Person
    channel: Channel
    cause: str
    issued_s: float
    original: MessageRecord | None = None
    uses: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class AssistantStatus:
    """What stands under a thread while the app works; Slack clears it after two minutes."""

    text: str
    loading_messages: tuple[str, ...]
    set_s: float


@dataclass(slots=True, kw_only=True, eq=False)
class Call:
    """One request of the bot, in the order they came.

    `method` is the Web API's name, or `response_url`, `upload_url`, `file_download` for what is no method.
    `answer` is what it was told; None while it waits.
    """

    method: str
    arguments: Json
    team_id: str | None
    at_s: float
    answer: Json | None = None
    status: int | None = None

    @property
    def error(self) -> str | None:
        """The name of Slack's refusal, if it refused."""
        return None if self.answer is None else self.answer.get("error")
