"""Is the first answer right? A fast wrong answer is worth nothing: no figure is taken before this passed."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from benchmarks import fixture

EIGHT = ["id", "secret", "balance", "testmode", "active", "issuedAt", "expiresAt", "conditions"]
TEN = [
    "id",
    "secret",
    "issuance",
    "value",
    "currency",
    "testmode",
    "expires",
    "conditions",
    "owner_ticket",
    "issuer",
]


class Wrong(Exception):
    """The answer is not what was asked for."""


def page(answer: Any) -> None:
    nodes = gift_cards(answer)
    for node in nodes:
        card(node, EIGHT)


def page_with_transactions(answer: Any) -> None:
    for node in gift_cards(answer):
        card(node, [*EIGHT, "transactions"])
        rows = [edge["node"] for edge in node["transactions"]["edges"]]
        same("transactions of a card", len(rows), fixture.TRANSACTIONS_PER_CARD)
        booked = sum(Decimal(row["amount"]["amount"]) for row in rows)
        same("sum of the transactions", booked, Decimal(node["balance"]["amount"]))


def one_card(answer: Any) -> None:
    card(answer["data"]["giftCard"], EIGHT)


def pretix_page(answer: Any) -> None:
    same("count", answer["count"], fixture.CARD_COUNT)
    same("rows", len(answer["results"]), 50)
    same("next page", bool(answer["next"]), True)
    for row in answer["results"]:
        pretix_card(row)
        same("value", row["value"], fixture.decimal_text(of_secret(row["secret"]).balance))


def pretix_card(row: Any) -> None:
    same("fields", list(row), TEN)
    same("issuer", row["issuer"], fixture.ORGANIZER)
    of_secret(row["secret"])


def transacted(answer: Any) -> None:
    payload = answer["data"]["giftCardTransact"]
    same("user errors", payload["userErrors"], [])
    same("transaction", bool(payload["transaction"]["id"]), True)
    Decimal(payload["giftCard"]["balance"]["amount"])


def gift_cards(answer: Any) -> list[Any]:
    nodes = [edge["node"] for edge in answer["data"]["giftCards"]["edges"]]
    same("rows", len(nodes), 50)
    same("secrets", [node["secret"] for node in nodes], list(map(fixture.secret_of, range(50))))
    same("next page", answer["data"]["giftCards"]["pageInfo"]["hasNextPage"], True)
    return nodes


def card(node: Any, fields: list[str]) -> None:
    expected = of_secret(node["secret"])
    same("fields", sorted(node), sorted(fields))
    same("balance", Decimal(node["balance"]["amount"]) * 100, expected.balance)
    same("currency", node["balance"]["currency"], fixture.CURRENCY)
    same("switches", (node["testmode"], node["active"]), (False, True))
    same("issuedAt", moment(node["issuedAt"]), expected.issued_at)
    same("expiresAt", moment(node["expiresAt"]), expected.expires_at)
    same("conditions", node["conditions"], expected.conditions)


def moment(text: str | None) -> datetime | None:
    """Everyone writes times in a way of their own."""
    return None if text is None else datetime.fromisoformat(text)


def of_secret(secret: str) -> fixture.Card:
    found = fixture.card(int(secret.removeprefix("BENCH-")))
    same("secret", found.secret, secret)
    return found


def same(what: str, got: object, wanted: object) -> None:
    if got != wanted:
        raise Wrong(f"{what}: {got!r} instead of {wanted!r}")
