"""Lines typed into the console chat, read into commands. The same commands exist on every platform."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from adapters.console.arguments import TypedWish
from bot.catalog import FORMATS, OPTIONS, PRESETS, SPLIT_CHOICES, TEXTURE_CHOICES, split_command
from bot.errors import UserMistake
from bot.typed import split_wish


class Verb(StrEnum):
    """What can be asked."""

    GENERATE = "generate"
    STATUS = "status"
    SHOW = "show"
    LIST = "list"
    CANCEL = "cancel"
    RESEND = "resend"
    AGAIN = "again"
    VARIATION = "variation"
    BETTER = "better"
    FORMAT = "format"
    RETEXTURE = "retexture"
    SPLIT = "split"
    LINKS = "links"
    DELETE = "delete"
    EXPORT = "export"
    FORGET = "forget"
    PRIVACY = "privacy"
    SETTINGS = "settings"
    USAGE = "usage"
    BALANCE = "balance"
    HELP = "help"
    AS = "as"
    QUIT = "quit"


HELP = {
    Verb.GENERATE: ("generate WORDS [--image PATH] [--preset P] …", "make a model from words, pictures or both"),
    Verb.STATUS: ("status ID", "how one task stands"),
    Verb.SHOW: ("show ID", "one task, and the versions it belongs to"),
    Verb.LIST: ("list [--failed] [--words W] [--tree] …", "your newest tasks, or the trees of their versions"),
    Verb.CANCEL: ("cancel ID", "call a task off"),
    Verb.RESEND: ("resend ID", "ask again for what failed or stayed unclear"),
    Verb.AGAIN: ("again ID", "make the same once more, with another seed"),
    Verb.VARIATION: ("variation ID WORDS [--image PATH] …", "the same with other words, pictures or options"),
    Verb.BETTER: ("better ID", "the same in the next tier up"),
    Verb.FORMAT: ("format ID FORMAT", "the same in another file format"),
    Verb.RETEXTURE: ("retexture ID WORDS [--image PATH]", "a new texture over the model"),
    Verb.SPLIT: ("split ID [STRENGTH] [WORDS]", "the model in parts; strength is 2 to 12"),
    Verb.LINKS: ("links ID", "links to the files of a finished task"),
    Verb.DELETE: ("delete ID [--forget]", "remove the files of a finished task, for good"),
    Verb.EXPORT: ("export", "what is kept about you, as an archive in the folder of your models"),
    Verb.FORGET: ("forget me", "remove everything that is kept about you; asks once more"),
    Verb.PRIVACY: ("privacy", "what goes where, how long it is kept, and who sees it"),
    Verb.SETTINGS: ("settings [key | allow | reset] …", "who may do what here, and with whose Rodin key"),
    Verb.USAGE: ("usage", "what you have used"),
    Verb.BALANCE: ("balance", "the credits that are left"),
    Verb.HELP: ("help", "this list; help and a command tells more about it"),
    Verb.AS: ("as NAME", "go on as another person"),
    Verb.QUIT: ("quit", "leave; so does Ctrl-D"),
}

DETAILS = {
    Verb.VARIATION: (
        "What you leave out stays as it was; the seed is new. --image puts pictures in the place of the earlier ones,",
        "--add joins pictures to them. help generate shows every option.",
    ),
    Verb.LIST: (
        "--failed: those without a model. --words W: those whose words hold W, in any case; several words stand in",
        "quotation marks. --channel, --everybody: those of other people too, as far as you may see them.",
        "--tree: each with the versions it belongs to.",
    ),
    Verb.DELETE: (
        "With --forget the words and pictures go as well that it was asked with, of any task that has ended: what is",
        "left is what it cost. Other versions stay; those that still hold the same are named.",
    ),
    Verb.FORGET: (
        "forget me says what would be removed; forget me now does it. For one task alone: delete ID --forget.",
    ),
    Verb.SETTINGS: (
        "settings: how things stand.",
        "settings key: a Rodin key of this place's own; it is asked for then and not shown. settings key remove.",
        "settings allow RIGHT WHO: lets everyone, admins alone, or people by name do something, such as",
        "settings allow tier:high ada bob. settings reset RIGHT: as it was.",
    ),
    Verb.BETTER: ("Same words, pictures and seed. What you chose is kept where that tier knows it.",),
    Verb.FORMAT: (
        f"One of {', '.join(FORMATS)}; format ID alone says what each one costs. What can be converted here is free",
        "and takes seconds; else Rodin makes it anew, with the same seed, and charges for it.",
    ),
    Verb.RETEXTURE: (
        "Say how it should look, in words or with one picture; a picture says more.",
        f"Options: {', '.join(f'--{name}' for name in TEXTURE_CHOICES)}.",
    ),
    Verb.SPLIT: (
        "More strength gives more parts; words say how to split, such as: split ID wheels apart from the body.",
        f"Options: {', '.join(f'--{name}' for name in SPLIT_CHOICES)}.",
    ),
}
"""What `help` tells of a command beyond its line."""

OTHER_WORDS = {
    "gen": Verb.GENERATE,
    "exit": Verb.QUIT,
    "?": Verb.HELP,
    "ls": Verb.LIST,
    "vary": Verb.VARIATION,
    "texture": Verb.RETEXTURE,
    "parts": Verb.SPLIT,
    "convert": Verb.FORMAT,
}

LIKE = 0.75
"""How alike a word and a command must be for the one to be taken for a slip of the other, of 1."""

ADDRESSED = re.compile(r"^(?:/?rodin\b\s*|/)", re.IGNORECASE)
"""What other platforms have before a command."""

IMAGE = re.compile(r"""(?<!\S)--(?:image|add)(?:\s+|=)(?:"([^"]+)"|'([^']+)'|(?!--)([^\s"']\S*))""")
"""A picture by its path; a path with spaces stands in quotation marks."""

