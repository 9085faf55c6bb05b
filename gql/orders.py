"""Orders and their tickets, and the mutation by which a shop tells of an order."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from gql.errors import UserError
from gql.events import Event
from gql.filters import optional
from gql.nodes import Node, node_id
from gql.order_lists import TICKETS
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, written
from gql.reads import Args, Errors, Given, Leaf, Mutates, Related, argument, by, method
from gql.run import Run
from gql.sales_channels import SalesChannel
from gql.scalars import Timestamp
from gql.tracking_campaign_lists import TRACKED
from resolvers import orders
from resolvers.context import Work
from resolvers.reading.conditions import All, Compare, Meets
from resolvers.reading.selection import Ask


def one(args: Args, run: Run) -> Ask | None:
    """The order by its event and its code."""
    organizer_id = run.context.principal.organizer_id(args.get("organizer"))
    if "\0" in args["event"] or "\0" in args["code"]:
        return None
    named = All((Meets("of_event", (args["event"],)), Compare("code", "eq", args["code"])))
    return Ask(1, named, organizer_id=organizer_id)


@strawberry.type(description="A ticket of an order.")
class Ticket(Node):
    id: strawberry.ID = by(node_id("Ticket"), "The ticket's global id.")
    secret: str = by(Leaf(("secret",)), "The secret by which it is known, unique within its organizer.")
    order: Annotated["Order", strawberry.lazy("gql.orders")] = by(Related(("order",)), "The order it is of.")


@strawberry.type(description="What a shop told of an order: no prices, no cart.")
class Order(Node):
    id: strawberry.ID = by(node_id("Order"), "The order's global id.")
    code: str = by(Leaf(("code",)), "The order's code, unique within its event.")
    sales_channel_identifier: str = by(
        Leaf(("sales_channel", "identifier")), "The identifier of the channel it was placed in."
    )
    sales_channel: SalesChannel | None = by(
        Related(("sales_channel",)), "The channel it was placed in; null if the token may not read channels."
    )
    created_at: Timestamp = by(Leaf(("created_at",)), "When it was placed.")
    event: Event = by(Related(("event",)), "The event it is for.")

    campaigns = TRACKED.below("campaigns", "The tracking campaigns that it came of.")
    tickets = TICKETS.below("tickets", "Its tickets, those recorded first first unless asked otherwise.")


@strawberry.type(description="The outcome of `orderRecord`.")
class OrderRecordPayload:
    order: Order | None = by(written("order", "order_id"), "The order.")
    created: bool | None = by(Given("created"), "Whether it was not known before.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(
    description="An order that was placed. Told again, new campaigns and tickets are added; nothing else changes."
)
class OrderRecordInput:
    event: str = strawberry.field(description="The slug of the event it is for.")
    code: str = strawberry.field(description="Its code: from 1 to 64 letters, digits, dots, dashes, underscores.")
    sales_channel: str | None = optional("The identifier of the channel it was placed in; `web` by default.")
    campaigns: list[str] | None = optional("The codes of tracking campaigns of the event that it came of, 20 at most.")
    tracking_session: str | None = optional(
        "The value of the visitor's cookie `foyer_tracking`: it came of the event's campaign that was visited last."
    )
    tickets: list[str] | None = optional("The secrets of its tickets, 500 at most.")
    placed_at: Timestamp | None = optional("When it was placed; now by default.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def _record(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))

    async def recorded(work: Work) -> Mapping[str, Any]:
        outcome = await orders.record(
            work,
            organizer_id,
            event=given["event"],
            code=given["code"],
            sales_channel="web" if given.get("salesChannel") is None else given["salesChannel"],
            campaigns=given.get("campaigns") or (),
            tracking_session=given.get("trackingSession"),
            tickets=given.get("tickets") or (),
            placed_at=given.get("placedAt"),
        )
        return {"organizer_id": organizer_id, "order_id": outcome.order_id, "created": outcome.created}

    return recorded


@strawberry.type
class OrderMutations:
    @method(Mutates(_record), "Tell of an order: once or again, it is recorded once.")
    def order_record(self, input: Annotated[OrderRecordInput, argument("The order.")]) -> OrderRecordPayload | None: ...
