"""What can be done with events: inputs, payloads, and the verb behind each mutation."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import strawberry

from gql import ids
from gql.errors import UserError
from gql.events import EVENT_ID, Event
from gql.filters import optional
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, written
from gql.reads import Args, Errors, Given, Mutates, argument, by, method
from gql.run import Run
from gql.scalars import Json, Localized, Timestamp
from resolvers import events
from resolvers.context import Work
from resolvers.event_rules import NULLABLE

EVENT = written("event", "event_id")
global_id = ids.encoder("Event")


@strawberry.type(description="The outcome of `eventCreate`.")
class EventCreatePayload:
    event: Event | None = by(EVENT, "The new event.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `eventUpdate`.")
class EventUpdatePayload:
    event: Event | None = by(EVENT, "The event as it is now.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `eventDelete`.")
class EventDeletePayload:
    deleted_id: strawberry.ID | None = by(Given("deleted_id"), "The global id that the event had.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `eventClone`.")
class EventClonePayload:
    event: Event | None = by(EVENT, "The new event.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


# -- inputs: their fields are those of their parts, from the last to the first -----------------------------------------


@strawberry.input(description="What a new event needs.")
class _Needed:
    name: Localized = strawberry.field(description="Its name.")
    slug: str = strawberry.field(
        description="Its name in addresses, new among the organizer's and never changed: letters, digits, dots and "
        "dashes, 50 at most."
    )
    date_from: Timestamp = strawberry.field(description="When it starts.")


@strawberry.input(description="What an event may have.")
class _Options:
    date_to: Timestamp | None = optional("When it ends, if that is known.")
    date_admission: Timestamp | None = optional("When people are let in, if that is known.")
    presale_start: Timestamp | None = optional("Since when tickets are sold; null for always.")
    presale_end: Timestamp | None = optional("Until when tickets are sold; null for its end.")
    timezone: str | None = optional("The IANA name of the time zone it takes place in; `UTC` by default.")
    location: Localized | None = optional("Where it takes place, if that is known.")
    geo_lat: float | None = optional("Its latitude in degrees, if that is known.")
    geo_lon: float | None = optional("Its longitude in degrees, if that is known.")
    currency: str | None = optional("The ISO 4217 code of the currency it sells in; `EUR` by default.")
    live: bool | None = optional("Whether its shop is open. That of a new event is not.")
    testmode: bool | None = optional("Whether its orders are for testing only; false by default.")
    is_public: bool | None = optional("Whether it is shown in public lists; true by default.")
    has_subevents: bool | None = optional("Whether it is a series; false by default, and never changed.")
    plugins: list[str] | None = optional("Names of pretix's plugins that programs want kept with it.")
    meta_data: Json | None = optional("Its values of the organizer's event properties: an object of texts, whole.")
    item_meta_properties: Json | None = optional(
        "Properties that its products may have, each with its default: an object of texts, whole."
    )
    all_sales_channels: bool | None = optional("Whether it is sold through all sales channels; true by default.")
    limit_sales_channel_identifiers: list[str] | None = optional(
        "If not, the identifiers of those it is sold through. Emptied where it is sold through all."
    )


@strawberry.input(description="On whose behalf, and once.")
class _Asked:
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="The event that is meant.")
class _This:
    id: strawberry.ID = strawberry.field(description=EVENT_ID)


@strawberry.input(description="The event to be copied.")
class _Source:
    id: strawberry.ID = strawberry.field(description="The global id of the event to be copied.")
    source_organizer: str | None = optional("The slug of its organizer, if it is another than the new event's.")


@strawberry.input(description="What may be changed of what an event needs.")
class _Renamed:
    name: Localized | None = optional("Its name.")
    slug: str | None = optional("Its name in addresses, as it is: it is never changed.")
    date_from: Timestamp | None = optional("When it starts.")


@strawberry.input(description="An event to be created.")
class EventCreateInput(_Asked, _Options, _Needed):
    pass


@strawberry.input(description="What to change of an event. What is left out stays as it is.")
class EventUpdateInput(_Asked, _Options, _Renamed, _This):
    pass


@strawberry.input(description="An event to be deleted, with its tracking campaigns.")
class EventDeleteInput(_Asked, _This):
    pass


@strawberry.input(
    description="An event to be created after another. What is left out is as it is there, but for its dates, its "
    "place and its currency; people are let in as long before it starts."
)
class EventCloneInput(_Asked, _Options, _Needed, _Source):
    pass


FIELDS = {
    "name": "name",
    "slug": "slug",
    "dateFrom": "date_from",
    "dateTo": "date_to",
    "dateAdmission": "date_admission",
    "presaleStart": "presale_start",
    "presaleEnd": "presale_end",
    "timezone": "timezone",
    "location": "location",
    "geoLat": "geo_lat",
    "geoLon": "geo_lon",
    "currency": "currency",
    "live": "live",
    "testmode": "testmode",
    "isPublic": "is_public",
    "hasSubevents": "has_subevents",
    "plugins": "plugins",
    "metaData": "meta_data",
    "itemMetaProperties": "item_meta_properties",
    "allSalesChannels": "all_sales_channels",
    "limitSalesChannelIdentifiers": "limit_sales_channel_identifiers",
}


def _given(given: Args) -> dict[str, Any]:
    return {name: given[key] for key, name in FIELDS.items() if key in given}


def _of_new(given: Args) -> dict[str, Any]:
    """Of a new event, null for what must be there is the default."""
    return {name: value for name, value in _given(given).items() if value is not None or name in NULLABLE}


def _create(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))

    async def done(work: Work) -> Mapping[str, Any]:
        event_id = await events.create(work, organizer_id, **_of_new(given))
        return {"organizer_id": organizer_id, "event_id": event_id}

    return done


def _clone(given: Args, run: Run) -> Verb:
    principal = run.context.principal
    organizer_id = principal.organizer_id(given.get("organizer"))
    source = given.get("sourceOrganizer")
    of_organizer = organizer_id if source is None else principal.organizer_id(source)
    event_id = ids.key_of(given["id"], "Event")

    async def done(work: Work) -> Mapping[str, Any]:
        cloned = await events.clone(work, organizer_id, event_id, of_organizer=of_organizer, **_of_new(given))
        return {"organizer_id": organizer_id, "event_id": cloned}

    return done


def _update(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    changed = partial(events.update, organizer_id=organizer_id, event_id=ids.key_of(given["id"], "Event"))

    async def done(work: Work) -> Mapping[str, Any]:
        return {"organizer_id": organizer_id, "event_id": await changed(work, **_given(given))}

    return done


def _delete(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    event_id = ids.key_of(given["id"], "Event")

    async def done(work: Work) -> Mapping[str, Any]:
        return {"deleted_id": global_id(await events.delete(work, organizer_id, event_id))}

    return done


@strawberry.type
class EventMutations:
    @method(Mutates(_create), "Create an event. Its shop is opened later, by `eventUpdate`.")
    def event_create(self, input: Annotated[EventCreateInput, argument("The event.")]) -> EventCreatePayload | None: ...

    @method(Mutates(_update), "Change an event, open or close its shop.")
    def event_update(
        self, input: Annotated[EventUpdateInput, argument("The changes.")]
    ) -> EventUpdatePayload | None: ...

    @method(Mutates(_delete), "Delete an event that has no orders, with its tracking campaigns.")
    def event_delete(self, input: Annotated[EventDeleteInput, argument("The event.")]) -> EventDeletePayload | None: ...

    @method(Mutates(_clone), "Create an event after another that the token may change.")
    def event_clone(self, input: Annotated[EventCloneInput, argument("The event.")]) -> EventClonePayload | None: ...
