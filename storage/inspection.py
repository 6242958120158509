"""Looks at a database without changing it, for `rodin-bot check`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import DatabaseUnusable, StorageError
from storage.errors import translated
from storage.migrations import check_known
from storage.postgres import postgres_engine
from storage.sqlite import sqlite_engine
from storage.urls import parse_database_url

PATIENCE_S = 10.0


async def inspect_database(url: str) -> str:
    """Return in words where the database is and how it stands. Nothing is made, upgraded or written.

    Raises:
        DatabaseTooNew: a newer version of the bot has written it.
        DatabaseUnusable: it cannot be reached, read or written to.
    """
    place = parse_database_url(url)
    if place.path is not None and not await asyncio.to_thread(place.path.exists):
        await asyncio.to_thread(_check_folder, place.path)
        return f"{place.where}: it is made at the first start"
    if place.path is not None and not os.access(place.path, os.R_OK | os.W_OK):
        raise DatabaseUnusable(f"{place.where} cannot be read and written to by this user")
    engine = _engine(place.path, place.dsn)
    try:
        with translated():
            async with asyncio.timeout(PATIENCE_S), engine.connect() as connection:
                newest, present = await connection.run_sync(_revisions)
    except StorageError as error:
        raise DatabaseUnusable(f"{place.where}: {error}") from error
    finally:
        await engine.dispose()
    if present == newest:
        return f"{place.where}: up to date"
    return f"{place.where}: at revision {present or 'none'}, brought to {newest} at the next start"


def _engine(path: Path | None, dsn: str) -> AsyncEngine:
    if path is not None:
        return sqlite_engine(path, busy_timeout_s=PATIENCE_S)
    return postgres_engine(dsn, pool_size=1, pool_timeout_s=PATIENCE_S)


def _revisions(connection: Connection) -> tuple[str, str]:
    newest = check_known(connection)
    return newest, ", ".join(MigrationContext.configure(connection).get_current_heads())


def _check_folder(path: Path) -> None:
    """Check that the file could be made: blocks."""
    folder = next(folder for folder in path.absolute().parents if folder.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DatabaseUnusable(f"sqlite file {path.absolute()}: {folder} cannot be written to by this user")
