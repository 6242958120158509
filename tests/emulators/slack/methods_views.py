"""The `views.*` methods.

Source: docs.slack.dev, surfaces/modals; reference/methods.
"""

from __future__ import annotations

import secrets

from tests.emulators.slack import limits, wire
from tests.emulators.slack.api import Context, method
from tests.emulators.slack.errors import Refused
from tests.emulators.slack.methods_chat import check_pictures
from tests.emulators.slack.records import Json, Person, Trigger, ViewRecord
from tests.emulators.slack.world import TRIGGER_LIFE_S, World

DEEPEST = 3  # views on top of each other


def new_view(world: World, person: Person, body: Json, *, below: ViewRecord | None = None) -> ViewRecord:
    """Return a view ready to be shown to somebody, on top of another or alone."""
    name = world.new_id("V")
    return ViewRecord(
        id=name,
        team_id=person.team_id,
        person=person,
        body={**body, "blocks": wire.with_ids(body["blocks"])},
        hash=f"{int(world.clock.now_s())}.{secrets.token_hex(4)}",
        root_id=below.root_id if below else name,
        previous_id=below.id if below else None,
    )


def check_view(body: object, *, kind: str) -> Json:
    """Return a view's body, or refuse it."""
    if not isinstance(body, dict) or body.get("type") != kind:
        raise Refused("invalid_arguments", f"view/type must be {kind}")
    problems = limits.view_problems(body)
    if any("bytes" in problem for problem in problems):
        raise Refused("view_too_large")
    if problems:
        raise Refused("invalid_arguments", *problems)
    return body


def revise_view(world: World, view: ViewRecord, body: Json) -> None:
    """Show something else in an open view; what was typed into blocks that stay is kept."""
    view.body = {**body, "blocks": wire.with_ids(body["blocks"])}
    view.hash = f"{int(world.clock.now_s())}.{secrets.token_hex(4)}"
    view.errors = {}
    world.changed()


def spend_trigger(context: Context) -> Trigger:
    """Take a trigger, which works once within three seconds."""
    trigger = context.world.triggers.get(context.text("trigger_id"))
    if trigger is None or trigger.person.team_id != context.team.id:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if context.world.clock.now_s() - trigger.issued_s > TRIGGER_LIFE_S:
        raise Refused("expired_trigger_id")
    trigger.used = True
    return trigger


@method("views.open", needed="trigger_id view")
async def open_view(context: Context) -> Json:
    body = check_view(context.arguments["view"], kind="modal")
    await check_pictures(context.team, body["blocks"])
    trigger = spend_trigger(context)
    view = new_view(context.world, trigger.person, body)
    view.cause = trigger.id
    context.world.modals[trigger.person.id] = [view]
    context.world.changed()
    return {"view": wire.view_json(context.world, view)}


@method("views.push", needed="trigger_id view")
async def push_view(context: Context) -> Json:
    body = check_view(context.arguments["view"], kind="modal")
    await check_pictures(context.team, body["blocks"])
    trigger = spend_trigger(context)
    stack = context.world.modals.get(trigger.person.id, [])
    if not stack:
        raise Refused("not_found")
    if len(stack) >= DEEPEST:
        raise Refused("push_limit_reached")
    view = new_view(context.world, trigger.person, body, below=stack[-1])
    view.cause = trigger.id
    stack.append(view)
    context.world.changed()
    return {"view": wire.view_json(context.world, view)}


@method("views.update", "view_id external_id hash", needed="view")
async def update_view(context: Context) -> Json:
    wanted, outside = context.text("view_id"), context.text("external_id")
    for view in (view for stack in context.world.modals.values() for view in stack):
        known = view.id == wanted or (outside and view.body.get("external_id") == outside)
        if known and view.team_id == context.team.id:
            body = check_view(context.arguments["view"], kind="modal")
            _check_hash(context, view)
            await check_pictures(context.team, body["blocks"])
            revise_view(context.world, view, body)
            return {"view": wire.view_json(context.world, view)}
    raise Refused("not_found")


def _check_hash(context: Context, view: ViewRecord | None) -> None:
    if context.text("hash") and (view is None or context.text("hash") != view.hash):
        raise Refused("hash_conflict")


@method("views.publish", "hash", needed="user_id view")
async def publish(context: Context) -> Json:
    if not context.world.settings.home_tab:
        raise Refused("not_enabled")
    person = context.team.people.get(context.text("user_id"))
    if person is None:
        raise Refused("user_not_found")
    body = check_view(context.arguments["view"], kind="home")
    await check_pictures(context.team, body["blocks"])
    shown = context.world.homes.get(person.id)
    _check_hash(context, shown)
    if shown is None:
        shown = context.world.homes[person.id] = new_view(context.world, person, body)
    revise_view(context.world, shown, body)
    return {"view": wire.view_json(context.world, shown)}
