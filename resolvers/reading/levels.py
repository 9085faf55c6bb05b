"""One level of a plan: the rows of one list (or one row), with what to-one relations join to them, in one statement.

A root level starts from a tenant predicate. A level below rows takes their keys, all at once, and answers with the
first rows of each: on PostgreSQL by LATERAL, on SQLite by a correlated `IN (… LIMIT n)`, so that a parent with a
million children costs no more than its page does. On PostgreSQL, levels right below a root are gathered by the root's
own statement instead, each column of a parent's page as one array: that is one answer of one moment, without a
transaction around it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Literal, TypeAlias

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    bindparam,
    func,
    literal_column,
    null,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql.util import ClauseAdapter
from sqlalchemy.types import NullType

from models.database import Query, Statement
from models.metadata import Id
from resolvers.reading import conditions
from resolvers.reading.selected import Selected
from resolvers.reading.selection import Ask
from resolvers.reading.source import SOURCES, Order, Source

# Statements kept of one level: whoever asks by ever new filters must not fill the memory.
FORMS_MAX = 128
# What statements of one level can differ in; the rest is parameters.
_Form: TypeAlias = tuple[Any, ...]
# How the keys of parents reach a statement: one array per column; a list of values; a list of values beside the
# tenant they share; a list of tuples.
_Passed: TypeAlias = Literal["arrays", "values", "shared", "tuples"]


@dataclass(slots=True, eq=False, kw_only=True)
class Level(Selected):
    number: int
    argument: int
    single: bool = False
    parent: "Level | None" = None
    counted: bool = False
    # Columns of the parent's rows that hold this level's key.
    parent_columns: tuple[int, ...] = ()
    # Where the relation hangs: at a row that is joined to the parent's, or at its own.
    parent_path: tuple[str, ...] = ()
    # Levels right below whose rows come with this level's own, in the order of their columns; and for each of them
    # which columns of the parent's rows hold its own.
    gathered: "list[Level]" = field(default_factory=list)
    arrays: slice | None = None
    _statements: dict[_Form, Statement] = field(default_factory=dict)
    _counts: dict[_Form, Statement] = field(default_factory=dict)

    def above(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        """The path from the parent's row, for one that leads back to it: nothing has to be joined for that."""
        back = self.source.to_one.get(path[0]) if len(path) > 1 else None
        if back is None or back.nullable or self.parent is None or self.relation is None:
            return None
        is_back = {(theirs, own) for own, theirs in self.relation.on} == set(back.on)
        return (*self.parent_path, *path[1:]) if is_back and self._above is SOURCES[back.target] else None

    @property
    def _above(self) -> Source | None:
        return None if self.parent is None else self.parent.source_at(self.parent_path)

    # -- what is asked ---------------------------------------------------------------------------------------------

    def query(
        self,
        ask: Ask,
        parameters: dict[str, Any],
        keys: Sequence[tuple[Any, ...]] | None,
        below: Sequence[Ask] = (),
    ) -> Query:
        """`below` is what is asked of each level that is gathered with this one."""
        passed = None if keys is None else self._passed(keys)
        form = (_form_of(ask), passed, *map(_form_of, below))
        statement = self._statements.get(form)
        if statement is None:
            self.sorted_by(ask)  # so that the statement has the columns it sorts by
            clause = self._root(ask, below) if passed is None else self._below(ask, passed)
            statement = _remember(self._statements, form, Statement(clause, self.dialect))
        given = self._values(parameters, ask, keys, passed)
        for level, asked in zip(self.gathered, below, strict=False):
            given |= level._values({}, asked, None, None)
        return statement.query(given, remembered=ask.remembered)

    def count(self, ask: Ask, parameters: dict[str, Any], keys: Sequence[tuple[Any, ...]] | None) -> Query:
        passed = None if keys is None else self._passed(keys)
        form = (conditions.form(ask.where), ask.reach, passed)
        statement = self._counts.get(form)
        if statement is None:
            clause = self._root_count(ask) if passed is None else self._below_count(ask, passed)
            statement = _remember(self._counts, form, Statement(clause, self.dialect))
        return statement.query(self._values(parameters, ask, keys, passed), remembered=self.relation is None)

    def sorted_by(self, ask: Ask) -> tuple[Callable[[Any], Any], bool] | None:
        """How the rows of each parent are to be sorted, and whether falling; None where the statement has done it.

        SQLite would sort all rows of all parents in a temporary table, which takes ten times as long.
        """
        if self.relation is None or self.dialect.name == "postgresql":
            return None
        indexes = [self.column((name,))[0] + 1 for name in self.source.orders[ask.order].fields]
        return itemgetter(*indexes), ask.descending is not ask.backward

    def _passed(self, keys: Sequence[tuple[Any, ...]]) -> _Passed:
        """How the keys of the parents are passed: most often all are of one tenant, and only the rest is listed."""
        if self.dialect.name == "postgresql":
            return "arrays"
        if len(keys[0]) == 1:
            return "values"
        tenant = keys[0][0]
        return "shared" if all(key[0] == tenant for key in keys) else "tuples"

    def _values(
        self,
        parameters: dict[str, Any],
        ask: Ask,
        keys: Sequence[tuple[Any, ...]] | None,
        passed: _Passed | None,
    ) -> dict[str, Any]:
        """The run's parameters and this level's own."""
        own = self._prefix
        found = {**parameters, f"{own}limit": ask.limit + (0 if self.single else 1)}
        if ask.where is not None:
            for number, value in enumerate(conditions.values(ask.where)):
                found[f"{own}v{number}"] = value
        for name, place in (("after", ask.after), ("before", ask.before)):
            if place is not None:
                found |= {f"{own}{name}{number}": value for number, value in enumerate(place)}
        if ask.offset:
            found[f"{own}offset"] = ask.offset
        if ask.organizer_id is not None:
            found["organizer_id"] = ask.organizer_id
        if keys is not None:
            match passed:
                case "arrays":
                    found |= {f"keys{number}": column for number, column in enumerate(zip(*keys, strict=True))}
                case "shared":
                    found |= {"tenant": keys[0][0], "keys": orjson.dumps([key[-1] for key in keys]).decode()}
                case "values":
                    found["keys"] = orjson.dumps([key[-1] for key in keys]).decode()
                case "tuples":
                    found["keys"] = orjson.dumps(keys).decode()
        return found

    @property
    def _prefix(self) -> str:
        """What tells the names of this level's own parameters apart in a statement of several levels."""
        return "" if self.relation is None else f"l{self.number}_"

    # -- statements ------------------------------------------------------------------------------------------------

    def _root(self, ask: Ask, below: Sequence[Ask]) -> Select[Any]:
        if below:
            return self._gathering(ask, below)
        statement = select(*(self._columns or [null()])).select_from(self._from(self.source.table))
        return self._paged(statement.where(*self._narrowed(ask, self.source.table), self._reached(ask)), ask)

    def _gathering(self, ask: Ask, below: Sequence[Ask]) -> Select[Any]:
        """The page, and beside each of its rows the pages of the levels right below it."""
        page = self._labelled(ask).where(*self._narrowed(ask, self.source.table), self._reached(ask))
        rows = self._paged(page, ask).subquery("page")
        joined: FromClause = rows
        shown = [rows.c[f"c{number}"] for number in range(self.width)]
        for level, asked in zip(self.gathered, below, strict=True):
            arrays = level._arrays(asked, rows)
            joined = joined.join(arrays, true())
            shown += arrays.c
        return select(*shown).select_from(joined).order_by(*self._again(ask, rows))

    def _arrays(self, ask: Ask, above: FromClause) -> FromClause:
        """The page below one row, as one row of an array for each column; null instead of empty ones."""
        assert self.relation is not None
        table = self.source.table
        keys = [above.c[f"c{number}"] for number in self.parent_columns]
        matched = [table.c[other] == key for (_, other), key in zip(self.relation.on, keys, strict=True)]
        page = self._labelled(ask).where(*self._narrowed(ask, table), *matched)
        inner = self._paged(page, ask).correlate(above).lateral(f"rows_{self.number}")
        # What is aggregated comes in the order of the subquery, since nothing is done to its rows in between.
        arrays = [_array(inner.c[f"c{number}"]).label(f"a{number}") for number in range(self.width)]
        return select(*arrays).select_from(inner).correlate(above).lateral(f"below_{self.number}")

    def _labelled(self, ask: Ask) -> Select[Any]:
        """The columns with names, for a statement around this one: c0, c1, ..., and those it is ordered by: o0, ..."""
        columns = self._columns or [literal_column("1", Id)]
        shown = [column.label(f"c{number}") for number, column in enumerate(columns)]
        ordering = self._order_columns(ask, self.source.table)
        ordered = [column.label(f"o{number}") for number, column in enumerate(ordering)]
        return select(*shown, *ordered).select_from(self._from(self.source.table))

    def _again(self, ask: Ask, page: FromClause) -> list[ColumnElement[Any]]:
        """The order once more, of a statement around a page: a join does not promise to keep it."""
        falling = ask.descending is not ask.backward
        again = [page.c[f"o{number}"] for number in range(len(self.source.orders[ask.order].fields))]
        return [column.desc() if falling else column.asc() for column in again]

    def _root_count(self, ask: Ask) -> Select[Any]:
        table = self.source.table
        return select(func.count()).select_from(table).where(*self._narrowed(ask, table), self._reached(ask))

    def _below(self, ask: Ask, passed: _Passed) -> Select[Any]:
        return self._below_lateral(ask, passed) if passed == "arrays" else self._below_in(ask, passed)

    def _below_lateral(self, ask: Ask, passed: _Passed) -> Select[Any]:
        keys, ordinal, matched = self._key_rows(self.source.table, passed)
        page = self._labelled(ask).where(*self._narrowed(ask, self.source.table), matched)
        inner = self._paged(page, ask).correlate(keys).lateral("page")
        shown = [inner.c[f"c{number}"] for number in range(len(self._columns))]
        return select(ordinal, *shown).select_from(keys.join(inner, true())).order_by(ordinal, *self._again(ask, inner))

    def _below_in(self, ask: Ask, passed: _Passed) -> Select[Any]:
        table, inner = self.source.table, self.source.table.alias("inner_rows")
        keys, ordinal, matched = self._key_rows(inner, passed)
        own, others = ([each.c[column.name] for column in table.primary_key] for each in (table, inner))
        page = select(*others).where(*self._narrowed(ask, inner), matched).correlate(keys)
        statement = select(ordinal, *self._columns).select_from(keys, self._from(table))
        # In no order: the rows are sorted by `sorted_by`.
        which = own[0] if len(own) == 1 else tuple_(*own)
        return statement.where(which.in_(self._paged(page, ask, inner)))

    def _below_count(self, ask: Ask, passed: _Passed) -> Select[Any]:
        table = self.source.table
        keys, ordinal, matched = self._key_rows(table, passed)
        total = select(func.count()).select_from(table).where(*self._narrowed(ask, table), matched)
        return select(ordinal, total.correlate(keys).scalar_subquery()).select_from(keys).order_by(ordinal)

    def _key_rows(
        self, table: FromClause, passed: _Passed
    ) -> tuple[FromClause, ColumnElement[Any], ColumnElement[bool]]:
        """The parents' keys as rows, the place of a parent among them (from 0), and what ties a child to its parent."""
        assert self.relation is not None
        columns = [table.c[other] for _, other in self.relation.on]
        own: list[ColumnElement[Any]]
        if passed == "arrays":
            arrays = [bindparam(f"keys{number}", type_=ARRAY(Id)) for number in range(len(columns))]
            names = [f"key{number}" for number in range(len(columns))]
            rows = func.unnest(*arrays).table_valued(*names, with_ordinality="ordinal", name="keyed").render_derived()
            own = [rows.c[name] for name in names]
            ordinal: ColumnElement[Any] = rows.c.ordinal - 1
        else:
            rows = func.json_each(bindparam("keys", type_=Text)).table_valued("key", "value", name="keyed")
            if passed == "tuples":
                own = [func.json_extract(rows.c.value, literal_column(f"'$[{n}]'")) for n in range(len(columns))]
            else:
                own = [bindparam("tenant", type_=Id), rows.c.value] if passed == "shared" else [rows.c.value]
            ordinal = rows.c.key
        return rows, ordinal, and_(*[column == key for column, key in zip(columns, own, strict=True)])

    def _reached(self, ask: Ask) -> ColumnElement[bool]:
        return self.source.reaches[ask.reach](self.dialect)

    def _narrowed(self, ask: Ask, table: FromClause) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.source.always is not None and ask.reach != "written":
            found.append(self.source.always(self.dialect))
        if self.relation is not None and self.relation.own_only:
            found.append(self.source.reaches["any"](self.dialect))
        if ask.where is not None:
            found.append(conditions.expression(ask.where, self.source, self.dialect, self._prefix))
        if table is not self.source.table:
            found = [ClauseAdapter(table).traverse(condition) for condition in found]
        return found

    def _paged(self, statement: Select[Any], ask: Ask, table: FromClause | None = None) -> Select[Any]:
        table = self.source.table if table is None else table
        fields, own = self._order_columns(ask, table), self._prefix
        for name, place, onwards in (("after", ask.after, True), ("before", ask.before, False)):
            if place is not None:
                bounds = tuple_(*[bindparam(f"{own}{name}{n}", type_=column.type) for n, column in enumerate(fields)])
                ahead = onwards is not ask.descending
                statement = statement.where(tuple_(*fields) > bounds if ahead else tuple_(*fields) < bounds)
        statement = statement.order_by(*self._ordering(ask, table)).limit(bindparam(f"{own}limit", type_=Id))
        return statement.offset(bindparam(f"{own}offset", type_=Id)) if ask.offset else statement

    def _ordering(self, ask: Ask, table: FromClause) -> list[ColumnElement[Any]]:
        falling = ask.descending is not ask.backward
        return [column.desc() if falling else column.asc() for column in self._order_columns(ask, table)]

    def _order_columns(self, ask: Ask, table: FromClause) -> list[ColumnElement[Any]]:
        order: Order = self.source.orders[ask.order]
        columns = [self.source.fields[name].expression for name in order.fields]
        if table is self.source.table:
            return columns
        return [ClauseAdapter(table).traverse(column) for column in columns]


def _array(column: ColumnElement[Any]) -> ColumnElement[Any]:
    # What it holds is known by the column's field; SQLAlchemy has no way to read arrays of some types.
    return func.array_agg(column, type_=NullType())


def _remember(statements: dict[_Form, Statement], form: _Form, statement: Statement) -> Statement:
    if len(statements) >= FORMS_MAX:
        statements.pop(next(iter(statements)))
    statements[form] = statement
    return statement


def _form_of(ask: Ask) -> _Form:
    return (
        conditions.form(ask.where),
        ask.order,
        ask.descending,
        ask.backward,
        ask.after is not None,
        ask.before is not None,
        ask.offset > 0,
        ask.reach,
    )
