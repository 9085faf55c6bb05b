"""Webhooks by GraphQL: their life, who may touch them, and the log of what was sent."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Update, update

from models.token import Status, token
from models.webhook import webhook
from models.webhook_signature import PREFIX
from resolvers import tokens
from resolvers.context import Work
from tests.gql.shop import done, errors, node
from tests.receivers import Receiver, answer, receiver
from tests.world import World, opened

URL = "https://example.org/hooks"
PAGES = "vouchers(first: 100) { nodes { redemptions(first: 100) { nodes { token } } } }"
SHAPE = "subscription { changes { change { kind } } }"
WEBHOOK = """... on Webhook { token url description kinds query scopes active failingSince disabledReason oldSecretUntil
  createdAt updatedAt organizer { slug } deliveries { totalCount } }"""
on_sqlite = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


async def made(world: World, **given: Any) -> Any:
    payload = await done(world, "webhookCreate", {"url": URL, **given}, "webhook { id token } secret")
    return {**payload["webhook"], "secret": payload["secret"]}


async def a_token(world: World, *scopes: str, **options: Any) -> None:
    async def verb(work: Work) -> tokens.Created:
        return await tokens.create(work, "other", organizers=["acme"], scopes=scopes, **options)

    world.secrets["other"] = (await world.context("acme").write(verb)).secret


async def test_a_webhook_is_shown_as_it_is(world: World) -> None:
    given = {"kinds": ["GIFT_CARD_ISSUED", "GIFT_CARD_DISABLED"], "query": SHAPE, "description": "The shop"}
    found = await made(world, **given, idempotencyKey="once")
    assert found["secret"].startswith(PREFIX)
    assert await made(world, **given, idempotencyKey="once") == found
    shown = await node(world, found["id"], WEBHOOK)
    assert shown == {
        "token": found["token"],
        "url": URL,
        "description": "The shop",
        "kinds": ["GIFT_CARD_DISABLED", "GIFT_CARD_ISSUED"],
        "query": SHAPE,
        "scopes": ["event.*", "organizer.*"],
        "active": True,
        "failingSince": None,
        "disabledReason": None,
        "oldSecretUntil": None,
        "createdAt": shown["createdAt"],
        "updatedAt": None,
        "organizer": {"slug": "acme"},
        "deliveries": {"totalCount": 0},
    }
    query = (
        "query ($token: String!) { webhook(token: $token) { id } webhooks(filter: { active: true }) { nodes { id } } }"
    )
    assert await world.data(query, {"token": found["token"]}) == {
        "webhook": {"id": found["id"]},
        "webhooks": {"nodes": [{"id": found["id"]}]},
    }
    below = '{ organizer(slug: "acme") { webhooks(orderBy: { field: URL }) { totalCount nodes { url } } } }'
    assert (await world.data(below))["organizer"]["webhooks"] == {"totalCount": 1, "nodes": [{"url": URL}]}


async def test_a_webhook_is_changed_switched_off_and_on_and_deleted(world: World) -> None:
    found = await made(world, kinds=["GIFT_CARD_ISSUED"], query=SHAPE)
    named = {"id": found["id"]}
    changed = {**named, "url": f"{URL}/2", "kinds": [], "query": None, "description": None}
    shown = "webhook { url kinds query active updatedAt }"
    payload = await done(world, "webhookUpdate", changed, shown)
    assert payload["webhook"].pop("updatedAt") is not None
    assert payload["webhook"] == {"url": f"{URL}/2", "kinds": [], "query": None, "active": True}
    for _ in range(2):
        payload = await done(world, "webhookDisable", named, "webhook { active disabledReason }")
        assert payload["webhook"] == {"active": False, "disabledReason": None}
    assert await errors(world, "webhookPing", named) == [("DISABLED", None)]
    assert (await done(world, "webhookEnable", named, shown))["webhook"]["active"]
    renewed = await done(world, "webhookSecretRotate", named, "secret webhook { oldSecretUntil }")
    assert renewed["secret"].startswith(PREFIX)
    assert renewed["secret"] != found["secret"]
    assert renewed["webhook"]["oldSecretUntil"] is not None
    assert (await done(world, "webhookDelete", named, "deletedId"))["deletedId"] == found["id"]
    assert await node(world, found["id"], WEBHOOK) is None
    for verb in ("Update", "Delete", "Enable", "Disable", "SecretRotate", "Ping"):
        assert await errors(world, f"webhook{verb}", named) == [("NOT_FOUND", "id")]
    kinds = await world.data("{ changes { nodes { kind subjectId } } }")
    told = [each["kind"] for each in kinds["changes"]["nodes"] if each["subjectId"] == found["id"]]
    assert told == [f"WEBHOOK_{each}" for each in ("CREATED", "UPDATED", "DISABLED", "ENABLED", "UPDATED", "DELETED")]


@on_sqlite
@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://localhost/",
        "https://user:password@example.org/",
        "https://example.org:25/",
        "https://example.org/#part",
        "https://169.254.169.254/latest/meta-data",
        "ftp://example.org/",
        "example.org",
        f"https://example.org/{'x' * 2000}",
    ],
)
async def test_an_address_is_refused_that_could_never_be_sent_to(world: World, url: str) -> None:
    assert await errors(world, "webhookCreate", {"url": url}) == [("INVALID", "url")]


@on_sqlite
async def test_a_query_is_refused_that_could_shape_nothing(world: World) -> None:
    found = await made(world)
    for query in (
        "subscription {",
        "subscription { changes { nothing } }",
        "{ changes { totalCount } }",
        "subscription { changes(kinds: []) { cursor } }",
        'subscription { actionProgress(id: "x") { action { id } } }',
        "subscription ($x: Boolean!) { changes { cursor @include(if: $x) } }",
        'subscription { ...f } fragment f on Subscription { changes(after: "x") { cursor } }',
        "subscription a { changes { cursor } } subscription b { changes { cursor } }",
        "subscription { changes { cursor } } # " + "x" * 20_000,
        f"subscription {{ changes {{ node {{ ... on Organizer {{ {PAGES} }} }} }} }}",
        "subscription { changes { node { ... on Organizer { vouchers(first: 101) { nodes { code } } } } } }",
    ):
        assert await errors(world, "webhookCreate", {"url": URL, "query": query}) == [("INVALID", "query")], query
        assert await errors(world, "webhookUpdate", {"id": found["id"], "query": query}) == [("INVALID", "query")]
    given = {"url": URL, "kinds": ["WEBHOOK_CREATED"]}
    assert await errors(world, "webhookCreate", given) == [("INVALID", "kinds")]


@on_sqlite
async def test_who_may_read_less_than_a_webhook_cannot_lead_it_elsewhere(world: World) -> None:
    found = await made(world)
    named = {"id": found["id"]}
    await a_token(world, "organizer.webhooks:write", "organizer.webhooks:read")
    for verb, given in (("Update", {"url": URL}), ("Enable", {}), ("SecretRotate", {})):
        assert await errors(world, f"webhook{verb}", named | given, token="other") == [("PERMISSION_DENIED", None)]
    delivery = (await done(world, "webhookPing", named, "delivery { id status attemptsCount payload }"))["delivery"]
    assert (delivery["status"], delivery["attemptsCount"], delivery["payload"]) == ("PENDING", 0, None)
    again = {"id": delivery["id"]}
    assert await errors(world, "webhookDeliveryRedeliver", again, token="other") == [("PERMISSION_DENIED", None)]
    # To stop it is no harm.
    await done(world, "webhookDisable", named, token="other")
    assert await errors(world, "webhookDeliveryRedeliver", again) == [("DISABLED", None)]
    await done(world, "webhookDelete", named, token="other")
    assert await errors(world, "webhookDeliveryRedeliver", again) == [("NOT_FOUND", None)]


@on_sqlite
async def test_a_webhook_is_its_organizers_own(world: World) -> None:
    found = await made(world)
    for verb in ("Update", "Delete", "Enable", "Disable", "SecretRotate", "Ping"):
        assert await errors(world, f"webhook{verb}", {"id": found["id"]}, token="beta") == [("NOT_FOUND", "id")]
    assert await node(world, found["id"], WEBHOOK, token="beta") is None
    assert await errors(world, "webhookCreate", {"url": URL}, token="acme_writes") == [("PERMISSION_DENIED", None)]
    answered = await world.graphql("{ webhooks { nodes { url } } }", token="acme_writes")
    assert answered.json()["errors"][0]["extensions"]["code"] == "PERMISSION_DENIED"


@on_sqlite
async def test_an_organizer_has_so_many_webhooks_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.webhooks.WEBHOOKS_MAX", 2)
    first = await made(world)
    await made(world)
    assert await errors(world, "webhookCreate", {"url": URL}) == [("INVALID", "url")]
    await done(world, "webhookDelete", {"id": first["id"]})
    await made(world)


# -- the log -----------------------------------------------------------------------------------------------------------

DELIVERIES = """query ($id: ID!, $filter: WebhookDeliveryFilter, $order: WebhookDeliveryOrder) { node(id: $id) {
  ... on Webhook { deliveries(filter: $filter, orderBy: $order) { totalCount nodes {
    id messageId kind status attemptsCount nextAttemptAt payload finishedAt webhook { id }
    attempts(filter: { responseStatus: { gte: 100 } }) { totalCount nodes {
      id number durationMs responseStatus response error delivery { id } } } } } } } }"""


async def log(world: World, webhook_id: str, **asked: Any) -> list[Any]:
    found = (await world.data(DELIVERIES, {"id": webhook_id, **asked}))["node"]["deliveries"]
    assert found["totalCount"] == len(found["nodes"])
    nodes: list[Any] = found["nodes"]
    return nodes


@pytest.fixture
async def here() -> AsyncIterator[Receiver]:
    async with receiver() as found:
        yield found


SENDING: dict[str, Any] = {"webhooks": True, "webhook_allowed_networks": "127.0.0.0/8", "webhook_allow_http": True}


@on_sqlite
async def test_a_webhook_goes_on_without_its_token_and_tells_no_more_than_that_could_read(
    database_url: str, here: Receiver
) -> None:
    async with opened(database_url, **SENDING) as world:
        kinds = ["TRACKING_CAMPAIGN_CREATED", "GIFT_CARD_ISSUED"]
        await made(world, url=f"{here.url}&whole", kinds=kinds)
        await a_token(world, "organizer.*", "event.*", all_events=False, events=["conf"])
        await done(world, "webhookCreate", {"url": f"{here.url}&some", "kinds": kinds}, token="other")
        await _written(world, update(token).where(token.c.name == "other").values(status=Status.REVOKED.value))
        await done(world, "trackingCampaignCreate", {"event": "conf", "description": "A"})
        await world.card(of="beta")
        await world.card()
        await here.got(3)
    told = {(each.target[-4:], each.json["type"]) for each in here.received}
    assert told == {("hole", "tracking_campaign.created"), ("hole", "gift_card.issued"), ("some", "gift_card.issued")}


async def test_the_log_tells_what_was_sent_and_what_came_of_it(database_url: str, here: Receiver) -> None:
    async with opened(database_url, **SENDING) as world:
        found = await made(world, url=here.url, kinds=["GIFT_CARD_ISSUED"])
        here.answers.append(answer(410, body=b"gone"))
        await world.card(1000)
        await here.got(1)
        (first,) = await _over(world, found["id"])
        assert (first["kind"], first["status"], first["attemptsCount"]) == ("GIFT_CARD_ISSUED", "FAILED", 1)
        assert (first["messageId"], first["payload"]) == (here.received[0].id, here.received[0].json)
        assert (first["webhook"]["id"], first["nextAttemptAt"]) == (found["id"], None)
        (attempt,) = first["attempts"]["nodes"]
        assert (attempt["number"], attempt["responseStatus"], attempt["response"]) == (1, 410, "gone")
        assert attempt["delivery"]["id"] == first["id"]
        assert await node(world, attempt["id"], "... on WebhookAttempt { number }") == {"number": 1}
        shown = await node(world, found["id"], "... on Webhook { active disabledReason }")
        assert shown == {"active": False, "disabledReason": "GONE"}
        await _is_kept_from_who_may_read_less(world, found["id"], first["id"], attempt["id"])
        await done(world, "webhookEnable", {"id": found["id"]})
        again = await done(world, "webhookDeliveryRedeliver", {"id": first["id"]}, "delivery { status finishedAt }")
        assert again["delivery"] == {"status": "PENDING", "finishedAt": None}
        await done(world, "webhookPing", {"id": found["id"]})
        await here.got(3)
        await _over(world, found["id"], 2)
        order = {"field": "ATTEMPTS_COUNT", "direction": "DESC"}
        redelivered, ping = await log(world, found["id"], order=order)
        assert (redelivered["id"], redelivered["attemptsCount"], redelivered["status"]) == (first["id"], 2, "SUCCEEDED")
        assert redelivered["attempts"]["totalCount"] == 2
        assert (ping["kind"], ping["status"]) == ("WEBHOOK_PINGED", "SUCCEEDED")
        for asked in ({"kind": {"eq": "WEBHOOK_PINGED"}}, {"attemptsCount": {"lt": 2}}):
            assert await log(world, found["id"], filter=asked) == [ping]
        assert len(await log(world, found["id"], filter={"status": {"oneOf": ["SUCCEEDED"]}})) == 2
        assert await log(world, found["id"], filter={"status": {"eq": "PENDING"}}) == []


async def _written(world: World, statement: Update) -> None:
    await world.database.write(lambda tx: tx.rows(statement))


async def _is_kept_from_who_may_read_less(world: World, *ids: str) -> None:
    """What was sent shows what the webhook reads, and so may what the receiver said to it."""
    looks, cards = "organizer.webhooks:read", "organizer.giftcards:read"
    everything, of_cards = ["organizer.*", "event.*"], [cards, looks, "organizer.webhooks:write"]
    for held, scopes, options, seen in (
        (everything, [looks], {}, [1, None, None]),
        (everything, ["organizer.*"], {}, [1, None, None]),
        (everything, everything, {"all_events": False, "events": ["conf"]}, [1, None, None]),
        (everything, [looks, *everything], {}, [1, 1, 1]),
        (of_cards, [looks], {}, [1, None, None]),
        # To look it takes no right to write.
        (of_cards, [looks, cards], {}, [1, 1, 1]),
    ):
        await _written(world, update(webhook).values(scopes=held))
        await a_token(world, *scopes, **options)
        found = [await node(world, each, "__typename", token="other") for each in ids]
        assert [each and 1 for each in found] == seen, scopes
        below = await node(world, ids[0], "... on Webhook { deliveries { totalCount nodes { id } } }", token="other")
        assert len(below["deliveries"]["nodes"]) == below["deliveries"]["totalCount"] == (seen[1] or 0)


async def _over(world: World, webhook_id: str, count: int = 1) -> list[Any]:
    asked = {"not": {"status": {"eq": "PENDING"}}}
    for _ in range(500):
        found = await log(world, webhook_id, filter=asked)
        if len(found) >= count:
            return found
        # Reading alone never lets the loop go on to anything else.
        await asyncio.sleep(0.01)
    raise AssertionError("nothing is over")
