"""Bulk work by GraphQL: generating and importing vouchers, from lists and from files; how far it is, what failed."""

import json
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from gql.ids import encoder
from server.request_id import RequestIds
from tests.gql.shop import CARD, ERRORS, GIFT, campaign, done, errors, node, over, voucher
from tests.world import World, opened

IMPORT = f"""mutation ($input: VouchersImportInput!) {{ did: vouchersImport(input: $input) {{
  action {{ id type requestId }} voucherCampaign {{ name }} {ERRORS} }} }}"""
SHOWN = "action { id type status progress total requestId campaign { id } } voucherCampaign { generationStatus }"


async def upload(
    world: World, given: dict[str, Any], content: bytes, *, token: str | None = "acme", **parts: Any
) -> httpx2.Response:
    """A request by the GraphQL multipart request specification; `parts` stand in for its fields."""
    operations = {"query": IMPORT, "variables": {"input": {**given, "file": None}}}
    fields = {
        "operations": (None, json.dumps(operations)),
        "map": (None, json.dumps({"0": ["variables.input.file"]})),
        "0": ("codes.csv", content, "text/csv"),
        **parts,
    }
    headers = {} if token is None else {"Authorization": f"Bearer {world.secrets[token]}"}
    sent = {name: part for name, part in fields.items() if part is not None}
    return await world.client.post("/graphql", files=sent, headers={**headers, "Accept": "application/json"})


async def uploaded(world: World, given: dict[str, Any], content: bytes) -> Any:
    response = await upload(world, given, content)
    assert response.status_code == 200, response.text
    payload = response.json()["data"]["did"]
    assert payload["userErrors"] == []
    return await over(world, payload["action"]["id"])


async def vouchers_of(world: World, campaign_id: str, shown: str) -> dict[str, Any]:
    fields = f"... on VoucherCampaign {{ vouchersCount vouchers(first: 100) {{ nodes {{ code {shown} }} }} }}"
    found = await node(world, campaign_id, fields)
    assert found["vouchersCount"] == len(found["vouchers"]["nodes"])
    return {each.pop("code"): each for each in found["vouchers"]["nodes"]}


async def test_vouchers_are_generated_in_the_background(world: World) -> None:
    of = await campaign(world, benefit=GIFT, metadata={"tier": "gold"})
    given = {
        "campaignId": of["id"],
        "count": 30,
        "codeConfig": {"prefix": "N-", "length": 6},
        "redemptionLimit": 2,
        "category": "new",
        "metadata": {"own": 1},
        "expiresAt": "2030-01-01T00:00:00Z",
        "idempotencyKey": "k",
    }
    first = await done(world, "vouchersGenerate", given, SHOWN)
    action = first["action"]
    assert (action["type"], action["total"]) == ("CAMPAIGN_VOUCHERS_GENERATE", 30)
    assert (action["status"], action["progress"], action["campaign"]) == ("ENQUEUED", 0, {"id": of["id"]})
    assert first["voucherCampaign"]["generationStatus"] == "IN_PROGRESS"
    ended = await over(world, action["id"])
    assert (ended["status"], ended["progress"], ended["doneCount"], ended["failedCount"]) == ("DONE", 100, 30, 0)
    assert ended["message"] == "Generated 30 vouchers."
    assert ended["finishedAt"] is not None
    # A retry answers with the action as it is by now, and makes nothing.
    assert (await done(world, "vouchersGenerate", given, SHOWN))["action"]["id"] == action["id"]
    shown = "gift { balance { amount } } redemptionLimit category { name } metadata expiresAt"
    found = await vouchers_of(world, of["id"], shown)
    assert len(found) == 30
    assert all(code.startswith("N-") and len(code) == 8 for code in found)
    assert all(
        each
        == {
            "gift": {"balance": {"amount": "50.00"}},
            "redemptionLimit": 2,
            "category": {"name": "new"},
            "metadata": {"tier": "gold", "own": 1},
            "expiresAt": "2030-01-01T00:00:00Z",
        }
        for each in found.values()
    )


