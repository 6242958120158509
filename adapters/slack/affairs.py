"""What people ask about themselves and their workspace: settings, its key, their own data."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.slack import blocks, limits, words
from adapters.slack.blocks import Json
from adapters.slack.drafts import Draft
from adapters.slack.people import People
from adapters.slack.posting import Target
from adapters.slack.render import sentence_draft
from adapters.slack.settings import (
    Act,
    RightChange,
    after_settings,
    key_view,
    read_allow,
    read_key,
    read_right_form,
    right_view,
    settings_draft,
)
from adapters.slack.uploads import Uploader
from adapters.slack.wire import Asking
from bot import words_chat
from bot.chat import Intake
from bot.errors import UserMistake
from bot.model import Owner

FORGET_ME = "forget_me"
"""The action of the button that removes everything about a person."""

FORM_WITHIN_S = 1.8
"""What may be asked before a form opens: Slack lets it open for three seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Affairs:
    """Translates between Slack and the core, where no model is concerned."""

    intake: Intake
    people: People
    uploader: Uploader

    async def settings(self, asking: Asking, line: str) -> Draft | None:
        """Do what was typed behind `settings`; `line` is the whole command as Slack sent it.

        Raises:
            UserMistake: not understood, or not for this person.
        """
        verb, rest = (*after_settings(line).split(maxsplit=1), "", "")[:2]
        match verb.lower(), rest:
            case ("", _) | ("key", ""):
                return await self.show(asking)
            case "key", ("remove" | "Remove"):
                return await self.remove_key(asking)
            case said, _ if "key" in said:
                raise UserMistake(words.key_not_typed())
            case "allow", told:
                return await self._change(asking, read_allow(told, await self.people.groups(asking)))
            case "reset", right:
                return await self._change(asking, RightChange(right=right, grant=None))
        raise UserMistake(words.settings_by_words())

    def wanted_form(self, line: str) -> Act | None:
        """Return the form that a line behind `settings` opens by itself."""
        return {"key": Act.KEY, "allow": Act.RIGHT}.get(after_settings(line).lower())

    async def form(self, asking: Asking, act: Act) -> Json:
        """Return the form for a key or a right, for those who may send it in.

        Raises:
            UserMistake: not for this person, or too late.
        """
        try:
            async with asyncio.timeout(FORM_WITHIN_S):
                if act is Act.KEY:
                    await self.intake.check_admin(self._owner(asking))
                    return key_view(asking.channel)
                settings = await self.intake.settings(self._owner(asking))
                return right_view(asking.channel, settings, await self.people.groups(asking))
        except TimeoutError as error:
            raise UserMistake(words.form_too_late()) from error

    async def show(self, asking: Asking) -> Draft:
        """Show how the workspace is set up."""
        return settings_draft(await self.intake.settings(self._owner(asking)))

    async def key_sent(self, asking: Asking, view: Mapping[str, Any]) -> Draft:
        """Take the key out of its form."""
        return sentence_draft(await self.intake.set_key(self._owner(asking), read_key(view)))

    async def remove_key(self, asking: Asking) -> Draft:
        """Forget the workspace's key."""
        return sentence_draft(await self.intake.remove_key(self._owner(asking)))

    async def right_sent(self, asking: Asking, view: Mapping[str, Any]) -> Draft:
        """Do what the form for a right says."""
        return await self._change(asking, read_right_form(view))

    async def export(self, asking: Asking) -> Draft | None:
        """Hand a person everything about them, directly; None where that is where they asked."""
        export = await self.intake.export(self._owner(asking))
        place = Target(team=asking.team, enterprise=asking.enterprise, channel=asking.channel, since=asking.moment)
        direct = await self.uploader.poster.open_direct(place, asking.user)
        await self.uploader.give(direct, export.name, export.data, words=words_chat.exported())
        return None if asking.channel == direct.channel else sentence_draft(words.exported_directly())

    async def privacy(self, asking: Asking) -> Draft:
        """Say what goes where, and for how long it is kept."""
        paragraphs = (await self.intake.privacy(self._owner(asking))).split("\n\n")
        shown = tuple(blocks.paragraph(one.split("\n")) for one in paragraphs if one.strip())
        return Draft(text=limits.escaped(paragraphs[0], limits.TEXT), blocks=shown[: limits.MESSAGE_BLOCKS])

    async def forget_first(self) -> Draft:
        """Ask whether everything about a person shall go."""
        button = blocks.button(words_chat.forget_me_label(), action=FORGET_ME, style="danger")
        shown = (blocks.paragraph([words_chat.forget_me_first()]), blocks.buttons([button]))
        return Draft(text=limits.escaped(words_chat.forget_me_first(), limits.TEXT), blocks=shown)

    async def forget_me(self, asking: Asking) -> Draft:
        """Remove everything about the person who clicked."""
        return sentence_draft(await self.intake.forget_me(self._owner(asking)))

    async def _change(self, asking: Asking, change: RightChange) -> Draft:
        owner = self._owner(asking)
        if change.grant is None:
            return sentence_draft(await self.intake.reset_right(owner, change.right))
        return sentence_draft(await self.intake.allow(owner, change.right, change.grant))

    def _owner(self, asking: Asking) -> Owner:
        return replace(asking.owner, standing=self.people.standing(asking))
