"""Requests as the bytes that are sent (as str, latin-1), the same for foyer and for its peers."""

import json
from typing import Any, Protocol

from websockets.typing import Subprotocol

from benchmarks.fixture import ORGANIZER, TOKEN_NAME
from benchmarks.vouchers import APP_ID, APP_TOKEN

ORGANIZERS = "/api/v1/organizers/"
GIFT_CARDS = f"{ORGANIZERS}{ORGANIZER}/giftcards/"

EIGHT_FIELDS = "id secret balance { amount currency } testmode active issuedAt expiresAt conditions"
TRANSACTIONS = "transactions(first: 5) { edges { node { id amount { amount currency } bookedAt text } } }"


def gift_cards(fields: str, *, field: str = "giftCards") -> str:
    """A page of 50."""
    return f"""query GiftCards {{
  {field}(first: 50) {{
    edges {{ node {{ {fields} }} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}"""


def gift_card(fields: str) -> str:
    return f"""query GiftCard($id: ID!) {{
  giftCard(id: $id) {{ {fields} }}
}}"""


# By scenario. A contender with another schema has documents of its own.
DOCUMENTS = {
    "list": gift_cards(EIGHT_FIELDS),
    "nested": gift_cards(f"{EIGHT_FIELDS} {TRANSACTIONS}"),
    "by-id": gift_card(EIGHT_FIELDS),
}

PROTOCOL = Subprotocol("graphql-transport-ws")

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
    @property
    def port(self) -> int: ...

    def authorization_of(self, token: str) -> str: ...


def graphql(to: Addressee, document: str, variables: dict[str, Any] | None = None) -> str:
    body = {"query": document, **({"variables": variables} if variables else {})}
    return post(to, "/graphql", body)


def get(to: Addressee, path: str, *, token: str = TOKEN_NAME) -> str:
    return f"GET {path} HTTP/1.1\r\n{headers(to, token)}\r\n"


def visit(to: Addressee, path: str) -> str:
    """As somebody's browser, who has not been here before."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{to.port}\r\nAccept: text/html\r\n\r\n"


def post(to: Addressee, path: str, body: Any) -> str:
    return f"POST {path} HTTP/1.1\r\n{headers(to)}{written(body)}"


def app_get(to: Addressee, path: str) -> str:
    """As a program with a pair of Voucherify's keys."""
    return f"GET {path} HTTP/1.1\r\n{app_headers(to)}\r\n"


def app_post(to: Addressee, path: str, body: Any = None) -> str:
    return f"POST {path} HTTP/1.1\r\n{app_headers(to)}{written(body)}"


def written(body: Any) -> str:
    """The end of the head, and the body."""
    content = json.dumps(body)  # ASCII, so its length is its length in bytes
    return f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n{content}"


def headers(to: Addressee, token: str = TOKEN_NAME) -> str:
    authorization = to.authorization_of(token)
    return f"Host: 127.0.0.1:{to.port}\r\nAuthorization: {authorization}\r\nAccept: application/json\r\n"


def app_headers(to: Addressee) -> str:
    keys = f"X-App-Id: {APP_ID}\r\nX-App-Token: {APP_TOKEN}\r\n"
    return f"Host: 127.0.0.1:{to.port}\r\n{keys}Accept: application/json\r\n"
