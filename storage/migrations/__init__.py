"""Brings a database to the newest schema, by Alembic, without an `alembic.ini`.

A migration is a described file in `versions/`, numbered on, and never edited once it was released; each has a test
that starts from a database of the version before.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import DatabaseTooNew


def upgrade(connection: Connection, *, to: str = "head") -> None:
    """Run the migrations that a database lacks, all in the transaction at hand, up to the newest or to a revision.

    Raises:
        DatabaseTooNew: it has a revision that this version of the bot does not know.
    """
    check_known(connection)
    command.upgrade(_config(connection), to)


def check_known(connection: Connection) -> str:
    """Return the newest revision that this version of the bot knows, having checked that the database has no newer one.

    Raises:
        DatabaseTooNew: it has a revision that this version of the bot does not know.
    """
    script = ScriptDirectory.from_config(_config(connection))
    known = {revision.revision for revision in script.walk_revisions()}
    present = MigrationContext.configure(connection).get_current_heads()
    if unknown := sorted(set(present) - known):
        raise DatabaseTooNew(
            f"The database was written by a newer version of the bot: it is at revision {', '.join(unknown)}, and this "
            f"version knows revisions up to {script.get_current_head()}. Install the newer version again, or restore "
            "the copy of the database from before the upgrade."
        )
    return str(script.get_current_head())


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    folder = str(Path(__file__).parent)
    config.set_main_option("script_location", folder.replace("%", "%%"))  # the parser would read a % as its own
    config.set_main_option("path_separator", "os")
    return config
