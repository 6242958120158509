"""The person at the terminal: types into a pipe, and reads what is printed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.torture.books import Asked
from tests.e2e.torture.crowd import Noted, options_of, owned, pick, words_of
from tests.e2e.torture.errands import COMMANDS, errand_of, look_of, mark_in
from tests.e2e.torture.plan import Act, Deed
from tests.e2e.torture.world import World

SPEAKER = "you"

VERBS = {
    Act.AGAIN: "again",
    Act.CANCEL: "cancel",
    Act.DELETE: "delete",
    Act.RESEND: "resend",
    Act.FOLLOW: "variation",
    **COMMANDS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTheTerminal:
    """Types one line for each deed. What the answers promise is read from everything that was ever printed."""

    world: World
    picture: Path

    async def do(self, deed: Deed, note: Callable[[Noted], None]) -> None:
        """Type one line."""
        words, target = f"{words_of(deed)} {options_of(deed)}", ""
        if deed.act in VERBS:
            target = pick(deed, list(owned(self.world, "console", SPEAKER, deed.act)))
            line = f"{VERBS[deed.act]} {target} {self._rest(deed)}".rstrip()
        elif deed.act in {Act.LOOK, Act.REPEAT, Act.STRANGE}:
            line = look_of(self.world, "console", SPEAKER, deed)
        else:
            line = f"generate {words}" + (f" --image {self.picture}" if deed.act is Act.PICTURE else "")
        asked = Asked(
            number=deed.number,
            act=deed.act,
            platform=deed.platform,
            user=SPEAKER,
            mark=mark_in(deed),
            target=target,
            is_taken=False,
        )
        note(Noted(deed=deed, read=lambda: asked))
        type_line(self.world.pipe, line)

    def _rest(self, deed: Deed) -> str:
        """Return what is typed behind a task's id."""
        if deed.act is Act.FOLLOW:
            return f"{words_of(deed)} {options_of(deed)}"
        if deed.act not in COMMANDS:
            return ""
        errand = errand_of(deed)
        return errand.line + (f" --image {self.picture}" if errand.takes_picture else "")


def type_line(pipe: Path, line: str) -> None:
    """Type a line, if anybody reads."""
    with contextlib.suppress(OSError):
        number = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(number, f"{line}\n".encode())
        finally:
            os.close(number)
