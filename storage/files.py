"""Where files lie: a local folder or a bucket, through one API. `ObjectFileStore` keeps `bot.ports.FileStore`."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, LocalStore, ObjectStore, S3Store, from_url

from bot.errors import FileStoreBusy, FileStoreUnusable, NoSuchFile

if TYPE_CHECKING:
    from obstore.store import BackoffConfig, ClientConfig, RetryConfig

_BUCKETS = frozenset({"s3", "s3a", "gs", "az", "azure", "abfs", "abfss"})

_ALLOW_HTTP = ("AWS_ALLOW_HTTP", "AZURE_ALLOW_HTTP", "GOOGLE_ALLOW_HTTP")

# One part of a key. What every file system and bucket takes; 200 leaves room for what they append to a name.
_PART = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._ -]{1,200}")

# Files travel in parts of this size, two at a time: memory stays flat however large they are. S3 takes none smaller.
# Source: docs.aws.amazon.com/AmazonS3, Multipart upload limits.
_PART_BYTES = 5 * 1024 * 1024
_PARTS_AT_ONCE = 2

# An opened file is read in pieces of this size, each by a request of its own: a slow reader holds one piece in memory
# and no connection to the bucket, which would not wait for hours. A bucket's way is longer, so its pieces are larger.
_PIECE_BYTES = 128 * 1024
_BUCKET_PIECE_BYTES = 512 * 1024

# obstore's LocalStore writes to `name#1` (`#2`, …) beside the target and renames it when it is whole. A process that
# is killed in between leaves the `#` file, which no listing shows. Source: object_store, local.rs, new_staged_upload.
_UNFINISHED = re.compile(r".*#[0-9]+")
_UNFINISHED_AGE = timedelta(hours=6)  # longer than any copy takes that another process may still be at


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a bucket is waited for, at most about two minutes where it is silent; then it is busy.

    The loops try again whatever was busy, so there is no need to be patient here for longer, as obstore by itself is:
    ten repeats in three minutes, each of them as long as its time-out.
    """

    connect: timedelta = timedelta(seconds=10)
    silence: timedelta = timedelta(seconds=60)
    """Until the first byte of an answer, for which a part must have gone up at 90 kB/s, and from each to the next."""
    request: timedelta = timedelta(minutes=5)
    """For all of an answer: a whole file comes down in one."""
    repeats: timedelta = timedelta(seconds=45)
    """After which no call is repeated any more."""
    most_repeats: int = 4
    pause: timedelta = timedelta(milliseconds=200)
    """Before the first repeat; it doubles with each."""
    longest_pause: timedelta = timedelta(seconds=5)

    def client(self) -> ClientConfig:
        """Return what obstore wants to know of it for one try."""
        return {"connect_timeout": self.connect, "read_timeout": self.silence, "timeout": self.request}

    def retry(self) -> RetryConfig:
        """Return what obstore wants to know of it for all tries."""
        backoff: BackoffConfig = {"init_backoff": self.pause, "max_backoff": self.longest_pause, "base": 2}
        return {"backoff": backoff, "max_retries": self.most_repeats, "retry_timeout": self.repeats}


