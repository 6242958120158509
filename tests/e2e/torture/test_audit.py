"""The auditor itself: sound books pass, and each thing that must never be is found, in words that lead to it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.e2e.torture.audit import SAID_AGAIN, UNANSWERED, UNCLEAR, audit
from tests.e2e.torture.books import CONVERSION, Archive, Asked, Attached, Books, Charge, Entry, Named, Post, Row
from tests.e2e.torture.plan import Act

HALF = Decimal("0.5")
MODEL = Named(key="tasks/aaaaaaa/model.glb", role="model", size_bytes=3, sha256="model's digest")
READY = Row(
    id="aaaaaaa",
    state="ready",
    revision=6,
    told=6,
    ended_revision=5,
    user="ann",
    prompt="a bell n000010x",
    said="a bell n000010x",
    product="Gen-2.5-Low",
    file_format="glb",
    uuid="uuid-1",
    event="discord:1",
    has_thread=True,
    pictures=("spool/aaaaaaa/picture-1.png",),
    files=(MODEL,),
)
UNCLEAR_ROW = Row(
    id="bbbbbbb",
    state="unclear",
    platform="slack",
    user="bob",
    prompt="a pot n000020x",
    said="a pot n000020x",
    event="slack:2",
    price=HALF,
)
PRINTED = Row(
    id="ccccccc", state="failed", platform="console", user="you", prompt="a cup n000030x", said="a cup n000030x"
)

SOUND = Books(
    asked=(
        Asked(number=10, act=Act.PICTURE, platform="discord", user="ann", mark="n000010x", event="discord:1"),
        Asked(number=20, act=Act.WISH, platform="slack", user="bob", mark="n000020x", event="slack:2"),
        Asked(number=30, act=Act.WISH, platform="console", user="you", mark="n000030x", told=("ccccccc",)),
    ),
    rows=(READY, UNCLEAR_ROW, PRINTED),
    charges=(Charge(uuid="uuid-1", prompt="a bell n000010x", amount=HALF, product="Gen-2.5-Low", file_format="glb"),),
    entries=(
        Entry(task="aaaaaaa", uuid="uuid-1", price=HALF, consumed=HALF, charge="yes"),
        Entry(task="bbbbbbb", uuid="", price=HALF, consumed=None, charge="maybe"),
    ),
    posts=(
        Post(platform="discord", task="aaaaaaa", kind="root", place="general"),
        Post(platform="discord", task="aaaaaaa", kind="status", place="thread"),
        Post(
            platform="discord",
            task="aaaaaaa",
            kind="result",
            place="thread",
            attached=(Attached(name="model.glb", sha256="model's digest"),),
            link="http://pages/model",
        ),
        Post(platform="slack", task="bbbbbbb", kind="status", place="root"),
        Post(platform="slack", task="bbbbbbb", kind="result", place="root"),
    ),
    stored={MODEL.key: "model's digest", "spool/aaaaaaa/picture-1.png": "a picture's digest"},
    fetched={"http://pages/model": "model's digest"},
    endings={"ccccccc": 1},
)


def with_row(**changes: Any) -> Books:
    """Return the sound books with something else in the row of the finished model."""
    return replace(SOUND, rows=(replace(READY, **changes), UNCLEAR_ROW, PRINTED))


def with_more(**more: tuple[Any, ...]) -> Books:
    """Return the sound books with more of something."""
    joined: dict[str, Any] = {name: (*getattr(SOUND, name), *values) for name, values in more.items()}
    return replace(SOUND, **joined)


def again(index: int) -> Post:
    """Return one of the sound messages once more."""
    return replace(SOUND.posts[index])


def elsewhere(digest: str) -> Books:
    """Return the sound books with another file in the message that tells the ending."""
    result = replace(SOUND.posts[2], attached=(Attached(name="model.glb", sha256=digest),))
    return replace(SOUND, posts=(*SOUND.posts[:2], result, *SOUND.posts[3:]))


A_SECOND_TASK = replace(READY, id="ddddddd", uuid="uuid-2", event="slack:2", has_thread=False, files=(), pictures=())
DELETED = Asked(number=40, act=Act.DELETE, platform="discord", user="ann", target="aaaaaaa", words="… are deleted, …")

CONVERTED = Row(
    id="ddddddd",
    state="ready",
    platform="console",
    user="you",
    product=CONVERSION,
    file_format="obj",
    price=Decimal(0),
    parent="ccccccc",
    files=(replace(MODEL, key="tasks/ddddddd/model.obj"),),
)
SPLIT = replace(CONVERTED, prompt="a cup n000030x", product="Bang!", price=HALF, uuid="uuid-5", asset="uuid-1")
CHARGED = Charge(uuid="uuid-5", prompt="a bell n000010x", amount=HALF, product="Bang!", file_format="obj")


def with_version(row: Row, **more: Any) -> Books:
    """Return the sound books with a version that somebody at the terminal has asked for."""
    asked = Asked(number=70, act=Act.FORMAT, platform="console", user="you", target="ccccccc", is_taken=False)
    stored = {**SOUND.stored, "tasks/ddddddd/model.obj": "model's digest"}
    books = replace(with_more(asked=(asked,), rows=(row,)), stored=stored, endings={"ccccccc": 1, "ddddddd": 1})
    return replace(books, **more)


def with_split(charge: Charge) -> Books:
    """Return the sound books with a split of Rodin's own model, and what Rodin took for it."""
    entry = Entry(task="ddddddd", uuid="uuid-5", price=HALF, consumed=HALF, charge="yes")
    return with_version(SPLIT, charges=(*SOUND.charges, charge), entries=(*SOUND.entries, entry))


