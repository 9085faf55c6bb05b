"""What bad input gets: a clear error with its code and status, never a 500, and nothing written."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2
import orjson
import pytest

from models.gift_card import gift_card, gift_card_transaction
from models.idempotency_key import idempotency_key
from tests.world import World, count, opened

CARD = "R2lmdENhcmQ6MQ=="
ISSUE = "mutation ($input: GiftCardIssueInput!) { giftCardIssue(input: $input) { userErrors { code field message } } }"
BOOK = "mutation ($i: GiftCardTransactInput!) { giftCardTransact(input: $i) { userErrors { code field message } } }"
# More than any limit of the defaults.
MANY = 10_000


# What is refused before any engine is asked.
without_engine = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
async def funded(world: World) -> AsyncIterator[World]:
    """One card with 5.00 on it; afterwards nothing was written, whatever was asked."""
    assert await world.card(500, secret="AA11") == 1
    yield world
    cards = (await world.data("{ giftCards { nodes { secret balance { amount } } } }"))["giftCards"]["nodes"]
    assert cards == [{"secret": "AA11", "balance": {"amount": "5.00"}}]
    assert [await count(world, table) for table in (gift_card, gift_card_transaction)] == [1, 1]
    assert await world.database.write(lambda tx: tx.rows(idempotency_key.select())) == []


async def refused(world: World, query: str, variables: Mapping[str, Any] | None = None) -> tuple[str, str]:
    """Code and message of the one or first error of a request that was not run."""
    response = await world.graphql(query, variables)
    return refusal(response)


def refusal(response: httpx2.Response) -> tuple[str, str]:
    answer = response.json()
    assert response.status_code == 400, answer
    assert "data" not in answer
    for error in answer["errors"]:
        assert error["message"]
        assert error["extensions"]["code"]
    return answer["errors"][0]["extensions"]["code"], answer["errors"][0]["message"]


async def in_part(world: World, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The one error, at a field, of a request that was answered all the same."""
    response = await world.graphql(query, variables)
    answer = response.json()
    assert response.status_code == 200, answer
    (error,) = answer["errors"]
    assert isinstance(error["path"], list)
    found: dict[str, Any] = error
    return found


def nested(levels: int, start: str = "giftCards", inner: str = "id") -> str:
    """A query of this many levels of selection sets."""
    names = [start, "nodes", *("transactions(first: 1)", "nodes", "giftCard") * levels][: levels - 1]
    return "{ " + " { ".join([*names, "__typename" if len(names) % 3 == 1 else inner]) + " }" * levels


# -- the document ----------------------------------------------------------------------------------------------------


@without_engine
async def test_depth(funded: World) -> None:
    assert (await funded.graphql(nested(15).replace("giftCards", "giftCards(first: 1)"))).status_code == 200
    assert await refused(funded, nested(16)) == ("LIMIT_EXCEEDED", "The document has 16 levels; 15 are allowed.")


@without_engine
async def test_depth_counts_fragments_and_not_what_wraps_them(funded: World) -> None:
    wrapped = "{ ... on Query { ... { ...R } } } fragment R on Query { " + nested(15)[2:]
    assert (await funded.graphql(wrapped.replace("giftCards", "giftCards(first: 1)"))).status_code == 200
    deep = "{ ...R } fragment R on Query { giftCards { ...C } } fragment C on GiftCardConnection { nodes { ...G } } "
    deep += "fragment G on GiftCard " + "{ transactions { nodes { giftCard " * 5 + "{ id }" + " } } }" * 5
    assert await refused(funded, deep) == ("LIMIT_EXCEEDED", "The document has 18 levels; 15 are allowed.")


@without_engine
@pytest.mark.parametrize("number", [101, MANY])
async def test_aliases(funded: World, number: int) -> None:
    code, message = await refused(funded, "{ viewer { " + " ".join(f"a{n}: name" for n in range(number)) + " } }")
    assert code == "LIMIT_EXCEEDED"
    assert message == "The document has 101 aliases; 100 are allowed." if number == 101 else "characters" in message


@without_engine
async def test_aliases_in_fragments_and_in_every_operation_count(funded: World) -> None:
    some = " ".join(f"a{n}: name" for n in range(60))
    document = f"query A {{ viewer {{ {some} }} }} query B {{ viewer {{ ... {{ {some} }} }} }}"
    response = await funded.client.post(
        "/graphql",
        json={"query": document, "operationName": "A"},
        headers={"Authorization": f"Bearer {funded.secrets['acme']}", "Accept": "application/graphql-response+json"},
    )
    assert refusal(response)[1] == "The document has 120 aliases; 100 are allowed."


