"""Requests made from the schema: documents of every shape with arguments good and bad, mutations, and variables.

Each is made of bytes, one for each decision, so hypothesis draws once and shrinks by lowering them: 0 is always the
plainest that there is. An object's response key is the only one of its kind in a document, so what stands at an error's
path can be left out and the rest asked again; see `without`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson
from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    NameNode,
    SelectionSetNode,
    Visitor,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
    parse,
    print_ast,
    visit,
)

from gql import ids
from gql.execution import Request
from gql.schema import NODE_SOURCES
from resolvers.reading import places
from tests.gql.documents import COMPOSED, VALUES

T = TypeVar("T")

# Of those that a document may have, so that it stays within the limits that every request is held against.
ALIASES_MAX = 90
TYPES = sorted(NODE_SOURCES)
IDS = ["", "x", *(ids.encoder(name)(key) for name in TYPES for key in (1, 2, 6, 99))]
CURSORS = [places.encoder("default")(key) for key in (1, 2, 4)] + [places.encoder("name")("Gifts", 1), "x", ""]
PAGES: tuple[dict[str, Any], ...] = (
    *({}, {"first": 2}, {"last": 2}, {"first": 1}, {"first": 3, "after": None}, {"last": 1, "first": None}) * 2,
    {"last": 1, "before": CURSORS[2]},
    {"first": 2, "after": CURSORS[0]},
    {"first": 0},
)
REFUSED: tuple[dict[str, Any], ...] = (
    {"first": 1, "last": 1},
    {"first": 101},
    {"last": -1},
    {"after": "x"},
    {"before": CURSORS[3]},
)
PLACES = ("first", "after", "last", "before")
LITERALS: dict[str, list[Any]] = {
    **{name: [orjson.loads(text) for text in texts] for name, texts in VALUES.items()},
    "ID": IDS,
    "JSON": [{}, {"a": [1, None]}, [], "x", {"deep": {"er": True}}],
    "Long": [0, 1, -1, 2**40],
    "LocalizedText": [{"en": "A name"}, {"de": "Ein Name", "en": "A name"}, {}, {"xx": ""}],
}
# What arguments and fields of inputs may name, by their name.
NAMES: dict[str, list[Any]] = {
    "slug": ["conf", "acme", "party", "beta", "nobody"],
    "organizer": ["acme", "beta", None, "gamma", "nobody"],
    "sourceOrganizer": ["acme", "nobody"],
    "event": ["conf", "party", "none"],
    "code": ["AAA", "O1", "GIFT1", "CARD1", "UNITS", "GONE", "none", "\0"],
    "secret": ["AAA1", "bbb2", "BETA1", "t-1", "nope"],
    "identifier": ["web", "no"],
    "name": ["Spring", "Gifts", "a", "none"],
    "sourceId": ["ada", "none"],
    "language": ["de", "de-informal", "tlh", None],
    "number": [1, 2, 99],
    "currency": ["EUR", "JPY", "XXX", "euro"],
    "amount": ["5.00", "1", "-1.00", "10.00", "0.001"],
    "count": [1, 2, 0, 10**6],
    "vouchersCount": [0, 2, -1],
    "percentOff": [10, 101],
    "idempotencyKey": ["k1", "k2", "k3", None, ""],
    "salesChannel": ["web", "none"],
    "timezone": ["Europe/Berlin", "Nowhere"],
    "url": ["https://192.0.2.1/hook", "https://shop.example/hook", "x"],
    "query": ["subscription { changes { cursor } }", None, "{"],
}
# Of mutations, what the schema does not require and hardly anything is done without.
ALWAYS = {
    "voucherCreate": ("benefit", "code"),
    "voucherCampaignCreate": ("benefit",),
    "voucherPublish": ("campaignId",),
    "voucherBalanceAdjust": ("amount",),
}
LISTENED = {
    "changes": [],
    "giftCardTransactions": [ids.encoder("GiftCard")(1)],
    "actionProgress": [ids.encoder("Action")(1)],
    "campaignActivity": [ids.encoder("TrackingCampaign")(1), ids.encoder("VoucherCampaign")(1)],
}


def ids_of(mutation: str) -> dict[str, list[Any]]:
    """What the ids in a mutation's input name: what it is about, and now and then nothing of the kind."""
    of = "VoucherCampaign" if mutation == "vouchersGenerate" else mutation[0].upper() + mutation[1:]
    noun = max((name for name in TYPES if of.startswith(name)), key=len, default="TrackingCampaign")
    found = [ids.encoder(noun)(key) for key in (1, 2, 3, 4, 1, 99)]
    campaigns = [ids.encoder("VoucherCampaign")(key) for key in (1, 2)]
    return {"id": [*found, "x"], "ids": found, "campaignId": [*campaigns, found[0]]}


