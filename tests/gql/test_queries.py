"""What can be asked: root fields, connections in every order and direction, filters, ids, text, scopes, tenants."""

import base64
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from models.gift_card import gift_card, gift_card_acceptance
from models.sales_channel import sales_channel
from resolvers import gift_cards, tokens
from tests.world import START, World

PAGE = """query ($first: Int, $last: Int, $after: String, $before: String,
        $order: GiftCardOrder, $filter: GiftCardFilter) {
  giftCards(first: $first, last: $last, after: $after, before: $before, orderBy: $order, filter: $filter) {
    totalCount edges { cursor node { secret } } nodes { secret }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""
# Balances repeat, so that only the ids tell some cards apart; secrets sort otherwise than they were issued.
CARDS = (
    ("C1", 300),
    ("a2", 100),
    ("B3", 300),
    ("z4", 0),
    ("Z5", 100),
    ("10", 300),
    ("9a", 300),
    ("M8", 0),
    ("m9", 700),
)
ORDERS: dict[str, Any] = {
    "ISSUED_AT": [secret for secret, _ in CARDS],
    "SECRET": sorted(secret for secret, _ in CARDS),
    "BALANCE": [secret for secret, _ in sorted(CARDS, key=lambda card: card[1])],
}


@pytest.fixture
async def stocked(world: World) -> World:
    """Nine cards of acme's, and one of beta's that must not show."""
    for secret, balance in CARDS:
        await world.card(balance, secret=secret)
    await world.card(300, of="beta", secret="BETA")
    return world


async def page(world: World, **variables: Any) -> Any:
    return (await world.data(PAGE, variables))["giftCards"]


def secrets_of(found: Any) -> list[str]:
    secrets = [edge["node"]["secret"] for edge in found["edges"]]
    assert secrets == [node["secret"] for node in found["nodes"]]
    return secrets


def gid(typename: str, key: int) -> str:
    return base64.urlsafe_b64encode(f"{typename}:{key}".encode()).decode()


async def token(world: World, *scopes: str, of: str = "acme", **options: Any) -> str:
    create = partial(
        tokens.create, name="made", organizers=[of], scopes=scopes or ("organizer.*", "event.*"), **options
    )
    return (await world.context(of).write(create)).secret


# -- connections -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", ORDERS)
@pytest.mark.parametrize("size", [1, 4, 9])
async def test_paging_forwards_visits_every_card_once(stocked: World, field: str, direction: str, size: int) -> None:
    expected = ORDERS[field] if direction == "ASC" else ORDERS[field][::-1]
    visited: list[str] = []
    after = None
    while True:
        found = await page(stocked, first=size, after=after, order={"field": field, "direction": direction})
        information = found["pageInfo"]
        assert information["hasPreviousPage"] is bool(visited)
        assert found["totalCount"] == 9
        assert (information["startCursor"], information["endCursor"]) == ends(found)
        visited += secrets_of(found)
        if not information["hasNextPage"]:
            break
        assert len(found["edges"]) == size
        after = information["endCursor"]
    assert visited == expected


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", ORDERS)
@pytest.mark.parametrize("size", [1, 4, 9])
async def test_paging_backwards_visits_every_card_once(stocked: World, field: str, direction: str, size: int) -> None:
    expected = ORDERS[field] if direction == "ASC" else ORDERS[field][::-1]
    visited: list[str] = []
    before = None
    while True:
        found = await page(stocked, last=size, before=before, order={"field": field, "direction": direction})
        information = found["pageInfo"]
        assert information["hasNextPage"] is bool(visited)
        assert (information["startCursor"], information["endCursor"]) == ends(found)
        visited = secrets_of(found) + visited
        if not information["hasPreviousPage"]:
            break
        before = information["startCursor"]
    assert visited == expected


def ends(found: Any) -> tuple[str, str]:
    return found["edges"][0]["cursor"], found["edges"][-1]["cursor"]


@pytest.mark.parametrize("field", ORDERS)
async def test_between_two_cursors_are_the_cards_between_them(stocked: World, field: str) -> None:
    order = {"field": field}
    everything = await page(stocked, first=9, order=order)
    cursors = [edge["cursor"] for edge in everything["edges"]]
    between = {"after": cursors[1], "before": cursors[6], "order": order}
    assert secrets_of(await page(stocked, **between)) == ORDERS[field][2:6]
    assert secrets_of(await page(stocked, first=2, **between)) == ORDERS[field][2:4]
    assert secrets_of(await page(stocked, last=2, **between)) == ORDERS[field][4:6]


async def test_both_ends_of_a_list(stocked: World) -> None:
    whole = await page(stocked, first=9)
    assert whole["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": whole["edges"][0]["cursor"],
        "endCursor": whole["edges"][-1]["cursor"],
    }
    beyond = await page(stocked, first=3, after=whole["pageInfo"]["endCursor"])
    assert beyond["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": None}
    ahead = await page(stocked, last=3, before=whole["pageInfo"]["startCursor"])
    assert ahead["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None}


async def test_a_page_of_none_tells_whether_there_are_any(stocked: World) -> None:
    found = await page(stocked, first=0)
    assert (found["edges"], found["totalCount"], found["pageInfo"]["hasNextPage"]) == ([], 9, True)
    none = await page(stocked, first=0, filter={"secret": {"eq": "none"}})
    assert (none["totalCount"], none["pageInfo"]["hasNextPage"]) == (0, False)


async def test_a_page_has_twenty_cards_unless_it_says_otherwise(world: World) -> None:
    for _ in range(21):
        await world.card()
    found = await page(world)
    assert (len(found["edges"]), found["pageInfo"]["hasNextPage"], found["totalCount"]) == (20, True, 21)


@pytest.mark.parametrize("field", ORDERS)
async def test_cards_added_meanwhile_are_neither_doubled_nor_in_the_way(stocked: World, field: str) -> None:
    visited: list[str] = []
    after = None
    for number in range(100):
        found = await page(stocked, first=2, after=after, order={"field": field})
        visited += secrets_of(found)
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
        if number < 6:
            # Smaller and larger than every other, by turns.
            await stocked.card(number % 2 * 10_000, secret=f"{'0' if number % 2 else 'zz'}new{number}")
    assert len(visited) == len(set(visited))
    assert [secret for secret in visited if secret in ORDERS[field]] == ORDERS[field]


TRANSACTIONS = """query ($first: Int, $last: Int, $after: String, $before: String, $way: OrderDirection!) {
  giftCards { nodes { secret
    transactions(first: $first, last: $last, after: $after, before: $before,
                 orderBy: {field: BOOKED_AT, direction: $way}) {
      totalCount edges { cursor node { number } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } } } }"""


@pytest.mark.parametrize("way", ["ASC", "DESC"])
async def test_pages_below_cards_are_of_each_card(world: World, way: str) -> None:
    """Each card has its own number of transactions; a cursor of one card's is a place in each other's, too."""
    for card in range(4):
        card_id = await world.card(100, secret=f"card{card}")
        for _ in range(card * 2):
            await world.transact(card_id, -1)
    sizes = [1, 3, 5, 7]

    async def ask(**variables: Any) -> list[Any]:
        found = await world.data(TRANSACTIONS, {"way": way, **variables})
        return [node["transactions"] for node in found["giftCards"]["nodes"]]

    def numbers(found: Any) -> list[int]:
        return [edge["node"]["number"] for edge in found["edges"]]

    def sorted_numbers(size: int) -> list[int]:
        return list(range(1, size + 1))[:: 1 if way == "ASC" else -1]

    for size, found in zip(sizes, await ask(first=3), strict=True):
        assert numbers(found) == sorted_numbers(size)[:3]
        assert (found["totalCount"], found["pageInfo"]["hasNextPage"]) == (size, size > 3)
    for size, found in zip(sizes, await ask(last=3), strict=True):
        assert numbers(found) == sorted_numbers(size)[-3:]
        assert found["pageInfo"]["hasPreviousPage"] is (size > 3)
    after = (await ask(first=3))[3]["pageInfo"]["endCursor"]
    last = (await ask(first=10, after=after))[3]
    assert numbers(last) == sorted_numbers(7)[3:]
    assert last["pageInfo"]["hasPreviousPage"] is True


@pytest.mark.parametrize("name", ["organizers", "viewer"])
async def test_organizers_by_slug_in_pages(world: World, name: str) -> None:
    create = partial(tokens.create, name="all", organizers=["gamma", "acme", "beta"])
    secret = (await world.context("acme", "beta", "gamma").write(create)).secret
    asked = "organizers(first: 2, after: $a) { totalCount nodes { slug name } pageInfo { endCursor hasNextPage } }"
    query = f"query ($a: String) {{ {asked if name == 'organizers' else f'viewer {{ {asked} }}'} }}"

    async def ask(after: str | None) -> Any:
        found = await world.data(query, {"a": after}, token=secret)
        return found["organizers"] if name == "organizers" else found["viewer"]["organizers"]

    first = await ask(None)
    assert first["nodes"] == [{"slug": "acme", "name": "Acme"}, {"slug": "beta", "name": "Beta"}]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    assert (await ask(first["pageInfo"]["endCursor"]))["nodes"] == [{"slug": "gamma", "name": "Gamma"}]


async def test_events_and_sales_channels_below_an_organizer(world: World) -> None:
    add = sales_channel.insert().values(
        organizer_id=world.organizers["acme"],
        identifier="api.door",
        type="api",
        label={"de": "Abendkasse"},
        position=1,
        active=False,
        created_at=START,
    )
    await world.database.write(lambda tx: tx.rows(add))
    found = await world.data(
        """{ organizer(slug: "acme") {
             events(last: 1) { totalCount nodes { slug } pageInfo { hasPreviousPage } }
             salesChannels { totalCount nodes { identifier type position active label english: label(language: "en") } }
        } }"""
    )
    assert found["organizer"]["events"] == {
        "totalCount": 2,
        "nodes": [{"slug": "party"}],
        "pageInfo": {"hasPreviousPage": True},
    }
    web = {"identifier": "web", "type": "WEB", "position": 0, "active": True, "label": "Online shop"}
    door = {"identifier": "api.door", "type": "API", "position": 1, "active": False, "label": "Abendkasse"}
    shown = [{**web, "english": "Online shop"}, {**door, "english": "Abendkasse"}]
    assert found["organizer"]["salesChannels"] == {"totalCount": 2, "nodes": shown}


# -- filters ---------------------------------------------------------------------------------------------------------


@pytest.fixture
async def varied(world: World) -> World:
    """Issued a minute apart: Aa (EUR 5.00), aB (EUR 5.00, test), cc (USD 0.00, off), DD (JPY 7.50, expires)."""
    for secret, balance, options in (
        ("Aa", 500, {}),
        ("aB", 500, {"testmode": True}),
        ("cc", 0, {"currency": "USD"}),
        ("DD", 750, {"currency": "JPY", "expires_at": START + timedelta(hours=1)}),
    ):
        world.clock.at = world.clock.at.replace(second=0) + timedelta(minutes=1)
        card_id = await world.card(balance, secret=secret, **options)
        if secret == "cc":
            disable = partial(gift_cards.disable, organizer_id=world.organizers["acme"], card_id=card_id)
            await world.context().write(disable)
    return world


ALL = "Aa aB cc DD"
# The third is issued at this moment, the last expires at that one.
ISSUED, EXPIRES = "2026-01-01T00:03:01Z", "2026-01-01T01:00:00Z"
FILTERS: Sequence[tuple[dict[str, Any] | None, str]] = [
    (None, ALL),
    ({}, ALL),
    ({"secret": {"eq": "Aa"}}, "Aa"),
    ({"secret": {"eq": "AA"}}, ""),
    ({"secret": {"eq": None}}, ""),
    ({"secret": {"eqIgnoringCase": "AA"}}, "Aa"),
    ({"secret": {"eqIgnoringCase": "Ab"}}, "aB"),
    ({"secret": {"oneOf": ["cc", "Aa", "none"]}}, "Aa cc"),
    ({"secret": {"oneOf": []}}, ""),
    ({"secret": {}}, ALL),
    ({"secret": None}, ALL),
    ({"secret": {"oneOf": ["Aa", "aB"], "eqIgnoringCase": "AB"}}, "aB"),
    ({"currency": {"eq": "EUR"}}, "Aa aB"),
    ({"currency": {"oneOf": ["USD", "JPY"]}}, "cc DD"),
    ({"currency": {"eqIgnoringCase": "usd"}}, "cc"),
    ({"balance": {"eq": "5.00"}}, "Aa aB"),
    ({"balance": {"eq": 5}}, "Aa aB"),
    ({"balance": {"gt": "5.00"}}, "DD"),
    ({"balance": {"gte": "5.00"}}, "Aa aB DD"),
    ({"balance": {"lt": "5"}}, "cc"),
    ({"balance": {"lte": "5.0"}}, "Aa aB cc"),
    ({"balance": {"gt": "0", "lt": "7.50"}}, "Aa aB"),
    ({"balance": {"oneOf": ["0.00", "7.5"]}}, "cc DD"),
    ({"balance": {"range": {"gte": "5.00", "lte": "7.00"}}}, "Aa aB"),
    ({"balance": {"range": {"gte": "7.50"}}}, "DD"),
    ({"balance": {"range": {"lte": "7.49", "gte": None}}}, "Aa aB cc"),
    ({"balance": {"range": {}}}, ALL),
    ({"id": {"eq": gid("GiftCard", 3)}}, "cc"),
    ({"id": {"oneOf": [gid("GiftCard", 4), gid("GiftCard", 1), gid("Event", 2), "?"]}}, "Aa DD"),
    ({"id": {"eq": gid("Event", 3)}}, ""),
    ({"id": {"eq": None}}, ""),
    ({"ownerTicket": {"eq": None}}, ALL),
    ({"testmode": True}, "aB"),
    ({"testmode": False}, "Aa cc DD"),
    ({"active": False}, "cc"),
    ({"active": True}, "Aa aB DD"),
    ({"expired": False}, ALL),
    ({"expired": True}, ""),
    ({"issuedAt": {"eq": ISSUED}}, "cc"),
    ({"issuedAt": {"eq": "2026-01-01T01:03:01+01:00"}}, "cc"),
    ({"issuedAt": {"lt": ISSUED}}, "Aa aB"),
    ({"issuedAt": {"lte": ISSUED}}, "Aa aB cc"),
    ({"issuedAt": {"gt": ISSUED}}, "DD"),
    ({"issuedAt": {"gte": ISSUED}}, "cc DD"),
    ({"issuedAt": {"oneOf": [ISSUED, "2026-01-01T00:04:01Z", EXPIRES]}}, "cc DD"),
    ({"issuedAt": {"range": {"gte": "2026-01-01T00:02:00Z", "lte": ISSUED}}}, "aB cc"),
    ({"expiresAt": {"eq": None}}, "Aa aB cc"),
    ({"expiresAt": {"eq": EXPIRES}}, "DD"),
    ({"expiresAt": {"gte": EXPIRES}}, "DD"),
    ({"expiresAt": {"lt": EXPIRES}}, ""),
    ({"and": [{"testmode": False}, {"currency": {"eq": "EUR"}}]}, "Aa"),
    ({"and": []}, ALL),
    ({"or": [{"testmode": True}, {"active": False}]}, "aB cc"),
    ({"not": {"currency": {"eq": "EUR"}}}, "cc DD"),
    ({"not": {"testmode": True, "active": True}}, "Aa cc DD"),
    ({"not": {"not": {"testmode": True}}}, "aB"),
    ({"not": {"or": [{"testmode": True}, {"active": False}]}}, "Aa DD"),
    ({"currency": {"eq": "EUR"}, "or": [{"testmode": True}, {"active": False}]}, "aB"),
    ({"or": [{"and": [{"balance": {"gt": "1"}}, {"testmode": True}]}, {"not": {"active": True}}]}, "aB cc"),
    ({"and": [{"or": [{"secret": {"eq": "Aa"}}, {"secret": {"eq": "cc"}}]}, {"not": {"balance": {"eq": "0"}}}]}, "Aa"),
]


@pytest.mark.parametrize(("given", "expected"), FILTERS)
async def test_filters_and_their_totals(varied: World, given: dict[str, Any] | None, expected: str) -> None:
    found = await page(varied, filter=given, first=1)
    rest = await page(varied, filter=given, after=found["pageInfo"]["endCursor"])
    assert found["totalCount"] == rest["totalCount"] == len(expected.split())
    assert secrets_of(found) + (secrets_of(rest) if found["edges"] else []) == expected.split()


@pytest.mark.parametrize(("given", "expected"), FILTERS[2:40:3])
async def test_filters_below_an_organizer(varied: World, given: dict[str, Any], expected: str) -> None:
    cards = "giftCards(filter: $f) { totalCount nodes { secret } }"
    query = f"query ($f: GiftCardFilter) {{ organizers {{ nodes {{ {cards} }} }} }}"
    (found,) = (await varied.data(query, {"f": given}))["organizers"]["nodes"]
    assert found["giftCards"]["totalCount"] == len(expected.split())
    assert [node["secret"] for node in found["giftCards"]["nodes"]] == expected.split()


async def test_a_card_is_expired_once_its_time_is_past(varied: World) -> None:
    varied.clock.at = START + timedelta(hours=2)
    assert secrets_of(await page(varied, filter={"expired": True})) == ["DD"]
    assert secrets_of(await page(varied, filter={"expired": False})) == ["Aa", "aB", "cc"]


async def test_filters_written_in_the_document(varied: World) -> None:
    query = """query ($least: Decimal, $currency: String!) {
      giftCards(filter: {or: [{balance: {gte: $least}}, {currency: {oneOf: [$currency, "XXX"]}}], active: true}) {
        nodes { secret } } }"""
    found = await varied.data(query, {"least": "7.00", "currency": "EUR"})
    assert [node["secret"] for node in found["giftCards"]["nodes"]] == ["Aa", "aB", "DD"]


# -- accepted cards --------------------------------------------------------------------------------------------------


async def test_accepted_cards_are_shown_if_asked_for(world: World) -> None:
    own, accepted, invited = [await world.card(1, of=of, secret=of) for of in ("acme", "beta", "gamma")]
    query = "query ($a: Boolean!) { giftCards(includeAccepted: $a) { totalCount nodes { secret issuer { slug } } } }"
    assert (await world.data(query, {"a": False}))["giftCards"] == {
        "totalCount": 1,
        "nodes": [{"secret": "acme", "issuer": {"slug": "acme"}}],
    }
    shown = (await world.data(query, {"a": True}))["giftCards"]
    assert (shown["totalCount"], [node["issuer"]["slug"] for node in shown["nodes"]]) == (2, ["acme", "beta"])
    one = "query ($id: ID, $s: String, $a: Boolean!) { giftCard(id: $id, secret: $s, includeAccepted: $a) { secret } }"
    for key, slug, expected in ((accepted, "beta", {"secret": "beta"}), (invited, "gamma", None)):
        for named in ({"id": gid("GiftCard", key)}, {"s": slug}):
            assert (await world.data(one, {**named, "a": True}))["giftCard"] == expected
            assert (await world.data(one, {**named, "a": False}))["giftCard"] is None
    assert own == 1


async def test_an_acceptance_that_ends_hides_its_cards(world: World) -> None:
    await world.card(1, of="beta", secret="BB")
    query = "{ giftCards(includeAccepted: true) { totalCount } }"
    assert (await world.data(query))["giftCards"]["totalCount"] == 1
    end = update(gift_card_acceptance).values(active=False).where(gift_card_acceptance.c.active.is_not(None))
    await world.database.write(lambda tx: tx.rows(end))
    assert (await world.data(query))["giftCards"]["totalCount"] == 0


# -- one by its name -------------------------------------------------------------------------------------------------


async def test_every_field_of_a_card_and_its_transactions(world: World) -> None:
    card_id = await world.card(1050, secret="FULL", conditions="Only ☃", expires_at=START + timedelta(days=365))
    booked = await world.transact(card_id, -50, text="Tea", info={"a": [1, None, "ü"]})
    found = await world.data(
        """{ giftCard(secret: "FULL") {
          id secret balance { amount currency } testmode active issuedAt expiresAt conditions ownerTicketId
          issuer { id slug name }
          transactions(orderBy: {field: BOOKED_AT, direction: DESC}, first: 1) {
            nodes { id number amount { amount currency } bookedAt text info
            balanceAfter { amount currency } orderCode eventSlug acceptorSlug giftCard { secret } } } } }"""
    )
    (issued_at,) = await world.database.write(lambda tx: tx.row(select(gift_card.c.issued_at)))
    card = found["giftCard"]
    (transaction,) = card.pop("transactions")["nodes"]
    assert card == {
        "id": gid("GiftCard", card_id),
        "secret": "FULL",
        "balance": {"amount": "10.00", "currency": "EUR"},
        "testmode": False,
        "active": True,
        "issuedAt": issued_at.isoformat().replace("+00:00", "Z"),
        "expiresAt": "2027-01-01T00:00:00Z",
        "conditions": "Only ☃",
        "ownerTicketId": None,
        "issuer": {"id": gid("Organizer", world.organizers["acme"]), "slug": "acme", "name": "Acme"},
    }
    assert transaction.pop("bookedAt") > card["issuedAt"]
    assert transaction == {
        "id": gid("GiftCardTransaction", booked.transaction_id),
        "number": 2,
        "amount": {"amount": "-0.50", "currency": "EUR"},
        "text": "Tea",
        "info": {"a": [1, None, "ü"]},
        "balanceAfter": {"amount": "10.00", "currency": "EUR"},
        "orderCode": None,
        "eventSlug": None,
        "acceptorSlug": "acme",
        "giftCard": {"secret": "FULL"},
    }


async def test_an_event_by_its_natural_key(world: World) -> None:
    query = """query ($o: String!, $s: String!) { event(organizer: $o, slug: $s) {
      slug name currency dateFrom dateTo timezone live testmode isPublic hasSubevents location
      organizer { slug events { totalCount } } } }"""
    assert (await world.data(query, {"o": "acme", "s": "conf"}))["event"] == {
        "slug": "conf",
        "name": "Conference",
        "currency": "EUR",
        "dateFrom": "2026-10-28T00:00:00Z",
        "dateTo": None,
        "timezone": "Europe/Berlin",
        "live": True,
        "testmode": False,
        "isPublic": True,
        "hasSubevents": False,
        "location": None,
        "organizer": {"slug": "acme", "events": {"totalCount": 2}},
    }
    for organizer, slug in (("acme", "none"), ("beta", "conf"), ("none", "conf"), ("acme", "CONF")):
        assert (await world.data(query, {"o": organizer, "s": slug}))["event"] is None


async def test_an_organizer_by_its_slug(world: World) -> None:
    query = "query ($s: String!) { organizer(slug: $s) { slug } }"
    assert (await world.data(query, {"s": "acme"}))["organizer"] == {"slug": "acme"}
    for slug in ("beta", "none", "ACME", ""):
        assert (await world.data(query, {"s": slug}))["organizer"] is None


async def test_a_card_is_named_by_id_or_secret_and_not_by_both(world: World) -> None:
    key = await world.card(1, secret="AA")
    for arguments in (f'id: "{gid("GiftCard", key)}"', 'secret: "AA"', 'secret: "AA", id: null, organizer: "acme"'):
        assert (await world.data(f"{{ giftCard({arguments}) {{ secret }} }}"))["giftCard"] == {"secret": "AA"}
    for arguments in ('secret: "aa"', 'secret: ""', 'id: "x"', f'id: "{gid("Organizer", 1)}"'):
        assert (await world.data(f"{{ giftCard({arguments}) {{ secret }} }}"))["giftCard"] is None
    for arguments in ("", "(secret: null)", f'(secret: "AA", id: "{gid("GiftCard", key)}")'):
        answer = (await world.graphql(f"{{ giftCard{arguments} {{ secret }} }}")).json()
        assert answer["errors"][0]["extensions"] == {"code": "INVALID", "argument": "id"}


async def test_the_organizer_must_be_named_where_a_token_reaches_several(world: World) -> None:
    create = partial(tokens.create, name="two", organizers=["acme", "beta"])
    secret = (await world.context("acme", "beta").write(create)).secret
    await world.card(1, of="beta", secret="BB")
    answer = (await world.graphql("{ giftCards { totalCount } }", token=secret)).json()
    assert answer["data"] == {"giftCards": None}
    assert answer["errors"][0]["extensions"] == {"code": "PERMISSION_DENIED", "argument": "organizer"}
    found = await world.data('{ giftCards(organizer: "beta") { nodes { secret } } }', token=secret)
    assert found == {"giftCards": {"nodes": [{"secret": "BB"}]}}


# -- ids -------------------------------------------------------------------------------------------------------------

IDS = """{ organizer(slug: "acme") { id salesChannels { nodes { id } } events { nodes { id } }
           giftCards { nodes { id transactions { nodes { id } } } } } }"""
SHOWN = """__typename id ... on Organizer { organizer: slug } ... on Event { event: slug }
           ... on SalesChannel { identifier }
           ... on GiftCard { secret issuer { slug } } ... on GiftCardTransaction { number giftCard { secret } }"""


async def ids(world: World) -> list[str]:
    """An id of every type, in the order of EXPECTED."""
    found = (await world.data(IDS))["organizer"]
    card = found["giftCards"]["nodes"][0]
    lists = (found["salesChannels"], found["events"], {"nodes": [card]}, card["transactions"])
    return [found["id"], *[each["nodes"][0]["id"] for each in lists]]


EXPECTED: tuple[dict[str, Any], ...] = (
    {"__typename": "Organizer", "organizer": "acme"},
    {"__typename": "SalesChannel", "identifier": "web"},
    {"__typename": "Event", "event": "conf"},
    {"__typename": "GiftCard", "secret": "AA", "issuer": {"slug": "acme"}},
    {"__typename": "GiftCardTransaction", "number": 1, "giftCard": {"secret": "AA"}},
)


async def test_node_finds_every_type_again(world: World) -> None:
    await world.card(1, secret="AA")
    known = await ids(world)
    for key, expected in zip(known, EXPECTED, strict=True):
        found = await world.data(f"query ($id: ID!) {{ node(id: $id) {{ {SHOWN} }} }}", {"id": key})
        assert found["node"] == {"id": key, **expected}


async def test_nodes_keeps_the_order_and_every_repetition(world: World) -> None:
    await world.card(1, secret="AA")
    known = await ids(world)
    asked = [known[3], "nonsense", *known[::-1], gid("GiftCard", 99), known[3]]
    found = await world.data(f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ {SHOWN} }} }}", {"ids": asked})
    shown = [None if node is None else node["id"] for node in found["nodes"]]
    assert shown == [known[3], None, *known[::-1], None, known[3]]
    assert found["nodes"][0] == {"id": known[3], **EXPECTED[3]}


async def test_ids_of_others_unknown_and_malformed_ones_look_the_same(world: World) -> None:
    await world.card(1, secret="AA")
    others = await ids(world)
    wrong = [
        *[gid(name, 10**9) for name in ("Organizer", "Event", "SalesChannel", "GiftCard", "GiftCardTransaction")],
        *[
            gid("GiftCard", 1).rstrip("="),
            gid("GiftCard", 10**18),
            gid("giftcard", 1),
            gid("Money", 1),
            gid("Query", 1),
        ],
        *[
            "",
            "x",
            "ü",
            "GiftCard:1",
            base64.b64encode(b"GiftCard:-1").decode(),
            base64.b64encode(b"GiftCard:1:1").decode(),
        ],
    ]
    asked = [*others, *wrong]
    found = await world.data("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": asked}, token="beta")
    assert found["nodes"] == [None] * len(asked)
    for key in asked:
        assert (await world.data("query ($id: ID!) { node(id: $id) { id } }", {"id": key}, token="beta"))[
            "node"
        ] is None


async def test_accepting_a_card_is_no_reach_by_id(world: World) -> None:
    """What an acceptor sees of an issuer is asked for by `includeAccepted`; `node` finds one's own."""
    key = await world.card(1, of="beta", secret="BB")
    found = await world.data("query ($id: ID!) { node(id: $id) { id } }", {"id": gid("GiftCard", key)})
    assert found["node"] is None


# -- the asker -------------------------------------------------------------------------------------------------------


async def test_viewer(world: World) -> None:
    query = "{ viewer { name kind scopes organizers { nodes { slug } } __typename } }"
    assert (await world.data(query, token="acme_reads"))["viewer"] == {
        "name": "acme_reads",
        "kind": "TEAM",
        "scopes": ["organizer.giftcards:read"],
        "organizers": {"nodes": [{"slug": "acme"}]},
        "__typename": "Viewer",
    }


@pytest.mark.parametrize(
    ("language", "name", "party", "label"),
    [
        (None, "Conference", "Feier", "Online shop"),
        ("en", "Conference", "Feier", "Online shop"),
        ("de", "Konferenz", "Feier", "Webshop"),
        ("de-informal", "Konferenz", "Feier", "Webshop"),
        ("de_DE", "Konferenz", "Feier", "Webshop"),
        ("DE", "Konferenz", "Feier", "Webshop"),
        ("fr", "Conference", "Feier", "Online shop"),
        ("", "Conference", "Feier", "Online shop"),
    ],
)
async def test_text_in_a_language(world: World, language: str | None, name: str, party: str, label: str) -> None:
    query = """query ($l: String) {
      conf: event(organizer: "acme", slug: "conf") { name(language: $l) location(language: $l) }
      party: event(organizer: "acme", slug: "party") { name(language: $l) }
      organizer(slug: "acme") { salesChannels { nodes { label(language: $l) } } } }"""
    found = await world.data(query, {"l": language})
    assert found["conf"] == {"name": name, "location": None}
    assert found["party"] == {"name": party}
    assert found["organizer"]["salesChannels"]["nodes"] == [{"label": label}]


async def test_one_text_in_two_languages(world: World) -> None:
    found = await world.data('{ event(organizer: "acme", slug: "conf") { name de: name(language: "de") } }')
    assert found["event"] == {"name": "Conference", "de": "Konferenz"}


CARDS_ASKED = {
    "giftCards": "giftCards { totalCount }",
    "giftCard": 'giftCard(secret: "AA") { id }',
}


@pytest.mark.parametrize("token_name", ["acme_nothing", "acme_writes"])
async def test_cards_are_denied_without_their_scope_and_the_rest_is_answered(world: World, token_name: str) -> None:
    await world.card(1, secret="AA")
    query = f"""{{ viewer {{ name }} {" ".join(CARDS_ASKED.values())} node(id: "{gid("GiftCard", 1)}") {{ id }}
      organizer(slug: "acme") {{ slug giftCards {{ totalCount }} below: giftCards {{ nodes {{ id }} }} }} }}"""
    answer = (await world.graphql(query, token=token_name)).json()
    assert answer["data"] == {
        "viewer": {"name": token_name},
        "giftCards": None,
        "giftCard": None,
        "node": None,
        "organizer": {"slug": "acme", "giftCards": None, "below": None},
    }
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"PERMISSION_DENIED"}
    assert sorted(error["path"] for error in answer["errors"]) == [
        ["giftCard"],
        ["giftCards"],
        ["node"],
        ["organizer", "below"],
        ["organizer", "giftCards"],
    ]