@without_engine
async def test_tokens(funded: World) -> None:
    code, message = await refused(funded, "{ viewer { " + "name " * 5000 + "} }")
    assert code == "LIMIT_EXCEEDED"
    assert "5000 tokens" in message


@without_engine
async def test_root_fields(funded: World) -> None:
    fields = [f"a{n}: viewer {{ kind }}" for n in range(21)]
    assert (await funded.graphql("{ " + " ".join(fields[:20]) + " }")).status_code == 200
    code, message = await refused(funded, "{ " + " ".join(fields) + " }")
    assert (code, message) == ("LIMIT_EXCEEDED", "The document has 21 root fields; 20 are allowed.")


@without_engine
async def test_root_fields_in_fragments_count(funded: World) -> None:
    fields = " ".join(f"a{n}: viewer {{ kind }}" for n in range(11))
    more = " ".join(f"b{n}: viewer {{ kind }}" for n in range(11))
    document = f"{{ ...F ... {{ {more} }} }} fragment F on Query {{ {fields} }}"
    assert (await refused(funded, document))[1] == "The document has 22 root fields; 20 are allowed."


@without_engine
async def test_mutations_in_fragments_count_as_root_fields(funded: World) -> None:
    one = f'giftCardDisable(input: {{id: "{CARD}"}}) {{ giftCard {{ id }} }}'
    document = "mutation { ...F } fragment F on Mutation { " + " ".join(f"a{n}: {one}" for n in range(21)) + " }"
    assert (await refused(funded, document))[0] == "LIMIT_EXCEEDED"


@without_engine
async def test_fields_are_counted_wherever_their_fragment_is_spread(funded: World) -> None:
    """A few fragments within each other are millions of fields, which nothing must even begin to compile."""
    parts = [
        f"fragment F{level} on Organizer {{ "
        + " ".join(
            f"a{level}{n}: giftCards(first: 1) {{ nodes {{ issuer {{ ...F{level + 1} }} }} }}" for n in range(20)
        )
        + " }"
        for level in range(4)
    ]
    document = '{ organizer(slug: "acme") { ...F0 } } fragment F4 on Organizer { id } ' + " ".join(parts)
    code, message = await refused(funded, document)
    assert (code, message) == ("LIMIT_EXCEEDED", "The document has 665261 fields; 1000 are allowed.")


@without_engine
@pytest.mark.parametrize(
    "document",
    [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { viewer { name } ...B } fragment B on Query { ...A }",
        "{ viewer { ...V } } fragment V on Viewer { organizers { nodes { giftCards { nodes { issuer { ...O } } } } } } "
        "fragment O on Organizer { giftCards { nodes { issuer { ...O } } } }",
    ],
)
async def test_fragment_cycles(funded: World, document: str) -> None:
    code, message = await refused(funded, document)
    assert code == "GRAPHQL_VALIDATION_FAILED"
    assert "itself" in message


@without_engine
async def test_a_long_chain_of_fragments(funded: World) -> None:
    chain = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(500))
    document = "{ ...F0 } " + chain + " fragment F500 on Query { viewer { name } }"
    response = await funded.graphql(document)
    assert response.status_code in (200, 400)
    if response.status_code == 400:
        assert refusal(response)[0] == "LIMIT_EXCEEDED"


@without_engine
@pytest.mark.parametrize("text", ["{" * 200_000, "{a" * 200_000, "[" * 200_000, "query Q($a: " + "[" * 200_000])
async def test_two_hundred_thousand_brackets_in_the_document(funded: World, text: str) -> None:
    code, _ = await refused(funded, text)
    assert code in ("GRAPHQL_PARSE_FAILED", "LIMIT_EXCEEDED")


