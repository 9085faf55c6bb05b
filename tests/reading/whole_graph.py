"""Something of every noun, and a document for every connection that the schema has."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_object_type,
    is_required_argument,
)
from sqlalchemy import Table, insert, update

from gql import ids
from models.action import ActionType, action, action_failure
from models.gift_card import gift_card
from models.webhook import webhook, webhook_attempt, webhook_delivery
from resolvers.context import Work
from tests.gql.shop import CARD, GIFT, PERCENT, done
from tests.tracking import campaign as tracking_campaign
from tests.world import START, World

# -- rows ------------------------------------------------------------------------------------------------------------


async def stock(world: World, slug: str, number: int) -> None:
    """One more of every noun of an organizer, with what belongs to each."""
    event, name = f"e{number}", f"{slug}{number}"
    given: dict[str, Any] = {"slug": event, "name": {"en": event}, "currency": "EUR"}
    await done(world, "eventCreate", {**given, "dateFrom": "2027-01-01T00:00:00Z"}, token=slug)
    await done(world, "salesChannelCreate", {"identifier": f"api.{event}", "label": {"en": event}}, token=slug)
    await tracking_campaign(world, name, event=event, of=slug)
    order = {"event": event, "code": name, "campaigns": [name], "tickets": [name], "salesChannel": f"api.{event}"}
    await done(world, "orderRecord", order, token=slug)
    await world.client.get(f"/{slug}/{event}/c/{name}/")
    await world.app.clicks.flush()
    card_id = await world.card(100, of=slug, secret=name)
    campaign_id = await _stock_vouchers(world, slug, number)
    rows = partial(_stock_tables, organizer_id=world.organizers[slug], card_id=card_id, name=name)
    await world.context(slug).write(partial(rows, campaign_id=campaign_id))


async def _stock_vouchers(world: World, slug: str, number: int) -> int:
    """Vouchers with bookings, redeemed together, published, rolled back and binned; the number of their campaign."""
    given = {"name": f"C{number}", "benefit": GIFT, "category": f"c{number}"}
    made = await done(world, "voucherCampaignCreate", given, "voucherCampaign { id }", token=slug)
    of, customer = made["voucherCampaign"]["id"], {"sourceId": f"ada{number}"}
    for code, gives in ((f"V{number}", {"campaignId": of}), (f"W{number}", {"benefit": PERCENT})):
        await done(world, "voucherCreate", {"code": code, "redemptionLimit": None, **gives}, token=slug)
    await done(world, "voucherPublish", {"code": f"V{number}", "customer": customer}, token=slug)
    vouchers = [{"code": f"V{number}", "credits": "1.00"}, {"code": f"W{number}"}]
    redeemed = {"vouchers": vouchers, "order": {"amount": "9.00"}, "customer": customer}
    found = await done(world, "voucherRedeem", redeemed, "redemption { id }", token=slug)
    await done(world, "redemptionRollback", {"id": found["redemption"]["id"]}, token=slug)
    gone = await done(world, "voucherCreate", {"code": f"X{number}", "benefit": CARD}, "voucher { id }", token=slug)
    await done(world, "voucherDelete", {"id": gone["voucher"]["id"]}, token=slug)
    decoded = ids.decode(of)
    assert decoded is not None
    return decoded[1]


async def _stock_tables(work: Work, *, organizer_id: int, card_id: int, campaign_id: int, name: str) -> None:
    """What bulk work and webhooks leave behind."""

    async def added(table: Table, **values: Any) -> int:
        row = await work.row(insert(table).values(organizer_id=organizer_id, **values).returning(table.c.id))
        return int(row[0])

    made = {"created_at": work.now}
    kind = {"type": ActionType.IMPORT.value, "status": "DONE", "input": {}, "finished_at": work.now}
    action_id = await added(action, token=f"aa_{name}", campaign_id=campaign_id, **kind, **made)
    await added(action_failure, action_id=action_id, reason="It is no good.")
    await work.rows(update(gift_card).where(gift_card.c.id == card_id).values(action_id=action_id))
    reads = {"scopes": ["organizer.*"], "all_events": True, "from_change_id": 0}
    webhook_id = await added(webhook, token=f"wh_{name}", url="https://x.test/", secret="whsec_", **reads, **made)
    status = {"kind": "webhook.pinged", "status": "PENDING", "due_at": 0}
    delivery_id = await added(webhook_delivery, webhook_id=webhook_id, token=f"msg_{name}", **status, **made)
    took = {"started_at": START, "duration_ms": 1, "response_status": 500}
    await added(webhook_attempt, delivery_id=delivery_id, number=1, **took)


# -- documents -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """A field on the way from the root; `connects`: there may be many below it."""

    name: str
    field: GraphQLField
    connects: bool


@dataclass(frozen=True, slots=True)
class Walk:
    """A connection, and how it is reached from the root."""

    name: str
    steps: tuple[Step, ...]

    @property
    def levels(self) -> int:
        return sum(step.connects for step in self.steps)

    @property
    def node(self) -> GraphQLObjectType:
        found = node_of(self.steps[-1].field)
        assert found is not None
        return found

    def document(self, organizer: str, *, shown: str | None = None, **given: str) -> str:
        """Some of the last connection's rows, below some rows of each before it: all there is of them, or `shown`."""
        inner = f"nodes {{ {' '.join(_shown(self.node))} }}" if shown is None else shown
        for step in reversed(self.steps):
            arguments = {} if not step.connects else {"first": "8"}
            if step is self.steps[-1]:
                arguments = given if {"first", "last"} & set(given) else {"first": "3", **given}
            else:
                inner = f"nodes {{ {inner} }}" if step.connects else inner
            if "organizer" in step.field.args:
                arguments = {"organizer": f'"{organizer}"', **arguments}
            told = ", ".join(f"{name}: {value}" for name, value in arguments.items())
            inner = f"{step.name}{f'({told})' if told else ''} {{ {inner} }}"
        return f"{{ {inner} }}"

    def pages(self, data: Any) -> list[list[Any]]:
        """The nodes of the last connection, by parent."""
        found = [data]
        for step in self.steps[:-1]:
            below = [each[step.name] for each in found if each[step.name] is not None]
            found = [node for page in below for node in page["nodes"]] if step.connects else below
        return [each[self.steps[-1].name]["nodes"] for each in found]


