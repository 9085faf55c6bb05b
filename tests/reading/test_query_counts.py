"""How many statements a read takes: one per level and list, however many rows there are.

On PostgreSQL the lists right below the first level come with it, unless they are counted: they take none.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gql import schema
from gql.execution import Executor, Request
from gql.ids import encoder
from tests.reading.statements import Statements, traced
from tests.reading.whole_graph import Walk, walks
from tests.reading.whole_graph import stock as stock_everything
from tests.tracking import campaign, click, record
from tests.world import World, opened

FRAME = ["BEGIN", "ROLLBACK"]


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """On a slow machine no read moves to another connection, where it would not be seen; nor does anybody else read."""
    async with opened(database_url, inline_deadline_ms=1000, bulk_work=False, webhooks=False) as found:
        yield found


@pytest.fixture
async def stocked(world: World) -> World:
    await stock(world, 5)
    return world


async def stock(world: World, cards: int) -> None:
    for _ in range(cards):
        card_id = await world.card(100)
        for _ in range(2):
            await world.transact(card_id, -1)


async def asked(world: World, query: str, variables: dict[str, Any] | None = None) -> tuple[Any, Statements]:
    """The data of a query, and what was run for it. The first run is not looked at: it prepares statements."""
    executor = Executor(world.database.dialect)
    request = Request(query, variables or {})
    await executor.execute(world.context(), request)
    async with traced(world) as statements:
        answer = await executor.execute(world.context(), request)
    assert "errors" not in answer.body
    return answer.body["data"], statements


def gathers(world: World) -> bool:
    """Whether lists right below the first level come with it."""
    return world.database.dialect.name == "postgresql"


LIST = "{ giftCards(first: 100) { nodes { id secret balance { amount } issuer { slug name } } } }"
NESTED = "{ giftCards(first: 100) { nodes { id issuer { slug } transactions(first: 5) { nodes { number text } } } } }"


async def test_a_list_is_one_statement(stocked: World) -> None:
    data, statements = await asked(stocked, LIST)
    assert len(data["giftCards"]["nodes"]) == 5
    assert (len(statements.queries), statements.others) == (1, [])


@pytest.mark.parametrize("cards", [0, 1, 25])
async def test_a_list_with_nested_transactions_is_two_statements_at_most(world: World, cards: int) -> None:
    await stock(world, cards)
    data, statements = await asked(world, NESTED)
    assert [len(node["transactions"]["nodes"]) for node in data["giftCards"]["nodes"]] == [3] * cards
    expected = (1, []) if gathers(world) else (2 if cards else 1, FRAME)
    assert (len(statements.queries), statements.others) == expected


async def test_pages_that_are_gathered_are_those_that_were_asked_for(world: World) -> None:
    """With values in the conditions of both levels, from both ends, and cards without what is asked for."""
    await stock(world, 3)
    await world.card(0)
    selected = "pageInfo { hasNextPage hasPreviousPage } nodes { number giftCard { id } }"
    query = f"""query ($after: String) {{
      giftCards(filter: {{balance: {{gte: "0.50"}}}}, last: 2) {{ nodes {{ id
        gone: transactions(filter: {{amount: {{lt: "-1.00"}}}}) {{ {selected} }}
        spent: transactions(filter: {{amount: {{lt: "0.50"}}}}, last: 1) {{ {selected} }}
        rest: transactions(first: 1, after: $after, orderBy: {{field: BOOKED_AT, direction: DESC}}) {{ {selected} }}
        edges: transactions(first: 2) {{ edges {{ cursor node {{ __typename }} }} }} }} }} }}"""
    data, _ = await asked(world, query)
    places = [edge["cursor"] for edge in data["giftCards"]["nodes"][0]["edges"]["edges"]]
    data, statements = await asked(world, query, {"after": places[1]})
    assert (len(statements.queries), statements.others) == ((1, []) if gathers(world) else (5, FRAME))
    cards = data["giftCards"]["nodes"]
    assert [card["id"] for card in cards] == [encoder("GiftCard")(key) for key in (2, 3)]
    for card in cards:
        assert card["gone"] == {"pageInfo": {"hasNextPage": False, "hasPreviousPage": False}, "nodes": []}
        assert card["spent"]["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}
        assert card["spent"]["nodes"] == [{"number": 3, "giftCard": {"id": card["id"]}}]
        assert [node["number"] for node in card["rest"]["nodes"]] == [1]


async def test_every_kind_of_list_on_every_level_is_one_statement(stocked: World) -> None:
    data, statements = await asked(
        stocked,
        """{ organizers(first: 1) { nodes { slug
          giftCards(first: 5) { nodes { secret transactions { nodes { number giftCard { secret issuer { name } } } }
                              last: transactions(last: 1) { nodes { number } } } }
          events { nodes { slug } } salesChannels { nodes { identifier } } } } }""",
    )
    (organizer,) = data["organizers"]["nodes"]
    assert len(organizer["giftCards"]["nodes"]) == 5
    assert (len(statements.queries), statements.others) == (3 if gathers(stocked) else 6, FRAME)


async def test_one_by_id_is_one_statement(stocked: World) -> None:
    key = encoder("GiftCard")(1)
    for query in ("giftCard(id: $id) { secret issuer { slug } }", "node(id: $id) { id ... on GiftCard { secret } }"):
        data, statements = await asked(stocked, f"query ($id: ID!) {{ {query} }}", {"id": key})
        assert all(data.values())
        assert len(statements.queries) == 1
        assert statements.others in ([], FRAME)


async def test_nodes_is_one_statement_per_type(stocked: World) -> None:
    ids = [encoder("GiftCard")(key) for key in (1, 2, 3, 4, 5, 1)] + [
        encoder("GiftCardTransaction")(key) for key in (1, 2)
    ]
    data, statements = await asked(stocked, "query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }", {"ids": ids})
    assert [node["id"] for node in data["nodes"]] == ids
    assert (len(statements.queries), statements.others) == (2, FRAME)


async def test_nothing_is_asked_for_what_names_nothing(stocked: World) -> None:
    _, statements = await asked(stocked, '{ node(id: "x") { id } organizer(slug: "none") { id } viewer { name kind } }')
    assert statements.queries == []


async def test_each_total_is_one_statement(stocked: World) -> None:
    data, statements = await asked(stocked, "{ organizers { totalCount nodes { slug events { totalCount } } } }")
    assert data["organizers"]["totalCount"] == 1
    # Organizers and how many they are (which SQLite's reader remembers); their events, and how many these are.
    assert len(statements.queries) == (3 if stocked.database.dialect.name == "sqlite" else 4)


async def test_a_total_at_a_root_is_remembered_until_something_is_committed(stocked: World) -> None:
    """On SQLite the pragma tells that nothing was; PostgreSQL counts each time."""
    remembers = stocked.database.dialect.name == "sqlite"
    data, statements = await asked(stocked, "{ giftCards(first: 1) { totalCount nodes { id } } }")
    assert data["giftCards"]["totalCount"] == 5
    assert len(statements.queries) == (1 if remembers else 2)
    await stocked.card()
    executor = Executor(stocked.database.dialect)
    async with traced(stocked) as statements:
        answer = await executor.execute(
            stocked.context(), Request("{ giftCards(first: 1) { totalCount nodes { id } } }")
        )
    assert answer.body["data"]["giftCards"]["totalCount"] == 6
    assert len(statements.queries) == 2


async def test_only_what_is_asked_for_is_selected(stocked: World) -> None:
    _, statements = await asked(stocked, "{ giftCards { nodes { secret } } }")
    (query,) = statements.queries
    selected = query.partition("FROM")[0]
    assert "secret" in selected
    for name in ("conditions", "balance", "currency", "expires_at", "owner_ticket_id"):
        assert name not in selected
    assert "JOIN" not in query


async def test_a_request_looks_its_token_up_in_one_more_statement(stocked: World) -> None:
    await stocked.data(NESTED)
    async with traced(stocked) as statements:
        await stocked.data(NESTED)
    assert len(statements.queries) == (2 if gathers(stocked) else 3)


async def test_a_page_of_the_pretix_list_is_a_page_and_a_count(stocked: World) -> None:
    await stocked.pretix("GET", "giftcards/?page_size=2")
    await stocked.card()  # so that the count is not a remembered one
    async with traced(stocked) as statements:
        response = await stocked.pretix("GET", "giftcards/?page=2&page_size=2")
    assert (response.json()["count"], len(response.json()["results"])) == (6, 2)
    # The token, the page, the count.
    assert len(statements.queries) == 3


async def test_the_pretix_list_of_transactions_takes_no_statement_per_row(stocked: World) -> None:
    counts = []
    await stocked.pretix("GET", "giftcards/1/transactions/")
    for bookings in (1, 20):
        for _ in range(bookings):
            await stocked.transact(1, 1)
        async with traced(stocked) as statements:
            response = await stocked.pretix("GET", "giftcards/1/transactions/")
        assert response.status_code == 200
        counts.append(len(statements.queries))
    assert counts[0] == counts[1] <= 4


async def test_campaigns_with_days_and_orders_are_one_statement_per_list(world: World) -> None:
    for number in range(4):
        await campaign(world, f"C{number}")
        await record(world, f"O{number}", campaigns=[f"C{number}"])
        await click(world, f"C{number}")
    await world.app.clicks.flush()
    selected = "code path event { slug } days { nodes { day clicks } } orders { nodes { order { code } } }"
    data, statements = await asked(world, f"{{ trackingCampaigns {{ nodes {{ {selected} }} }} }}")
    assert [each["days"]["nodes"][0]["clicks"] for each in data["trackingCampaigns"]["nodes"]] == [1] * 4
    codes = [each["orders"]["nodes"][0]["order"]["code"] for each in data["trackingCampaigns"]["nodes"]]
    assert codes == ["O0", "O1", "O2", "O3"]
    assert len(statements.queries) == (1 if gathers(world) else 3)


async def test_a_link_is_one_statement(world: World) -> None:
    await campaign(world, "A")
    await click(world, "A")  # its first visitor makes the key that sessions are signed with
    await world.app.clicks.flush()
    async with traced(world) as statements:
        assert (await click(world, "A")).status_code == 302
    assert len(statements.queries) == 1


async def test_every_connection_is_one_statement_on_each_level_however_many_rows_there_are(world: World) -> None:
    """Every one: the schema is walked. Each must be seen with rows below two parents, or it would not be measured."""
    executor = Executor(world.database.dialect)
    found = list(walks(schema.core()))
    assert len(found) > 60
    for slug in ("acme", "beta"):
        await stock_everything(world, slug, 0)
    few = {walk.name: await measured(world, executor, walk) for walk in found}
    for number in (1, 2):
        for slug in ("acme", "beta"):
            await stock_everything(world, slug, number)
    many = {walk.name: await measured(world, executor, walk) for walk in found}
    # Each has one list on each level.
    expected = {walk.name: max(walk.levels - gathers(world), 1) for walk in found}
    assert {name: statements for name, (statements, _) in few.items()} == expected
    assert {name: statements for name, (statements, _) in many.items()} == expected
    assert [name for name, (_, parents) in many.items() if parents < (1 if expected[name] == 1 else 2)] == []


async def measured(world: World, executor: Executor, walk: Walk) -> tuple[int, int]:
    """How many statements it takes, and of how many parents there are rows."""
    context, request = world.context("acme", "beta"), Request(walk.document("acme"))
    prepared = await executor.execute(context, request)
    assert "errors" not in prepared.body, (walk.name, request.query, prepared.body)
    async with traced(world) as statements:
        answer = await executor.execute(context, request)
    return len(statements.queries), sum(map(bool, walk.pages(answer.body["data"])))