class ObjectFileStore:
    """Files under keys: parts of letters, digits, `. _ -` and spaces, joined by `/`. See `bot.ports.FileStore`.

    Every method raises ValueError for a key of another shape, and FileStoreBusy when the place does not answer or has
    no room: then it may be repeated.
    """

    def __init__(self, url: str, *, bucket: ObjectStore | None = None, patience: Patience | None = None) -> None:
        """Open the place that a `FILES_URL` names: a folder, made when missing, or `s3://`, `gs://`, `az://`.

        Buckets take their credentials from the environment, by the names that their own tools use; `bucket` is an
        opened one to use instead, `patience` how long one is waited for. Blocks while it makes and looks through a
        folder: call it at the start.

        Raises:
            FileStoreUnusable: it cannot be opened or written to. The sentence says what to do.
        """
        scheme, _, place = url.rpartition("://")
        self.folder: Path | None = None
        self._store: ObjectStore
        if scheme in _BUCKETS:
            # Not what may stand before an @ or after a ?, which may be a secret.
            self.where = f"{scheme}://{place.rpartition('@')[2].partition('?')[0]}"
            self._store = bucket or _open_bucket(url, where=self.where, patience=patience or Patience())
        elif scheme in {"", "file"}:
            self.folder = Path(place).absolute()
            self.where = f"folder {self.folder}"
            self._store = _open_folder(self.folder)
        else:
            raise FileStoreUnusable(
                f"FILES_URL starts with {scheme}://, which is not known here. Set it to a folder like "
                "data/files, or to a bucket like s3://bucket/prefix, gs://bucket/prefix or az://container/prefix."
            )

    async def save(self, key: str, source: Path) -> None:
        """Copy a finished local file in, whole or not at all; an older one under the key is replaced.

        Raises:
            NoSuchFile: `source` is not there.
        """
        _check(key)
        with _answered(key):
            with _found(str(source)):
                await obstore.put_async(
                    self._store,
                    key,
                    source,
                    attributes=self._attributes(key),
                    chunk_size=_PART_BYTES,
                    max_concurrency=_PARTS_AT_ONCE,
                )
            await self._settle(key)

    async def save_bytes(self, key: str, data: bytes) -> None:
        """Write a small file in, whole or not at all."""
        _check(key)
        with _answered(key):
            await obstore.put_async(self._store, key, data, attributes=self._attributes(key))
            await self._settle(key)

    async def load(self, key: str) -> bytes:
        """Return a small file's bytes. Raises NoSuchFile."""
        _check(key)
        with _answered(key), _found(key):
            found = await obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())

    async def fetch(self, key: str, target: Path) -> None:
        """Copy a file out to a local path, whole or not at all. Raises NoSuchFile."""
        _check(key)
        with _answered(key):
            with _found(key):
                found = await obstore.get_async(self._store, key)
            with _unfinished(target) as part:
                async for chunk in found.stream(min_chunk_size=_PART_BYTES):
                    await asyncio.to_thread(part.write, chunk)

    async def size(self, key: str) -> int:
        """Return how many bytes a file holds. Raises NoSuchFile."""
        _check(key)
        with _answered(key), _found(key):
            return int((await obstore.head_async(self._store, key))["size"])

    async def open(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes, None]:
        """Give `length` bytes from `start` on, or all that follow, piece by piece; fewer at the end of the file.

        Raises NoSuchFile at the first step, and also at a later one if the file is removed meanwhile.
        """
        size = await self.size(key)
        end = size if length is None else min(size, start + length)
        piece = _PIECE_BYTES if self.folder else _BUCKET_PIECE_BYTES
        for at in range(start, end, piece):
            yield await self._piece(key, at, min(at + piece, end))

    async def presigned_url(self, key: str, *, name: str, expires: timedelta) -> str | None:
        """Return an address at the bucket that downloads a file under `name` until it expires.

        None for a folder, for another name than the key ends with (a bucket knows only the one it was given when the
        file was saved). S3 takes at most seven days. FileStoreBusy where the credentials at hand cannot sign.

        Source: docs.aws.amazon.com/AmazonS3, Sharing objects with presigned URLs.
        """
        _check(key)
        if not isinstance(self._store, S3Store | GCSStore | AzureStore) or name != _name(key):
            return None
        with _answered(key):
            return str(await obstore.sign_async(self._store, "GET", key, expires))

    async def keys(self, prefix: str) -> tuple[str, ...]:
        """Return the keys under a folder, sorted; of all files for an empty `prefix`."""
        folder = prefix.removesuffix("/")
        if prefix:
            _check(folder)
        with _answered(folder):
            listed = await obstore.list(self._store, folder or None).collect_async()
        return tuple(sorted(entry["path"] for entry in listed))

    async def remove(self, prefix: str) -> None:
        """Remove everything under a folder. Harmless when nothing is there."""
        folder = prefix.removesuffix("/")
        _check(folder)
        if self.folder:
            # The folder itself and what a killed process left unfinished go too.
            with _answered(folder), suppress(FileNotFoundError, NotADirectoryError):
                await asyncio.to_thread(shutil.rmtree, self.folder / folder)
        elif paths := await self.keys(folder):
            with _answered(folder), suppress(FileNotFoundError):
                await obstore.delete_async(self._store, paths)

    async def remove_file(self, key: str) -> None:
        """Remove one file, and nothing else. Harmless when it is not there."""
        _check(key)
        with _answered(key), suppress(FileNotFoundError):
            await obstore.delete_async(self._store, key)

    async def _piece(self, key: str, start: int, end: int) -> bytes:
        with _answered(key), _found(key):
            return bytes(await obstore.get_range_async(self._store, key, start=start, end=end))

    def _attributes(self, key: str) -> dict[str, str] | None:
        """Return what a bucket says when a file is downloaded from it; a folder keeps no such things."""
        return None if self.folder else {"Content-Disposition": f'attachment; filename="{_name(key)}"'}

    async def _settle(self, key: str) -> None:
        """Wait until a local file is on the disk: rows that name it are written next, and they survive a power cut."""
        if self.folder:
            await asyncio.to_thread(_sync, self.folder / key)


