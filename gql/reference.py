"""The schema as a page of Markdown: every operation and type with what its description says, chapter by chapter.

A chapter is a noun (an object with a global id, or of a list at the root) with all types whose names begin with its
name, those of no such name that only they use, and the operations that answer with one of them. What is left is the
last chapter.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_specified_scalar_type,
    print_ast,
)

BEGIN, END = "<!-- Written by `make schema` from here: do not edit. -->", "<!-- to here -->"
OTHERS = "Shared"
PAGING = ("first", "after", "last", "before")
PAGE_FIELDS, EDGE_FIELDS = {"nodes", "edges", "pageInfo", "totalCount"}, {"node", "cursor"}
# Enums and scalars of more chapters than this are no noun's own, whatever their name.
CHAPTERS_MAX = 3

Member = GraphQLField | GraphQLInputField | GraphQLArgument
Roots = Mapping[str, GraphQLObjectType | None]


class NoPlace(Exception):
    """The page has no place for the reference."""


def put_into(page: str, sdl: str) -> str:
    """The page with today's reference between its two marks. Raises `NoPlace` where they are missing."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise NoPlace
    return f"{head}{BEGIN}\n\n{reference(sdl)}\n{END}{tail}"


def reference(sdl: str) -> str:
    """All chapters, with a list of them before."""
    schema = build_schema(sdl)
    roots = {"Queries": schema.query_type, "Mutations": schema.mutation_type, "Subscriptions": schema.subscription_type}
    own = {root.name for root in roots.values() if root is not None}
    types = [
        each
        for name, each in schema.type_map.items()
        if not name.startswith("__") and not is_specified_scalar_type(each) and name not in own
    ]
    types.sort(key=lambda each: (_rank(each), each.name))
    chapter_of = _chapters(schema, types)
    titles = [*sorted({*chapter_of.values()} - {OTHERS}), OTHERS]
    contents = " · ".join(f"[{title}](#{_slug(title)})" for title in titles)
    chapters = (_chapter(title, roots, types, chapter_of) for title in titles)
    return f"{contents}\n\n" + "\n".join(line for chapter in chapters for line in chapter)


# -- which chapter ---------------------------------------------------------------------------------------------------


def _chapters(schema: GraphQLSchema, types: Iterable[GraphQLNamedType]) -> dict[str, str]:
    """The title of the chapter of each type, by the type's name."""
    named = {each.name: each for each in types if isinstance(each, GraphQLObjectType)}
    queries = schema.query_type.fields.values() if schema.query_type is not None else ()
    lists = {get_named_type(field.type).name for field in queries}
    nouns = sorted(name for name, each in named.items() if _is_node(each) or f"{name}Connection" in lists)
    # A noun whose name begins with another's is of its chapter: vouchers' campaigns are among vouchers.
    nouns = [noun for noun in nouns if not any(noun != other and noun.startswith(other) for other in nouns)]
    users = _users(types)
    found = {}
    for each in types:
        noun = max((noun for noun in nouns if _begins(each.name, noun)), key=len, default=None)
        if noun is not None and not (_is_leaf(each) and _is_common(users[each.name], nouns)):
            found[each.name] = _title(noun)
    while adopted := _adopted(types, users, found):
        found |= adopted
    return {each.name: found.get(each.name, OTHERS) for each in types}


def _is_node(each: GraphQLNamedType) -> bool:
    return isinstance(each, GraphQLObjectType) and any(other.name == "Node" for other in each.interfaces)


def _is_leaf(each: GraphQLNamedType) -> bool:
    return isinstance(each, GraphQLEnumType | GraphQLScalarType)


def _rank(each: GraphQLNamedType) -> int:
    """Where in its chapter: what it is about, what it consists of, what is asked for, pages last."""
    if each.name.endswith(("Connection", "Edge")):
        return 4
    if _is_leaf(each):
        return 2
    if isinstance(each, GraphQLInputObjectType) or each.name.endswith("Payload"):
        return 3
    return 0 if _is_node(each) or isinstance(each, GraphQLInterfaceType) else 1


def _begins(name: str, noun: str) -> bool:
    return re.match(rf"({noun}|{_plural(noun)})([A-Z]|$)", name) is not None


def _users(types: Iterable[GraphQLNamedType]) -> Mapping[str, set[str]]:
    """The names of the types that use a type, by its name."""
    users = defaultdict(set)
    for each in types:
        for option in each.types if isinstance(each, GraphQLUnionType) else ():
            users[option.name].add(each.name)
        for member in _members(each).values():
            users[get_named_type(member.type).name].add(each.name)
            for argument in member.args.values() if isinstance(member, GraphQLField) else ():
                users[get_named_type(argument.type).name].add(each.name)
    return users


def _is_common(users: Iterable[str], nouns: Iterable[str]) -> bool:
    return len({noun for user in users for noun in nouns if _begins(user, noun)}) > CHAPTERS_MAX


