"""Reads options as people type them, leniently, and says in words what it could not read.

`60k`, `60,000` and `60_000` are the same number; `HIGH` and `gen 2.5 high` the same tier; `yes`, `on` and `true` the
same switch. Nothing here raises anything but `BadRequest`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from bot.errors import BadRequest
from bot.options import OPTIONS, OPTIONS_BY_NAME, Option, OptionKind

LONGEST_VALUE = 200
"""Characters of a typed value. The longest sensible one, a bounding box or five labels, has about 40."""

_SHOWN = 40  # characters of a person's own words that a sentence repeats

_YES = frozenset({"yes", "y", "on", "true", "1", "yeah", "yep", "enable", "enabled"})
_NO = frozenset({"no", "n", "off", "false", "0", "nope", "none", "disable", "disabled"})

_PLAIN_SWITCH_WORDS = frozenset({"yes", "true", "off", "false"})
"""Words that are no part of a prompt when they stand behind a switch."""

_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([,.' _])[0-9]{3})(?:\1[0-9]{3})*")
_NUMBER = re.compile(r"([+-]?)([0-9][0-9,.' _]*|\.[0-9]+)\s*(k|m)?", re.IGNORECASE)
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}

_OPTION_WORD = re.compile(r"(?<!\S)(--|\u2014|\u2013)([A-Za-z0-9][\w-]*)(?:=|\s*)")
_VALUE_WORD = re.compile(r"\"([^\"]*)\"|“([^”]*)”|(\S+)")


def shown(text: object) -> str:
    """Return a person's own words for repeating in a sentence: short, on one line, nothing invisible."""
    words = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in str(text)[: 2 * _SHOWN])
    words = " ".join(words.split())
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"


def join_words(words: Iterable[str], last: str = "or") -> str:
    """Return `a, b or c`."""
    *front, end = words
    return f"{', '.join(front)} {last} {end}" if front else end


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read: values by option name, options whose value could not be read, a sentence for each problem."""

    values: Mapping[str, Any]
    unread: frozenset[str]
    problems: tuple[str, ...]


def read_options(typed: Mapping[str, Any]) -> Reading:
    """Read every option that was typed or picked. Blank values count as not chosen, as forms send them."""
    values: dict[str, Any] = {}
    unread: set[str] = set()
    problems: list[str] = []
    for word, value in typed.items():
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        name = ""
        try:
            name = find_option(word).name
            if name in values or name in unread:
                problems.append(f"The option {name} is given twice. Give it once.")
            values[name] = read_option(OPTIONS_BY_NAME[name], value)
        except BadRequest as mistake:
            unread.add(name)
            problems.extend(mistake.problems)
    return Reading(values=values, unread=frozenset(unread), problems=tuple(problems))


def find_option(name: str) -> Option:
    """Return the option that people mean by a name.

    Raises:
        BadRequest: there is none; the sentence names the nearest.
    """
    key = _key(name)
    if key in _NAMES:
        return OPTIONS_BY_NAME[_NAMES[key]]
    near = _nearest(key, _NAMES)
    hint = f"Did you mean {near}?" if near else f"There are {join_words(OPTIONS_BY_NAME, 'and')}."
    raise BadRequest(f'There is no option "{shown(name)}". {hint}')


def read_option(option: Option, value: Any) -> Any:
    """Return what was meant: a str, int, float, bool, or a tuple of them for the kinds with several.

    Raises:
        BadRequest: the value is not one of the option's; the sentence says what would be right.
    """
    if isinstance(value, str) and len(value) > LONGEST_VALUE:
        raise BadRequest(f"{_title(option)} takes something short, such as {option.example}; this is too long.")
    match option.kind:
        case OptionKind.CHOICE:
            return _read_choice(option, value)
        case OptionKind.SWITCH:
            return _read_switch(option, value)
        case OptionKind.INTEGER:
            return _in_range(option, _read_integer(option, value), value)
        case OptionKind.NUMBER:
            return float(_in_range(option, _read_decimal(option, value, can_group=False), value))
        case OptionKind.NUMBERS:
            return _read_numbers(option, value)
        case OptionKind.CHOICES:
            return tuple(_read_choice(option, word) for word in _split_words(value))


def split_command(text: str) -> tuple[str, dict[str, str]]:
    """Split a typed line into the prompt and the options in it, unchecked.

    Options are written `--name value`, `--name=value` or `--name "two words"`; a switch needs no value. Phones and
    chat programs turn `--` into a dash, so that counts too where a known option follows.
    """
    prompt: list[str] = []
    options: dict[str, str] = {}
    at = 0
    while found := _OPTION_WORD.search(text, at):
        prompt.append(text[at : found.start()])
        known = _NAMES.get(_key(found[2]))
        if known is None and found[1] != "--":
            prompt.append(found[0])
            at = found.end()
            continue
        value, at = _value_after(text, found, known)
        options[found[2]] = value
    return " ".join([*"".join(prompt).split(), *text[at:].split()]), options


def _value_after(text: str, found: re.Match[str], known: str | None) -> tuple[str, int]:
    """Return the value that follows an option's name, and where the rest begins."""
    is_assigned = found[0].endswith("=")
    is_switch = known is not None and OPTIONS_BY_NAME[known].kind is OptionKind.SWITCH
    word = _VALUE_WORD.match(text, found.end())
    if word is None or (not is_assigned and _OPTION_WORD.match(text, found.end())):
        return "yes" if is_switch and not is_assigned else "nothing", found.end()
    value = next(part for part in word.groups() if part is not None)
    if is_switch and not is_assigned and not _belongs_to_switch(value, rest=text[word.end() :]):
        return "yes", found.end()
    return value, word.end()


