"""Actions: bulk work, how far it is, and what came of it."""

from typing import Annotated

import strawberry

from gql.action_lists import FAILURES
from gql.gift_card_lists import CARDS
from gql.nodes import Node, node_id
from gql.reads import Leaf, Related, by
from gql.scalars import Timestamp
from gql.voucher_kinds import STORED_ACTION_TYPES, ActionStatus, ActionType, shown


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

    organizer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("organizer",)), "On whose behalf it was asked for."
    )
    gift_cards = CARDS.below("gift_cards", "Of an issue of gift cards: those that it has issued so far.")
    failures = FAILURES.below("failures", "The items that could not be done, in their order unless asked otherwise.")
