"""Short-lived links to the files of a finished task, for one person's eyes."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import text, words_convert
from bot.chat import FreshLink, FreshLinks
from bot.errors import NotPossible, StorageError, VendorBusy, VendorError
from bot.exhibit import Links
from bot.files import safe_names
from bot.keys import Keyring, KeyShut
from bot.model import ConvertRequest, FileRole, ModelFile, Task, TaskState
from bot.ports import Clock, FileStore
from bot.requests import VENDOR_KEEPS

log = logging.getLogger(__name__)

PRESIGNED_FOR = timedelta(hours=1)
"""How long an address of the file store lives: long enough for a slow line, short enough for a leaked one."""

VENDOR_LINKS_LIVE = timedelta(minutes=10)
"""How long Rodin's own links live, about. Source: measured from the expiry in its signed addresses."""

HANDED_OVER = (FileRole.BUNDLE, FileRole.MODEL, FileRole.TEXTURE, FileRole.REDUCED, FileRole.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDesk:
    """Knows the ways to hand a file over: our own pages, the file store's presigned addresses, Rodin's links."""

    files: FileStore
    keyring: Keyring
    links: Links | None
    clock: Clock

    async def fresh(self, task: Task) -> FreshLinks:
        """Return links to a finished task's model and what belongs to it, by the way that lives longest.

        Raises:
            NotPossible: there is no model, or no way to hand it over just now; the sentence says which.
        """
        if task.state is not TaskState.READY:
            raise NotPossible(text.no_links_yet(task))
        wanted = tuple(file for file in task.files if file.role in HANDED_OVER)
        now = self.clock.now()
        return self._ours(task, wanted) or await self._presigned(wanted, now=now) or await self._vendors(task, now=now)

    def _ours(self, task: Task, wanted: tuple[ModelFile, ...]) -> FreshLinks | None:
        """Return links to our own pages: they live until the files are removed."""
        found = []
        for file in wanted:
            url = None if self.links is None else self.links.file_url(task.id, task.showing.generation, file.name)
            if url is None:
                return None
            found.append(FreshLink(name=file.name, url=url, size_bytes=file.size_bytes))
        return FreshLinks(sentence=text.lasting_links(), links=tuple(found), expires_at=None) if found else None

    async def _presigned(self, wanted: tuple[ModelFile, ...], *, now: datetime) -> FreshLinks | None:
        found = []
        try:
            for file in wanted:
                url = await self.files.presigned_url(file.key, name=file.name, expires=PRESIGNED_FOR)
                if url is None:
                    return None
                found.append(FreshLink(name=file.name, url=url, size_bytes=file.size_bytes))
        except StorageError as error:
            log.warning("no presigned links error=%s", error)
            return None
        return _short_lived(found, now=now, lives=PRESIGNED_FOR)

    async def _vendors(self, task: Task, *, now: datetime) -> FreshLinks:
        """Return Rodin's own links, as long as it keeps the files."""
        if isinstance(task.request, ConvertRequest) and task.files:
            raise NotPossible(words_convert.no_links(task))
        ended = task.ended_at or task.changed_at
        if task.submission is None or now - ended > VENDOR_KEEPS or task.showing.removal is not None:
            raise NotPossible(text.no_links_any_more())
        try:
            listed = await (await self.keyring.of(task.key_id)).files(task.submission)
        except KeyShut as error:
            raise NotPossible(text.no_links_any_more()) from error
        except VendorBusy as error:
            raise NotPossible(text.links_unreachable()) from error
        except VendorError as error:
            log.warning("files not listed task=%s error=%s", task.id, error)
            raise NotPossible(text.no_links_any_more()) from error
        names = safe_names([file.name for file in listed])
        found = [FreshLink(name=name, url=file.url) for name, file in zip(names, listed, strict=True)]
        fresh = _short_lived(found, now=now, lives=VENDOR_LINKS_LIVE)
        if fresh is None:
            raise NotPossible(text.no_links_any_more())
        return fresh


def _short_lived(found: list[FreshLink], *, now: datetime, lives: timedelta) -> FreshLinks | None:
    if not found:
        return None
    return FreshLinks(sentence=text.short_lived_links(lives), links=tuple(found), expires_at=now + lives)
