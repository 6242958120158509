"""The project's own promises about its files."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]

LONGEST_FILE_LINES = 400


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_source_file_is_longer_than_a_person_reads_at_once():
    long_ones = [path for path in tracked("*.py") if len(path.read_text().splitlines()) > LONGEST_FILE_LINES]

    assert not long_ones


def test_every_dependency_says_why_it_is_here():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [*project["dependencies"], *(name for extra in project["optional-dependencies"].values() for name in extra)]
    packages = {re.split(r"[\[<>=~!; ]", name)[0] for name in named}
    reasons = (ROOT / "docs" / "dependencies.md").read_text()

    rows = [line for line in reasons.splitlines() if line.startswith("| ")]
    named_there = {name.strip() for row in rows for name in row.split("|")[1].split(",")}

    assert packages <= named_there


def test_lock_files_pin_and_hash_everything_and_name_no_address():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().splitlines()
        pins = [line for line in lines if re.match(r"[a-z0-9]", line)]

        assert pins, name
        assert all("==" in line and line.endswith("\\") for line in pins), name
        assert not [line for line in lines if "://" in line or line.startswith("--")], name
    assert "resolved" not in (ROOT / "package-lock.json").read_text()


def test_the_lock_holds_every_dependency_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = {line.split("==")[0] for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line}
    wanted = {re.split(r"[\[<>=~!; ]", name)[0].lower().replace("_", "-") for name in project["dependencies"]}

    assert {name.replace(".", "-") for name in wanted} <= {name.lower().replace(".", "-") for name in pinned}


def test_every_package_folder_is_listed_for_the_wheel():
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    folders = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in tracked("bot/*.py", "adapters/*.py", "storage/*.py")
        if path.name == "__init__.py"
    }

    assert listed == folders


def test_tests_use_no_mocks():
    mock = re.compile(r"^\s*(from|import) unittest", re.MULTILINE)

    users = [path for path in tracked("tests/*.py") if mock.search(path.read_text())]

    assert not users


def test_the_readme_names_every_setting_of_the_example():
    names = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    readme = (ROOT / "README.md").read_text()

    assert not [name for name in names if f"`{name}`" not in readme]
