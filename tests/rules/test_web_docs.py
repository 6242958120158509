"""docs/web.md names every route of the web part and every number it tells, and no others."""

import re
from pathlib import Path

from adapters.web.links import SignedLinks
from adapters.web.server import Supplies, WebOptions, WebPart
from storage.files import ObjectFileStore
from tests.fakes.library import FakeLibrary

DOCS = Path(__file__).parents[2] / "docs" / "web.md"


def web_part(folder):
    links = SignedLinks("a key that only this test knows", public_url=None)
    supplies = Supplies(library=FakeLibrary(), files=ObjectFileStore(str(folder)), links=links)
    return WebPart(WebOptions(port=0), supplies)


def first_cells(heading):
    section = DOCS.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)`", section, re.MULTILINE))


def test_the_table_of_routes_is_that_of_the_code(tmp_path):
    routes = {
        re.sub(r":\.\+", "", resource.canonical) for resource in web_part(tmp_path).application.router.resources()
    }

    assert first_cells("Routes") == routes


def test_the_table_of_numbers_is_that_of_the_code(tmp_path):
    families = {
        family.name + ("_total" if family.type == "counter" else "") for family in web_part(tmp_path).registry.collect()
    }

    told = {"process_*" if name.startswith("process_") else name for name in families}
    assert first_cells("Numbers") == told
