"""The page of a task, as HTML: what it shows, what chats make of it, and what nobody can put into it."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import AsyncGenerator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from adapters.web.server import WebOptions
from adapters.web.shelf import STATIC, VIEWER, Shelf
from bot.exhibit import ShownFile
from bot.model import FileRole
from bot.words_privacy import sections
from tests.edge.web.hall import PUBLIC, Hall, open_hall
from tests.fakes.files import MemoryFileStore

GLB = "base_basic_pbr.glb"
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}</title></textarea>&lt;"


class Reader(HTMLParser):
    """Every element with its attributes, and the text a person reads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attrs
            for name, attrs in self.elements
            if name == tag and all(attrs.get(key.rstrip("_")) == value for key, value in wanted.items())
        ]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def a_file(name: str, role: FileRole = FileRole.MODEL, **changes: Any) -> ShownFile:
    fields = {"size_bytes": 1_234_567, "sha256": "0" * 64, "key": f"results/{name}"} | changes
    return ShownFile(name=name, role=role, **fields)


def with_viewer(folder: Path) -> Shelf:
    (folder / "assets").mkdir()
    (folder / "assets" / VIEWER).write_text("/* the viewer */")
    return Shelf(STATIC, folder / "assets")


async def page_of(hall: Hall, **changes: Any) -> Reader:
    hall.library.change("du9xkna", **changes)
    answer = await hall.get(hall.path())
    assert answer.status == 200
    return Reader(answer.text)


async def test_the_page_names_the_model_its_settings_facts_and_files(hall: Hall) -> None:
    page = await page_of(hall)

    assert ("html", {"lang": "en"}) in page.elements
    for words in (
        "a brass teapot · 3D model",
        "2 March 2026",
        "Gen-2.5-Medium, glb, 60,000 triangles, PBR, seed 59156.",
        "Triangles 60,000",
        "Watertight yes",
        "Download base_basic_pbr.glb",
        "10 kB",
    ):
        assert words in page.text
    links = [attrs["href"] for attrs in page.all("a") if "download" in attrs]
    assert links == [f"{hall.path(GLB).removeprefix('/t/')}"] * 2


async def test_every_picture_and_control_has_words_for_those_who_cannot_see(hall: Hall, tmp_path: Path) -> None:
    files = (a_file("still.png", FileRole.RENDER), a_file("frames.webp", FileRole.OTHER))
    page = await page_of(hall, files=files, poster="still.png", frames="frames.webp", model=None)

    assert all(attrs.get("alt") for attrs in page.all("img"))
    assert page.all("img")
    assert all(attrs.get("aria-label") for attrs in page.all("canvas"))
    assert len(page.all("h1")) == 1


async def test_a_long_prompt_stands_in_full_under_its_title(hall: Hall) -> None:
    prompt = "a weathered bronze lantern\nwith ivy on the handle, " * 5
    page = await page_of(hall, title="a weathered bronze lantern…", prompt=prompt)

    assert "a weathered bronze lantern… " + " ".join(prompt.split()) in page.text


async def test_no_words_of_a_person_become_markup(hall: Hall) -> None:
    page = await page_of(
        hall,
        title=EVIL,
        prompt=EVIL * 2,
        lines=(EVIL,),
        facts=((EVIL, EVIL),),
        files=(a_file(EVIL), a_file("still.png", FileRole.RENDER), a_file("frames.webp", FileRole.OTHER)),
        poster="still.png",
        frames="frames.webp",
    )
    calm = await page_of(
        hall,
        title="calm",
        prompt="calm " * 30,
        lines=("calm",),
        facts=(("calm", "calm"),),
        files=(a_file("calm"), a_file("still.png", FileRole.RENDER), a_file("frames.webp", FileRole.OTHER)),
    )

    assert [(tag, sorted(attrs)) for tag, attrs in page.elements] == [
        (tag, sorted(attrs)) for tag, attrs in calm.elements
    ]
    assert page.texts.count(EVIL) >= 5
    assert "49" not in page.text


async def test_the_page_asks_for_nothing_but_what_lies_beside_it(tmp_path: Path) -> None:
    async with open_hall(tmp_path, shelf=with_viewer(tmp_path)) as hall:
        page = await page_of(hall)
        own = await hall.get(hall.path())

        loaded = [attrs.get("src") or attrs.get("href") or "" for _, attrs in page.elements]
        relative = [url for url in loaded if url and not url.startswith(f"{PUBLIC}/oembed")]
        assert relative
        assert not [url for url in relative if re.match(r"[a-z]+:|//|/", url, re.IGNORECASE)]
        for url in relative:
            path = f"/t/{url}".replace("/t/../", "/")
            assert (await hall.get(path)).status == 200, url
    assert "connect-src 'self' blob: data:" in own.headers["Content-Security-Policy"]


