"""How large a document is, in what its limits are counted in: told before validation, which takes longer than this."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from gql.rejected import rejected
from gql.run import Limits

# Introspection asks for types of types of types: the standard query is 13 deep. It has a limit of its own.
INTROSPECTION = ("__schema", "__type")
# Operations and fragments. What each of the ones uses of the others is looked up again for several rules.
DEFINITIONS_MAX = 250
# Of an input object, or an object of JSON, that is written into the document. Each one too many is told with them all.
INPUT_FIELDS_MAX = 250
# In characters. An alias is in the answer as often as there are objects.
ALIAS_LENGTH_MAX = 100


def hold(node: DocumentNode, limits: Limits) -> None:
    """Hold a document against the limits. Raises `Rejected`."""
    refuse("operations and fragments", len(node.definitions), DEFINITIONS_MAX)
    fragments = {fragment.name.value: fragment for fragment in of(node, FragmentDefinitionNode)}
    measures = _Measures(fragments)
    for definition in node.definitions:
        if isinstance(definition, OperationDefinitionNode):
            roots = measures.roots(definition.selection_set, set())
            refuse("root fields", roots, limits.root_fields_max)
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            refuse("levels", measures.depth(definition.selection_set, ()), limits.depth_max)
            refuse("fields", measures.fields(definition.selection_set, ()), limits.fields_max)
    found = list(nodes(node))
    aliases = [each.alias.value for each in found if isinstance(each, FieldNode) and each.alias is not None]
    refuse("aliases", len(aliases), limits.aliases_max)
    refuse("characters in one alias", max(map(len, aliases), default=0), ALIAS_LENGTH_MAX)
    refuse("directives", sum(map(_directives, found)), limits.directives_max)
    refuse("values in lists", sum(map(_listed, found)), limits.list_max)


def nodes(node: DocumentNode) -> Iterator[Any]:
    """Every operation, fragment and selection of the document, each once, in no order."""
    waiting: list[Any] = [definition for definition in node.definitions if hasattr(definition, "selection_set")]
    while waiting:
        found = waiting.pop()
        yield found
        if getattr(found, "selection_set", None) is not None:
            waiting += found.selection_set.selections


def of(node: DocumentNode, kind: type[Any]) -> list[Any]:
    return [definition for definition in node.definitions if isinstance(definition, kind)]


def hold_variables(given: Mapping[str, Any], limits: Limits) -> None:
    """Hold the lists within variables, together, and each object against the limit. Raises `Rejected`."""
    total, waiting = 0, list(given.values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            total += len(value)
            longest = total
        elif isinstance(value, dict):
            longest = len(value)
            value = value.values()
        else:
            continue
        if longest > limits.list_max:
            message = f"The variables have more than {limits.list_max} values in lists, or in one object."
            raise rejected(message, "LIMIT_EXCEEDED")
        waiting += value


def refuse(what: str, found: int, maximum: int) -> None:
    """Refuses a document that has more of something than is allowed."""
    if found > maximum:
        raise rejected(f"The document has {found} {what}; {maximum} are allowed.", "LIMIT_EXCEEDED")


def _directives(found: Any) -> int:
    variables = getattr(found, "variable_definitions", None) or ()
    return len(found.directives or ()) + sum(len(each.directives or ()) for each in variables)


def _listed(found: Any) -> int:
    """Values in the lists of a field's arguments, of an operation's defaults, of directives."""
    variables = getattr(found, "variable_definitions", None) or ()
    arguments = [*(getattr(found, "arguments", None) or ()), *_of_directives(found)]
    total, waiting = 0, [argument.value for argument in arguments]
    waiting += [each.default_value for each in variables if each.default_value is not None]
    while waiting:
        value = waiting.pop()
        if value.kind == "list_value":
            total += len(value.values)
            waiting += value.values
        elif value.kind == "object_value":
            refuse("fields in one input object", len(value.fields), INPUT_FIELDS_MAX)
            waiting += [part.value for part in value.fields]
    return total


def _of_directives(found: Any) -> Iterator[Any]:
    for directive in found.directives or ():
        yield from directive.arguments or ()


@dataclass(slots=True)
class _Measures:
    fragments: Mapping[str, FragmentDefinitionNode]
    _depths: dict[str, int] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def depth(self, selections: SelectionSetNode, within: tuple[str, ...]) -> int:
        """Levels of selection sets. A fragment within itself counts once: validation refuses it."""
        deepest = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                if node.name.value in INTROSPECTION or node.selection_set is None:
                    continue
                deepest = max(deepest, self.depth(node.selection_set, within))
            elif isinstance(node, InlineFragmentNode):
                deepest = max(deepest, self.depth(node.selection_set, within) - 1)
            elif isinstance(node, FragmentSpreadNode):
                deepest = max(deepest, self._fragment_depth(node.name.value, within) - 1)
        return deepest + 1

    def _fragment_depth(self, name: str, within: tuple[str, ...]) -> int:
        fragment = self.fragments.get(name)
        if fragment is None or name in within:
            return 0
        if name not in self._depths:
            self._depths[name] = self.depth(fragment.selection_set, (*within, name))
        return self._depths[name]

    def roots(self, selections: SelectionSetNode, visited: set[str]) -> int:
        """Fields of the first level, those in fragments too."""
        total = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                total += 1
            elif isinstance(node, InlineFragmentNode):
                total += self.roots(node.selection_set, visited)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                visited.add(node.name.value)
                fragment = self.fragments.get(node.name.value)
                total += 0 if fragment is None else self.roots(fragment.selection_set, visited)
        return total

    def fields(self, selections: SelectionSetNode, within: tuple[str, ...]) -> int:
        """Fields, counted as often as they are spread: a few fragments within each other make millions."""
        total = 0
        for node in selections.selections:
            if isinstance(node, FragmentSpreadNode):
                total += self._fragment_fields(node.name.value, within)
            elif isinstance(node, FieldNode | InlineFragmentNode):
                total += isinstance(node, FieldNode)
                total += 0 if node.selection_set is None else self.fields(node.selection_set, within)
        return total

    def _fragment_fields(self, name: str, within: tuple[str, ...]) -> int:
        fragment = self.fragments.get(name)
        if fragment is None or name in within:
            return 0
        if name not in self._counts:
            self._counts[name] = self.fields(fragment.selection_set, (*within, name))
        return self._counts[name]
