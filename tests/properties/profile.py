"""How hard the properties are tried.

Unasked, each is tried with a few examples that are the same in every run, so that a red run is red again. With
HYPOTHESIS_PROFILE=deep it is tried with many more, new ones each time; what fails prints how to try just that again.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

VARIABLE = "HYPOTHESIS_PROFILE"
"""Names the profile: `ci` unless it says `deep`."""

IS_DEEP = os.environ.get(VARIABLE, "ci") == "deep"

DEEPER = 8
"""How many times as many examples a deep run tries."""

# How long an example takes says how loaded the machine is, and nothing about the bot.
_UNTIMED = (HealthCheck.too_slow, HealthCheck.data_too_large)


def tried(examples: int, *, steps: int = 20) -> settings:
    """Return the settings of a property: so many examples in the usual run, each of so many steps if it has steps."""
    if IS_DEEP:
        return settings(
            max_examples=examples * DEEPER,
            stateful_step_count=steps * 2,
            deadline=None,
            print_blob=True,
            suppress_health_check=_UNTIMED,
        )
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=_UNTIMED,
    )
