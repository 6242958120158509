"""The Slack workspaces that have let the app in, and the one-time states of those that are about to.

Columns as slack_sdk's SQLAlchemy stores name them. Tokens come sealed, which makes them longer than slack_sdk's own
tables allow: they are text without a limit here.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "slack_installations",
        *_team(),
        sa.Column("enterprise_url", sa.Text),
        *_bot(),
        sa.Column("user_id", sa.String, nullable=False),
        sa.Column("user_token", sa.Text),
        sa.Column("user_scopes", sa.Text),
        sa.Column("user_refresh_token", sa.Text),
        sa.Column("user_token_expires_at", sa.DateTime),
        sa.Column("incoming_webhook_url", sa.Text),
        sa.Column("incoming_webhook_channel", sa.Text),
        sa.Column("incoming_webhook_channel_id", sa.Text),
        sa.Column("incoming_webhook_configuration_url", sa.Text),
        sa.Column("token_type", sa.String),
        *_standing(),
        sa.PrimaryKeyConstraint("id", name="pk_slack_installations"),
    )
    op.create_table("slack_bots", *_team(), *_bot(), *_standing(), sa.PrimaryKeyConstraint("id", name="pk_slack_bots"))
    for table in ("slack_installations", "slack_bots"):
        columns = ["client_id", "enterprise_id", "team_id", "installed_at"]
        op.create_index(f"ix_{table}_newest", table, columns)  # PostgreSQL takes 63 characters
    op.create_table(
        "slack_oauth_states",
        _id(),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("expire_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_slack_oauth_states"),
    )
    op.create_index("ix_slack_oauth_states_state", "slack_oauth_states", ["state"])


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Integer, nullable=False, autoincrement=True)


def _team() -> tuple[sa.Column[Any], ...]:
    return (
        _id(),
        sa.Column("client_id", sa.String, nullable=False),
        sa.Column("app_id", sa.String, nullable=False),
        sa.Column("enterprise_id", sa.String),
        sa.Column("enterprise_name", sa.Text),
        sa.Column("team_id", sa.String),
        sa.Column("team_name", sa.Text),
    )


def _bot() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("bot_token", sa.Text),
        sa.Column("bot_id", sa.String),
        sa.Column("bot_user_id", sa.String),
        sa.Column("bot_scopes", sa.Text),
        sa.Column("bot_refresh_token", sa.Text),
        sa.Column("bot_token_expires_at", sa.DateTime),
    )


def _standing() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("is_enterprise_install", sa.Boolean, nullable=False),
        sa.Column("installed_at", sa.DateTime, nullable=False),
    )
