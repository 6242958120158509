"""Rodin's error codes as data, and the exceptions that carry a refusal from the rules to the HTTP answer.

Source: docs.hyper3d.ai, API specification, error codes; spelling and HTTP statuses as reported by clients in 2026.
"""

from collections.abc import Mapping
from typing import Final

#: Refusals arrive with the status of a success. Source: reports of real calls, 2026.
REFUSAL_STATUS: Final = 201

#: Every documented code of a refused submission and the words that go with it. Only the words of
#: `API_INSUFFICIENT_FUNDS` were seen in real answers; the others are ours.
MESSAGES: Final[Mapping[str, str]] = {
    "USER_NOT_FOUND": "The user of this API key was not found.",
    "GROUP_NOT_FOUND": "The group of this API key was not found.",
    "PERMISSION_DENIED": "Permission denied.",
    "NO_ACTIVE_SUBSCRIPTION": "No active subscription.",
    "API_NO_ACTIVE_SUBSCRIPTION": "No active subscription.",
    "SUBSCRIPTION_PLAN_TOO_LOW": "A Business subscription is required to use Rodin.",
    "API_SUBSCRIPTION_PLAN_TOO_LOW": "A Business subscription is required to use Rodin.",
    "INSUFFICIENT_FUND": "The fund in your wallet is insufficient.",
    "API_INSUFFICIENT_FUNDS": "The fund in your wallet is insufficient.",
    "API_PARALLELISM_LIMIT_REACHED": "Too many tasks are running on this account.",
    "INVALID_REQUEST": "The request is invalid.",
    "IMAGE_LABEL_LENGTH_TOO_LONG": "image_label has more entries than there are images.",
    "API_OBJECT_NOT_FOUND_ON_IMAGE": "No object was found on the image.",
    "IMAGE_CONTENT_VIOLATION": "The content violates the usage policy.",
    "NO_SUCH_TASK": "No such task.",
    "UNKNOWN": "Unexpected error.",
}

#: The three codes that were renamed, with the spelling before. Source: old and new documentation side by side.
OLD_SPELLINGS: Final[Mapping[str, str]] = {
    "API_NO_ACTIVE_SUBSCRIPTION": "NO_ACTIVE_SUBSCRIPTION",
    "API_SUBSCRIPTION_PLAN_TOO_LOW": "SUBSCRIPTION_PLAN_TOO_LOW",
    "API_INSUFFICIENT_FUNDS": "INSUFFICIENT_FUND",
}


class Refused(Exception):
    """The request is answered with an error code; nothing was started, nothing charged."""

    def __init__(self, code: str, message: str | None = None, *, status: int = REFUSAL_STATUS) -> None:
        self.code = code
        self.message = MESSAGES[code] if message is None else message
        self.status = status
        super().__init__(f"{code}: {self.message}")


class ArrayNotJson(Exception):
    """An array field was no JSON text, so Rodin's server falls over with HTTP 500; the message is its body."""


def invalid(field: str, problem: str) -> Refused:
    """The refusal of one wrong field, by its name."""
    return Refused("INVALID_REQUEST", f"{field}: {problem}")
