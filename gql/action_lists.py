"""How actions and their failures are listed: filters and orders."""

from enum import Enum
from typing import Annotated

import strawberry

from gql.conditions import Stored
from gql.filters import DateTimeFilter, EnumFilter, IDFilter, IntFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering
from gql.voucher_kinds import STORED_ACTION_TYPES, ActionStatus, ActionType

_value = strawberry.enum_value


@filtering("Which actions to show.")
class ActionFilter:
    id: IDFilter | None = optional("A condition on the action itself.")
    type: EnumFilter[ActionType] | None = optional("A condition on what is done.")
    status: EnumFilter[ActionStatus] | None = optional("A condition on how far it is.")
    campaign: IDFilter | None = optional("A condition on the campaign it is about.")
    request_id: TextFilter | None = optional("A condition on the id of the request that asked for it.")
    failed_count: IntFilter | None = optional("A condition on how many items could not be done.")
    created_at: DateTimeFilter | None = optional("A condition on when it was asked for.")
    finished_at: DateTimeFilter | None = optional("A condition on when it was over; `eq: null` is not yet.")


@strawberry.enum(description="What actions can be sorted by.")
class ActionOrderField(Enum):
    CREATED_AT = _value("default", description="When they were asked for.")


ACTIONS = Listing(
    source="action",
    of=Annotated["Action", strawberry.lazy("gql.actions")],  # noqa: F821
    filter=ActionFilter,
    names={
        "id": "@Action.id",
        "type": Stored("type", STORED_ACTION_TYPES),
        "status": "status",
        "campaign": "@VoucherCampaign.campaign_id",
        "requestId": "request_id",
        "failedCount": "failed_count",
        "createdAt": "created_at",
        "finishedAt": "finished_at",
    },
    order=ordering(ActionOrderField, "actions"),
)


@filtering("Which failures to show.")
class ActionFailureFilter:
    row: IntFilter | None = optional("A condition on the row of the file.")
    code: TextFilter | None = optional("A condition on the voucher's code.")
    reason: TextFilter | None = optional("A condition on why it could not be done.")


@strawberry.enum(description="What failures can be sorted by.")
class ActionFailureOrderField(Enum):
    POSITION = _value("default", description="The order of the items.")


FAILURES = Listing(
    source="action_failure",
    of=Annotated["ActionFailure", strawberry.lazy("gql.actions")],  # noqa: F821
    filter=ActionFailureFilter,
    names={"row": "row", "code": "code", "reason": "reason"},
    order=ordering(ActionFailureOrderField, "failures"),
)
