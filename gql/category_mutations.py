"""What can be done with categories: inputs, payloads, and the verb behind each mutation."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import strawberry

from gql import ids
from gql.categories import Category
from gql.errors import UserError
from gql.filters import optional
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, written
from gql.reads import Args, Errors, Given, Mutates, argument, by, method
from gql.run import Run
from models.unset import UNSET
from resolvers import categories
from resolvers.context import Work

CATEGORY = written("category", "category_id")
CATEGORY_ID = "The category's global id."
global_id = ids.encoder("Category")
# The verb names a category as campaigns and vouchers do.
NAMES = {"category": "name"}


@strawberry.type(description="The outcome of `categoryCreate`.")
class CategoryCreatePayload:
    category: Category | None = by(CATEGORY, "The new category.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `categoryUpdate`.")
class CategoryUpdatePayload:
    category: Category | None = by(CATEGORY, "The category as it is now.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `categoryDelete`.")
class CategoryDeletePayload:
    deleted_id: strawberry.ID | None = by(Given("deleted_id"), "The global id that the category had.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(description="A category to be made.")
class CategoryCreateInput:
    name: str = strawberry.field(description="Its name: 255 characters at most, unique within its organizer.")
    hierarchy: int | None = optional("Its place in lists, from 0, which is the default.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="What to change of a category. What is left out or null stays as it is.")
class CategoryUpdateInput:
    id: strawberry.ID = strawberry.field(description=CATEGORY_ID)
    name: str | None = optional("Its name: 255 characters at most, unique within its organizer.")
    hierarchy: int | None = optional("Its place in lists, from 0.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="A category to be deleted.")
class CategoryDeleteInput:
    id: strawberry.ID = strawberry.field(description=CATEGORY_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def _create(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))

    async def created(work: Work) -> Mapping[str, Any]:
        made = await categories.create(work, organizer_id, given["name"], hierarchy=given.get("hierarchy") or 0)
        return {"organizer_id": organizer_id, "category_id": made}

    return created


def _update(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    category_id = ids.key_of(given["id"], "Category")
    name, hierarchy = given.get("name"), given.get("hierarchy")
    changed = partial(
        categories.update,
        name=UNSET if name is None else name,
        hierarchy=UNSET if hierarchy is None else hierarchy,
    )

    async def updated(work: Work) -> Mapping[str, Any]:
        return {"organizer_id": organizer_id, "category_id": await changed(work, organizer_id, category_id)}

    return updated


def _delete(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    category_id = ids.key_of(given["id"], "Category")

    async def gone(work: Work) -> Mapping[str, Any]:
        deleted = await categories.delete(work, organizer_id, category_id)
        return {"organizer_id": organizer_id, "deleted_id": global_id(deleted)}

    return gone


@strawberry.type
class CategoryMutations:
    @method(Mutates(_create, NAMES), "Make a category.")
    def category_create(
        self, input: Annotated[CategoryCreateInput, argument("The category.")]
    ) -> CategoryCreatePayload | None: ...

    @method(Mutates(_update, NAMES), "Change a category's name or its place.")
    def category_update(
        self, input: Annotated[CategoryUpdateInput, argument("The changes.")]
    ) -> CategoryUpdatePayload | None: ...

    @method(Mutates(_delete, NAMES), "Delete a category that no campaign and no voucher is in.")
    def category_delete(
        self, input: Annotated[CategoryDeleteInput, argument("The category.")]
    ) -> CategoryDeletePayload | None: ...
