"""Which tasks to suggest while somebody types an id: cheap enough for every keystroke, for none is put into words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from bot import text
from bot.chat import Suggestion
from bot.choices import choices_of
from bot.folding import folded
from bot.model import Owner, Task
from bot.ports import TaskStore
from bot.update import Choice

AMONG = 100
"""How many of a person's newest tasks are looked through; an older one's id can be typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggester:
    """Finds a person's tasks by what they typed of them."""

    tasks: TaskStore

    async def suggest(self, owner: Owner, typed: str, *, need: Choice | None, limit: int) -> tuple[Suggestion, ...]:
        """Return the newest tasks that fit; one read, whatever they are. See `bot.chat.Intake.suggestions`."""
        newest = await self.tasks.tasks_of(owner, limit=AMONG)
        return tuple(islice(fitting(newest, typed, need=need), limit))


def fitting(tasks: Iterable[Task], typed: str, *, need: Choice | None) -> Iterable[Suggestion]:
    """Give those tasks whose id or title holds what was typed, however written, and that `need` can be done to."""
    wanted = folded(typed)
    for task in tasks:
        title = text.title(task.request)
        if (wanted in task.id or wanted in folded(title)) and (need is None or need in choices_of(task)):
            yield Suggestion(task_id=task.id, state=task.state, title=title)