AN_ARCHIVE = Archive(platform="discord", user="ann", name="data.zip", tasks=("aaaaaaa",))

PLANTED = {
    "a promised task that is not there": (
        with_more(asked=(Asked(number=50, act=Act.AGAIN, platform="slack", user="bob", told=("eeeeeee",)),)),
        "deed 50: task eeeeeee was promised and is not there",
    ),
    "two tasks of one deed": (with_more(rows=(A_SECOND_TASK,)), "deed 10 (picture) made 2 tasks: aaaaaaa, ddddddd"),
    "a refusal that made a task": (
        replace(SOUND, asked=(replace(SOUND.asked[0], words="Too many wait."), *SOUND.asked[1:])),
        "deed 10 was refused ('Too many wait.') and made task aaaaaaa",
    ),
    "a task that nobody asked for": (with_row(said="something else"), "task aaaaaaa was asked for by nobody"),
    "a task of an unknown event": (with_row(event="discord:9"), "comes of an event that nobody caused: discord:9"),
    "somebody else's cancel": (with_row(muted=True), "task aaaaaaa was called off, and not by its owner"),
    "somebody else's delete": (with_row(removal="deleted"), "task aaaaaaa was deleted (deleted), and not by its owner"),
    "a delete that did nothing": (with_more(asked=(DELETED,)), "the files of task aaaaaaa were said to be deleted"),
    "a task without an end": (with_row(state="generating"), "task aaaaaaa is still generating"),
    "an ending that was not told": (with_row(told=4), "task aaaaaaa is ready, and its thread has seen 4 of 6"),
    "a double charge": (
        with_more(charges=(Charge(uuid="uuid-3", prompt="a bell n000010x", amount=HALF),)),
        "charged 1 times too often: 'a bell n000010x'",
    ),
    "a charge of two tasks": (
        with_more(rows=(replace(UNCLEAR_ROW, id="fffffff", state="failed", uuid="uuid-1"),)),
        "charge uuid-1 belongs to 2 tasks: aaaaaaa, fffffff",
    ),
    "a submission out of thin air": (with_row(uuid="uuid-9"), "names submission uuid-9, which Rodin never took"),
    "somebody else's model": (
        replace(SOUND, charges=(replace(SOUND.charges[0], prompt="a boat"),)),
        "task aaaaaaa asked for 'a bell n000010x' and was given 'a boat'",
    ),
    "another price": (with_row(price=Decimal(1)), "task aaaaaaa was to cost 1 and cost 0.5"),
    "a charge that the ledger lacks": (replace(SOUND, entries=SOUND.entries[1:]), "ledger and Rodin differ 1 times"),
    "an entry twice": (with_more(entries=SOUND.entries[:1]), "ledger and Rodin differ 1 times over uuid-1"),
    "a doubt that the ledger lacks": (replace(SOUND, entries=SOUND.entries[:1]), "the ledger's doubts are []"),
    "a double root": (with_more(posts=(again(0),)), "task aaaaaaa (ready) has 2 messages of kind root"),
    "a double status": (with_more(posts=(again(1),)), "task aaaaaaa (ready) has 2 messages of kind status"),
    "a double result": (with_more(posts=(again(4),)), "task bbbbbbb (unclear) has 2 messages of kind result"),
    "a missing result": (replace(SOUND, posts=SOUND.posts[:4]), "task bbbbbbb (unclear) has 0 messages of kind result"),
    "a message about nothing": (
        with_more(posts=(replace(SOUND.posts[3], task="ggggggg"),)),
        "1 messages are about task ggggggg, which is not there",
    ),
    "a result in another place": (
        replace(SOUND, posts=(*SOUND.posts[:4], replace(SOUND.posts[4], place="elsewhere"))),
        "task bbbbbbb is told in 2 places",
    ),
    "another file in a message": (elsewhere("another digest"), "holds model.glb, which is no file of the task"),
    "a dead link": (replace(SOUND, fetched={"http://pages/model": "HTTP 404"}), "its download link gives HTTP 404"),
    "a model that cannot be had": (
        replace(SOUND, posts=(*SOUND.posts[:2], replace(SOUND.posts[2], attached=(), link=""), *SOUND.posts[3:])),
        "task aaaaaaa is ready, and its thread has neither file nor link",
    ),
    "an ending that was not printed": (replace(SOUND, endings={}), "task ccccccc of the terminal is failed, and that"),
    "a missing file": (
        replace(SOUND, stored={"spool/aaaaaaa/picture-1.png": ""}),
        "tasks/aaaaaaa/model.glb is named and not stored",
    ),
    "a half file": (
        replace(SOUND, stored={**SOUND.stored, MODEL.key: "half of it"}),
        "tasks/aaaaaaa/model.glb is not what was stored",
    ),
    "an orphan file": (
        replace(SOUND, stored={**SOUND.stored, "tasks/hhhhhhh/model.glb": ""}),
        "tasks/hhhhhhh/model.glb is stored and belongs to nothing",
    ),
    "a file beside those of a task": (
        replace(SOUND, stored={**SOUND.stored, "tasks/aaaaaaa/still.png": "a picture that no row names"}),
        "tasks/aaaaaaa/still.png is stored and belongs to nothing",
    ),
    "an orphan picture": (
        replace(SOUND, stored={**SOUND.stored, "spool/hhhhhhh/picture-1.png": ""}),
        "spool/hhhhhhh/picture-1.png is stored and belongs to nothing",
    ),
    "files of a deleted task": (
        replace(with_row(removal="deleted", files=()), asked=(*SOUND.asked, DELETED)),
        "tasks/aaaaaaa/model.glb is stored and belongs to nothing",
    ),
    "a temporary file": (replace(SOUND, litter=("tasks/aaaaaaa/model.glb#1",)), "model.glb#1 was left behind"),
    "a version that somebody else asked for": (
        with_version(replace(CONVERTED, user="another")),
        "task ddddddd was asked for by nobody: ''",
    ),
    "a conversion that is not free": (
        with_version(replace(CONVERTED, price=HALF)),
        "task ddddddd was converted here, and is not free",
    ),
    "a conversion in the ledger": (
        with_version(
            CONVERTED,
            entries=(*SOUND.entries, Entry(task="ddddddd", uuid="", price=HALF, consumed=None, charge="no")),
        ),
        "task ddddddd was converted here, and is not free",
    ),
    "another model that was split": (
        with_split(replace(CHARGED, prompt="a boat")),
        "task ddddddd asked for 'a bell n000010x' and was given 'a boat'",
    ),
    "another product": (
        with_split(replace(CHARGED, product="Generate Texture")),
        "task ddddddd asked for Bang! as obj and was given Generate Texture as obj",
    ),
    "another format": (with_row(file_format="fbx"), "asked for Gen-2.5-Low as fbx and was given Gen-2.5-Low as glb"),
    "an answer that all can read": (
        replace(SOUND, asked=(replace(SOUND.asked[0], in_public=("✔ aaaaaaa",)), *SOUND.asked[1:])),
        "deed 10 (picture) was answered for all to read: '✔ aaaaaaa'",
    ),
    "half an archive": (
        replace(SOUND, archives=(replace(AN_ARCHIVE, tasks=(), problem="BadZipFile"),)),
        "the archive data.zip of ann is not whole: BadZipFile",
    ),
    "somebody else's task in an archive": (
        replace(SOUND, archives=(replace(AN_ARCHIVE, tasks=("aaaaaaa", "bbbbbbb")),)),
        "the archive data.zip of ann holds task bbbbbbb, which is not theirs",
    ),
    "half a file at the terminal": (
        replace(SOUND, taken_home={"a-bell-aaaaaaa/model.glb": "half of it"}),
        "a-bell-aaaaaaa/model.glb in the terminal's folder is no file of task aaaaaaa",
    ),
    "a file of nothing at the terminal": (
        replace(SOUND, taken_home={"a-bell-hhhhhhh/model.glb": "model's digest"}),
        "a-bell-hhhhhhh/model.glb was laid into the terminal's folder and belongs to nothing",
    ),
    "a lease": (with_row(is_leased=True), "task aaaaaaa is still leased"),
    "a damaged database": (replace(SOUND, integrity="row 3 missing from index"), "the database is damaged: row 3"),
    "a complaint": (replace(SOUND, remarks=("0003-run ended by itself",)), "0003-run ended by itself"),
}


