"""Both completions of one request: asked at one moment, compared, and reckoned by what came of them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

from graphql.execution.values import get_variable_values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gql.compiled import cost_of
from gql.execution import Answer, Executor, Request, answer_to
from gql.rejected import Rejected
from gql.run import Limits
from models.database import Database
from resolvers.context import Context
from resolvers.principals import Principal
from resolvers.reading.values import as_json
from tests.gql.generated import without
from tests.gql.populated import populate
from tests.world import World, opened

# What is compared is how documents are answered, not how large they may be.
GENEROUS = Limits(
    depth_max=100, fields_max=100_000, aliases_max=100_000, tokens_max=100_000, cost_max=10**9, documents_max=16
)
NOW = datetime(2026, 2, 1, tzinfo=UTC)
# Public ids are random, so the world is asked for some.
TOKENS = """{ vouchers { nodes { token code } } voucherCampaigns { nodes { token } } redemptions { nodes { token } }
  publications { nodes { token } } customers { nodes { token } } categories { nodes { token } }
  actions { nodes { token } } binEntries { nodes { token } } }"""


class Watched(Executor):
    """Counts what graphql-core completes: a document that quietly went there would be compared with itself."""

    by_core = 0

    async def _by_graphql_core(self, *args: Any, **options: Any) -> Answer:
        self.by_core += 1
        return await super()._by_graphql_core(*args, **options)

    def core_cost(self, context: Context, request: Request) -> int:
        """What the request costs, reckoned as for graphql-core; its variables are those that graphql-core finds."""
        document = self._document(request)
        entry = self._entry(document, request.operation_name)
        run = self._run(context, entry, request)
        found = get_variable_values(self.schema, entry.operation.variable_definitions or (), dict(request.variables))
        assert isinstance(found, list) or run.variables == found.coerced, request
        return cost_of(self.schema, document, entry.operation, run)


class Comparing:
    """Asks requests of both completions at one moment, and tallies what came of them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.executor = Watched(database.dialect, GENEROUS)
        self.tally: Counter[str] = Counter()

    def context(self, asker: Principal) -> Context:
        return Context(self.database, asker, lambda: NOW)

    async def alike(self, asker: Principal, request: Request) -> Answer:
        """The answer, which is the same by both, to the byte, and costs the same."""
        context, by_core = self.context(asker), self.executor.by_core
        compiled, completed = await both(context, self.executor, request)
        is_compiled = self.executor.by_core == by_core + ("data" in completed.body)
        assert "INTERNAL" not in str(compiled.body.get("errors")), (asker.name, request)
        told = compiled.body.pop("extensions", {}).get("cost", {})
        assert as_json(compiled.body) == as_json(completed.body), (asker.name, request)
        assert compiled.status_hint == completed.status_hint, (asker.name, request)
        if told:
            assert told["requested"] == self.executor.core_cost(context, request), request
        self.tally += Counter(_kinds(compiled, is_compiled=is_compiled))
        return compiled

    async def rest_alike(self, asker: Principal, request: Request, partial: Answer) -> None:
        """What a partial answer shows is what the compiled completion shows of the document without what it refused."""
        keys = {_key_of(error["path"]) for error in partial.body["errors"]}
        by_core = self.executor.by_core
        rest = await self.executor.execute(
            self.context(asker), request._replace(query=without(str(request.query), keys))
        )
        if self.executor.by_core != by_core:
            return
        assert "errors" not in rest.body, (asker.name, request, rest.body)
        assert as_json(rest.body["data"]) == as_json(left(partial.body["data"], keys)), (asker.name, request)
        self.tally["the rest compiled"] += 1


class Opened:
    """A world kept open over hypothesis's examples, which are synchronous."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._opened = opened(url)
        self.world: World = self.run(self._opened.__aenter__())
        self.run(populate(self.world))
        self.comparing = Comparing(self.world.database)
        self.askers = askers(self.world.organizers)
        found = self.run(self.world.data(TOKENS))
        tokens = [node["token"] for nodes in found.values() for node in nodes["nodes"][:2]]
        self.names = {"token": [*tokens, "none"]}

    def run(self, asked: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(asked)

    def close(self) -> None:
        self.run(self._opened.__aexit__(None, None, None))
        self._loop.close()


def askers(organizers: dict[str, int]) -> list[Principal]:
    """Who may do everything, and who may do less."""
    acme, beta = ({slug: organizers[slug]} for slug in ("acme", "beta"))
    everything = frozenset(("organizer.*", "event.*"))
    return [
        Principal("everything", "system", acme, everything),
        Principal("several", "team", {**acme, **beta}, everything),
        Principal("beta", "team", beta, everything),
        Principal("cards", "team", acme, frozenset(("organizer.giftcards:read",))),
        Principal("vouchers", "team", acme, frozenset(("organizer.vouchers:read", "organizer.redemptions:read"))),
        Principal("events", "team", acme, frozenset(("event.*",)), all_events=False, event_ids=(1,)),
        Principal("writes", "team", acme, everything, access=frozenset(("write",))),
        Principal("nothing", "team", acme, frozenset()),
        Principal("nobody", "team", {}, everything),
    ]


async def both(context: Context, executor: Executor, request: Request) -> tuple[Answer, Answer]:
    compiled = await executor.execute(context, request)
    try:
        completed = await executor.complete(context, request)
    except Rejected as refusal:
        completed = answer_to(refusal)
    return compiled, completed


def left(value: Any, keys: Collection[str]) -> Any:
    """The data without the values under these keys."""
    if isinstance(value, Mapping):
        return {key: left(each, keys) for key, each in value.items() if key not in keys}
    return [left(each, keys) for each in value] if isinstance(value, list) else value


def _key_of(path: list[str | int]) -> str:
    return next(part for part in reversed(path) if isinstance(part, str))


def _kinds(answer: Answer, *, is_compiled: bool) -> set[str]:
    found, errors, shown = {"compared"}, answer.body.get("errors", ()), answer.body.get("data") or {}
    if is_compiled:
        found.add("compiled")
    if not errors and None in shown.values():
        found.add("null without errors")
    if errors:
        found |= {"with errors", *(error["extensions"]["code"] for error in errors)}
    if any(len(error.get("path", ())) > 1 for error in errors):
        found.add("below a root")
    if is_partial(answer):
        found.add("partial")
    return found


def is_partial(answer: Answer) -> bool:
    """Whether there are errors and something besides them."""
    shown = (answer.body.get("data") or {}).values()
    return "errors" in answer.body and any(value is not None for value in shown)


def by_bytes(size: int, examples: int) -> Callable[[Callable[[bytes], None]], Callable[[], None]]:
    """The test with so many examples of so many bytes."""
    chosen = settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)

    def decorate(test: Callable[[bytes], None]) -> Callable[[], None]:
        found: Callable[[], None] = chosen(given(st.binary(min_size=size, max_size=size))(test))
        return found

    return decorate
