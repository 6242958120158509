"""What the forms ask, as data, and what they say: each chat platform makes its own form of it.

By a field's id its answer comes back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot import words_chat
from bot.catalog import FORMATS, MOST_PICTURES, OPTIONS_BY_NAME, SPLIT_CHOICES, TEXTURE_CHOICES, Option, split_command
from bot.chat import Wish
from bot.remakes import LEAST_STRENGTH, MOST_STRENGTH, STRENGTH, USUAL_STRENGTH
from bot.update import Choice

PROMPT, PICTURES, MORE, WHERE, FORMAT = "prompt", "pictures", "more", "where", "format"
"""Ids of fields."""

REPLACE, JOIN = "replace", "join"
"""Where new pictures of a variation go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A field for a sentence or more; it may stay empty."""

    label: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """A field for pictures; it may stay empty."""

    hint: str
    most: int = MOST_PICTURES

    @property
    def label(self) -> str:
        """Return what stands above it."""
        return "Pictures" if self.most > 1 else "Picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A menu. `choices` are values and what is shown for each; `usual` is the value that counts when none is picked."""

    id: str
    label: str
    hint: str
    choices: Mapping[str, str]
    usual: str = ""
    is_required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """A line for options as one would type them; `examples` are such options."""

    examples: Collection[str]


Field = Words | Pictures | Pick | Option | More
"""One of the catalogue's options asks for itself; its name is its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form: its title, what stands above the fields, and the fields."""

    title: str
    about: str = ""
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What somebody typed or filled in, pictures aside. `typed` is a line with options in it, `options` were picked.

    `keeps_pictures` lets the pictures join those of an earlier version instead of taking their place.
    """

    prompt: str = ""
    typed: str = ""
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    keeps_pictures: bool = False

    def wish(self, pictures: Sequence[bytes]) -> Wish:
        """Return the wish, unchecked, with these pictures; an option that was picked beats one that was typed."""
        said, typed = split_command(self.typed)
        prompt = " ".join(part for part in (self.prompt, said) if part)
        options = {**typed, **self.options}
        return Wish(prompt=prompt, pictures=tuple(pictures), options=options, keeps_pictures=self.keeps_pictures)


def new_form(options: Iterable[Option], *, more: Collection[str]) -> Form:
    """Return the form of a new model; which options have a field of their own, the platform's room decides."""
    words = Words(label="What should it be?", hint="In words; or leave it empty and give a picture.")
    pictures = Pictures(hint="Up to five of the same thing, 10 MB each; the first one leads.")
    return Form(title="New 3D model", fields=(words, pictures, *options, More(examples=more)))


def _switches(names: Collection[str]) -> tuple[str, ...]:
    return tuple(f"--{name}" for name in names if name != STRENGTH)


VARIATION = Form(
    title="Variation",
    about=words_chat.about_variation(),
    fields=(
        Words(label="What should it be now?", hint="Leave it empty to keep the words."),
        Pictures(hint="Up to five; without any, the earlier ones stay."),
        Pick(
            id=WHERE,
            label="New pictures",
            hint="They take the place of the earlier ones unless you choose.",
            choices={REPLACE: "Take the place of the earlier ones", JOIN: "Join the earlier ones"},
            usual=REPLACE,
        ),
        More(examples=("--tier high", "--faces 20k", "--seed 7")),
    ),
)

OTHER_FORMAT = Form(
    title="Other file format",
    about=words_chat.about_format(),
    fields=(
        Pick(
            id=FORMAT,
            label="File format",
            hint=OPTIONS_BY_NAME[FORMAT].summary,
            choices={name: name for name in FORMATS},
            is_required=True,
        ),
    ),
)

RETEXTURE = Form(
    title="New texture",
    about=words_chat.about_remake(),
    fields=(
        Words(label="How should it look?", hint="Such as: weathered copper with green patina."),
        Pictures(hint="Shows how it should look, and says more than words.", most=1),
        More(examples=_switches(TEXTURE_CHOICES)),
    ),
)

SPLIT = Form(
    title="Split into parts",
    about=words_chat.about_remake(),
    fields=(
        Pick(
            id=STRENGTH,
            label="Strength",
            hint=f"More gives more parts; {USUAL_STRENGTH} unless you choose.",
            choices={str(n): str(n) for n in range(LEAST_STRENGTH, MOST_STRENGTH + 1)},
        ),
        Words(label="Or say how to split it", hint="Such as: the wheels apart from the body."),
        More(examples=_switches(SPLIT_CHOICES)),
    ),
)

FORMS: Mapping[Choice, Form] = {
    Choice.VARIATION: VARIATION,
    Choice.FORMAT: OTHER_FORMAT,
    Choice.RETEXTURE: RETEXTURE,
    Choice.SPLIT: SPLIT,
}
"""The form behind each choice that wants words."""
