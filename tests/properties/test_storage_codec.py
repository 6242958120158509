"""Whatever a task holds comes back from its row as it was, and what is in a row never breaks more than that row."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.looks import MeshFacts, Removal, Showing
from bot.model import (
    Address,
    BangRequest,
    Charge,
    ConvertRequest,
    Failure,
    FailureKind,
    FileRole,
    Hold,
    JobState,
    JobStatus,
    ModelFile,
    Owner,
    Picture,
    RefusalReason,
    Request,
    StoredFile,
    Submission,
    Task,
    TaskState,
    TextureRequest,
)
from storage.codec import file_rows, from_ms, parse_file, parse_task, task_row
from tests.properties.outcomes import result_or
from tests.properties.profile import tried
from tests.properties.words import STORABLE as WORDS

COUNTS = st.integers(0, 2**31)
MOMENTS = st.integers(0, 10**13).map(from_ms)
CREDITS = st.integers(0, 10**9).map(lambda amount: Decimal(amount) / 1000)
LENGTHS = st.floats(0, 1e6)
FRACTIONS = st.floats(0, 1)
SWITCHES = st.none() | st.booleans()
SOME = st.none() | WORDS

PICTURES = st.lists(
    st.builds(Picture, key=WORDS, name=WORDS, media_type=WORDS, width_px=COUNTS, height_px=COUNTS, size_bytes=COUNTS),
    max_size=2,
).map(tuple)
TUPLES = st.lists(WORDS, max_size=2).map(tuple)
STORED = st.builds(StoredFile, key=WORDS, name=WORDS)

REQUESTS = st.builds(
    Request,
    prompt=WORDS,
    pictures=PICTURES,
    preset=SOME,
    tier=WORDS,
    geometry_file_format=WORDS,
    mesh_mode=WORDS,
    quality=WORDS,
    quality_override=st.none() | COUNTS,
    material=WORDS,
    seed=st.integers(0, 65_535),
    ta_pose=st.booleans(),
    addons=TUPLES,
    bbox_condition=st.none() | st.tuples(COUNTS, COUNTS, COUNTS),
    image_label=TUPLES,
    condition_mode=SOME,
    mesh_simplify=SWITCHES,
    hd_texture=SWITCHES,
    texture_mode=SOME,
    is_symmetric=SOME,
    detail_level=st.none() | LENGTHS,
)
TEXTURES = st.builds(
    TextureRequest,
    model_name=WORDS,
    model_key=WORDS,
    is_reduced=st.booleans(),
    subject=WORDS,
    prompt=WORDS,
    pictures=PICTURES,
    seed=COUNTS,
    reference_scale=LENGTHS,
    hd_texture=SWITCHES,
)
SPLITS = st.builds(
    BangRequest,
    asset_id=SOME,
    asset_until=st.none() | MOMENTS,
    model_name=SOME,
    subject=WORDS,
    prompt=WORDS,
    pictures=PICTURES,
    instruction=WORDS,
    strength=st.integers(2, 12),
)
CONVERSIONS = st.builds(
    ConvertRequest,
    source_id=WORDS,
    model=STORED,
    sides=st.lists(STORED, max_size=2).map(tuple),
    subject=WORDS,
    geometry_file_format=WORDS,
    is_in_parts=st.booleans(),
)
FACTS = st.builds(
    MeshFacts,
    triangles=COUNTS,
    quads=COUNTS,
    vertices=COUNTS,
    parts=COUNTS,
    materials=COUNTS,
    textures=st.lists(st.tuples(COUNTS, COUNTS), max_size=2).map(tuple),
    size=st.tuples(LENGTHS, LENGTHS, LENGTHS),
    is_watertight=SWITCHES,
)
SHOWINGS = st.builds(
    Showing,
    facts=st.none() | FACTS,
    problem=WORDS,
    is_pictured=st.booleans(),
    frame_count=COUNTS,
    generation=COUNTS,
    removal=st.none() | st.sampled_from(Removal),
    lost=TUPLES,
)
FILES = st.lists(
    st.builds(ModelFile, key=WORDS, name=WORDS, role=st.sampled_from(FileRole), size_bytes=COUNTS, sha256=WORDS),
    max_size=3,
).map(tuple)
TASKS = st.builds(
    Task,
    id=WORDS,
    request=st.one_of(REQUESTS, TEXTURES, SPLITS, CONVERSIONS),
    owner=st.builds(Owner, platform=WORDS, user_id=WORDS, server_id=SOME, channel_id=SOME),
    address=st.builds(Address, platform=WORDS, value=WORDS, place=WORDS),
    price=CREDITS,
    created_at=MOMENTS,
    next_at=MOMENTS,
    changed_at=MOMENTS,
    event=SOME,
    parent_id=SOME,
    key_id=SOME,
    is_first=st.booleans(),
    state=st.sampled_from(TaskState),
    revision=COUNTS,
    told=st.integers(-1, 99),
    submitted_at=st.none() | MOMENTS,
    ended_at=st.none() | MOMENTS,
    submission=st.none()
    | st.builds(Submission, uuid=WORDS, subscription_key=SOME, consumed=st.none() | CREDITS, prompt=WORDS),
    jobs=st.lists(
        st.builds(JobStatus, uuid=WORDS, state=st.sampled_from(JobState), word=WORDS, queue_length=st.none() | COUNTS),
        max_size=2,
    ).map(tuple),
    progress=FRACTIONS,
    misses=COUNTS,
    failure=st.none()
    | st.builds(
        Failure,
        kind=st.sampled_from(FailureKind),
        charged=st.sampled_from(Charge),
        reason=st.none() | st.sampled_from(RefusalReason),
        code=WORDS,
        charge_seen=SWITCHES,
        detail=WORDS,
    ),
    files=FILES,
    muted=st.booleans(),
    hold=st.none() | st.sampled_from(Hold),
    ended_revision=st.none() | COUNTS,
    showing=SHOWINGS,
)


@tried(25)
@given(task=TASKS)
def test_a_task_comes_back_from_its_row_as_it_was(task: Task) -> None:
    files = [parse_file(row) for row in file_rows(task)]  # type: ignore[arg-type]

    assert parse_task(task_row(task), files) == task  # type: ignore[arg-type]


@tried(40)
@given(task=TASKS, data=st.data())
def test_a_row_that_somebody_else_changed_is_a_task_or_unreadable(task: Task, data: st.DataObject) -> None:
    row: dict[str, Any] = task_row(task)
    column = data.draw(st.sampled_from(sorted(row)))
    row[column] = data.draw(st.none() | st.integers() | st.floats() | WORDS | st.binary(max_size=8) | st.just("[{}]"))

    read, error = result_or(ValueError, lambda: parse_task(row, ()))

    assert isinstance(read, Task) if error is None else str(error)
