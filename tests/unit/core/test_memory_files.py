"""The file store that the core's tests use keeps the promises of the real ones: the same suite, run over it."""

from __future__ import annotations

import pytest

from bot.ports import FileStore
from tests.contract.test_file_store import *  # noqa: F403 - the whole suite, over the fixture below
from tests.fakes.files import MemoryFileStore

del test_an_address_at_the_store_downloads_the_file_under_its_name  # noqa: F821 - only a bucket has addresses


@pytest.fixture
def store() -> FileStore:
    return MemoryFileStore()
