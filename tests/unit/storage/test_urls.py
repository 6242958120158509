"""How `DATABASE_URL` is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import DatabaseUnusable
from storage.urls import parse_database_url


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///data/bot.db", "data/bot.db"),
        ("sqlite+aiosqlite:///data/bot.db", "data/bot.db"),
        ("sqlite:////var/lib/bot.db", "/var/lib/bot.db"),
        ("sqlite:///with space/böt.db", "with space/böt.db"),
    ],
)
def test_an_sqlite_url_names_a_file(url: str, path: str) -> None:
    assert parse_database_url(url).path == Path(path)


@pytest.mark.parametrize(
    "url",
    [
        "postgres://ada:s3cret@db.example.org:6543/bot",
        "postgresql://ada:s3cret@db.example.org:6543/bot",
        "postgresql+asyncpg://ada:s3cret@db.example.org:6543/bot",
        "postgresql+psycopg2://ada:s3cret@db.example.org:6543/bot",
    ],
)
def test_a_postgres_url_is_taken_as_hosts_give_it_and_shown_without_password(url: str) -> None:
    place = parse_database_url(url)

    assert place.path is None
    assert place.dsn == "postgresql://ada:s3cret@db.example.org:6543/bot"
    assert place.where == "postgresql at db.example.org:6543, database bot"
    assert "s3cret" not in repr(place)


def test_what_only_libpq_understands_is_left_out_and_the_rest_is_kept() -> None:
    place = parse_database_url(
        "postgres://ada:p%40ss@db/bot?sslmode=require&channel_binding=require&connect_timeout=10&application_name=bot"
    )

    assert place.dsn == "postgresql://ada:p%40ss@db/bot?application_name=bot&sslmode=require"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "cannot be read"),
        ("data/bot.db", "cannot be read"),
        ("postgresql://ada:s3cret@db:port/bot", "cannot be read"),
        ("mysql://ada:s3cret@db/bot", "not known here"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///file::memory:?cache=shared&uri=true", "names no file"),
        ("sqlite://data/bot.db", "three slashes"),
        ("postgresql:///bot", "names no PostgreSQL host"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence_that_keeps_the_password(url: str, says: str) -> None:
    with pytest.raises(DatabaseUnusable, match=says) as caught:
        parse_database_url(url)

    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None
