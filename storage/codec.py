"""Turns tasks into rows and back. Pure.

A moment is cut to whole milliseconds, which is what the columns hold: one that already is whole comes back equal.
Credits are kept to the thousandth; the smallest price that Rodin knows is half a credit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import Discriminator, Tag, TypeAdapter, ValidationError
from sqlalchemy import RowMapping

from bot.folding import words_in
from bot.looks import Showing
from bot.model import (
    Address,
    Ask,
    BangRequest,
    ConvertRequest,
    Failure,
    FileRole,
    Hold,
    JobStatus,
    ModelFile,
    Owner,
    Request,
    Submission,
    Task,
    TaskState,
    TextureRequest,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_THOUSANDTH = Decimal("0.001")

_TAGS: Mapping[type[Ask], str] = {
    Request: "model",
    TextureRequest: "texture",
    BangRequest: "split",
    ConvertRequest: "convert",
}
"""What a stored request is, under `_KIND`. Values are stored: add new ones, never rename."""

_KIND = "kind"
"""Left out of a request for a model, as it was before there were others."""


def _tag(request: object) -> str | None:
    """Return what a request is, stored or not; None for what is none."""
    if isinstance(request, Mapping):
        return str(request.get(_KIND, _TAGS[Request]))
    return next((tag for kind, tag in _TAGS.items() if isinstance(request, kind)), None)


_request: TypeAdapter[Ask] = TypeAdapter(
    Annotated[
        Annotated[Request, Tag("model")]
        | Annotated[TextureRequest, Tag("texture")]
        | Annotated[BangRequest, Tag("split")]
        | Annotated[ConvertRequest, Tag("convert")],
        Discriminator(_tag),
    ]
)
_jobs = TypeAdapter(tuple[JobStatus, ...])
_failure = TypeAdapter(Failure)
_showing = TypeAdapter(Showing)

_Value = TypeVar("_Value")
_Word = TypeVar("_Word", bound=StrEnum)


def to_ms(moment: datetime) -> int:
    """Return an aware moment as milliseconds since 1970 in UTC; what is finer is cut off.

    Raises:
        TypeError: the moment is naive, so nobody knows when it was.
    """
    return (moment - _EPOCH) // _MS


def from_ms(moment_ms: int) -> datetime:
    """Return a stored moment, in UTC."""
    return _EPOCH + moment_ms * _MS


def to_mc(amount: Decimal) -> int:
    """Return credits as thousandths; what is finer is rounded."""
    return int(amount.quantize(_THOUSANDTH).scaleb(3))


def from_mc(amount_mc: int) -> Decimal:
    """Return stored credits."""
    return Decimal(amount_mc).scaleb(-3)


def task_row(task: Task) -> dict[str, object]:
    """Return the columns that hold a task: all but the leases. Its files are rows of their own."""
    return {
        "id": task.id,
        "state": task.state.value,
        "revision": task.revision,
        "told": task.told,
        "platform": task.owner.platform,
        "user_id": task.owner.user_id,
        "server_id": task.owner.server_id,
        "channel_id": task.owner.channel_id,
        "event": task.event,
        "parent_id": task.parent_id,
        "key_id": task.key_id,
        "is_first": task.is_first,
        "request": dump_ask(task.request),
        "words": words_in(task.request),
        "tier": task.request.product,
        "price_mc": to_mc(task.price),
        "jobs": _jobs.dump_json(task.jobs).decode(),
        "progress": task.progress,
        "misses": task.misses,
        "failure": None if task.failure is None else _failure.dump_json(task.failure).decode(),
        "charged": None if task.failure is None else task.failure.charged.value,
        "muted": task.muted,
        "hold": None if task.hold is None else task.hold.value,
        "ended_revision": task.ended_revision,
        "showing": _showing.dump_json(task.showing).decode(),
        **address_columns(task.address),
        **_submission_columns(task.submission),
        **_moment_columns(task),
    }


def dump_ask(request: Ask) -> str:
    """Return the JSON that holds a request, whatever its kind."""
    values = _request.dump_python(request, mode="json")
    tag = {} if isinstance(request, Request) else {_KIND: _tag(request)}
    return json.dumps(values | tag, ensure_ascii=False, separators=(",", ":"))


def address_columns(address: Address) -> dict[str, object]:
    """Return the columns that hold an address."""
    return {"address_platform": address.platform, "address": address.value, "place": address.place}


def file_rows(task: Task) -> list[dict[str, object]]:
    """Return the rows that hold the files of a task."""
    return [
        {
            "task_id": task.id,
            "position": position,
            "key": file.key,
            "name": file.name,
            "role": file.role.value,
            "size_bytes": file.size_bytes,
            "sha256": file.sha256,
        }
        for position, file in enumerate(task.files)
    ]


def parse_task(row: RowMapping, files: Sequence[ModelFile]) -> Task:
    """Return the task that a row holds.

    Raises:
        ValueError: something in the row is none of our words, so another program or version wrote it. What it is, is
            not quoted.
    """
    try:
        return _parse_task(row, files)
    except (TypeError, ArithmeticError) as error:
        # SQLite keeps any type in any column, and a number may be no moment of our calendar.
        raise ValueError(f"a value of another kind ({type(error).__name__})") from None


def parse_file(row: RowMapping) -> ModelFile:
    """Return the result file that a row holds. Raises ValueError like `parse_task`."""
    return ModelFile(
        key=row["key"],
        name=row["name"],
        role=_parse_word(FileRole, row["role"]),
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
    )


def _parse_task(row: RowMapping, files: Sequence[ModelFile]) -> Task:
    return Task(
        id=row["id"],
        state=_parse_word(TaskState, row["state"]),
        revision=row["revision"],
        told=row["told"],
        owner=_parse_owner(row),
        address=Address(platform=row["address_platform"], value=row["address"], place=row["place"]),
        event=row["event"],
        parent_id=row["parent_id"],
        key_id=row["key_id"],
        is_first=row["is_first"],
        request=_parse_json(_request, row["request"]),
        price=from_mc(row["price_mc"]),
        submission=_parse_submission(row),
        jobs=_parse_json(_jobs, row["jobs"]),
        progress=row["progress"],
        misses=row["misses"],
        failure=None if row["failure"] is None else _parse_json(_failure, row["failure"]),
        muted=row["muted"],
        hold=None if row["hold"] is None else _parse_word(Hold, row["hold"]),
        ended_revision=row["ended_revision"],
        showing=_parse_json(_showing, row["showing"]),
        created_at=from_ms(row["created_ms"]),
        changed_at=from_ms(row["changed_ms"]),
        next_at=from_ms(row["next_ms"]),
        submitted_at=_parse_moment(row["submitted_ms"]),
        ended_at=_parse_moment(row["ended_ms"]),
        files=tuple(files),
    )


def _submission_columns(submission: Submission | None) -> dict[str, object]:
    if submission is None:
        return {"vendor_uuid": None, "subscription_key": None, "consumed_mc": None, "vendor_prompt": None}
    return {
        "vendor_uuid": submission.uuid,
        "subscription_key": submission.subscription_key,
        "consumed_mc": None if submission.consumed is None else to_mc(submission.consumed),
        "vendor_prompt": submission.prompt,
    }


def _moment_columns(task: Task) -> dict[str, object]:
    return {
        "created_ms": to_ms(task.created_at),
        "changed_ms": to_ms(task.changed_at),
        "next_ms": to_ms(task.next_at),
        "submitted_ms": None if task.submitted_at is None else to_ms(task.submitted_at),
        "ended_ms": None if task.ended_at is None else to_ms(task.ended_at),
    }


def _parse_owner(row: RowMapping) -> Owner:
    return Owner(
        platform=row["platform"],
        user_id=row["user_id"],
        server_id=row["server_id"],
        channel_id=row["channel_id"],
    )


def _parse_submission(row: RowMapping) -> Submission | None:
    if row["vendor_uuid"] is None:
        return None
    return Submission(
        uuid=row["vendor_uuid"],
        subscription_key=row["subscription_key"],
        consumed=None if row["consumed_mc"] is None else from_mc(row["consumed_mc"]),
        prompt=row["vendor_prompt"],
    )


def _parse_moment(moment_ms: int | None) -> datetime | None:
    return None if moment_ms is None else from_ms(moment_ms)


def _parse_word(words: type[_Word], stored: str) -> _Word:
    try:
        return words(stored)
    except ValueError:
        # Not `from error`: it quotes what it read.
        raise ValueError(f"a word that is no {words.__name__} here") from None


def _parse_json(adapter: TypeAdapter[_Value], stored: str) -> _Value:
    try:
        return adapter.validate_json(stored)
    except ValidationError as error:
        # Not `from error`: it quotes what it read, and that is a person's prompt.
        problems = ((*problem["loc"], problem["msg"]) for problem in error.errors(include_input=False))
        raise ValueError("; ".join(" ".join(map(str, problem)) for problem in problems)) from None
