"""What the API's and the files' connections share: a session that lives from entering to leaving."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

import aiohttp


class WithSession(ABC):
    """An async context manager around one aiohttp session."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = self._new_session()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The open session.

        Raises:
            RuntimeError: there is none.
        """
        if self._session is None:
            raise RuntimeError("the Rodin client works only inside `async with`")
        return self._session

    @abstractmethod
    def _new_session(self) -> aiohttp.ClientSession:
        """Return the session to work with."""
