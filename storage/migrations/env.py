"""What Alembic runs around each migration. Our `storage.migrations.upgrade` hands the connection in."""

from __future__ import annotations

from alembic import context

from storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can roll DDL back; Alembic is careful because the driver, left to itself, would not begin.
    transactional_ddl=True,
)
context.run_migrations()
