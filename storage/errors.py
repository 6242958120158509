"""Turns what SQLAlchemy and the drivers raise into our own errors, completely; causes are kept.

Engines are made with `hide_parameters`, so no prompt and no key can get into a message or a traceback.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic_core import PydanticSerializationError
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import DatabaseBusy, StorageError

# Primary result codes after which the same statement may well succeed: somebody else writes, the disk is full or
# read-only for now, or the file is out of reach, as when a volume is gone for a while. Source: sqlite.org/rescode.html
_SQLITE_BUSY, _SQLITE_LOCKED, _SQLITE_READONLY, _SQLITE_IOERR, _SQLITE_FULL, _SQLITE_CANTOPEN = 5, 6, 8, 10, 13, 14
_PASSING_SQLITE = frozenset(
    {_SQLITE_BUSY, _SQLITE_LOCKED, _SQLITE_READONLY, _SQLITE_IOERR, _SQLITE_FULL, _SQLITE_CANTOPEN}
)

# Classes and codes after which the same statement may well succeed: connection trouble, rollback by the server
# (serialization, deadlock), insufficient resources, operator intervention, lock not available, a server that is only a
# replica for now. Source: PostgreSQL documentation, Appendix A, Error Codes.
_PASSING_SQLSTATES = ("08", "40", "53", "57", "55P03", "25006")


class Conflict(StorageError):
    """A unique column already holds this value. Stays inside `storage`, which finds out which one and says so."""


@contextmanager
def translated() -> Iterator[None]:
    """Let nothing but our own errors out of a block that talks to the database.

    Raises:
        DatabaseBusy: locked, timed out, disconnected, or without room.
        Conflict: a constraint was broken.
        StorageError: anything else that the database refused.
    """
    try:
        yield
    except IntegrityError as error:
        raise Conflict(f"the database holds this already: {_reason(error)}") from error
    except DBAPIError as error:
        if _will_pass(error):
            raise DatabaseBusy(f"the database is busy: {_reason(error)}") from error
        raise StorageError(f"the database refused: {_reason(error)}") from error
    except (PoolTimeout, OSError) as error:  # asyncio's TimeoutError is an OSError
        raise DatabaseBusy(f"the database did not answer: {type(error).__name__}") from error
    except (SQLAlchemyError, UnicodeError, PydanticSerializationError) as error:
        raise StorageError(f"the database cannot take this: {type(error).__name__}") from error


def _will_pass(error: DBAPIError) -> bool:
    if error.connection_invalidated:
        return True
    sqlite_code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(sqlite_code, int):
        return sqlite_code & 0xFF in _PASSING_SQLITE
    sqlstate = getattr(error.orig, "sqlstate", None)
    return isinstance(sqlstate, str) and sqlstate.startswith(_PASSING_SQLSTATES)


def _reason(error: DBAPIError) -> str:
    """Return the database's own words without the statement, in one line."""
    return " ".join(str(error.orig).split())
