"""Fields of a row that another one names, to filter by. To show them there are to-one relations."""

from typing import Any

from sqlalchemy import ColumnElement, Table, select


def related(column: Any, of: Table, by: str) -> ColumnElement[Any]:
    """The column of the row that `of` names, within its tenant, by its column `by`; null if it names none."""
    target = column.table
    named = select(column).where(target.c.organizer_id == of.c.organizer_id, target.c.id == of.c[by])
    return named.correlate_except(target).scalar_subquery()
