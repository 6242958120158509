"""docs/simulator.md tells the truth: its tables of routes, behaviours, options and faults are those of the code.

`python -m tests.rules.test_simulator_docs` writes the table of faults anew.
"""

import ast
import asyncio
import dataclasses
import re
from pathlib import Path

import pytest
from aiohttp import web

from adapters.rodin.simulator import answers
from adapters.rodin.simulator.faults import FAULTS
from adapters.rodin.simulator.options import SimulatorOptions
from adapters.rodin.simulator.server import Simulator

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "simulator.md"
TESTS = ROOT / "tests" / "unit" / "simulator"
CODE = ROOT / "adapters" / "rodin" / "simulator"
BEGIN, END = "<!-- faults: written by `python -m tests.rules.test_simulator_docs` -->\n", "<!-- end of faults -->"


def fault_table() -> str:
    rows = [f"| `{fault.name}` | {fault.scope} | {fault.charged} | {fault.description} |" for fault in FAULTS.values()]
    return "\n".join(["", "| fault | hits | charged | what happens |", "|---|---|---|---|", *rows, "", ""])


def _rows_after(marker: str) -> list[list[str]]:
    _, _, rest = DOCS.read_text(encoding="utf-8").partition(f"<!-- {marker}:")
    table = re.search(r"(?:^\|.*\n)+", rest, re.MULTILINE)
    assert table is not None
    lines = table[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_of_faults_is_that_of_the_code():
    text = DOCS.read_text(encoding="utf-8")

    shown = text.partition(BEGIN)[2].partition(END)[0]

    assert shown == fault_table(), "run: python -m tests.rules.test_simulator_docs"


async def test_the_table_of_routes_is_that_of_the_code():
    registered: set[tuple[str, str]] = set()
    async with Simulator() as simulator:
        for listener, runner in zip(("files", "API"), simulator.runners, strict=True):
            registered |= {(listener, route) for route in _routes(runner.app)}

    assert {(row[0], row[1].strip("`")) for row in _rows_after("routes")} == registered


def _routes(application: web.Application) -> set[str]:
    found = {
        f"{route.method} {route.resource.canonical}"
        for route in application.router.routes()
        if route.resource is not None
    }
    return {route for route in found if not route.startswith("HEAD ")}


def test_every_behaviour_names_a_test_that_exists():
    written = {
        node.name
        for path in TESTS.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    named = [row[-1].strip("`") for row in _rows_after("behaviours")]

    assert set(named) <= written
    assert len(named) == len(set(named))


def test_every_option_stands_in_the_docs():
    text = DOCS.read_text(encoding="utf-8").partition("## Options")[2].partition("## Routes")[0]
    shown = {name for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}

    assert shown == {field.name for field in dataclasses.fields(SimulatorOptions)}


@pytest.mark.parametrize("path", sorted(CODE.glob("*.py")), ids=lambda path: path.name)
def test_the_simulator_knows_neither_the_bot_nor_its_client(path: Path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")

    assert not {name for name in imported if name.split(".")[0] in {"bot", "storage"}}
    assert not {
        name for name in imported if name.startswith("adapters") and not name.startswith("adapters.rodin.simulator")
    }


def test_every_kind_of_broken_answer_is_known_by_a_fault():
    kinds = {answers.broken_kind(name) for name in FAULTS}

    assert set(answers.BROKEN_ANSWERS) <= kinds


async def test_the_example_script_runs_as_it_is_printed(capsys: pytest.CaptureFixture[str]):
    block = re.search(r"```python\n(import time.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    async with Simulator(SimulatorOptions(speed=100_000)) as simulator:
        script = (
            block[1].replace("http://127.0.0.1:36935", simulator.origin).replace("time.sleep(5)", "time.sleep(0.01)")
        )

        await asyncio.to_thread(exec, script, {})

        assert simulator.state.authorization_leaks == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["base_basic_pbr.glb", "preview.webp"]


def write() -> None:
    """Write the table of faults into the docs."""
    before, begin, rest = DOCS.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    DOCS.write_text(before + begin + fault_table() + end + after, encoding="utf-8")


if __name__ == "__main__":
    write()