def _open_bucket(url: str, *, where: str, patience: Patience) -> ObjectStore:
    options: ClientConfig = {**patience.client(), "allow_http": _may_be_plain_http()}
    try:
        return from_url(url, client_options=options, retry_config=patience.retry())
    except (BaseError, ValueError) as error:
        raise FileStoreUnusable(
            f"The bucket {where} cannot be opened: {_first_line(error)}. Check FILES_URL, and the variables that name "
            "the region, the account and the keys."
        ) from error


def _may_be_plain_http() -> bool:
    """Whether the operator allows plain HTTP, for a bucket in a network of their own.

    obstore reads these variables too, but no longer once it is handed any option for its client.
    """
    return any(os.environ.get(name, "").strip().lower() in {"1", "true", "yes"} for name in _ALLOW_HTTP)


def _open_folder(folder: Path) -> ObjectStore:
    try:
        for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass  # it can be written to
        _sweep(folder)
        return LocalStore(folder)
    except (BaseError, OSError) as error:
        raise FileStoreUnusable(
            f"The folder {folder} cannot be used for files: {_first_line(error)}. Make it writable for the bot, or set "
            "FILES_URL to another place."
        ) from error


def _sweep(folder: Path) -> None:
    """Remove what killed processes left unfinished a while ago."""
    oldest = time.time() - _UNFINISHED_AGE.total_seconds()
    for path in folder.rglob("*#*"):
        with suppress(FileNotFoundError):
            if _UNFINISHED.fullmatch(path.name) and path.stat().st_mtime < oldest:
                path.unlink()


@contextmanager
def _unfinished(target: Path) -> Iterator[IO[bytes]]:
    """Open a file beside `target` that takes its place in the end, or goes when the block raises."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as part:
        try:
            yield part
            part.flush()
            Path(part.name).replace(target)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise


def _sync(path: Path) -> None:
    for place, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        handle = os.open(place, flags | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _check(key: str) -> None:
    if not all(_PART.fullmatch(part) for part in key.split("/")):
        raise ValueError(f"{key!r} is no key: use letters, digits, '.', '_', '-' and spaces, with '/' between folders")


def _name(key: str) -> str:
    return key.rpartition("/")[2]


@contextmanager
def _found(what: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NoSuchFile(f"no file {what}") from error


@contextmanager
def _answered(what: str) -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise FileStoreBusy(f"the file store could not do this with {what}: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    """Return what happened, without the debug source that obstore appends."""
    return str(error).partition("\n")[0]