async def test_an_action_names_the_request_that_asked_for_it(world: World) -> None:
    given = {"campaignId": (await campaign(world))["id"], "count": 1}
    transport = httpx2.ASGITransport(app=RequestIds(world.app))
    async with httpx2.AsyncClient(transport=transport, base_url="http://foyer.test") as client:
        behind = replace(world, client=client)
        query = "mutation ($input: VouchersGenerateInput!) { vouchersGenerate(input: $input) { action { requestId } } }"
        answer = await behind.graphql(query, {"input": given}, **{"X-Request-Id": "abc-1"})
    assert answer.json()["data"]["vouchersGenerate"]["action"] == {"requestId": "abc-1"}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"count": 0}, ("INVALID", "vouchersCount")),
        ({"count": 10_000_001}, ("INVALID", "vouchersCount")),
        ({"count": 3, "codeConfig": {"pattern": "#", "charset": "01"}}, ("INVALID_CODE_CONFIG", "codeConfig")),
        ({"count": 3, "redemptionLimit": 0}, ("INVALID", "redemptionLimit")),
        ({"campaignId": encoder("VoucherCampaign")(99), "count": 1}, ("NOT_FOUND", "campaignId")),
        ({"campaignId": encoder("Voucher")(1), "count": 1}, ("INVALID", "campaignId")),
    ],
    ids=str,
)
async def test_what_cannot_be_generated(world: World, given: dict[str, Any], found: tuple[str, str]) -> None:
    of = await campaign(world)
    wanted = [("INVALID", "count")] if found[1] == "vouchersCount" else [found]
    assert await errors(world, "vouchersGenerate", {"campaignId": of["id"], **given}) == wanted
    assert (await world.data("{ actions { totalCount } }"))["actions"]["totalCount"] == 0


async def test_a_list_is_imported(world: World) -> None:
    of = await campaign(world, benefit=GIFT, metadata={"tier": "gold"})
    given = {
        "campaignId": of["id"],
        "idempotencyKey": "k",
        "vouchers": [
            {"code": "A"},
            {
                "code": "B/ü",
                "amount": "12.34",
                "redeemedAmount": "2.00",
                "redemptionLimit": 5,
                "redemptionCount": 1,
                "active": False,
                "category": "x",
                "expiresAt": "2030-01-01T00:00:00+01:00",
                "additionalInfo": "note",
                "metadata": {"own": 1},
            },
        ],
    }
    first = await done(world, "vouchersImport", given, SHOWN)
    assert (await done(world, "vouchersImport", given, SHOWN))["action"]["id"] == first["action"]["id"]
    ended = await over(world, first["action"]["id"])
    assert (ended["type"], ended["doneCount"], ended["failures"]["nodes"]) == ("CAMPAIGN_VOUCHERS_IMPORT", 2, [])
    shown = """gift { amount { amount } balance { amount } redeemedAmount { amount } }
      redemptionLimit redemptionCount active category { name } expiresAt additionalInfo metadata"""
    found = await vouchers_of(world, of["id"], shown)
    assert found["A"]["gift"]["balance"]["amount"] == "50.00"
    assert (found["A"]["metadata"], found["A"]["active"]) == ({"tier": "gold"}, True)
    assert found["B/ü"] == {
        "gift": {
            "amount": {"amount": "12.34"},
            "balance": {"amount": "10.34"},
            "redeemedAmount": {"amount": "2.00"},
        },
        "redemptionLimit": 5,
        "redemptionCount": 1,
        "active": False,
        "category": {"name": "x"},
        "expiresAt": "2029-12-31T23:00:00Z",
        "additionalInfo": "note",
        "metadata": {"tier": "gold", "own": 1},
    }
    cards = await campaign(world, "Cards", benefit=CARD)
    items = [{"code": "L", "points": 7, "redeemedPoints": 2}]
    payload = await done(world, "vouchersImport", {"campaignId": cards["id"], "vouchers": items}, "action { id }")
    await over(world, payload["action"]["id"])
    found = await vouchers_of(world, cards["id"], "loyaltyCard { points balance redeemedPoints }")
    assert found["L"]["loyaltyCard"] == {"points": 7, "balance": 5, "redeemedPoints": 2}


async def test_a_list_with_codes_that_exist_is_refused_as_a_whole(world: World) -> None:
    of = await campaign(world)
    await voucher(world, "A")
    for given, found in (
        ({"vouchers": [{"code": "A"}, {"code": "B"}]}, ("DUPLICATE_KEY", "code")),
        ({"vouchers": [{"code": "B"}, {"code": "B"}]}, ("DUPLICATE_KEY", "code")),
        ({"vouchers": [{"code": ""}]}, ("INVALID_VOUCHER", "code")),
        ({}, ("INVALID", "vouchers")),
        ({"vouchers": [{"code": "B", "amount": "-1"}]}, ("INVALID", "vouchers.0.amount")),
        ({"vouchers": [{"code": "B", "metadata": 1}]}, ("INVALID", "vouchers.0.metadata")),
    ):
        assert await errors(world, "vouchersImport", {"campaignId": of["id"], **given}) == [found], given
    assert (await world.data("{ actions { totalCount } }"))["actions"]["totalCount"] == 0


