"""What is known when everything has come to rest: what people did and were told, and all ledgers. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tests.e2e.torture.plan import Act

ENDS = frozenset({"ready", "failed", "unclear", "cancelled"})
"""States that a task never leaves. Source: docs/states.md."""

WORDED = frozenset(
    {Act.WISH, Act.PICTURE, Act.MENTION, Act.FOLLOW, Act.FORM, Act.VARY, Act.RETEXTURE, Act.SPLIT},
)
"""What makes a task with words of its own, which are marked with the deed's number."""

MAKING = WORDED | {Act.FORMAT, Act.AGAIN, Act.RESEND}
"""What makes a task."""

CONVERSION = "Conversion"
"""What is made here and paid to nobody. Source: bot/requests.py, as tables name it."""

BY_ROUTE = {"rodin_texture_only": "Generate Texture", "bang": "Bang!"}
"""What Rodin sells by its routes, as rows name it; by the other one it sells tiers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One deed and what its person saw of it.

    `mark` stands in the words of what was asked for, else it is empty; `event` is the platform's own id of the deed as
    the bot would name it. `target` is the task whose button was pressed, `told` the tasks that an answer promised,
    `words` everything that was said in answer. `is_taken` says whether the bot acknowledged it to the platform.
    `is_overheard` warns that the words may answer another deed of the same person in the same thread; `in_public` is
    what others can read of the answer.
    """

    number: int
    act: Act
    platform: str
    user: str
    mark: str = ""
    event: str = ""
    target: str = ""
    told: tuple[str, ...] = ()
    words: str = ""
    is_taken: bool = True
    is_overheard: bool = False
    in_public: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A file that a row names."""

    key: str
    role: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One task as the bot's database has it.

    `prompt` are the words that go to Rodin, `said` those that came with this very request: of a split its instruction,
    since its prompt is that of the model. `asset` is the submission whose model Rodin was to split.
    """

    id: str
    state: str
    revision: int = 0
    told: int = 0
    ended_revision: int | None = 0
    platform: str = "discord"
    user: str = ""
    prompt: str = ""
    said: str = ""
    product: str = ""
    file_format: str = ""
    asset: str = ""
    price: Decimal = Decimal("0.5")
    uuid: str | None = None
    event: str | None = None
    parent: str | None = None
    muted: bool = False
    removal: str | None = None
    is_leased: bool = False
    has_thread: bool = False
    pictures: tuple[str, ...] = ()
    files: tuple[Named, ...] = ()

    @property
    def has_ended(self) -> bool:
        """Whether it will never move again."""
        return self.state in ENDS

    @property
    def is_shown(self) -> bool:
        """Whether people have a model of it."""
        return self.state == "ready" and self.removal is None

    @property
    def is_told(self) -> bool:
        """Whether its place has seen everything; a terminal that closes is told the end, and no more.

        Source: docs/states.md: an end is told, what joins it later amends that.
        """
        seen = self.ended_revision if self.platform == "console" else self.revision
        return seen is not None and self.told >= seen

    def of_role(self, role: str) -> tuple[Named, ...]:
        """Return its files of one role."""
        return tuple(file for file in self.files if file.role == role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A task that Rodin took, and what it took for it."""

    uuid: str
    prompt: str
    amount: Decimal
    product: str = ""
    file_format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of `rodin-bot ledger --csv`."""

    task: str
    uuid: str
    price: Decimal
    consumed: Decimal | None
    charge: str

    @property
    def amount(self) -> Decimal:
        """What it comes to."""
        return self.price if self.consumed is None else self.consumed


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file in a message."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message about a task that stands in a chat. `kind`: root, status, result, files or turntable."""

    platform: str
    task: str
    kind: str
    place: str
    text: str = ""
    attached: tuple[Attached, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Everything about a person, as somebody has it in hand: `tasks` are the ids in it, `problem` what is wrong."""

    platform: str
    user: str
    name: str
    tasks: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Everything. `stored` gives the digest of each whole file in the store by its key.

    `litter` are half and temporary files; `fetched` gives the digest of what each download link gave, or the problem.
    `taken_home` gives the digest of each file in the terminal's folder by its path, `archives` are what was exported.
    `endings` counts how often the terminal printed the end of a task. `remarks` are what the stand-ins, logs and last
    processes have to complain of, each a sentence.
    """

    asked: tuple[Asked, ...] = ()
    rows: tuple[Row, ...] = ()
    charges: tuple[Charge, ...] = ()
    entries: tuple[Entry, ...] = ()
    posts: tuple[Post, ...] = ()
    stored: Mapping[str, str] = field(default_factory=dict)
    litter: tuple[str, ...] = ()
    fetched: Mapping[str, str] = field(default_factory=dict)
    taken_home: Mapping[str, str] = field(default_factory=dict)
    archives: tuple[Archive, ...] = ()
    endings: Mapping[str, int] = field(default_factory=dict)
    integrity: str = "ok"
    remarks: tuple[str, ...] = ()
