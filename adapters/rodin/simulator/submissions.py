"""The three routes that start work and cost credits."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from http import HTTPStatus
from typing import Final, Protocol

from aiohttp import web

from adapters.rodin.simulator import answers, life, progress, rules
from adapters.rodin.simulator.faults import AFTER_ACCEPT, BEFORE_ACCEPT, TASK_FAULTS
from adapters.rodin.simulator.fields import Fields
from adapters.rodin.simulator.followups import read_bang, read_retexture
from adapters.rodin.simulator.forms import read_form
from adapters.rodin.simulator.generation import read_generation
from adapters.rodin.simulator.models import ModelSpec
from adapters.rodin.simulator.orders import Order
from adapters.rodin.simulator.pictures import inspect_picture
from adapters.rodin.simulator.refusals import MESSAGES, OLD_SPELLINGS, Refused, invalid
from adapters.rodin.simulator.stage import Stage
from adapters.rodin.simulator.state import plain_number
from adapters.rodin.simulator.tasks import Task

#: How long the fault `slow_accept` holds a submission, at speed 1.
SLOW_ACCEPT_S: Final = 20.0
#: The fault `oversized_mesh`: how many times too many faces, and how many at most.
OVERSIZE: Final = 5
MOST_FACES: Final = 2_000_000


class ReadOrder(Protocol):
    """Checks one route's fields for one key."""

    async def __call__(self, fields: Fields, *, key: str) -> Order:
        """What the fields ask for, or `Refused`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One route that starts work: how to read it, and the largest size of each of its files in bytes."""

    read: ReadOrder
    file_bytes: Mapping[str, int]


class Submissions:
    """Takes submissions: read, check, charge, plan, start to build, answer."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.by_route: Final[Mapping[str, Submission]] = {
            "rodin": Submission(read=self._read_rodin, file_bytes={"images": rules.PICTURE_BYTES}),
            "rodin_texture_only": Submission(
                read=self._read_retexture,
                file_bytes={"image": rules.PICTURE_BYTES, "model": rules.RETEXTURE_MODEL_BYTES},
            ),
            "bang": Submission(
                read=self._read_bang,
                file_bytes={"image": rules.BANG_PICTURE_BYTES, "model": rules.BANG_MODEL_BYTES},
            ),
        }

    async def submit(self, request: web.Request, *, key: str, route: str) -> web.StreamResponse:
        """One submission from the first byte to the answer.

        Raises:
            Refused: nothing was started, nothing charged.
            ArrayNotJson: the same, as HTTP 500.
        """
        submission = self.by_route[route]
        form = await read_form(request, submission.file_bytes)
        if self._stage.dice.strikes("slow_accept"):
            await self._stage.pause(SLOW_ACCEPT_S / self._stage.options.speed)
        fault = self._stage.dice.first_of(BEFORE_ACCEPT)
        if fault is not None:
            return await self._refuse(request, fault)
        order = await submission.read(Fields(form), key=key)
        return await self._answer(request, self._take(order, key=key))

    async def _refuse(self, request: web.Request, fault: str) -> web.StreamResponse:
        if fault == "permission_denied_403":
            raise Refused("PERMISSION_DENIED", status=HTTPStatus.FORBIDDEN)
        if fault.upper() in MESSAGES:
            raise Refused(fault.upper())
        return await answers.broken(self._stage, request, answers.broken_kind(fault))

    def _take(self, order: Order, *, key: str) -> Task:
        state = self._stage.state
        try:
            state.check_room(order, key=key)
        except Refused as refused:
            if self._stage.options.old_codes:
                raise Refused(OLD_SPELLINGS.get(refused.code, refused.code), refused.message) from refused
            raise
        faults = self._stage.dice.all_of(TASK_FAULTS)
        if "oversized_mesh" in faults:
            too_many = min(order.spec.faces * OVERSIZE, MOST_FACES)
            order = replace(order, spec=replace(order.spec, faces=too_many))
        task = state.take(order, key=key, faults=faults)
        self._stage.workshop.start(order.spec)
        return task

    async def _answer(self, request: web.Request, task: Task) -> web.StreamResponse:
        dice = self._stage.dice
        body = self._accepted(task, jobs_as_list=dice.strikes("jobs_as_list"), no_consumed=dice.strikes("no_consumed"))
        fault = dice.first_of(AFTER_ACCEPT)
        if fault is None:
            return answers.good(self._stage, body)
        if fault == "missing_subscription_key":
            return answers.good(self._stage, {**body, "jobs": {"uuids": [job.uuid for job in task.jobs]}})
        if fault == "garbled_after_accept":
            return answers.cut_off(answers.good(self._stage, body))
        return await answers.broken(self._stage, request, answers.broken_kind(fault))

    def _accepted(self, task: Task, *, jobs_as_list: bool, no_consumed: bool) -> Mapping[str, object]:
        """The answer to an accepted submission. Source: docs.hyper3d.ai, Rodin Gen-2.5, response."""
        uuids = [job.uuid for job in task.jobs]
        key = task.subscription_key
        listed = [{"uuid": uuid, "subscription_key": key} for uuid in uuids]
        consumed = {} if no_consumed else {"consumed": plain_number(task.order.price)}
        taken_at = task.taken_at.astimezone(UTC).isoformat(timespec="milliseconds")
        return {
            "message": "Submitted.",
            "prompt": task.order.spec.prompt,
            "submit_time": taken_at.replace("+00:00", "Z"),
            "uuid": task.uuid,
            **consumed,
            "jobs": listed if jobs_as_list else {"uuids": uuids, "subscription_key": key},
        }

    async def _read_rodin(self, fields: Fields, *, key: str) -> Order:
        pictures = await self._pictures(fields, "images", most=rules.MOST_PICTURES)
        return read_generation(fields, pictures=pictures, dice=self._stage.state.dice)

    async def _read_retexture(self, fields: Fields, *, key: str) -> Order:
        pictures = await self._pictures(fields, "image", most=1)
        return read_retexture(fields, pictures=pictures, dice=self._stage.state.dice)

    async def _read_bang(self, fields: Fields, *, key: str) -> Order:
        def find_source(asset_id: str) -> ModelSpec:
            task = self._stage.state.by_uuid(asset_id, key=key)
            statuses = progress.statuses(self._stage, task)
            if not life.is_over(statuses) or not life.has_result(statuses):
                raise invalid("asset_id", "the task has not finished with a model")
            return task.order.spec

        # With an asset the picture is ignored, so it is not even looked at.
        pictures = () if fields.text("asset_id") else await self._pictures(fields, "image", most=1)
        fields.was_sent("image")
        return read_bang(fields, pictures=pictures, dice=self._stage.state.dice, find_source=find_source)

    async def _pictures(self, fields: Fields, name: str, *, most: int) -> tuple[bytes, ...]:
        uploads = fields.files(name)
        if len(uploads) > most:
            raise invalid(name, f"{len(uploads)} pictures; at most {most} are accepted")
        return tuple([await asyncio.to_thread(inspect_picture, upload) for upload in uploads])
