"""A selection compiled: its levels, and one generated function that shapes their rows into the answer.

The generated function is what makes reading fast: for each list one comprehension of dict displays over row tuples, no
object per row, no call per field. It is made of expressions this module writes; names from outside (keys, constants,
converters) enter as Python literals or through its namespace, never as code.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Dialect

from models.database import Plan
from resolvers.principals import Scope
from resolvers.reading import values
from resolvers.reading.levels import Level
from resolvers.reading.page import Page, keys_of
from resolvers.reading.selection import (
    Constant,
    Container,
    Cursor,
    EdgeItem,
    Edges,
    Given,
    GivenList,
    Group,
    Item,
    ListItem,
    Lookup,
    Many,
    Node,
    Nodes,
    One,
    PageInfo,
    RootItem,
    Total,
    Value,
)
from resolvers.reading.source import SOURCES, Field, Kind, ToMany


@dataclass(frozen=True, slots=True)
class Compiled:
    """A plan to be run many times. `scopes` are the permissions without which it must not be run.

    `looked_up` are those that a look-up needs for one of its types: if the argument asks for any object of it.
    """

    levels: tuple[Level, ...]
    shape: Callable[[Sequence["Page"], Sequence[Any], Mapping[str, Any]], Any]
    scopes: frozenset[Scope]
    looked_up: tuple[tuple[int, frozenset[Scope]], ...]
    source_code: str
    # Whether it reads of a source that gathers: what was gathered is to be written first.
    gathers: bool = False
    # Whether it takes several queries, which are to be answered from one state of the database.
    snapshot: bool = False

    def required(self, arguments: Sequence[Any]) -> Iterator[Scope]:
        """The permissions without which it must not be run with these arguments."""
        yield from self.scopes
        for argument, scopes in self.looked_up:
            if arguments[argument] is not None:
                yield from scopes

    def run(
        self, arguments: Sequence[Any], parameters: dict[str, Any], given: Mapping[str, Any] | None = None
    ) -> Plan[Any]:
        """One run. `arguments` are the asks of levels (None: the level is not read) and the arguments of converters."""
        pages: list[Page] = []
        for level in self.levels:
            ask = arguments[level.argument]
            if level.parent is not None and level.arrays is not None:
                pages.append(Page.gathered(pages[level.parent.number], level.arrays, ask))
                continue
            keys = keys_of(level, pages) if level.parent is not None else None
            if ask is None or keys == []:
                pages.append(Page.empty(ask))
                continue
            below = [arguments[each.argument] for each in level.gathered]
            rows = yield level.query(ask, parameters, keys, below)
            page = Page.of(rows, ask) if keys is None else Page.below(rows, ask, len(keys), level.sorted_by(ask))
            if level.counted:
                page.totals = [row[-1] for row in (yield level.count(ask, parameters, keys))]
            pages.append(page)
        return self.shape(pages, arguments, given or {})


def compile_selection(tree: RootItem, dialect: Dialect, *, writer_shows_times: bool = False) -> Compiled:
    """The plan of a tree for one engine.

    With `writer_shows_times` times may be left as they are stored, to be shown by `values.as_json`, which is faster.
    """
    return _Compiler(dialect, writer_shows_times and dialect.name == "postgresql").compile(tree)


@dataclass(slots=True)
class _Compiler:
    dialect: Dialect
    writer_shows_times: bool = False
    levels: list[Level] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=lambda: dict(values.FUNCTIONS))
    functions: list[str] = field(default_factory=list)
    scopes: set[Scope] = field(default_factory=set)
    looked_up: list[tuple[int, frozenset[Scope]]] = field(default_factory=list)

    def compile(self, tree: RootItem) -> Compiled:
        answer = self._root(tree)
        self._gather()
        lines = ["def shape(pages, arguments, given):"]
        for level in self.levels:
            n = level.number
            lines += [f"    page_{n} = pages[{n}]", f"    rows_{n} = page_{n}.rows"]
        lines += [f"    {line}" for function in self.functions for line in function.splitlines()]
        lines.append(f"    return {answer}")
        code = "\n".join(lines)
        exec(compile(code, "<plan>", "exec"), self.names)  # noqa: S102  our own code, see the module's docstring
        return Compiled(
            tuple(self.levels),
            self.names["shape"],
            frozenset(self.scopes),
            tuple(self.looked_up),
            code,
            any(source.gathers for level in self.levels for source in level.sources),
            sum(level.arrays is None for level in self.levels) > 1 or any(level.counted for level in self.levels),
        )

    def _gather(self) -> None:
        """Let roots bring along what is right below them, where it is not counted as well. All columns are known."""
        if self.dialect.name != "postgresql":
            return
        for level in self.levels:
            parent = level.parent
            if parent is not None and parent.relation is None and not level.counted:
                first = parent.width + sum(each.width for each in parent.gathered)
                level.arrays = slice(first, first + level.width)
                parent.gathered.append(level)

    # -- objects without a row -------------------------------------------------------------------------------------

    def _root(self, item: RootItem) -> str:
        match item:
            case Constant(value):
                return self._name(value)
            case Given(name, convert):
                found = f"given[{name!r}]"
                return found if convert is None else f"{self._name(convert)}({found})"
            case GivenList(name, items):
                shown = self._display(
                    {k: self._name(v.value) if isinstance(v, Constant) else f"each[{v!r}]" for k, v in items.items()}
                )
                return f"[{shown} for each in given[{name!r}]]"
            case Container(items):
                return self._display({key: self._root(part) for key, part in items.items()})
            case One():
                return self._one(item)
            case Many(relation, items, argument):
                level = self._level(relation, argument)
                self._connection(level, items)
                return f"many_{level.number}(0)"
            case Lookup():
                return self._lookup(item)

    def _one(self, item: One) -> str:
        level = self._level(item.source, item.argument, single=True)
        row = f"row_{level.number}"
        shown = self._object(level, item.items, row, "0")
        self.functions.append(f"def one_{level.number}():\n    {row} = rows_{level.number}[0]\n    return {shown}")
        return f"(one_{level.number}() if rows_{level.number} else None)"

    def _lookup(self, item: Lookup) -> str:
        lines = ["found = {}"]
        name = f"lookup_{item.argument}"
        outer = self.scopes
        for typename, one in item.types.items():
            self.scopes = set()
            level = self._level(one.source, one.argument)
            row, at = f"row_{level.number}", f"at_{level.number}"
            key = self._column(level, level.column((item.key,))[0])
            shown = self._object(level, one.items, row, at)
            lines.append(f"for {at}, {row} in enumerate(rows_{level.number}):")
            lines.append(f"    found[{typename!r}, {row}[{key}]] = {shown}")
            self.looked_up.append((one.argument, frozenset(self.scopes)))
        self.scopes = outer
        lines.append(f"return [found.get(key) for key in arguments[{item.argument}]]")
        self.functions.append(f"def {name}():\n" + "\n".join(f"    {line}" for line in lines))
        return f"{name}()[0]" if item.single else f"{name}()"

    # -- lists -----------------------------------------------------------------------------------------------------

    def _level(
        self,
        source: str,
        argument: int,
        *,
        parent: Level | None = None,
        relation: ToMany | None = None,
        single: bool = False,
    ) -> Level:
        level = Level(
            number=len(self.levels),
            source=SOURCES[source],
            dialect=self.dialect,
            argument=argument,
            single=single,
            parent=parent,
            relation=relation,
        )
        self.levels.append(level)
        self._require(level.source.scope)
        return level

    def _connection(self, level: Level, items: Mapping[str, ListItem]) -> None:
        """Write the function that shapes the page of one parent."""
        n = level.number
        shown = self._display({key: self._list_item(level, item) for key, item in items.items()})
        body = f"start = page_{n}.starts[parent]\nrows = rows_{n}[start:page_{n}.starts[parent + 1]]\nreturn {shown}"
        if level.parent is not None and f"above_{n}[" in shown:
            body = f"above_{n} = rows_{level.parent.number}[parent]\n{body}"
        indented = "\n".join(f"    {line}" for line in body.splitlines())
        self.functions.append(f"def many_{n}(parent):\n{indented}")

    def _list_item(self, level: Level, item: ListItem) -> str:
        n = level.number
        match item:
            case Constant(value):
                return self._name(value)
            case Total():
                level.counted = True
                return f"page_{n}.totals[parent]"
            case Nodes(items=node):
                return self._comprehension(level, lambda row, at: self._object(level, node, row, at))
            case Edges(items=edge):
                return self._comprehension(
                    level,
                    lambda row, at: self._display(
                        {key: self._edge_item(level, part, row, at) for key, part in edge.items()}
                    ),
                )
            case PageInfo(items=information):
                return self._display({key: self._page_info(level, part) for key, part in information.items()})

    def _comprehension(self, level: Level, shown: Callable[[str, str], str]) -> str:
        row, at = f"row_{level.number}", f"at_{level.number}"
        expression = shown(row, at)
        if at in expression:
            return f"[{expression} for {at}, {row} in enumerate(rows, start)]"
        return f"[{expression} for {row} in rows]"

    def _edge_item(self, level: Level, item: EdgeItem, row: str, at: str) -> str:
        match item:
            case Constant(value):
                return self._name(value)
            case Node(items):
                return self._object(level, items, row, at)
            case Cursor():
                return f"{self._placer(level)}({row})"

    def _page_info(self, level: Level, item: str | Constant) -> str:
        ask, more = f"page_{level.number}.ask", f"page_{level.number}.more[parent]"
        match item:
            case Constant(value):
                return self._name(value)
            case "has_next":
                return f"({ask}.before is not None if {ask}.backward else {more})"
            case "has_previous":
                return f"({more} if {ask}.backward else {ask}.after is not None)"
            case "start":
                return f"({self._placer(level)}(rows[0]) if rows else None)"
            case "end":
                return f"({self._placer(level)}(rows[-1]) if rows else None)"
        raise AssertionError(item)

    def _placer(self, level: Level) -> str:
        orders = self._name({name: level.placer(name) for name in level.source.orders})
        return f"{orders}[page_{level.number}.ask.order]"

    # -- objects of a row ------------------------------------------------------------------------------------------

    def _object(self, level: Level, items: Mapping[str, Item], row: str, at: str, path: tuple[str, ...] = ()) -> str:
        return self._display({key: self._item(level, item, row, at, path) for key, item in items.items()})

    def _item(self, level: Level, item: Item, row: str, at: str, path: tuple[str, ...]) -> str:
        match item:
            case Constant(value):
                return self._name(value)
            case Value():
                return self._value(level, item, row, path)
            case Group(items, further, needed):
                shown = self._object(level, items, row, at, path + further)
                self._require(level.source_at(path + further).scope)
                present = level.presence(path + further) if further else None
                columns = [] if present is None else [present]
                columns += [level.column((*path, *further, *each))[0] for each in needed]
                return self._unless_null(level, columns, row, shown)
            case Many(relation, items, argument):
                return self._below(level, relation, items, argument, at, path)

    def _value(self, level: Level, value: Value, row: str, path: tuple[str, ...]) -> str:
        stored, found = self._stored(level, path + value.path, row)
        is_left = found.kind is Kind.TIMESTAMP and self.writer_shows_times and value.convert is None
        shown = stored if is_left else values.shown(found.kind, stored, self.dialect)
        if value.convert is not None:
            further = "" if value.argument is None else f", arguments[{value.argument}]"
            shown = f"{self._name(value.convert)}({shown}{further})"
        return self._unless_null(level, [level.column(path + each)[0] for each in value.present], row, shown)

    def _stored(self, level: Level, path: tuple[str, ...], row: str) -> tuple[str, Field]:
        """The expression for a field as it is stored: from the row above where the path leads back to it."""
        above = level.above(path)
        if above is None or level.parent is None:
            index, found = level.column(path)
            return f"{row}[{self._column(level, index)}]", found
        index, found = level.parent.column(above)
        return f"above_{level.number}[{self._column(level.parent, index)}]", found

    def _unless_null(self, level: Level, columns: Sequence[int], row: str, shown: str) -> str:
        """The expression, or null where one of the columns is."""
        if not columns:
            return shown
        missing = " or ".join(f"{row}[{self._column(level, column)}] is None" for column in columns)
        return f"(None if {missing} else {shown})"

    def _below(
        self, level: Level, relation: str, items: Mapping[str, ListItem], argument: int, at: str, path: tuple[str, ...]
    ) -> str:
        found = level.source_at(path).to_many[relation]
        child = self._level(found.target, argument, parent=level, relation=found)
        child.parent_path = path
        child.parent_columns = tuple(self._column(level, level.key(path, own)) for own, _ in found.on)
        self._connection(child, items)
        return f"many_{child.number}({at})"

    @staticmethod
    def _column(level: Level, index: int) -> int:
        """The place in a fetched row: below a parent the first column is the parent's place."""
        return index if level.relation is None else index + 1

    # -- text of the function --------------------------------------------------------------------------------------

    @staticmethod
    def _display(items: Mapping[str, str]) -> str:
        return "{" + ", ".join(f"{key!r}: {expression}" for key, expression in items.items()) + "}"

    def _name(self, value: Any) -> str:
        """The value as an expression: a literal, or a name of the function's namespace."""
        if value is None or isinstance(value, str | bool | int):
            return repr(value)
        name = f"given_{len(self.names)}"
        self.names[name] = value
        return name

    def _require(self, scope: Scope | None) -> None:
        if scope is not None:
            self.scopes.add(scope)