async def test_with_the_viewer_the_model_itself_is_shown(tmp_path: Path) -> None:
    async with open_hall(tmp_path, shelf=with_viewer(tmp_path)) as hall:
        page = await page_of(hall)

    [model] = page.all("model-viewer")
    assert model["data-src"] == hall.path(GLB).removeprefix("/t/") + "?inline"
    assert {"camera-controls", "ar"} <= set(model)
    assert "data-large" not in model
    assert "Browsers cannot show" not in page.text


async def test_without_the_viewer_pictures_of_the_model_turn_and_nothing_is_said_of_it(hall: Hall) -> None:
    files = (*hall.library.exhibits["du9xkna"].files, a_file("frames.webp", FileRole.OTHER))
    page = await page_of(hall, files=files, frames="frames.webp", frame_count=24, frame_columns=5)

    assert page.all("model-viewer") == []
    [turner] = page.all("canvas", role="slider")
    assert (turner["data-count"], turner["data-columns"]) == ("24", "5")
    assert "Browsers cannot show" not in page.text
    assert "frames.webp" not in page.text


async def test_a_large_model_waits_for_a_press(tmp_path: Path) -> None:
    async with open_hall(tmp_path, shelf=with_viewer(tmp_path)) as hall:
        page = await page_of(hall, files=(a_file("big.glb", size_bytes=42_000_000),), model="big.glb")

    assert "data-large" in page.all("model-viewer")[0]
    assert "Show it in 3D 42.0 MB" in page.text


async def test_a_format_that_browsers_cannot_show_is_said_with_what_to_do(tmp_path: Path) -> None:
    async with open_hall(tmp_path, shelf=with_viewer(tmp_path)) as hall:
        files = (a_file("base.fbx"), a_file("still.png", FileRole.RENDER))
        page = await page_of(hall, files=files, model=None, poster="still.png")

    assert "Browsers cannot show FBX files, so this is a preview." in page.text
    assert page.all("img", class_="still")


async def test_what_is_more_than_one_file_is_taken_as_one_zip_and_named_by_the_model(tmp_path: Path) -> None:
    async with open_hall(tmp_path, shelf=with_viewer(tmp_path)) as hall:
        files = (a_file("base.obj"), a_file("base.mtl", FileRole.OTHER), a_file("base.zip", FileRole.BUNDLE))
        page = await page_of(hall, files=files, model=None, poster=None)

    assert "Browsers cannot show OBJ files" in page.text
    assert "Download base.zip" in page.text
    assert [link["href"] for link in page.all("a", class_="take")] == [f"{hall.path().rpartition('/')[2]}/base.zip"]


async def test_an_iphone_is_offered_the_usdz_file(tmp_path: Path) -> None:
    async with open_hall(tmp_path, shelf=with_viewer(tmp_path)) as hall:
        page = await page_of(hall, files=(a_file("a.glb"), a_file("a.usdz")), model="a.glb")

    [model] = page.all("model-viewer")
    assert (model["ios-src"] or "").endswith("/a.usdz?inline")


async def test_a_task_without_anything_to_see_still_has_a_page(hall: Hall) -> None:
    page = await page_of(hall, files=(), model=None, lines=(), facts=(), prompt="", title="2 pictures")

    assert "There is no picture of this model." in page.text
    assert "2 pictures" in page.text


async def test_names_that_lead_to_no_file_of_the_task_are_left_out(hall: Hall) -> None:
    page = await page_of(hall, model="gone.glb", poster="gone.png", frames="gone.webp", turntable="gone.gif")

    assert "gone" not in str(page.elements)


async def test_a_chat_finds_a_title_and_a_picture_at_the_public_address(hall: Hall) -> None:
    still = a_file("still.png", FileRole.RENDER, size_px=(512, 384))
    page = await page_of(hall, files=(still,), poster="still.png", model=None)

    told = {attrs.get("property") or attrs.get("name"): attrs.get("content") for attrs in page.all("meta")}
    assert told["og:title"] == told["twitter:title"] == "a brass teapot"
    assert told["og:url"] == PUBLIC + hall.path()
    assert told["og:image"] == told["twitter:image"] == f"{PUBLIC}{hall.path('still.png')}?inline"
    assert (told["og:image:width"], told["og:image:height"]) == ("512", "384")
    assert told["twitter:card"] == "summary_large_image"
    [found] = page.all("link", type="application/json+oembed")
    embed = await hall.get((found["href"] or "").removeprefix(PUBLIC))
    assert embed.headers["Content-Type"] == "application/json; charset=utf-8"
    assert '"title": "a brass teapot"' in embed.text
    assert '"thumbnail_width": 512' in embed.text
    assert f"{hall.path('still.png')}?inline" in embed.text


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((96, 64), 60).convert("RGB").save(out, kind)
    return out.getvalue()


