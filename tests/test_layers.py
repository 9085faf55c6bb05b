"""The import contracts of pyproject.toml: that each of them catches what it forbids, and what they leave out.

That the code keeps them is `make check`'s step "import contracts".
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = [contract["name"] for contract in SETTINGS["contracts"]]
LINT = "from importlinter.cli import lint_imports_command as run; run()"

# What a tidy project imports, in miniature: every contract must let this pass.
TIDY = {
    "models/gift_card.py": "import sqlalchemy",
    "models/database/__init__.py": "",
    "models/database/sqlite.py": "import sqlite3",
    "models/database/postgresql.py": "import asyncpg",
    "resolvers/gift_cards.py": "import sqlalchemy; from models import gift_card",
    "gql/gift_cards.py": "import graphql; import strawberry; from resolvers import gift_cards",
    "rest/pretix/__init__.py": "",
    "rest/pretix/gift_cards.py": "import starlette; from resolvers import gift_cards",
    "migrations/env.py": "import alembic; from models import gift_card",
    "server/app.py": "import starlette; import uvicorn; import gql.gift_cards; import rest.pretix.gift_cards",
    "server/migrating.py": "import alembic; import migrations.env",
}

# One module each that breaks the named contract.
VIOLATIONS = {
    "Layers: server > gql | rest > resolvers > models": {
        "models/planted.py": "import resolvers.gift_cards",
        "resolvers/planted.py": "import rest.pretix.gift_cards",
        "rest/planted.py": "import gql.gift_cards",
        "migrations/planted.py": "import resolvers.gift_cards",
    },
    "Only server runs migrations": {"rest/planted.py": "import migrations.env"},
    "The REST dialects do not know each other": {
        "rest/voucherify/__init__.py": "",
        "rest/voucherify/planted.py": "import rest.pretix.gift_cards",
    },
    "Nothing imports server": {"migrations/planted.py": "import server.app"},
    "Only server imports gql": {"rest/planted.py": "import gql"},
    "strawberry and graphql-core only in gql and server": {
        "resolvers/planted.py": "import graphql.language",
        "rest/planted.py": "import strawberry",
    },
    "starlette and uvicorn only in rest and server": {
        "gql/planted.py": "from starlette.requests import Request",
        "resolvers/planted.py": "import uvicorn",
    },
    "Doors write no SQL": {
        "gql/planted.py": "from sqlalchemy import select",
        "rest/pretix/planted.py": "import sqlalchemy.orm",
    },
    "Only models.database talks to a driver": {
        "models/planted.py": "import sqlite3",
        "resolvers/planted.py": "import asyncpg",
    },
    "No cycles": {
        "models/planted.py": "import models.other",
        "models/other.py": "import models.planted",
    },
}


def test_a_tidy_project_keeps_every_contract(tmp_path: Path) -> None:
    assert broken_contracts(tmp_path, {}) == {}


def test_every_contract_has_its_violation_planted() -> None:
    assert list(VIOLATIONS) == CONTRACTS


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_planted_violation_breaks_its_contract(tmp_path: Path, contract: str) -> None:
    reason = broken_contracts(tmp_path, VIOLATIONS[contract])[contract]
    planted = [path.removesuffix(".py") for path, source in VIOLATIONS[contract].items() if source]
    for package, *rest in (path.split("/") for path in planted):
        # Cycles are reported relative to their package.
        assert ".".join([package, *rest]) in reason or " ." + ".".join(rest) in reason


def test_imports_for_types_point_downward_too() -> None:
    """import-linter passes over imports under TYPE_CHECKING, which `strawberry.lazy` needs within gql."""
    graph = grimp.build_graph(*SETTINGS["root_packages"], cache_dir=None)
    layers = [set(layer.split(" | ")) for layer in SETTINGS["contracts"][0]["layers"]]
    assert graph.find_illegal_dependencies_for_layers(layers) == set()


def broken_contracts(folder: Path, planted: dict[str, str]) -> dict[str, str]:
    """What import-linter reports for a miniature project with our contracts: each broken one, and why."""
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    packages = {f"{package}/__init__.py": "" for package in SETTINGS["root_packages"]}
    for path, source in {**packages, **TIDY, **planted}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(source.replace("; ", "\n") + "\n")
    # Nothing of the checkout may be found in place of the miniature.
    command = [sys.executable, "-c", LINT, "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={"COLUMNS": "200"})
    assert ("BROKEN" in done.stdout) == (done.returncode == 1), done.stdout + done.stderr
    reasons = done.stdout.partition("Broken contracts")[2]
    parts = re.split(r"\n(.+)\n-+\n", reasons)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))
