"""What can go wrong at Rodin, as data: the names that `--faults` takes, what each does, and when it strikes."""

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from adapters.rodin.simulator.refusals import MESSAGES


class Scope(StrEnum):
    """Which calls a fault hits. `TASK` is settled when a task is taken and shows later, in status or listing."""

    SUBMIT = "submissions"
    EVERY = "every API call"
    STATUS = "/status"
    DOWNLOAD = "/download"
    BALANCE = "/check_balance"
    TASK = "the task"
    FILE = "file host"


class Step(StrEnum):
    """When a fault of a submission strikes: before the task is taken (nothing charged) or after (charged)."""

    BEFORE = "no"
    AFTER = "yes"
    OTHER = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that can go wrong; `charged` says whether a submission that it hits costs credits."""

    name: str
    scope: Scope
    charged: Step
    description: str


def _faults(scope: Scope, charged: Step, sentences: Mapping[str, str]) -> tuple[Fault, ...]:
    return tuple(
        Fault(name=name, scope=scope, charged=charged, description=sentence) for name, sentence in sentences.items()
    )


_BEFORE: Final = _faults(
    Scope.SUBMIT,
    Step.BEFORE,
    {
        "rate_limit_seconds": "HTTP 429 with `Retry-After` in seconds.",
        "rate_limit_date": "HTTP 429 with `Retry-After` as an HTTP date.",
        "server_error_500": "HTTP 500 with a plain text body.",
        "bad_gateway_502": "HTTP 502 with an HTML body.",
        "syntax_error_500": "HTTP 500 with `SyntaxError … is not valid JSON`, as after a badly encoded array.",
        "timeout_before_accept": "The submission is not taken and never answered.",
        "drop_before_accept": "The submission is not taken and the connection closes without an answer.",
        "permission_denied_403": "Refused with HTTP 403 and `PERMISSION_DENIED`.",
    },
)

_CODES: Final = _faults(
    Scope.SUBMIT, Step.BEFORE, {code.lower(): f"Refused with HTTP 201 and `{code}`." for code in MESSAGES}
)

_AFTER: Final = _faults(
    Scope.SUBMIT,
    Step.AFTER,
    {
        "timeout_after_accept": "The task is taken, but the answer never comes.",
        "drop_after_accept": "The task is taken, but the connection closes without an answer.",
        "garbled_after_accept": "The task is taken, but the answer is JSON cut off in the middle.",
        "server_error_after_accept": "The task is taken, but the answer is HTTP 500 with a plain text body.",
        "bad_gateway_after_accept": "The task is taken, but the answer is HTTP 502 with an HTML body.",
        "missing_subscription_key": "The task is taken, but the answer lacks `jobs.subscription_key`.",
        "jobs_as_list": "`jobs` in the answer is an array of `{uuid, subscription_key}` instead of an object.",
        "no_consumed": "The answer lacks `consumed`.",
    },
)

_SLOW: Final = _faults(
    Scope.SUBMIT,
    Step.AFTER,
    {"slow_accept": "Held for 20 s (divided by the speed) and then taken, even when the client has left by then."},
)

_EVERY: Final = _faults(Scope.EVERY, Step.BEFORE, {"unauthorized": "HTTP 401, as if the key had been revoked."})

READ_SENTENCES: Final[Mapping[str, str]] = {
    "rate_limit_seconds": "HTTP 429 with `Retry-After` in seconds.",
    "rate_limit_date": "HTTP 429 with `Retry-After` as an HTTP date.",
    "server_error": "HTTP 500 with a plain text body.",
    "bad_gateway": "HTTP 502 with an HTML body.",
    "timeout": "Never answered.",
    "drop": "The connection closes without an answer.",
    "garbled": "JSON cut off in the middle.",
}

_READS: Final = tuple(
    fault
    for prefix, scope in (("status", Scope.STATUS), ("download", Scope.DOWNLOAD), ("balance", Scope.BALANCE))
    for fault in _faults(scope, Step.OTHER, {f"{prefix}_{name}": sentence for name, sentence in READ_SENTENCES.items()})
)

_STATUS: Final = _faults(
    Scope.STATUS,
    Step.OTHER,
    {
        "empty_jobs": "`jobs` is an empty array.",
        "status_jobs_as_object": "`jobs` is an object from job uuid to `{status}` instead of an array.",
    },
)

_TASK: Final = _faults(
    Scope.TASK,
    Step.AFTER,
    {
        "render_failed": "With `preview_render`, the render job ends as Failed and `render.jpg` is never listed.",
        "all_failed": "Every job ends as Failed and nothing is listed.",
        "some_failed": "Two jobs end as Failed; the model is listed, `preview.webp` is not.",
        "some_failed_no_model": "Two jobs end as Failed; only `preview.webp` is listed, the model never.",
        "unknown_status": "Running jobs show the undocumented status `Packaging`; they end as Done.",
        "canceled_status": "Every job ends as `Canceled` and nothing is listed.",
        "never_done": "The last job stays Generating for ever.",
        "late_model": "All jobs are Done, but the first 3 listings lack the model.",
        "late_render": "All jobs are Done, but the first 5 listings lack `render.jpg`.",
        "never_listed": "All jobs are Done, but the model is never listed.",
        "odd_names": "Listed names hold folders, `..`, spaces, reserved words, and differ only by case.",
        "expired_links": "The links of the first listing that holds the model are dead already.",
        "oversized_mesh": "The mesh has five times the wanted faces (2,000,000 at most).",
        "purged": "As soon as the jobs have ended, the task is gone: `NO_SUCH_TASK`.",
    },
)

_FILE: Final = _faults(
    Scope.FILE,
    Step.OTHER,
    {
        "broken_transfer": "The first transfer of each file breaks off at 60 %.",
        "wrong_content_length": "`Content-Length` and body are a tenth too short, so a cut file looks whole.",
        "slow_files": "The body trickles in over 20 s (divided by the speed).",
        "html_file": "HTTP 200 with an HTML page instead of the file.",
        "files_server_error": "HTTP 503 with an XML body.",
    },
)

FAULTS: Final[Mapping[str, Fault]] = {
    fault.name: fault
    for group in (_BEFORE, _CODES, _AFTER, _SLOW, _EVERY, _READS, _STATUS, _TASK, _FILE)
    for fault in group
}

BEFORE_ACCEPT: Final = tuple(fault.name for fault in (*_BEFORE, *_CODES))
#: Only one of these can shape an answer; `jobs_as_list` and `no_consumed` go together with any of them.
AFTER_ACCEPT: Final = tuple(fault.name for fault in _AFTER if fault.name not in {"jobs_as_list", "no_consumed"})
TASK_FAULTS: Final = tuple(fault.name for fault in _TASK)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule:
    """When one fault strikes: by chance (`rate` 0..1), or each of the first `first` times (then `rate` is 1)."""

    name: str
    rate: float = 1.0
    first: int | None = None


_AMOUNT: Final = re.compile(r"x(?P<first>[0-9]{1,9})|(?P<rate>[0-9]*\.?[0-9]+)")


def _parse_rule(text: str) -> FaultRule:
    name, colon, amount = (part.strip() for part in text.partition(":"))
    if name not in FAULTS:
        raise ValueError(f'unknown fault "{name}"; known are {", ".join(sorted(FAULTS))}')
    if not colon:
        return FaultRule(name=name)
    found = _AMOUNT.fullmatch(amount)
    if found is None or (found["rate"] and float(found["rate"]) > 1):
        raise ValueError(f'"{text.strip()}": after the colon comes a rate (0 to 1) or a count, as in {name}:x3')
    if found["first"]:
        return FaultRule(name=name, first=int(found["first"]))
    return FaultRule(name=name, rate=float(amount))


def parse_faults(text: str) -> tuple[FaultRule, ...]:
    """Read `NAME[:RATE],…`; RATE is 0..1 or `xN` for "the first N times", 1 when left out. Empty text means none.

    Raises:
        ValueError: unknown name (the sentence lists all), a rate out of range, or a name given twice.
    """
    rules = tuple(_parse_rule(part) for part in text.split(",") if part.strip())
    names = [rule.name for rule in rules]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"given more than once: {', '.join(twice)}")
    return rules


class FaultDice:
    """Decides, one call after the other, which faults strike. The same seed and calls give the same answers.

    Each fault has dice of its own, so that adding one fault does not shift the others.
    """

    def __init__(self, text: str, *, seed: int | None = None) -> None:
        self._seed = seed
        self.replace(text)

    def replace(self, text: str) -> None:
        """Forget the present rules and follow these.

        Raises:
            ValueError: as `parse_faults`; the present rules then stay.
        """
        self._rules = {rule.name: rule for rule in parse_faults(text)}
        self._struck = dict.fromkeys(self._rules, 0)
        self._chance = {
            name: random.Random() if self._seed is None else random.Random(f"{self._seed}/{name}")
            for name in self._rules
        }

    @property
    def struck(self) -> Mapping[str, int]:
        """How often each present fault struck so far."""
        return dict(self._struck)

    def strikes(self, name: str) -> bool:
        """Whether this fault hits the call in hand; throws the dice."""
        rule = self._rules.get(name)
        if rule is None or (rule.first is not None and self._struck[name] >= rule.first):
            return False
        # `random()` is below 1, so rate 1 always strikes and rate 0 never does.
        hit = self._chance[name].random() < rule.rate
        self._struck[name] += hit
        return hit

    def first_of(self, names: Iterable[str]) -> str | None:
        """The first of these faults that hits the call in hand; those after it are not asked."""
        return next((name for name in names if self.strikes(name)), None)

    def all_of(self, names: Iterable[str]) -> frozenset[str]:
        """Every one of these faults that hits the call in hand."""
        return frozenset(name for name in names if self.strikes(name))
