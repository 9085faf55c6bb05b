"""What can be done by GraphQL: payloads, userErrors, order, retries, and what is refused before anything is done."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text

from gql.ids import encoder
from models.gift_card import gift_card, gift_card_transaction
from models.idempotency_key import idempotency_key
from tests.world import World, count

GIFT_CARD = encoder("GiftCard")
ERRORS = "userErrors { code field message }"
CARD = "giftCard { id secret balance { amount currency } active testmode expiresAt conditions }"
DO = """mutation ($input: GiftCard%sInput!) { did: giftCard%s(input: $input) { %s %s } }"""


def gid(key: int) -> str:
    found = GIFT_CARD(key)
    assert found is not None
    return found


async def do(world: World, verb: str, given: Mapping[str, Any], shown: str = CARD, *, token: str = "acme") -> Any:
    """The payload of one mutation."""
    name = verb.capitalize()
    return (await world.data(DO % (name, name, shown, ERRORS), {"input": given}, token=token))["did"]


async def errors(world: World, verb: str, given: Mapping[str, Any], *, token: str = "acme") -> list[tuple[Any, ...]]:
    """The user errors of a mutation that did nothing, as code and field."""
    payload = await do(world, verb, given, token=token)
    assert payload["giftCard"] is None
    assert all(error["message"] for error in payload["userErrors"])
    return [(error["code"], error["field"] and ".".join(error["field"])) for error in payload["userErrors"]]


async def balance(world: World, key: int = 1) -> str:
    query = "query ($id: ID!) { node(id: $id) { ... on GiftCard { balance { amount } } } }"
    found: str = (await world.data(query, {"id": gid(key)}))["node"]["balance"]["amount"]
    return found


async def books(world: World) -> int:
    return await count(world, gift_card_transaction)


# -- payloads --------------------------------------------------------------------------------------------------------


async def test_issue(world: World) -> None:
    given = {
        "amount": "12.50",
        "currency": "EUR",
        "secret": "GIFT-1",
        "testmode": True,
        "expiresAt": "2027-01-01T01:00:00+01:00",
        "conditions": "Only ☃",
        "organizer": "acme",
    }
    shown = CARD.replace("{ id", "{ transactions { nodes { number amount { amount } text info acceptorSlug } } id")
    payload = await do(world, "issue", given, shown)
    key = payload["giftCard"].pop("id")
    assert payload == {
        "giftCard": {
            "transactions": {
                "nodes": [
                    {"number": 1, "amount": {"amount": "12.50"}, "text": None, "info": None, "acceptorSlug": "acme"}
                ]
            },
            "secret": "GIFT-1",
            "balance": {"amount": "12.50", "currency": "EUR"},
            "active": True,
            "testmode": True,
            "expiresAt": "2027-01-01T00:00:00Z",
            "conditions": "Only ☃",
        },
        "userErrors": [],
    }
    assert (await world.data("query ($k: ID!) { node(id: $k) { id } }", {"k": key}))["node"] == {"id": key}


async def test_issue_makes_up_a_secret_and_takes_nulls_for_absent(world: World) -> None:
    nulls = dict.fromkeys(
        ("secret", "testmode", "expiresAt", "conditions", "ownerTicket", "organizer", "idempotencyKey")
    )
    for given in ({}, nulls):
        card = (await do(world, "issue", {"amount": 0, "currency": "JPY", **given}))["giftCard"]
        assert len(card.pop("secret")) == 16
        assert {name: card[name] for name in ("active", "testmode", "expiresAt", "conditions")} == {
            "active": True,
            "testmode": False,
            "expiresAt": None,
            "conditions": None,
        }
        assert card["balance"] == {"amount": "0.00", "currency": "JPY"}


async def test_transact(world: World) -> None:
    key = await world.card(1000)
    shown = (
        "giftCard { balance { amount } } transaction { number amount { amount currency } balanceAfter { amount } text }"
    )
    payload = await do(world, "transact", {"id": gid(key), "amount": "-10.00", "text": "Tea"}, shown)
    assert payload == {
        "giftCard": {"balance": {"amount": "0.00"}},
        "transaction": {
            "number": 2,
            "amount": {"amount": "-10.00", "currency": "EUR"},
            "balanceAfter": {"amount": "0.00"},
            "text": "Tea",
        },
        "userErrors": [],
    }


async def test_transact_on_a_card_of_an_issuer_that_is_accepted(world: World) -> None:
    accepted, invited = [await world.card(500, of=of) for of in ("beta", "gamma")]
    shown = "giftCard { issuer { slug } balance { amount } } transaction { acceptorSlug giftCard { secret } }"
    payload = await do(world, "transact", {"id": gid(accepted), "amount": "-1.00"}, shown)
    assert payload["giftCard"] == {"issuer": {"slug": "beta"}, "balance": {"amount": "4.00"}}
    assert payload["transaction"]["acceptorSlug"] == "acme"
    assert await errors(world, "transact", {"id": gid(invited), "amount": "-1.00"}) == [("NOT_FOUND", "input.id")]


async def test_update_changes_what_is_given_and_nothing_else(world: World) -> None:
    key = await world.card(1000, conditions="first")
    changed = await do(world, "update", {"id": gid(key), "balance": "7.50", "expiresAt": "2030-01-01T00:00:00Z"})
    card = changed["giftCard"]
    assert (card["balance"]["amount"], card["expiresAt"], card["conditions"]) == (
        "7.50",
        "2030-01-01T00:00:00Z",
        "first",
    )
    card = (await do(world, "update", {"id": gid(key), "expiresAt": None, "conditions": None}))["giftCard"]
    assert (card["balance"]["amount"], card["expiresAt"], card["conditions"]) == ("7.50", None, None)
    amounts = await world.data("{ giftCards { nodes { transactions { nodes { amount { amount } } } } } }")
    (transactions,) = [node["transactions"]["nodes"] for node in amounts["giftCards"]["nodes"]]
    assert [found["amount"]["amount"] for found in transactions] == ["10.00", "-2.50"]


async def test_update_with_a_null_balance_books_nothing(world: World) -> None:
    key = await world.card(1000)
    assert (await do(world, "update", {"id": gid(key), "balance": None}))["userErrors"] == []
    assert await books(world) == 1


async def test_disable_and_enable(world: World) -> None:
    key = await world.card(1000)
    for verb, active in (("disable", False), ("disable", False), ("enable", True), ("enable", True)):
        payload = await do(world, verb, {"id": gid(key)})
        assert (payload["giftCard"]["active"], payload["userErrors"]) == (active, [])


# -- user errors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"amount": "-0.01"}, [("INVALID", "input.amount")]),
        ({"amount": "1.001"}, [("INVALID", "input.amount")]),
        ({"amount": "100000000000.00"}, [("INVALID", "input.amount")]),
        ({"currency": "XXY"}, [("INVALID", "input.currency")]),
        ({"currency": "eur"}, [("INVALID", "input.currency")]),
        ({"secret": "a b"}, [("INVALID", "input.secret")]),
        ({"secret": "x" * 191}, [("INVALID", "input.secret")]),
        ({"secret": "TAKEN"}, [("TAKEN", "input.secret")]),
        ({"secret": "BETAS"}, [("TAKEN", "input.secret")]),
        ({"conditions": "\0"}, [("INVALID", "input.conditions")]),
        ({"ownerTicket": "nobody"}, [("NOT_FOUND", "input.ownerTicket")]),
        ({"organizer": "beta"}, [("PERMISSION_DENIED", "input.organizer")]),
        ({"organizer": "none"}, [("PERMISSION_DENIED", "input.organizer")]),
        ({"idempotencyKey": ""}, [("INVALID", "input.idempotencyKey")]),
        ({"idempotencyKey": "k" * 256}, [("INVALID", "input.idempotencyKey")]),
        (
            {"amount": "-1", "currency": "XXY", "secret": "-"},
            [("INVALID", "input.secret"), ("INVALID", "input.amount"), ("INVALID", "input.currency")],
        ),
    ],
)
async def test_issue_tells_each_field_at_fault(world: World, given: dict[str, Any], expected: list[Any]) -> None:
    await world.card(secret="TAKEN")
    await world.card(secret="BETAS", of="beta")
    assert await errors(world, "issue", {"amount": "1.00", "currency": "EUR", **given}) == expected
    assert [await count(world, gift_card), await books(world)] == [2, 2]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"amount": "-5.01"}, ("INSUFFICIENT_FUNDS", "input.amount")),
        ({"amount": "99999999999.99"}, ("AMOUNT_TOO_LARGE", "input.amount")),
        ({"amount": "0.001"}, ("INVALID", "input.amount")),
        ({"text": "\0"}, ("INVALID", "input.text")),
        ({"id": gid(10**6)}, ("NOT_FOUND", "input.id")),
        ({"id": "nonsense"}, ("INVALID", "input.id")),
        ({"id": "T3JnYW5pemVyOjE="}, ("INVALID", "input.id")),
        ({"organizer": "gamma"}, ("PERMISSION_DENIED", "input.organizer")),
    ],
)
async def test_transact_tells_the_field_at_fault(world: World, given: dict[str, Any], expected: Any) -> None:
    key = await world.card(500)
    assert await errors(world, "transact", {"id": gid(key), "amount": "1.00", **given}) == [expected]
    assert (await balance(world), await books(world)) == ("5.00", 1)


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
async def test_a_card_s_ticket_is_named_by_its_id_or_its_secret(world: World) -> None:
    record = """mutation { did: orderRecord(input: {event: "conf", code: "O1", tickets: ["T-1"]}) {
      order { tickets { nodes { id } } } userErrors { message } } }"""
    ticket = (await world.data(record))["did"]["order"]["tickets"]["nodes"][0]["id"]
    for name in (ticket, "T-1"):
        given = {"amount": "1.00", "currency": "EUR", "ownerTicket": name}
        assert (await do(world, "issue", given, "giftCard { ownerTicketId }"))["giftCard"] == {"ownerTicketId": ticket}
    for name in (encoder("Ticket")(10**6), gid(1)):
        given = {"amount": "1.00", "currency": "EUR", "ownerTicket": name}
        assert await errors(world, "issue", given) == [("NOT_FOUND", "input.ownerTicket")]


async def test_an_issuer_finds_what_was_booked_in_whose_shop(world: World) -> None:
    """Its own organizer's global id and an acceptor's narrow the ledger; what paid no order is found by none."""
    spent = gid(await world.card(500, of="beta"))
    await do(world, "transact", {"id": spent, "amount": "-1.00"})
    await do(world, "transact", {"id": spent, "amount": "-2.00"}, token="beta")
    query = """query ($acceptor: ID) {
      giftCardTransactions(filter: { acceptor: { eq: $acceptor }, order: { eq: null } }) { nodes { amount { amount } } }
      none: giftCardTransactions(filter: { not: { order: { eq: null } } }) { totalCount } }"""
    booked = []
    for slug in ("acme", "beta"):
        whose = (await world.data("{ viewer { organizers { nodes { id } } } }", token=slug))["viewer"]["organizers"]
        found = await world.data(query, {"acceptor": whose["nodes"][0]["id"]}, token="beta")
        booked.append([each["amount"]["amount"] for each in found["giftCardTransactions"]["nodes"]])
        assert found["none"] == {"totalCount": 0}
    assert booked == [["-1.00"], ["5.00", "-2.00"]]


async def test_messages_are_for_developers(world: World) -> None:
    key = await world.card(500)
    payload = await do(world, "transact", {"id": gid(key), "amount": "-6.00"})
    assert [error["message"] for error in payload["userErrors"]] == ["The gift card does not have sufficient credit."]


async def test_a_card_that_is_off_refuses_bookings(world: World) -> None:
    key = await world.card(500)
    await do(world, "disable", {"id": gid(key)})
    assert await errors(world, "transact", {"id": gid(key), "amount": "-1.00"}) == [("DISABLED", None)]
    assert await errors(world, "update", {"id": gid(key), "balance": "1.00"}) == [("DISABLED", None)]


@pytest.mark.parametrize("verb", ["update", "transact", "enable", "disable"])
async def test_another_tenant_s_card_and_none_look_the_same(world: World, verb: str) -> None:
    key = await world.card(500)
    given = {"amount": "-1.00"} if verb == "transact" else {}
    theirs = await do(world, verb, {"id": gid(key), **given}, token="beta")
    none = await do(world, verb, {"id": gid(10**6), **given}, token="beta")
    assert theirs == none
    assert [error["code"] for error in theirs["userErrors"]] == ["NOT_FOUND"]


@pytest.mark.parametrize("verb", ["issue", "update", "transact", "enable", "disable"])
@pytest.mark.parametrize("token", ["acme_reads", "acme_nothing"])
async def test_writing_needs_its_scope(world: World, verb: str, token: str) -> None:
    key = await world.card(500)
    given: dict[str, Any] = {} if verb == "issue" else {"id": gid(key)}
    given |= {"amount": "1.00"} if verb in ("issue", "transact") else {}
    given |= {"currency": "EUR"} if verb == "issue" else {"balance": "1.00"} if verb == "update" else {}
    name = verb.capitalize()
    found = await world.data(DO % (name, name, "", ERRORS), {"input": given}, token=token)
    assert [error["code"] for error in found["did"]["userErrors"]] == ["PERMISSION_DENIED"]
    assert (await balance(world), await count(world, gift_card)) == ("5.00", 1)


async def test_a_payload_that_may_not_be_read_is_refused_before_anything_is_done(world: World) -> None:
    """A token that may write and not read gets no balance by way of a booking, and is not left in doubt about it."""
    key = await world.card(500)
    given = {"id": gid(key), "amount": "-1.00"}
    assert await errors(world, "transact", given, token="acme_writes") == [("PERMISSION_DENIED", None)]
    shown = await do(world, "transact", given, "transaction { number }", token="acme_writes")
    assert shown["userErrors"][0]["code"] == "PERMISSION_DENIED"
    assert (await balance(world), await books(world)) == ("5.00", 1)
    assert (await do(world, "transact", given, "__typename", token="acme_writes"))["userErrors"] == []
    assert (await balance(world), await books(world)) == ("4.00", 2)


async def test_a_page_out_of_bounds_in_a_payload_is_told_at_its_field(world: World) -> None:
    key = await world.card(500)
    shown = "giftCard { balance { amount } transactions(first: 101) { totalCount } }"
    variables = {"input": {"id": gid(key), "amount": "-1.00"}}
    answer = (await world.graphql(DO % ("Transact", "Transact", shown, ERRORS), variables)).json()
    assert answer["data"]["did"]["giftCard"] == {"balance": {"amount": "4.00"}, "transactions": None}
    assert [error["path"] for error in answer["errors"]] == [["did", "giftCard", "transactions"]]
    assert await books(world) == 2


# -- several ---------------------------------------------------------------------------------------------------------


async def test_mutations_of_one_request_run_in_order_and_alone(world: World) -> None:
    """The second sees what the first did; one that is refused takes nothing back and stops nothing."""
    key = gid(await world.card(500))
    book = "giftCard { balance { amount } } userErrors { code }"
    found = await world.data(
        f"""mutation ($id: ID!, $off: GiftCardDisableInput!) {{
          a: giftCardTransact(input: {{id: $id, amount: "-4.00"}}) {{ {book} }}
          __typename
          b: giftCardTransact(input: {{id: $id, amount: "-4.00"}}) {{ {book} }}
          c: giftCardTransact(input: {{id: $id, amount: 4}}) {{ {book} }}
          giftCardDisable(input: $off) {{ {book} }}
          d: giftCardTransact(input: {{id: $id, amount: "1.00"}}) {{ {book} }}
          giftCardUpdate(input: {{id: $id, conditions: "none"}}) {{ ...P }}
        }} fragment P on GiftCardUpdatePayload {{ {book} }}""",
        {"id": key, "off": {"id": key}},
    )
    assert list(found) == ["a", "__typename", "b", "c", "giftCardDisable", "d", "giftCardUpdate"]
    assert found.pop("__typename") == "Mutation"
    shown = [
        (each["giftCard"] and each["giftCard"]["balance"]["amount"], each["userErrors"]) for each in found.values()
    ]
    assert shown == [
        ("1.00", []),
        (None, [{"code": "INSUFFICIENT_FUNDS"}]),
        ("5.00", []),
        ("5.00", []),
        (None, [{"code": "DISABLED"}]),
        ("5.00", []),
    ]


async def test_mutations_may_be_left_out_by_variables(world: World) -> None:
    key = gid(await world.card(500))
    query = """mutation ($id: ID!, $on: Boolean!, $off: Boolean = false) {
      giftCardEnable(input: {id: $id}) @include(if: $on) { giftCard { active } }
      giftCardDisable(input: {id: $id}) @include(if: $off) { giftCard { active secret @skip(if: $on) } } }"""
    assert await world.data(query, {"id": key, "on": True}) == {"giftCardEnable": {"giftCard": {"active": True}}}
    found = await world.data(query, {"id": key, "on": False, "off": True})
    assert set(found["giftCardDisable"]["giftCard"]) == {"active", "secret"}


async def test_the_same_mutation_twice_without_an_alias_is_one(world: World) -> None:
    """By the specification fields of one key with the same arguments are merged."""
    key = gid(await world.card(500))
    book = f'giftCardTransact(input: {{id: "{key}", amount: "-1.00"}})'
    found = await world.data(f"mutation {{ {book} {{ giftCard {{ secret }} }} {book} {{ transaction {{ number }} }} }}")
    assert set(found["giftCardTransact"]) == {"giftCard", "transaction"}
    assert await balance(world) == "4.00"


# -- retries ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["issue", "update", "transact", "disable"])
async def test_a_retry_with_its_key_answers_as_before_and_does_nothing(world: World, verb: str) -> None:
    given: dict[str, Any] = {"idempotencyKey": "k 1 ☃"}
    if verb == "issue":
        given |= {"amount": "5.00", "currency": "EUR"}
    else:
        given |= {"id": gid(await world.card(500))}
        given |= {"amount": "-1.00"} if verb == "transact" else {"balance": "2.00"} if verb == "update" else {}
    shown = CARD + " transaction { id number }" * (verb == "transact")
    first = await do(world, verb, given, shown)
    booked = await books(world)
    for _ in range(3):
        assert await do(world, verb, given, shown) == first
    assert first["userErrors"] == []
    assert await books(world) == booked
    assert await count(world, gift_card) == 1


async def test_a_retry_may_ask_for_something_else_and_shows_what_is_now(world: World) -> None:
    key = await world.card(500)
    given = {"id": gid(key), "amount": "-1.00", "idempotencyKey": "k"}
    await do(world, "transact", given, "transaction { number }")
    await world.transact(key, -100)
    found = await do(
        world, "transact", given, "giftCard { balance { amount } } transaction { number balanceAfter { amount } }"
    )
    assert found["transaction"] == {"number": 2, "balanceAfter": {"amount": "4.00"}}
    assert found["giftCard"] == {"balance": {"amount": "3.00"}}


async def test_a_key_with_another_input_or_verb_is_refused(world: World) -> None:
    key = gid(await world.card(500))
    await do(world, "transact", {"id": key, "amount": "-1.00", "idempotencyKey": "k"})
    for verb, given in (
        ("transact", {"amount": "-2.00"}),
        ("transact", {"amount": "-1.00", "text": "x"}),
        ("disable", {}),
    ):
        found = await errors(world, verb, {"id": key, "idempotencyKey": "k", **given})
        assert found == [("IDEMPOTENCY_KEY_REUSED", "input.idempotencyKey")]
    assert await books(world) == 2


async def test_a_refusal_is_not_kept(world: World) -> None:
    key = await world.card(500)
    given = {"id": gid(key), "amount": "-6.00", "idempotencyKey": "k"}
    assert await errors(world, "transact", given) == [("INSUFFICIENT_FUNDS", "input.amount")]
    assert await world.database.write(lambda tx: tx.rows(idempotency_key.select())) == []
    await world.transact(key, 100)
    assert (await do(world, "transact", given))["giftCard"]["balance"]["amount"] == "0.00"


async def test_keys_are_each_token_s_own(world: World) -> None:
    for token in ("acme", "beta"):
        card = await do(world, "issue", {"amount": "1.00", "currency": "EUR", "idempotencyKey": "k"}, token=token)
        assert card["userErrors"] == []
    assert await count(world, gift_card) == 2


async def test_one_request_with_one_key_twice(world: World) -> None:
    book = f'giftCardTransact(input: {{id: "{gid(await world.card(500))}", amount: "-1.00", idempotencyKey: "k"}})'
    shown = "{ transaction { number } userErrors { code } }"
    found = await world.data(f"mutation {{ a: {book} {shown} b: {book} {shown} }}")
    assert found["a"] == found["b"] == {"transaction": {"number": 2}, "userErrors": []}
    assert await balance(world) == "4.00"


# -- info ------------------------------------------------------------------------------------------------------------

VALUES: tuple[Any, ...] = (
    {},
    [],
    0,
    "",
    False,
    {"a": {"b": [1, -2, 2.5, None, True, "ü☃\u2028\0", {"": []}]}},
    2**63 - 1,
    -(2**63),
    1e-7,
    [[[[[[[[[[[[[[[[[[[["deep"]]]]]]]]]]]]]]]]]]]],
)
INFO = """mutation ($input: GiftCardTransactInput!) { giftCardTransact(input: $input) {
  transaction { info } userErrors { code } } }"""


@pytest.mark.parametrize("value", VALUES, ids=repr)
async def test_info_comes_back_as_it_was(world: World, value: Any) -> None:
    key = gid(await world.card(500))
    payload = await world.data(INFO, {"input": {"id": key, "amount": "1.00", "info": value}})
    assert payload["giftCardTransact"] == {"transaction": {"info": value}, "userErrors": []}
    found = await world.data("{ giftCards { nodes { transactions(last: 1) { nodes { info } } } } }")
    assert found["giftCards"]["nodes"][0]["transactions"]["nodes"] == [{"info": value}]


async def test_info_written_in_the_document(world: World) -> None:
    key = gid(await world.card(500))
    query = """mutation ($id: ID!, $v: JSON) { giftCardTransact(input: {id: $id, amount: "1.00",
      info: {a: [1, -2.5, "x", true, null, B, {c: $v}]}}) { transaction { info } } }"""
    found = await world.data(query, {"id": key, "v": {"d": [1]}})
    assert found["giftCardTransact"]["transaction"]["info"] == {"a": [1, -2.5, "x", True, None, "B", {"c": {"d": [1]}}]}


async def test_no_info_is_null(world: World) -> None:
    key = gid(await world.card(500))
    for given in ({}, {"info": None}):
        payload = await world.data(INFO, {"input": {"id": key, "amount": "1.00", **given}})
        assert payload["giftCardTransact"]["transaction"] == {"info": None}


@pytest.mark.parametrize("value", ["18446744073709551616", "-9223372036854775809", "1e999", "[" * 260 + "]" * 260])
@pytest.mark.parametrize("inside", ["%s", "{a: [%s]}"])
async def test_info_that_json_cannot_say_is_refused_before_anything_is_done(
    world: World, value: str, inside: str
) -> None:
    key = gid(await world.card(500))
    info = inside % value
    query = (
        f'mutation {{ giftCardTransact(input: {{id: "{key}", amount: "1.00", info: {info}}}) {{ giftCard {{ id }} }} }}'
    )
    response = await world.graphql(query)
    (error,) = response.json()["errors"]
    assert response.status_code == 400
    assert error["extensions"]["code"] in ("GRAPHQL_VALIDATION_FAILED", "LIMIT_EXCEEDED")
    assert await books(world) == 1


async def test_deep_info_in_variables_is_refused_before_anything_is_done(world: World) -> None:
    key = gid(await world.card(500))
    deep: Any = 1
    for _ in range(70):
        deep = [deep]
    response = await world.graphql(INFO, {"input": {"id": key, "amount": "1.00", "info": deep}})
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert await books(world) == 1


async def test_what_was_done_is_answered_though_a_later_mutation_fails(world: World) -> None:
    """A client that is told nothing of the first would do it again."""
    key = gid(await world.card(500))
    await world.database.write(lambda tx: tx.rows(text("ALTER TABLE gift_card_transaction RENAME TO elsewhere")))
    found = await world.graphql(
        """mutation ($id: ID!) {
          off: giftCardDisable(input: {id: $id}) { giftCard { active } }
          on: giftCardEnable(input: {id: $id}) { giftCard { active } }
          booked: giftCardTransact(input: {id: $id, amount: "1.00"}) { giftCard { active } }
        }""",
        {"id": key},
    )
    assert found.status_code == 200
    answer = found.json()
    assert answer["data"]["off"] == {"giftCard": {"active": False}}
    assert answer["data"]["booked"] is None
    (error,) = answer["errors"]
    assert error["path"] == ["booked"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "elsewhere" not in found.text


async def test_nothing_is_answered_if_the_first_mutation_fails(world: World) -> None:
    key = gid(await world.card(500))
    await world.database.write(lambda tx: tx.rows(text("ALTER TABLE gift_card_transaction RENAME TO elsewhere")))
    book = 'mutation ($id: ID!) { giftCardTransact(input: {id: $id, amount: "1.00"}) { giftCard { id } } }'
    found = await world.graphql(book, {"id": key})
    assert found.status_code == 500
    assert "data" not in found.json()