@without_engine
async def test_brackets_within_the_token_limit(funded: World) -> None:
    """As many as the token limit lets through, everywhere a document may nest."""
    deep = 2000
    for text in (
        "{a" * deep + "}" * deep,
        "{ ..." + "{ ..." * deep + "{ __typename }" + "}" * (deep + 1),
        "{ viewer(a: " + "[" * deep + "]" * deep + ") { name } }",
        "{ viewer(a: " + "{a:" * 1600 + "1" + "}" * 1600 + ") { name } }",
        "query Q($a: " + "[" * deep + "Int" + "]" * deep + ") { viewer { name } }",
    ):
        code, _ = await refused(funded, text)
        assert code in ("GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "LIMIT_EXCEEDED")


@without_engine
async def test_deep_introspection_is_refused(funded: World) -> None:
    deep = "{ __schema { types { " + "fields { type { " * 5 + "name" + " } }" * 5 + " } } }"
    assert (await refused(funded, deep))[0] == "GRAPHQL_VALIDATION_FAILED"


@without_engine
@pytest.mark.parametrize(
    ("query", "operation", "message"),
    [
        ("query A { viewer { name } }", "B", "There is no operation named 'B' in the document."),
        ("{ viewer { name } }", "\0", "There is no operation named '\\x00' in the document."),
        ("query A { viewer { name } } query B { viewer { kind } }", None, "Name the operation to run"),
    ],
)
async def test_operations(funded: World, query: str, operation: str | None, message: str) -> None:
    response = await funded.client.post(
        "/graphql",
        json={"query": query, "operationName": operation},
        headers={"Authorization": f"Bearer {funded.secrets['acme']}", "Accept": "application/graphql-response+json"},
    )
    code, found = refusal(response)
    assert code == "BAD_OPERATION"
    assert message in found


@without_engine
@pytest.mark.parametrize(
    "query", ["", " ", "#", "\0", "{ viewer { name \0 } }", '{ organizer(slug: "\\ud800") { id } }', "ü"]
)
async def test_text_that_is_no_document(funded: World, query: str) -> None:
    assert (await refused(funded, query))[0] == "GRAPHQL_PARSE_FAILED"


@without_engine
async def test_subscriptions_are_refused(funded: World) -> None:
    assert (await refused(funded, "subscription { viewer { name } }"))[0] == "GRAPHQL_VALIDATION_FAILED"


# -- what it would cost ----------------------------------------------------------------------------------------------

DEEP = "giftCards(first: 100) { nodes { transactions(first: 100) { nodes { id } } } }"


async def test_cost_is_shown(funded: World) -> None:
    response = await funded.graphql("{ giftCards(first: 10) { nodes { id issuer { slug } } } }")
    cost = response.json()["extensions"]["cost"]
    assert (cost["requested"], cost["maximum"], cost["restorePerSecond"]) == (31, 10_000, 500_000)
    assert 4_000_000 < cost["available"] <= 5_000_000 - 31


async def test_cost_is_shown_with_a_mutation_and_where_parts_are_refused(funded: World) -> None:
    refused = await funded.graphql(
        "{ giftCards(first: 10) { nodes { id } } bad: giftCards(first: -1) { nodes { id } } }"
    )
    assert refused.json()["extensions"]["cost"]["requested"] == 12
    issue = 'mutation { giftCardEnable(input: {id: "x"}) { giftCard { id } userErrors { code message } } }'
    assert (await funded.graphql(issue)).json()["extensions"]["cost"]["requested"] == 6


async def test_cost(funded: World) -> None:
    response = await funded.graphql(f"{{ {DEEP} }}")
    code, message = refusal(response)
    assert (code, message.partition(";")[0]) == ("LIMIT_EXCEEDED", "The request costs 10101")
    assert response.json()["errors"][0]["extensions"]["cost"] == {"requested": 10_101, "maximum": 10_000}


async def test_cost_counts_page_sizes_in_variables(funded: World) -> None:
    query = "query ($n: Int) { giftCards(first: $n) { nodes { transactions(last: $n) { nodes { id } } } } }"
    assert (await funded.graphql(query, {"n": 50})).json()["extensions"]["cost"]["requested"] == 2551
    assert (await refused(funded, query, {"n": 100}))[0] == "LIMIT_EXCEEDED"
    assert (await funded.graphql(query, {})).json()["extensions"]["cost"]["requested"] == 421


async def test_cost_counts_ids(funded: World) -> None:
    query = (
        "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on GiftCard { transactions(first: 100) { nodes { id } } } } }"
    )
    assert (await funded.graphql(query, {"ids": [CARD]})).status_code == 200
    assert (await refused(funded, query, {"ids": [CARD] * 100}))[0] == "LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    "document",
    [
        f"{{ __schema {{ queryType {{ name }} }} {DEEP} }}",
        f"{{ bad: giftCards(first: -1) {{ nodes {{ id }} }} {DEEP} }}",
        f'{{ giftCard {{ id }} organizer(slug: "acme") {{ {DEEP} }} }}',
    ],
)
async def test_cost_holds_for_what_is_not_compiled(funded: World, document: str) -> None:
    assert (await refused(funded, document))[0] == "LIMIT_EXCEEDED"


async def test_cost_holds_for_a_document_with_very_many_conditions(funded: World) -> None:
    """Beyond a number of combinations there are no more plans, but the limit is the same."""
    names = [f"v{n}" for n in range(8)]
    declared = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"a{name}: __typename @include(if: ${name})" for name in names)
    query = f"query ({declared}, $n: Int) {{ {fields} {DEEP.replace('first: 100', 'first: $n', 1)} }}"
    for combination in range(80):
        values = {name: bool(combination >> n & 1) for n, name in enumerate(names)}
        assert (await funded.graphql(query, {**values, "n": 1})).status_code == 200
        assert (await refused(funded, query, {**values, "n": 100}))[0] == "LIMIT_EXCEEDED"


