"""Parts of Block Kit as an app sends them, for the stand-in's own tests."""

from typing import Any


def plain(text: str) -> dict[str, Any]:
    """Return text without markup."""
    return {"type": "plain_text", "text": text}


def option(text: str, value: str) -> dict[str, Any]:
    """Return an entry of a menu."""
    return {"text": plain(text), "value": value}
