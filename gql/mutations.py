"""One mutation field: its verb in one transaction, then its payload as the verb left things."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson

from gql.errors import user_errors
from gql.reads import Apart, Args, Mutates
from gql.run import Run
from models.problems import Invalid, Problem, Unavailable
from resolvers.context import Work
from resolvers.idempotency import Kept, digest_of
from resolvers.reading.plan import Compiled

KEY_LENGTH_MAX = 255

Outcome = Mapping[str, Any]
# Given a run whose outcome is known, the arguments of the payload's plan.
Arguments = Callable[[Run], Sequence[Any]]


async def mutate(name: str, mutates: Mutates, args: Args, run: Run, payload: Compiled, arguments: Arguments) -> Any:
    """The payload. What the verb refuses is among its `userErrors`; what cannot be answered now is raised.

    The payload is read inside the verb's transaction, so a balance in it is the one this very booking made. A payload
    whose selection the token may not read is refused before anything is done.
    """
    given: Args = args["input"]
    try:
        for scope in (*payload.scopes, *(scope for _, scopes in payload.looked_up for scope in scopes)):
            run.context.principal.require(scope, reading=True)
        verb = mutates.verb(given, run)
        if isinstance(verb, Apart):
            return await _done_apart(verb, given, run, payload, arguments)
        return await _done(verb, _kept(name, given, run), run, payload, arguments)
    except Unavailable:
        raise
    except Problem as problem:
        refused = with_outcome(run, None, user_errors(problem, mutates.names, given))
        return _unread(payload, arguments(refused), refused.given)


def _unread(payload: Compiled, arguments: Sequence[Any], given: Mapping[str, Any]) -> Any:
    """The payload of a verb that did nothing: all its objects are null, so nothing is read."""
    try:
        next(payload.run(arguments, {}, given))
    except StopIteration as end:
        return end.value
    raise AssertionError("a payload asked for rows that no verb named")


async def _done(
    verb: Callable[[Work], Awaitable[Outcome]],
    kept: Kept[Outcome] | None,
    run: Run,
    payload: Compiled,
    arguments: Arguments,
) -> Any:
    answers: list[Any] = []

    async def unit(work: Work) -> Outcome:
        outcome = await verb(work)
        done = with_outcome(run, outcome)
        answers[:] = [await work.read(payload, arguments(done), done.given)]
        return outcome

    outcome = await run.context.write(unit, kept)
    if not answers:
        done = with_outcome(run, outcome)
        answers.append(await run.context.read(payload, arguments(done), done.given))
    return answers[0]


async def _done_apart(apart: Apart, given: Args, run: Run, payload: Compiled, arguments: Arguments) -> Any:
    if given.get("idempotencyKey") is not None:
        message = "This is not kept under a key: nothing comes twice of it."
        raise Invalid(message, field="idempotency_key", reason="unsupported")
    done = with_outcome(run, await apart.verb(run.context))
    return await run.context.read(payload, arguments(done), done.given)


def with_outcome(run: Run, outcome: Outcome | None, errors: Sequence[Any] = ()) -> Run:
    """The run with what came of its verb. What a payload asks for and the verb does not tell is null."""
    told: dict[str, Any] = {"errors": list(errors), **(outcome or {})}
    given: dict[str, Any] = defaultdict(lambda: None, told)
    return Run(run.context, run.limits, run.variables, outcome, given, run.request_id)


def _kept(name: str, given: Args, run: Run) -> Kept[Outcome] | None:
    """What is kept under the key: the ids by which a retry's payload is read. Refusals did nothing and are not kept."""
    key = given.get("idempotencyKey")
    if key is None:
        return None
    if not 0 < len(key) <= KEY_LENGTH_MAX:
        raise Invalid(f"From 1 to {KEY_LENGTH_MAX} characters.", field="idempotency_key", reason="length")
    fingerprint = orjson.dumps([name, dict(given)], default=str, option=orjson.OPT_SORT_KEYS).decode()
    return Kept(
        digest_of("graphql", str(run.context.principal.token_id), key),
        digest_of(fingerprint),
        lambda outcome: None if isinstance(outcome, Problem) else orjson.dumps(outcome).decode(),
        orjson.loads,
    )
