"""Tells the operator something in a channel of theirs, once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta

from adapters.slack.drafts import Mark
from adapters.slack.posting import Poster, Target
from adapters.slack.render import sentence_draft
from adapters.slack.trouble import Refused
from bot.errors import AddressGone

NOTICE = "notice"
"""What such a message is, in its mark."""

LOOK_BACK = timedelta(days=1)
"""How far back one is looked for whose sending was cut off: a bot that stood still for longer tells it twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Posts sentences to `CHANNEL`, or to `TEAM/CHANNEL` where the app is in several workspaces."""

    poster: Poster
    is_distributed: bool

    async def tell(self, channel: str, sentence: str, *, key: str) -> None:
        """Post a sentence; with a key that was used before, nothing.

        Raises:
            PlatformBusy: come back later. AddressGone: nothing can be posted there, and why.
        """
        team, _, name = channel.rpartition("/")
        if self.is_distributed and not team:
            raise AddressGone(f"which workspace? Write slack:TEAM_ID/{name}, since the app can be in several")
        since = self.poster.clock.now() - LOOK_BACK
        target = Target(team=team, channel=name, since=f"{since.timestamp():.6f}")
        digest = hashlib.sha256(f"{channel} {key}".encode()).hexdigest()[:32]
        draft = replace(sentence_draft(sentence), mark=Mark(task=digest, kind=NOTICE))
        try:
            await self.poster.post(target, draft, key=f"slack:{NOTICE}:{digest}")
        except Refused as error:
            raise AddressGone(str(error)) from error
