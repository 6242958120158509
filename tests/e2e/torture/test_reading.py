"""What is read of the store, the terminal and the exported ledger."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path

from tests.e2e.torture.reading import PRINTED, read_folder, read_ledger, read_store, what_broke

PRINTED_BY_A_TERMINAL = """\
Task aaaaaaa: Gen-2.5-Low, glb, 500 triangles, PBR, seed 1. Price: 0.5 credits.
aaaaaaa  a bell: Next in line.
✔ aaaaaaa  a bell
  Your model is ready, after 8 s.
✔ aaaaaaa  a bell  ready
✔ aaaaaaa  a bell  ready
  Your model is ready, after 8 s.
✔ aaaaaaa  a bell  ready  ← this one
? bbbbbbb  a pot  unclear
? bbbbbbb  a pot
  The request was sent, but Rodin's answer was lost, so nobody can tell whether it was taken.
- ccccccc  a cup
  Called off before it was sent. Nothing was charged.
+ aaaaaaa  a bell
  Model:     out/model.glb
- aaaaaaa  a bell
  The files of this task were deleted.
"""


def test_an_ending_is_told_apart_from_a_list_or_status_and_from_what_changed_later() -> None:
    assert PRINTED.findall(PRINTED_BY_A_TERMINAL) == ["aaaaaaa", "bbbbbbb", "ccccccc"]


def test_what_lies_at_the_terminal_is_read_with_what_was_exported(tmp_path: Path) -> None:
    folder = tmp_path / "a-bell-aaaaaaa"
    folder.mkdir()
    (folder / "model.glb").write_bytes(b"whole")
    (folder / ".model.glb.x7").write_bytes(b"half")
    (tmp_path / "rodin-bot-data-2026-11-22.zip").write_bytes(b"PK half")

    taken_home, [archive] = read_folder(tmp_path)

    assert taken_home == {"a-bell-aaaaaaa/model.glb": hashlib.sha256(b"whole").hexdigest()}
    assert (archive.user, archive.tasks) == ("you", ())
    assert "BadZipFile" in archive.problem


def test_half_and_hidden_files_of_the_store_are_litter(tmp_path: Path) -> None:
    folder = tmp_path / "tasks" / "aaaaaaa"
    folder.mkdir(parents=True)
    (folder / "model.glb").write_bytes(b"whole")
    (folder / "model.glb#1").write_bytes(b"half")
    (folder / ".model.glb.x7").write_bytes(b"half")

    stored, litter = read_store(tmp_path)

    assert stored == {"tasks/aaaaaaa/model.glb": hashlib.sha256(b"whole").hexdigest()}
    assert litter == ["tasks/aaaaaaa/.model.glb.x7", "tasks/aaaaaaa/model.glb#1"]


def test_an_entry_without_what_rodin_said_counts_its_price() -> None:
    [entry] = read_ledger("time,task,price,consumed,charge,rodin_uuid\nnow,aaaaaaa,0.5,,maybe,\n")

    assert (entry.task, entry.uuid, entry.consumed, entry.amount) == ("aaaaaaa", "", None, Decimal("0.5"))


def test_what_broke_is_named_also_where_the_log_indents_it() -> None:
    logged = (
        "2026-11-22T19:21:08.616Z ERROR   asyncio  Task exception was never retrieved\n"
        "  Traceback (most recent call last):\n"
        '    File "bot/crew.py", line 124, in _guarded\n'
        "  KeyError: '6y9a5z5'\n"
        "2026-11-22T19:21:08.722Z INFO    bot.submitter  rodin took it\n"
    )

    assert what_broke(logged) == "KeyError: '6y9a5z5'"
    assert what_broke("2026-11-22T19:21:08.722Z ERROR   bot.crew  database does not answer\n") is None
