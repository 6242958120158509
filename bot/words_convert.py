"""What is said about a model in another format: what it costs, what is lost, and why it cannot be had."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot import text
from bot.chat import FormatOffer
from bot.conversions import conversion_notes
from bot.model import ConvertRequest, Task
from bot.reading import join_words
from bot.words_versions import NOTHING_SENT

FREE = "free"


def offer_label(offer: FormatOffer) -> str:
    """Return an offer with its price, as short as an entry of a menu."""
    return f"{offer.name} · {_cost(offer.price)}"


def offer_details(offer: FormatOffer) -> str:
    """Return what an offer says besides what its label says."""
    return offer.sentence.removeprefix(_head(offer.name, offer.price))


def offer(ask: ConvertRequest) -> str:
    """Say that a format is converted here, and what is lost over it."""
    said = f"{_head(ask.geometry_file_format, Decimal(0))}converted here from the {ask.source_format}."
    return " ".join([said, *conversion_notes(ask)])


def offer_of_rodin(file_format: str, price: Decimal) -> str:
    """Say that Rodin makes a format anew."""
    return f"{_head(file_format, price)}made anew by Rodin with the same seed; the mesh may differ."


def there_already(task_id: str, file_format: str) -> str:
    """Say where a format of this very model is."""
    return f"Task {task_id} is this model as {file_format} already. {NOTHING_SENT}"


def too_many(most: int) -> str:
    """Say that somebody has enough conversions under way."""
    return f"{most} conversions of yours are under way. Wait for one of them; each takes seconds. {NOTHING_SENT}"


def no_seed(task: Task) -> str:
    """Say that a conversion knows no other seed."""
    source = task.request.source_id if isinstance(task.request, ConvertRequest) else task.parent_id
    return f"A conversion has no seed, so the same would come again. Use the model itself: {source}. {NOTHING_SENT}"


def which_format(offers: Sequence[FormatOffer]) -> str:
    """Ask for a format, saying which are free and which Rodin makes."""
    free = [offer.name for offer in offers if not offer.price]
    paid = [offer.name for offer in offers if offer.price]
    said = [
        *([f"Free, converted here: {join_words(free)}."] if free else []),
        *([f"Made anew by Rodin for {_prices(offers)}: {join_words(paid)}."] if paid else []),
    ]
    return " ".join(["Which format?", *said, NOTHING_SENT])


def no_format_left(task: Task) -> str:
    """Say that nothing is left that another format could be made of."""
    return f"Nothing is left of task {task.id} that another format could be made of. {NOTHING_SENT}"


def _head(name: str, price: Decimal) -> str:
    return f"{name}: {_cost(price)}, "


def _cost(price: Decimal) -> str:
    return text.as_credits(price) if price else FREE


def _prices(offers: Sequence[FormatOffer]) -> str:
    amounts = sorted({offer.price for offer in offers if offer.price})
    return join_words(text.as_credits(amount) for amount in amounts)


def no_links(task: Task) -> str:
    """Say why there are no links to what was converted here."""
    return (
        f"What was converted here is not at Rodin, and the bot has no address of its own to link to. The files of task "
        f"{task.id} are where its result was told."
    )
