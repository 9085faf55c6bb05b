"""The command line, on both engines: what it does, and what it says where it cannot."""

import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner, Result

from models.token import Kind
from server import cli
from server.commands import demo, loading
from server.settings import Settings

ROOT = Path(__file__).parent.parent.parent
COMMANDS = [
    *("serve", "migrate", "load", "demo", "schema", "token create", "token list", "token revoke", "ledger check"),
    *("vouchers export", "documents sign", "documents check"),
]
DOCUMENT: dict[str, Any] = {
    "organizers": [{"slug": "acme", "name": "Acme"}],
    "events": [{"organizer": "acme", "slug": "conf", "name": {"en": "x"}, "date_from": "2030-01-01T00:00:00Z"}],
    "orders": [{"organizer": "acme", "event": "conf", "code": "A1", "position_secret": "ticket1"}],
    "giftcards": [
        {"organizer": "acme", "secret": "CARD-1", "transactions": [{"value": "5.00"}, {"value": "-2.00"}]},
        {"organizer": "acme", "secret": "CARD-2"},
    ],
    "tokens": [
        {"kind": "team", "name": "FULL", "organizer": "acme", "token": "team-secret-0123456"},
        {"kind": "device", "name": "DEVICE", "organizer": "acme", "token": "device-secret-0123"},
        {"kind": "oauth", "name": "OAUTH", "organizers": ["acme"], "token": "oauth-secret-01234"},
        {
            "kind": "app",
            "name": "APP",
            "organizer": "acme",
            "app_id": "app-id",
            "app_token": "app-secret-0123456",
            "client_id": "client-id",
            "client_token": "client-secret-0123",
        },
    ],
}


