"""One task as the simulator remembers it: its order, its ids, its jobs, and the faults thrown for it."""

import base64
import json
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.rodin.simulator import life, rules
from adapters.rodin.simulator.life import JobPlan, JobStatus
from adapters.rodin.simulator.orders import Order

#: Long on purpose: clients must not cut it.
_SIGNATURE_BYTES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One accepted submission of one key. `pack_id` is what its file links hold instead of its uuid."""

    uuid: str
    key: str
    subscription_key: str
    pack_id: str
    order: Order
    jobs: tuple[JobPlan, ...]
    taken_at: datetime
    faults: frozenset[str]

    def statuses(self, *, now: datetime, speed: float) -> tuple[JobStatus, ...]:
        """How its jobs stand at this moment."""
        return life.job_statuses(self.jobs, age_s=(now - self.taken_at).total_seconds() * speed)


def new_task(order: Order, *, key: str, taken_at: datetime, faults: frozenset[str], dice: random.Random) -> Task:
    """A task with fresh ids and a plan for its jobs: six, and one more for a render."""
    has_render = order.spec.preview_render
    job_uuids = [_uuid4(dice) for _ in range(rules.JOBS + has_render)]
    plans = life.plan_jobs(job_uuids, total_s=order.seconds, dice=dice)
    return Task(
        uuid=_uuid4(dice),
        key=key,
        subscription_key=_subscription_key(dice, taken_at),
        pack_id=_uuid4(dice),
        order=order,
        jobs=life.spoil_jobs(plans, faults=faults, has_render=has_render),
        taken_at=taken_at,
        faults=faults,
    )


def _uuid4(dice: random.Random) -> str:
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


def _subscription_key(dice: random.Random, taken_at: datetime) -> str:
    """Looks like the JWT that Deemos' MCP server calls it; it names nothing that /download would take."""
    head = _base64url({"alg": "HS256", "typ": "JWT"})
    body = _base64url({"sub": dice.randbytes(24).hex(), "scope": "subscription", "iat": int(taken_at.timestamp())})
    return f"{head}.{body}.{_encoded(dice.randbytes(_SIGNATURE_BYTES))}"


def _base64url(value: Mapping[str, object]) -> str:
    return _encoded(json.dumps(value, separators=(",", ":")).encode())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
