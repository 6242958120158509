"""Lines typed into the console chat, read into commands. The same commands exist on every platform."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from adapters.console.arguments import TypedWish
from bot.catalog import OPTIONS, PRESETS, split_command
from bot.errors import UserMistake


class Verb(StrEnum):
    """What can be asked."""

    GENERATE = "generate"
    STATUS = "status"
    LIST = "list"
    CANCEL = "cancel"
    RESEND = "resend"
    AGAIN = "again"
    LINKS = "links"
    DELETE = "delete"
    USAGE = "usage"
    BALANCE = "balance"
    HELP = "help"
    AS = "as"
    QUIT = "quit"


HELP = {
    Verb.GENERATE: ("generate WORDS [--image PATH] [--preset P] …", "make a model from words, pictures or both"),
    Verb.STATUS: ("status ID", "how one task stands"),
    Verb.LIST: ("list", "your newest tasks"),
    Verb.CANCEL: ("cancel ID", "call a task off"),
    Verb.RESEND: ("resend ID", "ask again for what failed or stayed unclear"),
    Verb.AGAIN: ("again ID", "make the same once more, with another seed"),
    Verb.LINKS: ("links ID", "links to the files of a finished task"),
    Verb.DELETE: ("delete ID", "remove the files of a finished task, for good"),
    Verb.USAGE: ("usage", "what you have used"),
    Verb.BALANCE: ("balance", "the credits that are left"),
    Verb.HELP: ("help", "this list; help generate shows every option"),
    Verb.AS: ("as NAME", "go on as another person"),
    Verb.QUIT: ("quit", "leave; so does Ctrl-D"),
}

OTHER_WORDS = {"gen": Verb.GENERATE, "show": Verb.STATUS, "exit": Verb.QUIT, "?": Verb.HELP, "ls": Verb.LIST}

ADDRESSED = re.compile(r"^(?:/?rodin\b\s*|/)", re.IGNORECASE)
"""What other platforms have before a command."""

IMAGE = re.compile(r"""(?<!\S)--image(?:\s+|=)(?:"([^"]+)"|'([^']+)'|(?!--)([^\s"']\S*))""")
"""A picture by its path; a path with spaces stands in quotation marks."""

BARE_IMAGE = re.compile(r"(?<!\S)--image(?![^\s=])")
"""The same without a path that could be read."""

NEEDS_ID = frozenset({Verb.STATUS, Verb.CANCEL, Verb.RESEND, Verb.AGAIN, Verb.LINKS, Verb.DELETE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One line, understood. `word` is a task id, a name, or what help is wanted for."""

    verb: Verb
    wish: TypedWish | None = None
    word: str = ""


def parse_line(line: str) -> Command | None:
    """Read one line; None for an empty one. A leading `/` or `/rodin` is as good as none.

    Raises:
        UserMistake: in words, with the nearest right thing.
    """
    verb_word, _, rest = ADDRESSED.sub("", line.strip()).partition(" ")
    if not verb_word:
        return None
    verb = _verb(verb_word.lower())
    if verb is Verb.GENERATE:
        return Command(verb=verb, wish=_wish(rest))
    return Command(verb=verb, word=_word(verb, rest.split()))


def help_lines(topic: str = "") -> tuple[str, ...]:
    """Return what can be asked, or with `generate` what can be chosen."""
    if topic == Verb.GENERATE:
        presets = (f"  --preset {name:<9} {preset.summary}" for name, preset in PRESETS.items())
        options = (f"  --{option.name:<11} {option.summary}" for option in OPTIONS if option.name != "preset")
        return ("Presets:", *presets, "Options:", *options)
    return tuple(f"  {usage:<44} {what}" for usage, what in HELP.values())


def _verb(word: str) -> Verb:
    if word in OTHER_WORDS:
        return OTHER_WORDS[word]
    if word in list(Verb):
        return Verb(word)
    near = difflib.get_close_matches(word, list(Verb), n=1)
    hint = f"Did you mean {near[0]}?" if near else "To make a model, type: generate and what you want."
    raise UserMistake(f'There is no command "{word}". {hint}')


def _wish(words: str) -> TypedWish:
    """Read what follows `generate`: words and options as on every platform, and the paths of pictures."""
    images = tuple(Path(next(part for part in found.groups() if part)) for found in IMAGE.finditer(words))
    others = IMAGE.sub(" ", words)
    if BARE_IMAGE.search(others):
        raise UserMistake(
            "--image wants the path of a picture, such as --image pot.jpg; a path with spaces stands in quotation "
            "marks. Nothing was sent."
        )
    prompt, options = split_command(others)
    return TypedWish(prompt=_unquoted(prompt), images=images, options=options)


def _unquoted(prompt: str) -> str:
    """Take off the quotation marks that people bring along from the shell."""
    is_quoted = len(prompt) > 1 and prompt[0] == prompt[-1] and prompt[0] in "\"'"
    return prompt[1:-1] if is_quoted and prompt[0] not in prompt[1:-1] else prompt


def _word(verb: Verb, words: list[str]) -> str:
    if verb in NEEDS_ID and not words:
        raise UserMistake(f"Which task? Type {verb} and its id; list shows yours.")
    if verb is Verb.AS and not words:
        raise UserMistake("Who? Type as and a name.")
    return words[0] if words else ""
