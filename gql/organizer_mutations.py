"""What can be done with organizers."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from gql.errors import UserError
from gql.filters import optional
from gql.organizers import Organizer
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, written
from gql.reads import Args, Errors, Mutates, argument, by, method
from gql.run import Run
from models.unset import UNSET
from resolvers import organizers
from resolvers.context import Work


@strawberry.type(description="The outcome of `organizerUpdate`.")
class OrganizerUpdatePayload:
    organizer: Organizer | None = by(written("organizer", "organizer_id"), "The organizer as it is now.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(description="What to change of an organizer. What is left out stays as it is.")
class OrganizerUpdateInput:
    plugins: list[str] | None = optional(
        "The names of the plugins to be switched on. Events lose one that is no longer on."
    )
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def _update(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    plugins = given.get("plugins")

    async def updated(work: Work) -> Mapping[str, Any]:
        wanted = UNSET if plugins is None else plugins
        return {"organizer_id": await organizers.update_organizer(work, organizer_id, plugins=wanted)}

    return updated


@strawberry.type
class OrganizerMutations:
    @method(Mutates(_update), "Change an organizer.")
    def organizer_update(
        self, input: Annotated[OrganizerUpdateInput, argument("The changes.")]
    ) -> OrganizerUpdatePayload | None: ...
