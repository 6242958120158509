"""Who may do what in each server, in SQL: `SqlRights` keeps the promises of `bot.policy.RightStore`."""

from __future__ import annotations

import json
import logging

from sqlalchemy import delete, select

from bot.keys import Server
from bot.policy import ADMINS_ONLY, Grant, Right, stored_right
from storage.database import Database
from storage.schema import rights
from storage.upserts import insert_into

log = logging.getLogger(__name__)

_KEY = (rights.c.platform, rights.c.server_id, rights.c.what)


class SqlRights:
    """The rules in a database. Each method is one transaction; any may raise DatabaseBusy or StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rules_of(self, server: Server) -> dict[Right, Grant]:
        """Return every rule of a server."""
        rules = select(rights.c.what, rights.c.whom).where(
            rights.c.platform == server.platform, rights.c.server_id == server.server_id
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(rules)).all()
        found = ((stored_right(row.what), row.whom) for row in rows)
        return {right: _parse_grant(whom) for right, whom in found if right is not None}

    async def allow(self, server: Server, right: Right, grant: Grant) -> None:
        """Give a right to these and nobody else."""
        whom = {"whom": _dump_grant(grant)}
        row = {"platform": server.platform, "server_id": server.server_id, "what": str(right), **whom}
        new = insert_into(rights, self._database).values(row)
        async with self._database.writing(is_urgent=True) as connection:
            await connection.execute(new.on_conflict_do_update(index_elements=_KEY, set_=whom))

    async def reset(self, server: Server, right: Right) -> bool:
        """Give a right as it is given by default; return whether there was a rule."""
        gone = delete(rights).where(
            rights.c.platform == server.platform, rights.c.server_id == server.server_id, rights.c.what == str(right)
        )
        async with self._database.writing(is_urgent=True) as connection:
            return bool((await connection.execute(gone)).rowcount)


def _dump_grant(grant: Grant) -> str:
    values = {"everyone": grant.everyone, "roles": sorted(grant.roles), "people": sorted(grant.people)}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _parse_grant(whom: str) -> Grant:
    """Return a stored grant; one that cannot be read gives nothing to anybody but admins."""
    try:
        values = json.loads(whom)
        return Grant(
            everyone=values["everyone"] is True,
            roles=frozenset(map(str, values["roles"])),
            people=frozenset(map(str, values["people"])),
        )
    except (ValueError, KeyError, TypeError) as error:
        log.warning("rule not readable, admins only error=%s", type(error).__name__)
        return ADMINS_ONLY
