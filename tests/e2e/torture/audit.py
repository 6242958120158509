"""Compares the books of all sides. Pure: every check yields a line for each thing that must never be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from tests.e2e.torture.books import CONVERSION, MAKING, WORDED, Asked, Books, Charge, Post, Row
from tests.e2e.torture.plan import Act

UNANSWERED = "acknowledged, and killed before it was written down: the person is not answered"
SAID_AGAIN = "the terminal printed an ending again after a kill"
UNCLEAR = "charged, and nobody can tell: the person was asked"
BY_LINK = "attachments refused twice: the links make up for them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What must never be, a line each; and what the documentation allows, counted."""

    discrepancies: tuple[str, ...]
    exceptions: Counter[str] = field(default_factory=Counter)


def audit(books: Books) -> Verdict:
    """Run every check."""
    found = tuple(line for check in CHECKS for line in check(books))
    return Verdict(discrepancies=found, exceptions=exceptions_of(books))


def exceptions_of(books: Books) -> Counter[str]:
    """Count what may be, each with its reason in the documentation."""
    counted: Counter[str] = Counter()
    counted[UNANSWERED] = sum(_is_unanswered(books, asked) for asked in books.asked)
    counted[SAID_AGAIN] = sum(times - 1 for times in books.endings.values() if times > 1)
    counted[UNCLEAR] = len(_unknown_charges(books))
    counted[BY_LINK] = sum(not _model_attached(books, row) for row in books.rows if _wants_model(row))
    return +counted


# What was asked.


def promised_tasks_exist(books: Books) -> Iterator[str]:
    """Whoever was told of a task has one."""
    known = {row.id for row in books.rows}
    for asked in books.asked:
        for task in asked.told:
            if task not in known:
                yield f"deed {asked.number}: task {task} was promised and is not there"


def deeds_make_one_task(books: Books) -> Iterator[str]:
    """Each deed makes one task at most, and none where it was refused."""
    for asked in books.asked:
        made = _made_by(books, asked)
        if len(made) > 1:
            yield f"deed {asked.number} ({asked.act}) made {len(made)} tasks: {_ids(made)}"
        if made and _is_refused(asked):
            yield f"deed {asked.number} was refused ({asked.words[:80]!r}) and made task {_ids(made)}"


def tasks_were_asked_for(books: Books) -> Iterator[str]:
    """No task comes out of nowhere: its words are somebody's, or its own person asked for it of another task."""
    events = {asked.event for asked in books.asked if asked.event and asked.act in MAKING}
    marks = [asked.mark for asked in books.asked if asked.mark]
    resent = {f"resend:{asked.target}" for asked in books.asked if asked.act is Act.RESEND}
    asked_of = {(asked.target, asked.user) for asked in books.asked if asked.target and asked.act in MAKING}
    for row in books.rows:
        if not any(mark in row.said for mark in marks) and (row.parent, row.user) not in asked_of:
            yield f"task {row.id} was asked for by nobody: {row.prompt[:80]!r}"
        elif row.event is not None and row.event not in events | resent:
            yield f"task {row.id} comes of an event that nobody caused: {row.event}"


def only_owners_end_things(books: Books) -> Iterator[str]:
    """A task is called off or deleted by the one who asked for it."""
    ordered = {(asked.act, asked.target, asked.user) for asked in books.asked}
    for row in books.rows:
        if (row.muted or row.state == "cancelled") and (Act.CANCEL, row.id, row.user) not in ordered:
            yield f"task {row.id} was called off, and not by its owner"
        if row.removal is not None and (Act.DELETE, row.id, row.user) not in ordered:
            yield f"task {row.id} was deleted ({row.removal}), and not by its owner"


def orders_are_kept(books: Books) -> Iterator[str]:
    """Who was told that files are deleted, or a task called off, was told the truth."""
    rows = {row.id: row for row in books.rows}
    for asked in books.asked:
        row = rows.get(asked.target)
        if row is None:
            continue
        if asked.act is Act.DELETE and "are deleted" in asked.words and row.removal is None:
            yield f"deed {asked.number}: the files of task {row.id} were said to be deleted"
        if asked.act is Act.CANCEL and "Called off before" in asked.words and row.state != "cancelled":
            yield f"deed {asked.number}: task {row.id} was said to be called off, and is {row.state}"


