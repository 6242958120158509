"""A watch over the whole run: no secret that a test used may be read in logs, output, databases, files or messages.

A pytest plugin. Whoever makes a secret for a test (a stand-in's token, the key of a house) tells it to `learn`; whoever
shows something to people tells it to `note`. After each test the watch looks through what was noted, what was logged
and printed, and every file under the test's folder, databases among them. A test that lets a secret out fails.

Rodin's subscription keys stand in the database in the clear on purpose (SECURITY.md says why): the watch learns them
from there, and looks for them everywhere else.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

SHORTEST = 12
"""Characters of a secret that is looked for: a shorter one would be met by chance."""

LARGEST_FILE_BYTES = 64_000_000

RUN = re.compile(rb"[A-Za-z0-9_-]{12,}")
"""Most secrets are such a run, so one walk through some bytes finds any of thousands."""

SHAPES = (re.compile(rb"X-Tos-Signature=[0-9a-f]{16}"), re.compile(rb"xox[abeprs]-[A-Za-z0-9]+-[0-9a-f]{24}"))
"""What a secret looks like that nobody told: a signed link of Rodin's file host, a token of a workspace."""

PLACES_OF_SECRETS = re.compile(r"(?:^|/)(?:\.env|secret\.key)$|^installations/")
"""Files in which a secret is meant to stand; Bolt's own store of installations, which only a stand-in's test uses."""

SQLITE = b"SQLite format 3\x00"


class Watch:
    """The secrets of one test, and where they were seen."""

    def __init__(self) -> None:
        self._runs: set[bytes] = set()
        self._others: set[bytes] = set()
        self.seen: list[str] = []

    def learn(self, secret: str) -> None:
        """Look for a secret from now on."""
        if len(secret) >= SHORTEST:
            value = secret.encode("utf-8", "surrogatepass")
            (self._runs if RUN.fullmatch(value) else self._others).add(value)

    def forget(self, known: str) -> None:
        """Look no more for secrets that are part of a text which is no secret, such as the name of a test's folder."""
        text = known.encode()
        self._runs = {value for value in self._runs if value not in text}
        self._others = {value for value in self._others if value not in text}

    def look(self, data: bytes, where: str) -> None:
        """Note when some bytes hold a secret; which one is told by its first letters only."""
        found = self._runs.intersection(RUN.findall(data)) if self._runs else set()
        found |= {value for value in self._others if value in data}
        found |= {match[0] for shape in SHAPES if (match := shape.search(data))}
        self.seen += [f"{where}: {value[:6].decode('utf-8', 'replace')}…" for value in sorted(found)]


_watch = Watch()


def learn(*secrets: str | None) -> None:
    """Tell secrets that must not be read anywhere while this test runs."""
    for secret in secrets:
        if secret is not None:
            _watch.learn(secret)


def note(shown: str, where: str) -> None:
    """Tell what people could read somewhere."""
    _watch.look(shown.encode("utf-8", "surrogatepass"), where)


def look_through(folder: Path) -> None:
    """Look through all files under a folder; the subscription keys in databases there are looked for in the others."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    keys = {path: _subscription_keys(path) for path in files if _begins(path, SQLITE)}
    learn(*(key for found in keys.values() for key in found))
    for path in files:
        name = path.relative_to(folder).as_posix()
        if not PLACES_OF_SECRETS.search(name) and path.stat().st_size <= LARGEST_FILE_BYTES:
            own = keys.get(_database_of(path), [])
            (_watch_without(own) if own else _watch).look(path.read_bytes(), name)


def _begins(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _database_of(path: Path) -> Path:
    """Return the database that a file belongs to: itself, or the one whose log it is."""
    return path.with_name(re.sub(r"-(?:wal|shm|journal)$", "", path.name))


def _subscription_keys(path: Path) -> list[str]:
    """Return Rodin's subscription keys in a database and its log; none where it is another one, or unreadable."""
    statement = "SELECT subscription_key FROM tasks WHERE subscription_key IS NOT NULL"
    with tempfile.TemporaryDirectory() as folder, suppress(sqlite3.Error, OSError):
        copy = Path(folder) / "copy.db"
        for suffix in ("", "-wal"):
            if (part := path.with_name(f"{path.name}{suffix}")).exists():
                shutil.copyfile(part, f"{copy}{suffix}")
        with closing(sqlite3.connect(copy)) as connection:
            return [str(key) for (key,) in connection.execute(statement)]
    return []


def _watch_without(known: Iterable[str]) -> Watch:
    """Return a watch for the other secrets, which writes down what it sees in the same list."""
    watch = Watch()
    watch._runs, watch._others, watch.seen = set(_watch._runs), set(_watch._others), _watch.seen
    for key in known:
        watch.forget(key)
    return watch


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Begin each test without secrets."""
    _watch.__init__()  # type: ignore[misc]  # whoever imported it keeps the same one


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a test fail, once it is over, that has let a secret out."""
    report = yield
    if report.when == "teardown" and report.passed:
        _look_through_all(item, report.sections)
        if _watch.seen:
            report.outcome = "failed"
            report.longrepr = "\n".join(["secrets that can be read:", *_watch.seen])
    return report


def _look_through_all(item: pytest.Item, sections: Iterable[tuple[str, str]]) -> None:
    folder = _folder_of(item)
    if folder is not None:
        _watch.forget(str(folder))
        look_through(folder)
    for title, text in sections:
        note(text, title)


def _folder_of(item: pytest.Item) -> Path | None:
    given: Any = getattr(item, "funcargs", {})
    folder = given.get("tmp_path")
    return folder if isinstance(folder, Path) and folder.is_dir() else None


def secrets_among(settings: Mapping[str, str]) -> Iterator[str]:
    """Yield the values of settings that are secrets, as their names tell."""
    for name, value in settings.items():
        if name.endswith(("_KEY", "_TOKEN", "_SECRET")):
            yield value
