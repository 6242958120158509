"""The statement that looks for tasks as people do: by whose they are, where, how they ended, and by their words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from bot.model import ALONE
from bot.ports import Sought
from storage.schema import tasks


def found(sought: Sought, *, limit: int) -> Select[Any]:
    """List the newest tasks that are sought, newest first."""
    newest_first = tasks.c.created_ms.desc(), tasks.c.id.desc()
    return select(tasks).where(*_conditions(sought)).order_by(*newest_first).limit(limit)


def _conditions(sought: Sought) -> Iterator[ColumnElement[bool]]:
    yield _seen(sought)
    if sought.channel_id is not None:
        yield or_(tasks.c.channel_id == sought.channel_id, tasks.c.place == sought.channel_id)
    if sought.states is not None:
        yield tasks.c.state.in_(sought.states)
    for word in sought.words:
        yield tasks.c.words.contains(word, autoescape=True)


def _seen(sought: Sought) -> ColumnElement[bool]:
    """Return whose tasks: the asker's own, or also those that stand where all of their server can see them."""
    here = tasks.c.platform == sought.asker.platform  # in both parts, so that each is found by an index of its own
    own = and_(here, tasks.c.user_id == sought.asker.user_id)
    if sought.is_own_only or sought.asker.server_id is None:
        return own
    is_shared = and_(tasks.c.place != "", tasks.c.place.not_like(f"{ALONE}%"))
    return or_(own, and_(here, tasks.c.server_id == sought.asker.server_id, is_shared))
