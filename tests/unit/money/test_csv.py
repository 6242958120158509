"""The ledger as a file that spreadsheets open: whole, and nothing in it runs."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.ledger import COLUMNS, Entry, write_csv
from bot.model import Charge
from tests.factories import NOON


def an_entry(**changes: Any) -> Entry:
    entry = Entry(
        at=NOON,
        task_id="abc2345",
        platform="console",
        server_id=None,
        channel_id="tty",
        user_id="ada",
        product="Gen-2.5-Medium",
        price=Decimal("0.50"),
        consumed=Decimal("0.500"),
        charge=Charge.YES,
        uuid="uuid-1",
    )
    return replace(entry, **changes)


async def written(*entries: Entry) -> str:
    async def each() -> AsyncIterator[Entry]:
        for entry in entries:
            yield entry

    to = io.StringIO(newline="")
    await write_csv(each(), to)
    return to.getvalue()


async def test_the_first_line_names_the_columns_and_each_entry_is_a_line() -> None:
    assert await written(an_entry(), an_entry(consumed=None, charge=Charge.MAYBE, uuid=None, key="2b4d6f8h0j2k")) == (
        "time,task,platform,server,channel,person,product,price,consumed,charge,rodin_uuid,key\n"
        "2026-03-02T12:00:00.000+00:00,abc2345,console,,tty,ada,Gen-2.5-Medium,0.5,0.5,yes,uuid-1,operator\n"
        "2026-03-02T12:00:00.000+00:00,abc2345,console,,tty,ada,Gen-2.5-Medium,0.5,,maybe,,2b4d6f8h0j2k\n"
    )


async def test_without_entries_there_are_still_the_names() -> None:
    assert await written() == ",".join(name for name, _ in COLUMNS) + "\n"


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\uff1d1", "=cmd|'/c calc'!A0", '=HYPERLINK("x")', "\u00a0=1"]
)
async def test_no_cell_begins_as_a_formula(name: str) -> None:
    (_, row) = csv.reader(io.StringIO(await written(an_entry(user_id=name))))

    assert row[5] == f"'{name}"


@pytest.mark.parametrize("name", ["a=b", "Ada, Countess", 'the "boss"', "名前", " blank", "", "'", " ", "1-1"])
async def test_any_other_name_comes_back_as_it_is(name: str) -> None:
    (_, row) = csv.reader(io.StringIO(await written(an_entry(user_id=name))))

    assert row[5] == name


@pytest.mark.parametrize("control", ["\0", "\t", "\n", "\r", "\x1b", "\x85", "\u2028", "\ud800"])
async def test_an_entry_is_one_line_whatever_is_in_it(control: str) -> None:
    text = await written(an_entry(user_id=f"a{control}b", server_id=f"{control}=1"))

    assert len(text.splitlines()) == 2
    (_, row) = csv.reader(io.StringIO(text))
    assert (row[5], row[3]) == ("a b", "' =1")


async def test_large_and_fine_amounts_are_written_out() -> None:
    (_, row) = csv.reader(io.StringIO(await written(an_entry(price=Decimal("1E+3"), consumed=Decimal("0.001")))))

    assert row[7:9] == ["1000", "0.001"]
