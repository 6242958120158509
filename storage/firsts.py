"""Which task is the first of its server, so that it says where words and pictures go."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Owner, Task
from storage.codec import from_ms, to_ms
from storage.database import Database
from storage.schema import firsts
from storage.upserts import insert_into


async def note(connection: AsyncConnection, database: Database, task: Task) -> bool:
    """Say whether a task is the first of its server, or of its person outside any; note it if so.

    Part of the transaction that writes the task: when that is undone, the next one is the first.
    """
    row = {**_whose(task.owner), "since_ms": to_ms(task.created_at)}
    new = insert_into(firsts, database).values(row).on_conflict_do_nothing().returning(firsts.c.platform)
    return (await connection.execute(new)).first() is not None


async def since(connection: AsyncConnection, owner: Owner) -> datetime | None:
    """Return when the first task of a server, or of a person outside any, was written; None before."""
    known = select(firsts.c.since_ms).filter_by(**_whose(owner))
    moment: int | None = (await connection.execute(known)).scalar()
    return None if moment is None else from_ms(moment)


async def forget(connection: AsyncConnection, owner: Owner) -> None:
    """Forget that a person has had a first task outside any server."""
    await connection.execute(delete(firsts).filter_by(**_whose(replace(owner, server_id=None))))


def _whose(owner: Owner) -> dict[str, str]:
    is_outside = owner.server_id is None
    return {
        "platform": owner.platform,
        "server_id": owner.server_id or "",
        "user_id": owner.user_id if is_outside else "",
    }
