"""Actions: bulk work, how far it is, and what came of it."""

from typing import Annotated, Any

import strawberry

from gql.filters import DateTimeFilter, condition, optional
from gql.nodes import Node, node_id
from gql.pages import AFTER, BEFORE, FIRST, LAST, Connection, page
from gql.reads import Args, Leaf, Listed, Related, argument, by, method
from gql.redemptions import newest_first
from gql.run import Run
from gql.scalars import Timestamp
from gql.voucher_kinds import STORED_ACTION_TYPES, ActionStatus, ActionType, shown
from resolvers.reading.conditions import All, Compare
from resolvers.reading.selection import Ask

ABSENT = strawberry.UNSET


def _failures(args: Args, run: Run) -> Ask:
    return page(args, run, "action_failure")


@strawberry.type(description="An item of bulk work that could not be done.")
class ActionFailure:
    row: int | None = by(Leaf(("row",)), "Of a file: its row, from 1 on, the header not counted.")
    code: str | None = by(Leaf(("code",)), "The voucher's code, as far as there was one.")
    reason: str = by(Leaf(("reason",)), "Why it could not be done.")


@strawberry.type(
    description="Bulk work. It is done in chunks, in turn with other actions, and goes on after a restart."
)
class Action(Node):
    id: strawberry.ID = by(node_id("Action"), "The action's global id.")
    token: str = by(Leaf(("token",)), "Its id in the Voucherify door: `aa_…`.")
    type: ActionType = by(Leaf(("type",), shown(STORED_ACTION_TYPES)), "What is done.")
    status: ActionStatus = by(Leaf(("status",)), "How far it is.")
    progress: int = by(Leaf(("progress",)), "How much of it is done, from 0 to 100; 100 once it is over.")
    total: int | None = by(Leaf(("total",)), "How many items there are to do, as far as that is known.")
    done_count: int = by(Leaf(("done_count",)), "How many are done.")
    failed_count: int = by(Leaf(("failed_count",)), "How many could not be done.")
    message: str | None = by(
        Leaf(("result",), lambda result: None if result is None else result.get("message")),
        "What came of it, or why it failed, in English; null until it is over.",
    )
    request_id: str | None = by(Leaf(("request_id",)), "The id of the request that asked for it.")
    created_at: Timestamp = by(Leaf(("created_at",)), "When it was asked for.")
    updated_at: Timestamp | None = by(Leaf(("updated_at",)), "When a chunk of it was done last.")
    finished_at: Timestamp | None = by(Leaf(("finished_at",)), "When it was over.")
    campaign: Annotated["VoucherCampaign", strawberry.lazy("gql.voucher_campaigns")] | None = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("campaign",)), "The campaign it is about, while there is one."
    )

    @method(Listed("failures", _failures), "The items that could not be done, in their order.")
    def failures(
        self,
        first: Annotated[int | None, argument(FIRST)] = ABSENT,
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
        last: Annotated[int | None, argument(LAST)] = ABSENT,
        before: Annotated[str | None, argument(BEFORE)] = ABSENT,
    ) -> Connection[ActionFailure] | None: ...


@strawberry.input(description="Which actions to show. All parts that are given must hold.")
class ActionFilter:
    type: ActionType | None = optional("Only such work.")
    status: ActionStatus | None = optional("Only actions that are so far.")
    campaign_id: strawberry.ID | None = optional("Only actions about the campaign with this global id.")
    created_at: DateTimeFilter | None = optional("A condition on when it was asked for.")


FILTER_FIELDS = {"status": "status", "campaignId": "@VoucherCampaign.campaign_id", "createdAt": "created_at"}


def listed(args: Args, run: Run) -> Ask:
    given: dict[str, Any] = dict(args.get("filter") or {})
    wanted = given.pop("type", None)
    where = condition(given, FILTER_FIELDS)
    if wanted is not None:
        of_type = Compare("type", "eq", STORED_ACTION_TYPES[wanted.value])
        where = of_type if where is None else All((of_type, where))
    return page(args, run, "action", where=where, descending=newest_first(args))


def below(args: Args, run: Run) -> Ask:
    """The actions of a campaign."""
    return page(args, run, "action", descending=newest_first(args))
