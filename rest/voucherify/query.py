"""The query string in all the forms in which clients write the same thing.

    filters%5Bcampaigns%5D%5Bconditions%5D%5B$is%5D=X      the Python SDK; lists as Python shows them: ['A', 'B']
    filters%5Bcampaigns%5D%5Bconditions%5D%5B%24in%5D%5B0%5D=X   the JS SDKs, lists by their indices
    [filters][campaigns][conditions][$is]=X                the documentation, with a bracket at the beginning
    filters[active][conditions][$enabled]=                 a flag: empty, and set all the same

What the Python SDK was not given it sends as the word None, so inside brackets that word and an empty value mean
nothing is asked, except where the empty value is the flag.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from models import instants
from models.problems import Invalid
from rest.voucherify.refusals import InvalidQueryParams, PageOverLimit

Node: TypeAlias = str | list["Node"] | dict[str, "Node"]

LENGTH_MAX = 64 * 1024
PARAMETERS_MAX = 1000
DEPTH_MAX = 8
# Numbers with more digits are no indices of lists.
INDEX = re.compile(r"[0-9]{1,5}", re.ASCII)
INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
FLAGS = frozenset(
    (
        *("$has_value", "$is_unknown", "$active", "$enabled", "$disabled", "$expired", "$failed", "$in_progress"),
        *("before_start", "$before_start", "$redeemed", "$redeemable"),
    )
)
BOOLEANS = {"true": True, "false": False}
# A list as Python shows it, or JSON: of texts, numbers, True, False, None, and nothing inside these.
_TEXT = r"""'(?:[^'\\]|\\[\\'"nrt]|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8})*+'"""
_ITEM = rf"(?:{_TEXT}|{_TEXT.replace(chr(39), chr(34))}|-?[0-9]{{1,18}}(?:\.[0-9]{{1,18}})?|True|False|None)"
SHOWN_LIST = re.compile(rf"\[\s*+(?:{_ITEM}\s*+(?:,\s*+{_ITEM}\s*+)*+)?\]")
LIMIT_MAX = 100
# As far as lists are looked through page by page.
PAGE_MAX = 1000


class Query:
    """The parameters of one request. Every reader refuses with `InvalidQueryParams` what does not fit."""

    __slots__ = ("_tree",)

    def __init__(self, tree: Mapping[str, Node]) -> None:
        self._tree = tree

    @classmethod
    def of(cls, written: bytes) -> "Query":
        return cls(_parsed(written))

    def __contains__(self, name: str) -> bool:
        return name in self._tree

    def __iter__(self) -> Iterator[str]:
        return iter(self._tree)

    # -- readers: None where nothing was asked -----------------------------------------------------------------------

    def text(self, name: str) -> str | None:
        """Of a parameter that comes twice the last one counts."""
        node = self._tree.get(name)
        return None if node is None else last_text(node, f".{name}") or None

    def texts(self, name: str) -> list[str]:
        """However many there are."""
        node = self._tree.get(name)
        return [] if node is None else listed_texts(node, f".{name}")

    def integer(self, name: str, minimum: int, maximum: int) -> int | None:
        written = self._word(name)
        return None if written is None else read_integer(written, f".{name}", minimum, maximum)

    def boolean(self, name: str) -> bool | None:
        written = self._word(name)
        return None if written is None else read_boolean(written, f".{name}")

    def instant(self, name: str) -> datetime | None:
        written = self._word(name)
        return None if written is None else read_instant(written, f".{name}")

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        written = self._word(name)
        if written is not None and written not in choices:
            raise _wrong(f".{name}", f"should be equal to one of the allowed values [ {', '.join(choices)} ]")
        return written

    def order(self, fields: Collection[str], default: str, *, name: str = "order") -> tuple[str, bool]:
        """A field and whether it descends: `-created_at`."""
        both = [word for field in fields for word in (field, f"-{field}")]
        written = self.choice(name, both) or default
        return written.removeprefix("-"), written.startswith("-")

    def limit(self, default: int = 10) -> int:
        return self.integer("limit", 1, LIMIT_MAX) or default

    def page(self, most: int = PAGE_MAX) -> int:
        """From 1. Refuses with `PageOverLimit` one that is too far behind."""
        page = self.integer("page", 1, 10**12) or 1
        if page > most:
            raise PageOverLimit(most)
        return page

    def between(self, name: str) -> tuple[datetime | None, datetime | None]:
        """`created_at[after]` and `created_at[before]`."""
        found = self.tree(name)
        for word in found:
            if word not in ("after", "before"):
                raise _wrong(f".{name}", f"has an unknown property '{word}'")
        after, before = (
            read_instant(last_text(found[word], f".{name}.{word}"), f".{name}.{word}") if word in found else None
            for word in ("after", "before")
        )
        return after, before

    def tree(self, name: str) -> Mapping[str, Node]:
        """What is inside the brackets; empty if there is nothing."""
        node = self._tree.get(name)
        if isinstance(node, dict):
            return node
        if node in (None, "", []):
            return {}
        raise _wrong(f".{name}", "should be object")

    def node(self, name: str) -> Node | None:
        """Texts in lists and objects, as the brackets have them: what forms send where JSON would do."""
        return self._tree.get(name)

    def _word(self, name: str) -> str | None:
        """A value of a type that has neither an empty text nor the word None."""
        written = self.text(name)
        return None if written == "None" else written


# -- values ------------------------------------------------------------------------------------------------------------


def last_text(node: Node, place: str) -> str:
    if isinstance(node, list) and node:
        node = node[-1]
    if not isinstance(node, str):
        raise _wrong(place, "should be string")
    return node


def listed_texts(node: Node, place: str) -> list[str]:
    """One text, or many: repeated, by their indices, or in one value as Python shows a list."""
    if isinstance(node, list):
        return [text for item in node for text in listed_texts(item, place)]
    if isinstance(node, dict):
        raise _wrong(place, "should be array")
    return _shown_list(node) if SHOWN_LIST.fullmatch(node) else [node] * (node not in ("", "None"))


def read_integer(written: str, place: str, minimum: int, maximum: int) -> int:
    if not INTEGER.fullmatch(written):
        raise _wrong(place, "should be integer")
    found = int(written)
    if found < minimum:
        raise _wrong(place, f"should be >= {minimum}")
    if found > maximum:
        raise _wrong(place, f"should be <= {maximum}")
    return found


def read_boolean(written: str, place: str) -> bool:
    """Python's and JavaScript's words, and those of filters."""
    found = BOOLEANS.get(written.lower())
    if found is None:
        raise _wrong(place, "should be boolean")
    return found


def read_instant(written: str, place: str) -> datetime:
    try:
        return instants.read(written.strip())
    except Invalid:
        raise _wrong(place, "cannot be recognized as a ISO-8601 compliant date") from None


def _shown_list(written: str) -> list[str]:
    try:
        items = ast.literal_eval(written)
    except (ValueError, SyntaxError):
        return [written]
    found = [str(item).lower() if isinstance(item, bool) else str(item) for item in items if item is not None]
    # An escape may stand for what no text can hold.
    return [written] if any(_is_unfit(text) for text in found) else found


def _is_unfit(text: str) -> bool:
    return "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text)


# -- the tree ----------------------------------------------------------------------------------------------------------


def _parsed(written: bytes) -> dict[str, Node]:
    if len(written) > LENGTH_MAX or written.count(b"&") >= PARAMETERS_MAX:
        raise InvalidQueryParams(f"Query should have no more than {PARAMETERS_MAX} parameters")
    tree: dict[str, Node] = {}
    for pair in written.split(b"&"):
        name, _, value = pair.partition(b"=")
        path, text = _path(_decoded(name)), _decoded(value)
        if path and not _is_left_out(path, text):
            _put(tree, path, text)
    return {name: _settled(node) for name, node in tree.items()}


def _decoded(written: bytes) -> str:
    try:
        found = unquote_to_bytes(written.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise InvalidQueryParams("Query should be UTF-8") from None
    if "\0" in found:
        raise InvalidQueryParams("Query should not have null characters")
    return found


def _path(name: str) -> list[str]:
    if name.count("[") > DEPTH_MAX:
        raise InvalidQueryParams(f"Query should not be nested more than {DEPTH_MAX} levels deep")
    return [part for part in re.split(r"[\[\]]", name) if part]


def _is_left_out(path: list[str], text: str) -> bool:
    return len(path) > 1 and (text == "None" or (not text and path[-1] not in FLAGS))


def _put(tree: dict[str, Node], path: list[str], text: str) -> None:
    *above, last = path
    for part in above:
        below = tree.setdefault(part, {})
        if not isinstance(below, dict):
            raise _wrong("." + ".".join(path), "is given in two ways")
        tree = below
    known = tree.get(last)
    if isinstance(known, dict):
        raise _wrong("." + ".".join(path), "is given in two ways")
    if known is None:
        tree[last] = text
    elif isinstance(known, list):
        known.append(text)
    else:
        tree[last] = [known, text]


def _settled(node: Node) -> Node:
    """Lists where all names are indices, in their order."""
    if not isinstance(node, dict):
        return node
    settled = {name: _settled(below) for name, below in node.items()}
    if settled and all(INDEX.fullmatch(name) for name in settled):
        return [settled[name] for name in sorted(settled, key=int)]
    return settled


def _wrong(place: str, said: str) -> InvalidQueryParams:
    return InvalidQueryParams(f"Property {place} {said}", field=place.lstrip("."))
