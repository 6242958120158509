"""Slack's limits: what the stand-in refuses and what `violations` finds, inside other things as well."""

import pytest
from slack_sdk.errors import SlackApiError

from tests.emulators.slack import limits, violations
from tests.emulators.slack.records import Call
from tests.emulators.slack.sample_bot import client_of
from tests.unit.emulators.block_kit import plain


def marked(text):
    return {"type": "mrkdwn", "text": text}


def button(**fields):
    return {"type": "button", "text": plain("Go"), "action_id": "go", **fields}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def section(text="hello", **fields):
    return {"type": "section", "text": marked(text), **fields}


PICTURE = {"type": "image", "image_url": "https://models.example/a.png", "alt_text": "a pot"}
OPTION = {"text": plain("One"), "value": "1"}

FINE = {
    "section": [section("x" * 3_000)],
    "header": [{"type": "header", "text": plain("x" * 150)}],
    "buttons": [actions(*(button(action_id=f"a{n}", value="v" * 400) for n in range(25)))],
    "picture": [PICTURE],
    "context": [{"type": "context", "elements": [marked("a"), PICTURE]}],
    "divider": [{"type": "divider"}],
    "menu": [section(accessory={"type": "static_select", "action_id": "m", "options": [OPTION]})],
    "rich text": [
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]}]}
    ],
    "task": [{"type": "task_card", "task_id": "1", "title": "Sculpting", "status": "in_progress"}],
    "fifty": [{"type": "divider"}] * 50,
}

WRONG = {
    "long section": ([section("x" * 3_001)], "3001"),
    "empty section": ([section("")], "at least 1"),
    "section of nothing": ([{"type": "section"}], "text or fields"),
    "long field": ([section(fields=[marked("x" * 2_001)])], "2001"),
    "long header": ([{"type": "header", "text": plain("x" * 151)}], "151"),
    "marked header": ([{"type": "header", "text": marked("x")}], "must be plain_text"),
    "26 buttons": ([actions(*(button(action_id=f"a{n}") for n in range(26)))], "26"),
    "no buttons": ([actions()], "at least 1"),
    "long button": ([actions(button(text=plain("x" * 76)))], "76"),
    "long value": ([actions(button(value="x" * 2_001))], "2001"),
    "long address of a button": ([actions(button(url="https://x.example/" + "x" * 3_000))], "at most 3000"),
    "long action id": ([actions(button(action_id="x" * 256))], "256"),
    "same action id": ([actions(button(), button())], "used twice"),
    "style": ([actions(button(style="loud"))], "loud"),
    "button as accessory": ([section(accessory=button(value="x" * 2_001))], "2001"),
    "long confirmation": (
        [
            actions(
                button(
                    confirm={"title": plain("t"), "text": plain("x" * 301), "confirm": plain("y"), "deny": plain("n")}
                )
            )
        ],
        "301",
    ),
    "long block id": ([section(block_id="x" * 256)], "256"),
    "same block id": ([section(block_id="a"), section(block_id="a")], "used twice"),
    "long picture address": ([{**PICTURE, "image_url": "https://x.example/" + "x" * 3_000}], "at most 3000"),
    "long alt text": ([{**PICTURE, "alt_text": "x" * 2_001}], "2001"),
    "no alt text": ([{"type": "image", "image_url": "https://x.example/a.png"}], "alt_text"),
    "two sources": ([{**PICTURE, "slack_file": {"id": "F1"}}], "exactly one"),
    "no source": ([{"type": "image", "alt_text": "a"}], "exactly one"),
    "picture in a row": ([{"type": "context", "elements": [{**PICTURE, "alt_text": "x" * 2_001}]}], "2001"),
    "11 in a row": ([{"type": "context", "elements": [marked("a")] * 11}], "11"),
    "long option": (
        [section(accessory={"type": "static_select", "options": [{"text": plain("x" * 76), "value": "1"}]})],
        "76",
    ),
    "101 options": ([section(accessory={"type": "static_select", "options": [OPTION] * 101})], "101"),
    "six in an overflow": ([section(accessory={"type": "overflow", "options": [OPTION] * 6})], "6, at most 5"),
    "unknown field": ([section(colour="red")], "invalid additional property: colour"),
    "unknown field inside": ([actions(button(colour="red"))], "invalid additional property: colour"),
    "unknown block": ([{"type": "hologram"}], "unsupported type: hologram"),
    "unknown element": ([actions({"type": "lever"})], "unsupported type: lever"),
    "no object": (["text"], "not an object"),
    "text for rich text": ([{"type": "rich_text", "elements": ["text"]}], "unsupported rich text"),
    "a list for a name": ([section(block_id=["a"])], "must not be a list"),
    "a number for words": ([section(5)], "must not be a int"),
    "file field": (
        [{"type": "input", "label": plain("Pictures"), "element": {"type": "file_input", "action_id": "f"}}],
        "only in a modal",
    ),
    "51 blocks": ([{"type": "divider"}] * 51, "51"),
    "card in a carousel": ([{"type": "carousel", "elements": [{"type": "card", "title": plain("x" * 151)}]}], "151"),
    "button in a container": (
        [{"type": "container", "title": plain("t"), "child_blocks": [actions(button(value="x" * 2_001))]}],
        "2001",
    ),
    "task in a plan": (
        [
            {
                "type": "plan",
                "title": "t",
                "tasks": [{"type": "task_card", "task_id": "1", "title": "t", "status": "done"}],
            }
        ],
        "done",
    ),
}


