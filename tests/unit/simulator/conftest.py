"""A simulator on ports of the system's choice, with time that stands still."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from adapters.rodin.simulator.options import SimulatorOptions
from adapters.rodin.simulator.server import Simulator
from tests.unit.simulator.stand import Stand, TinyMaker, TurnedClock

OpenStand = Callable[..., Awaitable[Stand]]


@pytest.fixture
async def open_stand(caplog: pytest.LogCaptureFixture) -> AsyncIterator[OpenStand]:
    """Opens simulators; in the end none of them may have met an unknown route or an error that nobody expected."""
    opened: list[Stand] = []
    async with AsyncExitStack() as exits:

        async def open_one(**options: Any) -> Stand:
            clock, maker = TurnedClock(), TinyMaker()
            simulator = Simulator(SimulatorOptions(**{"seed": 7, **options}), clock=clock, maker=maker)
            # The session is opened first, so that it closes last: a held answer ends when the simulator does.
            session = await exits.enter_async_context(aiohttp.ClientSession())
            await exits.enter_async_context(simulator)
            opened.append(Stand(simulator=simulator, session=session, clock=clock, maker=maker))
            return opened[-1]

        yield open_one

        for stand in opened:
            unknown = [route for route in stand.simulator.state.requests if route.endswith(" unknown")]
            assert stand.meets_unknown_routes or not unknown
        assert not [record for record in caplog.get_records("call") if record.name.startswith("aiohttp")]


@pytest.fixture
async def stand(open_stand: OpenStand) -> Stand:
    return await open_stand()
