"""The `graphql-http` audits: what the GraphQL-over-HTTP specification says of a server, warnings included."""

import json
from pathlib import Path

import pytest

from tests.clients.house import TOKEN
from tests.clients.node import node

pytestmark = pytest.mark.clients

AUDITS = 61


def test_every_audit_passes(packages: Path, address: str) -> None:
    audits = json.loads(node("audits.mjs", ADDRESS=address, TOKEN=TOKEN))
    assert len(audits) == AUDITS
    assert [audit for audit in audits if audit["status"] != "ok"] == []