async def test_a_costly_mutation_does_nothing(funded: World) -> None:
    issue = 'giftCardIssue(input: {amount: "1", currency: "EUR"})'
    query = f"mutation {{ {issue} {{ giftCard {{ issuer {{ {DEEP} }} }} }} }}"
    assert (await refused(funded, query))[0] == "LIMIT_EXCEEDED"


@without_engine
async def test_directives(funded: World) -> None:
    def document(number: int) -> str:
        fields = " ".join(f"a{n}: name @include(if: $yes) @skip(if: false)" for n in range((number - 1) // 2))
        return f"query ($yes: Boolean! = true) {{ viewer {{ {fields} kind {'@skip(if: false)' * (number % 2)} }} }}"

    assert (await funded.graphql(document(49))).status_code == 200
    assert await refused(funded, document(51)) == ("LIMIT_EXCEEDED", "The document has 51 directives; 50 are allowed.")
    for text in ("{ viewer { name " + "@a " * 2000 + "} }", "query ($v: Int " + "@a " * 51 + ") { viewer { name } }"):
        assert (await refused(funded, text))[0] == "LIMIT_EXCEEDED"


@without_engine
async def test_values_in_lists_count_together(funded: World) -> None:
    """Those of the document and those of the variables each, however they are nested."""
    query = "query ($f: GiftCardFilter) { giftCards(filter: $f) { totalCount } }"
    within = [{"and": [{"active": True}] * 100}] * 100
    message = "The variables have more than 10000 values in lists, or in one object."
    for given in (
        {"secret": {"oneOf": ["x"] * 10_001}},
        {"and": within},
        {"or": [], **{f"x{n}": 1 for n in range(MANY)}},
    ):
        assert await refused(funded, query, {"f": given}) == ("LIMIT_EXCEEDED", message)
    # What is not declared is not looked at.
    assert (await funded.graphql("{ viewer { name } }", {"f": ["x"] * 20_000})).status_code == 200


@without_engine
async def test_an_import_of_ten_thousand_vouchers_is_within_the_limits(funded: World) -> None:
    query = "mutation ($i: VouchersImportInput!) { vouchersImport(input: $i) { userErrors { field } } }"
    codes = [{"code": f"C{n}", "metadata": {"n": n}} for n in range(10_000)]
    answer = await funded.graphql(query, {"i": {"campaignId": "x", "vouchers": codes}})
    assert answer.json()["data"]["vouchersImport"]["userErrors"] == [{"field": ["input", "campaignId"]}]


async def test_limits_are_settings(sqlite_url: str) -> None:
    limits = {
        "graphql_depth_max": 4,
        "graphql_cost_max": 20,
        "graphql_aliases_max": 1,
        "graphql_tokens_max": 60,
        "graphql_root_fields_max": 2,
        "graphql_fields_max": 5,
        "page_size_max": 7,
        "graphql_directives_max": 1,
        "graphql_length_max": 600,
        "graphql_list_max": 6,
    }
    async with opened(sqlite_url, **limits) as world:
        deep = await refused(world, "{ giftCards { nodes { issuer { events { nodes { id } } } } } }")
        assert deep[1].startswith("The document has 6 levels; 4")
        # Each may be a card with its four fields; or an object of another type, which has fewer.
        dear = "{ nodes(ids: [1, 2, 3, 4, 5]) { id ... on GiftCard { secret active testmode } } }"
        assert "costs 21; 20" in (await refused(world, dear))[1]
        assert "2 aliases; 1" in (await refused(world, "{ a: viewer { b: name } }"))[1]
        assert "60 tokens" in (await refused(world, "{ viewer { " + "name " * 60 + "} }"))[1]
        assert "3 root fields; 2" in (await refused(world, "{ viewer { name } __typename __typename }"))[1]
        assert "2 directives; 1" in (await refused(world, "{ viewer { name @a kind @b } }"))[1]
        assert "601 characters; 600" in (await refused(world, "{ viewer { name } }".ljust(601)))[1]
        assert "7 values in lists; 6" in (await refused(world, "{ nodes(ids: [1, 2, 3, 4, 5, 6, 7]) { id } }"))[1]
        ids = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
        assert "more than 6 values" in (await refused(world, ids, {"ids": ["x"] * 7}))[1]
        assert "6 fields; 5" in (await refused(world, "{ viewer { name name name name name } }"))[1]
        assert (await in_part(world, "{ giftCards(first: 8) { totalCount } }"))["message"] == "`first` is from 0 to 7."
        assert (await world.data("{ giftCards { totalCount } }"))["giftCards"]["totalCount"] == 0


# -- pages, ids, filters ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ("first: 101", "first"),
        ("first: -1", "first"),
        ("last: 101", "last"),
        ("last: -2147483648", "last"),
        ("first: 1, last: 1", "last"),
        ('after: ""', "after"),
        ('after: "nonsense"', "after"),
        ('before: "W10="', "before"),
        ('before: "bnVsbA=="', "before"),
        # `["default", "\\u0000", 1]`, `["default", 1e400, 1]`, `["default", "2026-01-01T00:00:00Z", 2^64]`
        ('after: "WyJkZWZhdWx0IiwgIlx1MDAwMCIsIDFd"', "after"),
        ('after: "WyJkZWZhdWx0IiwgMWU0MDAsIDFd"', "after"),
        ('after: "WyJkZWZhdWx0IiwgIjIwMjYtMDEtMDFUMDA6MDA6MDBaIiwgMTg0NDY3NDQwNzM3MDk1NTE2MTZd"', "after"),
        ('after: "ü"', "after"),
        ('after: "\\u0000"', "after"),
    ],
)
async def test_pages_out_of_bounds(funded: World, arguments: str, argument: str) -> None:
    error = await in_part(funded, f"{{ giftCards({arguments}) {{ nodes {{ id }} }} viewer {{ name }} }}")
    assert error["path"] == ["giftCards"]
    assert error["extensions"] == {"code": "INVALID", "argument": argument}


