"""The planted bugs do not rot: every patch still fits, what has to notice it is there, and the page names each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.torture.foci import FOCI
from tests.mutants.__main__ import trials_of
from tests.mutants.patches import ROOT, Mutant, Unusable, apply, mutants, read_mutant
from tests.mutants.trials import copy_tree, try_mutant

ALL = mutants()
PAGE = ROOT / "docs" / "torture.md"

HARMLESS = """\
A page says a word more, which is no bug.

Run: pytest tests/e2e/torture/test_plan.py
Sees: .

diff --git a/page.md b/page.md
new file mode 100644
--- /dev/null
+++ b/page.md
@@ -0,0 +1 @@
+a word
"""


def row_of(mutant: Mutant) -> str:
    return f"| `{mutant.name}` | {mutant.bug} | `{mutant.trial}` |"


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_every_patch_still_applies(mutant: Mutant) -> None:
    apply(mutant.patch, ROOT, "--check")


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_what_has_to_notice_a_bug_is_there(mutant: Mutant) -> None:
    if mutant.trial.tool == "torture":
        assert mutant.trial.arguments[:1] == ("--focus",)
        assert mutant.trial.arguments[1] in FOCI
        return

    tests = "".join((ROOT / name).read_text("utf-8") for name in mutant.trial.arguments)

    assert mutant.sees.search(tests)


def test_every_focus_of_the_harness_has_a_bug_that_it_finds() -> None:
    used = {mutant.trial.arguments[1] for mutant in ALL if mutant.trial.tool == "torture"}

    assert used == set(FOCI)


def test_the_page_names_every_bug_and_what_notices_it() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `") and line.count("|") == 4]

    assert [row for row in rows if row.endswith("` |")] == [row_of(mutant) for mutant in ALL]


def test_each_run_has_to_pass_without_any_bug_once() -> None:
    wanted = trials_of(ALL)

    assert len(wanted) == len(set(wanted))
    assert {trial for trial in wanted if trial.tool == "torture"} == {
        mutant.trial for mutant in ALL if mutant.trial.tool == "torture"
    }


def test_a_patch_that_does_not_fit_any_more_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"does not apply any more"):
        apply(ALL[0].patch, tmp_path)


@pytest.mark.parametrize("begins", ["diff --git", "A bug.\n\nRun: make it\nSees: it\n\ndiff --git "])
def test_a_patch_without_its_description_is_refused(begins: str, tmp_path: Path) -> None:
    patch = tmp_path / "one.patch"
    patch.write_text(begins)

    with pytest.raises(Unusable, match=r"one\.patch"):
        read_mutant(patch)


def test_any_other_trouble_is_no_notice() -> None:
    told_twice = next(mutant for mutant in ALL if mutant.name == "tell_before_write")

    assert told_twice.caught_by(("waited 30 s in vain for a connection",)) is None
    assert told_twice.caught_by(("a remark", "task 3ht62pb (ready) has 2 messages of kind root")) is not None


@pytest.mark.slow
def test_a_bug_that_nothing_notices_survives(tmp_path: Path) -> None:
    patch, sound = tmp_path / "harmless.patch", tmp_path / "sound"
    patch.write_text(HARMLESS)
    copy_tree(sound)

    tried = try_mutant(read_mutant(patch), sound)

    assert (tried.is_good, tried.caught) == (False, "")
    assert "passed" in tried.said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["harmless.patch", "sound"]
