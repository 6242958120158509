"""How a task is told on Slack, whatever the place allows: the status, the result, and the files under it.

Each message has one key for the whole life of its task, so a crash at any point ends in one of each. A status
message that somebody deleted is not posted again: it was taken away on purpose; the result is still said.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from adapters.slack import words
from adapters.slack.address import GONE, Spot, parse_address
from adapters.slack.drafts import Draft
from adapters.slack.posting import Poster, Target
from adapters.slack.render import (
    Stage,
    enclosures_of,
    parcel_of,
    result_draft,
    status_draft,
    still_enclosure,
    turntable_enclosure,
)
from adapters.slack.trouble import Refused, Why
from adapters.slack.uploads import Uploader
from bot.errors import AddressGone, PlatformBusy
from bot.model import Address
from bot.outbox import Posted
from bot.parcel import Enclosure
from bot.update import Update

log = logging.getLogger(__name__)

ENDS_TELLING = frozenset({Why.PLACE, Why.PERSON})
"""Refusals after which nobody can be told there any more."""

_FILES = {"turntable": words.turntable_of, "files": words.files_of}
"""What is shared under a result, and the words by which each is found again."""

Tell = Callable[[Spot, Update], Awaitable[Spot]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Brings updates to where they are told."""

    poster: Poster
    uploader: Uploader

    async def show(self, address: Address, update: Update) -> Address:
        """Show how a task stands; raises as `bot.chat.Platform.show` promises."""
        return await _told(self._shown, address, update)

    async def say(self, address: Address, update: Update) -> Address:
        """Say how a task ended, in a message that its person notices."""
        return await _told(self._said, address, update)

    async def amend(self, address: Address, update: Update) -> Address:
        """Let that message say what has changed since."""
        return await _told(self._amended, address, update)

    async def _shown(self, spot: Spot, update: Update) -> Spot:
        if spot.status == GONE:
            return spot
        if not spot.status:
            return await self._begun(spot, update)
        try:
            await self.poster.edit(_target(spot), spot.status, status_draft(update, _stage(spot)))
        except Refused as error:
            if error.why not in {Why.MESSAGE, Why.PLACE}:
                raise
            log.info("status message not to be changed any more task=%s reason=%s", update.task_id, error)
            return replace(spot, status=GONE)
        return spot

    async def _begun(self, spot: Spot, update: Update) -> Spot:
        """Post the status: under the message that the task began with, or as the root of a thread of its own."""
        try:
            spot = await self._opened(spot)
            return await self._status_posted(spot, update, key=_key(update, "status"))
        except Refused as error:
            if error.why not in {Why.PLACE, Why.THREAD}:
                raise
            log.info("cannot post where it was asked task=%s reason=%s", update.task_id, error)
            lost_thread = error.why is Why.THREAD
        elsewhere = replace(spot, root="") if lost_thread else _moved(spot)
        key = _key(update, "status:channel" if lost_thread else "status:direct")
        return await self._status_posted(await self._opened(elsewhere), update, key=key)

    async def _status_posted(self, spot: Spot, update: Update, *, key: str) -> Spot:
        draft = status_draft(update, _stage(spot))
        sent = await self.poster.post(_target(spot), draft, key=key)
        if not sent.is_new:  # it may show an earlier revision
            await self.poster.edit(_target(spot), sent.message, draft)
        return replace(spot, status=sent.message, root=spot.root or sent.message)

    async def _said(self, spot: Spot, update: Update) -> Spot:
        still = await self._still(spot, update)
        spot = _with_uploads(spot, still)
        spot, sent = await self._result_posted(spot, update, still=still)
        spot = replace(spot, result=sent.message, root=spot.root or sent.message)
        return await self._files_joined(spot, update)

    async def _result_posted(self, spot: Spot, update: Update, *, still: str) -> tuple[Spot, Posted]:
        """Post the result, with ever less if Slack will not have it: without the picture, the thread, the channel."""
        full = result_draft(update, replace(_stage(spot), still=still))
        bare = result_draft(update, _stage(spot))
        key = _key(update, "result")
        try:
            return spot, await self.poster.post(_target(spot), full, key=key)
        except Refused as error:
            if error.why not in {Why.CONTENT, Why.THREAD, Why.PLACE}:
                raise
            log.info("result not taken, trying less task=%s reason=%s", update.task_id, error)
            why = error.why
        if why is Why.CONTENT:
            return spot, await self.poster.post(_target(spot), bare, key=key)
        spot = replace(spot, root="") if why is Why.THREAD else _moved(spot)
        spot = await self._opened(spot)
        return spot, await self.poster.post(_target(spot), full, key=f"{key}:{why}")

    async def _files_joined(self, spot: Spot, update: Update) -> Spot:
        """Put the moving picture and the model's files under the result.

        What Slack refuses, or does not take in two tries, links make up for.
        """
        if (turning := turntable_enclosure(update)) is not None:
            spot = await self._shared(spot, update, (turning,), what="turntable")
        if files := enclosures_of(parcel_of(update).files):
            spot = await self._shared(spot, update, files, what="files")
        return spot

    async def _shared(self, spot: Spot, update: Update, files: Sequence[Enclosure], *, what: str) -> Spot:
        said = _FILES[what](update.task_id)
        try:
            ids = await self.uploader.share(_target(spot), files, words=said, key=_key(update, what))
        except Refused as error:
            log.warning("files not shared task=%s what=%s reason=%s", update.task_id, what, error)
            return spot
        except PlatformBusy as error:
            tries = await self.poster.sends.begin(_key(update, f"{what}:tries"), now=self.poster.clock.now())
            if not tries.is_repeat:
                raise
            # Else a host that is never reached would hold up everything that is still to be told about the task.
            log.warning("files not shared, given up task=%s what=%s reason=%s", update.task_id, what, error)
            return spot
        return _with_uploads(spot, *ids)

    async def _amended(self, spot: Spot, update: Update) -> Spot:
        if not spot.result:
            return spot
        still = await self._still(spot, update)
        spot = _with_uploads(spot, still)
        await self._result_edited(spot, update, still=still)
        if update.files:
            return await self._files_joined(spot, update)
        return await self._files_removed(spot, update)

    async def _files_removed(self, spot: Spot, update: Update) -> Spot:
        """Take every file of ours out of Slack, those too whose sharing a kill kept from being noted."""
        for what, said in _FILES.items():
            key = _key(update, what)
            spot = _with_uploads(spot, *await self.uploader.shared(_target(spot), words=said(update.task_id), key=key))
        for file_id in spot.uploads:
            await self.uploader.remove(_target(spot), file_id)
        return replace(spot, uploads=())

    async def _result_edited(self, spot: Spot, update: Update, *, still: str) -> None:
        try:
            draft: Draft = result_draft(update, replace(_stage(spot), still=still))
            await self.poster.edit(_target(spot), spot.result, draft)
        except Refused as error:
            if error.why is Why.CONTENT:
                await self.poster.edit(_target(spot), spot.result, result_draft(update, _stage(spot)))
            elif error.why is not Why.MESSAGE:
                raise

    async def _still(self, spot: Spot, update: Update) -> str:
        """Return the id of the model's picture in Slack, brought there once; "" where there is none."""
        still = still_enclosure(update)
        if still is None:
            return ""
        return await self.uploader.show(_target(spot), still, key=_key(update, f"still:{still.file.sha256[:12]}"))

    async def _opened(self, spot: Spot) -> Spot:
        """Return the spot with the id of its direct conversation."""
        if not spot.is_unopened:
            return spot
        direct = await self.poster.open_direct(_target(spot), spot.channel)
        return replace(spot, channel=direct.channel)


async def _told(tell: Tell, address: Address, update: Update) -> Address:
    try:
        return (await tell(parse_address(address), update)).address()
    except Refused as error:
        if error.why in ENDS_TELLING:
            raise AddressGone(str(error)) from error
        raise


def _moved(spot: Spot) -> Spot:
    """Write to the person directly, since the place does not let us."""
    return replace(spot, channel=spot.user, root="", notes=tuple(dict.fromkeys((*spot.notes, "moved"))))


def _with_uploads(spot: Spot, *file_ids: str) -> Spot:
    return replace(spot, uploads=tuple(dict.fromkeys((*spot.uploads, *filter(None, file_ids)))))


def _stage(spot: Spot) -> Stage:
    notes = tuple(words.NOTES[name] for name in spot.notes if name in words.NOTES)
    return Stage(notes=notes, asked_by=words.asked_by(spot.name))


def _target(spot: Spot) -> Target:
    return Target(team=spot.team, enterprise=spot.enterprise, channel=spot.channel, since=spot.since, thread=spot.root)


def _key(update: Update, what: str) -> str:
    return f"slack:{update.task_id}:{what}"
