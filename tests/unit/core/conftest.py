"""A process around fakes, for every test of the core."""

from __future__ import annotations

import pytest

from tests.unit.core.house import House, Rules


@pytest.fixture
def house() -> House:
    """A process whose key may be used by others too."""
    return House()


@pytest.fixture
def exclusive() -> House:
    """A process whose operator says that nobody else uses the key."""
    return House(rules=Rules(is_exclusive=True))
