"""A file on its way to the disk: beside its target until it is whole."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, TypeVar

from bot.errors import StorageError

T = TypeVar("T")

FLUSH_BYTES = 1024**2
"""How much is gathered before a thread writes it: fewer hops between threads for a little memory."""

HEAD_BYTES = 512


class PartFile:
    """Takes bytes in order, hashes them, and becomes `target` only when it is kept. `size_bytes` counts them.

    `head` holds the first bytes, by which some files can be told. Disk work runs in threads. Every method raises
    StorageError when the disk will not take it.
    """

    def __init__(self, target: Path, file: IO[bytes]) -> None:
        self._target = target
        self._file = file
        self.restart_counts()

    def restart_counts(self) -> None:
        """Forget what was counted and hashed."""
        self._buffer = bytearray()
        self._hash = hashlib.sha256()
        self.size_bytes = 0
        self.head = b""

    async def add(self, data: bytes) -> None:
        """Append bytes."""
        self.size_bytes += len(data)
        self.head += data[: max(0, HEAD_BYTES - len(self.head))]
        self._buffer += data
        if len(self._buffer) >= FLUSH_BYTES:
            await on_disk(self._flush)

    async def restart(self) -> None:
        """Drop everything and begin again."""
        self.restart_counts()
        await on_disk(self._empty)

    async def keep(self) -> str:
        """Put the file into its place, safe against a power cut, and return its SHA-256 in hex."""
        return await on_disk(self._keep)

    def discard(self) -> None:
        """Remove what is left beside the target; nothing, if the file was kept."""
        self._file.close()
        Path(self._file.name).unlink(missing_ok=True)

    def _flush(self) -> None:
        data, self._buffer = self._buffer, bytearray()
        self._hash.update(data)
        self._file.write(data)

    def _empty(self) -> None:
        self._file.seek(0)
        self._file.truncate()

    def _keep(self) -> str:
        self._flush()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        Path(self._file.name).replace(self._target)
        if os.name == "posix":  # elsewhere a folder cannot be opened
            _sync_folder(self._target.parent)
        return self._hash.hexdigest()


@asynccontextmanager
async def part_file(target: Path) -> AsyncIterator[PartFile]:
    """Open a file beside `target`, whose folder is made if need be; gone afterwards unless it was kept.

    Raises:
        StorageError: the disk will not take it.
    """
    part = await on_disk(lambda: PartFile(target, _open_beside(target)))
    try:
        yield part
    finally:
        await on_disk(part.discard)


async def on_disk(work: Callable[[], T]) -> T:
    """Run disk work in a thread.

    Raises:
        StorageError: the disk is full, read-only or gone.
    """
    try:
        return await asyncio.to_thread(work)
    except OSError as error:
        raise StorageError(f"a file of Rodin cannot be read or written: {error.strerror or error}") from error


def _open_beside(target: Path) -> IO[bytes]:
    target.parent.mkdir(parents=True, exist_ok=True)
    return tempfile.NamedTemporaryFile(dir=target.parent, prefix=".rodin-", suffix=".part", delete=False)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
