"""What can be listened to. Each event is read when it is told, so it shows things as they are then."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

import strawberry

from gql import ids
from gql.actions import Action
from gql.campaigns import Campaign
from gql.change_kinds import ChangeKind, stored
from gql.changes import Change
from gql.gift_cards import GiftCard, GiftCardTransaction
from gql.listing import ABSENT, ORGANIZER
from gql.nodes import Node
from gql.payloads import written
from gql.reads import Args, Given, Noted, Stream, Subscribes, argument, by, method
from gql.redemptions import Redemption
from gql.run import Run
from models.change import ChangeKind as Stored
from models.problems import Invalid, NotFound
from resolvers import changes
from resolvers.change_sources import visible_kinds
from resolvers.reading import places
from resolvers.reading.conditions import Compare
from resolvers.reading.plan import compile_selection
from resolvers.reading.selection import Ask, One, Value
from resolvers.reading.source import SOURCES

Outcome: TypeAlias = Mapping[str, Any]

AFTER = "A cursor: tell first what happened since, then what is new. Without it, what is new."
CURSOR = "Where this is among all changes of the organizer, to go on from as `after`."
CHANGED = written("change", "change_id")
# How a source names the organizer that a thing belongs to.
ORGANIZERS = {"gift_card": "issuer"}

_place_of = places.encoder("default")


def _named(run: Run) -> list[tuple[str, int]]:
    found = (run.outcome or {}).get("node")
    return [] if found is None else [found]


# As `node` finds it: what is kept for a while after it was deleted is gone.
NODE = Noted(_named, single=True, reach="any")


@strawberry.type(description="An event of `changes`.")
class ChangesEvent:
    cursor: str = by(Given("cursor"), CURSOR)
    change: Change | None = by(CHANGED, "What happened.")
    node: Node | None = by(NODE, "What it happened to, as it is now; null if it is gone.")


@strawberry.type(description="An event of `giftCardTransactions`.")
class GiftCardTransactionsEvent:
    cursor: str = by(Given("cursor"), CURSOR)
    transaction: GiftCardTransaction | None = by(written("gift_card_transaction", "transaction_id"), "What was booked.")
    gift_card: GiftCard | None = by(written("gift_card", "card_id"), "The card as it is now.")


@strawberry.type(description="An event of `actionProgress`.")
class ActionProgressEvent:
    action: Action | None = by(written("action", "action_id"), "The action as it is now.")


@strawberry.type(description="An event of `campaignActivity`.")
class CampaignActivityEvent:
    cursor: str = by(Given("cursor"), CURSOR)
    change: Change | None = by(CHANGED, "What happened.")
    campaign: Campaign | None = by(NODE, "The campaign as it is now.")
    clicks: int | None = by(Given("clicks"), "How many clicks were counted, if that is what happened.")
    redemption: Redemption | None = by(
        written("redemption", "redemption_id"), "The redemption or rollback, if that is what happened."
    )


# -- what is listened to -----------------------------------------------------------------------------------------------


async def _changes(args: Args, run: Run) -> Stream:
    organizer_id = run.context.principal.organizer_id(args.get("organizer"))
    known = set(visible_kinds(run.context.principal))
    wanted = known if args.get("kinds") is None else known & set(stored(args["kinds"]))

    def outcome(told: changes.Change) -> Outcome | None:
        return outcome_of(told) if told.kind in wanted else None

    return Stream(await _feed(run, changes.of_organizer(organizer_id), args, organizer_id), outcome)


async def _gift_card_transactions(args: Args, run: Run) -> Stream:
    organizer_id, card_id = await _found(run, args["id"], "GiftCard")

    def outcome(told: changes.Change) -> Outcome | None:
        if told.kind != Stored.GIFT_CARD_TRANSACTION_BOOKED:
            return None
        return _common(told) | {"card_id": card_id, "transaction_id": told.noun_id}

    return Stream(await _feed(run, changes.of_noun("gift_card", card_id), args, organizer_id), outcome)


async def _action_progress(args: Args, run: Run) -> Stream:
    organizer_id, action_id = await _found(run, args["id"], "Action")
    now = {"organizer_id": organizer_id, "action_id": action_id}

    async def first() -> Outcome:
        return now

    async def ends(told: changes.Change | None) -> bool:
        if told is not None:
            return told.kind in (Stored.ACTION_FINISHED, Stored.ACTION_GIFT_CARDS_FINISHED)
        return await _value(run, "action", organizer_id, action_id, "finished_at") is not None

    feed = await _feed(run, changes.of_noun("action", action_id), args, organizer_id)
    return Stream(feed, lambda told: {**now, "change_id": told.id}, first, ends)


async def _campaign_activity(args: Args, run: Run) -> Stream:
    found = ids.decode(args["id"])
    if found is None or found[0] not in ACTIVITIES:
        raise Invalid("This is not the id of a campaign.", field="id", reason="id")
    organizer_id, campaign_id = await _found(run, args["id"], found[0])
    known, of_kinds = set(visible_kinds(run.context.principal)), ACTIVITIES[found[0]]

    def outcome(told: changes.Change) -> Outcome | None:
        if told.kind not in of_kinds or told.kind not in known:
            return None
        redemption_id = told.noun_id if told.noun == "redemption" else None
        more = {"node": found, "clicks": told.content.get("clicks"), "redemption_id": redemption_id}
        return _common(told) | more

    topic = changes.of_noun(_source_of(found[0]), campaign_id)
    return Stream(await _feed(run, topic, args, organizer_id), outcome)


# What counts as activity of a campaign of either kind.
ACTIVITIES = {
    "TrackingCampaign": {Stored.TRACKING_CAMPAIGN_CLICKED, Stored.ORDER_RECORDED, Stored.ORDER_UPDATED},
    "VoucherCampaign": {
        kind
        for kind in Stored
        if kind.noun == "redemption" or kind is Stored.VOUCHER_PUBLISHED or ".vouchers_" in kind.value
    },
}


def outcome_of(told: changes.Change) -> Outcome:
    """What an event of `changes` is read by."""
    return _common(told) | {"node": (ids.typename_of(told.noun), told.noun_id)}


def _common(told: changes.Change) -> dict[str, Any]:
    return {"organizer_id": told.organizer_id, "change_id": told.id, "cursor": _place_of(told.id)}


async def _feed(run: Run, topic: changes.Topic, args: Args, organizer_id: int) -> changes.Feed:
    assert run.context.changes is not None
    after = None
    if args.get("after") is not None:
        (after,) = places.decode(args["after"], SOURCES["change"], "default", field="after")
        await run.context.changes.require(after)
    return run.context.changes.feed(topic, after, organizer_id=organizer_id)


def _source_of(typename: str) -> str:
    return next(name for name in SOURCES if ids.typename_of(name) == typename)


async def _found(run: Run, given: str, typename: str) -> tuple[int, int]:
    """The organizer and the key of what an id names. Refuses with `NotFound` what is not the asker's."""
    source, key = _source_of(typename), ids.key_of(given, typename)
    organizer_id = await _value(run, source, None, key, ORGANIZERS.get(source, "organizer"), "id")
    if organizer_id is None:
        raise NotFound(source, field="id")
    return organizer_id, key


