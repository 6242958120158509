"""How a task is told on Discord, whatever the place allows: the root and its thread, the status, the result.

Each message has one key for the whole life of its task, so a crash at any point ends in one of each. A status
message that somebody deleted is not posted again: it was taken away on purpose; the result is still said.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import discord

from adapters.discord import words
from adapters.discord.address import GONE, NOBODY, SHOWN_RIGHTS, Kind, Spot, parse_address
from adapters.discord.drafts import Draft, Stage
from adapters.discord.posting import Poster, Target
from adapters.discord.private import PrivateLine
from adapters.discord.render import notice_draft, result_draft, root_draft, status_draft, thread_name
from adapters.discord.trouble import Refused, Why
from bot.errors import AddressGone
from bot.model import Address
from bot.outbox import Posted, SendLog
from bot.update import Update

log = logging.getLogger(__name__)

ENDS_TELLING = frozenset({Why.GONE, Why.MESSAGE_GONE, Why.ARCHIVED, Why.RIGHT})
"""Refusals after which nobody can be told there any more."""

LOOK_BACK = timedelta(days=1)
"""For how long back a notice is looked for whose sending had an unknown outcome: older ones are told no more."""

SNOWFLAKE = re.compile(r"[0-9]{1,19}")

LimitOf = Callable[[int | None], int]
"""Gives how many bytes one file may have in a server, or in a direct conversation (None)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Brings updates to where they are told."""

    poster: Poster
    private: PrivateLine
    sends: SendLog
    limit_of: LimitOf

    async def show(self, address: Address, update: Update) -> Address:
        """Show how a task stands; raises as `bot.chat.Platform.show` promises."""
        spot = parse_address(address)
        try:
            return (await self._shown(spot, update)).address()
        except Refused as error:
            raise _final(error) from error

    async def say(self, address: Address, update: Update) -> Address:
        """Say how a task ended, in a message that its person notices."""
        spot = parse_address(address)
        try:
            return (await self._said(spot, update)).address()
        except Refused as error:
            raise _final(error) from error

    async def amend(self, address: Address, update: Update) -> Address:
        """Let that message say what has changed since."""
        spot = parse_address(address)
        try:
            await self._amended(spot, update)
        except Refused as error:
            raise _final(error) from error
        return spot.address()

    async def notify(self, channel: str, sentence: str, *, key: str) -> None:
        """Post a sentence to a channel of the operator's, once for each key; nobody is pinged."""
        if not SNOWFLAKE.fullmatch(channel):
            raise AddressGone(f"this is no channel of Discord: {channel!r}")
        since = discord.utils.time_snowflake(self.poster.clock.now() - LOOK_BACK)
        try:
            target = Target(channel=int(channel), since=since)
            await self.poster.post(target, notice_draft(sentence, key), key=f"discord:notice:{key}")
        except Refused as error:
            raise _final(error) from error

    async def _shown(self, spot: Spot, update: Update) -> Spot:
        if spot.kind is Kind.PRIVATE:
            if spot.dm is None:
                await self.private.show(spot, status_draft(update, self._stage(spot, words.private_note())))
            return _anonymous(spot, update)
        if update.words_gone:
            await self._forget_elsewhere(spot, update)
            spot = _anonymous(spot, update)
        if spot.status == GONE:
            return spot
        if spot.status is None:
            return await self._begun(spot, update)
        return await self._revised(spot, spot.status, update)

    async def _forget_elsewhere(self, spot: Spot, update: Update) -> None:
        """Take the words of a forgotten task out of what was made of them besides: the root and the thread's name."""
        has_own_place = spot.kind is Kind.POST or spot.root is not None
        if has_own_place and spot.thread is not None:
            await self._unless_gone(update, self.poster.rename(spot.thread, name=thread_name(update)))
        if spot.root is not None:
            channel = Target(channel=spot.channel, guild=spot.guild, since=spot.since)
            root = root_draft(update, user=None if update.owner.is_forgotten else spot.user)
            await self._unless_gone(update, self.poster.edit(channel, spot.root, root))

    async def _unless_gone(self, update: Update, change: Awaitable[None]) -> None:
        """Change something, unless it is not there any more, or not ours to change."""
        try:
            await change
        except Refused as error:
            log.info("forgotten words left standing task=%s why=%s", update.task_id, error)

    async def _revised(self, spot: Spot, status: int, update: Update) -> Spot:
        """Let the status message show this revision, unless somebody took it away or closed its thread."""
        draft = status_draft(update, self._stage(spot))
        try:
            await self.poster.edit(_target(spot), status, draft)
        except Refused as error:
            if error.why is Why.MESSAGE_GONE:
                log.info("status message deleted by somebody, not posted again task=%s", update.task_id)
                return replace(spot, status=GONE)
            if error.why is not Why.ARCHIVED:
                raise
            log.info("thread closed by somebody task=%s", update.task_id)
            if update.ending:  # what stands there must be true in the end
                await self.poster.wake(spot.home)
                await self.poster.edit(_target(spot), status, draft)
        return spot

    async def _begun(self, spot: Spot, update: Update) -> Spot:
        """Make the place where a task is told, and its status message there."""
        spot = await self._named(spot)
        try:
            if spot.kind is Kind.POST:
                return await self._post_made(spot, update)
            if spot.kind is Kind.THREAD:
                spot = await self._thread_made(spot, update)
            draft = status_draft(update, self._stage(spot))
            posted = await self.poster.post(_target(spot), draft, key=_key(update, "status"))
        except Refused as error:
            if error.why is not Why.RIGHT:
                raise
            return await self._moved(spot, update)
        return await self._caught_up(replace(spot, status=int(posted.message)), posted, draft)

    async def _thread_made(self, spot: Spot, update: Update) -> Spot:
        if spot.thread is not None:
            return spot
        channel = Target(channel=spot.channel, guild=spot.guild, since=spot.since)
        root = await self.poster.post(channel, root_draft(update, user=spot.user), key=_key(update, "root"))
        spot = replace(spot, root=int(root.message))
        try:
            thread = await self.poster.open_thread(channel, int(root.message), name=thread_name(update))
        except Refused as error:
            if error.why not in {Why.NO_THREAD, Why.RIGHT}:
                raise
            log.info("no thread, going on in the channel task=%s reason=%s", update.task_id, error)
            return await self._named(replace(spot, kind=Kind.HERE, lacks=(*spot.lacks, *_thread_lack(error))))
        return replace(spot, thread=thread)

    async def _post_made(self, spot: Spot, update: Update) -> Spot:
        """Make a post in a forum; its first message is the status."""
        draft = status_draft(update, self._stage(spot))
        posted = await self.poster.open_post(
            Target(channel=spot.channel, guild=spot.guild, since=spot.since),
            draft,
            name=thread_name(update),
            key=_key(update, "status"),
        )
        post = int(posted.message)
        return await self._caught_up(replace(spot, thread=post, status=post), posted, draft)

    async def _moved(self, spot: Spot, update: Update) -> Spot:
        """Write to the person directly, since the place does not let us: the status first."""
        log.info("no right to post there, writing directly task=%s channel=%d", update.task_id, spot.home)
        direct = await self.poster.open_dm(spot.user)
        spot = replace(spot, kind=Kind.HERE, channel=direct, guild=None, thread=None, lacks=(), dm=None)
        draft = status_draft(update, self._stage(spot, words.right_missing("send_messages")))
        posted = await self.poster.post(_target(spot), draft, key=_key(update, "status:dm"))
        return await self._caught_up(replace(spot, status=int(posted.message)), posted, draft)

    async def _caught_up(self, spot: Spot, posted: Posted, draft: Draft) -> Spot:
        """A message that was there already shows an earlier revision: let it show this one."""
        if not posted.is_new and spot.status is not None:
            await self.poster.edit(_target(spot), spot.status, draft)
        return spot

    async def _said(self, spot: Spot, update: Update) -> Spot:
        if spot.kind is Kind.PRIVATE:
            return await self._said_privately(spot, update)
        key = _key(update, "result")
        for stage in self._ever_less(spot):
            try:
                posted = await self.poster.post(_target(spot), result_draft(update, stage), key=key)
            except Refused as error:
                if error.why not in {Why.TOO_LARGE, Why.RIGHT}:
                    raise
                log.info("result not taken, trying less task=%s why=%s", update.task_id, error.why)
            else:
                return replace(spot, result=int(posted.message))
        return await self.private.write(spot, result_draft(update, self._stage(spot)), key=f"{key}:dm")

    async def _said_privately(self, spot: Spot, update: Update) -> Spot:
        key = _key(update, "result")
        try:
            return await self.private.say(spot, result_draft(update, self._stage(spot)), key=key)
        except Refused as error:
            if error.why is not Why.TOO_LARGE:
                raise
        bare = replace(self._stage(spot), has_files=False)
        return await self.private.say(spot, result_draft(update, bare), key=key)

    async def _amended(self, spot: Spot, update: Update) -> None:
        if spot.result is None:
            return
        draft = result_draft(update, self._stage(spot))
        if spot.kind is Kind.PRIVATE or spot.dm is not None:
            await self.private.amend(spot, draft)
            return
        try:
            await self.poster.replace_files(_target(spot), spot.result, draft)
        except Refused as error:
            if error.why is Why.ARCHIVED:
                await self.poster.wake(spot.home)
                await self.poster.replace_files(_target(spot), spot.result, draft)
                return
            if error.why not in {Why.RIGHT, Why.TOO_LARGE}:
                raise
            # Without a look at the message its files stay as they are, save where there must be none.
            await self.poster.edit(_target(spot), spot.result, draft)

    async def _named(self, spot: Spot) -> Spot:
        """Choose which missing rights this task names: each once for a server."""
        fresh = []
        for name in spot.lacks:
            key = f"discord:lacks:{spot.guild}:{name}"
            if name not in spot.named and not (await self.sends.begin(key, now=self.poster.clock.now())).is_repeat:
                fresh.append(name)
        return replace(spot, named=(*spot.named, *fresh))

    def _stage(self, spot: Spot, *notes: str) -> Stage:
        lacks = set(spot.lacks) & set(SHOWN_RIGHTS)
        return Stage(
            has_embeds="embed_links" not in lacks,
            has_files="attach_files" not in lacks,
            limit_bytes=self.limit_of(None if spot.kind is Kind.PRIVATE or spot.dm else spot.guild),
            notes=(*notes, *map(words.right_missing, spot.named)),
        )

    def _ever_less(self, spot: Spot) -> tuple[Stage, ...]:
        """Return what to try for a result, in turn: all of it, then without files."""
        stage = replace(self._stage(spot), notes=())
        return (stage, replace(stage, has_files=False)) if stage.has_files else (stage,)


def _anonymous(spot: Spot, update: Update) -> Spot:
    """Return where a task is told without a person who is forgotten."""
    return replace(spot, user=NOBODY) if update.owner.is_forgotten else spot


def _target(spot: Spot) -> Target:
    return Target(channel=spot.home, guild=spot.guild, since=spot.since)


def _key(update: Update, what: str) -> str:
    return f"discord:{update.task_id}:{what}"


def _thread_lack(error: Refused) -> tuple[str, ...]:
    return ("create_public_threads",) if error.why is Why.RIGHT else ()


def _final(error: Refused) -> AddressGone | Refused:
    """Say whether telling ends here, or is tried again after a rest."""
    return AddressGone(str(error)) if error.why in ENDS_TELLING else error
