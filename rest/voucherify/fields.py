"""Fields of a JSON body: parsers that take a value or say what is wrong with it, in the vendor's manner.

    payload = await call.payload()
    name = payload.need("name", text)                                       absent or null is refused
    starts_at = payload.take("start_date", instant, absent=UNSET)           null is None, absent is UNSET
    items = payload.need("redeemables", listed(nested, least=1, most=30))   a list of payloads
    items[0].need("id", text)                                               refused as `.redeemables[0].id`

The first thing that is wrong is what is said. Properties that nobody asks for are passed over.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, TypeAlias, TypeVar, overload

from models import instants
from models.problems import Invalid
from rest.voucherify.refusals import InvalidPayload

V = TypeVar("V")
A = TypeVar("A")
N = TypeVar("N", int, float)
# Takes a value and the path to it: `.redeemables[1].id`.
Parser: TypeAlias = Callable[[Any, str], V]

# What a column of either engine holds.
INTEGER_MAX = 2**63 - 1
TEXT_LENGTH_MAX = 10_000
NO_DATE = "cannot be recognized as a ISO-8601 compliant date"


class WrongType(InvalidPayload):
    """A value of another type than `wanted`, of which there may be several: `number,null`."""

    def __init__(self, path: str, wanted: str) -> None:
        super().__init__(f"Property {path or '.'} should be {wanted}", field=path.lstrip("."))
        self.path, self.wanted = path, wanted


class Payload:
    """A JSON object at its place in the body."""

    __slots__ = ("path", "values")

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        self.values, self.path = values, path

    def __contains__(self, name: str) -> bool:
        """Whether it is there at all; null is."""
        return name in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def need(self, name: str, parser: Parser[V]) -> V:
        if name not in self.values:
            at = "Payload" if not self.path else f"Property {self.path}"
            raise InvalidPayload(f"{at} should have required property '{name}'", field=name)
        return parser(self.values[name], f"{self.path}.{name}")

    @overload
    def take(self, name: str, parser: Parser[V]) -> V | None: ...
    @overload
    def take(self, name: str, parser: Parser[V], *, absent: A) -> V | A | None: ...

    def take(self, name: str, parser: Parser[V], *, absent: A | None = None) -> V | A | None:
        if name not in self.values:
            return absent
        value = self.values[name]
        if value is None:
            return None
        path = f"{self.path}.{name}"
        try:
            return parser(value, path)
        except WrongType as wrong:
            if wrong.path != path:
                raise
            raise WrongType(path, f"{wrong.wanted},null") from None


# -- parsers -----------------------------------------------------------------------------------------------------------


def text(value: Any, path: str) -> str:
    """Any text, empty too, without a NUL."""
    if not isinstance(value, str):
        raise WrongType(path, "string")
    return _bounded(value, path, TEXT_LENGTH_MAX)


def name(value: Any, path: str) -> str:
    """A text that is not empty."""
    found = text(value, path)
    if not found:
        raise _wrong(path, "must NOT have fewer than 1 characters")
    return found


def coded(length_max: int) -> Parser[str]:
    """A text that is not empty and not longer than that."""

    def parse(value: Any, path: str) -> str:
        return _bounded(name(value, path), path, length_max)

    return parse


def boolean(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise WrongType(path, "boolean")
    return value


def integer(minimum: int = -INTEGER_MAX, maximum: int = INTEGER_MAX) -> Parser[int]:
    """A whole number; in JSON 5.0 is one, too."""

    def parse(value: Any, path: str) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise WrongType(path, "integer" if isinstance(value, float) else "number")
        return _within(value, path, minimum, maximum)

    return parse


def number(minimum: float = -INTEGER_MAX, maximum: float = INTEGER_MAX) -> Parser[int | float]:
    def parse(value: Any, path: str) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise WrongType(path, "number")
        return _within(value, path, minimum, maximum)

    return parse


def instant(value: Any, path: str) -> datetime:
    """An aware time in UTC, of any of the forms that clients write."""
    if not isinstance(value, str):
        raise WrongType(path, "string")
    try:
        return instants.read(value)
    except Invalid:
        raise _wrong(path, NO_DATE) from None


def day(value: Any, path: str) -> date:
    """The day of a time."""
    return instant(value, path).date()


def choice(*choices: str) -> Parser[str]:
    def parse(value: Any, path: str) -> str:
        if value not in choices or not isinstance(value, str):
            raise _wrong(path, f"should be equal to one of the allowed values [ {', '.join(choices)} ]")
        return value

    return parse


def nested(value: Any, path: str) -> Payload:
    if not isinstance(value, dict):
        raise WrongType(path, "object")
    return Payload(value, path)


def mapping(value: Any, path: str) -> dict[str, Any]:
    """An object as it is: metadata."""
    if not isinstance(value, dict):
        raise WrongType(path, "object")
    return value


def anything(value: Any, path: str) -> Any:
    return value


def listed(parser: Parser[V], *, least: int = 0, most: int = 100_000) -> Parser[list[V]]:
    """A list, of so many items, each by the parser."""

    def parse(value: Any, path: str) -> list[V]:
        if not isinstance(value, list):
            raise WrongType(path, "array")
        if len(value) < least:
            raise _wrong(path, f"must NOT have fewer than {least} items")
        if len(value) > most:
            raise _wrong(path, f"must NOT have more than {most} items")
        return [parser(item, f"{path}[{index}]") for index, item in enumerate(value)]

    return parse


def _bounded(value: str, path: str, length_max: int) -> str:
    if len(value) > length_max:
        raise _wrong(path, f"must NOT have more than {length_max} characters")
    if "\0" in value:
        raise _wrong(path, "must NOT contain null characters")
    return value


def _within(value: N, path: str, minimum: float, maximum: float) -> N:
    if value < minimum:
        raise _wrong(path, f"must be >= {minimum}")
    if value > maximum:
        raise _wrong(path, f"must be <= {maximum}")
    return value


def _wrong(path: str, said: str) -> InvalidPayload:
    return InvalidPayload(f"Property {path or '.'} {said}", field=path.lstrip("."))
