"""Which versions were made from a task is asked by whom they name as their parent: an index for that.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_tasks_parent_id_created_ms", "tasks", ["parent_id", "created_ms"])
