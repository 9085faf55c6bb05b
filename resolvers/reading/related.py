"""Fields of a row that another one names, to filter and to sort by. To show them there are to-one relations."""

from typing import Any

from sqlalchemy import Table, select

from resolvers.reading.source import Field, Kind, Via


def related(column: Any, of: Table, by: str, kind: Kind = Kind.TEXT) -> Field:
    """The column of the row that `of` names, within its tenant, by its column `by`; null if it names none.

    Public ids are unique: of those the row is found once for all.
    """
    target = column.table
    named = select(column).where(target.c.organizer_id == of.c.organizer_id, target.c.id == of.c[by])
    expression = named.correlate_except(target).scalar_subquery()
    return Field(expression, kind, Via(of.c[by], column, unique=column.name == "token"))
