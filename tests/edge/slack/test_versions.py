"""What comes after a model: each button, the form it opens, and the version that is made in the same thread."""

from __future__ import annotations

import pytest

from tests.edge.slack.stage import Stage, kind_of
from tests.emulators.slack import SeenView, upload

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture" + b"IEND\xaeB`\x82"


async def opened(stage: Stage, button: str) -> SeenView:
    """Have a model made and open the form behind one of its buttons."""
    result = await stage.a_model()
    await stage.ann.click(result, button)
    return await stage.slack.until(lambda: stage.ann.view)


async def test_a_variation_changes_what_is_said_and_keeps_the_rest(stage: Stage) -> None:
    view = await opened(stage, "Variation…")

    await stage.ann.submit(view, {"What should it be now?": "a silver owl"}, files=[upload(PNG, "owl.png")])

    task = await stage.accepted(2)
    await stage.tell()
    assert task.parent_id is not None
    assert "a silver owl" in str(task.request)
    assert [kind_of(one) for one in stage.replies()].count("status") == 1


async def test_better_asks_for_the_next_tier_at_once(stage: Stage) -> None:
    result = await stage.a_model()

    await stage.ann.click(result, "rodin:better")

    assert (await stage.accepted(2)).parent_id is not None


async def test_another_format_is_chosen_from_a_menu(stage: Stage) -> None:
    view = await opened(stage, "Other format…")

    await stage.ann.submit(view, {"File format": "fbx"})

    assert "fbx" in str((await stage.accepted(2)).request)


@pytest.mark.parametrize(
    ("button", "values", "files"),
    [
        ("Retexture…", {"How should it look?": "weathered copper"}, ()),
        ("Retexture…", {}, (upload(PNG, "copper.png"),)),
        ("Split into parts…", {"Strength": "7"}, ()),
    ],
)
async def test_a_remake_is_made_in_the_same_thread(
    stage: Stage, button: str, values: dict[str, str], files: tuple[object, ...]
) -> None:
    view = await opened(stage, button)

    await stage.ann.submit(view, values, files=files)  # type: ignore[arg-type]

    await stage.accepted(2)
    await stage.tell()
    assert [kind_of(one) for one in stage.replies()].count("status") == 1


async def test_what_is_wrong_with_such_a_form_is_said_to_its_sender_alone(stage: Stage) -> None:
    view = await opened(stage, "Retexture…")

    await stage.ann.submit(view, {})

    refusals = await stage.slack.until(lambda: stage.ann.ephemerals[1:])
    assert "words" in refusals[0].text or "picture" in refusals[0].text
    assert len(await stage.tasks()) == 1


async def test_somebody_else_cannot_send_such_a_form_in(stage: Stage) -> None:
    result = await stage.a_model()
    bob = stage.team.member("Bob")
    await bob.click(result, "Retexture…")
    view = await stage.slack.until(lambda: bob.view)

    await bob.submit(view, {"How should it look?": "weathered copper"})

    [refusal] = await stage.slack.until(lambda: bob.ephemerals)
    assert "Only the person who asked" in refusal.text
    assert len(await stage.tasks()) == 1


@pytest.mark.parametrize("button", ["Variation…", "Other format…"])
async def test_somebody_else_does_not_see_what_a_model_was_made_of(stage: Stage, button: str) -> None:
    result = await stage.a_model()
    bob = stage.team.member("Bob")

    await bob.click(result, button)

    [refusal] = await stage.slack.until(lambda: bob.ephemerals)
    assert "Only the person who asked" in refusal.text
    assert bob.view is None
