"""Why there is no model and what can be done about it: a sentence or two for every reason there is."""

from __future__ import annotations

from collections.abc import Mapping

from bot.looks import Removal
from bot.model import FailureKind, RefusalReason

REFUSALS: Mapping[RefusalReason, str] = {
    RefusalReason.KEY: "Rodin does not accept the bot's API key.",
    RefusalReason.PERMISSION: "Rodin does not allow this for the bot's account.",
    RefusalReason.SUBSCRIPTION: "The bot's Rodin account has no active subscription.",
    RefusalReason.PLAN: "The bot's Rodin plan is too low for this; the API needs a Business plan.",
    RefusalReason.CREDITS: "The bot's Rodin account has run out of credits.",
    RefusalReason.REQUEST: "Rodin did not accept one of the values in this request.",
    RefusalReason.LABELS: "Rodin says the view labels do not fit the pictures.",
    RefusalReason.NO_OBJECT: "Rodin found no object in the picture.",
    RefusalReason.CONTENT: "Rodin's content check turned this down.",
    RefusalReason.NO_SUCH_TASK: "Rodin does not know this task.",
    RefusalReason.UNKNOWN: "Rodin refused this for a reason of its own.",
}
"""What Rodin said no to, in words."""

REFUSAL_NEXT: Mapping[RefusalReason, str] = {
    RefusalReason.KEY: "Ask the person who runs the bot to check RODIN_API_KEY; then send it again.",
    RefusalReason.PERMISSION: "Ask the person who runs the bot to look at the account; then send it again.",
    RefusalReason.SUBSCRIPTION: "Ask the person who runs the bot to renew it; then send it again.",
    RefusalReason.PLAN: "Ask the person who runs the bot to look at the plan; then send it again.",
    RefusalReason.CREDITS: "Ask the person who runs the bot to top it up; then send it again.",
    RefusalReason.REQUEST: "Try fewer options or a preset; if that fails too, tell the person who runs the bot.",
    RefusalReason.LABELS: "Give one label for each picture, or none.",
    RefusalReason.NO_OBJECT: "Try a picture with one clear subject on a plain background.",
    RefusalReason.CONTENT: "Word it differently, or use another picture; plain fields of colour are turned down too.",
    RefusalReason.NO_SUCH_TASK: "Send it again if you still want it.",
    RefusalReason.UNKNOWN: "Try once more later; if it stays, tell the person who runs the bot.",
}
"""What can be done about it."""

OPERATORS_BUSINESS: frozenset[RefusalReason] = frozenset(
    {
        RefusalReason.KEY,
        RefusalReason.PERMISSION,
        RefusalReason.SUBSCRIPTION,
        RefusalReason.PLAN,
        RefusalReason.CREDITS,
    }
)
"""Refusals of the account, whatever is asked."""

OWN_REFUSALS: Mapping[RefusalReason, tuple[str, str]] = {
    RefusalReason.KEY: ("Rodin does not accept this server's own API key.", "set another one"),
    RefusalReason.PERMISSION: ("Rodin does not allow this for the account of this server's own key.", "look at it"),
    RefusalReason.SUBSCRIPTION: ("The account of this server's own key has no active subscription.", "renew it"),
    RefusalReason.PLAN: ("The plan of this server's own key is too low for this.", "look at it"),
    RefusalReason.CREDITS: ("The account of this server's own key has run out of credits.", "top it up"),
}
"""The same of a key that a server has brought along: what Rodin said, and what an admin of the server can do."""


def refused(reason: RefusalReason, *, is_own: bool) -> tuple[str, str]:
    """Return what Rodin said no to, and what can be done; `is_own` says that the server's own key was used."""
    if not is_own or reason not in OWN_REFUSALS:
        return REFUSALS[reason], REFUSAL_NEXT[reason]
    said, remedy = OWN_REFUSALS[reason]
    return said, f"Ask an admin of this server to {remedy}; then send it again."


FAILURES: Mapping[FailureKind, tuple[str, str]] = {
    FailureKind.JOBS_FAILED: (
        "Rodin could not make this model; it gives no reason.",
        "Try other words, a clearer picture or another tier. Rodin's support can say more about the charge.",
    ),
    FailureKind.TIMED_OUT: (
        "Rodin did not finish within the time we wait.",
        "You can have it sent again, which is charged again. Rodin's support can say more about this charge.",
    ),
    FailureKind.NO_MODEL: (
        "Rodin says it is done but never listed a model.",
        "Try another format, which is charged again. Rodin's support can say more about this charge.",
    ),
    FailureKind.FILES_LOST: (
        "The model was made, but its files could not be fetched.",
        "Tell the person who runs the bot: Rodin keeps the files for seven days.",
    ),
    FailureKind.UNKNOWN_TO_VENDOR: (
        "Rodin does not know this task any more; it keeps results for seven days.",
        "You can have it sent again, which is charged again.",
    ),
    FailureKind.PICTURES_LOST: (
        "A picture of this request cannot be found any more, so it was not sent.",
        "Ask again with the picture.",
    ),
    FailureKind.MODEL_LOST: (
        "The model that this starts from cannot be found any more, so it was not sent.",
        "Choose another version to go on from, or have the model made again.",
    ),
    FailureKind.NOT_CONVERTED: (
        "This model could not be converted here.",
        "Ask for the format of this very task, and Rodin makes it anew, for its price.",
    ),
    FailureKind.LOST_ANSWER: (
        "The request was sent, but Rodin's answer was lost, so nobody can tell whether it was taken.",
        "It is not sent again by itself. You can have it sent again, which may be charged a second time, or let it be.",
    ),
}
"""What happened, and what can be done, for every kind of failure but a refusal."""

REMOVALS: Mapping[Removal, str] = {
    Removal.DELETED: "The files of this model were deleted, and its links are void.",
    Removal.EXPIRED: (
        "The files of this model were removed, since they are kept only for a while. "
        "Ask for it again if you still want it; that is charged again."
    ),
    Removal.FORGOTTEN: "This model is forgotten: its files, its words and its pictures are gone.",
    Removal.PERSON_FORGOTTEN: "Whoever asked for this model wanted to be forgotten. Nothing of it is kept.",
}
"""What became of the files of a finished model, for every reason why they are gone."""
