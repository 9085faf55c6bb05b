"""From a selection set to a selection of the reading engine: both completions ask by it, so there is one way to read.

Fields are collected as the specification's CollectFields does: merged by response key in document order, fragments by
type condition, `@skip` and `@include` by the values of their variables. Introspection below the root is left out of
selections with `Unsupported`; then graphql-core executes the document.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
)

from gql import ids, reads
from gql.arguments import Arguments
from gql.costs import Cost
from gql.run import Run, Unsupported
from gql.schema import NODE_SOURCES, read_of
from gql.shaping import Shaping
from models.problems import Invalid, PermissionDenied, Problem
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import (
    Ask,
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
from resolvers.reading.source import SOURCES, Source

Composite: TypeAlias = GraphQLObjectType | GraphQLInterfaceType
# A value of the plan's argument list, made anew in each run.
Argument: TypeAlias = Callable[[Run], Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """Stands where a nested field was refused while the fields beside it are answered."""

    problem: Problem


@dataclass(slots=True)
class Selecting:
    """Makes selections of one operation. `conditions` are the values of the variables in `@skip` and `@include`.

    With `run`, what a nested field refuses stands in its place as `Refused`, and objects of abstract types carry their
    `__typename`: so graphql-core is handed down values it can complete. Without, any refusal is left to each run.
    """

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    conditions: Mapping[str, Any]
    run: Run | None = None
    arguments: list[Argument] = field(default_factory=list)
    # Of the mutation whose payload is selected.
    mutation: Arguments | None = None

    def values(self, run: Run) -> list[Any]:
        """The plan's arguments for a run. Raises what a field's arguments are refused with."""
        return [argument(run) for argument in self.arguments]

    # -- roots -----------------------------------------------------------------------------------------------------

    def roots(
        self, parent: GraphQLObjectType, sets: Sequence[SelectionSetNode], cost: Cost, *, inside: bool = False
    ) -> dict[str, RootItem]:
        """The fields of an object without a row: of the operation, of a payload; `inside` another, of the viewer."""
        root = self._inside if inside else self.root
        return {
            key: Constant(parent.name) if name == "__typename" else root(found, nodes, cost)
            for key, name, found, nodes in self._fields(parent, sets)
        }

    def root(self, found: GraphQLField, nodes: Sequence[FieldNode], cost: Cost) -> RootItem:
        named = cast(GraphQLObjectType, get_named_type(found.type))
        args = Arguments(found, nodes[0])
        cost.add(1)
        match self._read(found):
            case reads.Found(source, asking):
                argument = self._argument(_asking(asking, args))
                return One(source, self._items(named, _sets(nodes), SOURCES[source], cost), argument)
            case reads.Listed(source, asking):
                argument = self._argument(_asking(asking, args))
                return Many(source, self._connection(named, nodes, SOURCES[source], cost.per(argument)), argument)
            case reads.Nodes(name):
                return self._lookup(cast(GraphQLInterfaceType, named), name, args, nodes, cost)
            case reads.Noted() as noted:
                return self._noted(named, noted, nodes, cost)
            case reads.Inside():
                return Container(self.roots(named, _sets(nodes), cost, inside=True))
            case reads.Given(name):
                return Given(name, self._shaping().convert(named, nodes, cost))
            case reads.Errors():
                return GivenList("errors", self._parts(named, nodes, cost))
        raise AssertionError(found)

    def _inside(self, found: GraphQLField, nodes: Sequence[FieldNode], cost: Cost) -> RootItem:
        """A field of an object without a row: what is refused of it is refused at it, and not at the object."""
        match self._read(found):
            case reads.Found(source, asking) | reads.Listed(source, asking):
                argument = _asking(asking, Arguments(found, nodes[0]))
                return self._barred(SOURCES[source], argument) or self.root(found, nodes, cost)
        return self.root(found, nodes, cost)

    def payload(self, found: GraphQLField, nodes: Sequence[FieldNode], cost: Cost) -> Container:
        """The payload of a mutation."""
        cost.add(1)
        self.mutation = Arguments(found, nodes[0])
        named = cast(GraphQLObjectType, get_named_type(found.type))
        return Container(self.roots(named, _sets(nodes), cost))

    def _lookup(
        self, named: GraphQLInterfaceType, name: str, args: Arguments, nodes: Sequence[FieldNode], cost: Cost
    ) -> Lookup:
        asked = self._argument(lambda run: _ids(args.values(run)[name], run))
        per_id = cost.per(asked)
        found = {}
        for possible in sorted(self.schema.get_possible_types(named), key=lambda each: each.name):
            argument = self._argument(_asking_ids(possible.name, name, args))
            items = self._items(possible, _sets(nodes), SOURCES[NODE_SOURCES[possible.name]], per_id.per_type())
            if self.run is not None:
                items = {"__typename": Constant(possible.name), **items}
            found[possible.name] = One(NODE_SOURCES[possible.name], items, argument)
        return Lookup(found, asked, single=name == "id")

    def _noted(self, named: Composite, noted: reads.Noted, nodes: Sequence[FieldNode], cost: Cost) -> Lookup:
        mutation = self.mutation
        asked = self._argument(lambda run: _noted_keys(noted, run, mutation))
        below, found = cost.per(asked), {}
        possible = [named] if isinstance(named, GraphQLObjectType) else self.schema.get_possible_types(named)
        for each in sorted(possible, key=lambda each: each.name):
            argument = self._argument(_asking_noted(each.name, noted))
            items = self._items(each, _sets(nodes), SOURCES[NODE_SOURCES[each.name]], below.per_type())
            if self.run is not None and named is not each:
                items = {"__typename": Constant(each.name), **items}
            found[each.name] = One(NODE_SOURCES[each.name], items, argument)
        return Lookup(found, asked, single=noted.single)

    # -- objects of a row ------------------------------------------------------------------------------------------

    def _items(
        self, parent: GraphQLObjectType, sets: Sequence[SelectionSetNode], source: Source, cost: Cost
    ) -> dict[str, Item]:
        return {
            key: _typename(key, parent, cost) if name == "__typename" else self._item(found, nodes, source, cost)
            for key, name, found, nodes in self._fields(parent, sets)
        }

    def _item(self, found: GraphQLField, nodes: Sequence[FieldNode], source: Source, cost: Cost) -> Item:
        named = cast(GraphQLObjectType, get_named_type(found.type))
        cost.add(1)
        match self._read(found):
            case reads.Leaf() as leaf:
                return self._leaf(leaf, Arguments(found, nodes[0]))
            case reads.Parts() as parts:
                return self._group(parts, named, nodes, cost)
            case reads.Inner(path, pick):
                return Value(path, self._shaping().convert(named, nodes, cost, pick))
            case reads.Related(path):
                target = _target(source, path)
                return self._denied(target) or Group(self._items(named, _sets(nodes), target, cost), path)
            case reads.Listed(relation, asking):
                return self._below(named, relation, asking, found, nodes, source, cost)
        raise AssertionError(found)

    def _leaf(self, leaf: reads.Leaf, args: Arguments | None) -> Value:
        name = leaf.argument
        if name is None or args is None:
            return Value(leaf.path, leaf.convert, present=leaf.present)
        argument = self._argument(lambda run: args.values(run).get(name))
        return Value(leaf.path, leaf.convert, argument, leaf.present)

    def _group(self, parts: reads.Parts, named: GraphQLObjectType, nodes: Sequence[FieldNode], cost: Cost) -> Group:
        """An object made of values of the row; parts of it may be such objects again."""
        items: dict[str, Item] = {}
        for key, name, found, below in self._fields(named, _sets(nodes)):
            if name == "__typename":
                items[key] = _typename(key, named, cost)
                continue
            cost.add(1)
            match parts.of[cast(reads.Part, self._read(found)).name]:
                case reads.Leaf() as leaf:
                    items[key] = self._leaf(leaf, None)
                case reads.Parts() as further:
                    inner = cast(GraphQLObjectType, get_named_type(found.type))
                    items[key] = self._group(further, inner, below, cost)
        return Group(items, present=parts.present)

    def _shaping(self) -> Shaping:
        return Shaping(self._fields, self._read)

    def _below(
        self,
        named: GraphQLObjectType,
        relation: str,
        asking: reads.Asking,
        found: GraphQLField,
        nodes: Sequence[FieldNode],
        source: Source,
        cost: Cost,
    ) -> Item:
        asked = _asking(asking, Arguments(found, nodes[0]))
        target = SOURCES[source.to_many[relation].target]
        barred = self._barred(target, asked)
        if barred is not None:
            return barred
        argument = self._argument(asked)
        return Many(relation, self._connection(named, nodes, target, cost.per(argument)), argument)

    def _barred(self, target: Source, argument: Argument) -> Constant | None:
        """What is shown instead of objects that the token may not read, or that are asked for wrongly."""
        return self._denied(target) or self._refused(argument)

    def _denied(self, target: Source) -> Constant | None:
        if self.run is None or self.mutation is not None:  # a payload is refused whole, before its verb does anything
            return None
        if target.scope is None or self.run.context.principal.may(target.scope, reading=True):
            return None
        message = "You do not have permission to perform this action."
        return Constant(Refused(PermissionDenied(message, scope=target.scope)))

    def _refused(self, argument: Argument) -> Constant | None:
        if self.run is None:
            return None
        try:
            argument(self.run)
        except Problem as problem:
            return Constant(Refused(problem))
        except Unsupported:
            # graphql-core finds the same fault with these arguments, and says so before it looks at this value.
            return Constant(None)
        return None

    # -- connections -----------------------------------------------------------------------------------------------

    def _connection(
        self, named: GraphQLObjectType, nodes: Sequence[FieldNode], source: Source, cost: Cost
    ) -> dict[str, ListItem]:
        return {
            key: Constant(named.name) if name == "__typename" else self._list_item(found, below, source, cost)
            for key, name, found, below in self._fields(named, _sets(nodes))
        }

    def _list_item(self, found: GraphQLField, nodes: Sequence[FieldNode], source: Source, cost: Cost) -> ListItem:
        named = cast(GraphQLObjectType, get_named_type(found.type))
        match cast(reads.Marked, self._read(found)).what:
            case "edges":
                return Edges(
                    {
                        key: _typename(key, named, cost)
                        if name == "__typename"
                        else self._edge_item(key, part, below, source, cost)
                        for key, name, part, below in self._fields(named, _sets(nodes))
                    }
                )
            case "nodes":
                return Nodes(self._items(named, _sets(nodes), source, cost))
            case "page_info":
                return PageInfo(
                    {
                        key: Constant(named.name) if name == "__typename" else cast(reads.Marked, self._read(part)).what
                        for key, name, part, _ in self._fields(named, _sets(nodes))
                    }
                )
            case "total":
                return Total()
        raise AssertionError(found)

    def _edge_item(
        self, key: str, found: GraphQLField, nodes: Sequence[FieldNode], source: Source, cost: Cost
    ) -> EdgeItem:
        if cast(reads.Marked, self._read(found)).what == "cursor":
            cost.add_if_renamed(key, "cursor")
            return Cursor()
        named = cast(GraphQLObjectType, get_named_type(found.type))
        return Node(self._items(named, _sets(nodes), source, cost))

    def _parts(self, named: GraphQLObjectType, nodes: Sequence[FieldNode], cost: Cost) -> dict[str, str | Constant]:
        found: dict[str, str | Constant] = {}
        for key, name, part, _ in self._fields(named, _sets(nodes)):
            found[key] = Constant(named.name) if name == "__typename" else cast(reads.Part, self._read(part)).name
            cost.add(1)
        return found

    # -- collecting ------------------------------------------------------------------------------------------------

    def _fields(
        self, parent: GraphQLObjectType, sets: Sequence[SelectionSetNode]
    ) -> Iterator[tuple[str, str, GraphQLField, list[FieldNode]]]:
        for key, nodes in self.collect(parent, sets).items():
            name = nodes[0].name.value
            if name in ("__schema", "__type"):
                raise Unsupported(name)
            yield key, name, parent.fields.get(name, _TYPENAME), nodes

    def collect(self, parent: GraphQLObjectType, sets: Sequence[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The fields selected of an object of this type, by response key, in the order of the document."""
        found: dict[str, list[FieldNode]] = {}
        visited: set[str] = set()
        for selections in sets:
            self._collect(parent, selections, found, visited)
        return found

    def _collect(
        self,
        parent: GraphQLObjectType,
        selections: SelectionSetNode,
        found: dict[str, list[FieldNode]],
        visited: set[str],
    ) -> None:
        for node in selections.selections:
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias is not None else node.name.value
                found.setdefault(key, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self._applies(parent, node.type_condition.name.value):
                    self._collect(parent, node.selection_set, found, visited)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                visited.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._applies(parent, fragment.type_condition.name.value):
                    self._collect(parent, fragment.selection_set, found, visited)

    def _applies(self, parent: GraphQLObjectType, name: str) -> bool:
        return name == parent.name or any(interface.name == name for interface in parent.interfaces)

    def _is_included(self, node: Any) -> bool:
        for directive in node.directives or ():
            if directive.name.value in ("skip", "include"):
                value = directive.arguments[0].value
                told = self.conditions[value.name.value] if value.kind == "variable" else value.value
                if told is (directive.name.value == "skip"):
                    return False
        return True

    def _argument(self, argument: Argument) -> int:
        self.arguments.append(argument)
        return len(self.arguments) - 1

    @staticmethod
    def _read(found: GraphQLField) -> reads.Read:
        read = read_of(found)
        assert read is not None
        return read


def _typename(key: str, parent: GraphQLObjectType, cost: Cost) -> Constant:
    cost.add_if_renamed(key, "__typename")
    return Constant(parent.name)


# Stands for the field `__typename`, which no type lists.
_TYPENAME = GraphQLField(cast(Any, GraphQLObjectType("Typename", {})))


def _sets(nodes: Sequence[FieldNode]) -> list[SelectionSetNode]:
    return [node.selection_set for node in nodes if node.selection_set is not None]


def _target(source: Source, path: tuple[str, ...]) -> Source:
    for name in path:
        source = SOURCES[source.to_one[name].target]
    return source


def _ids(given: Any, run: Run) -> list[tuple[str, int] | None]:
    texts = [given] if isinstance(given, str) else given
    if len(texts) > run.limits.page_size_max:
        message = f"At most {run.limits.page_size_max} ids."
        raise Invalid(message, field="ids", reason="too_many")
    return [ids.decode(text) for text in texts]


def _noted_keys(noted: reads.Noted, run: Run, mutation: Arguments | None) -> Sequence[tuple[str, int] | None]:
    """What a verb named. Before it has run: as many as it may name, to count what they cost; refused, it named none."""
    if run.outcome is None and not run.given:
        listed = None if noted.of is None or mutation is None else mutation.values(run)["input"][noted.of]
        return [None] * (noted.most if listed is None else min(len(listed), noted.most))
    return noted.keys(run) or ([None] if noted.single else [])


def _asking_noted(typename: str, noted: reads.Noted) -> Argument:
    def asking(run: Run) -> Ask | None:
        found = () if run.outcome is None else tuple(key for name, key in noted.keys(run) if name == typename)
        if run.outcome is None or not found:
            return None
        return Ask(len(found), _with_ids(found), reach=noted.reach, organizer_id=run.outcome["organizer_id"])

    return asking


def _asking(asking: reads.Asking, args: Arguments) -> Argument:
    return lambda run: asking(args.values(run), run)


def _asking_ids(typename: str, name: str, args: Arguments) -> Argument:
    def asking(run: Run) -> Ask | None:
        keys = tuple(
            key for found in _ids(args.values(run)[name], run) if found and found[0] == typename for key in found[1:]
        )
        return Ask(len(keys), _with_ids(keys), reach="any") if keys else None

    return asking


def _with_ids(keys: tuple[int, ...]) -> Compare:
    """A single id is not passed as a list: PostgreSQL would plan the statement anew each time."""
    return Compare("id", "eq", keys[0]) if len(keys) == 1 else Compare("id", "one_of", keys)