async def test_a_cursor_of_another_order_is_refused(funded: World) -> None:
    page = await funded.data("{ giftCards(orderBy: {field: SECRET}) { edges { cursor } } }")
    after = page["giftCards"]["edges"][0]["cursor"]
    error = await in_part(funded, "query ($a: String) { giftCards(after: $a) { nodes { id } } }", {"a": after})
    assert error["message"] == "This cursor belongs to another order."


async def test_number_of_ids(funded: World) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert len((await funded.data(query, {"ids": [CARD] * 100}))["nodes"]) == 100
    response = await funded.graphql(query, {"ids": [CARD] * 101})
    (error,) = response.json()["errors"]
    assert (error["path"], error["extensions"]["code"], error["message"]) == (["nodes"], "INVALID", "At most 100 ids.")


async def test_filters_nest_five_deep(funded: World) -> None:
    query = "query ($f: GiftCardFilter) { giftCards(filter: $f) { totalCount } }"

    def within(levels: int, word: str) -> dict[str, Any]:
        found: dict[str, Any] = {"active": True}
        for _ in range(levels):
            found = {word: found if word == "not" else [found]}
        return found

    for word in ("not", "and", "or"):
        assert (await funded.graphql(query, {"f": within(5, word)})).json()["data"]["giftCards"] is not None
        error = await in_part(funded, query, {"f": within(6, word)})
        assert (error["message"], error["extensions"]["argument"]) == ("Filters nest at most 5 deep.", "filter")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"secret": {"oneOf": ["x"] * 101}}, "At most 100 values in `oneOf`."),
        ({"or": [{"active": True}] * 101}, "At most 100 filters in `or`."),
        ({"and": [{"active": True}] * 101}, "At most 100 filters in `and`."),
        ({"secret": {"eq": "a\0"}}, "Null characters are not allowed."),
        ({"secret": {"oneOf": ["a", "\0"]}}, "Null characters are not allowed."),
        ({"secret": {"oneOf": ["a" * 1000, "a" * 1001]}}, "At most 1000 characters."),
        ({"secret": {"oneOf": None}}, "Only `eq` compares with null."),
        ({"balance": {"gt": None}}, "Only `eq` compares with null."),
        ({"balance": {"gt": "0.001"}}, "At most two decimals."),
        ({"balance": {"eq": "1e30"}}, "The amount is too large."),
    ],
)
async def test_filters_out_of_bounds(funded: World, given: dict[str, Any], message: str) -> None:
    query = "query ($f: GiftCardFilter) { giftCards(filter: $f) { totalCount } viewer { name } }"
    error = await in_part(funded, query, {"f": given})
    assert error["message"] == message
    assert error["extensions"] == {"code": "INVALID", "argument": "filter"}