def call(method="chat.postMessage", **arguments):
    return Call(method=method, arguments=arguments, team_id=None, at_s=0.0)


@pytest.mark.parametrize("name", FINE)
async def test_what_slack_takes_is_taken(slack, name):
    team = slack.workspace("Makers")
    general = team.channel("general")

    await client_of(slack, team).chat_postMessage(channel=general.id, text="fallback", blocks=FINE[name])

    assert violations(slack.requests[-1]) == []
    assert len(slack.messages(general)) == 1


@pytest.mark.parametrize("name", WRONG)
async def test_what_slack_refuses_is_refused_with_the_reason(slack, name):
    team = slack.workspace("Makers")
    general = team.channel("general")
    blocks, reason = WRONG[name]

    with pytest.raises(SlackApiError) as refused:
        await client_of(slack, team).chat_postMessage(channel=general.id, text="fallback", blocks=blocks)

    assert refused.value.response["error"] == "invalid_blocks"
    assert reason in " ".join(refused.value.response["response_metadata"]["messages"])
    assert any(reason in sentence for sentence in violations(slack.requests[-1]))
    assert slack.messages(general) == []


async def test_too_much_in_all_blocks_together_is_refused(slack):
    team = slack.workspace("Makers")
    general = team.channel("general")

    with pytest.raises(SlackApiError, match="msg_blocks_too_long"):
        await client_of(slack, team).chat_postMessage(channel=general.id, text="x", blocks=[section("x" * 2_900)] * 5)


@pytest.mark.parametrize(
    ("judged", "reason"),
    [
        (call(text="x" * 40_001), "40001"),
        (call("chat.update", text="x" * 4_001), "4001"),
        (call(metadata={"event_type": "x"}), "event_payload"),
        (call(metadata={"event_type": "x", "event_payload": {"a": "x" * 20_000}}), "bytes"),
        (call("chat.unfurl", unfurls={"https://x.example": {"blocks": [section("x" * 3_001)]}}), "3001"),
        (call("assistant.threads.setStatus", loading_messages=["x"] * 11), "11"),
        (call("files.getUploadURLExternal", alt_txt="x" * 1_001), "1001"),
    ],
)
def test_a_request_beyond_a_limit_is_found(judged, reason):
    assert any(reason in sentence for sentence in violations(judged))


def test_a_request_within_all_limits_has_no_violations():
    assert violations(call("chat.update", text="x" * 4_000, blocks=[section()])) == []


MODAL = {"type": "modal", "title": plain("New model"), "blocks": [section()]}
FIELD = {"type": "input", "label": plain("Prompt"), "element": {"type": "plain_text_input", "action_id": "p"}}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": plain("x" * 25)}, "25"),
        ({"submit": plain("x" * 25)}, "25"),
        ({"private_metadata": "x" * 3_001}, "3001"),
        ({"callback_id": "x" * 256}, "256"),
        ({"blocks": [{"type": "divider"}] * 101}, "101"),
        ({"blocks": []}, "blocks are needed"),
        ({"blocks": [FIELD]}, "submit is needed"),
        ({"blocks": [{**FIELD, "label": plain("x" * 2_001)}], "submit": plain("Go")}, "2001"),
        (
            {
                "blocks": [{**FIELD, "element": {"type": "plain_text_input", "placeholder": plain("x" * 151)}}],
                "submit": plain("Go"),
            },
            "151",
        ),
        ({"blocks": [{**FIELD, "element": {"type": "file_input", "max_files": 11}}], "submit": plain("Go")}, "11"),
        ({"title": None}, "missing required field: title"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_modal_beyond_a_limit_is_found(changes, reason):
    assert any(reason in sentence for sentence in limits.view_problems({**MODAL, **changes}))


def test_a_modal_with_a_hundred_blocks_and_a_form_is_fine():
    fields = [{**FIELD, "block_id": f"b{number}"} for number in range(100)]

    assert limits.view_problems({**MODAL, "blocks": fields, "submit": plain("Go")}) == []
