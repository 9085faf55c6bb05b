"""Documents made from the schema, as schemathesis makes them: whatever they ask for, nothing of it is a bug of ours.

Each field of `Query` and `Mutation` has its turn. `FOYER_FUZZ_EXAMPLES` is how many documents of each; by hand more.
"""

import asyncio
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import AsyncExitStack
from functools import cache
from typing import Any

import httpx2
import pytest
import schemathesis
from graphql import ValueNode
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.graphql import nodes

from gql import ids
from gql.schema import NODE_SOURCES, sdl
from tests.gql import shop
from tests.world import World, opened

EXAMPLES = int(os.environ.get("FOYER_FUZZ_EXAMPLES", "3"))
SEED = int(os.environ.get("FOYER_FUZZ_SEED", "1"))
# What is generated nests as it likes, so the limits are out of the way: what they refuse is in test_limits.py.
WIDE: dict[str, Any] = {
    "graphql_depth_max": 100,
    "graphql_cost_max": 10**9,
    "graphql_fields_max": 10**6,
    "graphql_aliases_max": 10**5,
    "graphql_tokens_max": 10**6,
    "graphql_root_fields_max": 1000,
    "graphql_bucket_max": 0,
}
TEXTS = st.text(max_size=12)
AMOUNTS = ("0", "1.00", "-1.00", "10", "0.001", "99999999999.99", "100000000000", "1e400", "-0", "NaN", "1,5", "")
MOMENTS = (
    "2026-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-02-30T00:00:00Z",
    "x",
)
TYPES = st.sampled_from(sorted(NODE_SOURCES))


def _id(typename: str, key: int) -> str:
    return ids.encoder(typename)(key) or ""


# Ids lead to something, mostly: the keys of the few objects that there are begin with 1.
SCALARS: dict[str, st.SearchStrategy[ValueNode]] = {
    "ID": st.one_of(
        st.builds(_id, TYPES, st.integers(1, 3)),
        st.builds(_id, TYPES, st.sampled_from((0, -1, 2**63 - 1, 2**63, 10**30))),
        TEXTS,
    ).map(nodes.String),
    "Decimal": st.one_of(st.sampled_from(AMOUNTS).map(nodes.String), st.integers().map(nodes.Int)),
    "DateTime": st.sampled_from(MOMENTS).map(nodes.String),
    "Date": st.sampled_from(("2026-01-01", "0001-01-01", "9999-12-31", "2026-02-30", "")).map(nodes.String),
    "Long": st.one_of(st.integers(-5, 5), st.integers(), st.sampled_from((10**14, -(10**15), 2**63))).map(nodes.Int),
    "JSON": st.one_of(TEXTS.map(nodes.String), st.integers().map(nodes.Int), st.booleans().map(nodes.Boolean)),
    "LocalizedText": TEXTS.map(nodes.String),
    "Upload": TEXTS.map(nodes.String),
}
# What would make of most documents that they are refused for one and the same reason.
AIMS = [
    (re.compile(r'organizer: ("""(?s:.*?)"""|"(?:\\.|[^"\\])*")'), 'organizer: "acme"'),
    (re.compile(r'\b(event|slug): ("""(?s:.*?)"""|"(?:\\.|[^"\\])*")'), r'\1: "conf"'),
    (re.compile(r"first: -?\d+"), "first: 3"),
    (re.compile(r"last: -?\d+"), "last: null"),
    (re.compile(r'\b(after|before|idempotencyKey): ("""(?s:.*?)"""|"(?:\\.|[^"\\])*")'), r"\1: null"),
]


@cache
def described() -> Any:
    for name, strategy in SCALARS.items():
        schemathesis.graphql.scalar(name, strategy)
    return schemathesis.graphql.from_file(sdl())


class Served:
    """The application over a small world, in a loop of its own: hypothesis calls functions that do not wait."""

    def __init__(self, url: str) -> None:
        self._runner, self._stack = asyncio.Runner(), AsyncExitStack()
        self.world: World = self._runner.run(self._opened(url))

    async def _opened(self, url: str) -> World:
        world = await self._stack.enter_async_context(opened(url, **WIDE))
        await furnish(world)
        return world

    def ask(self, query: str) -> httpx2.Response:
        return self._runner.run(self.world.graphql(query))

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()


async def furnish(world: World) -> None:
    for number in range(3):
        await world.card(500, secret=f"CARD-{number}")
        benefit = (shop.PERCENT, shop.GIFT, shop.CARD)[number]
        campaign = await shop.campaign(world, f"Spring {number}", benefit=benefit, vouchersCount=1)
        await shop.voucher(world, f"ONE-{number}", campaignId=campaign["id"])


@pytest.fixture
def served(sqlite_url: str) -> Iterator[Served]:
    found = Served(sqlite_url)
    yield found
    found.close()


def aimed(query: str) -> str:
    """The document as it is, now and then; mostly so that more of it is reached."""
    toss = zlib.crc32(query.encode())
    for place, (pattern, aim) in enumerate(AIMS):
        if (toss >> place * 2) % 4:
            query = pattern.sub(aim, query)
    return query


def test_whatever_is_asked_nothing_of_it_is_a_bug(served: Served) -> None:
    asked: list[str] = []
    answered = 0

    def check(case: Case[Any]) -> None:
        nonlocal answered
        query = aimed(str(case.body))
        asked.append(query)
        response = served.ask(query)
        answer = response.json()
        codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
        assert response.status_code < 500, (query, answer)
        assert "INTERNAL" not in codes, (query, answer)
        answered += "data" in answer

    for number, found in enumerate(described().get_all_operations()):
        operation = found.ok()
        if operation.label.startswith("Subscription"):
            continue
        # One document in three breaks a rule of the schema.
        mode = GenerationMode.NEGATIVE if number % 3 == 2 else GenerationMode.POSITIVE
        for each in {mode, GenerationMode.POSITIVE}:
            quiet = settings(
                deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
            )
            few = settings(quiet, max_examples=EXAMPLES if each is GenerationMode.POSITIVE else 1)
            seed(SEED)(few(given(case=operation.as_strategy(each))(check)))()
    assert len(asked) > 250
    # What is made from the schema fits it, mostly.
    assert answered > len(asked) / 2
