"""What can be done with customers: inputs, payloads, and the verb behind each mutation."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import strawberry

from gql import ids
from gql.customers import Customer, customer_of
from gql.errors import UserError
from gql.filters import optional
from gql.payloads import ERRORS, KEY, ORGANIZER, Verb, written
from gql.reads import Args, Errors, Given, Mutates, argument, by, method
from gql.run import Run
from gql.scalars import Day, Json
from resolvers import customers
from resolvers.context import Work
from resolvers.customers import CustomerGiven

CUSTOMER = written("customer", "customer_id")
CUSTOMER_ID = "The customer's global id."
global_id = ids.encoder("Customer")
# What is forgotten if it is null; metadata is emptied key by key.
NULLABLE = ("name", "email", "phone", "description", "birthdate", "address")


@strawberry.type(description="The outcome of `customerCreate`.")
class CustomerCreatePayload:
    customer: Customer | None = by(CUSTOMER, "The customer, who is new or was known.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `customerUpdate`.")
class CustomerUpdatePayload:
    customer: Customer | None = by(CUSTOMER, "The customer as they are known now.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.type(description="The outcome of `customerDelete`.")
class CustomerDeletePayload:
    deleted_id: strawberry.ID | None = by(Given("deleted_id"), "The global id that the customer had.")
    user_errors: list[UserError] = by(Errors(), ERRORS)


@strawberry.input(
    description="A customer. One who is known by the `sourceId` or the `token` is the same one, and what is told anew "
    "is written."
)
class CustomerCreateInput:
    source_id: str | None = optional("Your own name for them: it stays.")
    token: str | None = optional("Or their id in the Voucherify door: `cust_…`. It must be known.")
    name: str | None = optional("Their name.")
    email: str | None = optional("Their address for mail.")
    phone: str | None = optional("Their telephone number.")
    description: str | None = optional("A note.")
    birthdate: Day | None = optional("The day they were born.")
    address: Json | None = optional("Where they live: an object, merged with what is there.")
    metadata: Json | None = optional("What your program keeps with them: an object, merged with what is there.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(description="What to change of a customer. What is left out stays as it is; who it is does, too.")
class CustomerUpdateInput:
    id: strawberry.ID = strawberry.field(description=CUSTOMER_ID)
    name: str | None = optional("Their name; null for none.")
    email: str | None = optional("Their address for mail; null for none.")
    phone: str | None = optional("Their telephone number; null for none.")
    description: str | None = optional("A note; null for none.")
    birthdate: Day | None = optional("The day they were born; null for none.")
    address: Json | None = optional("Where they live: an object, merged with what is there; null for none.")
    metadata: Json | None = optional("What your program keeps with them: an object, merged with what is there.")
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


@strawberry.input(
    description="A customer to be forgotten. Vouchers lose their holder and redemptions who it was; publications go."
)
class CustomerDeleteInput:
    id: strawberry.ID = strawberry.field(description=CUSTOMER_ID)
    organizer: str | None = optional(ORGANIZER)
    idempotency_key: str | None = optional(KEY)


def _create(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    told = _told(given)

    async def created(work: Work) -> Mapping[str, Any]:
        return {"organizer_id": organizer_id, "customer_id": await customers.create(work, organizer_id, told)}

    return created


def _update(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    customer_id = ids.key_of(given["id"], "Customer")
    forgotten = tuple(name for name in NULLABLE if name in given and given[name] is None)
    changed = partial(customers.update, given=_told(given), forgotten=forgotten)

    async def updated(work: Work) -> Mapping[str, Any]:
        return {"organizer_id": organizer_id, "customer_id": await changed(work, organizer_id, customer_id)}

    return updated


def _delete(given: Args, run: Run) -> Verb:
    organizer_id = run.context.principal.organizer_id(given.get("organizer"))
    customer_id = ids.key_of(given["id"], "Customer")

    async def gone(work: Work) -> Mapping[str, Any]:
        deleted = await customers.delete(work, organizer_id, customer_id)
        return {"organizer_id": organizer_id, "deleted_id": global_id(deleted)}

    return gone


def _told(given: Args) -> CustomerGiven:
    return customer_of(given, within="") or CustomerGiven()


@strawberry.type
class CustomerMutations:
    @method(Mutates(_create), "Tell of a customer, who is made unless they are known.")
    def customer_create(
        self, input: Annotated[CustomerCreateInput, argument("The customer.")]
    ) -> CustomerCreatePayload | None: ...

    @method(Mutates(_update), "Change what is known of a customer.")
    def customer_update(
        self, input: Annotated[CustomerUpdateInput, argument("The changes.")]
    ) -> CustomerUpdatePayload | None: ...

    @method(Mutates(_delete), "Forget a customer.")
    def customer_delete(
        self, input: Annotated[CustomerDeleteInput, argument("The customer.")]
    ) -> CustomerDeletePayload | None: ...
