"""/organizers/{organizer}/giftcards/: gift cards as pretix shows them."""

from functools import partial
from typing import Any

from models.problems import NotFound, PermissionDenied
from models.unset import UNSET
from resolvers import gift_cards, orders
from resolvers.context import Work
from resolvers.gift_card_scopes import READ, WRITE
from rest.pretix import pages
from rest.pretix.answers import Answer
from rest.pretix.call import Body, Call
from rest.pretix.fields import Entry
from rest.pretix.gift_card_fields import CARD, CARDS, DESCRIBED, TRANSACT, TRANSACTION, UNDELETED
from rest.pretix.gift_card_views import ask, card_id, filters, is_accepted_included, of_card, of_path, shown
from rest.pretix.refusals import MethodNotAllowed, WrongFields
from rest.pretix.routing import Route
from rest.pretix.texts import text

# -- handlers --------------------------------------------------------------------------------------------------


async def list_cards(call: Call) -> Answer:
    where = filters(call)
    return await pages.answer(call, shown(call).many, lambda limit, offset: [ask(call, where, limit, offset)])


async def detail(call: Call) -> Answer:
    return call.json(_found(await call.read(shown(call).one, [ask(call, of_path(call))])))


async def create(call: Call) -> Answer:
    return await call.write(partial(_create, call, await call.body(CARD)))


async def update(call: Call) -> Answer:
    body = await call.body(CARD, partial=call.method == "PATCH")
    return await call.write(partial(_update, call, body))


async def delete(call: Call) -> Answer:
    return await call.write(partial(_delete, call))


async def transact(call: Call) -> Answer:
    return await call.write(partial(_transact, call, await call.body(TRANSACTION)))


# -- units of work: the verb, and its answer read right after it -----------------------------------------------


async def _create(call: Call, body: Body, work: Work) -> Answer:
    card = await _checked(call, body.read(), work)
    booked = await gift_cards.issue(
        work,
        call.organizer_id,
        amount=card["value"],
        currency=card["currency"],
        secret=card["secret"],
        testmode=card.get("testmode", False),
        expires_at=card.get("expires"),
        conditions=card.get("conditions"),
        owner_ticket=card.get("owner_ticket"),
    )
    return await _answer(call, work, booked.card_id, status=201)


async def _update(call: Call, body: Body, work: Work) -> Answer:
    await _find(call, work)
    card = await _checked(call, body.read(), work)
    if "secret" in card:
        # Checked like a new card's, and then left as it is; so are `currency` and `testmode`.
        await gift_cards.require_free(work, call.organizer_id, card["secret"], besides=card_id(call))
    if "include_accepted" in call.query:
        raise PermissionDenied("Accepted gift cards are not updated.", said="accepted_update")
    await gift_cards.update_card(
        work,
        call.organizer_id,
        card_id(call),
        balance=card.get("value", UNSET),
        expires_at=card.get("expires", UNSET),
        conditions=card.get("conditions", UNSET),
        owner_ticket=card.get("owner_ticket", UNSET),
    )
    return await _answer(call, work, card_id(call))


async def _delete(call: Call, work: Work) -> Answer:
    await _find(call, work)
    # pretix raises its "method not allowed" with this sentence in the place of the method.
    raise MethodNotAllowed("Gift cards cannot be deleted.")


async def _transact(call: Call, body: Body, work: Work) -> Answer:
    if body.refusal is not None or filters(call) is not None:
        await _find(call, work)
    booking = body.read().values
    await gift_cards.transact(
        work,
        call.organizer_id,
        card_id(call),
        booking["value"],
        text=booking["text"],
        info=booking["info"],
        accepted=is_accepted_included(call),
    )
    return await _answer(call, work, card_id(call))


async def _find(call: Call, work: Work) -> None:
    """Refuses a card that is not there before anything else is said of the request."""
    _found(await call.read_in(work, shown(call).one, [ask(call, of_path(call))]))


async def _answer(call: Call, work: Work, card: int, status: int = 200) -> Answer:
    return call.json(await call.read_in(work, shown(call).one, [ask(call, of_card(card))]), status)


async def _checked(call: Call, entry: Entry, work: Work) -> dict[str, Any]:
    """The values of a body, the ticket as its id. Refuses all that is wrong with them, at once."""
    values, errors = dict(entry.values), dict(entry.errors)
    reference = values.get("owner_ticket")
    if reference is not None:
        try:
            values["owner_ticket"] = await orders.ticket_id(work, call.organizer_id, reference)
        except NotFound:
            errors["owner_ticket"] = (text("no_such_key", key=reference),)
    if errors:
        raise WrongFields(errors)
    return values


def _found(card: Any) -> Any:
    if card is None:
        raise NotFound("gift_card")
    return card


_LIST = {"GET": list_cards, "POST": create}
_DETAIL = {"GET": detail, "PUT": update, "PATCH": update, "DELETE": delete}
_PATH = "organizers/{organizer}/giftcards"
ROUTES = (
    Route(
        _PATH,
        "giftcard-list",
        "Gift Card List",
        _LIST,
        READ,
        WRITE,
        fields=DESCRIBED,
        operations=CARDS.many(),
    ),
    Route(
        f"{_PATH}/{{card}}",
        "giftcard-detail",
        "Gift Card Instance",
        _DETAIL,
        READ,
        WRITE,
        fields=DESCRIBED,
        operations={**CARDS.each(), "DELETE": UNDELETED},
    ),
    Route(
        f"{_PATH}/{{card}}/transact",
        "giftcard-transact",
        "Transact",
        {"POST": transact},
        READ,
        WRITE,
        fields=DESCRIBED,
        operations={"POST": TRANSACT},
    ),
)
