"""One interface over the doors, so that a behaviour is tested once and through each of them.

Amounts are decimal texts, cards are the database's ids. What a door refuses is raised as `Refused` with the code of
the problem, whatever the door's own words for it are; an answer that is a bug of ours (a masked error, a 500) is none.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import httpx2
import pytest

from gql import ids
from server.app import Foyer
from server.settings import Settings
from tests.world import World


class Refused(Exception):
    """A door said no."""

    def __init__(self, code: str, response: httpx2.Response) -> None:
        super().__init__(f"{code}: {response.status_code} {response.text}")
        self.code, self.response = code, response


@contextmanager
def refused(*codes: str) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """The block is refused with one of these codes; the response is in `.value` afterwards."""
    with pytest.raises(Refused) as caught:
        yield caught
    assert caught.value.code in codes, str(caught.value)


async def outcomes(acts: Iterable[Awaitable[object]]) -> Counter[str]:
    """How often it went well, and how often each refusal was given."""
    found: Counter[str] = Counter()
    for outcome in await asyncio.gather(*acts, return_exceptions=True):
        if isinstance(outcome, BaseException) and not isinstance(outcome, Refused):
            raise outcome
        found[outcome.code if isinstance(outcome, Refused) else "done"] += 1
    return found


@dataclass(frozen=True, slots=True)
class Booked:
    """What a booking was answered with: the new balance, and all the door said, for comparing."""

    balance: str | None
    answer: Any


@dataclass(frozen=True, slots=True)
class Booking:
    """A row of the ledger, as far as every door shows it."""

    id: int
    amount: str
    text: str | None
    acceptor: str


@dataclass(frozen=True, slots=True)
class Door(ABC):
    """`token` names one of the world's tokens, `of` the organizer on whose behalf; with `accepted`, a card may be
    another issuer's whose cards that organizer accepts."""

    world: World
    name: ClassVar[str]

    def on(self, world: World) -> Self:
        """The same door of another server."""
        return replace(self, world=world)

    @abstractmethod
    async def issue(
        self, amount: Any = "0.00", *, secret: str | None = None, key: str | None = None, **options: Any
    ) -> int: ...

    @abstractmethod
    async def transact(self, card: int, amount: Any, *, text: str | None = None, **options: Any) -> Booked: ...

    @abstractmethod
    async def update(self, card: int, changes: Mapping[str, Any], **options: Any) -> str:
        """Change `balance`, `conditions`, or both at once; the balance afterwards."""

    @abstractmethod
    async def conditions(self, card: int, **options: Any) -> str | None: ...

    @abstractmethod
    async def balance(self, card: int, **options: Any) -> str: ...

    @abstractmethod
    async def transactions(self, card: int, **options: Any) -> list[Booking]: ...

    async def set_balance(self, card: int, balance: Any, **options: Any) -> str:
        return await self.update(card, {"balance": balance}, **options)

    async def amounts(self, card: int, **options: Any) -> list[str]:
        return [booking.amount for booking in await self.transactions(card, **options)]


# -- GraphQL -----------------------------------------------------------------------------------------------------------

_CARD = "giftCard { id balance { amount } }"
_TRANSACTION = "transaction { id number amount { amount } balanceAfter { amount } text }"
_ERRORS = "userErrors { code field message }"
_BOOKING = "id amount { amount } text acceptorSlug"
_FOUND = "giftCard(id: $id, organizer: $organizer, includeAccepted: $accepted)"
_ASKED = "query ($id: ID!, $organizer: String!, $accepted: Boolean!)"
_PAGE = 100

encode = ids.encoder("GiftCard")


