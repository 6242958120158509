"""Empty databases for tests, each one's own: an SQLite file, or a schema on the server of TEST_DATABASE_URL."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

DatabaseUrl = Callable[[Path], AbstractAsyncContextManager[str]]
"""Makes an empty database, with a folder to do so, and yields its URL."""


@asynccontextmanager
async def sqlite_url(folder: Path) -> AsyncIterator[str]:
    """Yield the URL of a file that is not there yet."""
    yield f"sqlite:///{folder / 'tasks.db'}"


@asynccontextmanager
async def postgres_url(_folder: Path) -> AsyncIterator[str]:
    """Yield the URL of an empty schema, and drop it in the end. Skips the test where no server is named."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        pytest.skip("TEST_DATABASE_URL is not set; `.ci/postgres start DIR` prints one")
    schema = f"test_{uuid.uuid4().hex}"
    connection = await asyncpg.connect(server, timeout=10)
    try:
        await connection.execute(f"CREATE SCHEMA {schema}")
        yield make_url(server).update_query_dict({"search_path": schema}).render_as_string(hide_password=False)
    finally:
        await connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        await connection.close(timeout=10)


DATABASES = [pytest.param(sqlite_url, id="sqlite"), pytest.param(postgres_url, id="postgres")]
"""What a test of everything that is written in SQL runs over."""
