"""From a task to the update that a thread shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot import text, words_keys, words_money
from bot.choices import choices_of, costs_of
from bot.controls import Controls, Pause
from bot.exhibit import Links
from bot.forgetting import has_words
from bot.history import History
from bot.keys import KeyStore, Stop
from bot.model import FileRole, Task, TaskState
from bot.ports import Clock, TaskStore
from bot.schedule import expected_wait
from bot.update import Bar, Update


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """What stands around some tasks: their places in line, a pause, what stopped their keys, how long others took."""

    places: Mapping[str, int]
    pause: Pause | None
    stops: Mapping[str | None, Stop | None]
    durations: Mapping[str, Sequence[timedelta]]

    def held(self, task: Task) -> str | None:
        """Say why nothing is sent at all: the operator's pause, or that the key is stopped; None while tasks are."""
        if self.pause is not None:
            return words_money.paused(self.pause.word)
        why = self.stops[task.key_id]
        return None if why is None else words_keys.waits(why, is_own=task.key_id is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Puts a task into words, with what only the database knows: its place in line, what it may take, a pause."""

    tasks: TaskStore
    controls: Controls
    keys: KeyStore
    history: History
    clock: Clock
    parallel: int
    links: Links | None = None
    notice: str = ""

    async def update(self, task: Task) -> Update:
        """Return what a thread should show for a task as it stands now; the first one of a server with the notice."""
        return (await self.updates([task]))[0]

    async def updates(self, tasks: Sequence[Task]) -> tuple[Update, ...]:
        """Return what threads should show for tasks; however many they are, the database is asked as often as for one.

        Or nearly: once more for each other product and each other key among them.
        """
        surroundings = await self._surroundings([task for task in tasks if not task.has_ended])
        return tuple(self._shown(task, surroundings) for task in tasks)

    async def _surroundings(self, under_way: Sequence[Task]) -> _Surroundings:
        waiting = [task for task in under_way if task.state is TaskState.ACCEPTED]
        products, keys = {task.request.product for task in under_way}, {task.key_id for task in waiting}
        return _Surroundings(
            places=await self.tasks.queue_places([task.id for task in waiting]) if waiting else {},
            pause=await self.controls.paused() if waiting else None,
            stops={key_id: (await self.keys.state(key_id)).stopped for key_id in keys},
            durations={product: await self.history.durations(product) for product in products},
        )

    def _shown(self, task: Task, around: _Surroundings) -> Update:
        if task.showing.is_forgotten:
            return nothing_left(task)
        if task.has_ended:
            update = ending(task, viewer_url=self._viewer_url(task), download_url=self._download_url(task))
        else:
            update = self._under_way(task, around)
        return replace(update, notice=self.notice) if task.is_first else update

    def _under_way(self, task: Task, around: _Surroundings) -> Update:
        place = around.places.get(task.id, 0)
        expected = self.history.expected_after(around.durations[task.request.product], task.request)
        wait = expected_wait(place, parallel=self.parallel, expected=expected)
        update = under_way(task, now=self.clock.now(), place=place, wait=wait, expected=expected)
        held = around.held(task) if task.state is TaskState.ACCEPTED else None
        return update if held is None else replace(update, headline=held)

    def _viewer_url(self, task: Task) -> str | None:
        if self.links is None or task.state is not TaskState.READY or not task.files:
            return None
        return self.links.viewer_url(task.id, task.showing.generation)

    def _download_url(self, task: Task) -> str | None:
        """Return the link to the model: to the ZIP with everything, where there is more than the file itself."""
        wanted = [file for role in (FileRole.BUNDLE, FileRole.MODEL) for file in task.files if file.role is role]
        model = wanted[0] if wanted else None
        if self.links is None or task.state is not TaskState.READY or model is None:
            return None
        return self.links.file_url(task.id, task.showing.generation, model.name)


def under_way(task: Task, *, now: datetime, place: int, wait: timedelta, expected: timedelta) -> Update:
    """Return the update of a task that has not ended."""
    lines = [text.asked(task.request, task.price), *text.remarks(task.request)]
    bar = None
    if task.state is TaskState.ACCEPTED:
        headline = text.waiting(place, wait, task.hold)
    elif task.state is TaskState.CONVERTING:
        headline = text.converting()
    elif task.state is TaskState.SUBMITTING:
        headline = text.settling() if task.misses else text.submitting()
    else:
        headline = text.collecting() if task.state is TaskState.COLLECTING else text.running(task)
        elapsed = now - (task.submitted_at or task.changed_at)
        lines.append(text.times(elapsed, expected))
        bar = Bar(fraction=task.progress, elapsed_s=elapsed.total_seconds(), expected_s=expected.total_seconds())
    if task.muted:
        lines.append(text.muted())
    return _update(task, headline, tuple(lines), bar=bar)


def ending(task: Task, *, viewer_url: str | None = None, download_url: str | None = None) -> Update:
    """Return the update of a task that has ended."""
    asked = text.asked(task.request, task.price)
    if task.state is TaskState.READY:
        if task.showing.removal is not None:
            return _update(task, text.removal(task.showing.removal), (asked, text.spent(task)))
        known = (*text.remarks(task.request), *text.showing_lines(task), text.spent(task))
        files = tuple(text.file_line(file) for file in task.files)
        update = _update(task, text.ready(task), (asked, *known, *files))
        return replace(update, viewer_url=viewer_url, download_url=download_url)
    if task.state is TaskState.CANCELLED:
        return _update(task, text.cancelled(), (asked,))
    headline, *rest = text.failure(task)
    return _update(task, headline, (*rest, asked))


def nothing_left(task: Task) -> Update:
    """Return the update of a forgotten task, under way or not: that it is, and what it cost."""
    removal = task.showing.removal
    return _update(task, "" if removal is None else text.removal(removal), (text.cost(task),))


def _update(task: Task, headline: str, lines: tuple[str, ...], *, bar: Bar | None = None) -> Update:
    choices = choices_of(task)
    return Update(
        task_id=task.id,
        revision=task.revision,
        state=task.state,
        owner=task.owner,
        title=text.title(task.request),
        headline=headline,
        lines=lines,
        bar=bar,
        files=task.files,
        choices=choices,
        costs=tuple((choice, text.as_credits(amount)) for choice, amount in costs_of(task, choices)),
        ending=task.has_ended,
        is_muted=task.muted,
        is_told=task.told >= task.revision,
        words_gone=not has_words(task.request),
        is_complete=task.has_ended and (task.state is not TaskState.READY or task.showing.is_pictured),
    )
