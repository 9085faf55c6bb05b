"""Every source, imported once, so that relations find their targets by name."""

from resolvers.event_sources import EVENTS
from resolvers.gift_card_sources import CARDS, TRANSACTIONS
from resolvers.order_sources import ORDERS, TICKETS
from resolvers.organizers import ORGANIZERS
from resolvers.sales_channel_sources import SALES_CHANNELS
from resolvers.tracking_campaign_sources import TRACKING_CAMPAIGNS, TRACKING_DAYS, TRACKING_ORDERS

__all__ = [
    "CARDS",
    "EVENTS",
    "ORDERS",
    "ORGANIZERS",
    "SALES_CHANNELS",
    "TICKETS",
    "TRACKING_CAMPAIGNS",
    "TRACKING_DAYS",
    "TRACKING_ORDERS",
    "TRANSACTIONS",
]
