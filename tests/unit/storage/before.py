"""Databases of earlier versions, as a migration finds them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.model import Task
from storage.codec import task_row
from storage.migrations import upgrade
from storage.postgres import postgres_engine
from storage.schema import tasks
from storage.sqlite import sqlite_engine
from storage.urls import parse_database_url


@asynccontextmanager
async def writing_to(url: str) -> AsyncIterator[AsyncConnection]:
    """Yield a connection to a database of whatever version, which is not brought to another one."""
    engine = _engine_of(url)
    async with engine.begin() as connection:
        yield connection
    await engine.dispose()


async def write_before(migration: str, url: str, *held: Task) -> None:
    """Make the database that a migration finds, with these tasks in it."""
    before: str = import_module(f"storage.migrations.versions.{migration}").down_revision
    async with writing_to(url) as connection:
        await connection.run_sync(upgrade, to=before)
        present = set((await connection.execute(text("SELECT * FROM tasks"))).keys())
        rows = [{name: value for name, value in task_row(task).items() if name in present} for task in held]
        await connection.execute(insert(tasks), rows)


def _engine_of(url: str) -> AsyncEngine:
    place = parse_database_url(url)
    if place.path:
        return sqlite_engine(place.path, busy_timeout_s=5)
    return postgres_engine(place.dsn, pool_size=1, pool_timeout_s=5)
