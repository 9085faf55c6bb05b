"""What happened: the record of an organizer's changes, as a list (subscriptions: gql/subscriptions.py)."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry

from gql import ids
from gql.change_kinds import STORED, ChangeKind, shown
from gql.conditions import Stored
from gql.errors import camel
from gql.filters import DateTimeFilter, EnumFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering
from gql.reads import Args, Leaf, by
from gql.run import Run
from gql.scalars import Json, Timestamp
from models.money import decimal_text
from resolvers.change_sources import visible_kinds
from resolvers.changes import NOUNS
from resolvers.reading.conditions import All, Compare
from resolvers.reading.selection import Ask

# What is money (or points) in a content: kept in hundredths.
AMOUNTS = ("amount", "credits")


def _subject(stored_subject: str) -> str | None:
    kind, _, key = stored_subject.partition(":")
    return ids.encoder(ids.typename_of(kind.partition(".")[0]))(int(key))


def content_of(content: Mapping[str, Any]) -> dict[str, Any]:
    return {camel(name): _told(name, value) for name, value in content.items()}


def _told(name: str, value: Any) -> Any:
    """A value of a content: amounts in units, global ids instead of keys, names of fields as they are here."""
    noun, _, ending = name.rpartition("_")
    if name in AMOUNTS and isinstance(value, int):
        return decimal_text(value)
    if name == "fields":
        return [camel(field) for field in value]
    if ending == "id" and isinstance(value, int):
        return ids.encoder(ids.typename_of(NOUNS.get(noun, noun)))(value)
    if ending == "ids" and isinstance(value, list):
        return [ids.encoder(ids.typename_of(NOUNS.get(noun, noun)))(key) for key in value]
    return value


@strawberry.type(description="Something that happened. Changes are never changed and never removed.")
class Change:
    kind: ChangeKind = by(Leaf(("kind",), shown), "What happened.")  # type: ignore[valid-type]
    subject_id: strawberry.ID = by(
        Leaf(("subject",), _subject), "The global id of what it happened to, which may be gone since."
    )
    content: Json = by(
        Leaf(("content",), content_of), "What was noted of it: an object. Objects are named by their global ids."
    )
    happened_at: Timestamp = by(Leaf(("happened_at",)), "When it happened.")
    token_name: str | None = by(
        Leaf(("token_name",)), "The name of the token that did it; null for visitors, bulk work and the command line."
    )


@filtering("Which changes to show.")
class ChangeFilter:
    kind: EnumFilter[ChangeKind] | None = optional("A condition on what happened.")  # type: ignore[valid-type]
    happened_at: DateTimeFilter | None = optional("A condition on when it happened.")
    token_name: TextFilter | None = optional("A condition on the name of the token that did it.")


@strawberry.enum(description="What changes can be sorted by.")
class ChangeOrderField(Enum):
    HAPPENED_AT = strawberry.enum_value("default", description="The order in which they happened.")


CHANGES = Listing(
    source="change",
    of=Change,
    filter=ChangeFilter,
    names={"kind": Stored("kind", STORED), "happenedAt": "happened_at", "tokenName": "token_name"},
    order=ordering(ChangeOrderField, "changes"),
)


def _visible(args: Args, run: Run) -> Ask:
    """Of what the asker may know of, whatever else was asked for."""
    ask = CHANGES.of_organizer(args, run)
    visible = Compare("kind", "one_of", tuple(visible_kinds(run.context.principal)))
    ask.where = visible if ask.where is None else All((visible, ask.where))
    return ask


@strawberry.type
class ChangeQueries:
    changes = CHANGES.at_root(
        "What happened to what the token may read, oldest first unless asked otherwise. A cursor of this list is one "
        "to subscribe from.",
        asking=_visible,
    )
