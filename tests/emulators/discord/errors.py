"""How Discord says no. Codes and words: Discord docs, Opcodes and Status Codes, JSON Error Codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One wrong thing in a body: where it is (`embeds`, `0`, `title`), Discord's name for it, and the words."""

    path: tuple[str, ...]
    code: str
    message: str

    def __str__(self) -> str:
        return f"{'.'.join(self.path) or 'body'}: {self.message}"


class Refusal(Exception):
    """An answer that is not 2xx."""

    def __init__(self, status: int, code: int, message: str, *, problems: Iterable[Problem] = ()) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.body: dict[str, Any] = {"message": message, "code": code}
        tree = _nested(problems)
        if tree:
            self.body["errors"] = tree


def _nested(problems: Iterable[Problem]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for problem in problems:
        here = tree
        for step in problem.path:
            here = here.setdefault(step, {})
        here.setdefault("_errors", []).append({"code": problem.code, "message": problem.message})
    return tree


def invalid_form(problems: Iterable[Problem]) -> Refusal:
    """400: the body breaks a rule of form."""
    return Refusal(400, 50035, "Invalid Form Body", problems=problems)


def invalid(path: str, message: str, *, code: str = "BASE_TYPE_INVALID") -> Refusal:
    """400: one field, named with dots, breaks a rule of form."""
    return invalid_form([Problem(path=tuple(path.split(".")), code=code, message=message)])


def unknown(what: str) -> Refusal:
    """404: there is no such thing (any more)."""
    codes = {
        "Channel": 10003,
        "Guild": 10004,
        "Member": 10007,
        "Message": 10008,
        "User": 10013,
        "Webhook": 10015,
        "interaction": 10062,
        "application command": 10063,
    }
    return Refusal(404, codes[what], f"Unknown {what}")


def unauthorized() -> Refusal:
    """401: the bot's token is wrong."""
    return Refusal(401, 0, "401: Unauthorized")


def missing_access() -> Refusal:
    """403: the bot does not see this."""
    return Refusal(403, 50001, "Missing Access")


def missing_permissions() -> Refusal:
    """403: the bot sees it and may not."""
    return Refusal(403, 50013, "Missing Permissions")


def wrong_channel_type() -> Refusal:
    """400: not in a channel of this type."""
    return Refusal(400, 50024, "Cannot execute action on this channel type")


def too_large() -> Refusal:
    """413: a file or the whole request is too big."""
    return Refusal(413, 40005, "Request entity too large")
