"""The key that signs links, made once and kept in a file that only its owner may read."""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path

from bot.errors import OperatorMistake

KEY_BYTES = 32
LEAST_CHARACTERS = 16

NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
"""What a file system answers that has no hard links, such as FAT. Source: link(2)."""


class SecretUnusable(OperatorMistake):
    """The key cannot be kept or read."""


def load_secret(path: Path) -> str:
    """Return the key in a file (mode 0600), made when it is missing. Two processes at once get the same one.

    Raises:
        SecretUnusable: it cannot be written or read, or is too short to be one.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _make(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SecretUnusable(f"The key in {path} cannot be used: {reason}. Mend it, or set SECRET_KEY.") from error
    if len(key) < LEAST_CHARACTERS:
        raise SecretUnusable(f"The key in {path} is too short. Remove the file for a new one; earlier links end then.")
    return key


def _make(path: Path) -> None:
    """Write a new key, whole or not at all; whoever comes second keeps the first one's.

    Some file systems know no second names; there, of two processes at once, one may read what the other is writing.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
