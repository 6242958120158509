"""What a message is to look like, before it is one: made by `render`, sent by `posting`."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.slack.blocks import Json

EVENT_TYPE = "rodin_task"
"""The name of our metadata. Source: docs.slack.dev, Message metadata."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What no other message has: by it we find ours again after a crash. `kind` is its part in the thread."""

    task: str
    kind: str

    def metadata(self) -> Json:
        """Return it as Slack keeps it with a message, unseen."""
        return {"event_type": EVENT_TYPE, "event_payload": {"task": self.task, "kind": self.kind}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One message: its blocks, and `text` for notifications and screen readers, escaped already."""

    text: str
    blocks: tuple[Json, ...] = ()
    mark: Mark | None = None
