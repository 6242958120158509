"""The one place that sends messages to Slack's channels: once each, found again after a crash, and in our errors."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.drafts import EVENT_TYPE, Draft, Mark
from adapters.slack.lines import Lines
from adapters.slack.trouble import Refused, Unsent
from bot.errors import PlatformBusy
from bot.outbox import Outgoing, Posted, SendLog, post_once
from bot.ports import Clock

log = logging.getLogger(__name__)

LOOK_BACK = 100
"""How many messages after a task began are searched for our own: one request. Slack gives apps that are sold outside
its marketplace 15 at most, once a minute. Source: docs.slack.dev, conversations.history, rate limits."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where messages go. `since` is a timestamp before which no message of the task can stand."""

    team: str
    channel: str
    since: str
    enterprise: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """Sends, revises and finds our messages."""

    lines: Lines
    sends: SendLog
    clock: Clock

    async def post(self, target: Target, draft: Draft, *, key: str) -> Posted:
        """Send a message once, whatever happens in between.

        One whose sending had an unknown outcome is looked for where it went before it is sent again.

        Raises:
            Refused: Slack surely did not take it. PlatformBusy: try again later. AddressGone: the app was removed.
        """

        async def send() -> str:
            return await self._send(target, draft)

        async def find() -> str | None:
            return None if draft.mark is None else await self.find(target, draft.mark)

        outgoing = Outgoing(key=key, send=send, find=find, unsent=(Refused, Unsent))
        return await post_once(self.sends, outgoing, now=self.clock.now())

    async def edit(self, target: Target, ts: str, draft: Draft) -> None:
        """Let a message say something else. Text and blocks always go together: text alone would remove the blocks.

        Raises:
            Refused, PlatformBusy, AddressGone.
        """

        async def send(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.chat_update(channel=target.channel, ts=ts, text=draft.text, blocks=list(draft.blocks))

        await self.lines.call(target.team, "chat.update", send, enterprise=target.enterprise)

    async def reply_directly(self, target: Target, draft: Draft) -> None:
        """Answer in a conversation, without any care for repeats.

        Raises:
            Refused, PlatformBusy, AddressGone.
        """
        await self._send(target, draft)

    async def whisper(self, target: Target, draft: Draft, *, user: str) -> None:
        """Answer so that only one person sees it. Raises like `edit`."""

        async def send(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.chat_postEphemeral(
                channel=target.channel,
                user=user,
                text=draft.text,
                blocks=list(draft.blocks),
                thread_ts=target.thread or None,
            )

        await self.lines.call(target.team, "chat.postEphemeral", send, enterprise=target.enterprise)

    async def open_direct(self, target: Target, user: str) -> Target:
        """Return the direct conversation with a person; safe to repeat. Raises like `edit`."""

        async def send(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.conversations_open(users=user)

        answer = await self.lines.call(target.team, "conversations.open", send, enterprise=target.enterprise)
        return replace(target, channel=str(answer["channel"]["id"]), thread="")

    async def find(self, target: Target, mark: Mark) -> str | None:
        """Look for our own message with a mark among those that are younger than the task; None when unreadable."""
        try:
            messages = await self.messages(target)
        except (Refused, PlatformBusy) as error:
            # Telling twice beats not telling: where nobody can look, or not now, it is sent again.
            log.info("history not readable, sending again task=%s reason=%s", mark.task, error)
            return None
        return next((str(one["ts"]) for one in messages if _has(one, mark)), None)

    async def messages(self, target: Target) -> Sequence[Json]:
        """Return messages of a thread or channel that are younger than the task: one request.

        Raises:
            Refused, PlatformBusy, AddressGone.
        """
        span: Json = {"oldest": target.since, "limit": LOOK_BACK, "include_all_metadata": True}

        async def send(client: AsyncWebClient) -> AsyncSlackResponse:
            if target.thread:
                return await client.conversations_replies(channel=target.channel, ts=target.thread, **span)
            return await client.conversations_history(channel=target.channel, **span)

        method = "conversations.replies" if target.thread else "conversations.history"
        answer = await self.lines.call(target.team, method, send, enterprise=target.enterprise)
        return [one for one in answer.get("messages") or () if isinstance(one, dict)]

    async def _send(self, target: Target, draft: Draft) -> str:
        async def send(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.chat_postMessage(
                channel=target.channel,
                text=draft.text,
                blocks=list(draft.blocks),
                thread_ts=target.thread or None,
                metadata=None if draft.mark is None else draft.mark.metadata(),
                unfurl_links=False,
                unfurl_media=False,
            )

        answer = await self.lines.call(target.team, "chat.postMessage", send, enterprise=target.enterprise)
        return str(answer["ts"])


def _has(message: Json, mark: Mark) -> bool:
    """Whether a message is ours and has this mark. Only apps can write metadata, and it names the type of ours."""
    metadata = message.get("metadata") or {}
    wanted = mark.metadata()["event_payload"]
    found = metadata.get("event_payload") or {}
    return metadata.get("event_type") == EVENT_TYPE and all(found.get(name) == wanted[name] for name in wanted)
