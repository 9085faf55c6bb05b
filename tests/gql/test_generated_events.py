"""What generated subscriptions show of an event is what graphql-core completes of it.

Subscriptions are compiled only. So here graphql-core is handed the root value that a mutation's payload would be, and
completes it: the specification's ExecuteSubscriptionEvent.
"""

from collections import Counter
from contextlib import closing
from dataclasses import fields
from typing import Any

from graphql import FragmentDefinitionNode, execute
from graphql.execution import ExecutionResult
from sqlalchemy import select

from gql import schema
from gql.costs import Cost
from gql.execution import Answer, Executor, Request
from gql.live import SubscriptionPlan
from gql.mutations import with_outcome
from gql.rejected import Rejected
from gql.run import Run, Unsupported
from gql.selecting import Selecting
from models.change import change
from models.problems import Problem
from resolvers.changes import Change
from resolvers.context import Context
from resolvers.reading.plan import compile_selection
from resolvers.reading.values import as_json
from tests.gql.completing import GENEROUS, NOW, Opened, by_bytes
from tests.gql.generated import Choices, Generator
from tests.world import World

SCHEMA = schema.core()
EXAMPLES, DOCUMENTS, BYTES = 60, 4, 40


class Showing(Executor):
    """Shows events of one subscription by both."""

    async def both(self, context: Context, request: Request, told: list[Change]) -> list[tuple[Any, Any]] | None:
        """What each event shows by either; None if the subscription is refused."""
        try:
            plan, run = self._subscription(context, request, self._document(request))
            _, args = plan.prepare(run)
            stream = await plan.opened(run, args)
        except (Problem, Rejected, Unsupported):
            return None
        outcomes = [outcome for each in told if (outcome := stream.outcome(each)) is not None]
        return [(await plan.shown(run, each), await self._by_core(request, plan, run, each)) for each in outcomes]

    async def _by_core(self, request: Request, plan: SubscriptionPlan, run: Run, outcome: Any) -> Any:
        document, of_event = self._document(request), with_outcome(run, outcome)
        fragments: dict[str, FragmentDefinitionNode] = dict(document.fragments)
        selecting = Selecting(self.schema, fragments, run.variables, of_event)
        assert self.schema.subscription_type is not None
        operation = document.operation(None)
        ((key, nodes),) = selecting.collect(self.schema.subscription_type, [operation.selection_set]).items()
        field = self.schema.subscription_type.fields[nodes[0].name.value]
        tree = compile_selection(selecting.payload(field, nodes, Cost()), run.context.database.dialect)
        value = await run.context.read(tree, selecting.values(of_event), of_event.given)
        completed = execute(
            self.schema,
            document.node,
            root_value={key: value},
            context_value=of_event,
            variable_values=dict(request.variables),
        )
        result: ExecutionResult = completed if isinstance(completed, ExecutionResult) else await completed
        assert not result.errors, (request, result.errors)
        return result.data


def test_generated_events_are_shown_alike(sqlite_url: str) -> None:
    tally = Counter[str]()
    with closing(Opened(sqlite_url)) as found:
        world, executor = found.world, Showing(found.world.database.dialect, GENEROUS)
        told = found.run(changes_of(world))

        async def compare(drawn: bytes) -> None:
            choices = Choices(drawn)
            asker = choices.of(found.askers) if choices.one_in(2) else found.askers[0]
            context = Context(world.database, asker, lambda: NOW, changes=world.app.changes)
            request = Generator(SCHEMA, choices, found.names).event()
            shown = await executor.both(context, request, told[choices.upto(7) :: 8])
            tally["refused" if shown is None else "listened"] += 1
            for compiled, completed in shown or ():
                tally["compared"] += 1
                assert as_json(compiled) == as_json(completed), (asker.name, request)

        @by_bytes(BYTES * DOCUMENTS, EXAMPLES)
        def examples(drawn: bytes) -> None:
            for start in range(0, len(drawn), BYTES):
                found.run(compare(drawn[start : start + BYTES]))

        examples()
    assert tally["compared"] >= 250
    assert tally["listened"] >= 80
    assert tally["refused"] >= 20


HIDDEN = """subscription { changes { node { ... on GiftCard { secret issuer { vouchers { totalCount } } }
  ... on Voucher { code } } } }"""


def test_what_some_events_may_not_show_is_refused_before_the_first(sqlite_url: str) -> None:
    """Else it would end at the first event that leads there. Of vouchers it is told nothing: they may be asked for."""
    with closing(Opened(sqlite_url)) as found:
        world, asker = found.world, next(each for each in found.askers if each.name == "cards")
        context = Context(world.database, asker, lambda: NOW, changes=world.app.changes)
        answer = found.run(Executor(world.database.dialect).subscribe(context, Request(HIDDEN)))
        assert isinstance(answer, Answer)
        assert [error["extensions"]["code"] for error in answer.body["errors"]] == ["PERMISSION_DENIED"]
        allowed = HIDDEN.replace("issuer { vouchers { totalCount } }", "")
        executor = Showing(world.database.dialect, GENEROUS)
        shown = found.run(executor.both(context, Request(allowed), found.run(changes_of(world))))
        assert any(compiled["changes"]["node"] for compiled, _ in shown)


async def changes_of(world: World) -> list[Change]:
    columns = [change.c[each.name] for each in fields(Change)]
    return [
        Change(*row) for row in await world.database.write(lambda tx: tx.rows(select(*columns).order_by(change.c.id)))
    ]
