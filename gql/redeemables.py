"""What is validated or redeemed: inputs of both, and how they become what the verbs take."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from gql.baskets import basket_of
from gql.benefits import whole
from gql.customers import customer_of
from gql.filters import optional
from gql.scalars import Amount, Long
from gql.voucher_mutations import require_kind
from gql.voucher_names import object_of
from models.problems import Invalid
from resolvers.redeemables import Redeemable, RedemptionRequest, Session
from resolvers.verdicts import Verdict


@strawberry.input(description="A voucher to be used.")
class RedeemableInput:
    code: str = strawberry.field(description="Its code, in its very spelling; or its id in the Voucherify door.")
    credits: Amount | None = optional(
        "Of a gift voucher: what to take of its balance; by default what the order needs, as far as there is so much."
    )
    points: Long | None = optional("Of a loyalty card: how many points to take. Needed for one.")


def request_of(given: Mapping[str, Any], session: Session | None) -> RedemptionRequest:
    return RedemptionRequest(
        tuple(_redeemable(each, place) for place, each in enumerate(given["vouchers"])),
        basket_of(given.get("order")),
        customer_of(given.get("customer")),
        session,
        given.get("trackingId"),
        object_of(given, "metadata", "metadata"),
    )


def require_kinds(given: Mapping[str, Any], verdicts: Sequence[Verdict]) -> None:
    """Refuses money that was asked of a loyalty card, and points of anything else."""
    for place, (asked, verdict) in enumerate(zip(given["vouchers"], verdicts, strict=True)):
        for named in ("credits", "points"):
            if asked.get(named) is not None and verdict.voucher is not None:
                require_kind(verdict.voucher.terms.type, named, f"vouchers[{place}].{named}")


def _redeemable(given: Mapping[str, Any], place: int) -> Redeemable:
    credits, points = given.get("credits"), given.get("points")
    if credits is not None and points is not None:
        raise Invalid("A voucher holds money or points.", field=f"vouchers[{place}].points", reason="one_of")
    if credits is not None:
        return Redeemable(given["code"], whole(credits, f"vouchers[{place}].credits"))
    return Redeemable(given["code"], points)
