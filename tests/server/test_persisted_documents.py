"""Documents that are named instead of sent: by their hash once they were sent, by an id of the signed manifest."""

import json
from collections.abc import AsyncIterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from typer.testing import CliRunner

from gql.documents import WrongDocuments
from gql.persisted import Persisted
from gql.rejected import Rejected
from server import cli, trusted_documents
from server.settings import WrongSettings
from tests.world import World, opened

KEY = "a key of the tests"
HELLO = "query Hello { viewer { name } }"
BOTH = 'query One { viewer { kind } } mutation Two { giftCardDisable(input: {id: "x"}) { userErrors { code } } }'
RESPONSE_JSON = "application/graphql-response+json"


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def apq(text: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(text)}}}


async def asked(world: World, body: Mapping[str, Any], *, token: str = "acme", accept: str = RESPONSE_JSON) -> Any:
    headers = {"Authorization": f"Bearer {world.secrets[token]}", "Accept": accept}
    return await world.client.post("/graphql", json=body, headers=headers)


async def got(world: World, body: Mapping[str, Any]) -> httpx2.Response:
    given = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
    headers = {"Authorization": f"Bearer {world.secrets['acme']}", "Accept": RESPONSE_JSON}
    return await world.client.get(f"/graphql?{urlencode(given)}", headers=headers)


def code_of(response: httpx2.Response) -> tuple[int, str]:
    (error,) = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with opened(sqlite_url, graphql_batch_max=5) as found:
        yield found


# -- automatic persisted queries ---------------------------------------------------------------------------------------


async def test_a_hash_stands_for_a_document_that_was_sent_with_it(world: World) -> None:
    missed = await asked(world, apq(HELLO))
    assert code_of(missed) == (400, "PERSISTED_QUERY_NOT_FOUND")
    # Apollo Client looks for the code or the message, urql for the message.
    assert missed.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert (await asked(world, apq(HELLO), accept="application/json")).status_code == 200
    for body in ({"query": HELLO, **apq(HELLO)}, apq(HELLO), {"documentId": f"sha256:{digest(HELLO)}"}):
        assert (await asked(world, body)).json()["data"] == {"viewer": {"name": "acme"}}
    for body in (apq(HELLO), {"documentId": f"sha256:{digest(HELLO)}"}, {**apq(HELLO), "variables": {}}):
        assert (await got(world, body)).json()["data"] == {"viewer": {"name": "acme"}}
    batch = await asked(world, [apq(HELLO), apq("{ x }")])  # type: ignore[arg-type]
    assert [list(answer) for answer in batch.json()] == [["data", "extensions"], ["errors"]]


async def test_what_is_no_document_is_not_kept(world: World) -> None:
    for text in ("{", "{ nothing }"):
        assert (await asked(world, {"query": text, **apq(text)})).status_code == 400
        assert code_of(await asked(world, apq(text))) == (400, "PERSISTED_QUERY_NOT_FOUND")
    # Without its hash a document is not named by it.
    await asked(world, {"query": HELLO})
    assert code_of(await asked(world, apq(HELLO))) == (400, "PERSISTED_QUERY_NOT_FOUND")


async def test_a_document_under_another_s_hash_is_refused(world: World) -> None:
    other = {"query": "{ viewer { kind } }", **apq(HELLO)}
    assert code_of(await asked(world, other)) == (400, "BAD_DOCUMENT_ID")
    assert code_of(await asked(world, apq(HELLO))) == (400, "PERSISTED_QUERY_NOT_FOUND")
    for document_id in (digest(HELLO)[:-1], "x", "md5:x", f"SHA256:{digest(HELLO)}"):
        assert code_of(await asked(world, {"query": HELLO, "documentId": document_id})) == (400, "BAD_DOCUMENT_ID")


