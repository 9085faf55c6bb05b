"""Refusals on the wire: `userErrors` of a mutation's payload, and `extensions.code` of a request's errors."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

import strawberry
from graphql import GraphQLError

from gql import ids
from gql.reads import Part, by
from models import problems, voucher_problems
from models.problems import NotFound, Problem, Several

NO_NAMES: Mapping[str, str] = {}
# Fields of inputs that name something by other than its global id, and those that hold JSON.
REFS = ("code", "token", "sourceId")
JSON_VALUES = (
    *("metadata", "metaData", "itemMetaProperties", "info", "address", "promotion", "referralProgram"),
    *("loyaltyTiersExpiration", "expirationRules"),
)
# Where problems are that a verb refuses with; doors have some of their own besides.
MODULES = (problems.__name__, voucher_problems.__name__)


def _classes(base: type[Problem]) -> Iterator[type[Problem]]:
    for subclass in base.__subclasses__():
        if subclass is not Several and subclass.__module__ in MODULES:
            yield subclass
        yield from _classes(subclass)


def _value(found: type[Problem]) -> Any:
    # Name and value are the same: what a completion is handed is what is shown.
    return strawberry.enum_value(found.code.upper(), description=(found.__doc__ or "").partition("\n")[0])


_Code = Enum("_Code", {found.code.upper(): _value(found) for found in _classes(problems.Problem)})  # type: ignore[misc]
ErrorCode = strawberry.enum(_Code, name="ErrorCode", description="Why something was refused. Codes are never renamed.")


@strawberry.type(description="Why a mutation did nothing.")
class UserError:
    code: ErrorCode = by(Part("code"), "What kind of refusal this is.")  # type: ignore[valid-type]
    field: list[str] | None = by(
        Part("field"), 'The path of the input field at fault, if it is one: `["input", "amount"]`.'
    )
    message: str = by(Part("message"), "The refusal in English, for developers.")


def user_errors(
    problem: Problem, names: Mapping[str, str] = NO_NAMES, given: Mapping[str, Any] = NO_NAMES
) -> list[dict[str, Any]]:
    """The problem, or each of several, as user errors. `names` are fields of verbs that the input calls otherwise.

    What is not there is said of the field of `given`, the input, that names it.
    """
    return [
        {
            "code": found.code.upper(),
            "field": path_of(found.field, names) or _path_of_name(found, given),
            "message": found.message,
        }
        for found in (problem.problems if isinstance(problem, Several) else (problem,))
    ]


def _path_of_name(problem: Problem, given: Mapping[str, Any]) -> list[str] | None:
    """Where the input has a global id of such an object, or what it was looked for by."""
    if not isinstance(problem, NotFound):
        return None
    typename, ref = ids.typename_of(problem.details["noun"]), problem.details["ref"]
    for path, text in _texts(given, ("input",)):
        found = ids.decode(text)
        if (found is not None and found[0] == typename) or (text == ref and path[-1] in REFS):
            return list(path)
    return None


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text of an input with its path, but for those of JSON values, which name nothing."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            if name not in JSON_VALUES:
                yield from _texts(each, (*path, name))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _texts(each, (*path, str(place)))


def path_of(field: str | None, names: Mapping[str, str] = NO_NAMES) -> list[str] | None:
    """The path of an input's field: a verb's field, such as `items[0].unit_price`, in camel case."""
    if field is None:
        return None
    for name, ours in names.items():
        field = re.sub(rf"^{re.escape(name)}(?=$|\.|\[)", ours, field)
    return ["input", *(camel(part) for part in re.split(r"[.\[\]]+", field) if part)]


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def request_error(problem: Problem, nodes: Sequence[Any] | None = None, path: Any = None) -> GraphQLError:
    """The problem as an error of the request, at a field if it was raised there."""
    extensions: dict[str, Any] = {"code": problem.code.upper()}
    if problem.field is not None:
        extensions["argument"] = camel(problem.field)
    if "retry_after" in problem.details:
        extensions["retryAfter"] = problem.details["retry_after"]
    return GraphQLError(problem.message, nodes, path=path, original_error=problem, extensions=extensions)


def internal_error(request_id: str | None, nodes: Sequence[Any] | None = None, path: Any = None) -> GraphQLError:
    """What is shown of a bug of ours: nothing but the id under which the logs tell of it."""
    extensions = {"code": "INTERNAL"} | ({} if request_id is None else {"requestId": request_id})
    return GraphQLError("Internal error.", nodes, path=path, extensions=extensions)
