"""The manifest of documents that clients may run: a file that a build wrote, and beside it its signature.

The file is a manifest of Apollo's tools (`apollo-persisted-query-manifest`, version 1), or a plain object of ids and
texts as GraphQL Code Generator and relay-compiler write it. `<file>.sig` is its HMAC-SHA256 in hexadecimal digits.
"""

import hmac
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from server.refused import Refused
from server.settings import Settings, WrongSettings

APOLLO = "apollo-persisted-query-manifest"
PATH, KEY, ONLY = "FOYER_GRAPHQL_DOCUMENTS_PATH", "FOYER_GRAPHQL_DOCUMENTS_KEY", "FOYER_GRAPHQL_TRUSTED_ONLY"


def of(settings: Settings) -> Mapping[str, str]:
    """The documents by their ids; none if no file is named. Raises `WrongSettings` and `Refused`."""
    if settings.graphql_documents_path is None:
        if settings.graphql_trusted_only:
            raise WrongSettings(f"{ONLY}: needs a manifest of documents; set {PATH}")
        return {}
    return read(Path(settings.graphql_documents_path), key_of(settings))


def key_of(settings: Settings) -> str:
    if settings.graphql_documents_key is None:
        raise WrongSettings(f"{KEY}: is needed to tell whether a manifest of documents is signed")
    return settings.graphql_documents_key


def read(path: Path, key: str) -> Mapping[str, str]:
    """The documents of a file that is signed. Raises `Refused`."""
    content, signed = _content(path), _content(signature_path(path))
    if not hmac.compare_digest(signature(content, key).encode(), signed.strip()):
        message = f"{signature_path(path)} is no signature of {path} by {KEY}. Run: python -m server documents sign"
        raise Refused(message)
    return documents(content, path)


def documents(content: bytes, path: Path) -> Mapping[str, str]:
    """The documents of a manifest by their ids. Raises `Refused`."""
    try:
        given = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Refused(f"{path} is not JSON: {error}.") from None
    found: dict[str, str] = {}
    for place, document_id, text in _entries(given, path):
        if not isinstance(document_id, str) or not isinstance(text, str) or not document_id:
            raise Refused(f"{path}: {place} is no id with a text.")
        if found.setdefault(document_id, text) != text:
            raise Refused(f"{path}: {place} has the id of another document, {document_id}.")
    return found


def signature(content: bytes, key: str) -> str:
    return hmac.new(key.encode(), content, sha256).hexdigest()


def signature_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.sig")


def _entries(given: Any, path: Path) -> Iterator[tuple[str, Any, Any]]:
    if not isinstance(given, dict):
        raise Refused(f"{path} is no manifest of documents: it is no object.")
    if "format" not in given:
        yield from ((repr(document_id), document_id, text) for document_id, text in given.items())
        return
    operations = given.get("operations")
    if (given["format"], given.get("version")) != (APOLLO, 1) or not isinstance(operations, list):
        raise Refused(f"{path} is no manifest of documents: of those with a format, {APOLLO} version 1 is known.")
    for place, each in enumerate(operations):
        fields = each if isinstance(each, dict) else {}
        yield f"operations[{place}]", fields.get("id"), fields.get("body")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
