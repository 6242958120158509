"""What slack_sdk raises, in our words: translated completely, in one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import PlatformBusy, PlatformError

REST_S = 15.0
"""How long a thread rests when Slack does not say how long."""


class Why(StrEnum):
    """Why Slack surely did not do something."""

    PLACE = "place"  # the channel is not there for us: not invited, archived, restricted, deleted
    PERSON = "person"  # the person cannot be written to
    MESSAGE = "message"  # that message is gone, or not ours to change any more
    THREAD = "thread"  # the message that the thread hangs on is gone
    SCOPE = "scope"  # the app was installed without a scope
    TOKEN = "token"  # noqa: S105 - a word; the app was removed, or the token is wrong
    CONTENT = "content"  # something about the blocks or the text
    FILE = "file"  # no such file, or not for us
    TRIGGER = "trigger"  # a form came too late
    OTHER = "other"


class Refused(PlatformError):
    """Slack understood and surely did not do it: `why`, and Slack's own word for it."""

    def __init__(self, why: Why, code: str) -> None:
        super().__init__(f"Slack refused: {code}")
        self.why = why
        self.code = code


class Unsent(PlatformBusy):
    """Come back later; Slack surely did not do it."""


class Limited(Unsent):
    """Slack wants this method left alone for a while, in this workspace."""


CODES = {
    **dict.fromkeys(
        (
            "channel_not_found",
            "invalid_channel",
            "not_in_channel",
            "is_archived",
            "is_inactive",
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "restricted_action_non_threadable_channel",
            "restricted_action_thread_locked",
            "ekm_access_denied",
            "channel_type_not_supported",
            "method_not_supported_for_channel_type",
            "user_not_in_channel",
            "team_not_found",
        ),
        Why.PLACE,
    ),
    **dict.fromkeys(
        (
            "user_not_found",
            "user_disabled",
            "users_not_found",
            "user_not_visible",
            "cannot_dm_bot",
            "messages_tab_disabled",
            "not_allowed_to_dm",
        ),
        Why.PERSON,
    ),
    **dict.fromkeys(
        ("message_not_found", "cant_update_message", "edit_window_closed", "cant_delete_message"), Why.MESSAGE
    ),
    **dict.fromkeys(("thread_not_found", "cannot_reply_to_message", "invalid_thread_ts"), Why.THREAD),
    **dict.fromkeys(("missing_scope", "no_permission", "not_allowed_token_type", "access_denied"), Why.SCOPE),
    **dict.fromkeys(
        (
            "invalid_auth",
            "not_authed",
            "account_inactive",
            "token_revoked",
            "token_expired",
            "team_access_not_granted",
            "org_login_required",
        ),
        Why.TOKEN,
    ),
    **dict.fromkeys(
        (
            "invalid_blocks",
            "invalid_blocks_format",
            "msg_blocks_too_long",
            "msg_too_long",
            "invalid_metadata_format",
            "metadata_too_large",
            "no_text",
        ),
        Why.CONTENT,
    ),
    **dict.fromkeys(
        (
            "file_not_found",
            "file_deleted",
            "cant_delete_file",
            "posting_to_channel_denied",
            "slack_connect_file_blocked",
        ),
        Why.FILE,
    ),
    **dict.fromkeys(("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"), Why.TRIGGER),
}
"""Source: docs.slack.dev, reference/methods, Errors."""

LATER = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
"""Surely not done, and worth another try."""

UNCLEAR = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", ""}
)
"""Perhaps done. Source: docs.slack.dev: "it's possible some aspect of the operation succeeded before the error"."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever slack_sdk raises into our errors.

    Raises:
        Refused: it surely was not done. PlatformBusy: later; `Unsent` when it surely was not done either.
    """
    try:
        yield
    except SlackApiError as error:
        raise _of_answer(error) from error
    except aiohttp.ClientConnectorError as error:
        raise Unsent("Slack cannot be reached", retry_after_s=REST_S) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise PlatformBusy(f"Slack's answer was lost: {type(error).__name__}", retry_after_s=REST_S) from error
    except (SlackClientError, UnicodeDecodeError) as error:
        raise PlatformBusy(f"Slack's answer is not readable: {type(error).__name__}", retry_after_s=REST_S) from error


def _of_answer(error: SlackApiError) -> PlatformError:
    status = int(getattr(error.response, "status_code", 200) or 200)
    code = _code(error)
    if status == 429 or code in LATER:
        return Limited("rate limit", retry_after_s=_retry_after_s(error))
    if status >= 500 or code in UNCLEAR:
        return PlatformBusy(f"Slack is in trouble: status {status} {code}".rstrip(), retry_after_s=REST_S)
    return Refused(CODES.get(code, Why.OTHER), code)


def _code(error: SlackApiError) -> str:
    data = getattr(error.response, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def _retry_after_s(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    try:
        return max(0.0, float(headers.get("Retry-After", REST_S)))
    except ValueError:
        return REST_S