def _adopted(
    types: Iterable[GraphQLNamedType], users: Mapping[str, set[str]], found: Mapping[str, str]
) -> dict[str, str]:
    """Types without a chapter that are used in one chapter only."""
    adopted = {}
    for each in types:
        chapters = {found.get(user, OTHERS) for user in users[each.name]}
        if each.name not in found and len(chapters) == 1 and chapters != {OTHERS}:
            adopted[each.name] = chapters.pop()
    return adopted


# -- a chapter -------------------------------------------------------------------------------------------------------


def _chapter(
    title: str, roots: Roots, types: Iterable[GraphQLNamedType], chapter_of: Mapping[str, str]
) -> Iterator[str]:
    yield f"### {title}\n"
    for kind, root in roots.items():
        fields = root.fields if root is not None else {}
        mine = {
            name: field
            for name, field in sorted(fields.items())
            if chapter_of[get_named_type(field.type).name] == title
        }
        if mine:
            yield f"**{kind}**\n"
            yield from _table(mine)
    for each in types:
        if chapter_of[each.name] == title:
            yield from _type(each)


def _type(each: GraphQLNamedType) -> Iterator[str]:
    yield f"#### {each.name}\n"
    if (pages := _paged(each)) is not None:
        yield pages
        return
    yield f"*{_kind(each)}.* {_text(each.description)}\n"
    if isinstance(each, GraphQLEnumType):
        yield from _table(each.values)
    elif isinstance(each, GraphQLUnionType):
        yield f"One of {', '.join(_link(member.name) for member in each.types)}.\n"
    elif isinstance(each, GraphQLScalarType) and each.specified_by_url:
        yield f"Specified by <{each.specified_by_url}>.\n"
    elif members := _members(each):
        yield from _table(members)


def _paged(each: GraphQLNamedType) -> str | None:
    """In a line what all lists have; None of anything else."""
    members = _members(each)
    if members.keys() == PAGE_FIELDS:
        return f"A page of {_typed(members['nodes'])}: see [Lists](#lists).\n"
    return f"A place of {_typed(members['node'])} in a list.\n" if members.keys() == EDGE_FIELDS else None


def _kind(each: GraphQLNamedType) -> str:
    if isinstance(each, GraphQLInputObjectType):
        return "Input, exactly one of its fields" if each.is_one_of else "Input"
    kinds = {GraphQLEnumType: "Enum", GraphQLScalarType: "Scalar", GraphQLUnionType: "Union"}
    if isinstance(each, GraphQLObjectType | GraphQLInterfaceType):
        kind = "Interface" if isinstance(each, GraphQLInterfaceType) else "Object"
        interfaces = [_link(interface.name) for interface in each.interfaces]
        return f"{kind}, a {' and '.join(interfaces)}" if interfaces else kind
    return kinds[type(each)]


def _table(members: Mapping[str, Member] | Mapping[str, GraphQLEnumValue]) -> Iterator[str]:
    yield "| | | |\n|---|---|---|" if any(hasattr(each, "type") for each in members.values()) else "| | |\n|---|---|"
    for name, member in members.items():
        deprecated = f" **Deprecated:** {_text(member.deprecation_reason)}" if member.deprecation_reason else ""
        said = _text(member.description) + deprecated
        if isinstance(member, GraphQLEnumValue):
            yield f"| `{name}` | {said} |"
        else:
            arguments = _arguments(member.args) if isinstance(member, GraphQLField) else ""
            yield f"| `{name}` | {_typed(member)} | {said}{arguments} |"
    yield ""


def _arguments(arguments: Mapping[str, GraphQLArgument]) -> str:
    """Below the description, one a line; those of every list are told once, in the page's head."""
    paged = all(name in arguments for name in PAGING)
    lines = [
        f"<br>`{name}` {_typed(argument)}: {_text(argument.description)}"
        for name, argument in arguments.items()
        if not (paged and name in PAGING)
    ]
    return "".join([*lines, *(["<br>[Paged](#lists)."] if paged else [])])


def _typed(member: Member) -> str:
    """The type as a link, and the default if there is one."""
    name = get_named_type(member.type).name
    shown = str(member.type) if is_specified_scalar_type(get_named_type(member.type)) else _link(name, str(member.type))
    node = None if isinstance(member, GraphQLField) else member.ast_node
    default = "" if node is None or node.default_value is None else f" = `{print_ast(node.default_value)}`"
    return (shown if shown.startswith("[`") else f"`{shown}`") + default


def _members(each: GraphQLNamedType) -> Mapping[str, Member]:
    if isinstance(each, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        fields: Mapping[str, Member] = each.fields
        return fields
    return {}


def _link(name: str, text: str | None = None) -> str:
    return f"[`{text or name}`](#{_slug(name)})"


def _text(description: str | None) -> str:
    return " ".join((description or "").split()).replace("|", "\\|")


def _slug(heading: str) -> str:
    return heading.lower().replace(" ", "-")


def _title(noun: str) -> str:
    words = re.findall(r"[A-Z][a-z]*", _plural(noun))
    return " ".join(words).capitalize()


def _plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
