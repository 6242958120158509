"""What a model is to be: the maker's whole input, its cache key, and the names of the files it becomes."""

import hashlib
from dataclasses import dataclass

# Raised whenever the same spec would give other bytes, so that cached models are made anew.
MAKER_VERSION = 1

FORMATS = ("glb", "usdz", "fbx", "obj", "stl")
MESH_MODES = ("Raw", "Quad")
# Which textured variants each material brings; None has just the bare geometry.
VARIANTS = {"PBR": ("pbr",), "Shaded": ("shaded",), "All": ("pbr", "shaded"), "Hybrid": ("pbr", "shaded"), "None": ()}
_MOST_FACES = 2_000_000
_TEXTURE_PX = (16, 16_384)
_MOST_PARTS = 12
# Texture pictures that stand beside an OBJ, whose material file can only name them.
_OBJ_TEXTURES = {
    "pbr": ("texture_diffuse.png", "texture_metallic.png", "texture_normal.png", "texture_roughness.png"),
    "shaded": ("texture_shaded.png",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """One model to make. The same spec always gives the same bytes.

    Face counts are met within a tenth from 500 faces on. Of several pictures the first gives the shape and the
    front, the second the back; further ones only make the cache key differ.

    Raises:
        ValueError: a field is outside its range.
    """

    prompt: str
    seed: int  # 0..65535
    faces: int  # triangles for Raw, quads for Quad; up to 2,000,000
    mesh_mode: str = "Raw"  # Raw | Quad
    file_format: str = "glb"  # glb usdz fbx obj stl
    material: str = "PBR"  # PBR Shaded All None Hybrid
    texture_px: int = 1024  # edge of the square textures
    pictures: tuple[bytes, ...] = ()  # PNG, JPEG or WEBP
    keep_alpha: bool = False  # the first picture's transparency is the whole truth about its outline
    bbox: tuple[int, int, int] | None = None  # proportions of width x, height y, length z
    preview_render: bool = False  # also write render.jpg
    parts: int = 1  # this many separate, named parts
    high_poly: bool = False  # also write base_high with four times the faces

    def __post_init__(self) -> None:
        _require(0 <= self.seed <= 65_535, f"seed must be 0..65535, not {self.seed}")
        _require(1 <= self.faces <= _MOST_FACES, f"faces must be 1..{_MOST_FACES}, not {self.faces}")
        _require(self.mesh_mode in MESH_MODES, f"mesh_mode must be one of {MESH_MODES}, not {self.mesh_mode!r}")
        _require(self.file_format in FORMATS, f"file_format must be one of {FORMATS}, not {self.file_format!r}")
        _require(self.material in VARIANTS, f"material must be one of {tuple(VARIANTS)}, not {self.material!r}")
        low, high = _TEXTURE_PX
        _require(low <= self.texture_px <= high, f"texture_px must be {low}..{high}, not {self.texture_px}")
        _require(1 <= self.parts <= _MOST_PARTS, f"parts must be 1..{_MOST_PARTS}, not {self.parts}")
        _require(self.bbox is None or min(self.bbox) > 0, f"bbox must be three positive numbers, not {self.bbox}")

    @property
    def quads(self) -> int:
        """How many quads to sample: two triangles each."""
        return self.faces if self.mesh_mode == "Quad" else max(1, round(self.faces / 2))

    @property
    def variants(self) -> tuple[str, ...]:
        """The textured variants to write."""
        return VARIANTS[self.material]


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise ValueError(sentence)


def mesh_name(spec: ModelSpec, variant: str | None) -> str:
    """The main file of a variant; None is the bare geometry.

    Source: names seen in real results: `base_basic_pbr.glb`, `base_basic_shaded.glb`, `base.glb`.
    """
    return f"base_basic_{variant}.{spec.file_format}" if variant else f"base.{spec.file_format}"


def high_name(spec: ModelSpec) -> str:
    """The dense mesh's file."""
    return f"base_high.{spec.file_format}"


def beside(spec: ModelSpec, variant: str | None) -> tuple[str, ...]:
    """The files that stand beside a variant's main file."""
    if spec.file_format != "obj":
        return ()
    material = mesh_name(spec, variant).removesuffix("obj") + "mtl"
    return (material, *(_OBJ_TEXTURES[variant] if variant else ()))


def file_names(spec: ModelSpec) -> tuple[str, ...]:
    """The names of all files that a build writes, in listing order, without building."""
    names: list[str] = []
    for variant in spec.variants or (None,):
        names += [mesh_name(spec, variant), *beside(spec, variant)]
    if spec.high_poly:
        names += [high_name(spec), *(("base_high.mtl",) if spec.file_format == "obj" else ())]
    names.append("preview.webp")
    return (*names, "render.jpg") if spec.preview_render else tuple(names)


def fingerprint(spec: ModelSpec) -> str:
    """SHA-256 in hexadecimal of everything that decides the bytes, the maker's version included."""
    pictures = [hashlib.sha256(picture).hexdigest() for picture in spec.pictures]
    fields = (
        *(MAKER_VERSION, spec.prompt, spec.seed, spec.faces, spec.mesh_mode, spec.file_format, spec.material),
        *(spec.texture_px, pictures, spec.keep_alpha, spec.bbox, spec.preview_render, spec.parts, spec.high_poly),
    )
    return hashlib.sha256(repr(fields).encode("utf-8", "surrogatepass")).hexdigest()