class GraphQLDoor(Door):
    name = "graphql"

    async def issue(
        self, amount: Any = "0.00", *, secret: str | None = None, key: str | None = None, **options: Any
    ) -> int:
        given: dict[str, Any] = {"amount": amount, "currency": options.pop("currency", "EUR"), "secret": secret}
        for name in ("testmode", "conditions"):
            if name in options:
                given[name] = options.pop(name)
        payload = await self._mutate("giftCardIssue", given, key=key, selection=_CARD, **options)
        return key_of(payload["giftCard"]["id"])

    async def transact(
        self, card: int, amount: Any, *, text: str | None = None, blind: bool = False, **options: Any
    ) -> Booked:
        """With `blind`, nothing of the outcome is asked for: all that a token may do that cannot read."""
        given = {"id": encode(card), "amount": amount, "text": text, "info": options.pop("info", None)}
        selection = "" if blind else f"{_CARD} {_TRANSACTION}"
        payload = await self._mutate("giftCardTransact", given, selection=selection, **options)
        return Booked(None if blind else payload["giftCard"]["balance"]["amount"], payload)

    async def update(self, card: int, changes: Mapping[str, Any], **options: Any) -> str:
        payload = await self._mutate("giftCardUpdate", {"id": encode(card), **changes}, selection=_CARD, **options)
        return str(payload["giftCard"]["balance"]["amount"])

    async def enable(self, card: int, **options: Any) -> bool:
        return await self._switch("giftCardEnable", card, **options)

    async def disable(self, card: int, **options: Any) -> bool:
        return await self._switch("giftCardDisable", card, **options)

    async def _switch(self, name: str, card: int, **options: Any) -> bool:
        """Whether the card is on now."""
        payload = await self._mutate(name, {"id": encode(card)}, selection="giftCard { active }", **options)
        return bool(payload["giftCard"]["active"])

    async def conditions(self, card: int, **options: Any) -> str | None:
        found: str | None = (await self._card(card, "conditions", **options))["conditions"]
        return found

    async def balance(self, card: int, **options: Any) -> str:
        return str((await self._card(card, "balance { amount }", **options))["balance"]["amount"])

    async def transactions(self, card: int, **options: Any) -> list[Booking]:
        found: list[Booking] = []
        after = "null"
        while True:
            page = f"transactions(first: {_PAGE}, after: {after})"
            selection = f"{page} {{ nodes {{ {_BOOKING} }} pageInfo {{ hasNextPage endCursor }} }}"
            shown = (await self._card(card, selection, **options))["transactions"]
            found += [
                Booking(key_of(node["id"]), node["amount"]["amount"], node["text"], node["acceptorSlug"])
                for node in shown["nodes"]
            ]
            if not shown["pageInfo"]["hasNextPage"]:
                return found
            after = f'"{shown["pageInfo"]["endCursor"]}"'

    async def _card(
        self, card: int, selection: str, *, token: str | None = "acme", of: str = "acme", accepted: bool = False
    ) -> Any:
        variables = {"id": encode(card), "organizer": of, "accepted": accepted}
        response = await self.world.graphql(f"{_ASKED} {{ {_FOUND} {{ {selection} }} }}", variables, token=token)
        found = _data(response)["giftCard"]
        if found is None:
            raise Refused("not_found", response)
        return found

    async def _mutate(
        self,
        name: str,
        given: Mapping[str, Any],
        *,
        selection: str,
        token: str | None = "acme",
        of: str = "acme",
        key: str | None = None,
        accepted: bool = False,
    ) -> Any:
        # Mutations have no word for accepted cards: a booking reaches them, and nothing else does.
        input_type = name[0].upper() + name[1:] + "Input"
        document = f"mutation ($input: {input_type}!) {{ {name}(input: $input) {{ {selection} {_ERRORS} }} }}"
        full = {**given, "organizer": of, "idempotencyKey": key}
        response = await self.world.graphql(document, {"input": full}, token=token)
        payload = _data(response)[name]
        for error in payload["userErrors"]:
            raise Refused(error["code"].lower(), response)
        return payload


def _data(response: httpx2.Response) -> Any:
    answer = response.json()
    for error in answer.get("errors", ()):
        code = error["extensions"]["code"].lower()
        assert code != "internal", response.text
        # What a scalar or JSON cannot be is said before any verb is asked.
        raise Refused("invalid" if code in ("bad_variables", "bad_request") else code, response)
    assert response.status_code == 200, response.text
    return answer["data"]


def key_of(global_id: str) -> int:
    found = ids.decode(global_id)
    assert found is not None
    return found[1]


