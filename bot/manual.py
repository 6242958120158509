"""Writes `docs/options.md` from the catalogue, so that the document cannot say something else than the bot does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.options import OPTIONS, Option, OptionKind
from bot.presets import PRESETS, Preset
from bot.reading import join_words
from bot.rules import LONGEST_PROMPT, MOST_PICTURES
from bot.tiers import QUAD, QUALITY_FACES, RAW, TIERS, Family, Tier


def render_options() -> str:
    """Return the whole document as Markdown, ending in a line end."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# What you can ask for"
    yield ""
    yield "Written by `python -m bot.catalog > docs/options.md`; change the data in `bot/`, not this page."
    yield ""
    yield (
        f"A wish is a text of at most {LONGEST_PROMPT:,} characters, up to {MOST_PICTURES} pictures, or both. In chat, "
        "options are fields of the command; in a typed line they are written `--name value`, and a switch needs no "
        "value. Case does not matter, `60k`, `60,000` and `60_000` are the same number, and a tier's last word is "
        "enough (`--tier high`)."
    )
    yield from _section("Presets", "A preset sets several options at once; whatever you choose besides wins.")
    yield from _table(("preset", "for", "sets"), map(_preset_row, PRESETS.values()))
    yield from _section("Options", "Common ones are in every menu, finer ones in the form and on typed lines.")
    yield from _table(("option", "what it does", "values", "example"), map(_option_row, OPTIONS))
    yield from _section(
        "Tiers",
        "Times are from submission to the end without queueing; those with ~ are estimates. Where nothing is chosen, "
        "the count in brackets is sent.",
    )
    yield from _table(
        ("tier", "for", "credits", "time", "formats", "triangles (Raw)", "quads (Quad)"), map(_tier_row, TIERS.values())
    )
    yield from _section("Only with some tiers", "Everything else works with every tier.")
    yield from _table(("option", "tiers"), _limited_options())
    yield from _section("Quality in faces", "What `quality` means; Gen-1 with Raw is always medium.")
    yield from _table(("tiers", "mesh", "high", "medium", "low", "extra-low"), _quality_rows())
    yield from _section("Extra cost", "Texture extreme-high: 2 credits more. HighPack: up to 1 credit more.")


def _section(title: str, text: str) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield text
    yield ""


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _row(heads)
    yield _row(("---",) * len(heads))
    yield from map(_row, rows)


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _preset_row(preset: Preset) -> tuple[str, ...]:
    values = ", ".join(f"{name} {_shown(value)}" for name, value in preset.values.items())
    return f"`{preset.name}`", preset.summary, values


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _option_row(option: Option) -> tuple[str, ...]:
    reach = "" if option.is_common else " (finer)"
    example = option.example
    return f"`{option.name}`{reach}", option.summary, _values(option), f"`--{option.name} {example}`"


def _values(option: Option) -> str:
    if option.kind is OptionKind.CHOICE:
        return ", ".join(option.choices)
    if option.kind is OptionKind.SWITCH:
        return "yes, no"
    if option.kind is OptionKind.CHOICES:
        return f"one of {', '.join(option.choices)} for each picture"
    bounds = "by tier, see below"
    if option.least is not None:
        bounds = f"{option.least:,} or more" if option.most is None else f"{option.least:,} to {option.most:,}"
    return f"{option.count} numbers, each {bounds}" if option.count else bounds


def _tier_row(tier: Tier) -> tuple[str, ...]:
    name = f"`{tier.name}`" if tier.is_offered else f"`{tier.name}` (typed only)"
    mark = "~" if tier.is_estimate else ""
    duration = f"{mark}{tier.duration.total_seconds():.0f} s"
    return name, tier.purpose, str(tier.credits), duration, _formats(tier), _faces(tier, RAW), _faces(tier, QUAD)


def _formats(tier: Tier) -> str:
    doubtful = [name for name in tier.formats if name not in tier.sure_formats]
    sure = ", ".join(tier.sure_formats)
    return f"{sure}; perhaps {join_words(doubtful)}" if doubtful else sure


def _faces(tier: Tier, mesh: str) -> str:
    if mesh not in tier.faces:
        return "decided by the tier"
    default = " (default)" if mesh == tier.mesh_mode else ""
    return f"{tier.faces[mesh]} [{tier.default_faces[mesh]:,}]{default}"


def _limited_options() -> Iterator[tuple[str, str]]:
    for option in OPTIONS:
        takers = [tier for tier in TIERS.values() if option.name in tier.options]
        if len(takers) < len(TIERS):
            yield f"`{option.name}`", _who(takers)
    yield "`mode creative`", _who([tier for tier in TIERS.values() if tier.has_creative])


def _who(takers: list[Tier]) -> str:
    others = [f"`{tier.name}`" for tier in TIERS.values() if tier not in takers]
    if len(others) < 3:
        return f"all but {join_words(others, 'and')}"
    words: list[str] = []
    for family in Family:
        members = [tier for tier in TIERS.values() if tier.family is family]
        taking = [tier for tier in members if tier in takers]
        is_whole = len(members) > 1 and len(taking) == len(members)
        words.extend([f"all {family} tiers"] if is_whole else [f"`{tier.name}`" for tier in taking])
    return join_words(words, "and")


def _quality_rows() -> Iterator[tuple[str, ...]]:
    for (family, mesh), counts in QUALITY_FACES.items():
        yield family.value, mesh, *(f"{faces:,}" for faces in counts.values())
