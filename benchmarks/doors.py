"""One verb through two doors of one foyer: what GraphQL costs beside REST, each answering with the same values.

Rounds alternate on one server and one database, and are compared in pairs: what slows the machine slows both.
"""

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks import checks, measure, servers, vouchers, wire
from benchmarks.contenders import Contender
from benchmarks.load import Job, Result
from benchmarks.measure import Pace
from benchmarks.scenarios import redeem_requests, transact_requests
from benchmarks.servers import HOST, Failed

CONNECTIONS = 16
# Texts no right answer holds, through either door. A voucher has a `code`, too.
REFUSALS = ('"errors":', '"userErrors":[{')
COST_MAX = 1.3

# What the answers of the REST doors hold, as GraphQL names it.
CARD = "id secret issuedAt balance { amount currency } testmode expiresAt conditions ownerTicketId issuer { slug }"
TRANSACT = f"""mutation Transact($input: GiftCardTransactInput!) {{
  giftCardTransact(input: $input) {{ giftCard {{ {CARD} }} userErrors {{ code field message }} }}
}}"""

BASKET = "token sourceId status amount discountAmount totalDiscountAmount totalAmount metadata"
VOUCHER = """id token code type active isReferralCode discount { type effect percentOff amountOff }
  redemptionLimit redemptionCount publicationCount startsAt expiresAt validityTimeframe { duration interval }
  validityDaysOfWeek additionalInfo metadata createdAt updatedAt campaign { id name } category { id name }"""
REDEEM = f"""mutation Redeem($input: VoucherRedeemInput!) {{
  voucherRedeem(input: $input) {{
    redemptions {{
      id token status happenedAt trackingId metadata
      customer {{ id }} order {{ {BASKET} }} voucher {{ {VOUCHER} }}
    }}
    userErrors {{ code field message }}
  }}
}}"""


@dataclass(frozen=True, slots=True)
class Doors:
    name: str
    title: str
    graphql: Callable[[Contender], list[str]]
    rest: Callable[[Contender], list[str]]
    check: Callable[[Any], None]
    # What else is compared when the server has stopped.
    counts: str = ""


@dataclass(frozen=True, slots=True)
class DoorsFigure:
    """Medians over the rounds; `cost` and `time` are those of the pairs: GraphQL's over REST's, in CPU time and in
    time altogether. The database's CPU time is in it."""

    scenario: str
    rounds: int
    graphql_rate: float = float("nan")
    rest_rate: float = float("nan")
    graphql_cpu_us: float = float("nan")
    rest_cpu_us: float = float("nan")
    cost: float = float("nan")
    time: float = float("nan")
    costs: tuple[float, ...] = field(default=())
    failure: str = ""

    @property
    def met(self) -> bool:
        return self.cost <= COST_MAX


def measured(doors: Doors, foyer: Contender, pace: Pace, *, tell: Callable[[str], None]) -> DoorsFigure:
    """One whose first answer is wrong, or that is refused anything, has a failure instead of figures."""
    try:
        check_first(doors, foyer)
    except (checks.Wrong, Failed, OSError, KeyError, TypeError, ValueError) as error:
        return DoorsFigure(doors.name, 0, failure=str(error) or repr(error))
    jobs = {"graphql": job(foyer, doors.graphql(foyer), pace), "rest": job(foyer, doors.rest(foyer), pace)}
    found: dict[str, list[Result]] = {door: [] for door in jobs}
    for number in range(pace.rounds):
        for door in sorted(jobs, reverse=bool(number % 2)):
            tell(f"{doors.name}: round {number + 1} of {pace.rounds}, {door}")
            found[door].append(measure.run_load(jobs[door]))
            foyer.answered[doors.counts] += found[door][-1].statuses.get("200", 0)
    return figure(doors, found["graphql"], found["rest"])


def job(foyer: Contender, requests: list[str], pace: Pace) -> Job:
    return Job(
        host=HOST,
        port=foyer.port,
        requests=tuple(requests),
        connections=CONNECTIONS,
        seconds=pace.seconds,
        warm_up_seconds=pace.warm_up_seconds,
        bad_markers=REFUSALS,
        cpu_pids=(foyer.server.pid,),
        database_pids=foyer.engine.pids,
    )


def check_first(doors: Doors, foyer: Contender) -> None:
    answered = servers.ask(foyer.port, doors.graphql(foyer)[0].encode())
    foyer.answered[doors.counts] += 1
    try:
        doors.check(json.loads(answered.body))
    except (KeyError, TypeError, ValueError) as error:
        raise checks.Wrong(f"{error!r} in {answered.body[:500]!r}") from error


def figure(doors: Doors, graphql: list[Result], rest: list[Result]) -> DoorsFigure:
    failure = measure.failure_of([*graphql, *rest])
    if failure:
        return DoorsFigure(doors.name, len(graphql), failure=failure)
    costs = [cpu_us(ours) / cpu_us(theirs) for ours, theirs in zip(graphql, rest, strict=True) if cpu_us(theirs)]
    times = [theirs.rate / ours.rate for ours, theirs in zip(graphql, rest, strict=True)]
    return DoorsFigure(
        doors.name,
        len(graphql),
        statistics.median(each.rate for each in graphql),
        statistics.median(each.rate for each in rest),
        statistics.median(map(cpu_us, graphql)),
        statistics.median(map(cpu_us, rest)),
        statistics.median(costs) if costs else float("nan"),
        statistics.median(times),
        tuple(costs),
    )


def cpu_us(result: Result) -> float:
    return result.cpu_us + result.database_cpu_us


# -- what is asked for -----------------------------------------------------------------------------------------------


def transacts(foyer: Contender) -> list[str]:
    inputs = [
        {"id": card, "amount": amount, "text": "Benchmark"}
        for amount in ("-0.01", "0.01")
        for card in foyer.card_node_ids
    ]
    return [wire.graphql(foyer, TRANSACT, {"input": each}) for each in inputs]


def transacted(answer: Any) -> None:
    payload = answer["data"]["giftCardTransact"]
    checks.same("user errors", payload["userErrors"], [])
    checks.of_secret(payload["giftCard"]["secret"])


def redeems(foyer: Contender) -> list[str]:
    order = {"amount": f"{vouchers.ORDER_AMOUNT // 100}.00"}
    inputs = [{"vouchers": [{"code": code}], "order": order} for code in vouchers.coupons()]
    return [wire.graphql(foyer, REDEEM, {"input": each}) for each in inputs]


def redeemed(answer: Any) -> None:
    payload = answer["data"]["voucherRedeem"]
    checks.same("user errors", payload["userErrors"], [])
    (row,) = payload["redemptions"]
    checks.same("status", row["status"], "SUCCEEDED")
    checks.same("campaign", row["voucher"]["campaign"]["name"], vouchers.campaign_of(row["voucher"]["code"]).name)


DOORS = (
    Doors("transact-doors", "foyer alone: transact by GraphQL beside pretix", transacts, transact_requests, transacted),
    Doors(
        "redeem-doors",
        "foyer alone: redeem by GraphQL beside Voucherify",
        redeems,
        redeem_requests,
        redeemed,
        counts="redemptions",
    ),
)
