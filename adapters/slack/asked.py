"""A wish as it came from Slack, before anything of it is fetched or understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.slack.wire import SharedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody typed, filled in or attached. `typed` is a line with options in it, `options` were picked.

    `keeps_pictures` lets the pictures join those of an earlier version instead of taking their place.
    """

    typed: str = ""
    prompt: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[SharedFile] = ()
    keeps_pictures: bool = False
