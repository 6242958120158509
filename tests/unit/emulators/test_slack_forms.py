"""Forms: modals that a member fills in, and what the bot's acknowledgement does to them."""

import pytest

from tests.emulators.slack import MemberCannot, upload
from tests.emulators.slack.sample_bot import bolt_app, over_socket
from tests.unit.emulators.block_kit import option, plain

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


def field(label, element, **more):
    return {"type": "input", "block_id": label.lower(), "label": plain(label), "element": element, **more}


FORM = {
    "type": "modal",
    "callback_id": "new",
    "private_metadata": "C1",
    "title": plain("New model"),
    "submit": plain("Make"),
    "notify_on_close": True,
    "blocks": [
        field("Prompt", {"type": "plain_text_input", "action_id": "prompt", "max_length": 20}, optional=True),
        field(
            "Tier",
            {"type": "static_select", "action_id": "tier", "options": [option("Fast", "f"), option("Fine", "x")]},
        ),
        field("Parts", {"type": "checkboxes", "action_id": "parts", "options": [option("Split", "s")]}, optional=True),
        field(
            "Pictures",
            {"type": "file_input", "action_id": "pictures", "max_files": 2, "filetypes": ["png"]},
            optional=True,
        ),
    ],
}


@pytest.fixture
def app(slack, team):
    return bolt_app(slack, team)


async def open_form(app, slack, ann, general):
    """Let the app open the form upon a command."""

    @app.command("/rodin")
    async def rodin(ack, client, body):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    answer = await ann.command(general, "/rodin")
    return await slack.until(lambda: answer.view)


async def test_a_form_is_opened_filled_in_and_sent_with_files(slack, ann, general, app):
    sent = []

    @app.view("new")
    async def submitted(ack, view):
        sent.append(view)
        await ack()

    async with over_socket(slack, app):
        form = await open_form(app, slack, ann, general)
        assert (form.title, form.submit, form.labels) == ("New model", "Make", ("Prompt", "Tier", "Parts", "Pictures"))
        await ann.submit(form, {"Prompt": "a pot", "tier": "Fine", "Parts": ["Split"]}, files=[upload(PNG, "pot.png")])

    values = sent[0]["state"]["values"]
    assert values["prompt"]["prompt"] == {"type": "plain_text_input", "value": "a pot"}
    assert values["tier"]["tier"]["selected_option"]["value"] == "x"
    assert [chosen["value"] for chosen in values["parts"]["parts"]["selected_options"]] == ["s"]
    assert [file["name"] for file in values["pictures"]["pictures"]["files"]] == ["pot.png"]
    assert sent[0]["private_metadata"] == "C1"
    assert ann.view is None


async def test_people_are_picked_by_name_and_sent_by_id(slack, team, ann, general, app):
    team.member("Ben")
    picker = {"type": "multi_users_select", "action_id": "people", "initial_users": [ann.id]}
    form = {**FORM, "blocks": [field("People", picker)]}
    sent = []

    @app.command("/rodin")
    async def rodin(ack, client, body):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form)

    @app.view("new")
    async def submitted(ack, view):
        sent.append(view["state"]["values"]["people"]["people"]["selected_users"])
        await ack()

    async with over_socket(slack, app):
        for chosen in ({}, {"People": ["Ben"]}):
            await ann.command(general, "/rodin")
            await ann.submit(await slack.until(lambda: ann.view), chosen)
        await ann.command(general, "/rodin")
        view = await slack.until(lambda: ann.view)
        with pytest.raises(MemberCannot, match="Zoe"):
            await ann.submit(view, {"People": ["Zoe"]})

    ben = next(person for person in team.people.values() if person.name == "Ben")
    assert sent == [[ann.id], [ben.id]]


