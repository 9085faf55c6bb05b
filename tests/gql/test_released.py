"""What the last release promised is kept, or CHANGELOG.md says what is not: `released.graphql` is that promise.

A breaking change is named under `## [Unreleased]`, in a list headed `### Breaking`, by what it takes away:

    - `GiftCard.secret`: …
    - `GiftCard.transactions(direction:)`: …
"""

import re
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema
from graphql.utilities import BreakingChangeType, find_schema_changes

from gql import schema

ROOT = Path(schema.__file__).parents[1]
RELEASED = build_schema((Path(__file__).parent / "released.graphql").read_text())
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
UNRELEASED = re.compile(r"^## \[Unreleased\]$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
BREAKING = re.compile(r"^### Breaking$(.*?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)
COORDINATE = re.compile(r"@?\w+(?:\.\w+)?\(\w+:\)|\w+\.\w+|@\w+")

PROMISED = """
directive @cached(seconds: Int) on FIELD
interface Named { name: String! }
type Card implements Named { name: String! secret: String! list(first: Int, order: Order): [Card!] }
type Voucher { code: String! }
union Found = Card | Voucher
enum Order { OLDEST NEWEST }
input CardInput { name: String text: String }
type Query { card(input: CardInput): Card found: Found }
"""
# How each kind of promise can be broken, and by what name that is to be told.
BROKEN = {
    "type Card implements Named": ("type Card", "Card"),
    "secret: String! ": ("", "Card.secret"),
    "secret: String!": ("secret: String", "Card.secret"),
    "order: Order": ("", "Card.list(order:)"),
    "first: Int": ("first: Int!", "Card.list(first:)"),
    " | Voucher": ("", "Voucher"),
    " NEWEST": ("", "Order.NEWEST"),
    "text: String": ("text: String code: String!", "CardInput.code"),
    "directive @cached(seconds: Int) on FIELD": ("", "@cached"),
    "(seconds: Int)": ("", "@cached(seconds:)"),
}


def test_breaking_changes_are_named_in_the_changelog() -> None:
    lines = unnamed(RELEASED, build_schema(schema.sdl()), CHANGELOG)
    assert lines == [], "\n".join(["say under `### Breaking` of [Unreleased] in CHANGELOG.md:", *lines])


@pytest.mark.parametrize(("promise", "instead", "name"), [(old, *new) for old, new in BROKEN.items()])
def test_a_broken_promise_is_found_until_it_is_named(promise: str, instead: str, name: str) -> None:
    old, new = build_schema(PROMISED), build_schema(PROMISED.replace(promise, instead, 1))
    said = f"## [Unreleased]\n\n### Breaking\n\n- `{name}`: for a reason.\n\n### Added\n\n- Much.\n"
    assert [line.split("`")[1] for line in unnamed(old, new, "## [Unreleased]\n")] == [name]
    assert unnamed(old, new, said) == []
    assert unnamed(old, new, said.replace("Breaking", "Changed")) != []
    assert unnamed(old, new, said.replace("Unreleased", "1.0.0")) != []


def test_what_is_added_breaks_nothing() -> None:
    more = PROMISED.replace("type Query {", "type Query { more(first: Int): [Card!]")
    assert unnamed(build_schema(PROMISED), build_schema(more), "") == []


def unnamed(old: GraphQLSchema, new: GraphQLSchema, changelog: str) -> list[str]:
    """The lines that the changelog lacks."""
    unreleased = UNRELEASED.search(changelog)
    breaking = unreleased and BREAKING.search(unreleased[1])
    named = set(re.findall(r"`([^`]+)`", breaking[1])) if breaking else set()
    changes = [change for change in find_schema_changes(old, new) if isinstance(change.type, BreakingChangeType)]
    told = [(_name(old, change.description), change.description) for change in changes]
    return [f"- `{name}`: {description}" for name, description in told if name not in named]


def _name(schema: GraphQLSchema, description: str) -> str:
    """Of a field, an argument, a value or a directive its coordinate; else the type's name."""
    found = COORDINATE.search(description)
    return found[0] if found else next(word for word in description.split() if word in schema.type_map)
