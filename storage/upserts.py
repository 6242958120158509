"""Inserts that may meet a row of the same key: the one part of the language that each database writes by itself."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Database


def insert_into(table: Table, database: Database) -> postgresql.Insert | sqlite.Insert:
    """Return an insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`, alike on both databases."""
    return postgresql.insert(table) if database.dialect == "postgresql" else sqlite.insert(table)
