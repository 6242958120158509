"""Draws the pages: HTML from templates that escape whatever they are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.web.headers import PLAIN_PAGE, VIEWER_PAGE
from adapters.web.names import extension
from adapters.web.shelf import Shelf
from bot import text
from bot.exhibit import Exhibit, ShownFile
from bot.model import FileRole
from bot.words_privacy import sections

TEMPLATES = Path(__file__).with_name("templates")

# Above this the page waits for a press before it fetches the model: a phone on the road shows the still meanwhile.
_LARGE_BYTES = 20_000_000

_LONGEST_HEADING = 90

_ROLES: Mapping[FileRole, str] = {
    FileRole.MODEL: "Model",
    FileRole.TEXTURE: "Texture",
    FileRole.PREVIEW: "Preview",
    FileRole.RENDER: "Picture",
    FileRole.BUNDLE: "Everything",
    FileRole.OTHER: "File",
}

_SORRY: Mapping[int, tuple[str, str]] = {
    400: ("This request cannot be read", "Open the link again from where it was posted."),
    404: ("There is nothing here", "Check that the whole link was copied, or open it again from where it was posted."),
    405: ("This cannot be done here", "This address can only be looked at."),
    410: (
        "These files have been removed",
        "Somebody deleted the model, or its time here was over. Whoever asked for it can have it made again.",
    ),
    503: ("The files cannot be reached right now", "Nothing is lost. Try again in a minute."),
}
_REPLACED = (
    "This link has been replaced",
    "Whoever made the model has asked for fresh links since. Look for the newest one where this one was posted.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """One line of the list of files."""

    name: str
    url: str
    size: str
    what: str


class Pages:
    """All pages. Addresses in them are relative, so that they hold below any path; only previews in chats need more."""

    def __init__(self, shelf: Shelf, *, public_url: str | None, keep_files_days: int) -> None:
        self._shelf = shelf
        self._public_url = public_url.rstrip("/") if public_url else None
        self._keep_files_days = keep_files_days
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def viewer(self, exhibit: Exhibit, token: str) -> web.Response:
        """Draw the page where a model turns."""
        model = exhibit.file(exhibit.model) if self._shelf.has_viewer else None
        html = self._draw("viewer.html", up="../", **self._view(exhibit, token, model))
        return _answer(html, csp=VIEWER_PAGE if model else PLAIN_PAGE)

    def oembed(self, exhibit: Exhibit, token: str) -> Mapping[str, Any]:
        """Describe a page for chats that ask. Source: oembed.com, section 2.3.4."""
        found: dict[str, Any] = {
            "version": "1.0",
            "type": "link",
            "title": exhibit.title,
            "provider_name": "Rodin Bot",
            "provider_url": self._public_url,
        }
        poster = exhibit.file(exhibit.poster)
        if poster and poster.size_px:
            width, height = poster.size_px
            url = f"{self._public_url}/t/{_shown(token, poster)}"
            found |= {"thumbnail_url": url, "thumbnail_width": width, "thumbnail_height": height}
        return found

    def privacy(self) -> web.Response:
        """Draw the page that says what is kept, where, and for how long."""
        return _answer(self._draw("privacy.html", up="", sections=sections(self._keep_files_days)), csp=PLAIN_PAGE)

    def sorry(self, request: web.BaseRequest, status: int) -> web.Response:
        """Draw the page for a request that cannot be answered, in words."""
        fallback = ("Something went wrong on our side", "It was logged. Try again in a minute.")
        words = _SORRY.get(status) or (("This cannot be done", HTTPStatus(status).phrase) if status < 500 else fallback)
        return self._sorry(request, status, words)

    def replaced(self, request: web.Request) -> web.Response:
        """Draw the page behind a link that fresh ones have replaced."""
        return self._sorry(request, HTTPStatus.GONE, _REPLACED)

    def _sorry(self, request: web.BaseRequest, status: int, words: tuple[str, str]) -> web.Response:
        # As many steps up as the address has folders, bounded: the path is a stranger's.
        up = "../" * min(request.path.count("/") - 1, 8)
        html = self._draw("sorry.html", up=up, status=status, title=words[0], sentence=words[1])
        return _answer(html, csp=PLAIN_PAGE, status=status)

    def _draw(self, template: str, **values: Any) -> str:
        assets = f"{values['up']}assets/{self._shelf.digest}"
        return self._templates.get_template(template).render(assets=assets, **values)

    def _view(self, exhibit: Exhibit, token: str, model: ShownFile | None) -> Mapping[str, Any]:
        files = [file for file in exhibit.files if file.name != exhibit.frames]
        main = next((file for file in files if file.role is FileRole.MODEL), None)
        taken = next((file for file in files if file.role is FileRole.BUNDLE), main)
        return {
            "exhibit": exhibit,
            **_words(exhibit),
            "date": f"{exhibit.created_at.day} {exhibit.created_at:%B %Y}",
            "model": model and _shown(token, model),
            "model_bytes": model.size_bytes if model else 0,
            "model_size": text.size(model.size_bytes) if model else "",
            "is_large": bool(model and model.size_bytes > _LARGE_BYTES),
            "quick_look": _first_shown(exhibit, token, "usdz"),
            "poster": self._picture(exhibit, token, exhibit.poster),
            "turntable": self._picture(exhibit, token, exhibit.turntable),
            "frames": self._picture(exhibit, token, exhibit.frames),
            "cannot_show": _format(main) if main and not exhibit.model else "",
            "main": taken and _download(token, taken),
            "downloads": [_download(token, file) for file in files],
            "public": self._public(exhibit, token),
        }

    def _picture(self, exhibit: Exhibit, token: str, name: str | None) -> str | None:
        file = exhibit.file(name)
        return _shown(token, file) if file else None

    def _public(self, exhibit: Exhibit, token: str) -> Mapping[str, Any] | None:
        """Return what chats need to unfold the link, if they can reach it."""
        if not self._public_url:
            return None
        page = f"{self._public_url}/t/{token}"
        poster = exhibit.file(exhibit.poster)
        return {
            "page": page,
            "poster": poster and f"{self._public_url}/t/{_shown(token, poster)}",
            "poster_px": poster.size_px if poster else None,
            "oembed": f"{self._public_url}/oembed?format=json&url={quote(page, safe='')}",
        }


def _shown(token: str, file: ShownFile) -> str:
    """Return where the page itself loads a file from, seen from the folder of pages."""
    return f"{token}/{quote(file.name, safe='')}?inline"


def _download(token: str, file: ShownFile) -> Download:
    return Download(
        name=file.name,
        url=f"{token}/{quote(file.name, safe='')}",
        size=text.size(file.size_bytes),
        what=_ROLES.get(file.role, "File"),
    )


def _first_shown(exhibit: Exhibit, token: str, ending: str) -> str | None:
    file = next((file for file in exhibit.files if extension(file.name) == ending), None)
    return _shown(token, file) if file else None


def _format(file: ShownFile) -> str:
    return extension(file.name).upper() or "such"


def _words(exhibit: Exhibit) -> Mapping[str, str]:
    """Return the heading and what stands under it: a prompt that fits is the heading, a longer one keeps its title."""
    prompt = " ".join(exhibit.prompt.split())
    if not prompt or len(prompt) > _LONGEST_HEADING:
        return {"heading": exhibit.title, "prompt": exhibit.prompt.strip()}
    return {"heading": prompt, "prompt": ""}


def _answer(html: str, *, csp: str, status: int = 200) -> web.Response:
    headers = {"Content-Security-Policy": csp, "Cache-Control": "private, no-cache"}
    return web.Response(text=html, status=status, content_type="text/html", charset="utf-8", headers=headers)
