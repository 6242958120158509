"""What every test run says about itself."""

from __future__ import annotations

import os

from tests.fakes.databases import SERVER_VARIABLE

pytest_plugins = ("tests.secrecy",)


def pytest_report_header() -> str:
    if os.environ.get(SERVER_VARIABLE):
        return "databases: SQLite and PostgreSQL"
    return f"databases: SQLite (PostgreSQL too where {SERVER_VARIABLE} names a server; see .ci/postgres)"