def walks(schema: GraphQLSchema) -> Iterator[Walk]:
    """Every connection of the schema, by the shortest way to the type that has it: of the root, and below each type."""
    assert schema.query_type is not None
    ways = _ways(schema.query_type)
    for found in schema.type_map.values():
        if is_object_type(found) and not found.name.startswith("__") and found is not schema.mutation_type:
            for name, field in found.fields.items():
                if node_of(field) is not None:
                    # One that the walk does not come to is reported by the test.
                    way = ways.get(found.name, (Step("?", field, False),))
                    yield Walk(f"{found.name}.{name}", (*way, Step(name, field, True)))


def _ways(query: GraphQLObjectType) -> dict[str, tuple[Step, ...]]:
    """How each type is reached, where there are many of it: through as few connections as possible."""
    ways: dict[str, tuple[Step, ...]] = {query.name: ()}
    waiting = deque([query])
    while waiting:
        parent = waiting.popleft()
        for name, field in parent.fields.items():
            node = node_of(field)
            target = node or get_named_type(field.type)
            if any(map(is_required_argument, field.args.values())) or not is_object_type(target):
                continue
            # A root that finds one by its name is asked for by that name.
            if target.name not in ways and (node is not None or not field.args):
                ways[target.name] = (*ways[parent.name], Step(name, field, node is not None))
                waiting.append(target)
    return ways


def node_of(field: GraphQLField) -> GraphQLObjectType | None:
    """What a connection field connects to; None for any other field."""
    named: Any = get_named_type(field.type)
    if not named.name.endswith("Connection"):
        return None
    found: Any = get_named_type(named.fields["nodes"].type)
    return found if is_object_type(found) else None


def _shown(node: GraphQLObjectType) -> Iterator[str]:
    """Every field that needs no argument; of objects their leaves, of connections nothing."""
    yield "__typename"
    for name, field in node.fields.items():
        named: Any = get_named_type(field.type)
        if is_leaf_type(named):
            yield name
        elif is_object_type(named) and node_of(field) is None:
            leaves = [each for each, part in named.fields.items() if is_leaf_type(get_named_type(part.type))]
            yield f"{name} {{ {' '.join(leaves)} }}"
