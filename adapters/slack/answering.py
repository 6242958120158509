"""Answers one person, by whichever way Slack still leaves open. Work itself is guarded here, too."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

from adapters.slack.drafts import Draft
from adapters.slack.posting import Poster, Target
from adapters.slack.render import sentence_draft
from adapters.slack.wire import Asking
from bot.answering import Places
from bot.errors import PlatformError, StorageError

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 10.0

Work = Callable[[], Awaitable[Draft | None]]
"""Does what was asked and returns the answer; None when the answer is shown by other means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """Tells the person who asked what came of it, so that nobody else sees it."""

    poster: Poster
    places: Places = field(default_factory=Places)

    async def answer(self, asking: Asking, work: Work) -> None:
        """Work, then answer. Nothing is raised."""
        draft = await self.places.worked(work, said=sentence_draft, who=(asking.team, asking.user))
        if draft is not None:
            await self.send(asking, draft)

    async def send(self, asking: Asking, draft: Draft) -> None:
        """Deliver an answer: where they are looking, else by the interaction's own address, else directly."""
        ways = (
            [self._beside, self._by_url] if asking.thread or not asking.response_url else [self._by_url, self._beside]
        )
        for way in (*ways, self._directly):
            try:
                if await way(asking, draft):
                    return
            except (PlatformError, StorageError) as error:
                log.info("answer not taken, trying another way way=%s reason=%s", way.__name__, error)
        log.warning("answer not delivered asking=%r", asking)

    async def _by_url(self, asking: Asking, draft: Draft) -> bool:
        """Answer over the address that came with the interaction; it needs no membership in the channel."""
        lines = self.poster.lines
        if not asking.response_url or not lines.leads_to(asking.response_url):
            return False
        body = {
            "response_type": "ephemeral",
            "replace_original": False,
            "text": draft.text,
            "blocks": list(draft.blocks),
        }
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                async with lines.session.post(asking.response_url, json=body, allow_redirects=False) as response:
                    return response.status == 200
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("response address failed error=%s", type(error).__name__)
            return False

    async def _beside(self, asking: Asking, draft: Draft) -> bool:
        """Answer in the same conversation; in a direct one there is nobody else, so the answer may stay."""
        if not asking.channel:
            return False
        if asking.is_direct:
            await self.poster.reply_directly(_target(asking), draft)
        else:
            await self.poster.whisper(_target(asking), draft, user=asking.user)
        return True

    async def _directly(self, asking: Asking, draft: Draft) -> bool:
        target = await self.poster.open_direct(_target(asking), asking.user)
        await self.poster.reply_directly(target, draft)
        return True


def _target(asking: Asking) -> Target:
    return Target(
        team=asking.team,
        enterprise=asking.enterprise,
        channel=asking.channel,
        since=asking.moment,
        thread=asking.thread,
    )
