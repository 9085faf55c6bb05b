"""The bucket of cost of each token: what is left, when there is more, and what is answered when there is too little."""

import sys
from collections.abc import AsyncIterator

import pytest

from gql.buckets import TOKENS_MAX, Buckets
from gql.rejected import RateLimited
from tests.world import World, opened

LIST = "{ giftCards(first: 10) { nodes { id } } }"
ISSUE = 'mutation { giftCardIssue(input: {amount: "1.00", currency: "EUR"}) { userErrors { code } } }'


class Now:
    at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def now() -> Now:
    return Now()


def spend(buckets: Buckets, cost: int, token_id: int | None = 1) -> int:
    told = {"requested": cost}
    buckets.spend(token_id, cost, told)
    return told["available"]


def test_a_bucket_empties_and_fills_at_an_even_rate(now: Now) -> None:
    buckets = Buckets(100, 10, now)
    assert [spend(buckets, 30), spend(buckets, 30), spend(buckets, 0)] == [70, 40, 40]
    now.at += 2
    assert spend(buckets, 0) == 60
    now.at += 3600
    assert spend(buckets, 1) == 99


def test_what_is_too_much_is_refused_and_costs_nothing(now: Now) -> None:
    buckets = Buckets(100, 10, now)
    spend(buckets, 95)
    for _ in range(3):
        with pytest.raises(RateLimited):
            spend(buckets, 95)
    with pytest.raises(RateLimited) as refused:
        spend(buckets, 26)
    (error,) = refused.value.errors
    cost = {"requested": 26, "available": 5, "restorePerSecond": 10}
    assert error.extensions == {"code": "RATE_LIMITED", "retryAfter": 3, "cost": cost}
    assert error.message == "The request costs 26; 5 is left. Ask again in 3 s."
    now.at += 3
    assert spend(buckets, 26) == 9


def test_each_token_has_its_own(now: Now) -> None:
    buckets = Buckets(100, 10, now)
    assert [spend(buckets, 60, token) for token in (1, 2, None)] == [40, 40, 40]
    with pytest.raises(RateLimited):
        spend(buckets, 60, None)


def test_a_request_dearer_than_a_bucket_takes_a_full_one_below_empty(now: Now) -> None:
    buckets = Buckets(100, 10, now)
    assert spend(buckets, 250) == 0
    now.at += 15
    with pytest.raises(RateLimited, match="Ask again in 1 s"):
        spend(buckets, 5)
    now.at += 10
    assert spend(buckets, 5) == 95
    with pytest.raises(RateLimited, match="Ask again in 1 s"):
        spend(buckets, 250)


def test_switched_off_nothing_is_counted(now: Now) -> None:
    told = {"requested": 10**9}
    Buckets(0, 1, now).spend(1, 10**9, told)
    assert told == {"requested": 10**9}


def test_what_is_remembered_is_bounded_however_many_tokens_there_are(now: Now) -> None:
    buckets = Buckets(100, 10, now)
    for token in range(TOKENS_MAX * 2):
        spend(buckets, 100, token)
        if token % 100 == 0:
            # One that is in use is not forgotten.
            with pytest.raises(RateLimited):
                spend(buckets, 100, 0)
    assert len(buckets) == TOKENS_MAX
    assert sys.getsizeof(buckets._full_at) < 3_000_000


# -- on the wire -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def poor(sqlite_url: str) -> AsyncIterator[World]:
    async with opened(sqlite_url, graphql_bucket_max=100, graphql_bucket_per_second=1) as found:
        yield found


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_over_it_the_answer_is_429_and_says_when_to_ask_again(poor: World, accept: str) -> None:
    first = await poor.graphql("{ giftCards(first: 80) { nodes { id } } }", Accept=accept)
    assert first.json()["extensions"]["cost"] == {
        "requested": 81,
        "maximum": 10_000,
        "available": 19,
        "restorePerSecond": 1,
    }
    second = await poor.graphql("{ giftCards(first: 80) { nodes { id } } }", Accept=accept)
    (error,) = second.json()["errors"]
    seconds = error["extensions"]["retryAfter"]
    assert (second.status_code, second.headers["retry-after"]) == (429, str(seconds))
    assert 55 <= seconds <= 62
    assert (error["extensions"]["code"], "data" in second.json()) == ("RATE_LIMITED", False)
    # What costs less is still answered, and so are others.
    assert (await poor.graphql("{ viewer { name } }", Accept=accept)).status_code == 200
    assert (await poor.graphql("{ giftCards(first: 80) { nodes { id } } }", token="beta")).status_code == 200


async def test_over_it_a_mutation_does_nothing_whatever_completes_it(poor: World) -> None:
    # The second by graphql-core: it asks for the schema, too.
    for query in (ISSUE, ISSUE.replace("mutation {", "mutation { __typename")):
        assert (await poor.graphql(query)).status_code == 200
    await poor.graphql("{ giftCards(first: 70) { nodes { id } } }")
    for query in (ISSUE.replace("{ userErrors", "{ giftCard { transactions(first: 50) { nodes { id } } } userErrors"),):
        assert (await poor.graphql(query)).status_code == 429
    found = await poor.graphql("{ giftCards(first: 1) { totalCount } }", token="acme_reads")
    assert found.json()["data"]["giftCards"]["totalCount"] == 2


async def test_a_schema_is_dear_once_and_then_kept(sqlite_url: str) -> None:
    query = "{ __schema { types { name } } }"
    async with opened(sqlite_url, graphql_bucket_max=100_000, graphql_bucket_per_second=1) as world:
        answers = [await world.graphql(query) for _ in range(3)]
        assert len({answer.text.partition('"extensions"')[0] for answer in answers}) == 1
        assert len(answers[0].json()["data"]["__schema"]["types"]) > 100
        costs = [answer.json()["extensions"]["cost"] for answer in answers]
        assert {cost["requested"] for cost in costs} == {0}
        assert costs[0]["available"] < 99_000
        assert costs[2]["available"] >= costs[0]["available"]
        # Nobody in particular has a bucket together.
        assert (await world.graphql(query, token=None)).json()["extensions"]["cost"]["available"] == 100_000


async def test_without_a_bucket_nothing_of_it_is_shown(sqlite_url: str) -> None:
    async with opened(sqlite_url, graphql_bucket_max=0) as world:
        answer = await world.graphql(LIST)
        assert answer.json()["extensions"] == {"cost": {"requested": 11, "maximum": 10_000}}