async def test_sales_channels_are_denied_without_their_scope_wherever_they_are(world: World) -> None:
    await world.card(1, secret="AA")
    query = '{ giftCard(secret: "AA") { secret issuer { slug salesChannels { totalCount } } } }'
    answer = (await world.graphql(query, token="acme_reads")).json()
    assert answer["data"] == {"giftCard": {"secret": "AA", "issuer": {"slug": "acme", "salesChannels": None}}}
    (error,) = answer["errors"]
    assert error["path"] == ["giftCard", "issuer", "salesChannels"]
    assert error["extensions"] == {"code": "PERMISSION_DENIED"}


async def test_node_needs_only_the_scopes_of_what_is_asked_for(world: World) -> None:
    """An interface's fields are those of every type, and few tokens may read them all."""
    found = await world.graphql(
        f'{{ node(id: "{gid("Organizer", world.organizers["acme"])}") {{ id }} }}', token="acme_nothing"
    )
    assert found.json()["data"] == {"node": {"id": gid("Organizer", world.organizers["acme"])}}


async def test_a_token_limited_to_events_sees_only_these(world: World) -> None:
    secret = await token(world, all_events=False, events=["party"])
    query = """query ($ids: [ID!]!) { organizer(slug: "acme") { events { totalCount nodes { slug } } }
      conf: event(organizer: "acme", slug: "conf") { slug } party: event(organizer: "acme", slug: "party") { slug }
      nodes(ids: $ids) { id } }"""
    everything = await world.data('{ organizer(slug: "acme") { events { nodes { id slug } } } }')
    known = {node["slug"]: node["id"] for node in everything["organizer"]["events"]["nodes"]}
    found = await world.data(query, {"ids": [known["conf"], known["party"]]}, token=secret)
    assert found == {
        "organizer": {"events": {"totalCount": 1, "nodes": [{"slug": "party"}]}},
        "conf": None,
        "party": {"slug": "party"},
        "nodes": [None, {"id": known["party"]}],
    }


