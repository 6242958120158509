"""What docs/operating.md tells an operator to type does what it says."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text

from bot.model import Charge, FailureKind, TaskState
from storage.database import open_database
from storage.tasks import SqlTaskStore
from tests.factories import NOON, a_submission, a_task, a_worker
from tests.fakes.databases import needs_postgres, postgres_url

PAGE = Path(__file__).parents[3] / "docs" / "operating.md"


@needs_postgres
async def test_after_pg_restore_nothing_that_waited_is_sent(tmp_path: Path) -> None:
    (statement,) = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    async with postgres_url(tmp_path) as url, open_database(url) as database:
        store = SqlTaskStore(database)
        await store.add(a_task(id="waiting"))
        await store.add(a_task(id="free", price=Decimal(0)))
        await store.add(a_task(id="there", submission=a_submission(), state=TaskState.SUBMITTED))

        async with database.writing() as connection:
            await connection.execute(text(statement))

        states = {task.id: task.state for task in await store.tasks_in(list(TaskState), limit=10)}
        assert states == {
            "waiting": TaskState.UNCLEAR,
            "free": TaskState.ACCEPTED,
            "there": TaskState.SUBMITTED,
        }
        waiting = await store.load("waiting")
        assert waiting.failure is not None
        assert (waiting.failure.kind, waiting.failure.charged) == (FailureKind.LOST_ANSWER, Charge.MAYBE)
        assert waiting.ended_at is not None
        assert not waiting.is_ending_told
        untold = await store.claim_untold(a_worker(), platforms=["console"], now=NOON, limit=10)
        assert "waiting" in {task.id for task in untold}
