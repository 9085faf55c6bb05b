"""The reference of a schema that has what ours may have one day."""

import pytest

from gql.reference import BEGIN, END, put_into, reference

SDL = '''
interface Node { id: ID! }

"""A cup | a mug."""
type Cup implements Node {
  id: ID!
  size: Size! @deprecated(reason: "Ask for `volume`.")
  """What is in it."""
  content("How to say it." language: String = "en"): Drink
}

enum Size { SMALL "Half a litre." LARGE }
union Drink = Tea | Water
type Tea { leaf: String }
type Water { still: Boolean }
input CupBy @oneOf { id: ID, size: Size = SMALL }
scalar Instant @specifiedBy(url: "https://example.org/instant")
type CupConnection { nodes: [Cup!]!, edges: [CupEdge!]!, pageInfo: PageInfo!, totalCount: Int! }
type CupEdge { node: Cup!, cursor: String! }
type PageInfo { hasNextPage: Boolean! }
type Query {
  cup(by: CupBy!): Cup
  cups(first: Int, after: String, last: Int, before: String): CupConnection
  now: Instant
}
'''


@pytest.mark.parametrize(
    "line",
    [
        "[Cups](#cups) · [Shared](#shared)",
        "*Object, a [`Node`](#node).* A cup \\| a mug.",
        "| `size` | [`Size!`](#size) |  **Deprecated:** Ask for `volume`. |",
        '| `content` | [`Drink`](#drink) | What is in it.<br>`language` `String` = `"en"`: How to say it. |',
        "| `LARGE` | Half a litre. |",
        "One of [`Tea`](#tea), [`Water`](#water).",
        "*Input, exactly one of its fields.* ",
        "| `size` | [`Size`](#size) = `SMALL` |  |",
        "Specified by <https://example.org/instant>.",
        "A page of [`[Cup!]!`](#cup): see [Lists](#lists).",
        "| `cups` | [`CupConnection`](#cupconnection) | <br>[Paged](#lists). |",
    ],
)
def test_the_reference_says_what_the_schema_says(line: str) -> None:
    assert line in reference(SDL).splitlines()


def test_types_are_in_the_chapter_of_the_noun_that_alone_uses_them() -> None:
    cups, shared = reference(SDL).split("### Cups\n")[1].split("### Shared\n")
    assert all(f"#### {name}\n" in cups for name in ("Cup", "Size", "Drink", "Tea", "Water", "CupBy", "CupConnection"))
    assert all(f"#### {name}\n" in shared for name in ("Node", "Instant"))


def test_only_what_is_between_the_marks_is_replaced() -> None:
    page = f"Before\n{BEGIN}\nold\n{END}\nAfter\n"
    written = put_into(page, SDL)
    assert written.startswith("Before\n")
    assert written.endswith("\nAfter\n")
    assert "old" not in written
    assert put_into(written, SDL) == written
