"""Knows whether another worker process lives on this machine."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from storage.database import Database


class WorkerLock:
    """A lock beside an SQLite file, held by the one worker that uses it: `with WorkerLock(database) as lock`.

    `lock.acquired` is true when no other worker process had it. Then every lease in the database was left by a process
    that is dead, and can be cleared. The system releases the lock however the process ends. On PostgreSQL, whose other
    workers may be anywhere, it is never acquired: leases end by themselves.
    """

    def __init__(self, database: Database) -> None:
        self.acquired = False
        # Never fall back to a lock that is a mere file: it would outlive a killed process.
        path = f"{database.path}.worker.lock"
        self._lock = (
            FileLock(path, timeout=0, mode=0o600, thread_local=False, fallback_to_soft=False) if database.path else None
        )

    def __enter__(self) -> Self:
        """Take the lock if it is free."""
        if self._lock:
            try:
                self._lock.acquire()
            except (Timeout, OSError, NotImplementedError):
                # Held by another worker; or a file system without locks, where nobody can know.
                return self
            self.acquired = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        if self._lock:
            self._lock.release()
        self.acquired = False
