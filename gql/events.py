"""Events."""

from typing import Annotated

import strawberry

from gql.nodes import Node, node_id
from gql.pages import Connection
from gql.reads import Leaf, Related, argument, by, method
from gql.scalars import Timestamp
from gql.text import in_language

LANGUAGE = argument("A language such as `de`; English by default.")


@strawberry.type(description="Something people go to: a single event, or a series of them.")
class Event(Node):
    id: strawberry.ID = by(node_id("Event"), "The event's global id.")
    slug: str = by(Leaf(("slug",)), "The event's name in addresses, unique within its organizer.")
    currency: str = by(Leaf(("currency",)), "The ISO 4217 code of the currency the event sells in.")
    date_from: Timestamp = by(Leaf(("date_from",)), "When it starts.")
    date_to: Timestamp | None = by(Leaf(("date_to",)), "When it ends, if that is known.")
    timezone: str = by(Leaf(("timezone",)), "The IANA name of the time zone it takes place in.")
    live: bool = by(Leaf(("live",)), "Whether its shop is open.")
    testmode: bool = by(Leaf(("testmode",)), "Whether its orders are for testing only.")
    is_public: bool = by(Leaf(("is_public",)), "Whether it is shown in public lists.")
    has_subevents: bool = by(Leaf(("has_subevents",)), "Whether it is a series.")
    organizer: Annotated["Organizer", strawberry.lazy("gql.organizers")] = by(  # type: ignore[name-defined]  # noqa: F821
        Related(("organizer",)), "Whose event it is."
    )

    @method(Leaf(("name",), in_language, "language"), "The event's name.")
    def name(self, language: Annotated[str | None, LANGUAGE] = strawberry.UNSET) -> str: ...

    @method(Leaf(("location",), in_language, "language"), "Where it takes place, if that is known.")
    def location(self, language: Annotated[str | None, LANGUAGE] = strawberry.UNSET) -> str | None: ...


EventConnection = Connection[Event]
