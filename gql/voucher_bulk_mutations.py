"""What can be done with many vouchers at once: generating and importing them. Both are bulk work, by an action."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from gql import ids
from gql.actions import Action
from gql.benefits import whole
from gql.categories import CATEGORY
from gql.code_configs import CodeConfigInput, config_of
from gql.errors import UserError
from gql.filters import optional
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, written
from gql.reads import Apart, Args, Errors, Mutates, argument, by, method
from gql.run import Run
from gql.scalars import Amount, Json, Long, Timestamp, Upload
from gql.uploads import File
from gql.voucher_campaigns import CAMPAIGN_ID, VoucherCampaign
from gql.voucher_inputs import overrides
from gql.voucher_names import OF_VOUCHERS, object_of
from models.problems import Invalid
from resolvers import voucher_imports, vouchers
from resolvers.context import Context, Work

CAMPAIGN = written("voucher_campaign", "campaign_id")
ACTION = written("action", "action_id")


@strawberry.type(description="The outcome of `vouchersGenerate`.")
class VouchersGeneratePayload:
    action: Action | None = by(ACTION, "What makes the vouchers.")
    voucher_campaign: VoucherCampaign | None = by(CAMPAIGN, "The campaign, which is `IN_PROGRESS`.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `vouchersImport`.")
class VouchersImportPayload:
    action: Action | None = by(ACTION, "What imports the vouchers; its `failures` say what could not be.")
    voucher_campaign: VoucherCampaign | None = by(CAMPAIGN, "The campaign, which is `MODIFYING`.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(description="Vouchers to be made for a campaign, alike but for their codes.")
class VouchersGenerateInput:
    campaign_id: strawberry.ID = strawberry.field(description=CAMPAIGN_ID)
    count: int = strawberry.field(description="How many: from 1 to 10,000,000.")
    code_config: CodeConfigInput | None = optional("How codes are made; as the campaign does by default.")
    redemption_limit: int | None = optional("How often each may be redeemed; null for no limit.")
    active: bool | None = optional("Whether they are switched on, which is the default.")
    category: str | None = optional(CATEGORY)
    starts_at: Timestamp | None = optional("Since when they are valid; null for always.")
    expires_at: Timestamp | None = optional("Until when they are; null for ever.")
    additional_info: str | None = optional("A note.")
    metadata: Json | None = optional("What your program keeps with each: an object.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A voucher to be imported. What is left out is as the campaign says.")
class VoucherImportInput:
    code: str = strawberry.field(description="Its code: any characters, 255 at most; unique, bin included.")
    redemption_limit: int | None = optional("How often it may be redeemed; null for no limit.")
    redemption_count: int | None = optional("How often it was redeemed elsewhere.")
    amount: Amount | None = optional("Of a gift voucher: all that was put in.")
    redeemed_amount: Amount | None = optional("Of a gift voucher: what was spent of it elsewhere.")
    points: Long | None = optional("Of a loyalty card: all points that were given.")
    redeemed_points: Long | None = optional("Of a loyalty card: how many of them were used elsewhere.")
    active: bool | None = optional("Whether it is switched on; by default unless the campaign has expired.")
    category: str | None = optional(CATEGORY)
    starts_at: Timestamp | None = optional("Since when it is valid; null for always.")
    expires_at: Timestamp | None = optional("Until when it is; null for ever.")
    additional_info: str | None = optional("A note.")
    metadata: Json | None = optional("What your program keeps with it: an object.")


@strawberry.input(description="Vouchers to be imported into a campaign: a list, or a file.")
class VouchersImportInput:
    campaign_id: strawberry.ID = strawberry.field(description=CAMPAIGN_ID)
    vouchers: list[VoucherImportInput] | None = optional(
        "The vouchers, as many as fit into a request. Refused as a whole if a code comes twice or exists."
    )
    file: Upload | None = optional(
        "Or a CSV file with a header line. Columns: `Code`, and where wanted `Active`, `Category`, `Gift Amount`, "
        "`Loyalty Points`, `Redeemed Amount`, `Redeemed Quantity`, `Start Date`, `Expiration Date`; all others are "
        "metadata. Amounts are in the smallest unit of the currency. A code of the campaign changes its voucher."
    )
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY + " Not with a file, which does no harm when it comes twice.")


def _generate(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    campaign_id = ids.key_of(given["campaignId"], "VoucherCampaign", field="campaign_id")
    own, config = overrides(given), config_of(given.get("codeConfig"))

    async def generated(work: Work) -> Mapping[str, Any]:
        action = await vouchers.generate(
            work,
            organizer_id,
            campaign_id,
            given["count"],
            own=own,
            code_config=config,
            request_id=run.request_id,
        )
        return {"organizer_id": organizer_id, "campaign_id": campaign_id, "action_id": action.id}

    return generated


def _import(given: Args, run: Run) -> Verb | Apart:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    campaign_id = ids.key_of(given["campaignId"], "VoucherCampaign", field="campaign_id")
    if (given.get("vouchers") is None) is (given.get("file") is None):
        raise Invalid("Give `vouchers` or a `file`.", field="vouchers", reason="one_of")
    if given.get("file") is not None:
        return _import_file(given["file"], organizer_id, campaign_id, run)
    items = [_item(each, f"vouchers[{place}]") for place, each in enumerate(given["vouchers"])]

    async def imported(work: Work) -> Mapping[str, Any]:
        action = await voucher_imports.import_vouchers(
            work, organizer_id, campaign_id, items, request_id=run.request_id
        )
        return {"organizer_id": organizer_id, "campaign_id": campaign_id, "action_id": action.id}

    return imported


def _import_file(file: File, organizer_id: int, campaign_id: int, run: Run) -> Apart:
    async def imported(context: Context) -> Mapping[str, Any]:
        action = await voucher_imports.receive(
            context, organizer_id, campaign_id, file.parts(), request_id=run.request_id
        )
        return {"organizer_id": organizer_id, "campaign_id": campaign_id, "action_id": action.id}

    return Apart(imported)


def _item(given: Mapping[str, Any], field: str) -> dict[str, Any]:
    """The voucher as the verb reads one (resolvers/import_items.py). What is not given is not there."""
    item = {ours: given[name] for name, ours in PLAIN.items() if name in given}
    item |= {ours: given[name] and given[name].isoformat() for name, ours in MOMENTS.items() if name in given}
    object_of(given, "metadata", f"{field}.metadata")
    redemption = {ours: given[name] for name, ours in REDEEMED.items() if name in given}
    if given.get("redeemedAmount") is not None:
        redemption["redeemed_amount"] = whole(given["redeemedAmount"], f"{field}.redeemed_amount")
    if given.get("amount") is not None:
        item["gift"] = {"amount": whole(given["amount"], f"{field}.amount")}
    if given.get("points") is not None:
        item["loyalty_card"] = {"points": given["points"]}
    return item | ({"redemption": redemption} if redemption else {})


PLAIN = {
    "code": "code",
    "active": "active",
    "category": "category",
    "additionalInfo": "additional_info",
    "metadata": "metadata",
}
MOMENTS = {"startsAt": "start_date", "expiresAt": "expiration_date"}
REDEEMED = {
    "redemptionLimit": "quantity",
    "redemptionCount": "redeemed_quantity",
    "redeemedPoints": "redeemed_points",
}


@strawberry.type
class VoucherBulkMutations:
    @method(
        Mutates(_generate, OF_VOUCHERS | {"vouchers_count": "count"}), "Make vouchers of a campaign, in the background."
    )
    def vouchers_generate(
        self, input: Annotated[VouchersGenerateInput, argument("The vouchers.")]
    ) -> VouchersGeneratePayload | None: ...

    @method(Mutates(_import, OF_VOUCHERS), "Import vouchers into a campaign, in the background.")
    def vouchers_import(
        self, input: Annotated[VouchersImportInput, argument("The vouchers.")]
    ) -> VouchersImportPayload | None: ...
