"""Looking for tasks: by whose they are, where, how they ended, and by their words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.folding import words_sought
from bot.model import ALONE, Address, BangRequest, TaskState, TextureRequest
from bot.ports import Sought, TaskStore
from tests.factories import a_request, a_task, after, an_owner
from tests.fakes.task_stores import added, ids

THREAD = Address(platform="console", value="thread-1", place="thread-1")


def by_words(typed: str) -> Sought:
    return Sought(asker=an_owner(), words=words_sought(typed))


async def test_ones_own_tasks_come_newest_first_and_no_more_than_asked_for(store: TaskStore) -> None:
    old, new, newest = await added(store, *(a_task(created_at=after(minutes=minute)) for minute in (1, 2, 3)))
    await added(store, a_task(owner=an_owner("bob"), address=THREAD))

    assert await store.search(Sought(asker=an_owner()), limit=9) == (newest, new, old)
    assert await store.search(Sought(asker=an_owner()), limit=2) == (newest, new)


async def test_one_is_the_same_person_in_every_server(store: TaskStore) -> None:
    (elsewhere,) = await added(store, a_task(owner=an_owner(server_id="other", channel_id="far")))

    assert await store.search(Sought(asker=an_owner()), limit=9) == (elsewhere,)


async def test_of_others_only_what_stands_in_a_thread_of_the_same_server_is_found(store: TaskStore) -> None:
    own, shared, *_ = await added(
        store,
        a_task(),
        a_task(owner=an_owner("bob"), address=THREAD, created_at=after(minutes=1)),
        a_task(owner=an_owner("bob")),
        a_task(owner=an_owner("bob", server_id="other"), address=THREAD),
        a_task(owner=an_owner("bob", platform="slack"), address=THREAD),
        a_task(owner=an_owner("bob"), address=replace(THREAD, place=f"{ALONE}thread-1")),
    )

    assert await store.search(Sought(asker=an_owner(), is_own_only=False), limit=9) == (shared, own)
    assert await store.search(Sought(asker=an_owner(server_id=None), is_own_only=False), limit=9) == (own,)


async def test_a_channel_is_that_of_the_question_or_the_thread_itself(store: TaskStore) -> None:
    asked_here, in_thread, _ = await added(
        store,
        a_task(owner=an_owner(channel_id="hall")),
        a_task(owner=an_owner("bob", channel_id="yard"), address=THREAD),
        a_task(owner=an_owner(channel_id="yard")),
    )

    assert await store.search(Sought(asker=an_owner(), channel_id="hall"), limit=9) == (asked_here,)
    within = Sought(asker=an_owner(), is_own_only=False, channel_id="thread-1")
    assert await store.search(within, limit=9) == (in_thread,)


async def test_a_search_may_be_for_some_ends_alone(store: TaskStore) -> None:
    failed, unclear, *_ = await added(
        store, *(a_task(state=state) for state in (TaskState.FAILED, TaskState.UNCLEAR, TaskState.READY))
    )
    sought = Sought(asker=an_owner(), states=frozenset({TaskState.FAILED, TaskState.UNCLEAR}))

    assert set(ids(await store.search(sought, limit=9))) == {failed.id, unclear.id}
    assert await store.search(Sought(asker=an_owner(), states=frozenset()), limit=9) == ()


@pytest.mark.parametrize(
    ("prompt", "typed"),
    [
        ("a small brass owl", "BRASS"),
        ("a small brass owl", "owl small"),
        ("Ein GROẞES MÜHLRAD", "mühlrad grosses"),
        ("eine mu\u0308hle", "MÜHLE"),
        ("ΣΊΣΥΦΟΣ rolls", "σίσυφος"),
        ("ИЗБУШКА на ножках", "избушка"),
        ("一把木椅子", "木椅"),
        ("\uff26\uff35\uff2c\uff2c width", "full"),
        ("a brass owl, 100% metal", "100%"),
        ("file_name_with_lines", "name_with"),
        ("a path c:\\owl/brass", "c:\\owl/b"),
        ('o\'clock "now"', 'o\'clock "now"'),
        ("a\u00ad\u200bhidden word", "ahidden"),
        ("emoji 🦉 owl", "🦉"),
    ],
)
async def test_words_are_found_in_any_case_and_script(store: TaskStore, prompt: str, typed: str) -> None:
    (wanted, _) = await added(store, a_task(request=a_request(prompt=prompt)), a_task(request=a_request(prompt="boat")))

    assert await store.search(by_words(typed), limit=9) == (wanted,)


@pytest.mark.parametrize("typed", ["%", "_", "b%t", "b__t", "\\", "/%", "boat owl", "tier", "Gen-2.5"])
async def test_nothing_is_a_wildcard_and_options_are_no_words(store: TaskStore, typed: str) -> None:
    await added(store, a_task(request=a_request(prompt="a boat")))

    assert await store.search(by_words(typed), limit=9) == ()


async def test_no_words_find_everything_and_very_many_do_no_harm(store: TaskStore) -> None:
    (task,) = await added(store, a_task())

    assert await store.search(by_words("  "), limit=9) == (task,)
    assert await store.search(by_words("owl " * 20_000), limit=9) == (task,)
    assert await store.search(by_words("x" * 100_000), limit=9) == ()


async def test_textures_and_splits_are_found_by_what_they_show_and_what_was_said_about_them(store: TaskStore) -> None:
    texture, split = await added(
        store,
        a_task(request=TextureRequest(model_name="m.glb", seed=1, subject="A Chair", prompt="green moss")),
        a_task(request=BangRequest(asset_id="a", subject="a chair", instruction="legs apart")),
    )

    assert set(ids(await store.search(by_words("chair"), limit=9))) == {texture.id, split.id}
    assert await store.search(by_words("moss chair"), limit=9) == (texture,)
    assert await store.search(by_words("LEGS"), limit=9) == (split,)


async def test_words_that_are_changed_are_found_as_they_are_now(store: TaskStore) -> None:
    (task,) = await added(store, a_task())

    await store.save(task.revise(request=a_request(prompt="")), expected_revision=task.revision)

    assert await store.search(by_words("owl"), limit=9) == ()
