"""Who may do what in each server: the rules in memory, in SQLite, in PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.keys import Server
from bot.policy import ADMINS_ONLY, ASK, EVERYONE, MONEY, Grant, Right, RightKind, RightStore
from storage.database import open_database
from storage.rights import SqlRights
from storage.schema import rights
from tests.fakes.databases import DATABASES, DatabaseUrl, sqlite_url, stores
from tests.fakes.rights import MemoryRights

HERE = Server(platform="discord", server_id="1")
HERO = Right(kind=RightKind.PRESET, name="hero")
SOME = Grant(roles=frozenset({"r1", "r2"}), people=frozenset({"ada", "bø"}))


@pytest.fixture(params=stores(MemoryRights, SqlRights))
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[RightStore]:
    """No server has a rule."""
    async with request.param(tmp_path) as opened:
        yield opened


async def test_a_server_that_has_said_nothing_has_no_rules(store: RightStore) -> None:
    assert await store.rules_of(HERE) == {}


@pytest.mark.parametrize("grant", [EVERYONE, ADMINS_ONLY, SOME])
async def test_what_is_granted_comes_back_as_it_was(store: RightStore, grant: Grant) -> None:
    await store.allow(HERE, HERO, grant)

    assert await store.rules_of(HERE) == {HERO: grant}


async def test_the_last_word_about_a_right_holds(store: RightStore) -> None:
    await store.allow(HERE, ASK, SOME)
    await store.allow(HERE, ASK, ADMINS_ONLY)
    await store.allow(HERE, MONEY, EVERYONE)

    assert await store.rules_of(HERE) == {ASK: ADMINS_ONLY, MONEY: EVERYONE}


async def test_two_servers_and_the_same_id_on_two_platforms_are_apart(store: RightStore) -> None:
    others = [Server(platform="discord", server_id="2"), Server(platform="slack", server_id="1")]
    await store.allow(HERE, ASK, SOME)

    assert [await store.rules_of(other) for other in others] == [{}, {}]
    assert await store.reset(others[0], ASK) is False
    assert await store.rules_of(HERE) == {ASK: SOME}


async def test_a_rule_that_is_reset_is_gone_and_was_there_once(store: RightStore) -> None:
    await store.allow(HERE, ASK, SOME)

    assert [await store.reset(HERE, ASK), await store.reset(HERE, ASK)] == [True, False]
    assert await store.rules_of(HERE) == {}


async def test_of_many_who_change_a_right_at_once_one_wins_and_the_others_do_no_harm(store: RightStore) -> None:
    grants = [Grant(people=frozenset({f"person-{number}"})) for number in range(8)]

    await asyncio.gather(*(store.allow(HERE, ASK, grant) for grant in grants))

    (held,) = (await store.rules_of(HERE)).values()
    assert held in grants


@pytest.mark.parametrize("database_url", DATABASES)
async def test_rules_survive_the_process_that_made_them(database_url: DatabaseUrl, tmp_path: Path) -> None:
    async with database_url(tmp_path) as url:
        async with open_database(url) as database:
            await SqlRights(database).allow(HERE, HERO, SOME)

        async with open_database(url) as database:
            assert await SqlRights(database).rules_of(HERE) == {HERO: SOME}


@pytest.mark.parametrize(
    ("what", "whom", "read"),
    [
        ("fly", "{}", {}),
        ("tier", "{}", {}),
        ("ask:more", "{}", {}),
        ("ask", "{}", {ASK: ADMINS_ONLY}),
        ("ask", "not json", {ASK: ADMINS_ONLY}),
        ("ask", '{"everyone":"yes","roles":[],"people":[7]}', {ASK: Grant(people=frozenset({"7"}))}),
        ("ask", '{"everyone":false,"roles":3,"people":[]}', {ASK: ADMINS_ONLY}),
    ],
)
async def test_what_another_version_wrote_opens_nothing_that_was_closed(
    what: str, whom: str, read: dict[Right, Grant], tmp_path: Path
) -> None:
    async with sqlite_url(tmp_path) as url, open_database(url) as database:
        async with database.writing() as connection:
            row = {"platform": "discord", "server_id": "1", "what": what, "whom": whom}
            await connection.execute(insert(rights).values(row))

        assert await SqlRights(database).rules_of(HERE) == read