BARE_IMAGE = re.compile(r"(?<!\S)--(?:image|add)(?![^\s=])")
"""The same without a path that could be read."""

ADDED = re.compile(r"(?<!\S)--add(?![^\s=])")
"""Pictures that join the earlier ones, instead of taking their place."""

WITH_WISH = frozenset({Verb.VARIATION, Verb.RETEXTURE, Verb.SPLIT})
"""Commands that say which task, and then what is wanted of it."""

NEEDS_ID = frozenset(
    {
        *(Verb.STATUS, Verb.SHOW, Verb.CANCEL, Verb.RESEND, Verb.AGAIN, Verb.BETTER, Verb.FORMAT),
        *(Verb.LINKS, Verb.DELETE, *WITH_WISH),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One line, understood. `word` is a task id, a name, or what help is wanted for; `more` what follows it."""

    verb: Verb
    wish: TypedWish | None = None
    word: str = ""
    more: str = ""


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
    word = _word(verb, rest.split())
    more = rest.strip()[len(word) :].strip()
    wish = _wish_about(verb, more) if verb in WITH_WISH else None
    return Command(verb=verb, wish=wish, word=word, more=more)


def help_lines(topic: str = "") -> tuple[str, ...]:
    """Return what can be asked, or with `generate` what can be chosen."""
    if topic == Verb.GENERATE:
        presets = (f"  --preset {name:<9} {preset.summary}" for name, preset in PRESETS.items())
        options = (f"  --{option.name:<11} {option.summary}" for option in OPTIONS if option.name != "preset")
        return ("Presets:", *presets, "Options:", *options)
    if topic:
        return _help_about(_verb(topic.lower()))
    return tuple(f"  {usage:<44} {what}" for usage, what in HELP.values())


def _help_about(verb: Verb) -> tuple[str, ...]:
    usage, what = HELP[verb]
    return (f"{usage}: {what}.", *(f"  {line}" for line in DETAILS.get(verb, ())))


def _verb(word: str) -> Verb:
    if word in OTHER_WORDS:
        return OTHER_WORDS[word]
    if word in list(Verb):
        return Verb(word)
    near = difflib.get_close_matches(word, list(Verb), n=1, cutoff=LIKE)
    hint = f"Did you mean {near[0]}?" if near else "To make a model, type: generate and what you want."
    raise UserMistake(f'There is no command "{word}". {hint}')


def _wish(words: str) -> TypedWish:
    """Read what follows `generate`: words and options as on every platform, and the paths of pictures."""
    images = tuple(Path(next(part for part in found.groups() if part)) for found in IMAGE.finditer(words))
    others = IMAGE.sub(" ", words)
    if BARE_IMAGE.search(others):
        raise UserMistake(
            "--image wants the path of a picture, such as --image pot.jpg, and so does --add; a path with spaces "
            "stands in quotation marks. Nothing was sent."
        )
    prompt, options = split_command(others)
    keeps = ADDED.search(words) is not None
    return TypedWish(prompt=_unquoted(prompt), images=images, options=options, keeps_pictures=keeps)


def _wish_about(verb: Verb, words: str) -> TypedWish:
    """Read what follows a task's id; a split's strength may stand there as a bare number."""
    return _wish(split_wish(words) if verb is Verb.SPLIT else words)


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
