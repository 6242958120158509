"""What people type after `/rodin`: a wish, or one of the commands that exist on every platform."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from adapters.slack import words
from bot.errors import UserMistake
from bot.ids import ID_CHARACTERS, ID_LENGTH
from bot.typed import AboutTask, about_task, read_forget, read_listing
from bot.update import Choice


class Verb(StrEnum):
    """What can be asked."""

    GENERATE = "generate"
    FORM = "form"
    STATUS = "status"
    SHOW = "show"
    LIST = "list"
    CANCEL = "cancel"
    AGAIN = "again"
    VARIATION = "variation"
    BETTER = "better"
    FORMAT = "format"
    RETEXTURE = "retexture"
    SPLIT = "split"
    RESEND = "resend"
    LINKS = "links"
    DELETE = "delete"
    USAGE = "usage"
    BALANCE = "balance"
    SETTINGS = "settings"
    PRIVACY = "privacy"
    EXPORT = "export"
    FORGET = "forget"
    HELP = "help"


NEEDS_ID = frozenset(
    {
        *(Verb.STATUS, Verb.SHOW, Verb.CANCEL, Verb.AGAIN, Verb.BETTER, Verb.RESEND),
        *(Verb.LINKS, Verb.DELETE),
    }
)
WITH_MORE = frozenset({Verb.VARIATION, Verb.FORMAT, Verb.RETEXTURE, Verb.SPLIT})
"""Commands that say which task, and then what is wanted of it."""

STANDS_ALONE = frozenset({Verb.LIST, Verb.USAGE, Verb.BALANCE, Verb.PRIVACY, Verb.EXPORT, Verb.HELP})

FORMS = {Verb.VARIATION: Choice.VARIATION, Verb.FORMAT: Choice.FORMAT, Verb.RETEXTURE: Choice.RETEXTURE}
"""Commands that open the form of a choice when nothing follows the task's id."""

OTHER_WORDS = {"gen": Verb.GENERATE, "new": Verb.FORM, "?": Verb.HELP, "ls": Verb.LIST}

HELP = {
    "WORDS": "make a model of these words; options like --preset print go with them",
    "": "open a form: upload pictures, describe it, choose options",
    "status ID": "how a task stands",
    "show ID": "a task again, with its links and buttons",
    "list": "your newest tasks; --channel, --everybody, --failed, --words owl, --tree show others",
    "cancel ID": "call a task off",
    "again ID": "the same with another seed",
    "variation ID WORDS": "the same with other words or options; without any, a form opens",
    "better ID": "the same in the next tier up",
    "format ID FORMAT": "the same in another file format; without one, a form shows what each costs",
    "retexture ID WORDS": "a new texture over the model; without words, a form opens",
    "split ID [STRENGTH] [WORDS]": "the model in parts; strength is 2 to 12",
    "resend ID": "ask again for what failed or stayed unclear",
    "links ID": "links to the files of a finished task",
    "delete ID [--forget]": "remove a finished task's files, for good; --forget removes its words and pictures too",
    "usage": "what you have used",
    "balance": "the credits that are left (for admins)",
    "settings": "who may do what here, and the workspace's own key (for admins)",
    "privacy": "what goes where, and for how long it is kept",
    "export": "everything that is kept about you, as a file",
    "forget me": "remove everything that is kept about you",
    "help": "this list; help generate names every option",
    "generate WORDS": "the same as WORDS alone, whatever they begin with",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One line, understood. `word` is a task id or what help is wanted for, `more` what follows it.

    `rest` is what a model is wanted of, or would be if the line were a wish after all.
    """

    verb: Verb
    word: str = ""
    more: str = ""
    rest: str = ""

    @property
    def form(self) -> Choice | None:
        """The choice whose form is wanted: the line names a task, and not yet what to do about it."""
        return None if self.more else FORMS.get(self.verb)


def parse_command(line: str) -> Command:
    """Read what follows `/rodin`.

    The first word is a command when nothing else can be meant: nothing follows it, or a task's id does for those about
    a task. A mistyped id must not become a model that costs money, nor a mistyped setting. Everything else is a wish.

    Raises:
        UserMistake: a command about a task names none, or says of it what nobody understands.
    """
    line = line.strip()
    first, rest = (*line.split(maxsplit=1), "", "")[:2]
    verb = _verb(first.lower())
    if not first or (verb is Verb.FORM and not rest):
        return Command(verb=Verb.FORM)
    if verb is Verb.GENERATE:
        return Command(verb=Verb.GENERATE, rest=rest) if rest else Command(verb=Verb.FORM)
    if verb is Verb.SETTINGS:
        return Command(verb=verb)
    found = None if verb is None else (_alone(verb, rest) or _about(verb, rest, line))
    return found or Command(verb=Verb.GENERATE, rest=line)


def _alone(verb: Verb, rest: str) -> Command | None:
    """Return a command that is about no task; None when the line is another one, or a wish."""
    if verb is Verb.HELP and rest.lower() in {"", "generate", "options"}:
        return Command(verb=verb, word=rest.lower())
    if verb is Verb.FORGET and rest.lower() in {"", "me"}:
        return Command(verb=verb, word=rest.lower())
    if verb is Verb.FORGET and _may_be_id(rest):
        raise UserMistake(words.forget_one(rest))
    if verb is Verb.LIST and _is_filter(rest):
        read_listing(rest)
        return Command(verb=verb, more=rest)
    return Command(verb=verb) if verb in STANDS_ALONE and not rest else None


def _about(verb: Verb, rest: str, line: str) -> Command | None:
    """Return a command about a task; None when the line is another one, or a wish."""
    if verb not in NEEDS_ID | WITH_MORE:
        return None
    about = about_task(rest)
    if not about.task_id:
        raise UserMistake(words.which_task(verb))
    if about.rest and not _is_about(verb, about):
        return None
    if about.rest and verb in NEEDS_ID - {Verb.DELETE}:
        raise UserMistake(words.only_an_id(verb, line))
    if verb is Verb.DELETE:
        read_forget(about.rest)
    return Command(verb=verb, word=about.task_id, more=about.rest, rest=line)


_MARKED = re.compile("--|\u2014|\u2013")
_FLAGS = frozenset({"tree", "channel", "failed", "everybody"})
_ID = re.compile(rf"[{ID_CHARACTERS}]{{{ID_LENGTH}}}|(?=.*[0-9])[a-z0-9_-]{{5,9}}", re.IGNORECASE)


def _is_filter(rest: str) -> bool:
    """Whether what follows `list` says which tasks, and is no wish like "list of owls"."""
    return _MARKED.match(rest) is not None or (bool(rest) and set(rest.lower().split()) <= _FLAGS)


def _is_about(verb: Verb, about: AboutTask) -> bool:
    """Whether words that follow a command about a task really name one, as in "split abc2345 wheels apart"."""
    return _may_be_id(about.task_id) or (verb is Verb.DELETE and _MARKED.match(about.rest) is not None)


def _may_be_id(word: str) -> bool:
    """Whether a word looks like a task's id, or like one that was mistyped."""
    return _ID.fullmatch(word) is not None


def _verb(word: str) -> Verb | None:
    if word in OTHER_WORDS:
        return OTHER_WORDS[word]
    return Verb(word) if word in set(Verb) else None