async def test_a_hash_does_not_make_a_mutation_safe_to_get(world: World) -> None:
    await asked(world, {"query": BOTH, "operationName": "One", **apq(BOTH)})
    assert (await got(world, {"operationName": "One", **apq(BOTH)})).json()["data"] == {"viewer": {"kind": "TEAM"}}
    assert code_of(await got(world, {"operationName": "Two", **apq(BOTH)})) == (405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize(
    "body",
    [
        {"extensions": {"persistedQuery": {}}},
        {"extensions": {"persistedQuery": []}},
        {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": digest(HELLO)}}},
        {"extensions": {"persistedQuery": {"version": 1}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 7}}},
        {"extensions": {"persistedQuery": None}},
        {"extensions": {}},
        {"documentId": 7},
        {"documentId": ""},
        {"documentId": None},
        {"query": 7, "documentId": "x"},
    ],
)
async def test_what_names_no_document_is_no_request(world: World, body: dict[str, Any]) -> None:
    assert code_of(await asked(world, body)) == (400, "BAD_REQUEST")


def test_what_is_remembered_is_bounded_by_number_and_by_length() -> None:
    persisted = Persisted({}, trusted_only=False, remembered_max=3)
    texts = [f"{{ a }} # {n}" for n in range(4)]
    for text in texts:
        persisted.remember(text, digest(text))
        assert persisted.text_of(None, digest(texts[0])) == texts[0]
    assert [known(persisted, text) for text in texts] == [True, False, True, True]
    for letter in "ab":
        persisted.remember(letter * 20_000, digest(letter * 20_000))
    assert [known(persisted, text) for text in (*texts, "a" * 20_000, "b" * 20_000)] == [*(4 * [False]), False, True]


def known(persisted: Persisted, text: str) -> bool:
    try:
        return persisted.text_of(None, digest(text)) == text
    except Rejected:
        return False


# -- the manifest ----------------------------------------------------------------------------------------------------


def manifest(folder: Path, documents: Any, *, signed: str | None = KEY) -> str:
    """A file with these documents, signed with this key."""
    path = folder / "documents.json"
    path.write_text(json.dumps(documents))
    if signed is not None:
        text = trusted_documents.signature(path.read_bytes(), signed)
        trusted_documents.signature_path(path).write_text(f"{text}\n")
    return str(path)


def apollo(*documents: tuple[str, str], **fields: Any) -> dict[str, Any]:
    operations = [{"id": each, "name": "X", "type": "query", "body": text} for each, text in documents]
    return {"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations, **fields}


@pytest.mark.parametrize("listed", [{"hello-1": HELLO}, apollo(("hello-1", HELLO))])
async def test_an_id_of_the_manifest_stands_for_its_document(sqlite_url: str, tmp_path: Path, listed: Any) -> None:
    path = manifest(tmp_path, listed)
    async with opened(sqlite_url, graphql_documents_path=path, graphql_documents_key=KEY) as world:
        in_extensions = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "hello-1"}}}
        sent = {"query": HELLO, "documentId": "hello-1"}
        for body in (
            {"documentId": "hello-1"},
            in_extensions,
            apq(HELLO),
            sent,
            {"query": "query Hello {viewer{name}}"},
        ):
            assert (await asked(world, body)).json()["data"] == {"viewer": {"name": "acme"}}
        assert (await got(world, {"documentId": "hello-1"})).status_code == 200
        assert code_of(await asked(world, {"documentId": "hello-2"})) == (400, "PERSISTED_QUERY_NOT_FOUND")
        other = {"query": "{ viewer { kind } }", "documentId": "hello-1"}
        assert code_of(await asked(world, other)) == (400, "BAD_DOCUMENT_ID")