# -- pretix ------------------------------------------------------------------------------------------------------------

# What a client of pretix can tell refusals by: the status, and if that is not enough, the text.
_BY_STATUS = {401: "unauthenticated", 403: "permission_denied", 404: "not_found", 503: "unavailable"}
_BY_TEXT = {
    "does not have sufficient credit": "insufficient_funds",
    "This gift card is disabled": "disabled",
    "A gift card with the same secret already exists": "taken",
    "cannot be more than 99999999999.99": "amount_too_large",
    "Concurrent request with idempotency key": "in_progress",
    "A sales channel with the same identifier already exists": "taken",
    "Can only be deleted if unused": "in_use",
    "This slug has already been used for a different event": "taken",
    "The event can not be deleted": "in_use",
}


class PretixDoor(Door):
    name = "pretix"

    async def issue(
        self, amount: Any = "0.00", *, secret: str | None = None, key: str | None = None, **options: Any
    ) -> int:
        sent = {"value": amount, "currency": options.pop("currency", "EUR"), "secret": secret or self._made_up()}
        for name in ("testmode", "conditions"):
            if name in options:
                sent[name] = options.pop(name)
        card = await self._ask("POST", "giftcards/", json=sent, key=key, **options)
        return int(card["id"])

    async def transact(self, card: int, amount: Any, *, text: str | None = None, **options: Any) -> Booked:
        options.pop("blind", None)  # a token that may write is shown what it wrote here
        sent = {"value": amount, **({} if text is None else {"text": text})}
        if "info" in options:
            sent["info"] = options.pop("info")
        shown = await self._ask("POST", f"giftcards/{card}/transact/", json=sent, **options)
        return Booked(shown["value"], shown)

    async def update(self, card: int, changes: Mapping[str, Any], **options: Any) -> str:
        sent = {("value" if name == "balance" else name): value for name, value in changes.items()}
        return str((await self._ask("PATCH", f"giftcards/{card}/", json=sent, **options))["value"])

    async def conditions(self, card: int, **options: Any) -> str | None:
        found: str | None = (await self._ask("GET", f"giftcards/{card}/", **options))["conditions"]
        return found

    async def balance(self, card: int, **options: Any) -> str:
        return str((await self._ask("GET", f"giftcards/{card}/", **options))["value"])

    async def transactions(self, card: int, **options: Any) -> list[Booking]:
        found: list[Booking] = []
        number = 1
        while True:
            params = {"page": str(number)}
            page = await self._ask("GET", f"giftcards/{card}/transactions/", params=params, **options)
            found += [Booking(row["id"], row["value"], row["text"], row["acceptor"]) for row in page["results"]]
            if page["next"] is None:
                return found
            number += 1

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        token: str = "acme",
        of: str = "acme",
        key: str | None = None,
        accepted: bool = False,
        params: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Any:
        params = {**(params or {}), **({"include_accepted": "true"} if accepted else {})}
        headers = {} if key is None else {"X-Idempotency-Key": key}
        response = await self.world.pretix(method, path, token=token, of=of, params=params, headers=headers, **options)
        if response.status_code not in (200, 201, 204):
            raise Refused(_code(response), response)
        return None if response.status_code == 204 else response.json()

    def _made_up(self) -> str:
        # pretix never makes a secret up.
        return f"MADE-UP-{self.world.clock():%H%M%S%f}"


def _code(response: httpx2.Response) -> str:
    assert response.status_code != 500, response.text
    for text, code in _BY_TEXT.items():
        if text in response.text:
            return code
    return _BY_STATUS.get(response.status_code, "invalid")


DOORS: Mapping[str, type[Door]] = {"graphql": GraphQLDoor, "pretix": PretixDoor}


# -- more servers ------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def beside(world: World, url: str, **settings: Any) -> AsyncIterator[World]:
    """A second server on the same database, as another process would be: it shares nothing else with the first."""
    app = Foyer(Settings(database_url=url, **{"token_cache_seconds": 0, **settings}), world.clock)
    async with (
        app.lifespan(),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://foyer.test") as client,
    ):
        yield replace(world, app=app, client=client)