async def test_items_that_fail_are_told_and_the_rest_is_imported(world: World) -> None:
    of = await campaign(world)
    items = [{"code": "A"}, {"code": "B", "redemptionLimit": 0}]
    payload = await done(world, "vouchersImport", {"campaignId": of["id"], "vouchers": items}, "action { id }")
    ended = await over(world, payload["action"]["id"])
    assert (ended["status"], ended["doneCount"], ended["failedCount"]) == ("DONE", 1, 1)
    (failure,) = ended["failures"]["nodes"]
    assert (failure["code"], failure["row"]) == ("B", None)
    assert failure["reason"]
    assert list(await vouchers_of(world, of["id"], "id")) == ["A"]


async def test_a_file_is_imported_with_its_failures_by_row(world: World) -> None:
    of = await campaign(world, benefit=GIFT)
    content = "\ufeffCode;Active;Gift Amount;colour\nA;true;1234;red\n;;;\nB;perhaps;1;\nC;FALSE;;blue\n".encode()
    ended = await uploaded(world, {"campaignId": of["id"]}, content)
    assert (ended["type"], ended["status"]) == ("CAMPAIGN_VOUCHERS_IMPORT_CSV", "DONE")
    assert {each["row"] for each in ended["failures"]["nodes"]} >= {3}
    found = await vouchers_of(world, of["id"], "active gift { balance { amount } } metadata")
    assert found == {
        "A": {"active": True, "gift": {"balance": {"amount": "12.34"}}, "metadata": {"colour": "red"}},
        "C": {"active": False, "gift": {"balance": {"amount": "50.00"}}, "metadata": {"colour": "blue"}},
    }
    # The same file again does no harm: it switches, and adds nothing.
    await uploaded(world, {"campaignId": of["id"]}, b"Code,Active\nA,false\n")
    assert (await vouchers_of(world, of["id"], "active"))["A"] == {"active": False}


async def test_a_file_larger_than_its_part_in_memory_is_imported(world: World) -> None:
    of = await campaign(world)
    rows = [f"code-{number},{'x' * 2000}" for number in range(900)]
    ended = await uploaded(world, {"campaignId": of["id"]}, "\n".join(["Code,note", *rows]).encode())
    assert (ended["doneCount"], ended["failedCount"]) == (900, 0)


async def test_files_have_a_limit_of_their_own(database_url: str) -> None:
    async with opened(database_url, upload_limit_bytes=5000, body_limit_bytes=2000) as world:
        of = await campaign(world)
        assert (await uploaded(world, {"campaignId": of["id"]}, b"Code\nA\n" + b"\n" * 4000))["doneCount"] == 1
        response = await upload(world, {"campaignId": of["id"]}, b"Code\nB\n" + b"\n" * 8000)
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (413, "TOO_LARGE")
        response = await upload(world, {"campaignId": of["id"]}, b"Code\nB\n", map=(None, " " * 3000))
        assert response.status_code == 400
        assert list(await vouchers_of(world, of["id"], "id")) == ["A"]


async def test_what_is_wrong_with_a_file_is_a_user_error(world: World) -> None:
    of = await campaign(world)
    promotion = await campaign(world, "Sale", campaignType="PROMOTION", benefit=None)
    for given, content, code in (
        ({"campaignId": of["id"]}, b"", "INVALID_CSV"),
        ({"campaignId": of["id"]}, b"Name\nx\n", "INVALID_CSV"),
        ({"campaignId": promotion["id"]}, b"Code\nA\n", "INVALID_CAMPAIGN"),
        ({"campaignId": encoder("VoucherCampaign")(99)}, b"Code\nA\n", "NOT_FOUND"),
        ({"campaignId": of["id"], "vouchers": [{"code": "A"}]}, b"Code\nA\n", "INVALID"),
        ({"campaignId": of["id"], "idempotencyKey": "k"}, b"Code\nA\n", "INVALID"),
    ):
        payload = (await upload(world, given, content)).json()["data"]["did"]
        assert [error["code"] for error in payload["userErrors"]] == [code], given
        assert payload["action"] is None
    assert (await world.data("{ actions { totalCount } vouchers { totalCount } }"))["actions"]["totalCount"] == 0


MAP = (None, json.dumps({"0": ["variables.input.file"]}))


