"""docs/clients/typescript: the types that GraphQL Code Generator makes of the schema, and a program that uses them."""

import json
import shutil
from pathlib import Path

import pytest

from tests.clients.house import TOKEN
from tests.clients.node import FOLDER, ROOT, copy, node

pytestmark = pytest.mark.clients

EXAMPLE = ROOT / "docs/clients/typescript"
CODEGEN = "node_modules/@graphql-codegen/cli/cjs/bin.js"
TSC = "node_modules/typescript/bin/tsc"


@pytest.fixture(scope="session")
def example(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with its types."""
    folder = copy(EXAMPLE, tmp_path_factory.mktemp("typescript") / "example", packages)
    node(CODEGEN, folder=folder, SCHEMA=str(ROOT / "schema.graphql"))
    return folder


def test_it_asks_for_what_is_installed_here() -> None:
    ours, wanted = (json.loads((folder / "package.json").read_text()) for folder in (FOLDER, EXAMPLE))
    needed = wanted["dependencies"] | wanted["devDependencies"]
    assert needed.items() <= ours["dependencies"].items()


def test_it_is_strictly_typed(example: Path) -> None:
    node(TSC, "--noEmit", "--strict", folder=example)


def test_a_server_tells_the_types_to_anybody(example: Path, address: str) -> None:
    """By introspection, as the tools ask for it; they leave out what is only in the text, such as `@oneOf`."""
    folder = example.with_name("introspected")
    shutil.copytree(example, folder, symlinks=True)
    node(CODEGEN, folder=folder, SCHEMA=f"{address}/graphql")
    assert (folder / "src/gql/gql.ts").read_text() == (example / "src/gql/gql.ts").read_text()
    node(TSC, "--noEmit", folder=folder)


def test_a_field_that_is_not_there_is_an_error_of_types(example: Path) -> None:
    wrong = example / "src/wrong.ts"
    wrong.write_text((example / "src/main.ts").read_text().replace("balance.amount", "balance.value"))
    printed = node(TSC, "--noEmit", folder=example, statuses=(1, 2))
    wrong.unlink()
    assert "Property 'value' does not exist" in printed


def test_it_runs(example: Path, address: str) -> None:
    node(TSC, folder=example)
    printed = node("build/main.js", folder=example, FOYER_URL=f"{address}/graphql", FOYER_TOKEN=TOKEN).splitlines()
    assert sum(line.startswith("WELCOME-25: ") for line in printed) == 1
    assert any(line.startswith("Paid 5.00: ") for line in printed)
    assert "Paid not 9999.00: there is less on the card" in printed
    assert printed[-1].startswith("100 % of the vouchers of Example")
