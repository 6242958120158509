"""Everything that can go wrong, in families by who can act.

`BotError` is the root. Under it stands one family for each party that can do something about it:
the person who asked, Rodin (the vendor), a chat platform, our own storage, a model file, the operator.
The type decides what happens next; nobody matches on message text.
"""

from __future__ import annotations

from bot.model import RefusalReason


class BotError(Exception):
    """The root of every error this project raises on purpose."""


# The person who asked can act.


class UserMistake(BotError):
    """Something in what a person asked cannot be done; `str(error)` is a sentence for that person.

    Raised before anything is written or sent: nothing was charged.
    """


class BadRequest(UserMistake):
    """The wish breaks one or more of Rodin's rules; `problems` holds one sentence for each."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class BadPicture(UserMistake):
    """A picture cannot be used; the sentence says which one, why, and what would work."""


class NotFound(UserMistake):
    """There is no such task, or it is not this person's to see."""


class NotYours(NotFound):
    """The task is somebody else's, and the asker can see that it is there."""


class NotPossible(UserMistake):
    """The task is past the point where this can be done."""


class BudgetSpent(UserMistake):
    """What the operator has set aside, credits or places in the queue, is used up for now."""


class Blocked(UserMistake):
    """The operator takes nothing from this person or server, or nothing with these words."""


class NotAllowed(UserMistake):
    """The admins of the server have not given this person the right to do it, or only admins may at all."""


class KeyStopped(UserMistake):
    """Nothing can be made with the key that this server's tasks are made with, for now."""


# Rodin can act.


class VendorError(BotError):
    """Rodin did not do what was asked."""


class VendorBusy(VendorError):
    """Rodin asks us to come back later. Nothing was started, nothing was charged; repeating is safe."""

    def __init__(self, what: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(f"vendor busy: {what}")
        self.retry_after_s = retry_after_s


class VendorFull(VendorBusy):
    """As many of our tasks run at Rodin as it allows. Nothing was started; repeat when one has ended."""


class VendorDown(VendorBusy):
    """Rodin could not be reached at all, or answered a read with a server fault. Repeating is safe."""


class VendorRefused(VendorError):
    """Rodin understood and said no. Nothing was started, nothing was charged.

    `reason` is our reading of `code`, which is kept as Rodin spelled it; `message` is Rodin's own text.
    """

    def __init__(self, code: str, message: str = "", *, reason: RefusalReason = RefusalReason.UNKNOWN) -> None:
        super().__init__(f"vendor refused: {code}: {message}" if message else f"vendor refused: {code}")
        self.code = code
        self.message = message
        self.reason = reason


class VendorUnclear(VendorError):
    """A call that costs money was sent and no readable answer came: nobody can tell whether Rodin took it.

    Never repeated by itself.
    """


class VendorGarbled(VendorError):
    """The answer to a read has a shape we do not know. Repeating is safe, but may not help."""


class FileLinkExpired(VendorError):
    """A link to a result file is too old (HTTP 403). List the files again for a fresh one."""


class FileBroken(VendorError):
    """A result file did not arrive whole. Repeating is safe."""


class FileRefused(VendorError):
    """A result file may not be fetched: wrong host, too large, or not what it claims to be."""


# The chat platform can act.


class PlatformError(BotError):
    """A chat platform did not do what was asked."""


class PlatformBusy(PlatformError):
    """The platform asks us to come back later."""

    def __init__(self, what: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(f"platform busy: {what}")
        self.retry_after_s = retry_after_s


class AddressGone(PlatformError):
    """The thread, channel or person cannot be reached any more. The telling ends quietly."""


# Our own storage.


class StorageError(BotError):
    """The database or the file store did not do what was asked."""


class StaleTask(StorageError):
    """Somebody else changed the task since it was loaded. Load it again."""


class NoSuchTask(StorageError):
    """No task has this id."""


class DuplicateEvent(StorageError):
    """This platform event has already made a task: `task_id`."""

    def __init__(self, task_id: str) -> None:
        super().__init__(f"event already taken by task {task_id}")
        self.task_id = task_id


class TaskExists(StorageError):
    """A task with this id has been written before."""


class SubmissionTaken(StorageError):
    """Another task of ours holds this Rodin uuid already: one submission never makes two tasks."""


class DatabaseBusy(StorageError):
    """The database is locked, out of reach or too slow. The operation may be repeated."""


class NoSuchFile(StorageError):
    """The file store holds nothing under this key."""


class FileStoreBusy(StorageError):
    """The file store did not answer, or has no room left. The operation may be repeated."""


# A finished model. Nobody has to act: the model stays what it is, and Rodin's own pictures stand in.


class ModelError(BotError):
    """Something could not be made from a finished model file."""


class PreviewFailed(ModelError):
    """A model cannot be drawn, measured or made smaller here; `str(error)` is a sentence that says why.

    The same file fails again, so this is not repeated.
    """


class NotConverted(ModelError):
    """A model cannot be made into another format here; `str(error)` is a sentence that says why. Fails again."""


# The operator can act.


class OperatorMistake(BotError):
    """The installation is not set up right; `str(error)` says what to change."""


class BadSettings(OperatorMistake):
    """One or more settings cannot be used; `problems` names each variable and what is wrong with it."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class DatabaseTooNew(OperatorMistake):
    """The database was written by a newer version of the bot than this one."""


class DatabaseUnusable(OperatorMistake):
    """The database cannot be opened, or not written to."""


class FileStoreUnusable(OperatorMistake):
    """The place for files cannot be opened, or not written to."""