class Word(str):
    """A value of an enum."""


class Named(str):
    """A variable where it is used."""


class Choices:
    """Decisions by bytes, one each; the plainest when there are none left."""

    def __init__(self, drawn: bytes) -> None:
        self._left = iter(drawn)

    def split(self, several: int) -> "list[Choices]":
        left = bytes(self._left)
        return [Choices(left[start::several]) for start in range(several)]

    def upto(self, most: int) -> int:
        return next(self._left, 0) % (most + 1)

    def of(self, offered: Sequence[T]) -> T:
        return offered[self.upto(len(offered) - 1)]

    def one_in(self, several: int) -> bool:
        return self.upto(several - 1) == several - 1


@dataclass(slots=True)
class Generator:
    """Makes one request. `hidden` are fields not to ask for, `names` more of what arguments may name."""

    schema: GraphQLSchema
    choices: Choices
    names: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    hidden: Collection[str] = ()
    depth_max: int = 6
    aliases: int = 0
    keys: set[str] = field(default_factory=set)
    fragments: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)

    def query(self) -> Request:
        """Some roots, each with decisions of its own: however much is below the first, there is something beside it."""
        assert self.schema.query_type is not None
        several, parts = self.choices.split(1 + self.choices.upto(2)), []
        for self.choices in several:
            parts.append(self.selections(self.schema.query_type, 0, most=1)[1:-1])
        return self.written("query", "{" + "".join(parts) + "}")

    def mutation(self) -> Request:
        """Some fields, each under a name of its own; what is refused is told by each."""
        assert self.schema.mutation_type is not None
        fields = self.schema.mutation_type.fields
        picked = [self.choices.of(sorted(fields)) for _ in range(1 + self.choices.upto(3))]
        return self.written("mutation", "{ " + " ".join(self._deed(name, fields[name]) for name in picked) + " }")

    def _deed(self, name: str, found: GraphQLField) -> str:
        key, of = f"m{self._counted()}", get_named_type(found.args["input"].type)
        self.names = {**self.names, **ids_of(name)}
        given = self._object(of, 0, self.choices.one_in(6), ALWAYS.get(name, ()))
        bound = given if self._varies(given) else self._bound(found.args["input"], given)
        payload = self.selections(get_named_type(found.type), 1).removesuffix("}")
        head = f"{key}: {name}(input: {printed(bound)}){self._condition()}"
        return f"{head} {payload} userErrors {{ code field message }} }}"

    def _varies(self, value: Any) -> bool:
        if isinstance(value, dict | list):
            return any(self._varies(each) for each in (value.values() if isinstance(value, dict) else value))
        return isinstance(value, Named)

    def event(self) -> Request:
        """What one subscription shows of an event."""
        assert self.schema.subscription_type is not None
        name = self.choices.of(sorted(self.schema.subscription_type.fields))
        found = self.schema.subscription_type.fields[name]
        self.names = {**self.names, "id": LISTENED[name]}
        given = {key: self.bound_input(key, found.args[key]) for key in found.args if key == "id"}
        head = f"{name}({', '.join(f'{key}: {printed(value)}' for key, value in given.items())})" if given else name
        return self.written("subscription", f"{{ {head} {self.selections(get_named_type(found.type), 1)} }}")

    def written(self, kind: str, selections: str) -> Request:
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        return Request(f"{kind} Generated{declared} {selections}\n" + "\n".join(self.fragments), self.given)

    # -- what is asked for ---------------------------------------------------------------------------------------------

    def selections(self, parent: Any, depth: int, *, apart: bool = False, most: int = 3) -> str:
        """A selection set. `apart`: of one of several types, so that no bare names meet those of another."""
        names = [name for name in sorted(parent.fields) if name not in self.hidden]
        simple = [name for name in names if is_leaf_type(get_named_type(parent.fields[name].type))]
        others = [name for name in names if name not in simple]
        deeper = others if depth < self.depth_max else []
        parts = []
        for _ in range(1 + self.choices.upto(most - 1)):
            offered = deeper if deeper and (self.choices.upto(1) or not simple) else simple or ["__typename"]
            parts.append(self._wrapped(parent, self._field(parent, self.choices.of(offered), depth, apart)))
        if self.choices.upto(2) or not any(parts):
            parts.append(f"{self._alias()}__typename")
        return "{ " + " ".join(part for part in parts if part) + " }"

    def _field(self, parent: Any, name: str, depth: int, apart: bool) -> str:
        if name == "__typename":
            return f"{self._alias()}__typename"
        found: GraphQLField = parent.fields[name]
        named: Any = get_named_type(found.type)
        given = self._arguments(found, depth)
        if is_leaf_type(named):
            return f"{self._alias(must=apart or bool(given))}{name}{given}{self._condition()}"
        if self.aliases >= ALIASES_MAX:
            return ""
        key = name if name not in self.keys and self.choices.upto(1) else f"a{self._counted()}"
        self.keys.add(key)
        head = f"{key}: {name}{given}" if key != name else f"{name}{given}"
        head += self._condition()
        # The same field twice is answered once, with all that is asked of it.
        times = 2 if self.choices.one_in(8) else 1
        return " ".join(f"{head} {self._below(named, depth + 1)}" for _ in range(times))

    def _below(self, named: Any, depth: int) -> str:
        return self._of_several(named, depth) if is_abstract_type(named) else self.selections(named, depth)

    def _of_several(self, named: Any, depth: int) -> str:
        types = sorted(self.schema.get_possible_types(named), key=lambda each: each.name)
        picked = [self.choices.of(types) for _ in range(self.choices.upto(2))]
        parts = [f"... on {each.name} {self.selections(each, depth, apart=True)}" for each in picked]
        if "name" in named.fields:
            parts.append(self._wrapped(named, f"{self._alias(must=True)}name"))
        else:
            parts.append(f"... on Campaign {{ {self._alias(must=True)}active __typename }}")
        return "{ " + " ".join([*parts, self.choices.of(["id", "__typename id", "i: id t: __typename"])]) + " }"

    def _wrapped(self, parent: Any, part: str) -> str:
        if not part:
            return ""
        match self.choices.upto(15):
            case 1:
                return f"... on {parent.name} {{ {part} }}"
            case 2:
                return f"... {{ {part} }}"
            case 3 | 4:
                name = f"F{len(self.fragments)}"
                self.fragments.append(f"fragment {name} on {parent.name} {{ {part} }}")
                return f"...{name}{self._condition()} " * (1 + self.choices.upto(1))
            case 5:
                told = self.choices.of(["@include(if: true)", "@skip(if: false)", "@skip(if: true)"])
                return f"... {told} {{ {part} }}"
            case 6:
                return f"...{self._condition()} {{ {part} }}"
            case 7 if any(each.name == "Node" for each in parent.interfaces or ()):
                return f"... on Node {{ {self._alias(must=True)}id }} {part}"
        return part

    def _condition(self) -> str:
        """A directive by a variable, now and then: given, or by its default."""
        if not self.choices.one_in(12):
            return ""
        told, name = self.choices.upto(1) == 1, f"c{len(self.declared)}"
        if self.choices.upto(1):
            self.declared.append(f"${name}: Boolean!")
            self.given[name] = told
        else:
            self.declared.append(f"${name}: Boolean! = {orjson.dumps(told).decode()}")
        return f" @{self.choices.of(['include', 'skip'])}(if: ${name})"

    def _alias(self, *, must: bool = False) -> str:
        return f"a{self._counted()}: " if must or (self.aliases < ALIASES_MAX and self.choices.one_in(4)) else ""

    def _counted(self) -> int:
        self.aliases += 1
        return self.aliases

    # -- with which arguments ------------------------------------------------------------------------------------------

    def _arguments(self, found: GraphQLField, depth: int) -> str:
        """In brackets, or nothing. Below a root more is refused: most of it is never reached."""
        given: dict[str, Any] = {}
        if "first" in found.args:
            page = self.choices.of(REFUSED if self.choices.one_in(2 if depth else 8) else PAGES)
            given |= {name: self._bound(found.args[name], value) for name, value in page.items()}
        for name, argument in found.args.items():
            if name not in PLACES and (is_required_argument(argument) or self._asks(name)):
                given[name] = self.bound_input(name, argument)
        if not given and "organizer" in found.args and "first" not in found.args and self.choices.upto(3):
            name = self.choices.of([name for name in found.args if name != "organizer"])
            given[name] = self.bound_input(name, found.args[name])
        return f"({', '.join(f'{name}: {printed(value)}' for name, value in given.items())})" if given else ""

    def _asks(self, name: str) -> bool:
        return self.choices.one_in(3 if name in ("filter", "orderBy") else 5 if name == "organizer" else 2)

    def bound_input(self, name: str, argument: GraphQLArgument) -> Any:
        """A value of the argument's type: as it is, as a variable, or with variables in it."""
        if self.choices.one_in(6):
            return self.input(name, argument.type, 0, varying=True)
        return self._bound(argument, self.input(name, argument.type, 0))

    def _bound(self, argument: GraphQLArgument, value: Any) -> Any:
        return self._variable(argument.type, value) if self.choices.one_in(4) else value

    def _variable(self, graphql_type: Any, value: Any) -> Named:
        """A variable with this value: given, or by its default; or null, or missing where that is allowed, or not."""
        name = f"v{len(self.declared)}"
        is_required = is_non_null_type(graphql_type)
        nullable = graphql_type.of_type if is_required else graphql_type
        match self.choices.upto(7):
            case 1 | 2:
                self.declared.append(f"${name}: {graphql_type} = {printed(value)}")
            case 3 if value is not None:  # allowed by its default; null, it is refused where it is used
                self.declared.append(f"${name}: {nullable} = {printed(value)}")
                self.given[name] = None
            case 4 if not is_required:
                self.declared.append(f"${name}: {graphql_type}")
            case 5 if self.choices.one_in(6):
                self.declared.append(f"${name}: {graphql_type}")
                self.given[name] = self.choices.of([None, {"no": "such"}, [[]], "such", 1.5])
            case _:
                self.declared.append(f"${name}: {graphql_type}")
                self.given[name] = plain(value)
        return Named(name)

    def input(self, name: str, graphql_type: Any, depth: int, *, varying: bool = False) -> Any:
        """A value of an input type; `varying`: some of it are variables."""
        if varying and depth and self.choices.one_in(3):
            return self._variable(graphql_type, self.input(name, graphql_type, depth))
        return self._input(
            name, graphql_type.of_type if is_non_null_type(graphql_type) else graphql_type, depth, varying
        )

    def _input(self, name: str, graphql_type: Any, depth: int, varying: bool) -> Any:
        if is_list_type(graphql_type):
            several = range(self.choices.upto(3))
            return [self.input(name, graphql_type.of_type, depth + 1, varying=varying) for _ in several]
        if is_enum_type(graphql_type):
            return Word(self.choices.of(sorted(graphql_type.values)))
        if is_input_object_type(graphql_type):
            return self._object(graphql_type, depth, varying)
        return self.choices.of(self.names.get(name) or NAMES.get(name) or LITERALS[graphql_type.name])

    def _object(self, graphql_type: Any, depth: int, varying: bool, always: Collection[str] = ()) -> dict[str, Any]:
        fields = {
            name: each for name, each in graphql_type.fields.items() if get_named_type(each.type).name != "Upload"
        }
        wanted = [name for name, each in fields.items() if is_required_input_field(each) or name in always]
        offered = [name for name in fields if name not in wanted and (depth < 3 or name not in COMPOSED)]
        if graphql_type.is_one_of:
            (wanted, varying) = ([self.choices.of(offered)], False)
        elif offered:
            wanted += sorted({self.choices.of(offered) for _ in range(self.choices.upto(2))})
        return {name: self._part(name, fields[name].type, depth + 1, varying) for name in wanted}

    def _part(self, name: str, graphql_type: Any, depth: int, varying: bool) -> Any:
        if not is_non_null_type(graphql_type) and depth > 1 and self.choices.one_in(12):
            return None
        return self.input(name, graphql_type, depth, varying=varying)


def printed(value: Any) -> str:
    """As a document has it."""
    match value:
        case Named():
            return f"${value}"
        case Word():
            return str(value)
        case dict():
            return "{" + ", ".join(f"{name}: {printed(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(printed(each) for each in value) + "]"
    return orjson.dumps(value).decode()


def plain(value: Any) -> Any:
    """As JSON has it."""
    match value:
        case dict():
            return {name: plain(each) for name, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case str():
            return str(value)
    return value


def without(text: str, keys: Collection[str]) -> str:
    """The document with the fields of these response keys skipped."""
    return print_ast(visit(parse(text), _Leaving(keys)))


class _Leaving(Visitor):
    def __init__(self, keys: Collection[str]) -> None:
        super().__init__()
        self.keys = keys

    def leave_field(self, node: FieldNode, *_: Any) -> Any:
        if (node.alias or node.name).value not in self.keys:
            return None
        return InlineFragmentNode(directives=(SKIP,), selection_set=SelectionSetNode(selections=(node,)))


SKIP = DirectiveNode(
    name=NameNode(value="skip"),
    arguments=(ArgumentNode(name=NameNode(value="if"), value=BooleanValueNode(value=True)),),
)
