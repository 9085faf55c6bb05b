"""How categories are listed: filter and order."""

from enum import Enum
from typing import Annotated

import strawberry

from gql.filters import IDFilter, IntFilter, TextFilter, filtering, optional
from gql.listing import Listing, ordering


@filtering("Which categories to show.")
class CategoryFilter:
    id: IDFilter | None = optional("A condition on the category itself.")
    name: TextFilter | None = optional("A condition on the name.")
    hierarchy: IntFilter | None = optional("A condition on its place in lists.")


@strawberry.enum(description="What categories can be sorted by.")
class CategoryOrderField(Enum):
    HIERARCHY = strawberry.enum_value("default", description="Their places in lists.")
    NAME = strawberry.enum_value("name", description="Their names, by code point.")


CATEGORIES = Listing(
    source="category",
    of=Annotated["Category", strawberry.lazy("gql.categories")],  # noqa: F821
    filter=CategoryFilter,
    names={"id": "@Category.id", "name": "name", "hierarchy": "hierarchy"},
    order=ordering(CategoryOrderField, "categories"),
)
