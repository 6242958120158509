"""Checks the fields of `POST /rodin_texture_only` and `POST /bang` and works out what they ask for.

The stand-in does not edit foreign meshes. A retexture makes a new model from the given picture and prompt, with about
as many faces as the uploaded one; splitting an uploaded model makes a new model in parts; only splitting one of the
stand-in's own tasks (`asset_id`) keeps the shape. The same upload always gives the same result.

Sources: developer.hyper3d.ai and docs.hyper3d.ai, API specification, Generate Texture and Bang.
"""

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from adapters.rodin.simulator import meshes, rules
from adapters.rodin.simulator.fields import Fields
from adapters.rodin.simulator.forms import Upload
from adapters.rodin.simulator.generation import read_prompt
from adapters.rodin.simulator.models import ModelSpec
from adapters.rodin.simulator.orders import Order
from adapters.rodin.simulator.refusals import invalid

#: Faces of a new model when those of the upload cannot be counted.
USUAL_FACES: Final = 18_000
#: Bounds of what the stand-in makes from an upload.
UPLOAD_FACES: Final = (500, 1_000_000)

FindSource = Callable[[str], ModelSpec]


def read_retexture(fields: Fields, *, pictures: tuple[bytes, ...], dice: random.Random) -> Order:
    """What a submission to /rodin_texture_only asks for; `pictures` are its checked `image` parts.

    Raises:
        Refused: any problem; the message names the field.
    """
    if len(pictures) != 1:
        raise invalid("image", f"exactly one picture is required, not {len(pictures)}")
    model = _one_model(fields, required=True)
    prompt = read_prompt(fields, required=False) or "a new texture from one picture"
    material = fields.choice("material", ("PBR", "Shaded"), default="PBR")
    _check_unused(fields)
    spec = ModelSpec(
        prompt=prompt,
        seed=_seed(fields, model),
        faces=_faces(model),
        file_format=fields.choice("geometry_file_format", rules.FORMATS, default="glb"),
        material=material,
        texture_px=_texture_px(fields, _faces(model)),
        pictures=pictures,
    )
    return Order(
        route="rodin_texture_only",
        item="Generate Texture",
        tier=None,
        price=rules.RETEXTURE_PRICE,
        seconds=_spread(rules.RETEXTURE_SECONDS, dice),
        spec=spec,
        picture_count=1,
        unknown=fields.unknown(),
    )


def read_bang(fields: Fields, *, pictures: tuple[bytes, ...], dice: random.Random, find_source: FindSource) -> Order:
    """What a submission to /bang asks for; `pictures` are its checked `image` parts.

    `find_source` gives the spec of a finished task or raises the refusal. With `asset_id`, `model`, `image` and
    `prompt` are ignored.

    Raises:
        Refused: any problem; the message names the field.
    """
    asset_id = fields.text("asset_id")
    prompt = read_prompt(fields, required=False)
    source = find_source(asset_id) if asset_id else None
    model = _one_model(fields, required=source is None)
    material = fields.choice("material", rules.MATERIALS, default="PBR")
    instruction = fields.text("instruction", longest=rules.LONGEST_PROMPT)
    if source is None:
        _check_bang_pictures(len(pictures), needed=material != "None" or bool(instruction))
        source = _new_source(model, prompt=prompt, pictures=pictures)
    strength = fields.whole("strength", rules.STRENGTHS) or rules.DEFAULT_STRENGTH
    spec = replace(
        source,
        parts=strength,
        file_format=_required_format(fields),
        material=material,
        texture_px=_texture_px(fields, source.faces),
        preview_render=False,
        high_poly=False,
    )
    return Order(
        route="bang",
        item="Bang!",
        tier=None,
        price=rules.BANG_PRICE,
        seconds=_spread(rules.BANG_SECONDS, dice),
        spec=spec,
        picture_count=0 if asset_id else len(pictures),
        ignored=tuple(name for name in ("model", "image", "prompt") if asset_id and fields.was_sent(name)),
        unknown=fields.unknown(),
    )


def _one_model(fields: Fields, *, required: bool) -> Upload | None:
    models = fields.files("model")
    if not required:
        return None
    if len(models) != 1:
        raise invalid("model", f"exactly one model file is required, not {len(models)}")
    meshes.inspect_model(models[0])
    return models[0]


def _check_bang_pictures(count: int, *, needed: bool) -> None:
    if count > 1:
        raise invalid("image", f"at most one picture is accepted, not {count}")
    if needed and not count:
        raise invalid(
            "image", "a picture is required with a model of your own, unless material is None without instruction"
        )


def _new_source(model: Upload | None, *, prompt: str, pictures: tuple[bytes, ...]) -> ModelSpec:
    return ModelSpec(
        prompt=prompt or "a model of your own", seed=_hash_seed(model), faces=_faces(model), pictures=pictures
    )


def _required_format(fields: Fields) -> str:
    if not fields.was_sent("geometry_file_format"):
        raise invalid("geometry_file_format", "is required")
    return fields.choice("geometry_file_format", rules.FORMATS, default="glb")


def _check_unused(fields: Fields) -> None:
    """Check the fields that change nothing about the stand-in's models. Ranges: as wide as any client's."""
    fields.number("reference_scale", low=0, high=10)
    fields.number("escore", low=0, high=10)
    fields.choice("texture_mode", rules.TEXTURE_MODES, default="medium")
    fields.switch("hd_texture")
    fields.switch("texture_delight")


def _seed(fields: Fields, model: Upload | None) -> int:
    seed = fields.whole("seed", rules.SEEDS)
    return _hash_seed(model) if seed is None else seed


def _hash_seed(model: Upload | None) -> int:
    return int.from_bytes(hashlib.sha256(model.body if model else b"").digest()[:2])


def _faces(model: Upload | None) -> int:
    counted = meshes.triangles(model) if model else None
    low, high = UPLOAD_FACES
    return min(max(counted or USUAL_FACES, low), high)


def _texture_px(fields: Fields, faces: int) -> int:
    resolution = fields.choice("resolution", rules.RESOLUTIONS, default="Basic")
    return rules.texture_px(faces, four_k=resolution == "High")


def _spread(seconds: float, dice: random.Random) -> float:
    return seconds * dice.uniform(1 - rules.SPREAD, 1 + rules.SPREAD)
