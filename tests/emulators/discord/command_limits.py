"""Discord's limits on command definitions. Source: Discord docs, Application Commands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.emulators.discord.errors import Problem

Path = tuple[str, ...]
Body = Mapping[str, Any]

NAME = re.compile(r"^[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}$")
CHAT, USER_MENU, MESSAGE_MENU = 1, 2, 3
MOST = {CHAT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
OPTIONS = 25
CHOICES = 25
TOTAL = 8000
STRING_LENGTH = 6000
SUB, GROUP, STRING = 1, 2, 3
# Source: Discord docs, Reference, Locales.
_LOCALES = """
id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko
"""
LOCALES = frozenset(_LOCALES.split())


def command_problems(commands: list[Body]) -> list[Problem]:
    """What is wrong with a whole list of commands, as it is sent to be registered."""
    return list(_all(commands))


def _all(commands: list[Body]) -> Iterator[Problem]:
    for kind, most in MOST.items():
        if sum(each.get("type", CHAT) == kind for each in commands) > most:
            yield _problem((), "APPLICATION_COMMAND_TOO_MANY", f"At most {most} commands of type {kind}.")
    taken = [(each.get("type", CHAT), each.get("name")) for each in commands]
    if len(set(taken)) < len(taken):
        yield _problem((), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
    for number, command in enumerate(commands):
        yield from _command(command, (str(number),))


def _command(command: Body, path: Path) -> Iterator[Problem]:
    if command.get("type", CHAT) == CHAT:
        yield from _described(command, path)
        yield from _options(command.get("options") or [], path, depth=0)
    else:
        yield from _length(command.get("name"), 32, (*path, "name"))
        if command.get("description") or command.get("options"):
            yield _problem(path, "APPLICATION_COMMAND_INVALID", "Context menus have neither description nor options")
    if _size(command) > TOTAL:
        yield _problem(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({TOTAL})")


def _described(item: Body, path: Path) -> Iterator[Problem]:
    for where, name in {"name": item.get("name"), **(item.get("name_localizations") or {})}.items():
        if not NAME.match(str(name)) or str(name) != str(name).lower():
            message = "Command name is invalid: lower-case letters, digits, - and _, 1 to 32."
            yield _problem((*path, "name", where), "APPLICATION_COMMAND_INVALID_NAME", message)
    for where, text in {"text": item.get("description"), **(item.get("description_localizations") or {})}.items():
        yield from _length(text, 100, (*path, "description", where))
    for name in ("name_localizations", "description_localizations"):
        for locale in item.get(name) or {}:
            if locale not in LOCALES:
                yield _problem((*path, name, locale), "DICT_TYPE_CHOICES", "This locale is not known.")


def _options(options: list[Body], path: Path, *, depth: int) -> Iterator[Problem]:
    if len(options) > OPTIONS:
        yield _problem((*path, "options"), "BASE_TYPE_MAX_LENGTH", f"Must be {OPTIONS} or fewer in length.")
    names = [option.get("name") for option in options]
    if len(set(names)) < len(names):
        yield _problem((*path, "options"), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique")
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        message = "Required options must be placed before non-required options"
        yield _problem((*path, "options"), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
    for number, option in enumerate(options):
        yield from _option(option, (*path, "options", str(number)), depth=depth)


def _option(option: Body, path: Path, *, depth: int) -> Iterator[Problem]:
    kind = option.get("type")
    if kind not in range(1, 12) or (kind in (SUB, GROUP) and depth > 1) or (kind == GROUP and depth > 0):
        yield _problem((*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "This type cannot stand here")
    yield from _described(option, path)
    if kind in (SUB, GROUP):
        yield from _options(option.get("options") or [], path, depth=depth + 1)
        return
    choices = option.get("choices") or []
    if len(choices) > CHOICES:
        yield _problem((*path, "choices"), "BASE_TYPE_MAX_LENGTH", f"Must be {CHOICES} or fewer in length.")
    if choices and option.get("autocomplete"):
        yield _problem(path, "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE", "Choices and autocomplete exclude each other")
    for number, choice in enumerate(choices):
        yield from _choice(choice, kind, (*path, "choices", str(number)))
    for name in ("min_length", "max_length"):
        if not 0 <= option.get(name, 0) <= STRING_LENGTH or (name in option and kind != STRING):
            yield _problem((*path, name), "NUMBER_TYPE_MAX", f"Must be {STRING_LENGTH} or less, of a string option.")


def _choice(choice: Body, kind: int | None, path: Path) -> Iterator[Problem]:
    for where, name in {"name": choice.get("name"), **(choice.get("name_localizations") or {})}.items():
        yield from _length(name, 100, (*path, where))
    if kind == STRING:
        yield from _length(choice.get("value"), 100, (*path, "value"), least=0)


def _size(item: Body) -> int:
    """Characters of name, description and value properties; of localisations only the longest counts."""
    size = max(len(str(text)) for text in [item.get("name", ""), *(item.get("name_localizations") or {}).values()])
    texts = [item.get("description") or "", *(item.get("description_localizations") or {}).values()]
    size += max(len(str(text)) for text in texts)
    size += len(item["value"]) if isinstance(item.get("value"), str) else 0
    return size + sum(_size(each) for name in ("options", "choices") for each in item.get(name) or [])


def _length(text: Any, most: int, path: Path, *, least: int = 1) -> Iterator[Problem]:
    if not isinstance(text, str) or not least <= len(text) <= most:
        yield _problem(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")


def _problem(path: Path, code: str, message: str) -> Problem:
    return Problem(path=path, code=code, message=message)