def answers_are_private(books: Books) -> Iterator[str]:
    """What a command, a button or a form answers is for its person's eyes; what all see is posted about tasks."""
    for asked in books.asked:
        for words in asked.in_public:
            yield f"deed {asked.number} ({asked.act}) was answered for all to read: {words[:80]!r}"


def archives_are_whole_and_own(books: Books) -> Iterator[str]:
    """What was exported can be opened, and holds that person's tasks alone."""
    owners = {row.id: (row.platform, row.user) for row in books.rows}
    for archive in books.archives:
        if archive.problem:
            yield f"the archive {archive.name} of {archive.user} is not whole: {archive.problem}"
        for task in archive.tasks:
            if owners.get(task) != (archive.platform, archive.user):
                yield f"the archive {archive.name} of {archive.user} holds task {task}, which is not theirs"


def tasks_have_ended_and_are_told(books: Books) -> Iterator[str]:
    """Every task has come to an end, and its thread has seen the newest of it."""
    for row in books.rows:
        if not row.has_ended:
            yield f"task {row.id} is still {row.state}"
        elif not row.is_told:
            yield f"task {row.id} is {row.state}, and its thread has seen {row.told} of {row.revision}"


# Money.


def charges_have_one_task(books: Books) -> Iterator[str]:
    """What Rodin took belongs to one task of ours each: known by its uuid, or in doubt and said to be."""
    for uuid, rows in _by_uuid(books).items():
        if len(rows) > 1:
            yield f"charge {uuid} belongs to {len(rows)} tasks: {_ids(rows)}"
    known = {charge.uuid for charge in books.charges}
    for row in books.rows:
        if row.uuid is not None and row.uuid not in known:
            yield f"task {row.id} names submission {row.uuid}, which Rodin never took"
    prompts = _prompts_at_rodin(books)
    doubtful = Counter((row.product, row.file_format, prompts[row.id]) for row in books.rows if row.state == "unclear")
    unknown = Counter((charge.product, charge.file_format, charge.prompt) for charge in _unknown_charges(books))
    for (product, file_format, prompt), count in (unknown - doubtful).items():
        yield f"charged {count} times too often: {prompt[:80]!r} ({product}, {file_format})"


def charges_are_of_what_was_asked(books: Books) -> Iterator[str]:
    """The model that a task was given is the one that it asked for, at the price that was said."""
    charges, prompts = {charge.uuid: charge for charge in books.charges}, _prompts_at_rodin(books)
    for row in books.rows:
        charge = charges.get(row.uuid or "")
        if charge is None:
            continue
        if charge.prompt != prompts[row.id]:
            yield f"task {row.id} asked for {prompts[row.id][:60]!r} and was given {charge.prompt[:60]!r}"
        if (charge.product, charge.file_format) != (row.product, row.file_format):
            wanted, given = f"{row.product} as {row.file_format}", f"{charge.product} as {charge.file_format}"
            yield f"task {row.id} asked for {wanted} and was given {given}"
        if charge.amount != row.price:
            yield f"task {row.id} was to cost {row.price} and cost {charge.amount}"


def finished_models_were_paid(books: Books) -> Iterator[str]:
    """A model comes from a submission, or is made of another one here: then Rodin never heard of it, and it is free."""
    in_ledger = {entry.task for entry in books.entries}
    for row in books.rows:
        if row.product != CONVERSION:
            if row.state == "ready" and row.uuid is None:
                yield f"task {row.id} is ready without a submission"
        elif row.uuid is not None or row.price or row.id in in_ledger:
            yield f"task {row.id} was converted here, and is not free"


def the_ledger_is_what_rodin_took(books: Books) -> Iterator[str]:
    """`rodin-bot ledger --csv` has every charge once; those that nobody can tell stand there as doubtful."""
    sure = Counter((entry.uuid, entry.amount) for entry in books.entries if entry.charge == "yes")
    unknown = {charge.uuid for charge in _unknown_charges(books)}
    taken = Counter((charge.uuid, charge.amount) for charge in books.charges if charge.uuid not in unknown)
    for (uuid, amount), times in ((sure - taken) + (taken - sure)).items():
        yield f"ledger and Rodin differ {times} times over {uuid or 'a charge without uuid'} ({amount} credits)"
    doubtful = {entry.task for entry in books.entries if entry.charge == "maybe"}
    unclear = {row.id for row in books.rows if row.state == "unclear"}
    if doubtful != unclear:
        yield f"the ledger's doubts are {sorted(doubtful)}, the unclear tasks {sorted(unclear)}"


