"""Drives headless Chromium through a page and reports what was seen. Needs Chromium, Node.js and `npm ci`."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

ROOT = Path(__file__).parents[3]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# WebGL without a GPU: https://chromium.googlesource.com/chromium/src/+/main/docs/gpu/swiftshader.md
DRAWS = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
DRAWS_NOTHING = ("--no-sandbox", "--disable-gpu", "--disable-3d-apis")
LIMIT_S = 110

DESKTOP: Mapping[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: Mapping[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "deviceScaleFactor": 2,
    "hasTouch": True,
    "isMobile": True,
}

needs_browser = [
    pytest.mark.slow,
    pytest.mark.node,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed"),
    pytest.mark.skipif(
        not all((ROOT / "node_modules" / name).is_dir() for name in ("axe-core", "playwright-core")),
        reason="axe-core or playwright-core is not installed: run `npm ci`",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one walk through a page came to. `console` holds errors only: a slow machine warns of its slowness."""

    status: int
    steps: Sequence[Any]
    requests: Sequence[str]
    console: Sequence[str]
    errors: Sequence[str]


async def visit(url: str, *steps: Sequence[Any], flags: Sequence[str] = DRAWS, **context: Any) -> Visit:
    """Open a page, take the steps (verbs are in tests/tools/browse.cjs), and close the browser."""
    orders = {"chromium": CHROMIUM, "flags": flags, "context": context, "url": url, "steps": steps}
    process = await asyncio.create_subprocess_exec(
        *("node", str(ROOT / "tests" / "tools" / "browse.cjs")),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LIMIT_S):
            out, err = await process.communicate(json.dumps(orders).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, err.decode()[-3000:]
    report = json.loads(out)
    return Visit(
        status=report["status"],
        steps=report["steps"],
        requests=[request["url"] for request in report["requests"]],
        console=[line for line in report["console"] if line.startswith("error")],
        errors=report["errors"],
    )


def is_varied(path: Path) -> bool:
    """Whether a screenshot shows more than a background: its colours spread over the middle."""
    with Image.open(path) as picture:
        width, height = picture.size
        middle = picture.convert("L").crop((width // 4, height // 4, width * 3 // 4, height * 3 // 4))
        return ImageStat.Stat(middle).stddev[0] > 15


def differ(one: Path, other: Path) -> float:
    """Return how much two screenshots of one size differ, on average, from 0 to 255."""
    with Image.open(one) as first, Image.open(other) as second:
        return float(ImageStat.Stat(ImageChops.difference(first.convert("L"), second.convert("L"))).mean[0])
