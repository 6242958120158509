"""Rodin's JSON turned into our types: pure, and suspicious of every value.

Source of all shapes: docs.hyper3d.ai and its predecessor developer.hyper3d.ai, API specification, with the
deviations that public clients report. Numbers become Decimals exactly as they are written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from adapters.rodin.refusals import REASONS, refusal, without_secrets
from bot.errors import VendorGarbled
from bot.model import JobState, JobStatus, RemoteFile, Submission, UsageRecord

JsonObject = Mapping[str, Any]

T = TypeVar("T")

NO_ERROR = frozenset({"", "OK"})
"""Values of `error` that mean success: the documented samples of status and download have `"error": "OK"`."""

LONGEST_ID = 16_384
"""Characters. Subscription keys look like JWTs, and one public client allows 4096 for them."""

MOST_CREDITS = Decimal(10) ** 9
MOST_DIGITS = 40
LONGEST_QUEUE = 1_000_000

STATES: Mapping[str, JobState] = {
    "waiting": JobState.WAITING,
    "generating": JobState.GENERATING,
    "done": JobState.DONE,
    "failed": JobState.FAILED,
    "canceled": JobState.CANCELED,
    "cancelled": JobState.CANCELED,
}

MILLISECONDS_FROM = 100_000_000_000
"""Unix times above this (year 5138 in seconds) must be milliseconds."""


def parse_object(body: bytes) -> JsonObject:
    """Return the JSON object in a body.

    Raises:
        VendorGarbled: it is cut off, no JSON, no object, or holds NaN or infinite numbers.
    """
    try:
        found = json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise VendorGarbled(f"no readable JSON in an answer of {len(body)} bytes") from error
    if not isinstance(found, dict):
        raise VendorGarbled("an answer that is no JSON object")
    return found


def check_error(answer: JsonObject, *, status: int, secrets: Collection[str] = ()) -> None:
    """Raise what the `error` field says, without the `secrets`; null, absent, empty and "OK" say nothing.

    Raises:
        VendorRefused: a code, with the reason that our table gives it.
        VendorFull: the code for too many tasks at once.
        VendorGarbled: something in its place that is no text.
    """
    code = _text(answer.get("error"), what="text in `error`").strip()
    if code.upper() in NO_ERROR:
        return
    message = answer.get("message")
    said = without_secrets(_clean(message), secrets) if isinstance(message, str) else ""
    raise refusal(code if code in REASONS else without_secrets(code, secrets), said, status=status)


def parse_submission(answer: JsonObject) -> Submission:
    """Return what Rodin gave back for a request.

    Only `uuid` must be there: whoever has it can download. Everything else counts as not said when it cannot be read,
    since a task that was taken must not be lost over it.

    Raises:
        VendorGarbled: `uuid` is missing.
    """
    jobs = answer.get("jobs")
    holders = jobs if isinstance(jobs, list) else [jobs]
    keys = (_or_none(holder.get("subscription_key"), _key) for holder in holders if isinstance(holder, dict))
    prompt = answer.get("prompt")
    return Submission(
        uuid=_id(answer.get("uuid"), what="uuid"),
        subscription_key=next(filter(None, keys), None),
        consumed=_or_none(answer.get("consumed"), parse_credits),
        prompt=_clean(prompt) if isinstance(prompt, str) else "",
    )


def parse_status(answer: JsonObject) -> tuple[JobStatus, ...]:
    """Return how each job stands, in Rodin's order; empty while queued.

    Documented as an array; two public clients also accept an object, so one job by itself and a map from job to
    status are read, too. Unknown words become `JobState.OTHER` and are kept.

    Raises:
        VendorGarbled: there are no jobs to be read.
    """
    if "jobs" not in answer:
        raise VendorGarbled("a status without `jobs`")
    return tuple(_job(job) for job in _job_objects(answer["jobs"]))


def parse_listing(answer: JsonObject) -> tuple[RemoteFile, ...]:
    """Return the listed files; ones without a link yet are left out, as the list may be partial.

    Raises:
        VendorGarbled: there is no list, or an entry is no file.
    """
    if "list" not in answer:
        raise VendorGarbled("a listing without `list`")
    entries = [_object(entry, what="list entry") for entry in _array(_or_empty(answer["list"]), what="list")]
    files = (
        RemoteFile(name=_text(entry.get("name"), what="file name"), url=_text(entry.get("url"), what="file link"))
        for entry in entries
    )
    return tuple(file for file in files if file.url)


def parse_balance(answer: JsonObject) -> Decimal:
    """Return the credits in the wallet; not always whole.

    Raises:
        VendorGarbled: there is no sane number.
    """
    return parse_credits(answer.get("balance"))


def parse_usage(answer: JsonObject) -> tuple[UsageRecord, ...]:
    """Return one page of charges in Rodin's order. Records that name no task are left out.

    Strict on purpose: money is settled by these records, so a page that is not understood whole is not used.

    Raises:
        VendorGarbled: `usage` is missing, or a record has another shape.
    """
    records = [_object(record, what="usage record") for record in _array(answer.get("usage"), what="usage")]
    return tuple(_usage_record(record) for record in records if record.get("task_uuid") not in (None, ""))


def parse_credits(value: object) -> Decimal:
    """Return an amount of credits exactly: a number, or a text that is one; 0 to a thousand million.

    Raises:
        VendorGarbled: anything else.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise VendorGarbled(f"{_kind(value)} instead of an amount of credits")
    try:
        amount = Decimal(value)
    except ArithmeticError as error:
        raise VendorGarbled("a text instead of an amount of credits") from error
    if not amount.is_finite() or not 0 <= amount <= MOST_CREDITS or len(amount.as_tuple().digits) > MOST_DIGITS:
        raise VendorGarbled("an amount of credits that cannot be")
    return amount.copy_abs()  # -0 is 0


