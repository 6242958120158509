"""Who may do what in each server, who was told where words go, and what the operator is still to be told.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and the column; no task so far was the first that said where words go."""
    op.add_column("tasks", sa.Column("is_first", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "rights",
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("server_id", sa.String, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("whom", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("platform", "server_id", "what", name="pk_rights"),
    )
    op.create_table(
        "firsts",
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("server_id", sa.String, nullable=False),
        sa.Column("user_id", sa.String, nullable=False),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("platform", "server_id", "user_id", name="pk_firsts"),
    )
    op.create_table(
        "news",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("since_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_news"),
    )
