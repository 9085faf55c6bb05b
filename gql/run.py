"""One execution of a document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.webhook_address import Reach
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
    # Lexical tokens of the document, and characters.
    tokens_max: int = 5_000
    length_max: int = 100_000
    # Directives in the whole document.
    directives_max: int = 50
    # Values in all lists of a request's arguments together: those of the document, and those of the variables.
    list_max: int = 10_000
    # Fields of the operation's root.
    root_fields_max: int = 20
    # Objects one page may ask for, and objects that `nodes` may name.
    page_size_max: int = 100
    # Documents kept parsed, validated and compiled.
    documents_max: int = 1_000
    introspection: bool = True
    # Where webhooks may lead.
    webhook_reach: Reach = field(default_factory=Reach)
    # Whether errors name what may have been meant.
    suggestions: bool = True
    # What a token may spend at once, and what it gets back in a second; 0: any cost.
    bucket_max: int = 5_000_000
    bucket_per_second: int = 500_000


@dataclass(slots=True)
class Run:
    """Who runs it, with which coerced variables; in a mutation's payload, the ids and errors of the verb's outcome."""

    context: Context
    limits: Limits
    variables: Mapping[str, Any] = field(default_factory=dict)
    outcome: Mapping[str, Any] | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    request_id: str | None = None
    # Why a document cannot shape what webhooks send; None if it can.
    check_query: Callable[[str], str | None] | None = None
