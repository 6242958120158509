"""PostgreSQL: the engine and its time limits."""

from __future__ import annotations

import importlib
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import DatabaseUnusable

_CONNECT_TIMEOUT_S = 10.0
_STATEMENT_TIMEOUT_S = 30.0


def postgres_engine(dsn: str, *, pool_size: int, pool_timeout_s: float) -> AsyncEngine:
    """Return an engine on a server. Under load, twice as many connections more than `pool_size` are opened.

    Raises:
        DatabaseUnusable: the driver is not installed.
    """
    try:
        asyncpg = importlib.import_module("asyncpg")  # only who uses PostgreSQL has it
    except ModuleNotFoundError as error:
        raise DatabaseUnusable(
            "DATABASE_URL names PostgreSQL, whose driver is missing. Run: pip install 'rodin-bot[postgres]'"
        ) from error

    async def connect() -> Any:
        # asyncpg reads the URL itself, because it knows what hosts write there: sslmode, sslrootcert, several hosts.
        return await asyncpg.connect(dsn, timeout=_CONNECT_TIMEOUT_S, command_timeout=_STATEMENT_TIMEOUT_S)

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=2 * pool_size,
        pool_timeout=pool_timeout_s,
        pool_pre_ping=True,  # a server that was restarted costs no failed transaction
    )