def told_size(page: Reader) -> tuple[str | None, ...]:
    told = {attrs.get("property"): attrs.get("content") for attrs in page.all("meta")}
    return told.get("og:image:width"), told.get("og:image:height")


@pytest.mark.parametrize(("name", "kind"), [("still.png", "PNG"), ("render.jpg", "JPEG"), ("preview.webp", "WEBP")])
async def test_the_size_of_the_picture_is_read_from_the_picture(hall: Hall, name: str, kind: str) -> None:
    await hall.add_file(name, picture(kind), role=FileRole.STILL)

    page = await page_of(hall, poster=name)

    assert told_size(page) == ("96", "64")
    embed = json.loads((await hall.get(f"/oembed?url={PUBLIC}{hall.path()}")).body)
    assert (embed["thumbnail_width"], embed["thumbnail_height"]) == (96, 64)
    assert embed["thumbnail_url"] == f"{PUBLIC}{hall.path(name)}?inline"


async def test_a_picture_is_measured_once(hall: Hall) -> None:
    await hall.add_file("still.png", picture("PNG"), role=FileRole.STILL)
    await page_of(hall, poster="still.png")

    await hall.files.remove("results")

    assert told_size(await page_of(hall)) == ("96", "64")


@pytest.mark.parametrize("data", [b"no picture", picture("PNG")[:20], picture("WEBP")[:-3]])
async def test_a_picture_that_cannot_be_measured_is_shown_without_its_size(hall: Hall, data: bytes) -> None:
    await hall.add_file("still.png", data, role=FileRole.STILL)

    page = await page_of(hall, poster="still.png")

    assert told_size(page) == (None, None)
    assert page.all("meta", property="og:image")
    embed = json.loads((await hall.get(f"/oembed?url={PUBLIC}{hall.path()}")).body)
    assert "thumbnail_url" not in embed


async def test_a_file_store_that_hangs_costs_the_size_and_not_the_page(tmp_path: Path) -> None:
    class Hanging(MemoryFileStore):
        async def open(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes, None]:
            await asyncio.Event().wait()
            yield b""

    async with open_hall(
        tmp_path, options=WebOptions(port=0, public_url=PUBLIC, probe_s=0.01), files=Hanging()
    ) as hall:
        await hall.add_file("still.png", picture("PNG"), role=FileRole.STILL)
        page = await page_of(hall, poster="still.png")

    assert told_size(page) == (None, None)


async def test_without_a_public_address_the_page_names_none(tmp_path: Path) -> None:
    async with open_hall(tmp_path, options=WebOptions(port=0)) as hall:
        answer = await hall.get(hall.path(), Host="evil.example")
        embed = await hall.get(f"/oembed?url=http://evil.example{hall.path()}", Host="evil.example")

    assert "og:" not in answer.text
    assert "evil" not in answer.text
    assert embed.status == 404


async def test_the_host_that_a_request_names_changes_nothing(hall: Hall) -> None:
    plain = await hall.get(hall.path())
    other = await hall.get(hall.path(), Host="evil.example", X_Forwarded_Host="evil.example", Forwarded="host=evil")

    assert other.body == plain.body


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 404),
        ("url=", 404),
        ("url=https://evil.example/t/x", 404),
        (f"url={PUBLIC}.evil.example/t/x", 404),
        (f"url={PUBLIC}/t/forged", 404),
        (f"url={PUBLIC}/t/", 404),
        ("format=xml&url=x", 501),
    ],
)
async def test_oembed_answers_for_pages_of_ours_only(hall: Hall, query: str, status: int) -> None:
    answer = await hall.get(f"/oembed?{query}")

    assert answer.status == status


async def test_oembed_of_a_deleted_task_is_gone(hall: Hall) -> None:
    hall.library.change("du9xkna", is_deleted=True)

    assert (await hall.get(f"/oembed?url={PUBLIC}{hall.path()}")).status == 410


@pytest.mark.parametrize(("days", "said"), [(30, "for 30 days after"), (1, "for 1 day after")])
async def test_the_privacy_page_says_how_long_files_are_kept(tmp_path: Path, days: int, said: str) -> None:
    async with open_hall(tmp_path, options=WebOptions(port=0, keep_files_days=days)) as hall:
        answer = await hall.get("/privacy")

    assert answer.status == 200
    assert said in Reader(answer.text).text


async def test_the_privacy_page_says_what_the_command_says(hall: Hall) -> None:
    page = Reader((await hall.get("/privacy")).text).text

    said = [line for section in sections(30) for line in (section.heading, *section.paragraphs)]
    assert [line for line in said if line not in page] == []
