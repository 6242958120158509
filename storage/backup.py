"""Copies of an SQLite database: taken while the bot runs, and put back when it does not. Everything here blocks.

A PostgreSQL server has tools of its own for that (`pg_dump`, `pg_restore`).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.errors import OperatorMistake

BUSY_WAIT_S = 10.0
"""How long a copy waits for a writer that is just at the end of its work."""


class BackupFailed(OperatorMistake):
    """A copy cannot be taken or put back; nothing was changed."""


def back_up(database: Path, copy: Path) -> int:
    """Copy a database as it stands at one moment into one file of mode 0600, whole or not at all; return its bytes.

    Readers and writers go on meanwhile. Source: sqlite.org/backup.html; in WAL mode one step reads one snapshot.

    Raises:
        BackupFailed: there is no database, it is damaged, the copy exists already, or it cannot be written.
    """
    if not database.exists():
        raise BackupFailed(f"There is no database at {database} to copy.")
    if copy.exists():
        raise BackupFailed(f"{copy} exists already, and an older copy is not overwritten. Name another file.")
    with _explained(f"The database was not copied to {copy}"):
        with _draft_of(copy) as draft:
            _snapshot(database, draft)
            # Hard links do not replace: of two copies with one name at once, the second is refused.
            os.link(draft, copy)
        _persist(copy)
        return copy.stat().st_size


def unpack(copy: Path, draft: Path) -> None:
    """Copy a copy to where it can be worked on, having checked that it is whole.

    Raises:
        BackupFailed: it is not there, or not a whole database.
    """
    if not copy.exists():
        raise BackupFailed(f"There is no copy at {copy}.")
    with _explained(f"{copy} cannot be put back"):
        draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _private(draft)
        _snapshot(copy, draft)


def exchange(draft: Path, database: Path, *, aside: Path) -> None:
    """Put a database in the place of another one, which is kept at `aside`; killed in between, one of the two is there.

    Raises:
        BackupFailed: a process still uses the old one, or the place cannot be written to.
    """
    with _explained(f"Nothing was put back to {database}"):
        _settle(draft)
        if database.exists():
            _settle_unless_damaged(database)
            os.link(database, aside)
        # A log that belongs to another file would be played into this one.
        for suffix in ("-wal", "-shm"):
            left = database.with_name(f"{database.name}{suffix}")
            if left.exists():
                left.replace(aside.with_name(f"{aside.name}{suffix}"))
        draft.replace(database)
        _persist(database)


def _snapshot(source: Path, target: Path) -> None:
    # Opened for writing, since the log of a killed process has to be played in first.
    with closing(sqlite3.connect(source, timeout=BUSY_WAIT_S)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")
        problems = [row[0] for row in new.execute("PRAGMA integrity_check")]
        known = new.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()[0]
    if problems != ["ok"]:
        raise BackupFailed(f"{source} is damaged: {problems[0]}.")
    if not known:
        raise BackupFailed(f"{source} is not a database of this bot.")


def _settle(database: Path) -> None:
    """Bring everything into the one file. SQLite does that only for the one who has it open alone."""
    with closing(sqlite3.connect(database, timeout=1.0, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _settle_unless_damaged(database: Path) -> None:
    try:
        _settle(database)
    except sqlite3.OperationalError as error:
        raise BackupFailed(
            f"Nothing was put back: {database} is in use ({error}). Stop every process of the bot, then try again."
        ) from error
    except sqlite3.DatabaseError:
        return  # why somebody restores: it is kept as it is


@contextmanager
def _draft_of(copy: Path) -> Iterator[Path]:
    draft = copy.with_name(f".{copy.name}.{os.getpid()}.part")
    try:
        _private(draft)
        yield draft
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            draft.with_name(f"{draft.name}{suffix}").unlink(missing_ok=True)


def _private(path: Path) -> None:
    """Make an empty file that only its owner may read; people's words will be in it."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _persist(path: Path) -> None:
    for one in (path, path.parent):
        descriptor = os.open(one, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _explained(failed: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise BackupFailed(f"{failed}: {reason}.") from error
