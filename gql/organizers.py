"""Organizers, and what belongs to them."""

import strawberry

from gql.action_lists import ACTIONS
from gql.bin_entry_lists import BIN_ENTRIES
from gql.category_lists import CATEGORIES
from gql.customer_lists import CUSTOMERS
from gql.event_lists import EVENTS
from gql.gift_card_lists import CARDS, TRANSACTIONS
from gql.nodes import Node, node_id
from gql.order_lists import ORDERS, TICKETS
from gql.publication_lists import PUBLICATIONS
from gql.reads import Leaf, by
from gql.redemption_lists import REDEMPTIONS
from gql.sales_channel_lists import CHANNELS
from gql.tracking_campaign_lists import CAMPAIGNS as TRACKING_CAMPAIGNS
from gql.voucher_campaign_lists import CAMPAIGNS as VOUCHER_CAMPAIGNS
from gql.voucher_lists import TRANSACTIONS as VOUCHER_TRANSACTIONS
from gql.voucher_lists import VOUCHERS
from gql.webhook_lists import WEBHOOKS


@strawberry.type(description="A tenant: whose events, channels and gift cards these are.")
class Organizer(Node):
    id: strawberry.ID = by(node_id("Organizer"), "The organizer's global id.")
    slug: str = by(Leaf(("slug",)), "The organizer's name in addresses.")
    name: str = by(Leaf(("name",)), "What people call the organizer.")
    plugins: list[str] = by(Leaf(("plugins",)), "The names of the plugins that are switched on for it.")

    events = EVENTS.below("events", "Its events that the token reaches, by slug unless asked otherwise.")
    sales_channels = CHANNELS.below("sales_channels", "Its sales channels, by position unless asked otherwise.")
    gift_cards = CARDS.below("gift_cards", "The gift cards it issued, oldest first unless asked otherwise.")
    gift_card_transactions = TRANSACTIONS.below(
        "gift_card_transactions", "The ledger of all cards it issued, oldest first unless asked otherwise."
    )
    tracking_campaigns = TRACKING_CAMPAIGNS.below(
        "tracking_campaigns", "The tracking campaigns of its events that the token reaches, oldest first."
    )
    orders = ORDERS.below("orders", "Orders for its events that the token reaches, those recorded first first.")
    tickets = TICKETS.below("tickets", "Tickets of these orders, those recorded first first.")
    voucher_campaigns = VOUCHER_CAMPAIGNS.below(
        "voucher_campaigns", "Its voucher campaigns, oldest first unless asked otherwise."
    )
    vouchers = VOUCHERS.below("vouchers", "Its vouchers, oldest first unless asked otherwise.")
    voucher_transactions = VOUCHER_TRANSACTIONS.below(
        "voucher_transactions", "The ledger of all its vouchers' balances, oldest first unless asked otherwise."
    )
    redemptions = REDEMPTIONS.below("redemptions", "Redemptions of its vouchers and their rollbacks, oldest first.")
    publications = PUBLICATIONS.below("publications", "Publications of its vouchers, oldest first.")
    customers = CUSTOMERS.below("customers", "Its customers, those told of first first.")
    categories = CATEGORIES.below("categories", "Its categories, by their places in lists unless asked otherwise.")
    actions = ACTIONS.below("actions", "The bulk work that was asked for on its behalf, oldest first.")
    webhooks = WEBHOOKS.below("webhooks", "The addresses that its changes are told to, oldest first.")
    bin_entries = BIN_ENTRIES.below("bin_entries", "What was deleted without force, oldest first.")
