"""What a document costs, known before it runs: each field counts one per object that the lists above may hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from resolvers.reading.selection import Ask


@dataclass(slots=True)
class Cost:
    """Fields on one level, and what is below each list among them. A list is known by its place in the arguments."""

    fields: int = 0
    below: list[tuple[int, "Cost"]] = field(default_factory=list)
    either: list["Cost"] = field(default_factory=list)

    def add(self, fields: int) -> None:
        self.fields += fields

    def add_if_renamed(self, key: str, name: str) -> None:
        """A field that is free under its own name: under a hundred others it would make answers that are not."""
        self.fields += key != name

    def per(self, argument: int) -> "Cost":
        """The cost of each object of a list."""
        cost = Cost()
        self.below.append((argument, cost))
        return cost

    def per_type(self) -> "Cost":
        """The cost of an object if it is of one of several types: the dearest counts."""
        cost = Cost()
        self.either.append(cost)
        return cost

    def of(self, arguments: Sequence[Any]) -> int:
        """The cost of a run: a list counts with the page size it asks for."""
        total = self.fields
        for argument, cost in self.below:
            total += _size(arguments[argument]) * cost.of(arguments)
        return total + max((cost.of(arguments) for cost in self.either), default=0)


def _size(argument: Any) -> int:
    if isinstance(argument, Ask):
        return argument.limit
    return len(argument) if argument is not None else 0