@pytest.mark.parametrize(
    "parts",
    [
        {"operations": None},
        {"operations": (None, "{")},
        {"operations": (None, "[]")},
        {"operations": (None, '{"query": "{ viewer { name } }"}')},
        {"map": None},
        {"map": (None, "[]")},
        {"map": (None, '{"1": ["variables.input.file"]}')},
        {"map": (None, '{"0": "variables.input.file"}')},
        {"map": (None, '{"0": ["variables.input.campaignId"]}')},
        {"map": (None, '{"0": ["variables.input.other"]}')},
        {"map": (None, '{"0": ["query"]}')},
        {"map": (None, '{"0": ["variables.input.file.0"]}')},
        {"map": (None, '{"0": [1]}')},
        {"0": None},
        {"0": (None, "no file name")},
        {str(number): ("x.csv", b"x") for number in range(1, 12)},
    ],
    ids=str,
)
async def test_forms_that_are_no_requests_are_400_and_do_nothing(world: World, parts: dict[str, Any]) -> None:
    of = await campaign(world)
    response = await upload(world, {"campaignId": of["id"]}, b"Code\nA\n", **parts)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")
    assert (await world.data("{ actions { totalCount } }"))["actions"]["totalCount"] == 0


async def test_bodies_that_are_no_forms_are_400(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.secrets['acme']}"}
    for kind, body in (
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"{}"),
        ("Multipart/Form-Data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="map"\r\n\r\n'),
    ):
        sent = {**headers, "Content-Type": kind}
        response = await world.client.post("/graphql", content=body, headers=sent)
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


async def test_files_are_put_into_lists_too(world: World) -> None:
    """A place may be an item of a list; which the mutation then refuses here, as no list is wanted."""
    operations = {"query": "query ($files: [Upload!]) { viewer { name } }", "variables": {"files": [None]}}
    parts: dict[str, Any] = {
        "operations": (None, json.dumps(operations)),
        "map": (None, '{"0": ["variables.files.0"]}'),
    }
    response = await upload(world, {}, b"x", **parts)
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a_form_without_a_token_is_not_looked_at(world: World) -> None:
    """So a page of another origin, which can post forms with a visitor's cookies, can do nothing."""
    of = await campaign(world)
    response = await upload(world, {"campaignId": of["id"]}, b"Code\nA\n", token=None)
    assert response.status_code == 401
    introspection = (None, '{"query": "{ __typename }", "variables": {"file": null}}')
    places = (None, '{"0": ["variables.file"]}')
    response = await upload(world, {}, b"x", token=None, operations=introspection, map=places)
    assert response.status_code == 401


async def test_a_file_is_a_part_of_the_form_and_nothing_else(world: World) -> None:
    of = await campaign(world)
    for file in ("Code\nA\n", {"content": "x"}, 1):
        response = await world.graphql(IMPORT, {"input": {"campaignId": of["id"], "file": file}})
        assert response.json()["errors"][0]["extensions"]["code"] == "BAD_VARIABLES"
    literal = f'mutation {{ vouchersImport(input: {{campaignId: "{of["id"]}", file: "x"}}) {{ __typename }} }}'
    response = await world.graphql(literal)
    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_actions_are_listed_filtered_and_found(world: World) -> None:
    of = await campaign(world, vouchersCount=2)
    other = await campaign(world, "Other")
    await uploaded(world, {"campaignId": other["id"]}, b"Code\nA\n")
    query = "{ actions(%s) { totalCount nodes { id token type } } }"
    for asked, types in (
        ("first: 9", ["CAMPAIGN_VOUCHERS_GENERATE", "CAMPAIGN_VOUCHERS_IMPORT_CSV"]),
        ("orderBy: {field: CREATED_AT, direction: DESC}, first: 1", ["CAMPAIGN_VOUCHERS_IMPORT_CSV"]),
        ("filter: {type: {eq: CAMPAIGN_VOUCHERS_GENERATE}}", ["CAMPAIGN_VOUCHERS_GENERATE"]),
        (f'filter: {{campaign: {{eq: "{other["id"]}"}}, status: {{oneOf: [DONE]}}}}', ["CAMPAIGN_VOUCHERS_IMPORT_CSV"]),
        ("filter: {status: {eq: FAILED}}", []),
    ):
        found = (await world.data(query % asked))["actions"]
        assert [each["type"] for each in found["nodes"]] == types
    (first, *_) = (await world.data(query % "first: 1"))["actions"]["nodes"]
    token = f'{{ action(token: "{first["token"]}") {{ id }} }}'
    assert (await world.data(token))["action"] == {"id": first["id"]}
    assert (await world.data(token, token="beta"))["action"] is None
    assert await node(world, first["id"], "id", token="beta") is None
    below = await node(world, of["id"], "... on VoucherCampaign { actions { nodes { token } } }")
    assert below["actions"]["nodes"] == [{"token": first["token"]}]