async def test_filters_of_fifty_comparisons(funded: World) -> None:
    """Each of a hundred values, in every word: within the limits, so within what the engines take."""
    query = "query ($f: GiftCardFilter) { giftCards(filter: $f) { totalCount } }"
    part = {"secret": {"oneOf": [f"S{n}" for n in range(100)]}, "not": {"currency": {"eqIgnoringCase": "jpy"}}}
    given = {"or": [part] * 12 + [{"active": True}], "and": [{"balance": {"gte": "0"}}] * 25}
    assert (await funded.data(query, {"f": given}))["giftCards"]["totalCount"] == 1
    error = await in_part(funded, query, {"f": {**given, "testmode": False}})
    assert (error["message"], error["extensions"]["code"]) == ("At most 50 comparisons in a filter.", "INVALID")


# -- variables -------------------------------------------------------------------------------------------------------


@without_engine
@pytest.mark.parametrize(
    ("declared", "used", "given"),
    [
        ("$v: Int!", "giftCards(first: $v) { totalCount }", {}),
        ("$v: Int!", "giftCards(first: $v) { totalCount }", {"v": None}),
        ("$v: Int", "giftCards(first: $v) { totalCount }", {"v": "1"}),
        ("$v: Int", "giftCards(first: $v) { totalCount }", {"v": True}),
        ("$v: Int", "giftCards(first: $v) { totalCount }", {"v": 1.5}),
        ("$v: Int", "giftCards(first: $v) { totalCount }", {"v": 2**31}),
        ("$v: Int", "giftCards(first: $v) { totalCount }", {"v": -(2**63)}),
        ("$v: Int", "giftCards(first: $v) { totalCount }", {"v": 1e308}),
        ("$v: Int", "giftCards(first: $v) { totalCount }", {"v": [1, 2]}),
        ("$v: ID!", "node(id: $v) { id }", {"v": 1.5}),
        ("$v: ID!", "node(id: $v) { id }", {"v": {}}),
        ("$v: [ID!]!", "nodes(ids: $v) { id }", {"v": [None]}),
        ("$v: [ID!]!", "nodes(ids: $v) { id }", {"v": None}),
        ("$v: String!", "organizer(slug: $v) { id }", {"v": 1}),
        ("$v: Boolean!", "giftCards(includeAccepted: $v) { totalCount }", {"v": "true"}),
        ("$v: Boolean = true", "viewer { name @include(if: $v) }", {"v": None}),
        ("$v: Boolean = true", "viewer @skip(if: $v) { name }", {"v": None}),
        ("$v: GiftCardFilter", "giftCards(filter: $v) { totalCount }", {"v": {"nothing": 1}}),
        ("$v: GiftCardFilter", "giftCards(filter: $v) { totalCount }", {"v": {"secret": "AA11"}}),
        ("$v: GiftCardFilter", "giftCards(filter: $v) { totalCount }", {"v": {"and": [None]}}),
        ("$v: GiftCardFilter", "giftCards(filter: $v) { totalCount }", {"v": {"balance": {"eq": "1,00"}}}),
        ("$v: GiftCardFilter", "giftCards(filter: $v) { totalCount }", {"v": {"issuedAt": {"gt": "yesterday"}}}),
        ("$v: GiftCardOrder", "giftCards(orderBy: $v) { totalCount }", {"v": {"field": "secret"}}),
        ("$v: GiftCardOrder", "giftCards(orderBy: $v) { totalCount }", {"v": {}}),
    ],
)
async def test_variables_of_the_wrong_type(funded: World, declared: str, used: str, given: dict[str, Any]) -> None:
    code, message = await refused(funded, f"query ({declared}) {{ {used} }}", given)
    assert code == "BAD_VARIABLES"
    assert "$v" in message


@without_engine
async def test_of_many_wrong_variables_some_are_told(funded: World) -> None:
    declared = ", ".join(f"$v{n}: Int!" for n in range(30))
    used = " ".join(f"a{n}: organizers(first: $v{n}) {{ totalCount }}" for n in range(30))
    response = await funded.graphql(f"query ({declared}) {{ viewer {{ {used} }} }}", {})
    errors = response.json()["errors"]
    assert response.status_code == 400
    assert 20 <= len(errors) <= 21
    assert {error["extensions"]["code"] for error in errors} == {"BAD_VARIABLES"}


@without_engine
async def test_variables_that_are_not_declared_are_ignored(funded: World) -> None:
    assert await funded.data("{ viewer { kind } }", {"x": {"y": [1]}, "\0": 1}) == {"viewer": {"kind": "TEAM"}}