async def _value(run: Run, source: str, organizer_id: int | None, key: int, *path: str) -> Any:
    plan = compile_selection(One(source, {"found": Value(path)}, 0), run.context.database.dialect)
    reach = "any" if organizer_id is None else "own"
    row = await run.context.read(plan, [Ask(1, Compare("id", "eq", key), reach=reach, organizer_id=organizer_id)])
    return None if row is None else row["found"]


# -- the fields --------------------------------------------------------------------------------------------------------


@strawberry.type(
    description="What can be listened to: over WebSocket (graphql-transport-ws), server-sent events or multipart."
)
class Subscription:
    @method(Subscribes(_changes), "What happens to what the token may read, in order, each change once.")
    def changes(
        self,
        organizer: Annotated[str | None, ORGANIZER] = ABSENT,
        kinds: Annotated[list[ChangeKind] | None, argument("Of one of these kinds.")] = ABSENT,  # type: ignore[valid-type]
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
    ) -> ChangesEvent: ...

    @method(Subscribes(_gift_card_transactions), "What is booked on a gift card.")
    def gift_card_transactions(
        self,
        id: Annotated[strawberry.ID, argument("The gift card's global id.")],
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
    ) -> GiftCardTransactionsEvent: ...

    @method(Subscribes(_action_progress), "An action: as it is, whenever it gets on, and at last when it is over.")
    def action_progress(
        self, id: Annotated[strawberry.ID, argument("The action's global id.")]
    ) -> ActionProgressEvent: ...

    @method(
        Subscribes(_campaign_activity),
        "A campaign: clicks and orders of a tracking campaign, redemptions and vouchers of a voucher campaign.",
    )
    def campaign_activity(
        self,
        id: Annotated[strawberry.ID, argument("The global id of a campaign of either kind.")],
        after: Annotated[str | None, argument(AFTER)] = ABSENT,
    ) -> CampaignActivityEvent: ...
