"""What people at the terminal do besides making models: their own data, and the settings of the place."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from adapters.console.render import plain, settings_lines
from bot import words_chat
from bot.chat import Export, Intake
from bot.errors import UserMistake
from bot.model import Owner
from bot.policy import Grant
from bot.typed import EVERYONE, NOBODY_BESIDES, about_right

REMOVE = "remove"
"""What follows `settings key` to forget it."""

ME, NOW = "me", "now"
"""What follows `forget`, and what must follow that."""

_WHO = re.compile(r"[^\s,]+")

HOW_TO_KEY = "Type: settings key. The key is asked for then, and what you type is not shown."
HOW_TO_SET = "Type: settings, settings key, settings key remove, settings allow RIGHT WHO, or settings reset RIGHT."
HOW_TO_ALLOW = "Whom? Type everyone, admins, or people's names behind it: settings allow tier:high ada bob."
NO_KEYBOARD = "A key is typed at a terminal, where nobody reads along. There is none here, so nothing was changed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Affairs:
    """Obeys such commands. `write` prints lines, `save` lays a file into the person's folder and says where.

    `ask_hidden` asks for something that is not shown while it is typed; None where nobody sits at a keyboard.
    """

    intake: Intake
    write: Callable[[str], None]
    save: Callable[[Export], Awaitable[Path]]
    ask_hidden: Callable[[str], Awaitable[str]] | None = None

    async def privacy(self, owner: Owner) -> None:
        """Print what goes where, and how long it is kept."""
        self.write(await self.intake.privacy(owner))

    async def export(self, owner: Owner) -> None:
        """Lay everything that is kept of the person into their folder."""
        path = await self.save(await self.intake.export(owner))
        self.write(f"Everything that is kept about you is in {plain(str(path))}. Begin with README.txt in it.")

    async def forget_me(self, owner: Owner, words: str) -> bool:
        """Ask once more, or do it; return whether it was done."""
        said = words.lower().split()
        if said == [ME, NOW]:
            self.write(await self.intake.forget_me(owner))
            return True
        if said == [ME]:
            self.write(f"{words_chat.forget_me_first()} To do it, type: forget me now.")
            return False
        raise UserMistake("To have everything of yours forgotten, type: forget me. For one task: delete ID --forget.")

    async def settings(self, owner: Owner, words: str) -> None:
        """Show the settings, or change what the words say.

        Raises:
            UserMistake: with what could be typed instead.
        """
        act, _, rest = words.strip().partition(" ")
        match act.lower():
            case "":
                self.write("\n".join(settings_lines(await self.intake.settings(owner))))
            case "key":
                await self._key(owner, rest.strip())
            case "allow":
                right, grant = read_allowance(rest)
                self.write(await self.intake.allow(owner, right, grant))
            case "reset":
                self.write(await self.intake.reset_right(owner, rest.strip()))
            case _:
                raise UserMistake(HOW_TO_SET)

    async def _key(self, owner: Owner, word: str) -> None:
        if word.lower() == REMOVE:
            self.write(await self.intake.remove_key(owner))
            return
        if word:
            raise UserMistake(f"{HOW_TO_KEY} If that was a key, others may have seen it: make a new one.")
        if self.ask_hidden is None:
            raise UserMistake(NO_KEYBOARD)
        await self.intake.settings(owner)  # refuses whoever may not, before they bring out their key
        self.write(f"{words_chat.about_key()} {words_chat.key_hint()} Enter alone changes nothing.")
        key = (await self.ask_hidden(f"{words_chat.KEY_LABEL}: ")).strip()
        self.write(await self.intake.set_key(owner, key) if key else "Nothing was changed.")


def read_allowance(line: str) -> tuple[str, Grant]:
    """Read `RIGHT WHO…`: a right, and everyone, admins, or the names of people.

    Raises:
        UserMistake: nobody is named.
    """
    about = about_right(line)
    who = [word.removeprefix("@") for word in _WHO.findall(about.rest)]
    if not who:
        raise UserMistake(HOW_TO_ALLOW)
    said = {word.lower() for word in who}
    if said & EVERYONE:
        return about.right, Grant(everyone=True)
    return about.right, Grant(people=frozenset(word for word in who if word and word.lower() not in NOBODY_BESIDES))
