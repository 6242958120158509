"""Every sentence about going from one model to the next, one function each, as in `bot.text`."""

from __future__ import annotations

from decimal import Decimal

from bot import text
from bot.looks import Removal
from bot.model import Ask, AskOfRodin, BangRequest, ConvertRequest, Request, Task, TextureRequest
from bot.remakes import STRENGTH

NOTHING_SENT = "Nothing was sent or charged."


def would_cost(amount: Decimal) -> str:
    """Say what something costs before it is asked for."""
    return f"That would cost {text.as_credits(amount)}; an option that costs more adds to it."


def difference(parent: Ask, child: Ask) -> str:
    """Say in a few words how a version differs from the one that it was made from."""
    if isinstance(child, ConvertRequest):
        return f"converted to {child.geometry_file_format}"
    if isinstance(child, Request):
        return _other_request(parent, child)
    if isinstance(parent, TextureRequest | BangRequest) and type(parent) is type(child):
        is_once_more = parent.model_key == child.model_key  # of the same model
        return _other_values(parent, child) if is_once_more else _made_of(child)
    return _made_of(child)


def _made_of(child: TextureRequest | BangRequest) -> str:
    """Say in a few words what a remake made of a model."""
    if isinstance(child, TextureRequest):
        return f"new texture: {_cut(child.prompt)}" if child.prompt else "new texture"
    return f"in parts: {_cut(child.instruction)}" if child.instruction else f"in parts, {STRENGTH} {child.strength}"


def _other_request(parent: Ask, child: Request) -> str:
    if not isinstance(parent, Request):
        return f"as {child.geometry_file_format}" if isinstance(parent, ConvertRequest) else "another model"
    news = []
    if child.prompt != parent.prompt:
        news.append(f"“{_cut(child.prompt)}”")
    if _sizes(child) != _sizes(parent):
        news.append("other pictures" if child.pictures else "without pictures")
    if child.tier != parent.tier:
        news.append(child.tier)
    if child.geometry_file_format != parent.geometry_file_format:
        news.append(f"as {child.geometry_file_format}")
    if not news and child.quality_override != parent.quality_override and child.quality_override:
        news.append(f"{child.quality_override:,} faces")
    return ", ".join(news) or _other_values(parent, child)


def _other_values(parent: AskOfRodin, child: AskOfRodin) -> str:
    if child.geometry_file_format != parent.geometry_file_format:
        return f"as {child.geometry_file_format}"
    if isinstance(parent, BangRequest) or isinstance(child, BangRequest):
        return "once more"
    return "another seed" if child.seed != parent.seed else "once more"


def _sizes(request: Request) -> list[tuple[int, int, int]]:
    """Return what tells pictures apart without reading them."""
    return [(picture.size_bytes, picture.width_px, picture.height_px) for picture in request.pictures]


def _cut(words: str) -> str:
    return text.shortened(words)


# Why something cannot be done.


def nothing_new() -> str:
    """Say that a next version needs something new."""
    return "Say what shall be different, in words or with a picture. Nothing was sent or charged."


def no_model_here() -> str:
    """Say that there is nothing to make a next version of."""
    return "There is no model here to go on from. Start one with generate; nothing was sent or charged."


def not_over_yet(task: Task) -> str:
    """Say why a task that runs is not asked for once more."""
    return f"Task {task.id} is still under way. Once it has ended you can have another one made."


def no_model(task: Task) -> str:
    """Say why there is no model to work on."""
    if task.showing.removal is Removal.DELETED:
        return f"The files of task {task.id} were deleted, so there is no model to work on. {NOTHING_SENT}"
    if task.showing.removal is Removal.EXPIRED:
        return (
            f"The files of task {task.id} were removed, since they are kept only for a while, so there is no model to "
            f"work on. {NOTHING_SENT}"
        )
    if not task.has_ended:
        return f"Task {task.id} is still under way. Once its model is there you can go on from it. {NOTHING_SENT}"
    return f"Task {task.id} has no model to work on: it is {task.state}. {NOTHING_SENT}"


def too_large(task: Task, limit_bytes: int, *, may_come: bool) -> str:
    """Say that neither the model nor its smaller copy may be sent."""
    limit = text.size(limit_bytes)
    if may_come:
        return (
            f"The model of task {task.id} is larger than the {limit} that Rodin takes here, and its smaller copy is "
            f"not ready yet. Try again in a minute. {NOTHING_SENT}"
        )
    return (
        f"The model of task {task.id} is larger than the {limit} that Rodin takes here, and there is no smaller copy "
        f"of it. Make one with fewer faces first. {NOTHING_SENT}"
    )


def no_picture(task: Task) -> str:
    """Say that a picture is wanted and there is none to take."""
    return f"Rodin wants a picture for this, and there is none of task {task.id}. Add one. {NOTHING_SENT}"


def no_picture_to_split(task: Task) -> str:
    """Say that an instruction needs a picture that is not there."""
    return (
        f"Rodin follows an instruction only with a picture of the model, and there is none of task {task.id}. "
        f"Split it by {STRENGTH} instead. {NOTHING_SENT}"
    )


def takes_no_pictures() -> str:
    """Say that a split takes words and numbers only."""
    return f"A split takes no pictures. Say how to split in words, or how strongly. {NOTHING_SENT}"


def model_gone(task: Task) -> str:
    """Say that what a remake was made from is gone."""
    return (
        f"The model that task {task.id} was made from is gone, so it cannot be done once more. "
        f"Start from another version. {NOTHING_SENT}"
    )


def not_a_generation(task: Task) -> str:
    """Say that a remake has no words and tier of its own to change."""
    kinds = {BangRequest: "a split", ConvertRequest: "a conversion"}
    what = next((what for kind, what in kinds.items() if isinstance(task.request, kind)), "a new texture")
    source = f"; use the one that it was made from: {task.parent_id}" if task.parent_id else ""
    return f"Task {task.id} is {what}, with no values of a model to change{source}. {NOTHING_SENT}"


def no_seed(task: Task) -> str:
    """Say that a split knows no other seed."""
    source = f" from {task.parent_id}" if task.parent_id else ""
    return f"A split has no seed, so the same would come again. Split{source} with another {STRENGTH}. {NOTHING_SENT}"


def no_better(task: Task) -> str:
    """Say that there is no finer tier."""
    tier = task.request.product
    return (
        f"Task {task.id} was made with {tier}, and there is no finer tier. "
        f"Try a variation with more faces or finer textures. {NOTHING_SENT}"
    )


def same_format(task: Task) -> str:
    """Say that a model has this format already."""
    return f"Task {task.id} is in {task.request.geometry_file_format} already. Choose another format. {NOTHING_SENT}"


def holds_no_textures() -> str:
    """Say why a new texture does not go with a format."""
    return "An stl file holds no textures. Choose another format, such as obj or fbx."
