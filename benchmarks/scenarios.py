"""What is asked of whom, and what foyer is to reach."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks import checks, lists, shops, voucher_checks, vouchers, wire
from benchmarks.contenders import SPREAD, Contender
from benchmarks.fixture import ORGANIZER

# Texts no right answer to a mutation holds: GraphQL refuses with status 200.
GRAPHQL_REFUSALS = ('"errors":', '"code":')


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    title: str
    contenders: tuple[str, ...]
    requests: Callable[[Contender], list[str]]
    check: Callable[[Any], None]
    connections: tuple[int, ...] = (16,)
    bad_markers: tuple[str, ...] = ()
    status: int = 200
    writes: bool = False
    # What is counted where its answers lead from, `clicks` or `redemptions`; compared when the servers have stopped.
    counts: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """foyer's rate is to be at least `ratio` times the peer's."""

    scenario: str
    connections: int
    peer: str
    ratio: float


TARGETS = (
    Target("list", 16, "strawberry", 30),
    Target("nested", 16, "strawberry", 25),
    Target("by-id", 16, "strawberry", 30),
    Target("by-id", 16, "constant", 0.5),
    Target("list", 16, "postgraphile", 2),
    Target("nested", 16, "postgraphile", 2),
    Target("by-id", 16, "postgraphile", 2),
    Target("pretix-list", 16, "fastapi", 5),
    Target("pretix-transactions", 16, "fastapi", 5),
    Target("pretix-organizers", 16, "fastapi", 5),
    Target("pretix-events", 16, "fastapi", 5),
    Target("pretix-channels", 16, "fastapi", 5),
    Target("pretix-campaigns", 16, "fastapi", 5),
    Target("voucherify-campaigns", 16, "fastapi", 5),
    Target("redirect", 16, "constant", 0.5),
    Target("transact", 16, "fastapi", 10),
    Target("redeem", 16, "fastapi", 8),
)


def target(scenario: str, connections: int, peer: str) -> float | None:
    for each in TARGETS:
        if (each.scenario, each.connections, each.peer) == (scenario, connections, peer):
            return each.ratio
    return None


def list_requests(to: Contender) -> list[str]:
    return [wire.graphql(to, to.documents["list"])]


def nested_requests(to: Contender) -> list[str]:
    return [wire.graphql(to, to.documents["nested"])]


def by_id_requests(to: Contender) -> list[str]:
    return [wire.graphql(to, to.documents["by-id"], {"id": card}) for card in to.card_node_ids]


def pretix_list_requests(to: Contender) -> list[str]:
    return [wire.get(to, wire.GIFT_CARDS)]


def pretix_by_id_requests(to: Contender) -> list[str]:
    return [wire.get(to, f"{wire.GIFT_CARDS}{card}/") for card in to.card_ids]


def pretix_transactions_requests(to: Contender) -> list[str]:
    return [wire.get(to, f"{wire.GIFT_CARDS}{to.long_card_id}/transactions/")]


def pretix_organizers_requests(to: Contender) -> list[str]:
    return [wire.get(to, wire.ORGANIZERS, token="BENCH_ALL")]


def pretix_events_requests(to: Contender) -> list[str]:
    return [wire.get(to, f"{wire.ORGANIZERS}{ORGANIZER}/events/")]


def pretix_channels_requests(to: Contender) -> list[str]:
    path = f"{wire.ORGANIZERS}{shops.CHANNELS_ORGANIZER}/saleschannels/"
    return [wire.get(to, path, token="BENCH_CHANNELS")]


def pretix_campaigns_requests(to: Contender) -> list[str]:
    return [wire.get(to, f"{wire.ORGANIZERS}{ORGANIZER}/events/{shops.Event(0).slug}/campaigns/")]


def voucherify_campaigns_requests(to: Contender) -> list[str]:
    return [wire.app_get(to, f"/v1/campaigns?limit={voucher_checks.PAGE_SIZE}")]


def redirect_requests(to: Contender) -> list[str]:
    return [wire.visit(to, path) for path in shops.links()]


def transact_requests(to: Contender) -> list[str]:
    return transacts(to, to.card_ids)


def transact_hot_requests(to: Contender) -> list[str]:
    return transacts(to, to.card_ids[:1])


def transact_graphql_requests(to: Contender) -> list[str]:
    return graphql_transacts(to, to.card_node_ids)


def transact_hot_graphql_requests(to: Contender) -> list[str]:
    return graphql_transacts(to, to.card_node_ids[:1])


def redeem_requests(to: Contender) -> list[str]:
    return [redemption(to, {"object": "voucher", "id": code}) for code in vouchers.coupons()]


def redeem_gift_requests(to: Contender) -> list[str]:
    gift = {"credits": vouchers.GIFT_CREDITS}
    return [redemption(to, {"object": "voucher", "id": code, "gift": gift}) for code in vouchers.gifts()]


def redemption(to: Contender, redeemable: dict[str, Any]) -> str:
    body = {"redeemables": [redeemable], "order": {"amount": vouchers.ORDER_AMOUNT}}
    return wire.app_post(to, "/v1/redemptions", body)


def transacts(to: Contender, cards: list[int]) -> list[str]:
    """A cent off every card, then a cent onto every card: a run may be as long as it likes."""
    return [
        wire.post(to, f"{wire.GIFT_CARDS}{card}/transact/", {"value": value, "text": "Benchmark"})
        for value in ("-0.01", "0.01")
        for card in cards
    ]


def graphql_transacts(to: Contender, cards: list[str]) -> list[str]:
    return [
        wire.graphql(to, wire.TRANSACT, {"input": {"id": card, "amount": amount, "text": "Benchmark"}})
        for amount in ("-0.01", "0.01")
        for card in cards
    ]


CROWDS = (1, 16, 64)
GRAPHQL_READERS = ("foyer", "strawberry", "strawberry-cached", "postgraphile", "postgraphile-open")

# Reads come before writes: their checks compare balances with the fixture.
SCENARIOS = (
    Scenario("list", "GraphQL: 50 cards × 8 fields", GRAPHQL_READERS, list_requests, checks.page),
    Scenario(
        "nested",
        "GraphQL: the same, each with 5 transactions",
        GRAPHQL_READERS,
        nested_requests,
        checks.page_with_transactions,
    ),
    Scenario(
        "by-id",
        "GraphQL: one card by its id",
        (*GRAPHQL_READERS, "constant"),
        by_id_requests,
        checks.one_card,
    ),
    Scenario(
        "pretix-list",
        "pretix: 50 cards and the exact count",
        ("foyer", "fastapi"),
        pretix_list_requests,
        checks.pretix_page,
    ),
    Scenario(
        "pretix-by-id",
        "pretix: one card by its id",
        ("foyer", "fastapi"),
        pretix_by_id_requests,
        checks.pretix_card,
    ),
    Scenario(
        "pretix-transactions",
        "pretix: 50 transactions and the exact count",
        ("foyer", "fastapi"),
        pretix_transactions_requests,
        lists.transactions,
    ),
    Scenario(
        "pretix-organizers",
        "pretix: 5 organizers and the exact count",
        ("foyer", "fastapi"),
        pretix_organizers_requests,
        lists.organizers,
    ),
    Scenario(
        "pretix-events",
        "pretix: 50 events and the exact count",
        ("foyer", "fastapi"),
        pretix_events_requests,
        lists.events,
    ),
    Scenario(
        "pretix-channels",
        "pretix: 50 sales channels and the exact count",
        ("foyer", "fastapi"),
        pretix_channels_requests,
        lists.channels,
    ),
    Scenario(
        "pretix-campaigns",
        "pretix: 50 campaigns and the exact count",
        ("foyer", "fastapi"),
        pretix_campaigns_requests,
        lists.campaigns,
    ),
    Scenario(
        "voucherify-campaigns",
        f"Voucherify: 50 of {vouchers.CAMPAIGN_COUNT:,} campaigns and the exact total",
        ("foyer", "fastapi"),
        voucherify_campaigns_requests,
        voucher_checks.campaigns,
    ),
    Scenario(
        "redirect",
        f"tracking links of {shops.LINK_COUNT} campaigns, clicks counted",
        ("foyer", "fastapi", "constant"),
        redirect_requests,
        lists.first_link,
        status=302,
        counts="clicks",
    ),
    Scenario(
        "transact",
        f"pretix: transact, spread over {SPREAD:,} cards",
        ("foyer", "fastapi"),
        transact_requests,
        checks.pretix_card,
        CROWDS,
        writes=True,
    ),
    Scenario(
        "transact-hot",
        "pretix: transact, all on one card",
        ("foyer", "fastapi"),
        transact_hot_requests,
        checks.pretix_card,
        CROWDS,
        writes=True,
    ),
    Scenario(
        "transact-graphql",
        f"GraphQL: transact, spread over {SPREAD:,} cards",
        ("foyer", "strawberry"),
        transact_graphql_requests,
        checks.transacted,
        CROWDS,
        GRAPHQL_REFUSALS,
        writes=True,
    ),
    Scenario(
        "transact-hot-graphql",
        "GraphQL: transact, all on one card",
        ("foyer", "strawberry"),
        transact_hot_graphql_requests,
        checks.transacted,
        CROWDS,
        GRAPHQL_REFUSALS,
        writes=True,
    ),
    Scenario(
        "redeem",
        f"Voucherify: redeem, spread over {vouchers.COUPON_COUNT:,} vouchers",
        ("foyer", "fastapi"),
        redeem_requests,
        voucher_checks.redeemed,
        counts="redemptions",
    ),
    Scenario(
        "redeem-gift",
        f"Voucherify: redeem a cent, spread over {vouchers.GIFT_COUNT:,} gift vouchers",
        ("foyer", "fastapi"),
        redeem_gift_requests,
        voucher_checks.gift_redeemed,
        writes=True,
        counts="redemptions",
    ),
)
