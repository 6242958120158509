"""What operators read about copies of the database, one function each."""

from __future__ import annotations

from pathlib import Path

from bot import text


def backed_up(copy: Path, size_bytes: int) -> str:
    """Say that the database was copied, and what else belongs to a copy."""
    return (
        f"The database was copied to {copy} ({text.size(size_bytes)}). Now copy the files (FILES_URL), and keep "
        "SECRET_KEY, or the file secret.key, in another place than both."
    )


def restored(place: Path, aside: Path | None, *, doubtful: int) -> str:
    """Say that a copy is in place, where the old database went, and what was not known when the copy was taken."""
    kept = f" What was there before is kept as {aside}." if aside is not None else ""
    return f"The copy is now the database {place}.{kept} {_doubt(doubtful)}"


def _doubt(count: int) -> str:
    if not count:
        return "No task was waiting when it was taken, so nothing can be charged twice."
    tasks, they = ("1 task", "it") if count == 1 else (f"{count} tasks", "they")
    return (
        f"{tasks} waited when it was taken and may have been sent since, so {they} will not be sent again by "
        "the bot: at its next start the people who asked are told, and may send again."
    )


def not_sqlite() -> str:
    """Say that a PostgreSQL server copies its own databases."""
    return (
        "DATABASE_URL names a PostgreSQL server. Copy its database with pg_dump and put it back with pg_restore; "
        "docs/operating.md says what else belongs to a copy."
    )
