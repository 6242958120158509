"""Tasks and their result files.

Revision ID: 0001
Revises: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    _make_tasks()
    _make_files()


# Long, but a list: one line for each column.
def _make_tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("user_id", sa.String, nullable=False),
        sa.Column("server_id", sa.String),
        sa.Column("channel_id", sa.String),
        sa.Column("address_platform", sa.String, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("event", sa.String),
        sa.Column("parent_id", sa.String),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("tier", sa.String, nullable=False),
        sa.Column("price_mc", sa.BigInteger, nullable=False),
        sa.Column("vendor_uuid", sa.String),
        sa.Column("subscription_key", sa.Text),
        sa.Column("consumed_mc", sa.BigInteger),
        sa.Column("vendor_prompt", sa.Text),
        sa.Column("jobs", sa.Text, nullable=False),
        sa.Column("progress", sa.Double, nullable=False),
        sa.Column("misses", sa.Integer, nullable=False),
        sa.Column("failure", sa.Text),
        sa.Column("charged", sa.String),
        sa.Column("muted", sa.Boolean, nullable=False),
        sa.Column("hold", sa.String),
        sa.Column("ended_revision", sa.Integer),
        sa.Column("showing", sa.Text, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
        sa.Column("next_ms", sa.BigInteger, nullable=False),
        sa.Column("submitted_ms", sa.BigInteger),
        sa.Column("ended_ms", sa.BigInteger),
        sa.Column("work_worker", sa.String),
        sa.Column("work_until_ms", sa.BigInteger),
        sa.Column("tell_worker", sa.String),
        sa.Column("tell_until_ms", sa.BigInteger),
        sa.Column("tell_at_ms", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
    )
    op.create_index("uq_tasks_event", "tasks", ["event"], unique=True)
    op.create_index("uq_tasks_vendor_uuid", "tasks", ["vendor_uuid"], unique=True)
    op.create_index("ix_tasks_state_next_ms", "tasks", ["state", "next_ms"])
    untold = sa.text("told < revision")
    op.create_index(
        "ix_tasks_untold",
        "tasks",
        ["changed_ms", "address_platform"],
        sqlite_where=untold,
        postgresql_where=untold,
    )
    op.create_index("ix_tasks_state_created_ms", "tasks", ["state", "created_ms"])
    op.create_index("ix_tasks_platform_user_id_created_ms", "tasks", ["platform", "user_id", "created_ms"])
    op.create_index("ix_tasks_platform_server_id_created_ms", "tasks", ["platform", "server_id", "created_ms"])
    op.create_index("ix_tasks_tier_state_ended_ms", "tasks", ["tier", "state", "ended_ms"])


def _make_files() -> None:
    op.create_table(
        "files",
        sa.Column("task_id", sa.String, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="fk_files_task_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("task_id", "position", name="pk_files"),
    )