@pytest.mark.parametrize(
    "amount",
    [
        "", " ", "1,00", "ten", "NaN", "Infinity", "-Infinity", "1e", "0x10", "1_000", " 1.00", "1.00\n", "１０", "٣",
        "--1", "1" * 65, "1e400", "1e-400", "1e999999999", "\0", True, [], {}, ["1.00", "2.00"], 2**64, 1e300,
    ],
)  # fmt: skip
async def test_amounts_that_are_none(funded: World, amount: Any) -> None:
    response = await funded.graphql(ISSUE, {"input": {"amount": amount, "currency": "EUR"}})
    answer = response.json()
    if response.status_code == 400:
        assert refusal(response)[0] == "BAD_VARIABLES"
    else:
        (error,) = answer["data"]["giftCardIssue"]["userErrors"]
        assert (error["code"], error["field"]) == ("INVALID", ["input", "amount"])


@pytest.mark.parametrize(
    "amount", ["99999999999.99", "100000000000", "1e14", "92233720368547758.07", "-5.01", "0.001", "1e60"]
)
async def test_amounts_that_no_card_can_hold(funded: World, amount: str) -> None:
    response = await funded.graphql(BOOK, {"i": {"id": CARD, "amount": amount}})
    (error,) = response.json()["data"]["giftCardTransact"]["userErrors"]
    assert error["code"] in ("INVALID", "AMOUNT_TOO_LARGE", "INSUFFICIENT_FUNDS")
    assert error["field"] == ["input", "amount"]


LONG = "x" * 100_000


@pytest.mark.parametrize(
    ("name", "text"),
    [(name, text) for name in ("secret", "currency", "ownerTicket", "organizer") for text in ("\0", "a\0b", LONG)]
    + [("conditions", "a\0b"), ("idempotencyKey", ""), ("idempotencyKey", LONG)],
)
async def test_texts_that_cannot_be(funded: World, name: str, text: str) -> None:
    given = {"amount": "1.00", "currency": "EUR", "idempotencyKey": "k", name: text}
    payload = (await funded.data(ISSUE, {"input": given}))["giftCardIssue"]
    (error,) = payload["userErrors"]
    assert error["code"] in ("INVALID", "PERMISSION_DENIED", "NOT_FOUND")
    assert error["field"] == ["input", name]


@pytest.mark.parametrize(
    "given",
    [
        {"id": CARD, "amount": "1.00", "text": "\0"},
        {"id": "\0", "amount": "1.00"},
        {"id": "x" * 100_000, "amount": "1.00"},
        {"id": "T3JnYW5pemVyOjE=", "amount": "1.00"},
        {"id": "R2lmdENhcmQ6OTk5OTk5OTk5OTk5OTk5OTk5", "amount": "1.00"},
        {"id": CARD, "amount": "1.00", "organizer": "gamma"},
        {"id": CARD, "amount": "1.00", "idempotencyKey": ""},
    ],
)
async def test_bookings_that_cannot_be(funded: World, given: dict[str, Any]) -> None:
    response = await funded.graphql(BOOK, {"i": given})
    (error,) = response.json()["data"]["giftCardTransact"]["userErrors"]
    assert error["code"] in ("INVALID", "NOT_FOUND", "PERMISSION_DENIED")


@pytest.mark.parametrize(
    "query",
    [
        '{ organizer(slug: "\\u0000") { id } }',
        '{ event(organizer: "acme", slug: "\\u0000") { id } }',
        '{ event(organizer: "\\u0000", slug: "conf") { id } }',
        '{ giftCard(secret: "\\u0000") { id } }',
        '{ giftCard(id: "\\u0000") { id } }',
        '{ node(id: "\\u0000") { id } }',
    ],
)
async def test_null_characters_name_nothing(funded: World, query: str) -> None:
    assert list((await funded.data(query)).values()) == [None]


async def test_null_characters_where_they_do_no_harm(funded: World) -> None:
    found = await funded.data(
        '{ nodes(ids: ["\\u0000"]) { id } event(organizer: "acme", slug: "conf") { name(language: "\\u0000") } }'
    )
    assert found == {"nodes": [None], "event": {"name": "Conference"}}


async def test_another_s_organizer_is_denied_with_or_without_null_characters(funded: World) -> None:
    for slug in ("gamma", "\0", "x" * 10_000):
        error = await in_part(funded, "query ($o: String) { giftCards(organizer: $o) { totalCount } }", {"o": slug})
        assert error["extensions"] == {"code": "PERMISSION_DENIED", "argument": "organizer"}


# -- the body --------------------------------------------------------------------------------------------------------


async def body(world: World, content: bytes) -> httpx2.Response:
    headers = {
        "Authorization": f"Bearer {world.secrets['acme']}",
        "Accept": "application/graphql-response+json",
        "Content-Type": "application/json",
    }
    return await world.client.post("/graphql", content=content, headers=headers)


