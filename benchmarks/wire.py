"""Requests as the bytes that are sent (as str, latin-1), the same for foyer and for its peers."""

import json
from typing import Any, Protocol

from benchmarks.fixture import ORGANIZER

GIFT_CARDS = f"/api/v1/organizers/{ORGANIZER}/giftcards/"

EIGHT_FIELDS = "id secret balance { amount currency } testmode active issuedAt expiresAt conditions"
TRANSACTIONS = "transactions(first: 5) { edges { node { id amount { amount currency } bookedAt text } } }"

LIST = f"""query GiftCards {{
  giftCards(first: 50) {{
    edges {{ node {{ {EIGHT_FIELDS} }} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}"""

NESTED = f"""query GiftCardsWithTransactions {{
  giftCards(first: 50) {{
    edges {{ node {{ {EIGHT_FIELDS} {TRANSACTIONS} }} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}"""

BY_ID = f"""query GiftCard($id: ID!) {{
  giftCard(id: $id) {{ {EIGHT_FIELDS} }}
}}"""

TRANSACT = """mutation Transact($input: GiftCardTransactInput!) {
  giftCardTransact(input: $input) {
    giftCard { id balance { amount currency } }
    transaction { id }
    userErrors { code field message }
  }
}"""

CARD_IDS = """query GiftCardIds($after: String) {
  giftCards(first: 50, after: $after) { edges { node { id } } pageInfo { endCursor } }
}"""


class Addressee(Protocol):
    port: int

    @property
    def authorization(self) -> str: ...


def graphql(to: Addressee, document: str, variables: dict[str, Any] | None = None) -> str:
    body = {"query": document, **({"variables": variables} if variables else {})}
    return post(to, "/graphql", body)


def get(to: Addressee, path: str) -> str:
    return f"GET {path} HTTP/1.1\r\n{headers(to)}\r\n"


def post(to: Addressee, path: str, body: Any) -> str:
    content = json.dumps(body)  # ASCII, so its length is its length in bytes
    typed = f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return f"POST {path} HTTP/1.1\r\n{headers(to)}{typed}\r\n{content}"


def headers(to: Addressee) -> str:
    return f"Host: 127.0.0.1:{to.port}\r\nAuthorization: {to.authorization}\r\nAccept: application/json\r\n"
