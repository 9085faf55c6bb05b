"""Every source, imported once, so that relations find their targets by name."""

from resolvers.events import EVENTS
from resolvers.gift_card_sources import CARDS, TRANSACTIONS
from resolvers.orders import ORDERS, TICKETS
from resolvers.organizers import ORGANIZERS
from resolvers.sales_channels import SALES_CHANNELS

__all__ = ["CARDS", "EVENTS", "ORDERS", "ORGANIZERS", "SALES_CHANNELS", "TICKETS", "TRANSACTIONS"]
