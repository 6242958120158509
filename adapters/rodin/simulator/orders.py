"""What a valid submission asks for: the one shape that all three kinds of submission become."""

from dataclasses import dataclass
from decimal import Decimal

from adapters.rodin.simulator.models import ModelSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A checked submission: what to make, what it costs in credits, how long it takes at speed 1.

    `item` is the word for it in usage records. `ignored` names fields that Rodin knows and this tier does not use,
    `unknown` those that Rodin does not know.
    """

    route: str
    item: str
    tier: str | None
    price: Decimal
    seconds: float
    spec: ModelSpec
    picture_count: int = 0
    ignored: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
