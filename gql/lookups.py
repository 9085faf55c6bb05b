"""What verbs do not ask of objects that an input names: what they call them, and whether they are of the kind meant."""

from collections.abc import Mapping
from typing import Any

from gql import ids
from gql.benefits import benefit_of
from models.problems import Invalid, NotFound
from models.voucher import VoucherType
from resolvers.context import Work
from resolvers.reading.conditions import Compare
from resolvers.reading.plan import Compiled, compile_selection
from resolvers.reading.selection import Ask, One, Value

_plans: dict[tuple[str, tuple[str, ...], str], Compiled] = {}


async def token_of(
    work: Work, organizer_id: int, given: str, typename: str, source: str, *, field: str = "id"
) -> tuple[str, int]:
    """The object's public id and its key. Refuses with `NotFound` one that is not there or another tenant's."""
    key = ids.key_of(given, typename, field=field)
    row = await _look(work, organizer_id, source, key, ("token",))
    if row is None:
        raise NotFound(source, field=field)
    return row["found"], key


async def require_type(work: Work, organizer_id: int, source: str, key: int, given: Mapping[str, Any] | None) -> None:
    """Refuses with `Invalid` a benefit of another kind than that of the voucher or the campaign.

    Of one that is not there nothing is said: the verb does that.
    """
    if given is None:
        return
    type, _ = benefit_of(given)
    row = await _look(work, organizer_id, source, key, ("terms", "type"))
    if row is not None and row["found"] is not None and VoucherType(row["found"]) is not type:
        message = f"It is a {row['found']}, and stays one."
        raise Invalid(message, field="benefit", reason="kind")


async def _look(
    work: Work, organizer_id: int, source: str, key: int, path: tuple[str, ...]
) -> Mapping[str, Any] | None:
    plan = _plans.get((source, path, work.engine))
    if plan is None:
        tree = One(source, {"found": Value(path)}, 0)
        plan = _plans[source, path, work.engine] = compile_selection(tree, work.dialect)
    found: Mapping[str, Any] | None = await work.read(
        plan, [Ask(1, Compare("id", "eq", key), organizer_id=organizer_id)]
    )
    return found
