"""Every source, imported once, so that relations find their targets by name."""

from resolvers.action_sources import ACTION_FAILURES, ACTIONS
from resolvers.change_sources import CHANGES
from resolvers.customer_sources import CUSTOMERS
from resolvers.event_sources import EVENTS
from resolvers.gift_card_sources import CARDS, TRANSACTIONS
from resolvers.order_sources import ORDERS, TICKETS
from resolvers.organizers import ORGANIZERS
from resolvers.publication_sources import PUBLICATIONS, PUBLISHED_VOUCHERS
from resolvers.redemption_sources import REDEMPTIONS
from resolvers.sales_channel_sources import SALES_CHANNELS
from resolvers.tracking_campaign_sources import TRACKING_CAMPAIGNS, TRACKING_DAYS, TRACKING_ORDERS
from resolvers.voucher_balance_sources import VOUCHER_TRANSACTIONS
from resolvers.voucher_campaign_sources import BIN_ENTRIES, CATEGORIES, VOUCHER_CAMPAIGNS, VOUCHER_TERMS
from resolvers.voucher_sources import VOUCHER_ACCOUNTS, VOUCHERS
from resolvers.webhook_sources import WEBHOOK_ATTEMPTS, WEBHOOK_DELIVERIES, WEBHOOKS

__all__ = [
    "ACTIONS",
    "ACTION_FAILURES",
    "BIN_ENTRIES",
    "CARDS",
    "CATEGORIES",
    "CHANGES",
    "CUSTOMERS",
    "EVENTS",
    "ORDERS",
    "ORGANIZERS",
    "PUBLICATIONS",
    "PUBLISHED_VOUCHERS",
    "REDEMPTIONS",
    "SALES_CHANNELS",
    "TICKETS",
    "TRACKING_CAMPAIGNS",
    "TRACKING_DAYS",
    "TRACKING_ORDERS",
    "TRANSACTIONS",
    "VOUCHERS",
    "VOUCHER_ACCOUNTS",
    "VOUCHER_CAMPAIGNS",
    "VOUCHER_TERMS",
    "VOUCHER_TRANSACTIONS",
    "WEBHOOKS",
    "WEBHOOK_ATTEMPTS",
    "WEBHOOK_DELIVERIES",
]