@pytest.mark.parametrize(
    ("values", "files", "reason"),
    [
        ({"Prompt": "x" * 21, "Tier": "Fast"}, [], "21 characters"),
        ({"Prompt": "a pot"}, [], "'Tier' must be filled in"),
        ({"Tier": "Finest"}, [], "'Finest' is none of"),
        ({"Tier": "Fast", "Colour": "red"}, [], "no field for Colour"),
        ({"Tier": "Fast"}, [upload(PNG, "pot.gif")], "pot.gif cannot be chosen"),
        ({"Tier": "Fast"}, [upload(PNG, "a.png")] * 3, "3 files"),
        ({"Tier": "Fast"}, [upload(b"x" * (10 * 1024 * 1024 + 1), "a.png")], "larger than 10 MB"),
    ],
)
async def test_what_slacks_form_does_not_let_through_a_member_cannot_send(
    slack, ann, general, app, values, files, reason
):
    async with over_socket(slack, app):
        form = await open_form(app, slack, ann, general)

        with pytest.raises(MemberCannot, match=reason):
            await ann.submit(form, values, files=files)


async def test_errors_stand_under_the_fields_and_the_form_stays(slack, ann, general, app):
    @app.view("new")
    async def submitted(ack):
        await ack(response_action="errors", errors={"prompt": "Say what to make."})

    async with over_socket(slack, app):
        form = await open_form(app, slack, ann, general)
        answer = await ann.submit(form, {"Tier": "Fast"})

    assert answer.errors == {"prompt": "Say what to make."}
    assert ann.view.errors == {"prompt": "Say what to make."}


async def test_a_form_can_become_another_one_or_get_one_on_top(slack, ann, general, app):
    actions = [{"response_action": "update", "view": {**FORM, "title": plain("Second")}}]
    actions.append({"response_action": "push", "view": {**FORM, "title": plain("On top")}})
    actions.append({"response_action": "clear"})

    @app.view("new")
    async def submitted(ack):
        await ack(**actions.pop(0))

    async with over_socket(slack, app):
        form = await open_form(app, slack, ann, general)
        await ann.submit(form, {"Tier": "Fast"})
        second = [view.title for view in slack.views(ann)]
        await ann.submit(ann.view, {"Tier": "Fast"})
        stacked = [view.title for view in slack.views(ann)]
        await ann.submit(ann.view, {"Tier": "Fast"})

    assert (second, stacked, slack.views(ann)) == (["Second"], ["Second", "On top"], [])


async def test_an_acknowledgement_with_errors_for_no_field_is_a_complaint(slack, ann, general, app):
    @app.view("new")
    async def submitted(ack):
        await ack(response_action="errors", errors={"colour": "No."})

    async with over_socket(slack, app):
        form = await open_form(app, slack, ann, general)
        answer = await ann.submit(form, {"Tier": "Fast"})

    assert answer.complaint is not None
    assert slack.forgive("colour")


async def test_a_form_that_nobody_takes_stays_with_an_apology(slack, ann, general, app):
    async with over_socket(slack, app):
        form = await open_form(app, slack, ann, general)
    await slack.until(lambda: slack.connections == 0)

    answer = await ann.submit(form, {"Tier": "Fast"})

    assert answer.complaint == "We had some trouble connecting. Try again?"
    assert ann.view.id == form.id


async def test_closing_is_told_to_an_app_that_asked(slack, ann, general, app):
    closed = []

    @app.view_closed("new")
    async def left(ack, view):
        closed.append(view["callback_id"])
        await ack()

    async with over_socket(slack, app):
        form = await open_form(app, slack, ann, general)
        await ann.close(form)

    assert closed == ["new"]
    assert ann.view is None


async def test_a_trigger_works_once_and_for_three_seconds(slack, ann, general, app):
    errors = []

    @app.command("/rodin")
    async def rodin(ack, client, body):
        await ack()
        if body["text"] == "late":
            await slack.advance(3.5)
        for _ in range(2):
            try:
                await client.views_open(trigger_id=body["trigger_id"], view=FORM)
            except Exception as error:  # noqa: BLE001 - its name is what counts
                errors.append(error.response["error"])

    async with over_socket(slack, app):
        await ann.command(general, "/rodin")
        await slack.until(lambda: errors)
        await ann.command(general, "/rodin late")
        await slack.until(lambda: len(errors) == 3)

    assert errors == ["exchanged_trigger_id", "expired_trigger_id", "expired_trigger_id"]
