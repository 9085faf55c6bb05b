"""The schema: every type, assembled, and its text."""

from functools import cache
from typing import Annotated, Any

import strawberry
from graphql import GraphQLField, GraphQLInputObjectType, GraphQLSchema, is_interface_type, is_object_type
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import GraphQLCoreConverter

from gql.campaign_mutations import CampaignMutations
from gql.category_mutations import CategoryMutations
from gql.changes import ChangeQueries
from gql.customer_mutations import CustomerMutations
from gql.event_mutations import EventMutations
from gql.events import Event
from gql.gift_card_bulk_mutations import GiftCardBulkMutations
from gql.gift_card_mutations import GiftCardMutations
from gql.gift_cards import GiftCard, GiftCardTransaction
from gql.nodes import Node
from gql.orders import Order, OrderMutations
from gql.organizer_mutations import OrganizerMutations
from gql.organizer_queries import OrganizerQueries
from gql.organizers import Organizer
from gql.publication_mutations import PublicationMutations
from gql.reads import Inside, Nodes, Read, argument, by, method
from gql.redemption_mutations import RedemptionMutations
from gql.sales_channel_mutations import SalesChannelMutations
from gql.sales_channels import SalesChannel
from gql.scalars import SCALARS
from gql.subscriptions import Subscription
from gql.tracking_campaign_mutations import TrackingCampaignMutations
from gql.tracking_campaigns import TrackingCampaign
from gql.validation_mutations import ValidationMutations
from gql.viewer import Viewer
from gql.voucher_bulk_mutations import VoucherBulkMutations
from gql.voucher_campaign_mutations import VoucherCampaignMutations
from gql.voucher_mutations import VoucherMutations
from gql.voucher_queries import VoucherQueries
from gql.webhook_mutations import WebhookMutations
from gql.webhooks import WebhookQueries

# The types that `node` finds, and the source each is read from.
NODE_SOURCES = {
    "Organizer": "organizer",
    "Event": "event",
    "SalesChannel": "sales_channel",
    "GiftCard": "gift_card",
    "GiftCardTransaction": "gift_card_transaction",
    "TrackingCampaign": "tracking_campaign",
    "Order": "order",
    "Ticket": "ticket",
    "VoucherCampaign": "voucher_campaign",
    "Voucher": "voucher",
    "VoucherTransaction": "voucher_transaction",
    "Redemption": "redemption",
    "Publication": "publication",
    "Customer": "customer",
    "Category": "category",
    "Action": "action",
    "BinEntry": "bin_entry",
    "Webhook": "webhook",
    "WebhookDelivery": "webhook_delivery",
    "WebhookAttempt": "webhook_attempt",
}


@strawberry.type(description="What can be asked. Every answer is within what the request's token reaches.")
class Query(OrganizerQueries, VoucherQueries, ChangeQueries, WebhookQueries):
    viewer: Viewer = by(Inside(), "Who is asking.")

    @method(Nodes("id"), "The object with a global id; null if there is none, or it is not yours.")
    def node(self, id: Annotated[strawberry.ID, argument("A global id.")]) -> Node | None: ...

    @method(Nodes("ids"), "The objects with these global ids, in their order; null for each that is none of yours.")
    def nodes(self, ids: Annotated[list[strawberry.ID], argument("Global ids, 100 at most.")]) -> list[Node | None]: ...


@strawberry.type(
    description="What can be done. Mutations of one request run in order, each in a transaction of its own."
)
class Mutation(
    GiftCardMutations,
    GiftCardBulkMutations,
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
    CustomerMutations,
    CategoryMutations,
    WebhookMutations,
):
    pass


@cache
def core() -> GraphQLSchema:
    """graphql-core's schema, which executes. It knows of no database and no limits: one serves the whole process.

    Abstract types are told apart by `__typename`, as both completions hand objects down.
    """
    found = _assembled()._schema
    for each in found.type_map.values():
        if is_interface_type(each):
            each.resolve_type = None
        elif is_object_type(each):
            each.is_type_of = None
        elif isinstance(each, GraphQLInputObjectType):
            # Strawberry tells of it by a directive alone, and then refuses literals only once they are executed.
            each.is_one_of = each.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].is_one_of
    return found


@cache
def _assembled() -> strawberry.Schema:
    return strawberry.Schema(
        Query,
        Mutation,
        Subscription,
        types=[Organizer, Event, SalesChannel, GiftCard, GiftCardTransaction, TrackingCampaign, Order],
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def read_of(field: GraphQLField) -> Read | None:
    """What stands behind a field of our own; None for introspection."""
    definition: Any = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return None if definition is None else definition.metadata.get("read")


def sdl() -> str:
    """The schema's text, as `schema.graphql` holds it."""
    # Strawberry describes everything but this; tools of before `@oneOf` was specified want its definition.
    described = '"""Exactly one field of the input is given."""\ndirective @oneOf on'
    return _assembled().as_str().replace("directive @oneOf on", described, 1) + "\n"
