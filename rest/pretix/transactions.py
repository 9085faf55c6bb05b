"""…/giftcards/{card}/transactions/: a gift card's ledger, oldest first. No filters, and those of cards do not apply."""

from typing import Any

from models.problems import NotFound
from resolvers.gift_card_scopes import READ, WRITE
from resolvers.reading.conditions import Compare
from resolvers.reading.selection import Ask, Item, Many, Nodes, One, Value
from rest.pretix import keys, pages
from rest.pretix.answers import Answer
from rest.pretix.call import Call
from rest.pretix.described import Noun
from rest.pretix.gift_card_fields import ACCEPTED
from rest.pretix.gift_card_views import ask, card_id, of_card
from rest.pretix.routing import Route
from rest.pretix.schemas import ID, MOMENT, MONEY, TEXT, described, nullable
from rest.reading import Selection

TRANSACTION: dict[str, Item] = {
    "id": Value(("id",)),
    "datetime": Value(("booked_at",)),
    "value": Value(("amount",)),
    "event": Value(("order", "event", "slug")),
    "order": Value(("order", "code")),
    "text": Value(("text",)),
    "info": Value(("info",)),
    "acceptor": Value(("acceptor", "slug")),
}
MANY = Selection(One("gift_card", {"page": Many("transactions", pages.listing(TRANSACTION), 1)}, 0))
ONE = Selection(One("gift_card", {"page": Many("transactions", {"results": Nodes(TRANSACTION)}, 1)}, 0))
TRANSACTIONS = Noun(
    "giftcardtransactions",
    "GiftCardTransaction",
    "a transaction",
    "a gift card's transactions, oldest first",
    {
        "id": ID,
        "datetime": described(MOMENT, "When it was booked."),
        "value": described(MONEY, "What it added to the balance; negative if it was spent."),
        "event": described(nullable(TEXT), "The slug of the order's event."),
        "order": described(nullable(TEXT), "The code of the order that was paid."),
        "text": nullable(TEXT),
        "info": {"description": "Whatever JSON it was booked with."},
        "acceptor": described(nullable(TEXT), "The organizer that booked it."),
    },
    filters=(ACCEPTED,),
    query=(ACCEPTED,),
)


async def list_transactions(call: Call) -> Answer:
    card = ask(call, of_card(card_id(call)))
    return await pages.answer(call, MANY, lambda limit, offset: [card, Ask(limit, offset=offset)], _of_card)


async def detail(call: Call) -> Answer:
    card = ask(call, of_card(card_id(call)))
    transaction = Compare("id", "eq", keys.integer(call.arguments["transaction"], "gift_card_transaction"))
    return call.json(_first(_of_card(await call.read(ONE, [card, Ask(1, transaction)]))))


def _of_card(found: Any) -> Any:
    if found is None:
        raise NotFound("gift_card")
    return found["page"]


def _first(page: Any) -> Any:
    if not page["results"]:
        raise NotFound("gift_card_transaction")
    return page["results"][0]


_PATH = "organizers/{organizer}/giftcards/{card}/transactions"
ROUTES = (
    Route(
        _PATH,
        "giftcardtransaction-list",
        "Gift Card Transaction List",
        {"GET": list_transactions},
        READ,
        WRITE,
        operations=TRANSACTIONS.many(),
    ),
    Route(
        f"{_PATH}/{{transaction}}",
        "giftcardtransaction-detail",
        "Gift Card Transaction Instance",
        {"GET": detail},
        READ,
        WRITE,
        operations=TRANSACTIONS.each(),
    ),
)