@without_engine
@pytest.mark.parametrize(
    "content",
    [
        b"[" * 200_000,
        b"{" * 200_000,
        b'{"query": "{ viewer { name } }", "variables": {"a": ' + b"[" * 200_000,
        b'{"query": "{ viewer { name } }", "variables": {"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}}",
        b'{"query": "{ viewer { name } }", "variables": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
        b'{"query": "' + b"\\" * 300_001,
    ],
)
async def test_two_hundred_thousand_brackets_in_json(funded: World, content: bytes) -> None:
    assert refusal(await body(funded, content))[0] == "BAD_REQUEST"


@without_engine
async def test_brackets_in_text_are_text(funded: World) -> None:
    content = orjson.dumps({"query": "{ viewer { name } }", "variables": {"a": '["{' * 10_000}})
    assert (await body(funded, content)).json()["data"] == {"viewer": {"name": "acme"}}


@without_engine
@pytest.mark.parametrize("text", [b"\\ud800", b"\\udfff", b"\\ud800\\ud800", b"\xed\xa0\x80", b"\xff", b"\xc0\x80"])
@pytest.mark.parametrize(
    "place", [b'{"query": "{ viewer { name } } #%s"}', b'{"query": "{ viewer { name } }", "variables": {"%s": 1}}']
)
async def test_lone_surrogates_and_bytes_that_are_no_text(funded: World, text: bytes, place: bytes) -> None:
    assert refusal(await body(funded, place.replace(b"%s", text)))[0] == "BAD_REQUEST"


@without_engine
@pytest.mark.parametrize("number", [b"1" * 5000, b"-" + b"9" * 400, b"1e400", b"18446744073709551616"])
async def test_huge_numbers(funded: World, number: bytes) -> None:
    content = b'{"query": "query ($n: Int) { giftCards(first: $n) { totalCount } }", "variables": {"n": %s}}' % number
    code, _ = refusal(await body(funded, content))
    assert code in ("BAD_REQUEST", "BAD_VARIABLES")


@without_engine
async def test_huge_numbers_in_the_document(funded: World) -> None:
    for number in ("9" * 5000, "1e400", "-2147483649"):
        assert (await refused(funded, f"{{ giftCards(first: {number}) {{ totalCount }} }}"))[
            0
        ] == "GRAPHQL_VALIDATION_FAILED"
    for number in ("9" * 5000, "1e999999"):
        document = (
            f'mutation {{ giftCardTransact(input: {{id: "{CARD}", amount: {number}}}) {{ userErrors {{ code }} }} }}'
        )
        assert (await refused(funded, document))[0] == "GRAPHQL_VALIDATION_FAILED"


@without_engine
async def test_a_text_of_a_million_characters_is_too_large_a_body(funded: World) -> None:
    response = await body(funded, orjson.dumps({"query": "{ viewer { name } }", "variables": {"a": "x" * 1024 * 1024}}))
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (413, "TOO_LARGE")


@without_engine
async def test_an_input_that_takes_one_of_its_fields_is_refused_before_it_is_run(funded: World) -> None:
    two = "{gift: {amount: 1}, discount: {type: FIXED, amountOff: 1}}"
    for benefit in (two, "{}", "{gift: null}", "{gift: null, discount: {type: FIXED, amountOff: 1}}"):
        document = f"mutation {{ voucherCreate(input: {{benefit: {benefit}}}) {{ userErrors {{ code }} }} }}"
        assert (await refused(funded, document))[0] == "GRAPHQL_VALIDATION_FAILED"
    document = "mutation ($i: VoucherCreateInput!) { voucherCreate(input: $i) { userErrors { code } } }"
    for given in ({}, {"gift": None}, {"gift": {"amount": 1}, "loyaltyCard": {"points": 1}}):
        assert (await refused(funded, document, {"i": {"benefit": given}}))[0] == "BAD_VARIABLES"


@without_engine
async def test_a_small_document_cannot_ask_for_a_huge_answer(funded: World) -> None:
    """Names of its own making are in the answer once for each object."""
    long = "x" * 101
    message = "The document has 101 characters in one alias; 100 are allowed."
    assert await refused(funded, f"{{ viewer {{ {long}: name }} }}") == ("LIMIT_EXCEEDED", message)
    for field, place in (("__typename", "nodes"), ("cursor", "edges"), ("__typename", "edges")):
        names = " ".join(f"a{n}: {field}" for n in range(99))
        answer = await funded.graphql(f"{{ giftCards(first: 10) {{ {place} {{ {field} {names} }} }} }}")
        assert answer.json()["extensions"]["cost"]["requested"] == 1 + 10 * 99
    # As clients ask for it everywhere it costs nothing.
    answer = await funded.graphql(
        "{ giftCards(first: 10) { __typename edges { __typename cursor node { __typename id } } } }"
    )
    assert answer.json()["extensions"]["cost"]["requested"] == 11
