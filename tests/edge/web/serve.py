"""Serves one file of a folder in a process of its own, so that its memory can be measured: prints the file's address.

`python -m tests.edge.web.serve FOLDER SIZE SHA256`; the file lies at FOLDER/results/large.glb. Ends with its input.
"""

from __future__ import annotations

import asyncio
import sys

from adapters.web.links import SignedLinks
from adapters.web.server import Supplies, WebOptions, WebPart
from adapters.web.shelf import STATIC, Shelf
from bot.exhibit import ShownFile
from bot.model import FileRole
from storage.files import ObjectFileStore
from tests.edge.web.hall import KEY, an_exhibit
from tests.fakes.library import FakeLibrary


async def main(folder: str, size: str, sha256: str) -> None:
    file = ShownFile(
        name="large.glb", role=FileRole.MODEL, size_bytes=int(size), sha256=sha256, key="results/large.glb"
    )
    library, links = FakeLibrary(an_exhibit(files=(file,))), SignedLinks(KEY, public_url=None)
    files = ObjectFileStore(folder)
    web = WebPart(WebOptions(port=0), Supplies(library=library, files=files, links=links, shelf=Shelf(STATIC)))
    await web.start()
    sys.stdout.write(f"{web.url}/t/{links.token('du9xkna', 0)}/large.glb\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await web.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
