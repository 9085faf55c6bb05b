"""One execution of a document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from resolvers.context import Context


class Unsupported(Exception):
    """A request that graphql-core has to execute: it has something the compiled completion does not do, or a fault."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may ask for. Over a limit nothing is run."""

    # Levels of selection sets.
    depth_max: int = 15
    # Fields that could be answered: each counts once per object its lists may hold.
    cost_max: int = 10_000
    # Fields of one operation, with those of fragments counted wherever they are spread: what is to be compiled.
    fields_max: int = 1_000
    # Fields with an alias, in the whole document.
    aliases_max: int = 100
    # Lexical tokens of the document.
    tokens_max: int = 5_000
    # Fields of the operation's root.
    root_fields_max: int = 20
    # Objects one page may ask for, and objects that `nodes` may name.
    page_size_max: int = 100
    # Documents kept parsed, validated and compiled.
    documents_max: int = 1_000
    introspection: bool = True


@dataclass(slots=True)
class Run:
    """Who runs it, with which coerced variables; in a mutation's payload, the ids and errors of the verb's outcome."""

    context: Context
    limits: Limits
    variables: Mapping[str, Any] = field(default_factory=dict)
    outcome: Mapping[str, Any] | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    request_id: str | None = None
