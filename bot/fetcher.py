"""Brings one of Rodin's files home, whole and under a name of ours, over as many links as that takes."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from dataclasses import dataclass
from pathlib import Path

from bot.errors import FileBroken, FileLinkExpired
from bot.filechecks import check_file
from bot.keys import Keyring
from bot.model import FileRole, ModelFile, RemoteFile, Submission, Task
from bot.ports import Clock, FileStore, Generator
from bot.schedule import Pace, backoff_s

log = logging.getLogger(__name__)

LARGEST_FILE_BYTES = 1024**3
"""A dense FBX with 4K textures has about 63 MB; one public client stops at this, too."""

TRANSFERS = 3
"""How often one file is asked for in a row, before everything is listed anew."""

NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9._ -]")
"""What a safe name may hold and a key of the file store may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A listed file, the safe name it gets and what it is for.

    `twin` counts the files of the very same raw name before it in the listing: Rodin's names need not be unique, and
    a fresh listing must give the same file again.
    """

    remote: RemoteFile
    name: str
    role: FileRole
    twin: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Fetches, checks and stores; a file is in the store whole or not at all."""

    files: FileStore
    keyring: Keyring
    clock: Clock
    pace: Pace

    async def bring(self, task: Task, submission: Submission, wanted: Wanted, *, folder: Path) -> ModelFile:
        """Fetch a file into `folder` and from there into the store. Harmless to repeat.

        Raises:
            VendorError: it cannot be had, or is not what its name says. StorageError: our own store takes nothing.
        """
        target = folder / wanted.name
        digest = await self._download(await self.keyring.of(task.key_id), submission, wanted, target=target)
        size_bytes = (await asyncio.to_thread(target.stat)).st_size
        key = f"tasks/{task.id}/{storable(wanted.name)}"
        await self.files.save(key, target)
        return ModelFile(key=key, name=wanted.name, role=wanted.role, size_bytes=size_bytes, sha256=digest)

    async def _download(self, rodin: Generator, submission: Submission, wanted: Wanted, *, target: Path) -> str:
        """Fetch one file whole, over a fresh link when the old one died and again when the line broke."""
        remote = wanted.remote
        for attempt in range(1, TRANSFERS):
            try:
                return await self._checked(rodin, remote, target=target)
            except FileLinkExpired:
                log.info("link expired, listing again name=%s", wanted.name)
                remote = await self._relisted(rodin, submission, wanted=wanted)
            except FileBroken as error:
                log.info("transfer broke, trying again name=%s error=%s", wanted.name, error)
                await self.clock.sleep(backoff_s(attempt, self.pace) / 4)
        return await self._checked(rodin, remote, target=target)

    async def _checked(self, rodin: Generator, remote: RemoteFile, *, target: Path) -> str:
        digest = await rodin.fetch(remote, target)
        await asyncio.to_thread(check_file, target, limit_bytes=LARGEST_FILE_BYTES)
        return digest

    async def _relisted(self, rodin: Generator, submission: Submission, *, wanted: Wanted) -> RemoteFile:
        """Return the same file with a fresh link."""
        name = wanted.remote.name
        twins = [fresh for fresh in await rodin.files(submission) if fresh.name == name]
        if wanted.twin < len(twins):
            return twins[wanted.twin]
        raise FileBroken(f"{wanted.name} is not listed any more")


def storable(name: str) -> str:
    """Return a name as it may stand in a key of the file store: ASCII, and still unlike any other name."""
    plain = NOT_IN_KEYS.sub("_", name)
    if plain == name:
        return name
    return f"{hashlib.sha256(name.encode()).hexdigest()[:8]}-{plain}"
