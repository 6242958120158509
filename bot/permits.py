"""Looks up who may do what: asks a server's rules, and the platform only when something depends on its answer."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot import words_policy
from bot.controls import ids_of
from bot.errors import NotAllowed, PlatformError
from bot.keys import Server, server_of
from bot.model import Ask, Owner, Task
from bot.ownership import owned, seen_task
from bot.policy import (
    DELETE,
    MONEY,
    Grant,
    Right,
    RightKind,
    RightSetting,
    RightStore,
    Rules,
    all_rights,
    checked,
    names,
    read_right,
    rights_for,
    stored_right,
)
from bot.ports import TaskStore

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permits:
    """Who may do what in each server. `admin_ids` are the operator's own admins, who may do everything everywhere."""

    rights: RightStore
    admin_ids: frozenset[str] = frozenset()

    async def check_wish(self, owner: Owner, request: Ask) -> None:
        """Refuse what somebody may not ask for in their server: anything, its tier, or its preset.

        Outside a server there are no rules, and nothing is read.

        Raises:
            NotAllowed: with a sentence; who manages the server can change it.
        """
        rules = await self._rules(owner)
        for right in rights_for(request):
            if right in rules and not await self._has(owner, rules[right]):
                log.info("not allowed platform=%s server=%s right=%s", owner.platform, owner.server_id, right)
                named = right.kind in {RightKind.TIER, RightKind.PRESET}
                raise NotAllowed(words_policy.may_not_use(right) if named else words_policy.may_not_ask())

    async def may(self, owner: Owner, right: Right) -> bool:
        """Say whether somebody has a right where they are; outside a server as it is given unasked.

        Raises:
            NotAllowed: the platform does not answer who they are.
        """
        return await self._has(owner, (await self._rules(owner)).get(right, right.default))

    async def may_see_money(self, owner: Owner) -> bool:
        """Say whether somebody may see what is left and what the server has used; not while nobody can tell."""
        try:
            return await self.may(owner, MONEY)
        except NotAllowed:
            return False

    async def check_money(self, owner: Owner) -> None:
        """Refuse to show the balance to whoever may not see it. Raises NotAllowed."""
        if not await self.may(owner, MONEY):
            raise NotAllowed(words_policy.may_not_see_money())

    async def is_admin(self, owner: Owner) -> bool:
        """Say whether somebody is an admin where they are: the platform's, or one of the operator's.

        Raises:
            NotAllowed: the platform does not answer who they are.
        """
        if self._is_operator(owner):
            return True
        if owner.standing is None:
            return False
        try:
            return await owner.standing.is_admin()
        except PlatformError as error:
            raise _unknown(owner, error) from error

    async def deletable(self, tasks: TaskStore, task_id: str, owner: Owner) -> Task:
        """Return a task that somebody may delete: their own, or with the right to another one of their server.

        Raises:
            NotFound: it is not there, or not theirs to see. NotYours: it is only to be seen.
        """
        return await self._own_or(tasks, task_id, owner, DELETE)

    async def cancellable(self, tasks: TaskStore, task_id: str, owner: Owner) -> Task:
        """Return a task that somebody may call off: their own, or as an admin another one of their server.

        Raises like `deletable`.
        """
        return await self._own_or(tasks, task_id, owner, None)

    async def administered(self, owner: Owner) -> Server:
        """Return the server that somebody manages and asks from.

        Raises:
            NotAllowed: there is none, or they do not.
        """
        server = server_of(owner)
        if server is None:
            raise NotAllowed(words_policy.only_in_a_server())
        if not await self.is_admin(owner):
            raise NotAllowed(words_policy.only_for_admins())
        return server

    async def settings(self, server: Server) -> tuple[RightSetting, ...]:
        """Return every right as it stands in a server, those whose tier or preset is gone last."""
        rules = await self.rights.rules_of(server)
        known = all_rights()
        others = sorted((right for right in rules if right not in known), key=str)
        return tuple(
            RightSetting(
                right=right,
                sentence=words_policy.about(right),
                grant=rules.get(right, right.default),
                is_default=right not in rules,
            )
            for right in (*known, *others)
        )

    async def allow(self, owner: Owner, right: str, grant: Grant) -> str:
        """Give a right to these and nobody else besides admins; see `bot.chat.Intake`."""
        server = await self.administered(owner)
        what, whom = read_right(right), checked(grant)
        await self.rights.allow(server, what, whom)
        log.info(
            "right changed platform=%s server=%s by=%s right=%s everyone=%s roles=%s people=%s",
            *(server.platform, server.server_id, owner.user_id, what, whom.everyone),
            *(",".join(sorted(ids)) or "-" for ids in (whom.roles, whom.people)),
        )
        return words_policy.allowed(what, whom)

    async def reset_right(self, owner: Owner, right: str) -> str:
        """Give a right as it is given unasked; see `bot.chat.Intake`."""
        server = await self.administered(owner)
        # What is gone can be typed no more, but its rule can be taken away as it is listed.
        stored = stored_right(right.strip())
        what = stored if stored in await self.rights.rules_of(server) and stored else read_right(right)
        had_rule = await self.rights.reset(server, what)
        log.info(
            "right reset platform=%s server=%s by=%s right=%s had_rule=%s",
            *(server.platform, server.server_id, owner.user_id, what, had_rule),
        )
        return words_policy.was_reset(what, had_rule=had_rule)

    async def _rules(self, owner: Owner) -> Rules:
        server = server_of(owner)
        return {} if server is None else await self.rights.rules_of(server)

    async def _has(self, owner: Owner, grant: Grant) -> bool:
        """Say whether a right is given to somebody; the platform is asked last, and only for what is needed."""
        if self._is_operator(owner) or names(grant, owner, frozenset()):
            return True
        return await self._has_role(owner, grant) or await self.is_admin(owner)

    async def _has_role(self, owner: Owner, grant: Grant) -> bool:
        if not grant.roles or owner.standing is None:
            return False
        try:
            return names(grant, owner, await owner.standing.roles())
        except PlatformError as error:
            raise _unknown(owner, error) from error

    def _is_operator(self, owner: Owner) -> bool:
        return not self.admin_ids.isdisjoint(ids_of(owner.platform, owner.user_id))

    async def _own_or(self, tasks: TaskStore, task_id: str, owner: Owner, right: Right | None) -> Task:
        """Return one's own task, or somebody else's that one may see, with a right or (None) as an admin."""
        task = await seen_task(tasks, task_id, owner)
        is_here = (task.owner.platform, task.owner.server_id) == (owner.platform, owner.server_id)
        is_other = is_here and owner.server_id is not None and task.owner.user_id != owner.user_id
        if is_other and await (self.is_admin(owner) if right is None else self.may(owner, right)):
            log.info("about somebody else's task=%s by=%s", task.id, owner.user_id)
            return task
        return owned(task, owner)


def _unknown(owner: Owner, error: PlatformError) -> NotAllowed:
    log.warning("standing not known platform=%s server=%s error=%s", owner.platform, owner.server_id, error)
    return NotAllowed(words_policy.not_known_now())
