"""Presets of the operator's own: a TOML file (PRESETS_FILE), checked as a whole when the bot starts.

Each table is a preset: a new name adds one, the name of one of ours changes what is named in it.

    [statue]
    summary = "For museum casts: dense and bare"
    tier = "high"
    format = "stl"
    faces = "300k"

    [hero]                 # ours, with another format
    format = "fbx"

Values are written as people type them in chat; `offers` lists options worth asking about beside the preset.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.catalog import resolve
from bot.errors import BadRequest, BadSettings
from bot.options import OPTIONS_BY_NAME, OptionKind
from bot.presets import OURS, PRESETS, Preset, PresetValue
from bot.reading import find_option, join_words, read_option, shown
from bot.rules import TEXTURE_OPTIONS
from bot.tiers import TIERS
from bot.tomllines import lines_of

LONGEST_SUMMARY = 100
"""Characters. Menus take no more: Discord developer docs, Application Commands, the name of a choice."""

MOST_PRESETS = 25
"""With ours. Source: Discord developer docs, Application Commands: choices of one option."""

LARGEST_FILE_BYTES = 100_000
"""Twenty-five presets take a fiftieth of it."""

NOT_IN_PRESETS: Mapping[str, str] = {
    "preset": "A preset cannot hold another one",
    "seed": "A preset has no seed, else everybody would get the same model",
    "labels": "Labels are about the pictures of one request",
    "condition": "Condition is about the pictures of one request",
    "quality": "A preset says how many faces in numbers; write faces instead",
}
"""Options that make no sense in a preset, and why."""

_FRAME = {"mesh": 1, "material": 2, "format": 3, "tier": 4}
"""What the other options of a preset are judged by, the widest last."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something wrong in the file: the keys that lead to it (none: the file as a whole), and a sentence."""

    keys: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A preset as it is being read: values by option name, and the key that each was written under."""

    name: str
    summary: str
    values: Mapping[str, PresetValue]
    written: Mapping[str, str]
    offers: tuple[str, ...]


def put_up_presets(path: str | None) -> None:
    """Offer the presets of an operator's file beside ours; just ours without one.

    Blocks; for the start of a process.

    Raises:
        BadSettings: naming everything that is wrong with the file, each with its line and key.
    """
    PRESETS.put_up(OURS if path is None else load_presets(Path(path)))


def load_presets(path: Path) -> tuple[Preset, ...]:
    """Return ours and an operator's presets, in the order in which they are shown: ours first. Blocks.

    Raises:
        BadSettings: naming everything that is wrong with the file, each with its line and key.
    """
    try:
        text = _read(path)
        tables = tomllib.loads(text)
    except OSError as error:
        raise BadSettings(f"PRESETS_FILE {path}: cannot be read: {error.strerror or error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"PRESETS_FILE {path}: is no TOML: {error}.") from error
    except ValueError as error:
        raise BadSettings(f"PRESETS_FILE {path}: {error}.") from error
    presets, troubles = parse_presets(tables)
    if troubles:
        lines = lines_of(text)
        raise BadSettings(*(_located(path, trouble, lines) for trouble in _in_order(troubles, lines)))
    return presets


def parse_presets(tables: Mapping[str, Any]) -> tuple[tuple[Preset, ...], tuple[Trouble, ...]]:
    """Return the presets that tables add up to with ours, and everything that is wrong with them. Pure."""
    presets = {preset.name: preset for preset in OURS}
    troubles = list(_name_troubles(tables))
    for name, table in tables.items():
        if not isinstance(table, dict):
            what = f'"{shown(name)}" stands outside of any preset. Begin one above it: [my-preset]'
            troubles.append(Trouble(keys=(name,), sentence=what))
            continue
        made, wrong = _preset(name, table, changes=presets.get(name))
        troubles += wrong
        presets[name] = made
    if len(presets) > MOST_PRESETS:
        what = f"With ours there are {len(presets)} presets; menus show at most {MOST_PRESETS}. Leave some out"
        troubles.append(Trouble(keys=(), sentence=what))
    return tuple(presets.values()), tuple(troubles)


def _name_troubles(names: Iterable[str]) -> Iterator[Trouble]:
    """Say which names cannot be typed, and which read the same as another one when they are typed."""
    known = {_spelled(preset.name): preset.name for preset in OURS}
    for name in names:
        other = known.setdefault(_spelled(name), name)
        if other != name:
            what = f'"{shown(name)}" reads the same as the preset {other} when it is typed. Choose another name'
            yield Trouble(keys=(name,), sentence=what)
        elif not _NAME.fullmatch(name):
            what = f'"{shown(name)}" is no name for a preset: small letters, digits and dashes, 32 at most'
            yield Trouble(keys=(name,), sentence=what)


def _preset(name: str, table: Mapping[str, Any], *, changes: Preset | None) -> tuple[Preset, list[Trouble]]:
    """Return the preset that a table makes, or makes out of one of ours, and what is wrong with it."""
    draft, troubles = _read_table(name, table)
    values = {**({} if changes is None else _kept(changes, draft.values)), **draft.values}
    draft = Draft(name=name, summary=draft.summary, values=values, written=draft.written, offers=draft.offers)
    if changes is None and "summary" not in table:
        troubles.append(Trouble(keys=(name,), sentence="It has no summary. Say in a few words what it is for"))
    if "tier" not in values and not any(trouble.keys == (name, "tier") for trouble in troubles):
        troubles.append(Trouble(keys=(name,), sentence=f"It has no tier. Choose one of {join_words(TIERS)}"))
    elif not troubles:  # else the other sentences could be about a preset that nobody meant
        troubles += _rule_troubles(draft)
    if troubles:
        return Preset(name=name, summary=draft.summary, values=values), troubles
    return _completed(draft, changes), []


def _read_table(name: str, table: Mapping[str, Any]) -> tuple[Draft, list[Trouble]]:
    values: dict[str, PresetValue] = {}
    written: dict[str, str] = {}
    troubles: list[Trouble] = []
    for key, value in table.items():
        if key in {"summary", "offers"}:
            continue
        try:
            option = find_option(key).name
            if option in NOT_IN_PRESETS:
                raise BadRequest(f"{NOT_IN_PRESETS[option]}.")
            if option in written:
                raise BadRequest(f"The option {option} is given twice, as {written[option]} too. Give it once.")
            written[option] = key
            values[option] = _read_value(option, value)
        except BadRequest as mistake:
            troubles += [Trouble(keys=(name, key), sentence=sentence) for sentence in mistake.problems]
    troubles += _summary_troubles(name, table)
    offers, wrong = _read_offers(name, table)
    summary = table.get("summary")
    draft = Draft(
        name=name, summary=summary if isinstance(summary, str) else "", values=values, written=written, offers=offers
    )
    return draft, [*troubles, *wrong]


def _read_value(option: str, value: Any) -> PresetValue:
    """Return a value as the catalogue knows it. A list of numbers may stand for what people type with signs between."""
    if isinstance(value, list) and OPTIONS_BY_NAME[option].kind is OptionKind.NUMBERS:
        value = "x".join(str(part) for part in value)
    if not isinstance(value, (str, int, float)):
        raise BadRequest(f"{option} takes one value, such as {OPTIONS_BY_NAME[option].example}.")
    read: PresetValue = read_option(OPTIONS_BY_NAME[option], value)
    return read


def _summary_troubles(name: str, table: Mapping[str, Any]) -> Iterator[Trouble]:
    summary = table.get("summary", "of ours")
    if not isinstance(summary, str) or not summary.strip() or not summary.isprintable():
        yield Trouble(keys=(name, "summary"), sentence="A summary is a few words on one line")
    elif len(summary) > LONGEST_SUMMARY:
        what = f"A summary has at most {LONGEST_SUMMARY} characters; this has {len(summary)}"
        yield Trouble(keys=(name, "summary"), sentence=what)


def _read_offers(name: str, table: Mapping[str, Any]) -> tuple[tuple[str, ...], list[Trouble]]:
    offers = table.get("offers", [])
    if not isinstance(offers, list) or not all(isinstance(offer, str) for offer in offers):
        what = 'Offers are names of options in a list, such as ["format"]'
        return (), [Trouble(keys=(name, "offers"), sentence=what)]
    found: dict[str, None] = {}
    troubles = []
    for offer in offers:
        try:
            found[find_option(offer).name] = None
        except BadRequest as mistake:
            troubles += [Trouble(keys=(name, "offers"), sentence=sentence) for sentence in mistake.problems]
    return tuple(found), troubles


def _kept(preset: Preset, changed: Mapping[str, PresetValue]) -> dict[str, PresetValue]:
    """Return what of one of ours still makes sense beside what is changed.

    Another tier knows other options and ranges, a face count belongs to its mesh, a bare model has no textures.
    """
    values = {**preset.values, **changed}
    tier = TIERS[str(values["tier"])]
    gone = preset.values.keys() - tier.options
    allowed, faces = tier.faces.get(str(values.get("mesh"))), preset.values.get("faces")
    is_of_mesh = values.get("mesh") == preset.values.get("mesh")
    if not is_of_mesh or allowed is None or not isinstance(faces, int) or faces not in allowed:
        gone.add("faces")
    if changed.get("format") == "stl":
        gone.add("material")
    if changed.get("material") == "None" or "material" in gone:
        gone.update(TEXTURE_OPTIONS)
    return {name: value for name, value in preset.values.items() if name not in gone}


def _rule_troubles(draft: Draft) -> Iterator[Trouble]:
    """Say what Rodin would refuse or ignore, each under the key without which it would be right.

    Where it would be right without either of two, the finer option is at fault, not the tier.
    """
    found = _problems(draft.values)
    for option, key in sorted(draft.written.items(), key=lambda item: _FRAME.get(item[0], 0)):
        without = _problems({name: value for name, value in draft.values.items() if name != option})
        for sentence in [sentence for sentence in found if sentence not in without]:
            yield Trouble(keys=(draft.name, key), sentence=sentence)
            found.remove(sentence)
    yield from (Trouble(keys=(draft.name,), sentence=sentence) for sentence in found)


def _problems(values: Mapping[str, PresetValue]) -> list[str]:
    try:
        _resolved(values)
    except BadRequest as mistake:
        return list(mistake.problems)
    return []


def _resolved(values: Mapping[str, PresetValue]) -> Any:
    typed = {name: _typed(value) for name, value in values.items()}
    # One picture, so that options about pictures are judged by the tier.
    return resolve("a thing", typed, pictures=1, default_format="glb", seed=0)


def _typed(value: PresetValue) -> str | int | float | bool:
    return "x".join(map(str, value)) if isinstance(value, tuple) else value


def _completed(draft: Draft, changes: Preset | None) -> Preset:
    """Return the preset with nothing left to defaults that may change: format, mesh, faces, material."""
    request = _resolved(draft.values)
    whole: dict[str, PresetValue] = {"format": request.geometry_file_format, "material": request.material}
    if request.quality_override is not None:
        whole |= {"mesh": request.mesh_mode, "faces": request.quality_override}
    ours = Preset(name=draft.name, summary="", values={}) if changes is None else changes
    return Preset(
        name=draft.name,
        summary=draft.summary or ours.summary,
        values={**draft.values, **whole},
        offers=draft.offers or ours.offers,
    )


def _read(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE_BYTES + 1)
    if len(data) > LARGEST_FILE_BYTES:
        raise ValueError(f"has more than {LARGEST_FILE_BYTES:,} bytes, so it is something else")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(f"line {line}: is not written in UTF-8; save it as UTF-8 text") from error


def _spelled(name: str) -> str:
    """Return what is left of a name when case, blanks and dashes do not count, as when people type it."""
    return re.sub(r"[^\w]|_", "", name.casefold())


def _in_order(troubles: Iterable[Trouble], lines: Mapping[tuple[str, ...], int]) -> list[Trouble]:
    return sorted(troubles, key=lambda trouble: _line(trouble, lines) or 0)


def _line(trouble: Trouble, lines: Mapping[tuple[str, ...], int]) -> int | None:
    """Return the line of what is wrong."""
    return lines.get(trouble.keys)


def _located(path: Path, trouble: Trouble, lines: Mapping[tuple[str, ...], int]) -> str:
    line = _line(trouble, lines)
    where = "" if line is None else f" line {line}, {'.'.join(shown(key) for key in trouble.keys)}:"
    return f"PRESETS_FILE {path}:{where} {trouble.sentence.rstrip('.')}."
