"""The keys in SQL: `SqlKeyStore` keeps the promises of `bot.keys.KeyStore`. Secrets lie in the database sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, exists, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.keys import OPERATOR, Kept, KeyShut, KeyState, Server, Stop, StopOrder
from bot.model import ENDS, Hold, TaskState
from storage.claims import ACCEPTED_LOCK, key_name
from storage.codec import from_mc, from_ms, to_mc, to_ms
from storage.database import Database
from storage.schema import keys, server_keys, tasks
from storage.upserts import insert_into
from storage.vault import Purpose, Vault


@dataclass(frozen=True, slots=True)
class SqlKeyStore:
    """The keys in a database. Each method is one transaction; any may raise DatabaseBusy or StorageError.

    Without a vault (SECRET_KEY is not in the environment) nothing can be kept, and what was kept does not open.
    """

    _database: Database
    _vault: Vault | None

    @property
    def can_keep(self) -> bool:
        """Whether keys can be kept here."""
        return self._vault is not None

    async def keep(self, server: Server, secret: str, *, now: datetime) -> Kept:
        """Have a server's tasks made with a key from now on, those that wait already included. A stop of it ends."""
        if self._vault is None:
            raise ValueError("without SECRET_KEY from the environment no key is kept")
        key_id = self._vault.fingerprint(secret, purpose=Purpose.KEYS)
        sealed = self._vault.seal(secret, purpose=Purpose.KEYS)
        async with self._database.writing(is_urgent=True) as connection:
            await self._hold_claims(connection)
            await self._write(connection, key_id, now=now, sealed=sealed)
            await _go_on(connection, key_id, refused=0)
            bound = insert_into(server_keys, self._database).values(
                platform=server.platform, server_id=server.server_id, key_id=key_id, since_ms=to_ms(now)
            )
            news = {"key_id": key_id, "since_ms": to_ms(now)}
            place = [server_keys.c.platform, server_keys.c.server_id]
            await connection.execute(bound.on_conflict_do_update(index_elements=place, set_=news))
            moved = (await connection.execute(_move_waiting(server, key_id))).rowcount
        return Kept(key_id=key_id, moved=moved)

    async def remove(self, server: Server) -> str | None:
        """Forget that a server has a key of its own; return the id of the one it had, None if it had none."""
        gone = delete(server_keys).where(*_here(server)).returning(server_keys.c.key_id)
        async with self._database.writing(is_urgent=True) as connection:
            key_id: str | None = (await connection.execute(gone)).scalar()
        return key_id

    async def erase_unused(self) -> tuple[str, ...]:
        """Erase the secrets of keys that no server has and no task under way needs; return their ids."""
        is_free = and_(keys.c.sealed.is_not(None), ~_is_bound(), ~_is_needed())
        async with self._database.reading() as connection:
            if (await connection.execute(select(keys.c.id).where(is_free).limit(1))).first() is None:
                return ()
        # Locked first and judged then: on PostgreSQL whoever writes a task down holds its key, so the judgement, a
        # statement of its own, sees that task.
        candidates = select(keys.c.id).where(keys.c.sealed.is_not(None), ~_is_bound()).order_by(keys.c.id)
        erased = update(keys).where(is_free).values(sealed=None, stopped=None, refused=0).returning(keys.c.id)
        async with self._database.writing() as connection:
            found = (await connection.execute(candidates.with_for_update())).scalars().all()
            gone = (await connection.execute(erased.where(keys.c.id.in_(found)))).scalars().all()
        return tuple(gone)

    async def key_of(self, server: Server) -> str | None:
        """Return the id of the key that a server's tasks are made with; None for the operator's."""
        async with self._database.reading() as connection:
            found: str | None = (await connection.execute(select(server_keys.c.key_id).where(*_here(server)))).scalar()
        return found

    async def secret_of(self, key_id: str) -> str:
        """Return a key. Raises KeyShut where it was erased or does not open."""
        async with self._database.reading() as connection:
            sealed = (await connection.execute(select(keys.c.sealed).where(keys.c.id == key_id))).scalar()
        if sealed is None:
            raise KeyShut(f"key {key_id} was removed")
        secret = None if self._vault is None else self._vault.unseal(sealed, purpose=Purpose.KEYS)
        if secret is None:
            raise KeyShut(f"key {key_id} does not open with this SECRET_KEY")
        return secret

    async def state(self, key_id: str | None) -> KeyState:
        """Return how a key stands; one that nothing is known about is not stopped."""
        name = key_id or OPERATOR
        async with self._database.reading() as connection:
            row = (await connection.execute(select(keys).where(keys.c.id == name))).first()
            servers = (await connection.execute(select(server_keys).where(server_keys.c.key_id == name))).all()
        return KeyState(id=name) if row is None else _parse(row, servers)

    async def states(self) -> tuple[KeyState, ...]:
        """Return the keys that servers use or that are stopped, and the operator's if it ever was, by id."""
        shown = select(keys).where(or_(_is_bound(), keys.c.stopped.is_not(None), keys.c.id == OPERATOR))
        async with self._database.reading() as connection:
            rows = (await connection.execute(shown.order_by(keys.c.id))).all()
            servers = (await connection.execute(select(server_keys))).all()
        return tuple(_parse(row, [one for one in servers if one.key_id == row.id]) for row in rows)

    async def count_refusal(self, key_id: str | None, *, now: datetime) -> int:
        """Note that Rodin refused a task because of a key; return how many in a row by now."""
        name = key_id or OPERATOR
        counted = update(keys).where(keys.c.id == name).values(refused=keys.c.refused + 1).returning(keys.c.refused)
        async with self._database.writing() as connection:
            await self._write(connection, name, now=now)
            count: int = (await connection.execute(counted)).scalar_one()
        return count

    async def forget_refusals(self, key_id: str | None) -> None:
        """Note that Rodin took a task with a key."""
        this = (keys.c.id == (key_id or OPERATOR), or_(keys.c.refused > 0, keys.c.looks > 0))
        async with self._database.reading() as connection:
            if (await connection.execute(select(keys.c.id).where(*this))).first() is None:
                return
        async with self._database.writing() as connection:
            await connection.execute(update(keys).where(*this).values(refused=0, looks=0))

    async def stop(self, key_id: str | None, order: StopOrder) -> bool:
        """Send nothing more with a key; return whether it was not stopped before. Threads of what waits are told."""
        name = key_id or OPERATOR
        stopped = {"stopped": order.why.value, "stopped_ms": to_ms(order.now), "needs_mc": to_mc(order.needs)}
        when = {"look_ms": to_ms(order.look_at)}
        async with self._database.writing(is_urgent=True) as connection:
            await self._hold_claims(connection)
            await self._write(connection, name, now=order.now)
            is_going = update(keys).where(keys.c.id == name, keys.c.stopped.is_(None))
            if not (await connection.execute(is_going.values(stopped | when))).rowcount:
                return False
            await connection.execute(_touch_waiting(name, hold=Hold.KEY))
        return True

    async def look_later(self, key_id: str | None, at: datetime) -> None:
        """Note that a stopped key was looked at and that nothing has changed."""
        later = update(keys).where(keys.c.id == (key_id or OPERATOR))
        async with self._database.writing() as connection:
            await connection.execute(later.values(look_ms=to_ms(at), looks=keys.c.looks + 1))

    async def resume(self, key_id: str | None, *, refused: int = 0) -> bool:
        """Send with a key again; return whether it was stopped. Threads of what waits are told."""
        async with self._database.writing(is_urgent=True) as connection:
            return await _go_on(connection, key_id or OPERATOR, refused=refused)

    async def _write(self, connection: AsyncConnection, name: str, *, now: datetime, sealed: str | None = None) -> None:
        """Make sure that a key has a row, with its secret if one is given."""
        fresh = {"since_ms": to_ms(now), "needs_mc": 0, "look_ms": to_ms(now), "looks": 0, "refused": 0}
        row = insert_into(keys, self._database).values(id=name, sealed=sealed, **fresh)
        if sealed is None:
            await connection.execute(row.on_conflict_do_nothing())
        else:
            await connection.execute(
                row.on_conflict_do_update(index_elements=[keys.c.id], set_={"sealed": sealed, "refused": 0, "looks": 0})
            )

    async def _hold_claims(self, connection: AsyncConnection) -> None:
        """Wait until a claim that began before is through; it would not see what is written here."""
        if self._database.dialect == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ACCEPTED_LOCK})


