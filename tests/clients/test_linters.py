"""The schema's text as others judge it. Exceptions and their reasons stand in the linters' own configurations."""

import json
import re
import shutil
from pathlib import Path

import pytest
from graphql import build_schema, is_object_type

from tests.clients.node import FOLDER, ROOT, node

pytestmark = pytest.mark.clients

RELAY = ("relay-connection-types-spec", "relay-connection-arguments-spec", "relay-page-info-spec")
BAD = """
type Query {
  "Things."
  things(first: String): ThingConnection
}
"A page."
type ThingConnection {
  "Things."
  list: [String]
}
"""


@pytest.fixture
def text(workshop: Path) -> Path:
    return Path(shutil.copy(ROOT / "schema.graphql", workshop / "schema.graphql"))


def test_graphql_schema_linter_finds_nothing(text: Path) -> None:
    assert _linted(text) == []


def test_graphql_schema_linter_holds_the_rules_of_relay(text: Path) -> None:
    text.write_text(BAD)
    assert set(RELAY) <= {error["rule"] for error in _linted(text)}


def test_graphql_eslint_finds_nothing(text: Path) -> None:
    assert _judged(text) == []


def test_graphql_eslint_holds_what_it_recommends(text: Path) -> None:
    text.write_text(text.read_text() + "type thing { name: String }\n")
    assert {"@graphql-eslint/naming-convention", "@graphql-eslint/strict-id-in-types"} <= {
        message["ruleId"] for message in _judged(text)
    }


def test_every_exception_is_one() -> None:
    """A type that is gone, or has an id now, is no exception any more."""
    schema = build_schema((ROOT / "schema.graphql").read_text())
    for name in re.findall(r"^ {14}'(\w+)',$", (FOLDER / "eslint.config.mjs").read_text(), re.MULTILINE):
        of_this_name = [each for each in schema.type_map.values() if each.name.endswith(name)]
        assert any(is_object_type(each) and "id" not in each.fields for each in of_this_name), name


def _linted(text: Path) -> list[dict[str, str]]:
    command = "node_modules/graphql-schema-linter/lib/cli.js"
    printed = node(command, "--format", "json", text.name, folder=text.parent, statuses=(0, 1))
    found: list[dict[str, str]] = json.loads(printed)["errors"]
    return found


def _judged(text: Path) -> list[dict[str, str]]:
    command = "node_modules/eslint/bin/eslint.js"
    printed = node(command, "--format", "json", text.name, folder=text.parent, statuses=(0, 1))
    found: list[dict[str, str]] = json.loads(printed)[0]["messages"]
    return found
