"""Chooses where a task is told: a wish where it was asked for, a next version in the thread of the one before."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import limits, words
from adapters.slack.address import Spot, parse_address
from adapters.slack.lines import Json, Lines, Send
from adapters.slack.trouble import Refused, Why
from adapters.slack.wire import Asking
from bot.circles import Circle, Told, told
from bot.errors import AddressGone, PlatformBusy, UserMistake
from bot.labels import is_web_link
from bot.model import Address
from bot.ports import Clock

log = logging.getLogger(__name__)

CLOCKS_DIFFER = timedelta(minutes=2)
"""How far our clock may be from Slack's: messages of a task are looked for from that much before it began."""

PAGE, MOST_PAGES = 999, 5
"""A person's channels are looked through this far; whoever is in more is taken for absent from the others.

Source: docs.slack.dev, users.conversations: a limit under 1000.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a next version is told. `channel` is where it counts as asked for, empty where it is for the asker alone.

    `link` leads to its thread and `remark` says where it is, when that is not where the person looks.
    """

    spot: Spot
    channel: str
    link: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What Slack says of a conversation: `channel` is empty where it says nothing now; `is_unseen`: nothing ever."""

    channel: Json
    is_unseen: bool = False

    def circle(self, user: str) -> Circle:
        """Return who reads along there."""
        channel = self.channel
        if not channel or channel.get("is_ext_shared"):
            return Circle.OUTER
        if channel.get("is_im"):
            return Circle.SELF if channel.get("user") == user else Circle.OUTER
        return Circle.CLOSED if channel.get("is_private") or channel.get("is_mpim") else Circle.OPEN

    @property
    def takes_posts(self) -> bool:
        """Whether the bot is there and it is not closed down."""
        is_in = any(self.channel.get(name) for name in ("is_im", "is_mpim", "is_member"))
        return is_in and not self.channel.get("is_archived")

    def check(self) -> None:
        """Refuse a wish where the bot could not tell its end; of what is not known now nothing is refused.

        Raises:
            UserMistake: what to do about it.
        """
        if self.is_unseen:
            raise UserMistake(words.unseen_place())
        if self.channel.get("is_archived"):
            raise UserMistake(words.archived())
        if self.channel and not self.takes_posts:
            raise UserMistake(words.not_in_channel())


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Chooses where tasks are told, and asks Slack what has to be known for it."""

    lines: Lines
    clock: Clock

    def spot(self, asking: Asking, *, root: str) -> Spot:
        """Return the place where something was asked for: in the thread of `root`, else in one of its own."""
        began = self.clock.now() - CLOCKS_DIFFER
        return Spot(
            team=asking.team,
            enterprise=asking.enterprise,
            channel=asking.channel or asking.user,
            user=asking.user,
            name="" if root else asking.name,
            since=asking.moment or f"{began.timestamp():.6f}",
            root=root if asking.channel else "",
        )

    async def check(self, asking: Asking) -> None:
        """Refuse a wish where the bot could not tell its end, before anything is written down or charged.

        Some refusals cannot be known beforehand (a channel where only few may post); then the task is told directly.

        Raises:
            UserMistake: what to do about it.
        """
        if asking.channel:
            (await self._look(asking, asking.channel)).check()

    async def next(self, asking: Asking, parent: Address) -> Placed:
        """Return where the next version of a task is told: see `bot.circles.told`.

        Raises:
            UserMistake: it would be here, and the bot cannot post here.
        """
        there = _spot_of(parent, asking)
        if there is not None and there.channel == asking.channel:
            return await self._beside(asking, there)
        return await self._across(asking, there)

    async def _beside(self, asking: Asking, there: Spot) -> Placed:
        """Choose where both stand in one conversation."""
        if there.root and there.root == _root(asking):
            return self._here(asking)
        if not _root(asking):
            await self.check(asking)
        link = await self._link(asking, there)
        return self._here(asking) if link is None else self._there(asking, there, link)

    async def _across(self, asking: Asking, there: Spot | None) -> Placed:
        """Choose between two conversations."""
        far = Looked(channel={}) if there is None else await self._look(asking, there.channel)
        near = await self._look(asking, asking.channel) if asking.channel else None
        here = Circle.SELF if near is None else near.circle(asking.user)
        circle = far.circle(asking.user)
        if there is not None and told(here, circle, is_reachable=far.takes_posts) is Told.THERE:
            link = await self._link(asking, there) if await self._is_in(asking, far) else None
            if link is not None:
                return self._there(asking, there, link)
        if told(here, circle, is_reachable=False) is Told.ALONE:
            return self._alone(asking)
        if near is not None and not _root(asking):
            near.check()
        return self._here(asking)

    def _here(self, asking: Asking) -> Placed:
        return Placed(spot=self.spot(asking, root=_root(asking)), channel=asking.channel)

    def _there(self, asking: Asking, there: Spot, link: str) -> Placed:
        spot = self.spot(replace(asking, channel=there.channel), root=there.root)
        return Placed(spot=spot, channel=there.channel, link=link, remark="" if link else words.beside_the_other())

    def _alone(self, asking: Asking) -> Placed:
        return Placed(spot=self.spot(replace(asking, channel=""), root=""), channel="", remark=words.told_alone())

    async def _look(self, asking: Asking, channel: str) -> Looked:
        """Ask Slack about a conversation."""

        async def look(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.conversations_info(channel=channel)

        try:
            answer = await self._call(asking, "conversations.info", look)
        except Refused as error:
            if error.why is not Why.PLACE:
                log.warning("channel not looked at reason=%s", error)
            return Looked(channel={}, is_unseen=error.why is Why.PLACE)
        except PlatformBusy as error:
            log.info("channel not looked at reason=%s", error)
            return Looked(channel={})
        return Looked(channel=answer.get("channel") or {})

    async def _link(self, asking: Asking, spot: Spot) -> str | None:
        """Return a link to a thread: None where there is no such thread (any more), empty while nobody can tell."""
        if not spot.root:
            return None

        async def ask(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.chat_getPermalink(channel=spot.channel, message_ts=spot.root)

        try:
            url = str((await self._call(asking, "chat.getPermalink", ask)).get("permalink") or "")
        except Refused as error:
            log.info("thread not found, told elsewhere reason=%s", error)
            return None
        except PlatformBusy as error:
            log.info("no link to a thread reason=%s", error)
            return ""
        is_plain = is_web_link(url, longest=limits.LINK_IN_TEXT) and not set("<>|") & set(url)
        return url if is_plain else ""

    async def _is_in(self, asking: Asking, looked: Looked) -> bool:
        """Whether the asker is in a channel; not while nobody can tell."""
        channel = looked.channel
        if channel.get("is_im"):
            return True
        types = (
            "mpim" if channel.get("is_mpim") else "private_channel" if channel.get("is_private") else "public_channel"
        )
        cursor = ""
        for _ in range(MOST_PAGES):
            try:
                page = await self._channels_of(asking, types, cursor)
            except (Refused, PlatformBusy) as error:
                log.info("channels of a person not looked at reason=%s", error)
                return False
            if any(one.get("id") == channel.get("id") for one in page.get("channels") or ()):
                return True
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return False

    async def _channels_of(self, asking: Asking, types: str, cursor: str) -> Json:
        span: dict[str, Any] = {"limit": PAGE, "exclude_archived": True, **({"cursor": cursor} if cursor else {})}

        async def ask(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.users_conversations(user=asking.user, types=types, **span)

        return await self._call(asking, "users.conversations", ask)

    async def _call(self, asking: Asking, method: str, send: Send) -> Json:
        return await self.lines.call(asking.team, method, send, enterprise=asking.enterprise)


def _root(asking: Asking) -> str:
    """Return the message under which somebody is answered; empty where nobody else sees what they did."""
    return asking.thread or asking.message


def _spot_of(parent: Address, asking: Asking) -> Spot | None:
    """Return where a task is told; None where that cannot be known, or is in another workspace."""
    try:
        spot = parse_address(parent)
    except AddressGone:
        return None
    return spot if spot.team == asking.team else None
