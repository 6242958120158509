"""What the stand-in says no with: to the bot, and to the test."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """Slack answers `ok: false`: the error's name, the sentences of `response_metadata.messages`, further fields."""

    def __init__(self, error: str, *messages: str, **fields: Any) -> None:
        super().__init__(error, *messages)
        self.error = error
        self.messages = messages
        self.fields = fields

    def answer(self) -> dict[str, Any]:
        """Return the body of the answer."""
        body: dict[str, Any] = {"ok": False, "error": self.error, **self.fields}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return body


class MemberCannot(AssertionError):
    """A person in Slack's own app could not do what the test asked of them."""
