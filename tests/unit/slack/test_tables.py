"""Our tables for Slack's installations have the columns that slack_sdk reads and writes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore as Store
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore as States

from storage import schema
from storage.migrations import upgrade

THEIRS = sa.MetaData()
TABLES = (
    (schema.slack_installations, Store.build_installations_table(THEIRS, "slack_installations")),
    (schema.slack_bots, Store.build_bots_table(THEIRS, "slack_bots")),
    (schema.slack_oauth_states, States.build_oauth_states_table(THEIRS, "slack_oauth_states")),
)


@pytest.mark.parametrize(("ours", "theirs"), TABLES, ids=lambda table: table.name)
def test_each_column_of_theirs_is_one_of_ours(ours: sa.Table, theirs: sa.Table) -> None:
    assert set(ours.c.keys()) == set(theirs.c.keys())
    for name, column in theirs.c.items():
        assert ours.c[name].nullable == column.nullable, name
        assert isinstance(ours.c[name].type, column.type._type_affinity), name


@pytest.mark.parametrize(("ours", "theirs"), TABLES, ids=lambda table: table.name)
def test_the_migrations_make_what_the_schema_says(ours: sa.Table, theirs: sa.Table) -> None:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        upgrade(connection)
        made = {column["name"]: column for column in sa.inspect(connection).get_columns(ours.name)}
        indexes = {index["name"] for index in sa.inspect(connection).get_indexes(ours.name)}
    engine.dispose()

    assert set(made) == set(ours.c.keys())
    assert all(made[name]["nullable"] == column.nullable for name, column in ours.c.items())
    assert indexes == {index.name for index in ours.indexes}
