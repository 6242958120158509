"""What somebody has had forgotten today goes on counting for them, under another id."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.limits import CreditsShort, Limits, Scope
from bot.ports import TaskStore
from tests.factories import NOON, a_task, after, an_owner
from tests.fakes.task_stores import added

GONE = an_owner("code-1", channel_id="code-2")


async def test_what_stands_under_the_other_id_counts_for_the_limits_of_person_and_channel(store: TaskStore) -> None:
    await added(store, a_task(owner=GONE))
    ids = {Scope.PERSON: "code-1", Scope.CHANNEL: "code-2"}

    for scope, alias in ids.items():
        limits = Limits(since=NOON, credits={scope: Decimal("0.5")}, aliases={scope: alias})
        with pytest.raises(CreditsShort) as caught:
            await store.add(a_task(), within=limits)
        assert caught.value.left == 0
    await store.add(a_task(), within=Limits(since=NOON, credits={Scope.PERSON: Decimal("0.5")}))


async def test_the_other_id_counts_on_the_same_platform_and_since_the_same_moment(store: TaskStore) -> None:
    await added(
        store,
        a_task(owner=GONE, created_at=after(days=-1)),
        a_task(owner=an_owner("code-1", platform="slack", channel_id="code-2")),
    )

    assert await store.spent(Scope.PERSON, an_owner(), since=NOON, alias="code-1") == 0
    assert await store.spent(Scope.CHANNEL, an_owner(), since=NOON, alias="code-2") == 0


async def test_a_person_has_used_what_stands_under_both_ids(store: TaskStore) -> None:
    await added(store, a_task(), a_task(owner=GONE), a_task(owner=an_owner("bob")))

    used = await store.usage(an_owner(), since=NOON, alias="code-1")

    assert (used.tasks, used.credits_today) == (2, Decimal(1))
    assert (await store.usage(an_owner(), since=NOON)).tasks == 1
