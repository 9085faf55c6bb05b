"""Loading a start state: completely, once, or not at all."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

import server
from models.database import Database
from models.event import event, event_sales_channel
from models.gift_card import gift_card, gift_card_transaction
from models.order import order
from models.organizer import organizer
from models.problems import Several, Taken
from models.sales_channel import sales_channel
from models.tables import metadata
from models.token import token
from models.tracking_campaign import tracking_campaign
from resolvers import ledger
from resolvers.loading import load
from resolvers.start_state import parse
from tests.resolvers.databases import opened, parsed, rows

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DEMO = Path(server.__file__).parent / "demo.json"
DOCUMENT: dict[str, Any] = {
    "_about": "remarks are allowed anywhere",
    "organizers": [{"slug": "acme", "name": "Acme"}, {"slug": "beta", "name": "Beta Brücke e.V.", "_note": "two"}],
    "events": [
        {
            "organizer": "acme",
            "slug": "conf",
            "name": {"en": "Conference", "de": "Konferenz"},
            "currency": "USD",
            "date_from": "2030-12-27T11:00:00+01:00",
            "date_to": "2030-12-28T18:00:00Z",
            "live": True,
            "is_public": False,
            "location": {"en": "Heidelberg"},
            "plugins": ["mail"],
            "timezone": "Europe/Berlin",
        }
    ],
    "sales_channels": [{"organizer": "acme", "identifier": "api.shop", "label": {"en": "Shop"}, "position": 3}],
    "orders": [
        {"organizer": "acme", "event": "conf", "code": "A1", "sales_channel": "api.shop", "position_secret": "ticket1"},
        {"organizer": "acme", "event": "conf", "code": "A2"},
    ],
    "giftcard_acceptances": [{"issuer": "beta", "acceptor": "acme", "active": False}],
    "giftcards": [
        {
            "organizer": "acme",
            "secret": "SAME",
            "currency": "JPY",
            "expires": "2099-01-01T00:00:00Z",
            "conditions": "Only on weekdays — ✓",
            "issuance": "2026-01-01T00:00:00Z",
            "transactions": [
                {"value": "60.00", "datetime": "2026-01-01T00:01:00Z"},
                {"value": "-10.5", "text": "snack", "info": {"till": [1, None]}, "acceptor": "beta"},
                {"value": 2, "event": "conf", "order": "A1", "datetime": "2026-01-02T00:00:00.123456Z"},
            ],
        },
        {"organizer": "beta", "secret": "SAME", "testmode": True, "active": False},
    ],
    "tokens": [
        {"kind": "team", "name": "all", "organizer": "acme", "all_organizer_permissions": True, "token": "t" * 20},
        {
            "kind": "app",
            "name": "pair",
            "organizer": "beta",
            "app_id": "app-id",
            "app_token": "a" * 20,
            "client_id": "client-id",
            "client_token": "c" * 20,
        },
    ],
}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as database:
        yield database


async def counts(database: Database) -> dict[str, int]:
    found = {}
    for table in metadata.sorted_tables:
        ((found[table.name],),) = await rows(database, select(func.count()).select_from(table))
    return found


async def test_everything_of_a_document_is_there(database: Database) -> None:
    loaded = await load(database, parsed(DOCUMENT), now=NOW)
    assert await counts(database) == {
        **dict.fromkeys(metadata.tables, 0),
        "organizer": 2,
        "event": 1,
        "sales_channel": 3,
        "order": 2,
        "ticket": 1,
        "gift_card_acceptance": 1,
        "gift_card": 2,
        "gift_card_transaction": 3,
        "token": 3,
        "token_organizer": 3,
    }
    assert loaded.created["gift_card_transaction"] == 3
    assert loaded.gift_card_ids == {"SAME": 1}
    assert loaded.ticket_ids == {"ticket1": 1}
    assert await ledger.differences(database) == []


async def test_values_come_out_as_they_were_written(database: Database) -> None:
    await load(database, parsed(DOCUMENT), now=NOW)
    names = ("slug", "name", "currency", "date_from", "live", "is_public", "location", "plugins", "created_at")
    assert await rows(database, select(*(event.c[name] for name in names))) == [
        (
            "conf",
            {"en": "Conference", "de": "Konferenz"},
            "USD",
            datetime(2030, 12, 27, 10, tzinfo=UTC),
            True,
            False,
            {"en": "Heidelberg"},
            ["mail"],
            NOW,
        )
    ]
    cards = select(*gift_card.c["secret", "balance", "last_number", "testmode", "active", "issued_at", "expires_at"])
    assert await rows(database, cards.order_by(gift_card.c.id)) == [
        (
            *("SAME", 5150, 3, False, True),
            *(datetime(2026, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)),
        ),
        ("SAME", 0, None, True, False, NOW, None),
    ]
    columns = ("number", "amount", "balance_after", "booked_at", "text", "info", "acceptor_id", "order_id")
    booked = select(*(gift_card_transaction.c[name] for name in columns)).order_by(gift_card_transaction.c.number)
    assert await rows(database, booked) == [
        (1, 6000, 6000, datetime(2026, 1, 1, 0, 1, tzinfo=UTC), None, None, 1, None),
        (2, -1050, 4950, datetime(2026, 1, 1, tzinfo=UTC), "snack", {"till": [1, None]}, 2, None),
        (3, 200, 5150, datetime(2026, 1, 2, 0, 0, 0, 123456, tzinfo=UTC), None, None, 1, 1),
    ]


async def test_every_organizer_has_the_built_in_channel(database: Database) -> None:
    await load(database, parsed(DOCUMENT), now=NOW)
    shown = select(*sales_channel.c["organizer_id", "identifier", "type", "label", "position", "active"])
    found = await rows(database, shown.order_by(sales_channel.c.organizer_id, sales_channel.c.position))
    web = ("web", "web", {"en": "Online shop"}, 0, True)
    assert found == [(1, *web), (1, "api.shop", "api", {"en": "Shop"}, 3, True), (2, *web)]
    assert await rows(database, select(order.c.sales_channel_id).order_by(order.c.code)) == [(3,), (1,)]


async def test_keys_of_an_app_are_two_tokens(database: Database) -> None:
    await load(database, parsed(DOCUMENT), now=NOW)
    shown = select(*token.c["kind", "public_id", "prefix", "scopes"]).where(token.c.name == "pair")
    assert await rows(database, shown.order_by(token.c.id)) == [
        ("app", "app-id", "aaaaaaaa", ["event.*", "organizer.*"]),
        ("client", "client-id", "cccccccc", []),
    ]


async def test_loading_twice_changes_nothing(database: Database) -> None:
    first = await load(database, parsed(DOCUMENT), now=NOW)
    before = await counts(database)
    second = await load(database, parsed(DOCUMENT), now=NOW)
    assert await counts(database) == before
    assert sum(second.created.values()) == 0
    assert second.kept == first.created
    assert (second.gift_card_ids, second.ticket_ids) == (first.gift_card_ids, first.ticket_ids)


async def test_what_exists_is_left_alone(database: Database) -> None:
    await load(database, parsed(DOCUMENT), now=NOW)
    changed = {
        "organizers": [{"slug": "acme", "name": "Renamed"}],
        "giftcards": [
            {"organizer": "acme", "secret": "SAME", "transactions": [{"value": "1.00"}]},
            {"organizer": "acme", "secret": "NEW", "transactions": [{"value": "1.00"}]},
        ],
    }
    loaded = await load(database, parsed(changed), now=NOW)
    assert (loaded.created["gift_card"], loaded.kept["gift_card"]) == (1, 1)
    assert (loaded.created["gift_card_transaction"], loaded.kept["gift_card_transaction"]) == (1, 1)
    assert await rows(database, select(organizer.c.name).order_by(organizer.c.id)) == [
        ("Acme",),
        ("Beta Brücke e.V.",),
    ]
    assert await ledger.differences(database) == []


LIMITED = {
    "slug": "limited",
    "date_admission": "2030-12-27T09:00:00Z",
    "presale_end": "2030-12-27T08:00:00.5Z",
    "geo_lat": 49,
    "geo_lon": -8.5,
    "meta_data": {"Kind": "trade"},
    "item_meta_properties": {"Size": ""},
    "all_sales_channels": False,
    "limit_sales_channels": ["web", "api.shop"],
}


async def test_events_come_with_all_that_they_have(database: Database) -> None:
    organizers = [{**DOCUMENT["organizers"][0], "event_properties": {"Kind": "consumer"}}, DOCUMENT["organizers"][1]]
    events = [*DOCUMENT["events"], {**DOCUMENT["events"][0], **LIMITED}]
    document = {**DOCUMENT, "organizers": organizers, "events": events}
    for _ in range(2):
        await load(database, parsed(document), now=NOW)
        names = [name for name in LIMITED if name != "limit_sales_channels"]
        admitted = datetime(2030, 12, 27, 9, tzinfo=UTC), datetime(2030, 12, 27, 8, 0, 0, 500000, tzinfo=UTC)
        assert await rows(database, select(*event.c[tuple(names)]).order_by(event.c.id)) == [
            ("conf", None, None, None, None, {}, {}, True),
            ("limited", *admitted, 49.0, -8.5, {"Kind": "trade"}, {"Size": ""}, False),
        ]
        found = await rows(database, select(organizer.c.event_properties).order_by(organizer.c.id))
        assert found == [({"Kind": "consumer"},), ({},)]
        asked = select(event.c.slug, sales_channel.c.identifier).select_from(event_sales_channel)
        joined = asked.join(event, event.c.id == event_sales_channel.c.event_id)
        joined = joined.join(sales_channel, sales_channel.c.id == event_sales_channel.c.sales_channel_id)
        found = await rows(database, joined.order_by(sales_channel.c.identifier))
        assert found == [("limited", "api.shop"), ("limited", "web")]


async def test_many_cards_go_in_slices_and_keep_their_order(database: Database) -> None:
    transactions = [{"value": "10.00"}, {"value": "-1.50"}, {"value": "0.00"}]
    cards = [{"organizer": "acme", "secret": f"C-{n}", "transactions": transactions} for n in range(1_001)]
    document = parsed({"organizers": DOCUMENT["organizers"], "giftcards": cards})
    done: list[int] = []
    await load(database, document, now=NOW, progress=done.append)
    assert sum(done) - 2 == document.size == 2 + 1_001 * 4  # besides: the built-in channels
    found = await rows(database, select(gift_card.c.secret).order_by(gift_card.c.id))
    assert [secret for (secret,) in found] == [f"C-{n}" for n in range(1_001)]
    assert await ledger.counts(database) == (1_001, 3_003)
    assert await ledger.differences(database) == []


async def test_the_demo_can_be_loaded(database: Database) -> None:
    loaded = await load(database, parse(DEMO.read_bytes()), now=NOW)
    assert loaded.created["gift_card"] == 12
    assert await ledger.differences(database) == []


def broken(**parts: Any) -> bytes:
    return orjson.dumps({**DOCUMENT, **parts})


CARD = {"organizer": "acme", "secret": "X1"}
CONF = DOCUMENT["events"][0]


def booked(*transactions: dict[str, Any]) -> dict[str, Any]:
    return {**CARD, "transactions": transactions}


TEAM = {"kind": "team", "name": "x", "organizer": "acme", "token": "x" * 20}


@pytest.mark.parametrize(
    ("content", "path", "message"),
    [
        (b"", "document", "Invalid JSON"),
        (b"[]", "document", "object"),
        (b'{"organizers": "\xff"}', "document", "Invalid JSON"),
        (broken(gift_cards=[]), "gift_cards", "not permitted"),
        (broken(organizers=[{"slug": "a b", "name": "x"}]), "organizers[0].slug", "pattern"),
        (broken(organizers=[*DOCUMENT["organizers"], {"slug": "acme", "name": "x"}]), "organizers[2]", "twice"),
        (broken(events=[]), "orders[0].event", "has no event 'conf'"),
        (broken(sales_channels=[]), "orders[0].sales_channel", "has no channel 'api.shop'"),
        (
            broken(sales_channels=[{"organizer": "acme", "identifier": "web", "label": {}}]),
            "sales_channels[0].identifier",
            "built in",
        ),
        *(
            (broken(events=[*DOCUMENT["events"], {**CONF, "slug": "e", **wrong}]), f"events[1].{at}", why)
            for wrong, at, why in (
                ({"slug": "a_b"}, "slug", "pattern"),
                ({"slug": "a" * 51}, "slug", "50"),
                ({"geo_lat": 91}, "geo_lat", "90"),
                ({"geo_lon": "NaN"}, "geo_lon", "finite"),
                ({"timezone": "Mars/Olympus"}, "timezone", "name of a time zone"),
                ({"date_to": "1999-01-01T00:00:00Z"}, "date_to", "before it starts"),
                ({"meta_data": {"Kind": "x"}}, "meta_data", "no event property 'Kind'"),
                ({"limit_sales_channels": ["web"]}, "limit_sales_channels", "through all"),
                (
                    {"all_sales_channels": False, "limit_sales_channels": ["api.none"]},
                    "limit_sales_channels",
                    "no channel 'api.none'",
                ),
            )
        ),
        (broken(giftcards=[{**CARD, "organizer": "x"}]), "giftcards[0].organizer", "no organizer 'x'"),
        (broken(giftcards=[CARD, CARD]), "giftcards[1]", "twice"),
        (broken(giftcards=[{**CARD, "currency": "eur"}]), "giftcards[0].currency", "ISO 4217"),
        (broken(giftcards=[{**CARD, "secret": "-"}]), "giftcards[0].secret", "pattern"),
        (broken(giftcards=[{**CARD, "conditions": "\0"}]), "giftcards[0].conditions", "NUL"),
        (broken(giftcards=[{**CARD, "issuance": "2026-01-01T00:00:00"}]), "giftcards[0].issuance", "timezone"),
        *(
            (broken(giftcards=[booked({"value": "1.00"}, wrong)]), f"giftcards[0].transactions[1].{at}", why)
            for wrong, at, why in (
                ({"value": "-1.01"}, "value", "would be -0.01"),
                ({"value": "99999999999.00"}, "value", "would be 100000000000.00"),
                ({"value": "1.001"}, "value", "2 decimal places"),
                ({"value": "NaN"}, "value", "finite"),
                ({"value": "1.00", "acceptor": "x"}, "acceptor", "no organizer 'x'"),
                ({"value": "1.00", "order": "B9", "event": "conf"}, "order", "no order 'B9'"),
            )
        ),
        (
            broken(giftcards=[booked({"value": "1.00", "info": "HUGE"})]).replace(b'"HUGE"', b"1" + b"0" * 30),
            "giftcards[0].transactions[0].info",
            "64-bit",
        ),
        (broken(giftcard_acceptances=[{"issuer": "acme", "acceptor": "acme"}]), "giftcard_acceptances[0]", "own"),
        (broken(tokens=[{**TEAM, "token": "short"}]), "tokens[0].token", "at least 16"),
        (broken(tokens=[{**TEAM, "kind": "magic"}]), "tokens[0]", "magic"),
        (broken(tokens=[{**TEAM, "limit_events": ["x"]}]), "tokens[0].limit_events", "no event 'x'"),
        (broken(tokens=[{**TEAM, "organizer_permissions": ["all"]}]), "tokens[0].organizer_permissions[0]", "pattern"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_place(content: bytes, path: str, message: str) -> None:
    with pytest.raises(Several) as refused:
        parse(content)
    told = {str(problem.field): problem.message for problem in refused.value.problems}
    assert message in told[path], told


def test_at_most_twenty_mistakes_are_told() -> None:
    with pytest.raises(Several) as refused:
        parse(broken(giftcards=[{**CARD, "currency": "x"}] * 50))
    assert len(refused.value.problems) == 20


async def test_a_campaigns_code_that_another_event_has_is_refused(database_url: str) -> None:
    """Nothing of that slice is loaded then: what was told would not be what is there."""
    told = {"description": "Posters", "code": "POSTER"}
    event = {"organizer": "beta", "slug": "gala", "name": {"en": "Gala"}, "date_from": "2030-01-01T00:00:00Z"}
    events = [*DOCUMENT["events"], event]
    campaigns = [{**told, "organizer": "acme", "event": "conf"}]
    async with opened(database_url) as database:
        await load(database, parsed({**DOCUMENT, "events": events, "campaigns": campaigns}), now=NOW)
        theirs = [{**told, "organizer": "beta", "event": "gala", "code": code} for code in ("NEW", "POSTER")]
        with pytest.raises(Taken, match="POSTER"):
            await load(database, parsed({**DOCUMENT, "events": events, "campaigns": theirs}), now=NOW)
        assert await rows(database, select(tracking_campaign.c.code)) == [("POSTER",)]


async def test_campaigns_are_loaded_once(database_url: str) -> None:
    told = {"organizer": "acme", "event": DOCUMENT["events"][0]["slug"], "description": "Posters", "active": False}
    document = parsed({**DOCUMENT, "campaigns": [{**told, "code": "POSTER", "external_target": "https://a.example/"}]})
    columns = tracking_campaign.c
    asked = select(columns.code, columns.description, columns.external_target, columns.active, columns.click_count)
    async with opened(database_url) as database:
        for created in (1, 0):
            loaded = await load(database, document, now=NOW)
            assert loaded.created["tracking_campaign"] == created
        assert [tuple(row) for row in await rows(database, asked)] == [
            ("POSTER", "Posters", "https://a.example/", False, 0)
        ]
    for wrong, at in (
        ({"code": ".."}, "code"),
        ({"external_target": "x"}, "external_target"),
        ({"event": "no"}, "event"),
    ):
        with pytest.raises(Several) as refused:
            parsed({**DOCUMENT, "campaigns": [{**told, "code": "A", **wrong}]})
        assert refused.value.problems[0].field == f"campaigns[0].{at}"
