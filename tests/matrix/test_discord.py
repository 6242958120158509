"""The matrix: Discord's calls. One bot lives through all cells."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.matrix.cells import Cell, cells_of
from tests.matrix.exercise import Scene, assert_goes_on, exercise
from tests.matrix.on_discord import a_discord_scene

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with a_discord_scene(tmp_path_factory.mktemp("machine")) as made:
        yield made


@pytest.mark.parametrize("cell", cells_of("discord"), ids=str)
async def test_a_fault_ends_as_the_table_says_and_the_bot_goes_on(cell: Cell, scene: Scene) -> None:
    await exercise(scene, cell)


async def test_after_all_of_that_a_model_is_made_as_if_nothing_had_been(scene: Scene) -> None:
    await assert_goes_on(scene)