async def test_a_token_limited_to_no_events_sees_none(world: World) -> None:
    secret = await token(world, all_events=False, events=[])
    found = await world.data('{ organizer(slug: "acme") { events { totalCount nodes { slug } } } }', token=secret)
    assert found["organizer"]["events"] == {"totalCount": 0, "nodes": []}


# -- tenants ---------------------------------------------------------------------------------------------------------


async def test_tenants_never_see_each_other_s_rows(world: World) -> None:
    """beta's token tries every root field, and every list below what it may see."""
    await world.card(1, secret="AA")
    known = await ids(world)
    query = """query ($ids: [ID!]!, $card: ID!) {
      viewer { organizers { nodes { slug giftCards { totalCount nodes { id } } events { totalCount } } } }
      organizers { totalCount nodes { slug giftCards { totalCount } salesChannels { nodes { id } } } }
      organizer(slug: "acme") { id giftCards { totalCount } }
      event(organizer: "acme", slug: "conf") { id }
      giftCards(includeAccepted: true) { totalCount nodes { id } }
      byId: giftCard(id: $card, includeAccepted: true) { id }
      bySecret: giftCard(secret: "AA", includeAccepted: true) { id }
      nodes(ids: $ids) { id }
    }"""
    found = await world.data(query, {"ids": known, "card": known[3]}, token="beta")
    (own,) = found.pop("organizers")["nodes"]
    assert (own.pop("slug"), own.pop("giftCards")) == ("beta", {"totalCount": 0})
    assert len(own["salesChannels"]["nodes"]) == 1
    assert known[1] not in str(own)
    assert found == {
        "viewer": {
            "organizers": {
                "nodes": [{"slug": "beta", "giftCards": {"totalCount": 0, "nodes": []}, "events": {"totalCount": 0}}]
            }
        },
        "organizer": None,
        "event": None,
        "giftCards": {"totalCount": 0, "nodes": []},
        "byId": None,
        "bySecret": None,
        "nodes": [None] * 5,
    }
    for asked in CARDS_ASKED.values():
        with_organizer = asked.replace("giftCards {", 'giftCards(organizer: "acme") {').replace(
            '"AA"', '"AA", organizer: "acme"'
        )
        answer = (await world.graphql(f"{{ {with_organizer} }}", token="beta")).json()
        assert list(answer["data"].values()) == [None]
        assert answer["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"


async def test_a_cursor_of_another_tenant_shows_nothing_of_it(stocked: World) -> None:
    cursor = (await page(stocked, first=1))["pageInfo"]["endCursor"]
    found = await stocked.data(PAGE, {"after": cursor}, token="beta")
    assert secrets_of(found["giftCards"]) == ["BETA"]


async def test_the_issuer_of_an_accepted_card_shows_its_name_and_no_list_of_its_rows(world: World) -> None:
    """acme accepts beta's cards and reads who issued one; beta's other rows stay beta's."""
    await world.card(1, of="beta", secret="BB")
    query = """{ giftCards(includeAccepted: true) { nodes { secret issuer { slug
      giftCards { totalCount } events { totalCount } salesChannels { totalCount } } } } }"""
    (card,) = (await world.data(query))["giftCards"]["nodes"]
    assert (card["secret"], card["issuer"]["slug"]) == ("BB", "beta")
    for name in ("giftCards", "events", "salesChannels"):
        assert card["issuer"][name] == {"totalCount": 0}
