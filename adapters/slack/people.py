"""What Slack says about people: who manages a workspace, and which user groups there are. Asked only when needed.

Source: docs.slack.dev, users.info (`is_admin`, `is_owner`), User object (`enterprise_user`), usergroups.list.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.lines import Lines
from adapters.slack.trouble import Refused
from adapters.slack.wire import Asking
from bot.ports import Clock

log = logging.getLogger(__name__)

REMEMBERED = timedelta(minutes=5)
"""How long an answer counts: so long does somebody stay an admin here who is none any more."""

Json = Mapping[str, Any]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A user group: its handle without the @, and the ids of its people."""

    handle: str
    people: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered(Generic[Answer]):
    """An answer of Slack, and until when it counts."""

    answer: Answer
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Asks Slack about people, and remembers the answers for a few minutes."""

    lines: Lines
    clock: Clock
    _admins: dict[tuple[str, str], Remembered[bool]] = field(default_factory=dict)
    _groups: dict[str, Remembered[Mapping[str, Group]]] = field(default_factory=dict)

    def standing(self, asking: Asking) -> PersonStanding:
        """Return what can be asked about the person who asks."""
        return PersonStanding(people=self, asking=asking)

    async def is_admin(self, asking: Asking) -> bool:
        """Whether a person manages the workspace: one of its admins or owners.

        Raises:
            AddressGone, PlatformBusy: Slack cannot be asked now.
        """
        key = (asking.team, asking.user)
        if (known := self._recalled(self._admins, key)) is not None:
            return known
        return self._note(self._admins, key, await self._ask_admin(asking))

    async def groups(self, asking: Asking) -> Mapping[str, Group]:
        """Return the workspace's user groups by their ids; none where Slack has or shows none.

        Raises:
            AddressGone, PlatformBusy: Slack cannot be asked now.
        """
        if (known := self._recalled(self._groups, asking.team)) is not None:
            return known
        return self._note(self._groups, asking.team, await self._ask_groups(asking))

    async def _ask_admin(self, asking: Asking) -> bool:
        async def look(client: AsyncWebClient) -> AsyncSlackResponse:
            return await client.users_info(user=asking.user)

        try:
            answer = await self.lines.call(asking.team, "users.info", look, enterprise=asking.enterprise)
        except Refused as error:
            log.warning("person not looked at team=%s reason=%s", asking.team, error)
            return False
        return _manages(answer.get("user") or {}, asking)

    async def _ask_groups(self, asking: Asking) -> Mapping[str, Group]:
        async def look(client: AsyncWebClient) -> AsyncSlackResponse:
            # Only a token of a whole organisation needs to hear which workspace; all others pass over it.
            return await client.usergroups_list(include_users=True, team_id=asking.team)

        try:
            answer = await self.lines.call(asking.team, "usergroups.list", look, enterprise=asking.enterprise)
        except Refused as error:  # installed before the app asked for the scope, or a plan without groups
            log.warning("user groups not looked at team=%s reason=%s", asking.team, error)
            return {}
        return {str(one["id"]): _group(one) for one in answer.get("usergroups") or () if one.get("id")}

    def _recalled(self, memory: dict[Any, Remembered[Answer]], key: object) -> Answer | None:
        found = memory.get(key)
        return found.answer if found is not None and found.until > self.clock.now() else None

    def _note(self, memory: dict[Any, Remembered[Answer]], key: object, answer: Answer) -> Answer:
        """Remember an answer, and forget those that count no more."""
        now = self.clock.now()
        for old in [name for name, one in memory.items() if one.until <= now]:
            del memory[old]
        memory[key] = Remembered(answer=answer, until=now + REMEMBERED)
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonStanding:
    """`bot.model.Standing` of one person in one workspace, asked of Slack when the core needs it."""

    people: People = field(repr=False)
    asking: Asking

    async def is_admin(self) -> bool:
        """Whether the person manages the workspace. Raises PlatformError."""
        return await self.people.is_admin(self.asking)

    async def roles(self) -> frozenset[str]:
        """Return the ids of the user groups that the person is in. Raises PlatformError."""
        groups = await self.people.groups(self.asking)
        return frozenset(name for name, group in groups.items() if self.asking.user in group.people)


def _manages(person: Json, asking: Asking) -> bool:
    """Whether a person manages this workspace: people of another one, in a shared channel, manage theirs.

    In an organisation a person's home may be another of its workspaces; then they must be in this one, too.
    """
    in_organisation = person.get("enterprise_user") or {}
    is_of_ours = bool(asking.enterprise) and in_organisation.get("enterprise_id") == asking.enterprise
    is_here = is_of_ours and asking.team in (in_organisation.get("teams") or ())
    if person.get("is_stranger") or not (is_here or person.get("team_id") == asking.team):
        return False
    return bool(person.get("is_admin") or person.get("is_owner"))


def _group(found: Json) -> Group:
    return Group(handle=str(found.get("handle") or ""), people=frozenset(map(str, found.get("users") or ())))
