"""Options, start and stop, the command's first lines, and answering while real models are made."""

import asyncio
import signal
import socket
import sys
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from adapters.rodin.simulator.options import SimulatorOptions
from adapters.rodin.simulator.server import Simulator, serve
from tests.unit.simulator.stand import SERVE, TinyMaker


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"speed": 0.0}, "speed"),
        ({"speed": -1.0}, "speed"),
        ({"speed": float("nan")}, "speed"),
        ({"speed": float("inf")}, "speed"),
        ({"parallel": 0}, "parallel"),
        ({"balance": Decimal(-1)}, "balance"),
        ({"balance": Decimal("NaN")}, "balance"),
        ({"link_ttl_s": 0}, "link_ttl_s"),
        ({"workers": 0}, "workers"),
        ({"cache_bytes": 0}, "cache_bytes"),
        ({"keys": frozenset({""})}, "keys"),
        ({"port": 70_000}, "ports"),
        ({"error_on_success": "maybe"}, "error_on_success"),
        ({"success_status": 204}, "success_status"),
        ({"faults": "moon_phase"}, "moon_phase"),
    ],
)
def test_a_wrong_option_is_refused_by_its_name(wrong: dict[str, Any], named: str):
    with pytest.raises(ValueError, match=named):
        SimulatorOptions(**wrong)


def test_all_wrong_options_are_told_at_once():
    with pytest.raises(ValueError, match=r"speed.*; parallel.*"):
        SimulatorOptions(speed=0, parallel=0)


async def test_a_taken_port_is_an_error_that_leaves_nothing_open():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with pytest.raises(OSError, match="address"):
            async with Simulator(SimulatorOptions(port=taken.getsockname()[1]), maker=TinyMaker()):
                pass


async def test_after_the_end_nobody_listens_and_nothing_is_known():
    async with Simulator(maker=TinyMaker()) as simulator:
        url = simulator.url

    with pytest.raises(RuntimeError, match="not running"):
        _ = simulator.state
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(url)


async def test_it_can_be_entered_again():
    simulator = Simulator(maker=TinyMaker())
    for _ in range(2):
        async with simulator:
            assert simulator.url.startswith("http://127.0.0.1:")


async def test_listening_everywhere_is_told_as_the_loopback_address():
    async with Simulator(SimulatorOptions(host="0.0.0.0"), maker=TinyMaker()) as simulator:
        assert simulator.url.startswith("http://127.0.0.1:")
        assert simulator.files_url.startswith("http://127.0.0.1:")


async def test_serve_prints_where_it_listens_first_and_stops_at_a_signal():
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVE, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(20):
        first = (await process.stdout.readline()).decode().strip()
        hint = (await process.stdout.readline()).decode().strip()
        origin = first.removeprefix("listening on ")

        assert origin.startswith("http://127.0.0.1:")
        assert hint.startswith(f"API root {origin}/api/v2; try: curl ")
        async with aiohttp.ClientSession() as session, session.get(f"{origin}/simulator/ledger") as answer:
            assert answer.status == 200

        process.send_signal(signal.SIGTERM)
        await process.communicate()
    assert process.returncode == 0


async def test_serve_stops_when_it_is_cancelled(capsys: pytest.CaptureFixture[str]):
    serving = asyncio.create_task(serve(SimulatorOptions()))
    while "listening on" not in capsys.readouterr().out:
        await asyncio.sleep(0)
    serving.cancel()

    with pytest.raises(asyncio.CancelledError):
        await serving


async def _asked(session: aiohttp.ClientSession, simulator: Simulator, route: str, **body: str) -> Any:
    async with session.post(f"{simulator.url}/{route}", json=body) as answer:
        return await answer.json()


async def test_a_real_model_comes_out_and_questions_are_answered_meanwhile():
    headers = {"Authorization": "Bearer any"}
    options = SimulatorOptions(speed=100_000)
    async with Simulator(options) as simulator, aiohttp.ClientSession(headers=headers) as session:
        fields = {"prompt": "a brass teapot", "tier": "Gen-2.5-Low", "quality_override": "20000", "seed": "1"}
        async with session.post(f"{simulator.url}/rodin", data=fields) as answer:
            task = await answer.json()

        answered, listing = 0, []
        while not listing:
            listing = (await _asked(session, simulator, "download", task_uuid=task["uuid"]))["list"]
            answered += 1

        links = {entry["name"]: entry["url"] for entry in listing}
        async with aiohttp.ClientSession() as plain, plain.get(links["base_basic_pbr.glb"]) as answer:
            assert (await answer.read())[:4] == b"glTF"
    assert answered > 20  # in a loop that stands still while a model is made, it would be one or two


def test_a_balance_may_be_given_as_any_number():
    assert SimulatorOptions(balance=207.5).balance == Decimal("207.5")  # type: ignore[arg-type]


MADE_OF: dict[tuple[str, str], tuple[str, bytes]] = {
    ("glb", "PBR"): ("base_basic_pbr.glb", b"glTF"),
    ("glb", "Shaded"): ("base_basic_shaded.glb", b"glTF"),
    ("glb", "None"): ("base.glb", b"glTF"),
    ("fbx", "PBR"): ("base_basic_pbr.fbx", b"Kaydara FBX Binary"),
    ("obj", "PBR"): ("base_basic_pbr.obj", b""),
    ("stl", "PBR"): ("base_basic_pbr.stl", b""),
    ("usdz", "PBR"): ("base_basic_pbr.usdz", b"PK\x03\x04"),
}


async def test_every_format_and_material_comes_as_files_of_that_kind():
    headers = {"Authorization": "Bearer any"}
    options = SimulatorOptions(speed=100_000, parallel=20)
    async with Simulator(options) as simulator, aiohttp.ClientSession(headers=headers) as session:
        for (file_format, material), (name, magic) in MADE_OF.items():
            fields = {
                "prompt": "a brass teapot",
                "tier": "Gen-2.5-Low",
                "quality_override": "500",
                "geometry_file_format": file_format,
                "material": material,
                "seed": "1",
            }
            async with session.post(f"{simulator.url}/rodin", data=fields) as answer:
                task = await answer.json()
            built = await simulator.stage.workshop.wait(simulator.state.tasks[task["uuid"]].order.spec)

            listing = (await _asked(session, simulator, "download", task_uuid=task["uuid"]))["list"]

            assert {entry["name"] for entry in listing} == {path.name for path in built.files} >= {name, "preview.webp"}
            link = next(entry["url"] for entry in listing if entry["name"] == name)
            async with aiohttp.ClientSession() as plain, plain.get(link) as answer:
                assert (await answer.read()).startswith(magic)
