"""The audit of dependencies never passes for the lack of an answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

FLAW = {"id": "PYSEC-2026-1", "fix_versions": ["3.14.6"], "aliases": [], "description": ""}
CLEAN = {"name": "aiohttp", "version": "3.14.5", "vulns": []}
FLAWED = {**CLEAN, "vulns": [FLAW]}
UNASKED = {"name": "yarl", "skip_reason": "Dependency not found on PyPI and could not be audited: yarl (1.22)"}

STAND_IN = """
import sys
sys.stdout.write({report!r})
sys.stderr.write({complaint!r})
sys.exit({code})
"""


def run(folder: Path, report: object, *, complaint: str = "", code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the audit with a pip-audit that says this."""
    text = report if isinstance(report, str) else json.dumps({"dependencies": report, "fixes": []})
    (folder / "pip_audit.py").write_text(STAND_IN.format(report=text, complaint=complaint, code=code), "utf-8")
    return subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "audit.py"), "requirements.txt"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_nothing_known_about_any_package_is_clean(tmp_path: Path) -> None:
    ran = run(tmp_path, [CLEAN, {**CLEAN, "name": "yarl"}])

    assert ran.returncode == 0
    assert "nothing is known about any of its 2 packages" in ran.stdout


def test_what_is_known_is_named_with_the_version_that_repairs_it(tmp_path: Path) -> None:
    ran = run(tmp_path, [FLAWED], code=1)

    assert ran.returncode == 1
    assert "aiohttp 3.14.5 has PYSEC-2026-1, repaired in 3.14.6" in ran.stdout


@pytest.mark.parametrize(
    ("report", "complaint", "code"),
    [
        ([UNASKED], "No known vulnerabilities found", 0),
        ([CLEAN, UNASKED], "No known vulnerabilities found, ignored 1", 0),
        ([], "No known vulnerabilities found", 0),
        ("", "pip_audit: could not connect", 1),
        ("<html>proxy</html>", "", 0),
        ('{"other": 1}', "", 0),
        ("[]", "", 0),
    ],
    ids=["all left out", "one left out", "no packages", "no connection", "no JSON", "another shape", "a list"],
)
def test_whoever_could_not_be_asked_about_has_not_passed(
    tmp_path: Path, report: Any, complaint: str, code: int
) -> None:
    ran = run(tmp_path, report, complaint=complaint, code=code)

    assert ran.returncode == 3
    assert "NOT AUDITED" in ran.stdout


def test_what_is_known_counts_before_what_could_not_be_asked(tmp_path: Path) -> None:
    ran = run(tmp_path, [FLAWED, UNASKED], code=1)

    assert ran.returncode == 1
    assert "PYSEC-2026-1" in ran.stdout
    assert "NOT AUDITED" in ran.stdout


def test_what_audits_is_pinned_and_hashed_and_called_for_every_change() -> None:
    pins = [line for line in (ROOT / "requirements-audit.txt").read_text("utf-8").splitlines() if line[:1].isalnum()]

    assert any(line.startswith("pip-audit==") for line in pins)
    assert all("==" in line and line.endswith("\\") for line in pins)
    assert ".ci/audit.py" in (ROOT / "Makefile").read_text("utf-8")
    assert ".ci/audit.py" in (ROOT / ".ci" / "run").read_text("utf-8")