# Threads.


def threads_have_one_of_each(books: Books) -> Iterator[str]:
    """One root where there is a thread of its own, one status, one result; none of a task that is not there."""
    posts = _posts(books)
    for row in books.rows:
        if row.platform != "console":
            counted = Counter(post.kind for post in posts.get(row.id, ()))
            yield from (f"task {row.id} ({row.state}) {problem}" for problem in _miscounted(row, counted))
    known = {row.id for row in books.rows}
    for task, found in posts.items():
        if task not in known:
            yield f"{len(found)} messages are about task {task}, which is not there"


def _miscounted(row: Row, counted: Counter[str]) -> Iterator[str]:
    for kind, least, most in (
        ("root", int(row.has_thread), 1),
        ("status", 1, 1),
        ("result", int(not row.muted), 1),
        ("files", 0, 1),
        ("turntable", 0, 1),
    ):
        if not least <= counted[kind] <= most:
            yield f"has {counted[kind]} messages of kind {kind}"


def threads_stand_in_one_place(books: Books) -> Iterator[str]:
    """Status, result and files of a task stand together."""
    for task, posts in _posts(books).items():
        if len(places := {post.place for post in posts if post.kind != "root"}) > 1:
            yield f"task {task} is told in {len(places)} places"


def messages_hold_the_right_files(books: Books) -> Iterator[str]:
    """What is attached is what the task's row names; nothing is left of what was deleted."""
    rows = {row.id: row for row in books.rows}
    for post in books.posts:
        row = rows.get(post.task)
        known = {file.sha256 for file in row.files} if row is not None else set()
        for file in post.attached:
            if file.sha256 not in known:
                yield f"task {post.task}: the {post.kind} message holds {file.name}, which is no file of the task"


def models_can_be_had(books: Books) -> Iterator[str]:
    """Everybody who was told of a model has it: attached, or behind a link that gives the very bytes."""
    for row in filter(_wants_model, books.rows):
        link = next((post.link for post in books.posts if post.task == row.id and post.link), "")
        given = books.fetched.get(link, "nothing was tried")
        wanted = {file.sha256 for file in row.of_role("bundle") or row.of_role("model")}
        if not link and not _model_attached(books, row):
            yield f"task {row.id} is ready, and its thread has neither file nor link"
        elif link and given not in wanted:
            yield f"task {row.id}: its download link gives {given}"


def what_was_taken_home_is_whole(books: Books) -> Iterator[str]:
    """What lies in the terminal's folder are files of that task, unless they are gone everywhere else."""
    rows = {row.id: row for row in books.rows}
    for path, digest in books.taken_home.items():
        row = rows.get(path.rpartition("/")[0].rpartition("-")[2])
        if row is None:
            yield f"{path} was laid into the terminal's folder and belongs to nothing"
        elif row.removal is None and digest not in {file.sha256 for file in row.files}:
            yield f"{path} in the terminal's folder is no file of task {row.id}"


def endings_are_printed(books: Books) -> Iterator[str]:
    """The terminal says how its tasks ended."""
    for row in books.rows:
        if row.platform == "console" and row.has_ended and not row.muted and not books.endings.get(row.id):
            yield f"task {row.id} of the terminal is {row.state}, and that was never printed"


# Storage.


def named_files_are_stored(books: Books) -> Iterator[str]:
    """Every file that a row names lies in the store, whole."""
    for row in books.rows:
        for file in row.files:
            digest = books.stored.get(file.key)
            if digest is None:
                yield f"task {row.id}: {file.key} is named and not stored"
            elif digest != file.sha256:
                yield f"task {row.id}: {file.key} is not what was stored"
        if row.state == "ready" and row.removal is None and not row.of_role("model"):
            yield f"task {row.id} is ready without a model"


def stored_files_are_named(books: Books) -> Iterator[str]:
    """No file without a row, nothing half, nothing temporary."""
    unnamed = set(books.stored) - _named(books)
    yield from (f"{key} is stored and belongs to nothing" for key in sorted(unnamed))
    yield from (f"{path} was left behind" for path in books.litter)


