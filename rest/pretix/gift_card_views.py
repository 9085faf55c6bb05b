"""How gift cards are asked for and shown in this dialect: fields, filters, reach, `expand`."""

from dataclasses import dataclass

from resolvers import orders
from resolvers.reading.conditions import All, Compare, Condition, Is
from resolvers.reading.selection import Ask, Group, Item, Many, One, Value
from rest.pretix import keys, money, pages
from rest.pretix.call import Call
from rest.pretix.fields import Wrong
from rest.pretix.filters import flag
from rest.pretix.refusals import WrongFields
from rest.reading import Selection


@dataclass(frozen=True, slots=True)
class Shown:
    """A way to show gift cards: many of them, and one."""

    many: Selection
    one: Selection


def _shown(owner_ticket: Item) -> Shown:
    items: dict[str, Item] = {
        "id": Value(("id",)),
        "secret": Value(("secret",)),
        "issuance": Value(("issued_at",)),
        "value": Value(("balance",)),
        "currency": Value(("currency",)),
        "testmode": Value(("testmode",)),
        "expires": Value(("expires_at",)),
        "conditions": Value(("conditions",)),
        "owner_ticket": owner_ticket,
        "issuer": Value(("issuer", "slug")),
    }
    many = Many("gift_card", pages.listing(items), 0)
    return Shown(Selection(many), Selection(One("gift_card", items, 0)))


def _with_id(ticket_id: int | None) -> dict[str, int] | None:
    return None if ticket_id is None else {"id": ticket_id}


_order = Group({"code": Value(("code",)), "event": Value(("event", "slug"))}, ("order",))
PLAIN = _shown(Value(("owner_ticket_id",)))
# `expand=owner_ticket`: what there is of the ticket, or its id alone for whoever may not read orders.
EXPANDED = _shown(Group({"id": Value(("id",)), "order": _order, "secret": Value(("secret",))}, ("owner_ticket",)))
EXPANDED_ID = _shown(Value(("owner_ticket_id",), convert=_with_id))


def shown(call: Call) -> Shown:
    if ("expand", "owner_ticket") not in call.parameters:
        return PLAIN
    # The ticket may be one of an event that the asker does not reach.
    may_read = call.principal.may(orders.READ) and call.principal.all_events
    return EXPANDED if may_read else EXPANDED_ID


def is_accepted_included(call: Call) -> bool:
    """Whether cards of issuers whose cards are accepted count, too: by this very text and no other."""
    return call.query.get("include_accepted") == "true"


def ask(call: Call, where: Condition | None, limit: int = 1, offset: int = 0) -> Ask:
    reach = "accepted" if is_accepted_included(call) else "own"
    return Ask(limit, where, offset=offset, reach=reach, organizer_id=call.organizer_id)


def card_id(call: Call) -> int:
    return keys.integer(call.arguments["card"], "gift_card")


def of_card(card: int) -> Condition:
    return Compare("id", "eq", card)


def of_path(call: Call) -> Condition:
    """The card in the path. pretix's filters narrow it down even there."""
    narrowed, this = filters(call), of_card(card_id(call))
    return this if narrowed is None else All((this, narrowed))


def filters(call: Call) -> Condition | None:
    """The filters in the query; an empty one is none. Refuses a `value` that is no number."""
    query, found = call.query, list[Condition]()
    if not query:
        return None
    if secret := query.get("secret", "").strip():
        found.append(Compare("secret", "same_text", secret))
    for name in ("testmode", "expired"):
        wanted = flag(query, name)
        if wanted is not None:
            found.append(Compare(name, "eq", wanted) if name == "testmode" else Is(name, wanted))
    if value := query.get("value"):
        found.append(_of_value(value))
    return All(tuple(found)) if found else None


def _of_value(written: str) -> Condition:
    try:
        wanted = money.same_amount(written)
    except Wrong as wrong:
        raise WrongFields({"value": wrong.texts}) from None
    return Compare("balance", "eq", -1 if wanted is None else wanted)
