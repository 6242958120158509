"""The words of requests, folded, so that people can look for them.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BATCH = 500

_tasks = sa.table("tasks", sa.column("id", sa.String), sa.column("request", sa.Text), sa.column("words", sa.Text))


def upgrade() -> None:
    """Add the column and fill it for every task there is."""
    op.add_column("tasks", sa.Column("words", sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    last = ""
    while rows := connection.execute(_after(last)).all():
        filled = [{"task": row.id, "found": _words(row.request)} for row in rows]
        change = sa.update(_tasks).where(_tasks.c.id == sa.bindparam("task")).values(words=sa.bindparam("found"))
        connection.execute(change, filled)
        last = rows[-1].id


def _after(last: str) -> sa.Select[Any]:
    return sa.select(_tasks.c.id, _tasks.c.request).where(_tasks.c.id > last).order_by(_tasks.c.id).limit(_BATCH)


def _words(request: str) -> str:
    """Return what `bot.folding.words_in` said of a request when this was written; nothing for one of another shape."""
    try:
        values = json.loads(request)
        texts = [str(values.get(name, "")) for name in ("subject", "prompt", "instruction")]
    except (ValueError, AttributeError):
        return ""
    plain = unicodedata.normalize("NFKC", "\n".join(texts))
    visible = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", visible.casefold()).split())
