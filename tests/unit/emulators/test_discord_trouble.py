"""The Discord stand-in's hands for trouble, its loudness and its limits."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.emulators import discord as emulator
from tests.emulators.discord import DiscordStandIn, discord_stand_in
from tests.emulators.discord.command_limits import command_problems
from tests.emulators.discord.limits import body_problems
from tests.emulators.discord.server import ROUTES
from tests.unit.emulators.discord_visitor import discord, visiting

README = Path(emulator.__file__).parent / "README.md"


class Raw:
    """A client that sends what it is told."""

    def __init__(self, stand: DiscordStandIn, session: aiohttp.ClientSession) -> None:
        self._stand = stand
        self._session = session

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
        headers = {"Authorization": f"Bot {self._stand.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body)
        url = f"{self._stand.api_url}{path}"
        async with self._session.request(method, url, data=data, headers=headers) as answer:
            assert answer.status == 204 or answer.headers["Content-Type"] == "application/json"
            return answer.status, json.loads(await answer.read() or "{}")


def test_the_table_lists_exactly_the_registered_routes():
    listed = re.findall(r"^\| `([A-Z]+) (\S+)` \|", README.read_text(), re.MULTILINE)

    assert sorted(listed) == sorted((route.method, route.template) for route in ROUTES)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/users/@me/connections", None),
        ("GET", "/users/@me?fields=all", None),
        ("POST", "/channels/{general}/messages", {"content": "x", "colour": "red"}),
        ("POST", "/channels/{general}/messages", {"content": "x", "poll": {}}),
        ("POST", "/channels/{general}/messages", {"embeds": [{"title": "x", "subtitle": "y"}]}),
        ("POST", "/channels/{general}/messages", {"components": [{"type": 1, "components": [{"type": 99}]}]}),
    ],
)
async def test_what_discord_does_not_know_fails_the_test_at_its_end(method, path, body):
    async def ask() -> None:
        async with discord_stand_in() as stand, aiohttp.ClientSession() as session:
            general = stand.guild("Makers").text_channel("general")
            await Raw(stand, session).ask(method, path.format(general=general.id), body)

    with pytest.raises(AssertionError, match="Discord does not know"):
        await ask()


async def test_a_body_out_of_bounds_is_refused_with_the_place_of_the_mistake():
    async with discord_stand_in() as stand, aiohttp.ClientSession() as session:
        general = stand.guild("Makers").text_channel("general")
        body = {"content": "x" * 2001, "embeds": [{"title": "t" * 257}]}

        status, answer = await Raw(stand, session).ask("POST", f"/channels/{general.id}/messages", body)

        assert (status, answer["code"]) == (400, 50035)
        assert answer["errors"]["content"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"
        assert answer["errors"]["embeds"]["0"]["title"]["_errors"]
        assert not stand.messages(general)


async def test_a_rate_limit_is_obeyed_by_the_client_and_the_message_comes_once(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        general = stand.guild("Makers").text_channel("general")
        stand.fail("POST", "/channels/*/messages", status=429, retry_after_s=0.01, times=2)

        await visitor.get_partial_messageable(general.id).send("patience")

        assert [each.status for each in stand.requests_to("POST", "/channels/{channel_id}/messages")] == [429, 429, 200]
        assert [each.text for each in stand.messages(general)] == ["patience"]


async def test_a_failure_is_answered_with_its_status_and_code(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        general = stand.guild("Makers").text_channel("general")
        stand.fail("POST", "/channels/{channel_id}/messages", status=403, code=50013, message="Missing Permissions")

        with pytest.raises(discord.Forbidden) as refused:
            await visitor.get_partial_messageable(general.id).send("x")

        assert refused.value.code == 50013


@pytest.mark.parametrize(("when", "stands"), [("before", []), ("after", ["said"])])
async def test_a_dropped_request_has_its_effect_only_when_held_after_it(monkeypatch, when, stands):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        general = stand.guild("Makers").text_channel("general")
        held = stand.hold("POST", "/channels/*/messages", when=when)

        async with _sending(visitor, general.id) as sending:
            request = await held
            seen = [each.text for each in stand.messages(general)]
            held.drop()
            with pytest.raises(aiohttp.ServerDisconnectedError):
                await sending

        assert request.body["content"] == "said"
        assert request.status is None
        assert seen == stands


@pytest.mark.parametrize(
    "pattern", ["/channels/{channel_id}/messages", "/channels/*/messages", "/channels/.*", r"/c.*/\d+/m.+"]
)
async def test_a_pattern_is_a_template_or_an_expression(monkeypatch, pattern):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        await visitor.get_partial_messageable(stand.guild("Makers").text_channel("general").id).send("x")

        assert len(stand.requests_to("POST", pattern)) == 1
        assert not stand.requests_to("PATCH", pattern)
        assert not stand.requests_to("POST", "/channels/*")


async def test_trouble_that_nobody_met_fails_the_test_at_its_end():
    async def idle() -> None:
        async with discord_stand_in() as stand:
            stand.fail("POST", "/channels/*/message", status=500)

    with pytest.raises(AssertionError, match="never met"):
        await idle()


async def test_a_released_request_goes_on(monkeypatch):
    async with discord_stand_in() as stand, visiting(stand, monkeypatch) as visitor:
        general = stand.guild("Makers").text_channel("general")
        held = stand.hold("POST", "/channels/*/messages", when="before")

        async with _sending(visitor, general.id) as sending:
            await held.arrived()
            held.release()
            await sending

        assert [each.text for each in stand.messages(general)] == ["said"]


@asynccontextmanager
async def _sending(visitor: discord.Client, channel_id: int) -> AsyncIterator[asyncio.Task[discord.Message]]:
    task = asyncio.create_task(visitor.get_partial_messageable(channel_id).send("said"))
    try:
        yield task
    finally:
        task.cancel()


@pytest.mark.parametrize(
    ("kind", "body", "place"),
    [
        ("message", {"nonce": "n" * 26}, "nonce"),
        ("message", {"embeds": [{"title": "x"}] * 11}, "embeds"),
        ("message", {"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]}, "embeds"),
        ("message", {"embeds": [{"fields": [{"name": "a", "value": "b"}] * 26}]}, "embeds.0.fields"),
        ("message", {"embeds": [{"fields": [{"name": "", "value": "b"}]}]}, "embeds.0.fields.0.name"),
        ("message", {"attachments": [{"id": 0, "description": "x" * 1025}]}, "attachments.0.description"),
        ("message", {"attachments": [{"id": number} for number in range(11)]}, "attachments"),
        ("message", {"flags": 1 << 7}, "flags"),
        ("message", {"content": "x", "flags": 1 << 15}, "content"),
        ("message", {"allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "allowed_mentions"),
        ("thread", {"name": "x" * 101}, "name"),
        ("thread", {"name": "x", "auto_archive_duration": 5}, "auto_archive_duration"),
        ("thread from message", {}, "name"),
        ("choices", {"choices": [{"name": "x", "value": "x"}] * 26}, "choices"),
        ("choices", {"choices": [{"name": "x" * 101, "value": "x"}]}, "choices.0.name"),
        ("modal", {"title": "x" * 46, "custom_id": "m", "components": [{"type": 10, "content": "x"}]}, "title"),
    ],
)
def test_a_body_beyond_a_limit_is_named_by_its_place(kind, body, place):
    assert place in [".".join(problem.path) for problem in body_problems(kind, body)]


def button(**fields: object) -> dict[str, object]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go"} | fields


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ([button(label="x" * 81)], "components.0.components.0.label"),
        ([button(custom_id="x" * 101)], "components.0.components.0.custom_id"),
        ([button(style=5)], "components.0.components.0"),
        ([button(), button()], "components"),
        ([button(custom_id=str(number)) for number in range(6)], "components.0.components"),
        ([{"type": 3, "custom_id": "s", "options": []}], "components.0.components.0.options"),
    ],
)
def test_a_row_beyond_a_limit_is_named_by_its_place(parts, place):
    problems = body_problems("message", {"components": [{"type": 1, "components": parts}]})

    assert place in [".".join(problem.path) for problem in problems]


def test_a_layout_holds_forty_components_and_four_thousand_characters():
    many = body_problems("message", {"flags": 1 << 15, "components": [{"type": 10, "content": "x"}] * 41})
    long = body_problems("message", {"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 2001}] * 2})

    assert [problem.code for problem in many] == ["COMPONENT_MAX_TOTAL"]
    assert [problem.code for problem in long] == ["COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"]


def command(**fields: object) -> dict[str, object]:
    return {"name": "rodin", "description": "Models", "type": 1} | fields


def option(**fields: object) -> dict[str, object]:
    return {"type": 3, "name": "prompt", "description": "Words"} | fields


@pytest.mark.parametrize(
    "wrong",
    [
        command(name="Rodin"),
        command(name="x" * 33),
        command(description=""),
        command(description_localizations={"de": "x" * 101}),
        command(name_localizations={"de-DE": "rodin"}),
        command(options=[option(name=f"o{number}") for number in range(26)]),
        command(options=[option(), option()]),
        command(options=[option(), option(name="b", required=True)]),
        command(options=[option(choices=[{"name": str(n), "value": str(n)} for n in range(26)])]),
        command(options=[option(choices=[{"name": "x" * 101, "value": "x"}])]),
        command(options=[option(max_length=6001)]),
        command(options=[option(type=2, options=[option(type=1, options=[option(type=1)])])]),
        command(
            options=[
                option(name=f"o{n}", choices=[{"name": f"{c}" * 90, "value": "x"} for c in range(4)]) for n in range(25)
            ]
        ),
        {"name": "Make", "type": 3, "description": "x"},
    ],
)
def test_a_command_beyond_a_limit_is_refused(wrong):
    assert command_problems([wrong])


def test_a_command_within_all_limits_is_taken():
    good = command(
        options=[option(required=True, max_length=1024), option(name="tier", choices=[{"name": "A", "value": "a"}])]
    )

    assert not command_problems([good, {"name": "Make 3D model", "type": 3}])
