"""How the Rodin client is set up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from yarl import URL

from adapters.rodin.hosts import is_loopback_host

GIB = 1024**3

HEADER_SAFE = re.compile(r"[\x21-\x7e]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RodinOptions:
    """Where Rodin is, whose key is used, and how long and how large an answer may be.

    `url` is the API root, such as `https://api.hyper3d.com/api/v2`. Waits are in seconds: `read_deadline_s` bounds
    all attempts of one read together, `balance_deadline_s` those of the one read for which a person sits waiting, and
    `read_timeout_s` each attempt; `file_timeout_s` bounds one whole file and
    `file_stall_s` the silence within it. `key` is a secret and is never shown.

    Raises:
        ValueError: the URL is no plain http(s) address, the key cannot stand in a header, or a limit is not positive.
    """

    url: str
    key: str = field(repr=False)
    connect_timeout_s: float = 10.0
    submit_timeout_s: float = 300.0  # Deemos's own skill waits as long
    read_timeout_s: float = 30.0  # Deemos's own skill waits as long
    read_deadline_s: float = 60.0
    balance_deadline_s: float = 10.0
    file_timeout_s: float = 900.0  # 1 GiB at 1.2 MB/s
    file_stall_s: float = 60.0
    max_files: int = 40  # an OBJ pack has about ten; one public client stops at 20
    max_file_bytes: int = GIB  # a dense FBX with 4K textures has about 63 MB
    user_agent: str = "rodin-bot"

    def __post_init__(self) -> None:
        root = self.root
        extras = (root.user, root.password, root.query_string or None, root.fragment or None)
        if root.scheme not in {"http", "https"} or not _is_host(root.host) or any(part is not None for part in extras):
            raise ValueError("the Rodin URL must look like https://api.hyper3d.com/api/v2")
        if not HEADER_SAFE.fullmatch(self.key):
            raise ValueError("the Rodin key must be one word of plain ASCII characters")
        limits = (self.connect_timeout_s, self.submit_timeout_s, self.read_timeout_s, self.read_deadline_s)
        if (
            min(
                *limits,
                self.balance_deadline_s,
                self.file_timeout_s,
                self.file_stall_s,
                self.max_files,
                self.max_file_bytes,
            )
            <= 0
        ):
            raise ValueError("every limit of the Rodin client must be positive")

    @property
    def root(self) -> URL:
        """The API root as a URL."""
        return URL(self.url.rstrip("/"))

    @property
    def is_local(self) -> bool:
        """Whether the API is on this machine: the simulator, whose files may come over plain HTTP."""
        return is_loopback_host(self.root.host or "")


def _is_host(host: str | None) -> bool:
    """Whether a host name can be looked up: the look-up itself fails on labels that are empty or too long."""
    try:
        return bool(host) and bool((host or "").encode("idna"))
    except UnicodeError:
        return False
