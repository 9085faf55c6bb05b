"""How events are listed: filter and order."""

from enum import Enum
from typing import Annotated, Any

import strawberry

from gql.conditions import Meant, text_of
from gql.filters import DateTimeFilter, IDFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering
from gql.scalars import Timestamp
from resolvers.reading.conditions import Meets


@strawberry.input(description="A value of one of the organizer's event properties.")
class EventPropertyFilter:
    name: str = strawberry.field(description="The property.")
    value: str = strawberry.field(description="The value: the event's own, or the property's default if it has none.")


def _property(given: Any) -> Meets:
    return Meets("property", (text_of(given["name"]), text_of(given["value"])))


@filtering("Which events to show.")
class EventFilter:
    id: IDFilter | None = optional("A condition on the event itself.")
    slug: TextFilter | None = optional("A condition on the slug.")
    search: str | None = optional("In the name, the slug or the location: in any language, whatever the case.")
    currency: TextFilter | None = optional("A condition on the ISO 4217 code of the currency it sells in.")
    date_from: DateTimeFilter | None = optional("A condition on when it starts.")
    date_to: DateTimeFilter | None = optional("A condition on when it ends.")
    is_past: bool | None = optional("Only single events that are over, or all others. A series is never over.")
    is_future: bool | None = optional("Only single events that are not over yet, or all others.")
    ends_after: Timestamp | None = optional("Only single events that end then or later.")
    live: bool | None = optional("Only events whose shop is open, or only those whose shop is not.")
    testmode: bool | None = optional("Only events for testing, or only real ones.")
    is_public: bool | None = optional("Only events in public lists, or only those that are not.")
    has_subevents: bool | None = optional("Only series, or only single events.")
    sales_channel: str | None = optional("Only events sold through the channel with this identifier.")
    property: EventPropertyFilter | None = optional("Only events with this value of a property.")
    created_at: DateTimeFilter | None = optional("A condition on when it was created.")


@strawberry.enum(description="What events can be sorted by.")
class EventOrderField(Enum):
    SLUG = strawberry.enum_value("slug", description="Their slugs, by code point.")
    DATE_FROM = strawberry.enum_value("date_from", description="When they start.")


EVENTS = Listing(
    source="event",
    of=Annotated["Event", strawberry.lazy("gql.events")],  # noqa: F821
    filter=EventFilter,
    names={
        **{name: name for name in ("slug", "currency", "live", "testmode")},
        "id": "@Event.id",
        "search": "!search",
        "dateFrom": "date_from",
        "dateTo": "date_to",
        "isPast": "?is_past",
        "isFuture": "?is_future",
        "endsAfter": "!ends_after",
        "isPublic": "is_public",
        "hasSubevents": "has_subevents",
        "salesChannel": "!sold_through",
        "property": Meant("property", _property),
        "createdAt": "created_at",
    },
    order=ordering(EventOrderField, "events"),
)
