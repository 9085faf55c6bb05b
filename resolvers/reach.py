"""What a token that is limited to some events reads: only these, and only what belongs to them."""

from sqlalchemy import ColumnElement, Dialect, Integer, bindparam, or_

from resolvers.reading.conditions import any_of
from resolvers.reading.source import Named

ALL_EVENTS = bindparam("all_events", type_=Integer) == 1


def of_reached_events(event_id: ColumnElement[int]) -> Named:
    """The condition for `always` of a source: the event is one of those that the asker reaches."""

    def condition(dialect: Dialect) -> ColumnElement[bool]:
        return or_(ALL_EVENTS, any_of(event_id, "event_ids", dialect))

    return condition
