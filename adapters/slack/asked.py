"""A wish as it came from Slack, before anything of it is fetched or understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.slack.wire import SharedFile
from bot.questions import Filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Filled):
    """What somebody typed, filled in or attached, its files still in Slack."""

    files: Sequence[SharedFile] = ()
