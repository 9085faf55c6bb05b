"""Roots that find one of an organizer's rows by what people and programs call it: a code, a name, a token."""

from collections.abc import Mapping
from typing import Annotated, Any

from gql.errors import camel
from gql.listing import ABSENT, OF_ORGANIZER, Arguments, with_arguments
from gql.reads import Args, Asking, Found, argument
from gql.run import Run
from models.problems import Invalid
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask


def by_natural_key(source: str, of: Any, keys: Mapping[str, str], description: str) -> Any:
    """A root with an argument for each of `keys`: fields of the source, each described.

    Of several just one is to be given. Null if there is no such row, or none of the organizer's.
    """
    arguments: Arguments = {
        name: (Annotated[str, argument(told)], ...)
        if len(keys) == 1
        else (Annotated[str | None, argument(told)], ABSENT)
        for name, told in keys.items()
    }
    fields = {camel(name): name for name in keys}
    read = Found(source, _asking(source.replace("_", " "), fields))
    return with_arguments(read, of | None, {**arguments, **OF_ORGANIZER}, description)


def _asking(noun: str, fields: Mapping[str, str]) -> Asking:
    ways = " or ".join(f"by its `{name}`" for name in fields)

    def asking(args: Args, run: Run) -> Ask | None:
        given = [name for name in fields if args.get(name) is not None]
        if len(given) != 1:
            raise Invalid(f"Name the {noun} {ways}.", field=next(iter(fields.values())), reason="one_of")
        (name,) = given
        organizer_id = run.context.principal.organizer_id(args.get("organizer"))
        if "\0" in args[name]:
            return None
        return Ask(1, Compare(fields[name], "eq", args[name]), organizer_id=organizer_id)

    return asking