def nothing_is_held(books: Books) -> Iterator[str]:
    """No lease is left, and the database is sound."""
    yield from (f"task {row.id} is still leased" for row in books.rows if row.is_leased)
    if books.integrity != "ok":
        yield f"the database is damaged: {books.integrity}"


def nobody_complains(books: Books) -> Iterator[str]:
    """Neither the stand-ins, nor the logs, nor the last processes."""
    yield from books.remarks


CHECKS: tuple[Callable[[Books], Iterator[str]], ...] = (
    *(promised_tasks_exist, deeds_make_one_task, tasks_were_asked_for, only_owners_end_things, orders_are_kept),
    *(answers_are_private, archives_are_whole_and_own, what_was_taken_home_is_whole),
    *(tasks_have_ended_and_are_told, charges_have_one_task, charges_are_of_what_was_asked, finished_models_were_paid),
    *(the_ledger_is_what_rodin_took, threads_have_one_of_each, threads_stand_in_one_place),
    *(messages_hold_the_right_files, models_can_be_had, endings_are_printed, named_files_are_stored),
    *(stored_files_are_named, nothing_is_held, nobody_complains),
)


def _made_by(books: Books, asked: Asked) -> list[Row]:
    """Return the tasks that a deed made by itself, not those that were made from them later."""
    if asked.mark:
        rows = {row.id: row for row in books.rows}
        marked = {row.id: row for row in books.rows if asked.mark in row.said}
        return [row for row in marked.values() if not any(one.id in marked for one in _ancestors(row, rows))]
    if asked.event and asked.act in MAKING:
        return [row for row in books.rows if row.event == asked.event]
    return []


def _ancestors(row: Row, rows: Mapping[str, Row]) -> Iterator[Row]:
    """Yield what a task was made from, and that from, and so on."""
    while (parent := rows.get(row.parent or "")) is not None:
        yield parent
        row = parent


def _is_refused(asked: Asked) -> bool:
    """Whether the person was told, and no other deed of theirs can be meant, that nothing comes of it."""
    is_told_no = bool(asked.words) and not asked.told and not asked.is_overheard and not _is_doubtful(asked)
    return is_told_no and asked.act in WORDED | {Act.FORMAT}


def _is_unanswered(books: Books, asked: Asked) -> bool:
    is_silent = asked.is_taken and not asked.words and not asked.told
    return is_silent and asked.act in WORDED and not _made_by(books, asked)


def _is_doubtful(asked: Asked) -> bool:
    """Whether the answer says that nobody knows, and sends people to their list."""
    return "Look at your list" in asked.words


def _named(books: Books) -> set[str]:
    """Return the keys of every file that a row names."""
    results = {file.key for row in books.rows for file in row.files}
    kept = (row for row in books.rows if row.state != "cancelled" and row.removal is None)
    return results | {key for row in kept for key in row.pictures}


def _by_uuid(books: Books) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in books.rows:
        if row.uuid is not None:
            found.setdefault(row.uuid, []).append(row)
    return found


def _prompts_at_rodin(books: Books) -> dict[str, str]:
    """Return by which prompt Rodin knows each task: a split of Rodin's own model has that model's."""
    prompts = {charge.uuid: charge.prompt for charge in books.charges}
    return {row.id: prompts.get(row.asset, row.prompt) for row in books.rows}


def _unknown_charges(books: Books) -> list[Charge]:
    known = _by_uuid(books)
    return [charge for charge in books.charges if charge.uuid not in known]


def _posts(books: Books) -> dict[str, list[Post]]:
    ordered = sorted(books.posts, key=lambda post: post.task)
    return {task: list(found) for task, found in groupby(ordered, key=lambda post: post.task)}


def _wants_model(row: Row) -> bool:
    return row.is_shown and not row.muted and row.platform != "console"


def _model_attached(books: Books, row: Row) -> bool:
    wanted = {file.sha256 for role in ("model", "reduced", "bundle") for file in row.of_role(role)}
    return any(file.sha256 in wanted for post in books.posts if post.task == row.id for file in post.attached)


def _ids(rows: list[Row]) -> str:
    return ", ".join(row.id for row in rows)
