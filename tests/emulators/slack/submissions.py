"""What a submitted form's acknowledgement does to the screen.

Source: docs.slack.dev, surfaces/modals ("Modifying views").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.emulators.slack.errors import Refused
from tests.emulators.slack.methods_views import check_view, new_view, revise_view
from tests.emulators.slack.records import Json, ViewRecord

if TYPE_CHECKING:
    from tests.emulators.slack.answers import Answer
    from tests.emulators.slack.world import World


def settle_submission(world: World, view: ViewRecord, payload: Json | None, answer: Answer) -> None:
    """Close, change or keep the form as the bot's acknowledgement says."""
    action = (payload or {}).get("response_action")
    stack = world.modals.get(view.person.id, [])
    try:
        if action == "errors":
            _show_errors(world, view, payload or {}, answer)
        elif action == "update":
            revise_view(world, view, check_view((payload or {}).get("view"), kind="modal"))
        elif action == "push":
            pushed = new_view(world, view.person, check_view((payload or {}).get("view"), kind="modal"), below=view)
            pushed.cause = answer.cause
            stack.append(pushed)
        elif action == "clear":
            stack.clear()
        elif view in stack:
            stack.remove(view)
    except Refused as refusal:
        answer.complaint = f"We had some trouble connecting. Try again? ({refusal.error})"
        world.complain(f"a form was acknowledged with something Slack refuses: {refusal.answer()}")
    world.changed()


def _show_errors(world: World, view: ViewRecord, payload: Json, answer: Answer) -> None:
    errors = payload.get("errors") or {}
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not errors or not errors.keys() <= inputs:
        raise Refused("invalid_errors", f"fields {sorted(errors)} are not among {sorted(inputs)}")
    view.errors = dict(errors)
    answer.errors = dict(errors)
