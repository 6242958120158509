"""What Slack vouches for about a person: asked only when needed, remembered for a few minutes, never of strangers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.slack.lines import Lines, LinesOptions
from adapters.slack.people import People, PersonStanding
from adapters.slack.wire import Asking
from bot.errors import PlatformBusy
from tests.emulators.slack import Member, Slack, Team
from tests.fakes.clock import HandClock


@pytest.fixture
async def people(slack: Slack, team: Team) -> AsyncIterator[People]:
    lines = Lines(LinesOptions(api_url=slack.api_url, home_token=team.bot_token), None)
    await lines.open()
    yield People(lines=lines, clock=HandClock())
    await lines.close()


def standing_of(people: People, member: Member, *, team: Team | None = None) -> PersonStanding:
    """What may be asked about somebody in a workspace, their own unless said otherwise."""
    where = (team or member.team).id
    return people.standing(Asking(team=where, user=member.id, channel="C1", event="e"))


@pytest.mark.parametrize(
    ("admin", "owner", "manages"), [(False, False, False), (True, False, True), (False, True, True)]
)
async def test_admins_and_owners_manage_their_workspace(
    people: People, team: Team, *, admin: bool, owner: bool, manages: bool
) -> None:
    ann = team.member("Ann", admin=admin)
    ann.person.owner = owner

    assert await standing_of(people, ann).is_admin() is manages


async def test_somebody_of_another_workspace_manages_nothing_here(people: People, slack: Slack, team: Team) -> None:
    stranger = slack.workspace("Elsewhere").member("Zed", admin=True)
    team.people[stranger.id] = stranger.person  # shown to the bot through a shared channel

    assert not await standing_of(people, stranger, team=team).is_admin()


@pytest.mark.parametrize(
    ("enterprise", "is_member", "manages"),
    [("E1", True, True), ("E1", False, False), ("E2", True, False), ("", False, False)],
    ids=["here, too", "elsewhere in the organisation", "of another organisation", "of none"],
)
async def test_in_an_organisation_only_those_manage_a_workspace_who_are_in_it(
    people: People, slack: Slack, team: Team, *, enterprise: str, is_member: bool, manages: bool
) -> None:
    zed = slack.workspace("Elsewhere").member("Zed", admin=True)
    zed.person.enterprise, zed.person.workspaces = enterprise, (team.id,) if is_member else ()
    team.people[zed.id] = zed.person
    asking = Asking(team=team.id, enterprise="E1", user=zed.id, channel="C1", event="e")

    assert await people.standing(asking).is_admin() is manages


async def test_somebody_whom_slack_does_not_show_manages_nothing(people: People, slack: Slack, team: Team) -> None:
    stranger = slack.workspace("Elsewhere").member("Zed", admin=True)

    assert not await standing_of(people, stranger, team=team).is_admin()


async def test_slack_is_asked_once_in_five_minutes(people: People, slack: Slack, team: Team) -> None:
    ann = team.member("Ann", admin=True)

    assert await standing_of(people, ann).is_admin()
    ann.person.admin = False
    assert await standing_of(people, ann).is_admin()
    assert len(slack.calls("users.info")) == 1
    people.clock.turn(seconds=timedelta(minutes=5).total_seconds())  # type: ignore[attr-defined]
    assert not await standing_of(people, ann).is_admin()


async def test_the_user_groups_of_a_person_are_their_roles(people: People, slack: Slack, team: Team) -> None:
    ann, ben = team.member("Ann"), team.member("Ben")
    makers, artists = team.group("makers", ann.person, ben.person), team.group("artists", ann.person)

    assert await standing_of(people, ann).roles() == {makers.id, artists.id}
    assert await standing_of(people, ben).roles() == {makers.id}
    (call,) = slack.calls("usergroups.list")
    assert call.arguments["team_id"] == team.id  # an organisation's token says nothing without


async def test_without_the_right_to_see_groups_nobody_is_in_one(people: People, slack: Slack, team: Team) -> None:
    ann = team.member("Ann")
    team.group("makers", ann.person)
    team.scopes.remove("usergroups:read")

    assert await standing_of(people, ann).roles() == frozenset()


async def test_while_slack_is_in_trouble_nobody_is_vouched_for(people: People, slack: Slack, team: Team) -> None:
    ann = team.member("Ann", admin=True)
    slack.fail("users.info", status=500)
    slack.fail("usergroups.list", status=500)

    with pytest.raises(PlatformBusy):
        await standing_of(people, ann).is_admin()
    with pytest.raises(PlatformBusy):
        await standing_of(people, ann).roles()
    assert await standing_of(people, ann).is_admin()


async def test_what_counts_no_more_is_forgotten(people: People, team: Team) -> None:
    for number in range(5):
        await standing_of(people, team.member(f"Ann {number}")).is_admin()
        people.clock.turn(seconds=600)  # type: ignore[attr-defined]

    assert len(people._admins) == 1
