"""What can be asked about organizers, their events, cards and orders: the roots."""

from typing import Annotated

import strawberry

from gql import events, gift_cards, orders, tracking_campaigns
from gql.event_lists import EVENTS
from gql.events import Event
from gql.gift_card_lists import CARDS, TRANSACTIONS
from gql.gift_cards import GiftCard, GiftCardTransaction
from gql.listing import ABSENT, ORGANIZER
from gql.natural_keys import by_natural_key
from gql.order_lists import ORDERS, TICKETS
from gql.orders import Order, Ticket
from gql.organizer_lists import ORGANIZERS
from gql.organizers import Organizer
from gql.reads import Args, Found, argument, method
from gql.run import Run
from gql.sales_channel_lists import CHANNELS
from gql.sales_channels import SalesChannel
from gql.tracking_campaign_lists import CAMPAIGNS
from gql.tracking_campaigns import TrackingCampaign
from resolvers.reading.selection import Ask

ACCEPTED = Annotated[bool, argument("Also cards of other issuers that the organizer accepts.")]


def _organizer(args: Args, run: Run) -> Ask | None:
    organizer_id = run.context.principal.organizers.get(args["slug"])
    return None if organizer_id is None else Ask(1, organizer_id=organizer_id)


def _gift_cards(args: Args, run: Run) -> Ask:
    ask = CARDS.of_organizer(args, run)
    ask.reach = "accepted" if args.get("includeAccepted") else "own"
    return ask


# Within the class the names of the modules are those of its fields.
ORGANIZER_BY_SLUG = Found("organizer", _organizer)
EVENT = Found("event", events.one)
GIFT_CARD = Found("gift_card", gift_cards.one)
GIFT_CARD_TRANSACTION = Found("gift_card_transaction", gift_cards.transaction)
TRACKING_CAMPAIGN = Found("tracking_campaign", tracking_campaigns.one)
ORDER = Found("order", orders.one)


@strawberry.type
class OrganizerQueries:
    @method(ORGANIZER_BY_SLUG, "An organizer by its slug; null if there is none, or it is not yours.")
    def organizer(self, slug: Annotated[str, argument("The slug.")]) -> Organizer | None: ...

    organizers = ORGANIZERS.everywhere("The organizers that the token reaches, by slug unless asked otherwise.")

    @method(EVENT, "An event by its slug; null if there is none, or the token does not reach it.")
    def event(
        self,
        slug: Annotated[str, argument("The event's slug.")],
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
    ) -> Event | None: ...

    events = EVENTS.at_root("An organizer's events that the token reaches, by slug unless asked otherwise.")

    @method(GIFT_CARD, "A gift card by its id or its secret; null if the organizer has none.")
    def gift_card(
        self,
        id: Annotated[strawberry.ID | None, argument("The card's global id.")] = ABSENT,
        secret: Annotated[str | None, argument("The card's secret, in its very spelling.")] = ABSENT,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        include_accepted: ACCEPTED = False,
    ) -> GiftCard | None: ...

    gift_cards = CARDS.at_root(
        "An organizer's gift cards, oldest first unless asked otherwise.",
        asking=_gift_cards,
        more={"include_accepted": (ACCEPTED, False)},
    )

    @method(
        GIFT_CARD_TRANSACTION,
        "A transaction by its card and its number; null if there is none.",
    )
    def gift_card_transaction(
        self,
        gift_card: Annotated[strawberry.ID, argument("The card's global id.")],
        number: Annotated[int, argument("Its place among the card's transactions.")],
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
    ) -> GiftCardTransaction | None: ...

    gift_card_transactions = TRANSACTIONS.at_root(
        "The ledger of all cards that an organizer issued, oldest first unless asked otherwise. Read on from the last "
        "cursor, it is replayed."
    )
    sales_channel = by_natural_key(
        "sales_channel",
        SalesChannel,
        {"identifier": "The channel's identifier, in its very spelling."},
        "A sales channel by its identifier; null if there is none.",
    )
    sales_channels = CHANNELS.at_root("An organizer's sales channels, by position unless asked otherwise.")

    @method(
        TRACKING_CAMPAIGN,
        "A tracking campaign by its code; null if there is none, or the token does not reach it.",
    )
    def tracking_campaign(
        self, code: Annotated[str, argument("The campaign's code, in its very spelling.")]
    ) -> TrackingCampaign | None: ...

    tracking_campaigns = CAMPAIGNS.at_root(
        "An organizer's tracking campaigns of the events that the token reaches, oldest first unless asked otherwise."
    )

    @method(ORDER, "An order of an event by its code; null if there is none.")
    def order(
        self,
        event: Annotated[str, argument("The slug of the event it is for.")],
        code: Annotated[str, argument("The order's code.")],
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
    ) -> Order | None: ...

    orders = ORDERS.at_root(
        "An organizer's orders for events that the token reaches, those recorded first first unless asked otherwise."
    )
    ticket = by_natural_key(
        "ticket",
        Ticket,
        {"secret": "The ticket's secret, in its very spelling."},
        "A ticket by its secret; null if there is none, or the token does not reach its event.",
    )
    tickets = TICKETS.at_root("Tickets of an organizer's orders, those recorded first first unless asked otherwise.")