def foyer(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(cli.app, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A migrated database, and the environment that names it."""
    monkeypatch.setenv("FOYER_DATABASE_URL", database_url)
    return database_url


@pytest.fixture
def document(tmp_path: Path) -> Path:
    file = tmp_path / "start.json"
    file.write_text(json.dumps(DOCUMENT))
    return file


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_is_documented(command: str) -> None:
    result = foyer(*command.split(), "--help")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 4
    assert f"`{command}" in (ROOT / "docs/cli.md").read_text()


def test_kinds_of_tokens_are_all_offered() -> None:
    offered = get_type_hints(cli.token_create)["kind"]
    assert set(get_args(offered)) == {kind.value for kind in Kind}


def test_migrating_says_what_it_did(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOYER_DATABASE_URL", empty_database_url)
    assert foyer("migrate").output == "The database is migrated.\n"
    assert foyer("migrate").output == "The database is up to date.\n"


@pytest.mark.parametrize(
    "command",
    [
        *("serve", "ledger check", "token list", "token revoke 1", "token create x --organizer x"),
        "vouchers export --organizer x",
    ],
)
def test_an_unmigrated_database_is_refused(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("FOYER_DATABASE_URL", empty_database_url)
    result = foyer(*command.split())
    assert result.exit_code == 1
    assert "python -m server migrate" in result.stderr


def test_loading_needs_a_migrated_database(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, document: Path
) -> None:
    monkeypatch.setenv("FOYER_DATABASE_URL", empty_database_url)
    assert "python -m server migrate" in foyer("load", document).stderr


def test_an_unreachable_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOYER_DATABASE_URL", "postgresql+asyncpg://foyer@127.0.0.1:1/foyer")
    for command in ("serve", "migrate"):
        result = foyer(command)
        assert (result.exit_code, result.stderr[:34]) == (1, "The database cannot be reached: [E")


def test_loading_writes_what_a_client_needs(url: str, document: Path, tmp_path: Path) -> None:
    out = tmp_path / "env.json"
    result = foyer("load", document, "--env-out", out, "--base-url", "http://127.0.0.1:9999/")
    assert result.exit_code == 0, result.output
    assert "gift_card_transaction: 2 new, 0 there already" in result.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert json.loads(out.read_text()) == {
        "base_url": "http://127.0.0.1:9999",
        "tokens": {
            "FULL": "Token team-secret-0123456",
            "DEVICE": "Device device-secret-0123",
            "OAUTH": "Bearer oauth-secret-01234",
            "APP": "App app-id app-secret-0123456",
            "APP_CLIENT": "Client client-id client-secret-0123",
        },
        "ids": {"giftcard:CARD-1": 1, "giftcard:CARD-2": 2, "position:ticket1": 1},
    }
    again = foyer("load", document)
    assert "gift_card: 0 new, 2 there already" in again.output


def test_a_wrong_document_is_refused_with_the_places(url: str, tmp_path: Path) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps({**DOCUMENT, "giftcards": [{"organizer": "acme", "secret": "X", "currency": "x"}]}))
    result = foyer("load", file)
    assert result.exit_code == 1
    assert "giftcards[0].secret: " in result.stderr
    assert "giftcards[0].currency: not an ISO 4217 currency code." in result.stderr
    assert foyer("ledger", "check").output.startswith("0 gift cards")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert foyer("load", tmp_path / "nowhere.json").exit_code == 2


def test_a_token_is_made_listed_and_revoked(url: str, document: Path) -> None:
    foyer("load", document)
    made = foyer(
        "token", "create", "ci", "--organizer", "acme", "--scope", "organizer.giftcards:read", "--event", "conf"
    )
    secret = made.stdout.strip()
    assert made.exit_code == 0, made.output
    assert len(secret) == 43
    assert foyer("token", "list").output.count("\n") == 4 + 6
    assert secret not in foyer("token", "list").output
    assert "organizer.giftcards:read" in foyer("token", "list").output
    assert foyer("token", "revoke", secret).output == "Token 6 is revoked.\n"
    assert foyer("token", "revoke", "6").exit_code == 0
    assert "revoked" in foyer("token", "list").output


def test_an_app_token_shows_its_public_id(url: str, document: Path) -> None:
    foyer("load", document)
    options = ("--kind", "app", "--expires-at", "2030-01-01")
    assert "public id: " in foyer("token", "create", "shop", "--organizer", "acme", *options).stderr
    assert "2030-01-01 00:00 UTC" in foyer("token", "list").output


def test_tokens_that_cannot_be(url: str, document: Path) -> None:
    foyer("load", document)
    for arguments, message in (
        (("create", "x", "--organizer", "nobody"), "no such organizer"),
        (("create", "x", "--organizer", "acme", "--scope", "all"), "is no permission"),
        (("create", "x", "--organizer", "acme", "--event", "nowhere"), "no event 'nowhere'"),
        (("revoke", "nobodys1"), "no such token"),
        (("revoke", "99"), "no such token"),
    ):
        result = foyer("token", *arguments)
        assert (result.exit_code, message in result.stderr) == (1, True), result.stderr


def test_a_ledger_in_order(url: str, document: Path) -> None:
    foyer("load", document)
    assert foyer("ledger", "check").output == "2 gift cards, 2 transactions, all right.\n"


def test_a_ledger_with_a_fault(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, document: Path) -> None:
    monkeypatch.setenv("FOYER_DATABASE_URL", sqlite_url)
    foyer("load", document)
    with closing(sqlite3.connect(make_url(sqlite_url).database or "")) as connection, connection:
        connection.execute("UPDATE gift_card SET balance = 12345 WHERE id = 1")
    result = foyer("ledger", "check")
    assert result.exit_code == 1
    assert "123.45" in result.stdout
    assert "3.00" in result.stdout
    assert "1 differences in 2 gift cards." in result.stderr


def test_the_reference_goes_between_the_marks_of_a_page_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Nothing")
    refused = foyer("schema", "--reference", page)
    assert (refused.exit_code, "has no place for it" in refused.stderr) == (1, True)
    assert page.read_text() == "Nothing"


def test_the_schema_is_printed() -> None:
    assert foyer("schema").output == (ROOT / "schema.graphql").read_text()


def test_the_address_is_one_that_works_here() -> None:
    assert loading.address(Settings(host="0.0.0.0", port=80)) == "http://127.0.0.1:80"
    assert loading.address(Settings(host="::", port=80)) == "http://[::1]:80"
    assert loading.address(Settings(host="hall.example", port=80)) == "http://hall.example:80"


def test_help_waits_for_no_heavy_library() -> None:
    heavy = "[name for name in ('sqlalchemy', 'pydantic', 'strawberry', 'uvicorn', 'alembic') if name in sys.modules]"
    script = f"import sys, server.cli; print({heavy})"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_demo_keeps_its_token_and_its_cards(tmp_path: Path) -> None:
    """Twice through a real server; the second start must be quick."""
    environment = {**os.environ, "FOYER_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/demo.sqlite3"}
    tokens, cards = [], []
    for _ in range(2):
        with served(environment, "demo") as url:
            kept = tmp_path / demo.TOKEN_FILE
            assert stat.S_IMODE(kept.stat().st_mode) == 0o600
            tokens.append(kept.read_text().strip())
            request = urllib.request.Request(f"{url}/graphql", json.dumps({"query": demo.QUERY}).encode())
            request.add_header("Authorization", f"Bearer {tokens[-1]}")
            request.add_header("Content-Type", "application/json")
            with urllib.request.urlopen(request, timeout=10) as response:
                cards.append(json.load(response)["data"]["giftCards"]["edges"])
            request = urllib.request.Request(f"{url}/api/v1/organizers/demo/giftcards/")
            request.add_header("Authorization", f"Token {tokens[-1]}")
            with urllib.request.urlopen(request, timeout=10) as response:
                assert json.load(response)["count"] == 12
            request = urllib.request.Request(f"{url}/v1/validations", demo.VALIDATION.encode())
            request.add_header("Authorization", f"Bearer {tokens[-1]}")
            request.add_header("Content-Type", "application/json")
            with urllib.request.urlopen(request, timeout=10) as response:
                assert json.load(response)["order"]["total_amount"] == 4500
    assert tokens[0] == tokens[1]
    assert cards[0] == cards[1]
    assert len(cards[0]) == 3


@contextmanager
def served(environment: dict[str, str], *command: str) -> Iterator[str]:
    """A server in a process of its own, ended by SIGTERM."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "server", *command, "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until_ready(process, url)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=20)
    assert f"{url}/graphql#token=" in output
    assert "Traceback" not in errors


def wait_until_ready(process: subprocess.Popen[str], url: str) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(process.communicate(timeout=5) if process.poll() is not None else "not ready in 30 s")