async def test_trusted_documents_alone_are_run(sqlite_url: str, tmp_path: Path) -> None:
    path = manifest(tmp_path, {"hello-1": HELLO, "both": BOTH})
    chosen = {"graphql_documents_path": path, "graphql_documents_key": KEY, "graphql_trusted_only": True}
    async with opened(sqlite_url, **chosen, document_cache_max=0) as world:
        for body in ({"documentId": "hello-1"}, {"query": HELLO}, apq(HELLO), {"query": HELLO, **apq(HELLO)}):
            assert (await asked(world, body)).json()["data"] == {"viewer": {"name": "acme"}}
        assert (await asked(world, {"documentId": "both", "operationName": "Two"})).status_code == 200
        text = "{ viewer { kind } }"
        for body in ({"query": text}, {"query": text, **apq(text)}, {"query": HELLO + " "}, {"query": "{"}):
            assert code_of(await asked(world, body)) == (400, "DOCUMENT_NOT_TRUSTED")
        assert code_of(await asked(world, apq(text))) == (400, "PERSISTED_QUERY_NOT_FOUND")
        assert code_of(await asked(world, {"query": text}, accept="application/json")) == (200, "DOCUMENT_NOT_TRUSTED")
        assert (await world.graphql("{ __schema { queryType { name } } }", token=None)).status_code == 400


@pytest.mark.parametrize(
    ("listed", "signed", "told"),
    [
        ({"a": HELLO}, None, "documents.json.sig cannot be read"),
        ({"a": HELLO}, "another key than that", "is no signature of"),
        ([], KEY, "it is no object"),
        ({"a": 7}, KEY, "'a' is no id with a text"),
        (apollo(("a", HELLO), version=2), KEY, "version 1 is known"),
        (apollo(("", HELLO)), KEY, "operations[0] is no id with a text"),
        (apollo(("a", HELLO), ("a", BOTH)), KEY, "operations[1] has the id of another document, a"),
        ({"a": "{ nothing }", "b": "{ viewer { name }"}, KEY, "a: Cannot query field 'nothing'"),
        ({"a": "{ viewer { " + "name " * 1000 + "} }"}, KEY, "a: The document has 1001 fields; 1000 are allowed."),
    ],
)
def test_a_manifest_that_cannot_be_trusted_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: Any, signed: str | None, told: str
) -> None:
    monkeypatch.setenv("FOYER_GRAPHQL_DOCUMENTS_PATH", manifest(tmp_path, listed, signed=signed))
    monkeypatch.setenv("FOYER_GRAPHQL_DOCUMENTS_KEY", KEY)
    result = CliRunner().invoke(cli.app, ["documents", "check"])
    assert result.exit_code == 1
    assert told in result.stderr
    assert KEY not in result.stderr


def test_a_manifest_is_signed_and_checked_by_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = manifest(tmp_path, {"a": HELLO}, signed=None)
    monkeypatch.setenv("FOYER_GRAPHQL_DOCUMENTS_KEY", KEY)
    signed = CliRunner().invoke(cli.app, ["documents", "sign", path])
    assert (signed.exit_code, signed.stdout.count(".json.sig")) == (0, 1)
    assert CliRunner().invoke(cli.app, ["documents", "check", path]).stdout == "1 documents, signed and all right.\n"
    Path(path).write_text(json.dumps({"a": HELLO, "b": BOTH}))
    assert CliRunner().invoke(cli.app, ["documents", "check", path]).exit_code == 1
    # What is wrong is not signed.
    Path(path).write_text(json.dumps({"a": "{ nothing }"}))
    assert CliRunner().invoke(cli.app, ["documents", "sign", path]).exit_code == 1
    assert CliRunner().invoke(cli.app, ["documents", "check"]).stderr.startswith("Name the file")
    monkeypatch.delenv("FOYER_GRAPHQL_DOCUMENTS_KEY")
    for command in ("sign", "check"):
        refused = CliRunner().invoke(cli.app, ["documents", command, path])
        assert (refused.exit_code, refused.stderr[:27]) == (2, "FOYER_GRAPHQL_DOCUMENTS_KEY")


async def test_the_application_does_not_start_with_what_it_cannot_trust(sqlite_url: str, tmp_path: Path) -> None:
    path = manifest(tmp_path, {"a": "{ nothing }"})
    with pytest.raises(WrongDocuments, match="a: Cannot query field"):
        async with opened(sqlite_url, graphql_documents_path=path, graphql_documents_key=KEY):
            pass
    with pytest.raises(WrongSettings, match="FOYER_GRAPHQL_TRUSTED_ONLY: needs"):
        async with opened(sqlite_url, graphql_trusted_only=True):
            pass