async def _go_on(connection: AsyncConnection, name: str, *, refused: int) -> bool:
    was_stopped = update(keys).where(keys.c.id == name, keys.c.stopped.is_not(None))
    gone = {"stopped": None, "stopped_ms": None, "refused": refused}
    if not (await connection.execute(was_stopped.values(gone))).rowcount:
        return False
    await connection.execute(_touch_waiting(name, hold=None))
    return True


def _touch_waiting(name: str, *, hold: Hold | None) -> Any:
    """Give what waits for a key a new revision: so its thread is told, and what was claimed a moment ago not sent."""
    waits = update(tasks).where(tasks.c.state == TaskState.ACCEPTED, key_name == name)
    return waits.values(revision=tasks.c.revision + 1, hold=None if hold is None else hold.value)


def _move_waiting(server: Server, key_id: str) -> Any:
    here = (tasks.c.platform == server.platform, tasks.c.server_id == server.server_id)
    waits = update(tasks).where(tasks.c.state == TaskState.ACCEPTED, *here, key_name != key_id)
    return waits.values(key_id=key_id, hold=None, revision=tasks.c.revision + 1)


def _here(server: Server) -> tuple[ColumnElement[bool], ...]:
    return server_keys.c.platform == server.platform, server_keys.c.server_id == server.server_id


def _is_bound() -> ColumnElement[bool]:
    return exists().where(server_keys.c.key_id == keys.c.id)


def _is_needed() -> ColumnElement[bool]:
    return exists().where(tasks.c.key_id == keys.c.id, tasks.c.state.not_in(ENDS))


def _parse(row: Row[Any], servers: Sequence[Row[Any]]) -> KeyState:
    return KeyState(
        id=row.id,
        stopped=None if row.stopped is None else Stop(row.stopped),
        since=None if row.stopped_ms is None else from_ms(row.stopped_ms),
        needs=from_mc(row.needs_mc),
        look_at=from_ms(row.look_ms),
        looks=row.looks,
        refused=row.refused,
        servers=tuple(
            Server(platform=one.platform, server_id=one.server_id)
            for one in sorted(servers, key=lambda one: (one.platform, one.server_id))
        ),
    )
