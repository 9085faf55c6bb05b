"""Sales channels by GraphQL: types, filters, payloads, switches. What the verbs do is in tests/behaviour."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import update

from gql.ids import encoder
from models.token import token
from tests.world import World

gid = encoder("SalesChannel")
SHOWN = "salesChannel { id identifier type position active label labelTranslations createdAt }"
DO = "mutation ($input: SalesChannel%sInput!) {did: salesChannel%s(input: $input) {%s userErrors {code field message}}}"


async def do(world: World, verb: str, given: Mapping[str, Any], shown: str = SHOWN, *, token: str = "acme") -> Any:
    """The payload of one mutation."""
    return (await world.data(DO % (verb, verb, shown), {"input": given}, token=token))["did"]


async def made(world: World, identifier: str = "api.box", **more: Any) -> Any:
    payload = await do(world, "Create", {"identifier": identifier, "label": {"en": "Box", "de": "Kasse"}, **more})
    assert payload["userErrors"] == []
    return payload["salesChannel"]


async def errors(world: World, verb: str, given: Mapping[str, Any], *, token: str = "acme") -> list[tuple[Any, ...]]:
    """The user errors of a mutation that did nothing, as code and field."""
    shown = "deletedId" if verb == "Delete" else SHOWN
    payload = await do(world, verb, given, shown, token=token)
    assert payload["deletedId" if verb == "Delete" else "salesChannel"] is None
    return [(error["code"], error["field"] and ".".join(error["field"])) for error in payload["userErrors"]]


async def test_a_channel_is_made_found_changed_switched_and_deleted(world: World) -> None:
    box = await made(world, position=3)
    assert {name: box[name] for name in ("identifier", "type", "position", "active", "label")} == {
        "identifier": "api.box",
        "type": "API",
        "position": 3,
        "active": True,
        "label": "Box",
    }
    assert box["labelTranslations"] == {"en": "Box", "de": "Kasse"}
    assert box["createdAt"].startswith("2026-01-01T00:0")
    here = {"id": box["id"]}
    changed = (await do(world, "Update", {**here, "label": "Door", "position": 0}))["salesChannel"]
    assert changed == {**box, "label": "Door", "labelTranslations": {"en": "Door"}, "position": 0}
    # Neither can be null: that is nothing given.
    assert (await do(world, "Update", {**here, "label": None, "position": None}))["salesChannel"] == changed
    for verb, active in (("Disable", False), ("Disable", False), ("Enable", True), ("Enable", True)):
        assert (await do(world, verb, here))["salesChannel"] == {**changed, "active": active}
    node = f'{{ node(id: "{box["id"]}") {{ ... on SalesChannel {{ identifier }} }} }}'
    assert (await world.data(node))["node"] == {"identifier": "api.box"}
    assert await do(world, "Delete", here, "deletedId") == {"deletedId": box["id"], "userErrors": []}
    assert (await world.data(node))["node"] is None


async def test_what_is_wrong_is_said_of_each_field(world: World) -> None:
    wrong = {"identifier": "box", "label": "x", "position": -1}
    assert await errors(world, "Create", wrong) == [("INVALID", "input.identifier"), ("INVALID", "input.position")]
    box = await made(world)
    assert await errors(world, "Update", {"id": box["id"], "position": -1}) == [("INVALID", "input.position")]
    assert await errors(world, "Create", {"identifier": "api.box", "label": "x"}) == [("TAKEN", "input.identifier")]


@pytest.mark.parametrize("verb", ["Update", "Delete", "Enable", "Disable"])
async def test_channels_that_are_not_there(world: World, verb: str) -> None:
    assert await errors(world, verb, {"id": gid(10**6)}) == [("NOT_FOUND", "input.id")]
    for strange in ("x", encoder("GiftCard")(1), ""):
        assert await errors(world, verb, {"id": strange}) == [("INVALID", "input.id")]
    theirs = (await do(world, "Create", {"identifier": "api.b", "label": "b"}, token="beta"))["salesChannel"]
    assert await errors(world, verb, {"id": theirs["id"]}) == [("NOT_FOUND", "input.id")]
    assert await errors(world, verb, {"id": theirs["id"], "organizer": "beta"}) == [
        ("PERMISSION_DENIED", "input.organizer")
    ]
    # To show a channel is to read one; deleting shows none.
    assert await errors(world, verb, {"id": theirs["id"]}, token="acme_reads") == [("PERMISSION_DENIED", None)]


async def test_what_is_built_in_is_not_deleted_but_can_be_switched_off(world: World) -> None:
    web = (await world.data('{ salesChannel(identifier: "web") { id active } }'))["salesChannel"]
    assert await errors(world, "Delete", {"id": web["id"]}) == [("IN_USE", None)]
    assert (await do(world, "Disable", {"id": web["id"]}))["salesChannel"]["active"] is False


async def test_the_same_key_deletes_once_and_answers_twice(world: World) -> None:
    given = {"id": (await made(world))["id"], "idempotencyKey": "k"}
    first = await do(world, "Delete", given, "deletedId")
    assert first == {"deletedId": given["id"], "userErrors": []}
    assert await do(world, "Delete", given, "deletedId") == first
    assert await errors(world, "Delete", {**given, "idempotencyKey": "l"}) == [("NOT_FOUND", "input.id")]
    assert await errors(world, "Delete", {"id": gid(1), "idempotencyKey": "k"}) == [
        ("IDEMPOTENCY_KEY_REUSED", "input.idempotencyKey")
    ]


async def test_a_token_without_read_access_writes_and_is_shown_nothing(world: World) -> None:
    writes_only = update(token).where(token.c.name == "acme").values(access="write").returning(token.c.id)
    await world.database.write(lambda tx: tx.rows(writes_only))
    given = {"identifier": "api.box", "label": "Box", "idempotencyKey": "k"}
    assert await errors(world, "Create", given) == [("PERMISSION_DENIED", None)]
    # So nothing was done; and a retry is answered as the first.
    for _ in range(2):
        assert await do(world, "Create", given, "") == {"userErrors": []}


async def test_lists_are_filtered_below_the_root_and_below_an_organizer(world: World) -> None:
    off = await made(world, "api.off")
    await made(world, "api.on", position=1)
    await do(world, "Disable", {"id": off["id"]})
    for filter, found in (
        ("", ["api.off", "web", "api.on"]),
        ("(filter: {active: false})", ["api.off"]),
        ("(filter: {type: {eq: WEB}})", ["web"]),
        ('(filter: {identifier: {oneOf: ["web", "api.on", "x"]}, active: true})', ["web", "api.on"]),
    ):
        fields = f"salesChannels{filter} {{ totalCount nodes {{ identifier }} }}"
        data = await world.data(f'{{ {fields} organizer(slug: "acme") {{ {fields} }} }}')
        assert [node["identifier"] for node in data["salesChannels"]["nodes"]] == found
        assert data["salesChannels"]["totalCount"] == len(found)
        assert data["organizer"]["salesChannels"] == data["salesChannels"]


async def test_a_channel_is_found_by_its_very_identifier(world: World) -> None:
    for identifier in ("WEB", "nope", "", "w\\u0000"):
        assert await world.data(f'{{ salesChannel(identifier: "{identifier}") {{ id }} }}') == {"salesChannel": None}
    response = await world.graphql('{ salesChannel(identifier: "web") { id } }', token="acme_reads")
    assert response.json()["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"
    response = await world.graphql('{ salesChannel(organizer: "beta", identifier: "web") { id } }')
    assert response.json()["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"