def _belongs_to_switch(value: str, *, rest: str) -> bool:
    """Whether the word after a switch is its value. In "--hd on a table" it is not: short words need the end."""
    word = value.lower()
    if word in _PLAIN_SWITCH_WORDS:
        return True
    is_last = not rest.strip() or _OPTION_WORD.match(rest.lstrip()) is not None
    return is_last and (word in _YES | _NO or word in _spellings(OPTIONS_BY_NAME["pose"]))


def _read_choice(option: Option, value: Any) -> str:
    spellings = _spellings(option)
    key = _key(value)
    if key in spellings:
        return spellings[key]
    near = _nearest(key, spellings)
    hint = f"Did you mean {near}? " if near else ""
    choices = join_words(option.choices)
    raise BadRequest(f'There is no {option.title} "{shown(value)}". {hint}Choose {choices}.')


def _read_switch(option: Option, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _NO:
        return False
    if word in _YES or _key(word) in _spellings(option):
        return True
    raise BadRequest(f'{_title(option)} is yes or no, not "{shown(value)}".')


def _read_integer(option: Option, value: Any) -> int:
    number = _read_decimal(option, value, can_group=True)
    if number != number.to_integral_value():
        raise BadRequest(_not_a_number(option, value))
    return int(number)


def _read_decimal(option: Option, value: Any, *, can_group: bool) -> Decimal:
    if isinstance(value, bool):
        raise BadRequest(_not_a_number(option, value))
    if isinstance(value, (int, float)):
        number = Decimal(value) if abs(value) < 1e15 else None  # also keeps infinity and not-a-number out
    else:
        number = _parse_number(unicodedata.normalize("NFKC", str(value)).strip(), can_group=can_group)
    if number is None:
        raise BadRequest(_not_a_number(option, value))
    return number


def _parse_number(text: str, *, can_group: bool) -> Decimal | None:
    """Return the number in `text`, or None. `can_group`: a dot before three digits parts thousands (60.000)."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    sign, body, unit = found[1], found[2].strip(), (found[3] or "").lower()
    grouped = _GROUPED.fullmatch(body)
    if grouped and (grouped[1] != "." or (can_group and not unit)):
        body = body.replace(grouped[1], "")
    body = body.replace("_", "").replace(",", ".")
    if not re.fullmatch(r"[0-9]*\.?[0-9]*", body) or len(body) > 20:
        return None
    return Decimal(f"{sign}{body}") * _TIMES[unit]


def _in_range(option: Option, number: Any, value: Any) -> Any:
    if option.least is not None and number < option.least:
        raise BadRequest(f"{_range(option)}; {shown(value)} is too low.")
    if option.most is not None and number > option.most:
        raise BadRequest(f"{_range(option)}; {shown(value)} is too high.")
    return number


def _read_numbers(option: Option, value: Any) -> tuple[int, ...]:
    words = [word for word in re.split(r"[\s,;:x\u00d7*/\[\]()]+", str(value).lower()) if word]
    if len(words) != option.count:
        problem = f"{_title(option)} takes {option.count} whole numbers, such as {option.example}"
        raise BadRequest(f'{problem}; "{shown(value)}" has {len(words)}.')
    return tuple(_in_range(option, _read_integer(option, word), word) for word in words)


def _split_words(value: Any) -> list[str]:
    text = re.sub(r"[\[\]\"'()]", " ", str(value))
    separator = r"[,;/|]" if re.search(r"[,;/|]", text) else r"\s+"
    return [word.strip() for word in re.split(separator, text) if word.strip()]


def _range(option: Option) -> str:
    if option.most is None:
        return f"{_title(option)} must be {option.least:,} or more"
    return f"{_title(option)} must be between {option.least:,} and {option.most:,}"


def _not_a_number(option: Option, value: Any) -> str:
    kind = "a number" if option.kind is OptionKind.NUMBER else "a whole number"
    example = option.example if option.count is None else "100"
    return f'{_title(option)} must be {kind}, such as {example}; "{shown(value)}" is not one.'


def _title(option: Option) -> str:
    return option.title[0].upper() + option.title[1:]


def _key(word: Any) -> str:
    """Return what is left of a spelling when case, blanks and dashes do not count. A lone `?` stays."""
    folded = unicodedata.normalize("NFKC", str(word)[:LONGEST_VALUE]).casefold().strip()
    return re.sub(r"[^\w?]|_", "", folded)


def _nearest(key: str, spellings: Mapping[str, str]) -> str | None:
    near = get_close_matches(key, spellings, n=1, cutoff=0.6)
    return spellings[near[0]] if near else None


def _spellings(option: Option) -> Mapping[str, str]:
    """Return every spelling of an option's choices, as `_key` leaves it. Made anew, because presets may be added."""
    also = {_key(spelling): choice for spelling, choice in option.also.items()}
    return also | {_key(choice): choice for choice in (*option.choices, *option.rare)}


_NAMES: Mapping[str, str] = {
    _key(word): option.name for option in OPTIONS for word in (option.field, *option.also_named, option.name)
}
