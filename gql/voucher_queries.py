"""What can be asked about vouchers: the roots."""

from collections.abc import Callable
from typing import Annotated

import strawberry

from gql import actions, bin_entries, categories, customers, publications, redemptions, voucher_campaigns, vouchers
from gql.actions import Action, ActionFilter
from gql.bin_entries import BinEntry
from gql.categories import Category, CategoryFilter
from gql.customers import Customer, CustomerFilter
from gql.gift_cards import OrderDirection
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection
from gql.publications import Publication, PublicationFilter
from gql.reads import Args, Asking, Found, Listed, argument, method
from gql.redemptions import NEWEST, Redemption, RedemptionFilter
from gql.run import Run
from gql.voucher_campaigns import VoucherCampaign, VoucherCampaignFilter, VoucherCampaignOrder
from gql.vouchers import Voucher, VoucherFilter, VoucherOrder
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask

ABSENT = strawberry.UNSET
ORGANIZER = argument("The organizer's slug; may be left out if the token reaches only one.")


def _of_organizer(listed: Callable[[Args, Run], Ask]) -> Asking:
    def asking(args: Args, run: Run) -> Ask:
        ask = listed(args, run)
        ask.organizer_id = run.context.principal.organizer_id(args.get("organizer"))
        return ask

    return asking


def _by(field: str) -> Asking:
    def asking(args: Args, run: Run) -> Ask | None:
        organizer_id = run.context.principal.organizer_id(args.get("organizer"))
        return None if "\0" in args[field] else Ask(1, Compare(field, "eq", args[field]), organizer_id=organizer_id)

    return asking


_voucher_campaigns = _of_organizer(voucher_campaigns.listed)
_vouchers = _of_organizer(vouchers.listed)
_redemptions = _of_organizer(redemptions.listed)
_publications = _of_organizer(publications.listed)
_customers = _of_organizer(customers.listed)
_categories = _of_organizer(categories.listed)
_actions = _of_organizer(actions.listed)
_bin_entries = _of_organizer(bin_entries.listed)


@strawberry.type
class VoucherQueries:
    @method(
        Found("voucher_campaign", voucher_campaigns.one),
        "A voucher campaign by its name or its token; null if there is none.",
    )
    def voucher_campaign(
        self,
        name: Annotated[str | None, argument("The campaign's name, in its very spelling.")] = ABSENT,
        token: Annotated[str | None, argument("Or its id in the Voucherify door.")] = ABSENT,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
    ) -> VoucherCampaign | None: ...

    @method(
        Listed("voucher_campaign", _voucher_campaigns),
        "An organizer's voucher campaigns, oldest first unless asked otherwise.",
    )
    def voucher_campaigns(
        self,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        filter: Annotated[VoucherCampaignFilter | None, argument("Which to show.")] = ABSENT,
        order_by: Annotated[VoucherCampaignOrder | None, argument("How to sort.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[VoucherCampaign] | None: ...

    @method(Found("voucher", vouchers.one), "A voucher by its code or its token; null if there is none.")
    def voucher(
        self,
        code: Annotated[str | None, argument("The voucher's code, in its very spelling.")] = ABSENT,
        token: Annotated[str | None, argument("Or its id in the Voucherify door.")] = ABSENT,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
    ) -> Voucher | None: ...

    @method(Listed("voucher", _vouchers), "An organizer's vouchers, oldest first unless asked otherwise.")
    def vouchers(
        self,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        filter: Annotated[VoucherFilter | None, argument("Which to show.")] = ABSENT,
        order_by: Annotated[VoucherOrder | None, argument("How to sort.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Voucher] | None: ...

    @method(Found("redemption", _by("token")), "A redemption or a rollback by its token; null if there is none.")
    def redemption(
        self,
        token: Annotated[str, argument("Its id in the Voucherify door.")],
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
    ) -> Redemption | None: ...

    @method(Listed("redemption", _redemptions), "An organizer's redemptions and rollbacks, oldest first.")
    def redemptions(
        self,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        filter: Annotated[RedemptionFilter | None, argument("Which to show.")] = ABSENT,
        direction: Annotated[OrderDirection | None, argument(NEWEST)] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Redemption] | None: ...

    @method(Found("publication", _by("token")), "A publication by its token; null if there is none.")
    def publication(
        self,
        token: Annotated[str, argument("Its id in the Voucherify door.")],
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
    ) -> Publication | None: ...

    @method(Listed("publication", _publications), "An organizer's publications, oldest first.")
    def publications(
        self,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        filter: Annotated[PublicationFilter | None, argument("Which to show.")] = ABSENT,
        direction: Annotated[OrderDirection | None, argument(NEWEST)] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Publication] | None: ...

    @method(Found("customer", customers.one), "A customer by the shop's own name or the token; null if there is none.")
    def customer(
        self,
        source_id: Annotated[str | None, argument("The shop's own name for them, in its very spelling.")] = ABSENT,
        token: Annotated[str | None, argument("Or its id in the Voucherify door.")] = ABSENT,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
    ) -> Customer | None: ...

    @method(Listed("customer", _customers), "An organizer's customers, in the order in which they were told of.")
    def customers(
        self,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        filter: Annotated[CustomerFilter | None, argument("Which to show.")] = ABSENT,
        direction: Annotated[OrderDirection | None, argument(NEWEST)] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Customer] | None: ...

    @method(Found("category", _by("name")), "A category by its name; null if there is none.")
    def category(
        self,
        name: Annotated[str, argument("Its name, in its very spelling.")],
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
    ) -> Category | None: ...

    @method(Listed("category", _categories), "An organizer's categories, by their place in lists.")
    def categories(
        self,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        filter: Annotated[CategoryFilter | None, argument("Which to show.")] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Category] | None: ...

    @method(Found("action", _by("token")), "An action by its token; null if there is none.")
    def action(
        self,
        token: Annotated[str, argument("Its id in the Voucherify door.")],
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
    ) -> Action | None: ...

    @method(Listed("action", _actions), "An organizer's actions, oldest first.")
    def actions(
        self,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        filter: Annotated[ActionFilter | None, argument("Which to show.")] = ABSENT,
        direction: Annotated[OrderDirection | None, argument(NEWEST)] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[Action] | None: ...

    @method(Listed("bin_entry", _bin_entries), "What an organizer deleted without force, oldest first.")
    def bin_entries(
        self,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        direction: Annotated[OrderDirection | None, argument(NEWEST)] = ABSENT,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[BinEntry] | None: ...
