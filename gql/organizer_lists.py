"""How organizers are listed: filter and order."""

from enum import Enum
from typing import Annotated

import strawberry

from gql.filters import IDFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering


@filtering("Which organizers to show.")
class OrganizerFilter:
    id: IDFilter | None = optional("A condition on the organizer itself.")
    slug: TextFilter | None = optional("A condition on the slug.")
    name: TextFilter | None = optional("A condition on the name.")


@strawberry.enum(description="What organizers can be sorted by.")
class OrganizerOrderField(Enum):
    SLUG = strawberry.enum_value("slug", description="Their slugs, by code point.")
    NAME = strawberry.enum_value("name", description="Their names, by code point.")


ORGANIZERS = Listing(
    source="organizer",
    of=Annotated["Organizer", strawberry.lazy("gql.organizers")],  # noqa: F821
    filter=OrganizerFilter,
    names={"id": "@Organizer.id", "slug": "slug", "name": "name"},
    order=ordering(OrganizerOrderField, "organizers"),
)
