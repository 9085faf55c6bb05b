"""Terms of vouchers, in and out of their table. A row is never changed: what changes is which one a voucher names."""

from datetime import datetime

from models.terms import Terms
from models.validity import Hours, Timeframe, Validity
from models.validity import refuse_contradictions as refuse_contradicting
from resolvers.context import Work
from resolvers.voucher_campaign_statements import INSERT_TERMS, TERMS

COLUMNS = tuple(column.name for column in TERMS.selected_columns)


async def insert(work: Work, organizer_id: int, terms: Terms) -> int:
    (number,) = await work.row(INSERT_TERMS, organizer_id=organizer_id, **terms.columns())
    found: int = number
    return found


async def load(work: Work, organizer_id: int, terms_id: int) -> Terms:
    row = await work.row(TERMS, organizer_id=organizer_id, terms_id=terms_id)
    return Terms.load(dict(zip(COLUMNS, row, strict=True)))


def refuse_contradictions(terms: Terms | None, starts_at: datetime | None, expires_at: datetime | None) -> None:
    """Refuse with `Invalid` dates and recurring limits that cannot be meant together; without terms the dates alone."""
    refuse_contradicting(
        Validity(starts_at, expires_at) if terms is None else validity_of(terms, starts_at, expires_at)
    )


def validity_of(terms: Terms, starts_at: datetime | None, expires_at: datetime | None) -> Validity:
    timeframe, hours = terms.validity_timeframe, terms.validity_hours
    return Validity(
        starts_at,
        expires_at,
        None if timeframe is None else Timeframe.read(timeframe),
        terms.validity_day_of_week,
        None if hours is None else Hours.read(hours),
    )
