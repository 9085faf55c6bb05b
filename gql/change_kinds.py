"""The kinds of changes as an enum, and what their names are where they are stored."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry

from models import change


def _value(kind: change.ChangeKind) -> Any:
    noun, _, verb = kind.value.partition(".")
    description = f"{noun.replace('_', ' ').capitalize()}: {verb.replace('_', ' ')}."
    # Name and value are the same: what a completion is handed is what is shown.
    return strawberry.enum_value(kind.name, description=description)


_Kind = Enum("_Kind", {kind.name: _value(kind) for kind in change.ChangeKind})  # type: ignore[misc]
ChangeKind = strawberry.enum(_Kind, name="ChangeKind", description="What happened: a noun, and a verb in the past.")

# An enum value's name, as the kind is stored.
STORED: Mapping[str, str] = {kind.name: kind.value for kind in change.ChangeKind}


def shown(stored: str) -> str:
    """The name of a stored kind."""
    return change.ChangeKind(stored).name


def stored(given: Any) -> list[str]:
    """The stored kinds of enum values."""
    return [STORED[kind.value] for kind in given]
