"""Everything one simulator remembers: accounts, tasks, charges, refusals, counters. Single-threaded; never waits."""

import random
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from adapters.rodin.simulator import life, rules
from adapters.rodin.simulator.clock import Clock
from adapters.rodin.simulator.models import ModelSpec
from adapters.rodin.simulator.options import SimulatorOptions
from adapters.rodin.simulator.orders import Order
from adapters.rodin.simulator.refusals import Refused
from adapters.rodin.simulator.tasks import Task, new_task

RETENTION: Final = timedelta(days=rules.RETENTION_DAYS)
REMEMBERED_REFUSALS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One usage record of an account."""

    task_uuid: str
    at: datetime
    item: str
    amount: Decimal

    def as_json(self) -> Mapping[str, object]:
        """The record that /check_balance answers. Key names come from client code; the formats are our reading."""
        return {
            "task_uuid": self.task_uuid,
            "time": self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "item": self.item,
            "amount": plain_number(self.amount),
        }


@dataclass(slots=True, kw_only=True)
class Account:
    """The wallet behind one key, which may be revoked. Charges oldest first."""

    balance: Decimal
    is_revoked: bool = False
    charges: list[Charge] = field(default_factory=list)

    def debit(self, charge: Charge) -> None:
        """Take one charge off the balance and remember it."""
        self.balance -= charge.amount
        self.charges.append(charge)

    def page(self, number: int) -> list[Charge]:
        """One page of charges, newest first; the first page is 1."""
        newest_first = self.charges[::-1]
        return newest_first[(number - 1) * rules.USAGE_PAGE : number * rules.USAGE_PAGE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One request that was answered with an error code."""

    at: datetime
    route: str
    key: str
    status: int
    code: str
    message: str


def plain_number(amount: Decimal) -> int | float:
    """The JSON number for an amount of credits: whole ones without a fraction."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


class State:
    """The memory of one simulator. Every method is one step: nothing can come between its parts."""

    def __init__(self, options: SimulatorOptions, clock: Clock) -> None:
        self.began_at = clock.now()
        self.accounts: dict[str, Account] = {}
        self.tasks: dict[str, Task] = {}
        self.refusals: deque[Refusal] = deque(maxlen=REMEMBERED_REFUSALS)
        self.requests: Counter[str] = Counter()
        self.unknown_fields: Counter[str] = Counter()
        self.ignored_fields: Counter[str] = Counter()
        self.listings: Counter[str] = Counter()  # by task uuid: listings of all its files, after its jobs had ended
        self.model_listings: Counter[str] = Counter()  # by task uuid: listings that held the model
        self.authorization_leaks = 0
        self.dice = random.Random(options.seed)  # ids and times: not secrets of anybody
        self._options = options
        self._clock = clock
        self._uuid_of: dict[str, str] = {}  # by subscription key
        self._packs: dict[str, str] = {}  # by pack id
        self._purged: set[str] = set()

    def account(self, key: str) -> Account:
        """The account of a key; a new key has the starting balance."""
        return self.accounts.setdefault(key, Account(balance=self._options.balance))

    def check_room(self, order: Order, *, key: str) -> None:
        """Let a submission through that this key may run and pay for.

        Raises:
            Refused: too many tasks of this key are running, or its balance is too low.
        """
        if self.running(key) >= self._options.parallel:
            raise Refused("API_PARALLELISM_LIMIT_REACHED")
        if self.account(key).balance < order.price:
            raise Refused("API_INSUFFICIENT_FUNDS")

    def take(self, order: Order, *, key: str, faults: frozenset[str]) -> Task:
        """Take a submission and charge for it, once; `check_room` comes before."""
        self._forget_old_payloads()
        now = self._clock.now()
        task = new_task(order, key=key, taken_at=now, faults=faults, dice=self.dice)
        self.tasks[task.uuid] = task
        self._uuid_of[task.subscription_key] = task.uuid
        self._packs[task.pack_id] = task.uuid
        self.account(key).debit(Charge(task_uuid=task.uuid, at=now, item=order.item, amount=order.price))
        self.unknown_fields.update(order.unknown)
        self.ignored_fields.update(order.ignored)
        return task

    def running(self, key: str) -> int:
        """How many tasks of a key still have a job that has not ended."""
        return sum(not life.is_over(self.statuses(task)) for task in self.tasks.values() if task.key == key)

    def statuses(self, task: Task) -> tuple[life.JobStatus, ...]:
        """How the jobs of a task stand now, by the clock alone."""
        return task.statuses(now=self._clock.now(), speed=self._options.speed)

    def by_subscription(self, subscription_key: str, *, key: str) -> Task:
        """The task that /status may speak about.

        Raises:
            Refused: no such task of this key, or no longer.
        """
        return self.by_uuid(self._uuid_of.get(subscription_key, ""), key=key)

    def by_uuid(self, task_uuid: str, *, key: str) -> Task:
        """The task that /download may speak about.

        Raises:
            Refused: no such task of this key, or no longer.
        """
        task = self.tasks.get(task_uuid)
        if task is None or task.key != key or self.is_purged(task):
            raise Refused("NO_SUCH_TASK")
        return task

    def by_pack(self, pack_id: str) -> Task | None:
        """The task whose files have this id in their links, unless it is purged."""
        task = self.tasks.get(self._packs.get(pack_id, ""))
        return None if task is None or self.is_purged(task) else task

    def is_purged(self, task: Task) -> bool:
        """Whether Rodin has thrown the task away: after seven days, or at its end with the fault `purged`."""
        if self._clock.now() - task.taken_at >= RETENTION:
            return True
        return "purged" in task.faults and life.is_over(self.statuses(task))

    def note_refusal(self, refused: Refused, *, route: str, key: str) -> None:
        """Remember a request that was refused."""
        self.refusals.append(
            Refusal(
                at=self._clock.now(),
                route=route,
                key=key,
                status=refused.status,
                code=refused.code,
                message=refused.message,
            )
        )

    def _forget_old_payloads(self) -> None:
        """Drop the pictures of purged tasks; the ledger keeps the rest."""
        for task_uuid, task in self.tasks.items():
            if task_uuid not in self._purged and self._clock.now() - task.taken_at >= RETENTION:
                self._purged.add(task_uuid)
                bare: ModelSpec = replace(task.order.spec, pictures=())
                self.tasks[task_uuid] = replace(task, order=replace(task.order, spec=bare))