def _usage_record(record: JsonObject) -> UsageRecord:
    item = record.get("item")
    return UsageRecord(
        task_uuid=_id(record["task_uuid"], what="task_uuid"),
        time=_or_none(record.get("time"), _moment),
        item=_clean(item) if isinstance(item, str) else "",
        amount=parse_credits(record.get("amount")),
    )


def _moment(value: object) -> datetime:
    """Return an aware moment from ISO 8601 text (UTC where it names no zone) or a Unix time."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value.strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            seconds = value / 1000 if value > MILLISECONDS_FROM else value
            return datetime.fromtimestamp(float(seconds), UTC)
    except (ValueError, ArithmeticError, OSError) as error:
        raise VendorGarbled("a moment that cannot be") from error
    raise VendorGarbled(f"{_kind(value)} instead of a moment")


def _job_objects(jobs: object) -> Iterator[JsonObject]:
    if not isinstance(jobs, dict):
        yield from (_object(job, what="job") for job in _array(_or_empty(jobs), what="jobs"))
    elif "status" in jobs:
        yield jobs
    else:
        for uuid, job in jobs.items():
            yield {"uuid": uuid, "status": job} if isinstance(job, str) else {"uuid": uuid, **_object(job, what="job")}


def _job(job: JsonObject) -> JobStatus:
    word = _text(job.get("status"), what="job status").strip()
    if not word:
        raise VendorGarbled("a job without status")
    state = STATES.get(word.casefold(), JobState.OTHER)
    queue_length = job.get("queue_length")
    is_sane = type(queue_length) is int and 0 <= queue_length <= LONGEST_QUEUE
    return JobStatus(
        uuid=_text(job.get("uuid"), what="job uuid"),
        state=state,
        word=word,
        queue_length=queue_length if is_sane else None,
    )


def _or_empty(value: object) -> object:
    """Return null as the empty array that some serialisers mean by it."""
    return [] if value is None else value


def _or_none(value: object, parse: Callable[[object], T]) -> T | None:
    try:
        return parse(value)
    except VendorGarbled:
        return None


def _id(value: object, *, what: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_ID or value != _clean(value):
        raise VendorGarbled(f"no usable `{what}`")
    return value


def _key(value: object) -> str:
    return _id(value, what="jobs.subscription_key")


def _text(value: object, *, what: str) -> str:
    """Return a text; null counts as an empty one."""
    if value is not None and not isinstance(value, str):
        raise VendorGarbled(f"{_kind(value)} instead of a {what}")
    return _clean(value or "")


def _array(value: object, *, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise VendorGarbled(f"`{what}` is {_kind(value)} instead of an array")
    return value


def _object(value: object, *, what: str) -> JsonObject:
    if not isinstance(value, dict):
        raise VendorGarbled(f"a {what} is {_kind(value)} instead of an object")
    return value


def _clean(text: str) -> str:
    """Return text that every database can store: JSON can smuggle in NUL and half a surrogate pair."""
    return text.replace("\x00", "").encode(errors="replace").decode()


def _kind(value: object) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")
