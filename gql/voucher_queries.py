"""What can be asked about vouchers: the roots."""

from typing import Annotated

import strawberry

from gql.action_lists import ACTIONS
from gql.actions import Action
from gql.bin_entries import BinEntry
from gql.bin_entry_lists import BIN_ENTRIES
from gql.categories import Category
from gql.category_lists import CATEGORIES
from gql.customer_lists import CUSTOMERS
from gql.customers import Customer
from gql.listing import ABSENT, ORGANIZER
from gql.natural_keys import by_natural_key
from gql.publication_lists import PUBLICATIONS
from gql.publications import Publication
from gql.reads import Found, argument, method
from gql.redemption_lists import REDEMPTIONS
from gql.redemptions import Redemption
from gql.voucher_campaign_lists import CAMPAIGNS
from gql.voucher_campaigns import VoucherCampaign
from gql.voucher_lists import TRANSACTIONS, VOUCHERS
from gql.vouchers import Voucher, VoucherTransaction, transaction

ID = "Its id in the Voucherify door."


@strawberry.type
class VoucherQueries:
    voucher_campaign = by_natural_key(
        "voucher_campaign",
        VoucherCampaign,
        {"name": "The campaign's name, in its very spelling.", "token": ID},
        "A voucher campaign by its name or its token; null if there is none.",
    )
    voucher_campaigns = CAMPAIGNS.at_root("An organizer's voucher campaigns, oldest first unless asked otherwise.")
    voucher = by_natural_key(
        "voucher",
        Voucher,
        {"code": "The voucher's code, in its very spelling.", "token": ID},
        "A voucher by its code or its token; null if there is none.",
    )
    vouchers = VOUCHERS.at_root("An organizer's vouchers, oldest first unless asked otherwise.")

    @method(
        Found("voucher_transaction", transaction),
        "A booking on a voucher's balance by its voucher and its number; null if there is none.",
    )
    def voucher_transaction(
        self,
        voucher: Annotated[strawberry.ID, argument("The voucher's global id.")],
        number: Annotated[int, argument("Its place among the voucher's bookings.")],
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
    ) -> VoucherTransaction | None: ...

    voucher_transactions = TRANSACTIONS.at_root(
        "The ledger of all balances of an organizer's vouchers, oldest first unless asked otherwise."
    )
    redemption = by_natural_key(
        "redemption", Redemption, {"token": ID}, "A redemption or a rollback by its token; null if there is none."
    )
    redemptions = REDEMPTIONS.at_root("An organizer's redemptions and rollbacks, oldest first unless asked otherwise.")
    publication = by_natural_key(
        "publication",
        Publication,
        {"source_id": "The shop's own name for it, in its very spelling.", "token": ID},
        "A publication by the shop's own name or the token; null if there is none.",
    )
    publications = PUBLICATIONS.at_root("An organizer's publications, oldest first unless asked otherwise.")
    customer = by_natural_key(
        "customer",
        Customer,
        {"source_id": "The shop's own name for them, in its very spelling.", "token": ID},
        "A customer by the shop's own name or the token; null if there is none.",
    )
    customers = CUSTOMERS.at_root("An organizer's customers, those told of first first unless asked otherwise.")
    category = by_natural_key(
        "category",
        Category,
        {"name": "The category's name, in its very spelling.", "token": ID},
        "A category by its name or its token; null if there is none.",
    )
    categories = CATEGORIES.at_root("An organizer's categories, by their places in lists unless asked otherwise.")
    action = by_natural_key("action", Action, {"token": ID}, "An action by its token; null if there is none.")
    actions = ACTIONS.at_root("An organizer's actions, oldest first unless asked otherwise.")
    bin_entry = by_natural_key(
        "bin_entry", BinEntry, {"token": ID}, "An entry of the bin by its token; null if there is none."
    )
    bin_entries = BIN_ENTRIES.at_root("What an organizer deleted without force, oldest first unless asked otherwise.")
