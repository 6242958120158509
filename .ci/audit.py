"""Asks the advisory database of PyPI about every pinned package: `make audit`.

Exit codes: 0 nothing known, 1 something known (each is named), 3 it could not be asked about all of them. pip-audit by
itself ends with 0, and says that it found nothing, when every single package was left out because nobody answered.
Source: pip-audit 2.10, README, "Exit codes" and "--strict".
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

CLEAN, VULNERABLE, UNASKED = 0, 1, 3

ASKS_WITHIN_S = 900

OPTIONS = ("--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "15")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found out about one list of packages: the sentences to print, and the exit code they mean."""

    code: int
    sentences: tuple[str, ...]


def judged(name: str, report: str, complaint: str) -> Verdict:
    """Return what pip-audit's report (JSON) means; without one, its complaint says why nobody could be asked."""
    try:
        packages: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = complaint.strip().splitlines()[-1:] or ["no answer"]
        return Verdict(code=UNASKED, sentences=(f"{name}: NOT AUDITED, pip-audit could not ask: {last[0]}",))
    known = tuple(_known(packages))
    unasked = [one for one in packages if "skip_reason" in one]
    asked = len(packages) - len(unasked)
    if unasked or not packages:
        why = f" ({unasked[0]['skip_reason']})" if unasked else ""
        left_out = f"{name}: NOT AUDITED, {len(unasked)} of {len(packages)} packages could not be asked about{why}"
        return Verdict(code=VULNERABLE if known else UNASKED, sentences=(*known, left_out))
    if known:
        return Verdict(code=VULNERABLE, sentences=known)
    return Verdict(code=CLEAN, sentences=(f"{name}: nothing is known about any of its {asked} packages",))


def _known(packages: Sequence[dict[str, Any]]) -> Iterator[str]:
    for one in packages:
        for flaw in one.get("vulns", ()):
            repaired = ", ".join(flaw.get("fix_versions", ())) or "no version yet"
            yield f"{one['name']} {one['version']} has {flaw['id']}, repaired in {repaired}"


def audited(name: str) -> Verdict:
    """Run pip-audit over one list of pinned packages."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", name, *OPTIONS]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=ASKS_WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        return Verdict(code=UNASKED, sentences=(f"{name}: NOT AUDITED, no answer within {ASKS_WITHIN_S} s",))
    return judged(name, ran.stdout, ran.stderr)


def main(names: Sequence[str]) -> int:
    """Audit each list; return the gravest exit code: something known counts before something unasked."""
    verdicts = [audited(name) for name in names]
    for sentence in dict.fromkeys(sentence for verdict in verdicts for sentence in verdict.sentences):
        print(sentence)
    codes = {verdict.code for verdict in verdicts}
    return next(code for code in (VULNERABLE, UNASKED, CLEAN) if code in codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
