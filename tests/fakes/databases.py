"""Empty databases and stores for tests, each one's own: a file, or a schema on the server of TEST_DATABASE_URL."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeVar

import asyncpg
import pytest
from _pytest.mark.structures import ParameterSet
from sqlalchemy import make_url

from storage.database import Database, open_database
from storage.migrations import versions

NEWEST = max(path.name for path in Path(versions.__file__).parent.glob("0*.py")).partition("_")[0]
"""The revision to which every database is brought."""

SERVER_VARIABLE = "TEST_DATABASE_URL"
"""Names a PostgreSQL server where schemas may be made; `.ci/postgres start DIR` starts one and prints it."""

T = TypeVar("T")

DatabaseUrl = Callable[[Path], AbstractAsyncContextManager[str]]
"""Makes an empty database, with a folder to do so, and yields its URL."""


@asynccontextmanager
async def sqlite_url(folder: Path) -> AsyncIterator[str]:
    """Yield the URL of a file that is not there yet."""
    yield f"sqlite:///{folder / 'tasks.db'}"


@asynccontextmanager
async def postgres_url(_folder: Path) -> AsyncIterator[str]:
    """Yield the URL of an empty schema on the server, and drop it in the end."""
    server = os.environ[SERVER_VARIABLE]
    schema = f"test_{uuid.uuid4().hex}"
    connection = await asyncpg.connect(server, timeout=10)
    try:
        await connection.execute(f"CREATE SCHEMA {schema}")
        yield make_url(server).update_query_dict({"search_path": schema}).render_as_string(hide_password=False)
    finally:
        await connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        await connection.close(timeout=10)


def where_there_is_a_server(*params: ParameterSet) -> list[ParameterSet]:
    """Return the parameters when a PostgreSQL server is named, else none; the test report's head says which."""
    return list(params) if os.environ.get(SERVER_VARIABLE) else []


needs_postgres = pytest.mark.skipif(not os.environ.get(SERVER_VARIABLE), reason=f"{SERVER_VARIABLE} is not set")
"""For a test of PostgreSQL alone."""

DATABASES = [
    pytest.param(sqlite_url, id="sqlite"),
    *where_there_is_a_server(pytest.param(postgres_url, id="postgres")),
]
"""What a test of everything that is written in SQL runs over."""


def stores(in_memory: Callable[[], T], in_sql: Callable[[Database], T]) -> list[ParameterSet]:
    """Return what a test of every store of a kind runs over: in memory, in SQLite, in PostgreSQL where there is one.

    Each makes an empty store, with a folder to do so, and yields it.
    """

    @asynccontextmanager
    async def memory(_folder: Path) -> AsyncIterator[T]:
        yield in_memory()

    def on(database_url: DatabaseUrl) -> Callable[[Path], AbstractAsyncContextManager[T]]:
        @asynccontextmanager
        async def opened(folder: Path) -> AsyncIterator[T]:
            async with database_url(folder) as url, open_database(url) as database:
                yield in_sql(database)

        return opened

    return [
        pytest.param(memory, id="memory"),
        pytest.param(on(sqlite_url), id="sqlite"),
        *where_there_is_a_server(pytest.param(on(postgres_url), id="postgres")),
    ]
