"""Documents by what stands for them: an id of the manifest that is trusted, or the SHA-256 of a text sent before.

Automatic persisted queries (`extensions.persistedQuery`) and persisted documents (`documentId`, an appendix of the
GraphQL-over-HTTP specification) are one thing here: an id, with the text or without.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256

from gql.rejected import rejected

SHA256 = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
# What clients look for to send the text as well: this very message, or the code.
NOT_FOUND = ("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
# In characters, of all texts that are remembered: as many as `remembered_max` of ten thousand.
TEXT_LENGTH = 10_000


class Persisted:
    """`trusted` are the manifest's texts by their ids. With `trusted_only` no other text is run."""

    def __init__(self, trusted: Mapping[str, str], *, trusted_only: bool, remembered_max: int) -> None:
        self.trusted_only = trusted_only
        self._trusted = {**{_digest(text): text for text in trusted.values()}, **trusted}
        self._texts = frozenset(trusted.values())
        self._remembered: OrderedDict[str, str] = OrderedDict()
        self._remembered_max, self._length_max = remembered_max, remembered_max * TEXT_LENGTH
        self._length = 0

    def text_of(self, query: str | None, document_id: str | None) -> str:
        """The text that is meant. Raises `Rejected` for one that is not known, not trusted, or not what its id says."""
        text = self._named(document_id) if query is None else query
        if text is None:
            raise rejected(*NOT_FOUND)
        if self.trusted_only and text not in self._texts:
            message = "Only documents of this server's manifest are run (FOYER_GRAPHQL_TRUSTED_ONLY)."
            raise rejected(message, "DOCUMENT_NOT_TRUSTED")
        if query is not None and document_id is not None and not self._is(query, document_id):
            raise rejected("The document is not the one that its id or hash stands for.", "BAD_DOCUMENT_ID")
        return text

    def remember(self, text: str, document_id: str) -> None:
        """Keep the text of a valid document that came with its hash, for requests that bring the hash alone."""
        found = SHA256.fullmatch(document_id)
        if found is None or found[1] in self._trusted or found[1] in self._remembered:
            return
        self._remembered[found[1]] = text
        self._length += len(text)
        while len(self._remembered) > self._remembered_max or self._length > self._length_max:
            self._length -= len(self._remembered.popitem(last=False)[1])

    def _named(self, document_id: str | None) -> str | None:
        if document_id is None:
            return None
        found = SHA256.fullmatch(document_id)
        key = document_id if found is None else found[1]
        text = self._trusted.get(key) or self._trusted.get(document_id)
        if text is None and (text := self._remembered.get(key)) is not None:
            self._remembered.move_to_end(key)
        return text

    def _is(self, text: str, document_id: str) -> bool:
        found = SHA256.fullmatch(document_id)
        return self._trusted.get(document_id) == text or (found is not None and found[1] == _digest(text))


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
