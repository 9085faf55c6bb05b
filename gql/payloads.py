"""What the payloads and inputs of all mutations have in common."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from gql.reads import Args, Found, Noted
from gql.run import Run
from resolvers.context import Work
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask

KEY = "Makes a retry safe: a second mutation with the same key and input answers as the first and does nothing."
ORGANIZER = "The slug of the organizer on whose behalf; may be left out if the token reaches only one."
ERRORS = "Why nothing was done; empty if it was."

# A mutation's verb with its input bound. What it returns names, under `organizer_id` and keys of the noun's own, the
# rows that the payload shows; under `deleted_id` the global id of what is gone.
Verb: TypeAlias = Callable[[Work], Awaitable[Mapping[str, Any]]]


def written(source: str, key: str) -> Found:
    """An object of the payload: the one whose id the verb's outcome has under `key`, as it is right after the verb.

    The source needs a reach called `written`: the tenant's own, or whatever else its verbs may write.
    """

    def asking(_: Args, run: Run) -> Ask | None:
        if run.outcome is None or run.outcome.get(key) is None:
            return None
        where = Compare("id", "eq", run.outcome[key])
        return Ask(1, where, reach="written", organizer_id=run.outcome["organizer_id"])

    return Found(source, asking)


def noted(typename: str, key: str, most: int, *, of: str | None = None) -> Noted:
    """The objects of the payload whose ids the verb's outcome has under `key`, in their order.

    There is one for each item of the input's list `of`, or `most` of them.
    """

    def keys(run: Run) -> list[tuple[str, int]]:
        return [(typename, number) for number in (run.outcome or {}).get(key) or ()]

    return Noted(keys, most, of=of)
