"""Files of a request, as the server hands them to the scalar `Upload`."""

from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable


@runtime_checkable
class File(Protocol):
    """A file that came with the request (GraphQL multipart request specification). It is not in memory."""

    def parts(self) -> AsyncIterator[bytes]:
        """Its content in pieces, from the beginning."""
