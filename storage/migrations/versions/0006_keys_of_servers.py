"""Rodin keys that servers bring along, which task goes with which, and which are stopped.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables and the column; every task there is was made with the operator's key."""
    op.add_column("tasks", sa.Column("key_id", sa.String))
    op.create_table(
        "keys",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("sealed", sa.Text),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
        sa.Column("stopped", sa.String),
        sa.Column("stopped_ms", sa.BigInteger),
        sa.Column("needs_mc", sa.BigInteger, nullable=False),
        sa.Column("look_ms", sa.BigInteger, nullable=False),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_keys"),
    )
    op.create_table(
        "server_keys",
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("server_id", sa.String, nullable=False),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("platform", "server_id", name="pk_server_keys"),
        sa.ForeignKeyConstraint(["key_id"], ["keys.id"], name="fk_server_keys_key_id"),
    )
    op.create_index("ix_server_keys_key_id", "server_keys", ["key_id"])
