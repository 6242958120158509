"""What is asked for: of Rodin a model, a new texture or a split; of us a model in another format.

Field names are Rodin's own, except where an attribute says otherwise. All of them carry a prompt, pictures, a format
and a material; what they cost and how they read is known by `bot.catalog`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

TEXTURE = "Generate Texture"
"""What a new texture is called in tables and, as far as is known, in Rodin's usage records. Source: the title of its
page on docs.hyper3d.ai; no public record of one is known."""

BANG = "Bang!"
"""The same for splitting into parts. Source: Rodin's own messages name the product so."""

CONVERSION = "Conversion"
"""What a conversion is called in tables. It is ours and free, so it stands in no records of Rodin's."""


VENDOR_KEEPS = timedelta(days=7)
"""How long Rodin keeps what is sent to it and what it makes of it. Source: docs.hyper3d.ai, Data Retention Policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that was checked and normalised, lying in the file store under `key`.

    `name` is ours, with the right extension; never what a person called the file.
    """

    key: str
    name: str
    media_type: str
    width_px: int
    height_px: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of Rodin, with nothing left to its defaults (they have moved before).

    Field names are Rodin's own. `None` and empty tuples mean "not sent", either because the field does not
    apply to the tier or because Rodin documents no default. Made by `bot.catalog`, which knows the rules.
    """

    prompt: str = ""
    pictures: tuple[Picture, ...] = ()
    preset: str | None = None
    tier: str
    geometry_file_format: str
    mesh_mode: str
    quality: str
    quality_override: int | None  # faces; None only where the tier ignores it
    material: str
    seed: int
    ta_pose: bool = False
    preview_render: bool = False
    use_original_alpha: bool = False
    addons: tuple[str, ...] = ()
    bbox_condition: tuple[int, int, int] | None = None  # width, height, length; only proportions count
    image_label: tuple[str, ...] = ()
    condition_mode: str | None = None
    mesh_simplify: bool | None = None
    mesh_smooth: bool | None = None
    hd_texture: bool | None = None
    uhd_texture: bool | None = None
    texture_delight: bool | None = None
    texture_mode: str | None = None
    geometry_instruct_mode: str | None = None
    is_symmetric: str | None = None
    quad_normal: bool | None = None
    soft: bool | None = None
    detail_level: float | None = None
    is_micro: bool | None = None

    @property
    def product(self) -> str:
        """What Rodin sells here, as its usage records name it: the tier."""
        return self.tier

    @property
    def words(self) -> str:
        """All that goes to Rodin of what people said."""
        return self.prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class TextureRequest:
    """A new texture for an existing model. Source: docs.hyper3d.ai, Generate Texture (0.5 credit).

    `model_name` tells the model's format, `model_key` is where it lies in our file store; `is_reduced` means that this
    is the smaller copy. `subject` is what the model shows, for people. Of `pictures`, exactly one is sent;
    `has_own_picture` means that it is a picture of the model itself, since nobody gave one.
    """

    model_name: str
    model_key: str = ""
    is_reduced: bool = False
    subject: str = ""
    prompt: str = ""
    pictures: tuple[Picture, ...] = ()
    has_own_picture: bool = False
    seed: int
    reference_scale: float = 1.0
    geometry_file_format: str = "glb"
    material: str = "PBR"
    resolution: str = "Basic"
    texture_mode: str | None = None
    hd_texture: bool | None = None
    texture_delight: bool | None = None

    @property
    def product(self) -> str:
        """What Rodin sells here, as its usage records name it."""
        return TEXTURE

    @property
    def words(self) -> str:
        """All that goes to Rodin of what people said."""
        return self.prompt

    @property
    def preview_render(self) -> bool:
        """Whether a rendered picture is asked for: this call has none."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class BangRequest:
    """Split a model into parts: either a finished task (`asset_id`) or an uploaded model (`model_name`).

    `strength` is 2 to 12, more gives more parts. Source: docs.hyper3d.ai, BANG (0.5 credit).

    A task may know both ways: Rodin keeps the asset until `asset_until`, and afterwards our own copy under `model_key`
    is sent, with `pictures` (one, of the model itself). Exactly one way is left by `by_asset` and `by_upload`.
    There is no seed. `subject` and `is_reduced` are as in `TextureRequest`.
    """

    asset_id: str | None = None
    asset_until: datetime | None = None
    model_name: str | None = None
    model_key: str = ""
    is_reduced: bool = False
    subject: str = ""
    prompt: str = ""
    pictures: tuple[Picture, ...] = ()
    instruction: str = ""
    strength: int = 5
    geometry_file_format: str = "glb"
    material: str = "PBR"
    resolution: str = "Basic"

    @property
    def product(self) -> str:
        """What Rodin sells here, as its usage records name it."""
        return BANG

    @property
    def words(self) -> str:
        """All that goes to Rodin of what people said."""
        return f"{self.prompt}\n{self.instruction}".strip()

    @property
    def preview_render(self) -> bool:
        """Whether a rendered picture is asked for: this call has none."""
        return False

    def has_asset(self, now: datetime) -> bool:
        """Whether Rodin still has the model itself, so that nothing need be uploaded."""
        return self.asset_id is not None and (self.asset_until is None or now < self.asset_until)

    def by_asset(self) -> BangRequest:
        """Return the request as it names Rodin's own model."""
        return replace(self, model_name=None)

    def by_upload(self) -> BangRequest:
        """Return the request as it brings our copy of the model."""
        return replace(self, asset_id=None, asset_until=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of ours: where it lies in the file store, and what it is called."""

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertRequest:
    """A finished model of ours in another file format: made here, sent to nobody, free.

    `model` is the file that is read, `sides` what lies beside it (the materials and textures of an OBJ), `source_id`
    the task that they belong to. `subject` is what the model shows, `material` what it wears, `is_in_parts` whether it
    was split.
    """

    source_id: str
    model: StoredFile
    sides: tuple[StoredFile, ...] = ()
    subject: str = ""
    prompt: str = ""
    pictures: tuple[Picture, ...] = ()
    geometry_file_format: str
    material: str = "PBR"
    is_in_parts: bool = False

    @property
    def product(self) -> str:
        """What it is called in tables."""
        return CONVERSION

    @property
    def words(self) -> str:
        """All that goes to Rodin of what people said: nothing."""
        return ""

    @property
    def preview_render(self) -> bool:
        """Whether a rendered picture is asked for: there is nobody to ask."""
        return False

    @property
    def source_format(self) -> str:
        """The format of the model that is read, as `geometry_file_format` names it."""
        return self.model.name.rpartition(".")[2].lower()


Ask = Request | TextureRequest | BangRequest | ConvertRequest
"""Whatever a task may ask for."""

AskOfRodin = Request | TextureRequest | BangRequest
"""Of these, what goes to Rodin."""
