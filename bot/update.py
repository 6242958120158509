"""What a thread shows of a task: plain words and numbers; markup is the adapter's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.model import ModelFile, Owner, TaskState


class Choice(StrEnum):
    """What a person can do about a task right now."""

    CANCEL = "cancel"
    RESEND = "resend"
    AGAIN = "again"  # the same with another seed
    VARIATION = "variation"  # the same values with something changed
    BETTER = "better"  # the next tier up, same seed
    FORMAT = "format"  # the same in another file format
    RETEXTURE = "retexture"  # a new texture over the model
    SPLIT = "split"  # the model in parts
    LINKS = "links"  # short-lived links, privately
    DELETE = "delete"

    @property
    def wants_words(self) -> bool:
        """Whether the person has to say more (a form); the others act at once."""
        return self in {Choice.VARIATION, Choice.FORMAT, Choice.RETEXTURE, Choice.SPLIT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How far a running task is: `fraction` 0 to 1, with elapsed and expected seconds for easing in between."""

    fraction: float
    elapsed_s: float
    expected_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What a thread should show for one revision of a task. Plain text; markup is the adapter's.

    `headline` is what happened, `lines` are the details, `choices` what can be done next, in the order in which it is
    offered, `costs` what those of them cost that cost something,
    `viewer_url` where the model turns in a browser, `download_url` the model file itself, or the ZIP with all that
    belongs to it. `ending` is true for the last one, which notifies the person unless `is_muted`. `is_told`
    says whether the thread has seen this revision already, `is_complete` that nothing more will join an ending.
    `words_gone` means that the words of its title are forgotten: what stands in the thread, and its name, must not
    keep them.
    `notice` is what the first task of a server says besides, in its status message: where words and pictures go.
    """

    task_id: str
    revision: int
    state: TaskState
    owner: Owner
    title: str
    headline: str
    lines: tuple[str, ...] = ()
    bar: Bar | None = None
    files: tuple[ModelFile, ...] = ()
    choices: tuple[Choice, ...] = ()
    costs: tuple[tuple[Choice, str], ...] = ()
    viewer_url: str | None = None
    download_url: str | None = None
    ending: bool = False
    is_muted: bool = False
    is_told: bool = False
    is_complete: bool = False
    words_gone: bool = False
    notice: str = ""

    def cost_of(self, choice: Choice) -> str:
        """Return what a choice costs, such as "0.5 credits"; empty when it costs nothing.

        For one that wants words it is the price while those leave the expensive options alone.
        """
        return dict(self.costs).get(choice, "")
