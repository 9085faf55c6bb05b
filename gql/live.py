"""One subscription: its events, each read by the same compiled plan as a mutation's payload is.

Who listens to the same by the same document, with the same rights, is told by one read: a thousand who wait for one
thing would otherwise wait for a thousand reads.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import GraphQLSchema, OperationDefinitionNode

from gql.arguments import Arguments
from gql.costs import Cost
from gql.documents import Document
from gql.mutations import with_outcome
from gql.reads import Args, Stream, Subscribes
from gql.run import Run, Unsupported
from gql.schema import read_of
from gql.selecting import Selecting
from models.database import Dialect
from resolvers.principals import Principal, Scope
from resolvers.reading.plan import Compiled, compile_selection


@dataclass(frozen=True, slots=True)
class Reads:
    """Those under way, by what they are for. One that is over is not told again: it may be out of date."""

    _running: dict[Hashable, asyncio.Future[Any]] = field(default_factory=dict)

    async def of(self, key: Hashable, read: Callable[[], Awaitable[Any]]) -> Any:
        running = self._running.get(key)
        if running is None:
            running = self._running[key] = asyncio.ensure_future(read())
            running.add_done_callback(lambda _: self._running.pop(key, None))
        # Whoever began it may leave: the others are still waiting.
        return await asyncio.shield(running)


@dataclass(frozen=True, slots=True)
class SubscriptionPlan:
    """The one field of a subscription: what it listens to, and how each of its events is read."""

    key: str
    subscribes: Subscribes
    plan: Compiled
    selecting: Selecting
    cost: Cost
    args: Arguments
    reads: Reads = field(default_factory=Reads)

    def prepare(self, run: Run) -> tuple[int, Args]:
        """What each event costs at most, and the field's arguments."""
        return self.cost.of(self.selecting.values(run)), self.args.values(run)

    async def opened(self, run: Run, args: Args) -> Stream:
        """What it listens to. Refuses what the token may not read, and what it names that is not there."""
        for scope in self._required(run.context.principal):
            run.context.principal.require(scope, reading=True)
        return await self.subscribes.opens(args, run)

    def _required(self, asker: Principal) -> Iterator[Scope]:
        """Also what only some events would need: of objects of several types, those that the token is told of."""
        yield from self.plan.scopes
        own = {level.argument: level.source.scope for level in self.plan.levels if level.parent is None}
        for argument, scopes in self.plan.looked_up:
            scope = own[argument]
            if scope is None or asker.may(scope, reading=True):
                yield from scopes

    async def events(self, run: Run, stream: Stream) -> AsyncGenerator[Mapping[str, Any], None]:
        """The data of each event, until the stream is over. Raises what ends it before: `TooSlow`, `Unavailable`."""
        whose = (run.context.principal.rights, repr(run.variables))

        async def shown(outcome: Mapping[str, Any]) -> Mapping[str, Any]:
            key = (whose, *outcome.items())
            return cast(Mapping[str, Any], await self.reads.of(key, lambda: self.shown(run, outcome)))

        async with stream.feed as feed:
            if stream.first is not None and (outcome := await stream.first()) is not None:
                # Not by a read that is under way: it may have begun before what is looked at next, the end.
                yield await self.shown(run, outcome)
            if stream.ends is not None and await stream.ends(None):
                return
            async for told in feed:
                outcome = stream.outcome(told)
                if outcome is None:
                    continue
                yield await shown(outcome)
                if stream.ends is not None and await stream.ends(told):
                    return

    async def shown(self, run: Run, outcome: Mapping[str, Any]) -> Mapping[str, Any]:
        """The data of one event."""
        of_event = with_outcome(run, outcome)
        data = await run.context.read(self.plan, self.selecting.values(of_event), of_event.given)
        return {self.key: data}


def compile_subscription(
    schema: GraphQLSchema,
    dialect: Dialect,
    document: Document,
    operation: OperationDefinitionNode,
    conditions: Mapping[str, Any],
) -> SubscriptionPlan:
    """The plan of a valid subscription. Raises `Unsupported` for one that tells of the schema only."""
    parent = schema.subscription_type
    assert parent is not None
    selecting, cost = Selecting(schema, document.fragments, conditions), Cost()
    ((key, nodes),) = selecting.collect(parent, [operation.selection_set]).items()
    found = parent.fields.get(nodes[0].name.value)
    if found is None:
        raise Unsupported(nodes[0].name.value)
    plan = compile_selection(selecting.payload(found, nodes, cost), dialect)
    subscribes = cast(Subscribes, read_of(found))
    return SubscriptionPlan(key, subscribes, plan, selecting, cost, Arguments(found, nodes[0]))
