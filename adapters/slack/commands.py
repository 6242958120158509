"""What people type after `/rodin`: a wish, or one of the commands that exist on every platform."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from adapters.slack import words
from bot.errors import UserMistake


class Verb(StrEnum):
    """What can be asked."""

    GENERATE = "generate"
    FORM = "form"
    STATUS = "status"
    SHOW = "show"
    LIST = "list"
    CANCEL = "cancel"
    AGAIN = "again"
    RESEND = "resend"
    DELETE = "delete"
    USAGE = "usage"
    BALANCE = "balance"
    HELP = "help"


NEEDS_ID = frozenset({Verb.STATUS, Verb.SHOW, Verb.CANCEL, Verb.AGAIN, Verb.RESEND, Verb.DELETE})
STANDS_ALONE = frozenset({Verb.LIST, Verb.USAGE, Verb.BALANCE, Verb.HELP})

OTHER_WORDS = {"gen": Verb.GENERATE, "new": Verb.FORM, "?": Verb.HELP, "ls": Verb.LIST}

HELP = {
    "WORDS": "make a model of these words; options like --preset print go with them",
    "": "open a form: upload pictures, describe it, choose options",
    "status ID": "how one of your tasks stands",
    "show ID": "a task again, with its links and buttons",
    "list": "your newest tasks",
    "cancel ID": "call a task off",
    "again ID": "the same with another seed",
    "resend ID": "ask again for what failed or stayed unclear",
    "delete ID": "remove the files of a finished task, for good",
    "usage": "what you have used",
    "balance": "the credits that are left (for admins)",
    "help": "this list; help generate names every option",
    "generate WORDS": "the same as WORDS alone, whatever they begin with",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One line, understood. `word` is a task id or what help is wanted for, `rest` what a model is wanted of."""

    verb: Verb
    word: str = ""
    rest: str = ""


def parse_command(line: str) -> Command:
    """Read what follows `/rodin`.

    The first word is a command when nothing, or one word for those about a task, follows it: a mistyped id must not
    become a model that costs money. Everything else is a wish.

    Raises:
        UserMistake: a command about a task names none.
    """
    first, _, rest = line.strip().partition(" ")
    rest = rest.strip()
    verb = _verb(first.lower())
    if not first or (verb is Verb.FORM and not rest):
        return Command(verb=Verb.FORM)
    if verb is Verb.GENERATE:
        return Command(verb=Verb.GENERATE, rest=rest) if rest else Command(verb=Verb.FORM)
    is_help = verb is Verb.HELP and rest.lower() in {"", "generate", "options"}
    if verb is not None and (is_help or (verb in STANDS_ALONE and not rest)):
        return Command(verb=verb, word=rest.lower())
    if verb in NEEDS_ID and len(rest.split()) <= 1:
        if not rest:
            raise UserMistake(words.which_task(verb))
        return Command(verb=verb, word=rest, rest=line.strip())
    return Command(verb=Verb.GENERATE, rest=line.strip())


def _verb(word: str) -> Verb | None:
    if word in OTHER_WORDS:
        return OTHER_WORDS[word]
    return Verb(word) if word in set(Verb) else None
