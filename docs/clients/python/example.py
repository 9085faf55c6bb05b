"""A typed client of foyer in one file: pages, a payment that is made once, and a stream of events.

pip install httpx2
FOYER_TOKEN=… python example.py
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict, cast
from uuid import uuid4

import httpx2

TRIES = 4
BUSY = (429, 503)

CARDS = """
query Cards($after: String) {
  giftCards(first: 5, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id secret balance { amount currency } }
  }
}
"""
TRANSACT = """
mutation Transact($input: GiftCardTransactInput!) {
  giftCardTransact(input: $input) {
    giftCard { id secret balance { amount currency } }
    userErrors { code field message }
  }
}
"""
CREATE_CAMPAIGN = """
mutation CreateCampaign($input: VoucherCampaignCreateInput!) {
  voucherCampaignCreate(input: $input) {
    action { id status progress }
    userErrors { code field message }
  }
}
"""
PROGRESS = "subscription Progress($id: ID!) { actionProgress(id: $id) { action { id status progress } } }"


class Money(TypedDict):
    amount: str
    currency: str


class Card(TypedDict):
    id: str
    secret: str
    balance: Money


class Action(TypedDict):
    id: str
    status: str
    progress: int


class UserError(TypedDict):
    code: str
    field: list[str] | None
    message: str


class Refused(Exception):
    """Nothing was done, and `errors` say why."""

    def __init__(self, errors: list[UserError]) -> None:
        super().__init__(" ".join(error["message"] for error in errors))
        self.errors = errors


class Foyer:
    def __init__(self, http: httpx2.Client) -> None:
        self._http = http

    def cards(self) -> Iterator[Card]:
        """All of them, a page at a time."""
        after: str | None = None
        while True:
            page = self._ask(CARDS, {"after": after})["giftCards"]
            yield from cast(list[Card], page["nodes"])
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def pay(self, card_id: str, amount: str, key: str) -> Card:
        """The card as it is then. With the same `key` it is paid once, however often this is called."""
        given = {"id": card_id, "amount": f"-{amount}", "idempotencyKey": key}
        return cast(Card, self._change(TRANSACT, given)["giftCard"])

    def generate(self, name: str, count: int) -> Iterator[Action]:
        """How far the making of that many vouchers is, until it is over."""
        benefit = {"discount": {"type": "PERCENT", "percentOff": 10}}
        given = {"name": name, "benefit": benefit, "vouchersCount": count, "idempotencyKey": str(uuid4())}
        action = self._change(CREATE_CAMPAIGN, given)["action"]
        for event in self._follow(PROGRESS, {"id": action["id"]}):
            yield cast(Action, event["actionProgress"]["action"])

    def _change(self, mutation: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        (payload,) = self._ask(mutation, {"input": given}).values()
        if payload["userErrors"]:
            raise Refused(payload["userErrors"])
        return cast(Mapping[str, Any], payload)

    def _ask(self, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """The data. While the server is busy it is asked again, so a mutation needs its `idempotencyKey`."""
        body, tries = {"query": query, "variables": variables}, 1
        while (response := self._http.post("/graphql", json=body)).status_code in BUSY and tries < TRIES:
            time.sleep(float(response.headers.get("Retry-After", "1")))
            tries += 1
        return _data(response.json())

    def _follow(self, subscription: str, variables: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The events as they happen (server-sent events); it ends when there is nothing more to tell."""
        body = {"query": subscription, "variables": variables}
        headers = {"Accept": "text/event-stream"}
        with self._http.stream("POST", "/graphql", json=body, headers=headers, timeout=60) as response:
            if response.status_code != 200:
                response.read()
                _data(response.json())
            event = ""
            for line in response.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                elif name == "data" and event == "next":
                    yield _data(json.loads(value))


def _data(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    if answer.get("errors"):
        raise RuntimeError(" ".join(error["message"] for error in answer["errors"]))
    return cast(Mapping[str, Any], answer["data"])


def main() -> None:
    address = os.environ.get("FOYER_URL", "http://127.0.0.1:8000")
    headers = {"Authorization": f"Bearer {os.environ['FOYER_TOKEN']}"}
    with httpx2.Client(base_url=address, headers=headers) as http:
        show(Foyer(http))


def show(foyer: Foyer) -> None:
    for card in foyer.cards():
        print(f"{card['secret']}: {card['balance']['amount']} {card['balance']['currency']}")
    card = next(card for card in foyer.cards() if float(card["balance"]["amount"]) >= 5)
    key = str(uuid4())
    for _ in range(2):
        paid = foyer.pay(card["id"], "5.00", key)
        print(f"Paid 5.00: {paid['balance']['amount']} {paid['balance']['currency']} are left")
    try:
        foyer.pay(card["id"], "9999.00", str(uuid4()))
    except Refused as refused:
        print(f"Refused: {refused.errors[0]['code']}")
    for action in foyer.generate(f"Example {key[:8]}", 2000):
        print(f"{action['progress']} % of the vouchers are made ({action['status']})")


if __name__ == "__main__":
    main()
