"""Where tasks live (`place`), which messages were posted, and sealed ways to answer.

Tasks of before get the empty place: their addresses are read only by the platforms that made them.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and both tables."""
    op.add_column("tasks", sa.Column("place", sa.Text, nullable=False, server_default=""))
    op.create_index("ix_tasks_address_platform_place_created_ms", "tasks", ["address_platform", "place", "created_ms"])
    op.create_table(
        "sends",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("begun_ms", sa.BigInteger, nullable=False),
        sa.Column("message", sa.Text),
        sa.PrimaryKeyConstraint("key", name="pk_sends"),
    )
    op.create_index("ix_sends_begun_ms", "sends", ["begun_ms"])
    op.create_table(
        "answers",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_answers"),
    )
    op.create_index("ix_answers_until_ms", "answers", ["until_ms"])