def test_sound_books_have_no_discrepancies_and_name_nothing_as_allowed() -> None:
    verdict = audit(SOUND)

    assert verdict.discrepancies == ()
    assert verdict.exceptions == {}


VERSIONS = {
    "a conversion": with_version(CONVERTED),
    "a split, which Rodin knows by the words of its model": with_split(CHARGED),
    "an archive of one's own tasks": replace(SOUND, archives=(AN_ARCHIVE,)),
    "a file taken home": replace(SOUND, taken_home={"a-bell-aaaaaaa/model.glb": "model's digest"}),
    "a refusal that may be meant for a click in the same thread": replace(
        SOUND, asked=(replace(SOUND.asked[0], words="Its pictures are gone.", is_overheard=True), *SOUND.asked[1:])
    ),
}


@pytest.mark.parametrize("sound", VERSIONS)
def test_what_may_come_of_a_model_is_no_discrepancy(sound: str) -> None:
    assert audit(VERSIONS[sound]).discrepancies == ()


@pytest.mark.parametrize("planted", PLANTED)
def test_what_must_never_be_is_found(planted: str) -> None:
    books, said = PLANTED[planted]

    found = audit(books).discrepancies

    assert [line for line in found if said in line], found


ALLOWED = {
    UNANSWERED: with_more(asked=(Asked(number=60, act=Act.WISH, platform="slack", user="bob", mark="n000060x"),)),
    SAID_AGAIN: replace(SOUND, endings={"ccccccc": 2}),
    UNCLEAR: with_more(charges=(Charge(uuid="uuid-4", prompt="a pot n000020x", amount=HALF),)),
}


@pytest.mark.parametrize("reason", ALLOWED)
def test_what_is_allowed_is_counted_and_is_no_discrepancy(reason: str) -> None:
    verdict = audit(ALLOWED[reason])

    assert verdict.discrepancies == ()
    assert verdict.exceptions == {reason: 1}
