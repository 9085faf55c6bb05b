"""The schema: every type, assembled, and its text."""

from typing import Annotated, Any

import strawberry
from graphql import GraphQLField, GraphQLSchema, is_interface_type, is_object_type
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import GraphQLCoreConverter

from gql import events, gift_cards, ids, orders, sales_channels, tracking_campaigns
from gql.campaign_mutations import CampaignMutations
from gql.event_mutations import EventMutations
from gql.events import Event, EventFilter, EventOrder
from gql.gift_card_mutations import GiftCardMutations
from gql.gift_cards import ABSENT, GiftCard, GiftCardFilter, GiftCardOrder, GiftCardTransaction
from gql.nodes import Node
from gql.orders import Order, OrderMutations
from gql.organizer_mutations import OrganizerMutations
from gql.organizers import Organizer
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection, page
from gql.publication_mutations import PublicationMutations
from gql.reads import Args, Found, Given, Inside, Listed, Nodes, Read, argument, by, method
from gql.redemption_mutations import RedemptionMutations
from gql.run import Run
from gql.sales_channel_mutations import SalesChannelMutations
from gql.sales_channels import SalesChannel, SalesChannelFilter
from gql.scalars import SCALARS
from gql.tracking_campaign_mutations import TrackingCampaignMutations
from gql.tracking_campaigns import TrackingCampaign, TrackingCampaignFilter
from gql.validation_mutations import ValidationMutations
from gql.voucher_bulk_mutations import VoucherBulkMutations
from gql.voucher_campaign_mutations import VoucherCampaignMutations
from gql.voucher_mutations import VoucherMutations
from gql.voucher_queries import VoucherQueries
from models.problems import Invalid
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask

# The types that `node` finds, and the source each is read from.
NODE_SOURCES = {
    "Organizer": "organizer",
    "Event": "event",
    "SalesChannel": "sales_channel",
    "GiftCard": "gift_card",
    "GiftCardTransaction": "gift_card_transaction",
    "TrackingCampaign": "tracking_campaign",
    "Order": "order",
    "VoucherCampaign": "voucher_campaign",
    "Voucher": "voucher",
    "VoucherTransaction": "voucher_transaction",
    "Redemption": "redemption",
    "Publication": "publication",
    "Customer": "customer",
    "Category": "category",
    "Action": "action",
    "BinEntry": "bin_entry",
}


def _organizer(args: Args, run: Run) -> Ask | None:
    organizer_id = run.context.principal.organizers.get(args["slug"])
    return None if organizer_id is None else Ask(1, organizer_id=organizer_id)


def _organizers(args: Args, run: Run) -> Ask:
    return page(args, run, "organizer", reach="any")


def _event(args: Args, run: Run) -> Ask | None:
    organizer_id = run.context.principal.organizers.get(args["organizer"])
    if organizer_id is None or "\0" in args["slug"]:
        return None
    return Ask(1, Compare("slug", "eq", args["slug"]), organizer_id=organizer_id)


def _events(args: Args, run: Run) -> Ask:
    ask = events.listed(args, run)
    ask.organizer_id = run.context.principal.organizer_id(args.get("organizer"))
    return ask


def _gift_card(args: Args, run: Run) -> Ask | None:
    if (args.get("id") is None) is (args.get("secret") is None):
        raise Invalid("Name the card by its `id` or by its `secret`.", field="id", reason="one_of")
    organizer_id = run.context.principal.organizer_id(args.get("organizer"))
    reach = "accepted" if args.get("includeAccepted") else "own"
    if args.get("secret") is not None:
        named = None if "\0" in args["secret"] else Compare("secret", "eq", args["secret"])
    else:
        found = ids.decode(args["id"])
        named = Compare("id", "eq", found[1]) if found is not None and found[0] == "GiftCard" else None
    return None if named is None else Ask(1, named, reach=reach, organizer_id=organizer_id)


def _gift_cards(args: Args, run: Run) -> Ask:
    ask = gift_cards.listed(args, run)
    ask.reach = "accepted" if args.get("includeAccepted") else "own"
    ask.organizer_id = run.context.principal.organizer_id(args.get("organizer"))
    return ask


def _sales_channel(args: Args, run: Run) -> Ask | None:
    organizer_id = run.context.principal.organizer_id(args.get("organizer"))
    if "\0" in args["identifier"]:
        return None
    return Ask(1, Compare("identifier", "eq", args["identifier"]), organizer_id=organizer_id)


def _sales_channels(args: Args, run: Run) -> Ask:
    ask = sales_channels.listed(args, run)
    ask.organizer_id = run.context.principal.organizer_id(args.get("organizer"))
    return ask


ORGANIZER = argument("The organizer's slug; may be left out if the token reaches only one.")
ACCEPTED = argument("Also cards of other issuers that the organizer accepts.")


@strawberry.type(description="Who is asking: the token of this request.")
class Viewer:
    name: str = by(Given("name"), "The token's name.")
    kind: str = by(Given("kind"), "How it is presented: team, device, oauth, app or client.")
    scopes: list[str] = by(Given("scopes"), "Its permissions; `organizer.*` and `event.*` stand for all of a level.")

    @method(Listed("organizer", _organizers), "The organizers it reaches, by slug.")
    def organizers(
        self,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Organizer] | None: ...


