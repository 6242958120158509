"""How one simulator is set up."""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from adapters.rodin.simulator.faults import parse_faults


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorOptions:
    """Settings of one simulator; every one has a default that behaves like a fresh Business account.

    `port` and `files_port` 0 let the system choose. `speed` divides all generation times, queues and held answers,
    but not `link_ttl_s` nor the seven days that results are kept. `faults` is the text that `parse_faults` reads.
    `parallel` and `balance` (credits) hold for each key by itself. `keys` None accepts any key. `error_on_success`
    and `success_status` choose among the ways in which real answers were seen. The same `seed` gives the same ids,
    times and faults for the same calls. `workers` is how many processes make models; `cache_bytes` bounds the made
    ones kept on disk. `access_log` writes one INFO line per request, without keys and prompts.

    Raises:
        ValueError: a value out of its range, or an unknown fault; the sentence names it.
    """

    host: str = "127.0.0.1"
    port: int = 0
    files_port: int = 0
    speed: float = 1.0
    faults: str = ""
    parallel: int = 3
    balance: Decimal = Decimal(208)
    old_codes: bool = False
    error_on_success: Literal["absent", "null", "ok"] = "absent"
    success_status: Literal[200, 201] = 201
    link_ttl_s: int = 600
    keys: frozenset[str] | None = None
    seed: int | None = None
    workers: int = 1
    cache_bytes: int = 1024**3
    access_log: bool = False

    def __post_init__(self) -> None:
        # Whole numbers and floats are welcome too; amounts are exact from here on.
        object.__setattr__(self, "balance", Decimal(str(self.balance)))
        parse_faults(self.faults)
        problems = [sentence for wrong, sentence in self._checks() if wrong]
        if problems:
            raise ValueError("; ".join(problems))

    def _checks(self) -> tuple[tuple[bool, str], ...]:
        return (
            (not (math.isfinite(self.speed) and self.speed > 0), f"speed must be above 0, not {self.speed}"),
            (self.parallel < 1, f"parallel must be at least 1, not {self.parallel}"),
            (not self.balance.is_finite() or self.balance < 0, f"balance must be 0 or more, not {self.balance}"),
            (self.link_ttl_s < 1, f"link_ttl_s must be at least 1, not {self.link_ttl_s}"),
            (self.workers < 1, f"workers must be at least 1, not {self.workers}"),
            (self.cache_bytes < 1, f"cache_bytes must be at least 1, not {self.cache_bytes}"),
            (self.keys is not None and not all(self.keys), "keys must not hold an empty one"),
            (
                self.error_on_success not in ("absent", "null", "ok"),
                f'error_on_success must be "absent", "null" or "ok", not "{self.error_on_success}"',
            ),
            (self.success_status not in (200, 201), f"success_status must be 200 or 201, not {self.success_status}"),
            (
                not all(0 <= port <= 65_535 for port in (self.port, self.files_port)),
                f"ports must be 0 to 65535, not {self.port} and {self.files_port}",
            ),
        )
