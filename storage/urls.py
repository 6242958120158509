"""Reads `DATABASE_URL` as hosts and people write it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import DatabaseUnusable

_EXAMPLES = "sqlite:///data/rodin-bot.db or postgresql://user:password@host/name"

# What libpq understands and hosts put into their URLs, but asyncpg would send on as a setting of the server's.
# Source: PostgreSQL documentation, 34.1.2 Parameter Key Words; asyncpg.connect, parameter dsn.
_LIBPQ_ONLY = frozenset(
    {
        "channel_binding",
        "client_encoding",
        "connect_timeout",
        "fallback_application_name",
        "gssencmode",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "load_balance_hosts",
        "pgbouncer",
        "require_auth",
        "sslcompression",
        "sslsni",
        "tcp_user_timeout",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabasePlace:
    """Where a database is. `where` may be shown to anybody; `dsn` holds the password of a PostgreSQL server.

    `path` is the file of an SQLite database, None for PostgreSQL.
    """

    where: str
    path: Path | None = None
    dsn: str = field(default="", repr=False)


def parse_database_url(url: str) -> DatabasePlace:
    """Return the place that a `DATABASE_URL` names: an SQLite file or a PostgreSQL server.

    The driver in the URL (`+aiosqlite`, `+psycopg`) does not matter; ours are aiosqlite and asyncpg.

    Raises:
        DatabaseUnusable: it names neither. The sentence never holds the URL, which may hold a password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # Not `from error`: its message may quote a part of the password.
        raise DatabaseUnusable(f"DATABASE_URL cannot be read. Write it like {_EXAMPLES}.") from None
    kind = parsed.drivername.partition("+")[0]
    if kind == "sqlite":
        return _sqlite_place(parsed)
    if kind in {"postgres", "postgresql"}:
        return _postgres_place(parsed)
    raise DatabaseUnusable(f"DATABASE_URL names a kind of database that is not known here. Write it like {_EXAMPLES}.")


def _sqlite_place(url: URL) -> DatabasePlace:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise DatabaseUnusable(
            "DATABASE_URL names no file, so every task would be lost at a restart. Write a path after the three "
            "slashes, like sqlite:///data/rodin-bot.db."
        )
    if url.host:
        raise DatabaseUnusable(
            f"DATABASE_URL has {url.host!r} where a host would be. Write three slashes before a path that starts "
            "here and four before one that starts at the root, like sqlite:////var/lib/rodin-bot/rodin-bot.db."
        )
    path = Path(url.database)
    return DatabasePlace(where=f"sqlite file {path.absolute()}", path=path)


def _postgres_place(url: URL) -> DatabasePlace:
    if not (url.host or "host" in url.query):
        raise DatabaseUnusable(
            "DATABASE_URL names no PostgreSQL host. Write it like postgresql://user:password@host/name."
        )
    plain = url.set(drivername="postgresql").difference_update_query(_LIBPQ_ONLY)
    host = url.host or "a socket"
    port = f":{url.port}" if url.port else ""
    return DatabasePlace(
        where=f"postgresql at {host}{port}, database {url.database or url.username}",
        dsn=plain.render_as_string(hide_password=False),
    )
