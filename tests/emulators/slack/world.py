"""The state of the stand-in's Slack, its time, its ids, and who is waiting for a change."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from tests.emulators.slack.clock import StandInClock
from tests.emulators.slack.manifest import AppSettings
from tests.emulators.slack.records import AssistantStatus, Call, Json, Person, ResponseUrl, Trigger, ViewRecord
from tests.secrecy import learn

if TYPE_CHECKING:
    from tests.emulators.slack.workspace import Workspace

T = TypeVar("T")

TRIGGER_LIFE_S = 3.0  # docs.slack.dev, interactivity: "trigger_id expires in 3 seconds"
LOOK_AGAIN_S = 0.05  # for conditions about things outside, such as a process


class World:
    """Everything that this Slack knows."""

    def __init__(self, settings: AppSettings) -> None:
        self.settings = settings
        self.app_id = "A0STANDIN01"
        self.client_id = "1111111111.2222222222"
        self.client_secret = secrets.token_hex(16)
        self.signing_secret = secrets.token_hex(16)
        self.app_token = f"xapp-1-{self.app_id}-{secrets.token_hex(16)}"
        self.verification_token = secrets.token_hex(12)
        learn(self.client_secret, self.signing_secret, self.app_token)
        self.base_url = ""
        self.clock = StandInClock()
        self.teams: dict[str, Workspace] = {}
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.homes: dict[str, ViewRecord] = {}  # by user id
        self.modals: dict[str, list[ViewRecord]] = {}  # by user id, the top one last
        self.statuses: dict[tuple[str, str], AssistantStatus] = {}
        self.files_wait = False
        self._count = 0xA1B2C3
        self._last_us = 0
        self._change = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def new_id(self, prefix: str) -> str:
        """Return an id as Slack writes them, such as `C000A1B2C4`."""
        self._count += 1
        return f"{prefix}{self._count:09X}"

    def new_ts(self) -> str:
        """Return a message's timestamp: seconds and microseconds, each only once."""
        self._last_us = max(int(self.clock.now_s() * 1_000_000), self._last_us + 1)
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"

    def issue_trigger(self, person: Person) -> Trigger:
        """Return a fresh `trigger_id` for somebody."""
        self._count += 1
        name = f"{self._count}.{person.team_id[-6:]}.{secrets.token_hex(16)}"
        trigger = Trigger(id=name, person=person, issued_s=self.clock.now_s())
        self.triggers[name] = trigger
        return trigger

    def complain(self, sentence: str) -> None:
        """Remember something that a bot must never do; the test fails at its end."""
        self.complaints.append(sentence)
        self.changed()

    def changed(self) -> None:
        """Wake whoever waits in `until`."""
        self._change.set()
        self._change = asyncio.Event()

    async def until(self, condition: Callable[[], T], *, timeout_s: float) -> T:
        """Return the first true value of `condition`, looked at after each change.

        Raises:
            TimeoutError: it stayed false.
        """
        async with asyncio.timeout(timeout_s):
            while not (value := condition()):
                # Not `wait_for`: up to Python 3.11 it loses a cancellation that comes together with a change.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN_S):
                        await self._change.wait()
            return value

    def spawn(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        """Do something in the background; its failure is a complaint."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._settle)

    def _settle(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.complain(f"the stand-in itself failed in {task.get_name()}: {error!r}")

    async def rest(self) -> None:
        """Stop what goes on in the background."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def settings_of(self) -> Json:
        """Return the facts of the app that payloads carry."""
        return {"api_app_id": self.app_id, "token": self.verification_token}