@strawberry.type(description="What can be asked. Every answer is within what the request's token reaches.")
class Query(VoucherQueries):
    viewer: Viewer = by(Inside(), "Who is asking.")

    @method(Nodes("id"), "The object with a global id; null if there is none, or it is not yours.")
    def node(self, id: Annotated[strawberry.ID, argument("A global id.")]) -> Node | None: ...

    @method(Nodes("ids"), "The objects with these global ids, in their order; null for each that is none of yours.")
    def nodes(self, ids: Annotated[list[strawberry.ID], argument("Global ids, 100 at most.")]) -> list[Node | None]: ...

    @method(Found("organizer", _organizer), "An organizer by its slug; null if there is none, or it is not yours.")
    def organizer(self, slug: Annotated[str, argument("The slug.")]) -> Organizer | None: ...

    @method(Listed("organizer", _organizers), "The organizers that the token reaches, by slug.")
    def organizers(
        self,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Organizer] | None: ...

    @method(Found("event", _event), "An event by its slug; null if there is none, or the token does not reach it.")
    def event(
        self,
        organizer: Annotated[str, argument("The organizer's slug.")],
        slug: Annotated[str, argument("The event's slug.")],
    ) -> Event | None: ...

    @method(Listed("event", _events), "An organizer's events that the token reaches, by slug unless asked otherwise.")
    def events(
        self,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        filter: Annotated[EventFilter | None, argument("Which to show.")] = ABSENT,
        order_by: Annotated[EventOrder | None, argument("How to sort.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Event] | None: ...

    @method(Found("gift_card", _gift_card), "A gift card by its id or its secret; null if the organizer has none.")
    def gift_card(
        self,
        id: Annotated[strawberry.ID | None, argument("The card's global id.")] = ABSENT,
        secret: Annotated[str | None, argument("The card's secret, in its very spelling.")] = ABSENT,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        include_accepted: Annotated[bool, ACCEPTED] = False,
    ) -> GiftCard | None: ...

    @method(Listed("gift_card", _gift_cards), "An organizer's gift cards, oldest first unless asked otherwise.")
    def gift_cards(
        self,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        filter: Annotated[GiftCardFilter | None, argument("Which to show.")] = ABSENT,
        order_by: Annotated[GiftCardOrder | None, argument("How to sort.")] = ABSENT,
        include_accepted: Annotated[bool, ACCEPTED] = False,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[GiftCard] | None: ...

    @method(Found("sales_channel", _sales_channel), "A sales channel by its identifier; null if there is none.")
    def sales_channel(
        self,
        identifier: Annotated[str, argument("The channel's identifier, in its very spelling.")],
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
    ) -> SalesChannel | None: ...

    @method(Listed("sales_channel", _sales_channels), "An organizer's sales channels, by position.")
    def sales_channels(
        self,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        filter: Annotated[SalesChannelFilter | None, argument("Which to show.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[SalesChannel] | None: ...

    @method(
        Found("tracking_campaign", tracking_campaigns.one),
        "A tracking campaign by its code; null if there is none, or the token does not reach it.",
    )
    def tracking_campaign(
        self, code: Annotated[str, argument("The campaign's code, in its very spelling.")]
    ) -> TrackingCampaign | None: ...

    @method(
        Listed("tracking_campaign", tracking_campaigns.of_organizer),
        "An organizer's tracking campaigns of the events that the token reaches, oldest first.",
    )
    def tracking_campaigns(
        self,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        filter: Annotated[TrackingCampaignFilter | None, argument("Which to show.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[TrackingCampaign] | None: ...

    @method(Found("order", orders.one), "An order of an event by its code; null if there is none.")
    def order(
        self,
        event: Annotated[str, argument("The slug of the event it is for.")],
        code: Annotated[str, argument("The order's code.")],
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
    ) -> Order | None: ...


@strawberry.type(
    description="What can be done. Mutations of one request run in order, each in a transaction of its own."
)
class Mutation(
    GiftCardMutations,
    OrganizerMutations,
    EventMutations,
    SalesChannelMutations,
    TrackingCampaignMutations,
    OrderMutations,
    CampaignMutations,
    VoucherCampaignMutations,
    VoucherMutations,
    VoucherBulkMutations,
    ValidationMutations,
    RedemptionMutations,
    PublicationMutations,
):
    pass


def build() -> strawberry.Schema:
    """The schema, with its abstract types told apart by `__typename`, as both completions hand objects down."""
    schema = strawberry.Schema(
        Query,
        Mutation,
        types=[Organizer, Event, SalesChannel, GiftCard, GiftCardTransaction, TrackingCampaign, Order],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    for graphql_type in core(schema).type_map.values():
        if is_interface_type(graphql_type):
            graphql_type.resolve_type = None
        elif is_object_type(graphql_type):
            graphql_type.is_type_of = None
    return schema


def core(schema: strawberry.Schema) -> GraphQLSchema:
    """graphql-core's schema, which executes."""
    return schema._schema


def read_of(field: GraphQLField) -> Read | None:
    """What stands behind a field of our own; None for introspection."""
    definition: Any = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return None if definition is None else definition.metadata.get("read")


def sdl() -> str:
    """The schema's text, as `schema.graphql` holds it."""
    return build().as_str() + "\n"
