"""Loading a start state: what exists is left alone, so loading twice changes nothing.

Rows go through the database's writer in slices, each a unit of work of its own; a card and its transactions
are always in one. Nothing is announced as a change: it did not happen here and now.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Any, TypeAlias

from sqlalchemy import Dialect, select
from sqlalchemy.sql.base import Executable

from models.database import Database, Tx
from models.event import event, event_sales_channel
from models.gift_card import gift_card, gift_card_acceptance, gift_card_transaction
from models.order import order, ticket
from models.organizer import organizer
from models.problems import Taken
from models.sales_channel import WEB_LABEL, sales_channel
from models.token import Kind, Status, digest_of, token, token_event, token_organizer
from models.tracking_campaign import tracking_campaign
from resolvers.reading.conditions import any_of
from resolvers.slices import Slice, sliced
from resolvers.start_state import AppKeys, DeviceToken, Document, Event, GiftCard, OAuthToken, TeamToken, Token
from resolvers.tokens import PREFIX_LENGTH

# Called with the number of the document's rows that are done since the last call.
Progress: TypeAlias = Callable[[int], None]
_Row: TypeAlias = dict[str, Any]
_Ids: TypeAlias = dict[tuple[Any, ...], int]

DEVICE_SCOPES = ("organizer.giftcards:read", "organizer.giftcards:write")
ALL_SCOPES = ("event.*", "organizer.*")
CARDS_PER_SLICE = 200


@dataclass(slots=True)
class Loaded:
    """What became of a document: how many rows of each table are new and were there, and the ids of some."""

    created: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    # By secret; of two cards with one secret the first.
    gift_card_ids: dict[str, int] = field(default_factory=dict)
    ticket_ids: dict[str, int] = field(default_factory=dict)


async def load(
    database: Database, document: Document, *, now: datetime, progress: Progress = lambda rows: None
) -> Loaded:
    """Write what the database lacks of the document."""
    loading = _Loading(database, document, now, progress)
    await loading.organizers()
    await loading.sales_channels()
    await loading.events()
    await loading.orders()
    await loading.campaigns()
    await loading.acceptances()
    await loading.gift_cards()
    await loading.tokens()
    return loading.loaded


@dataclass(slots=True)
class _Loading:
    database: Database
    document: Document
    now: datetime
    progress: Progress
    loaded: Loaded = field(default_factory=Loaded)
    organizer_ids: dict[str, int] = field(default_factory=dict)
    event_ids: _Ids = field(default_factory=dict)
    channel_ids: _Ids = field(default_factory=dict)
    # By event and code, for the transactions that paid an order.
    order_ids: _Ids = field(default_factory=dict)

    async def organizers(self) -> None:
        rows = [each.model_dump() | {"created_at": self.now} for each in self.document.organizers]
        for part in sliced(rows):
            ids = await self._ensure(ORGANIZERS, part)
            self.organizer_ids |= {slug: found for (slug,), found in ids.items()}

    async def events(self) -> None:
        """Each with the sales channels it is limited to."""
        for part in sliced(self.document.events):
            rows = [self._event(each) for each in part]

            async def unit(
                tx: Tx, part: Sequence[Event] = part, rows: list[_Row] = rows
            ) -> tuple[_Ids, set[tuple[Any, ...]]]:
                ids, added = await EVENTS.ensure(tx, rows)
                limits = [
                    {"organizer_id": key[0], "event_id": ids[key], "sales_channel_id": self.channel_ids[key[0], name]}
                    for each in part
                    if (key := (self.organizer_ids[each.organizer], each.slug)) in added
                    for name in each.limit_sales_channels
                ]
                for some in sliced(limits):
                    await EVENT_CHANNELS.insert(tx, some)
                return ids, added

            ids, added = await self.database.write(unit)
            self._count(EVENTS, len(added), len(rows))
            self.progress(len(rows))
            self.event_ids |= ids

    async def sales_channels(self) -> None:
        """Those of the document, and for every organizer the one that is built in."""
        web = {"identifier": "web", "type": "web", "label": WEB_LABEL, "position": 0, "created_at": self.now}
        rows: list[_Row] = [{**web, "organizer_id": found} for found in self.organizer_ids.values()]
        for each in self.document.sales_channels:
            organizer_id = self.organizer_ids[each.organizer]
            rows.append(
                {
                    **each.model_dump(exclude={"organizer"}),
                    "organizer_id": organizer_id,
                    "created_at": self.now,
                }
            )
        for part in sliced(rows):
            self.channel_ids |= await self._ensure(CHANNELS, part)

    async def orders(self) -> None:
        rows: list[_Row] = []
        tickets: list[_Row] = []
        for each in self.document.orders:
            organizer_id = self.organizer_ids[each.organizer]
            event_id = self.event_ids[organizer_id, each.event]
            rows.append(
                {
                    "organizer_id": organizer_id,
                    "event_id": event_id,
                    "sales_channel_id": self.channel_ids[organizer_id, each.sales_channel],
                    "code": each.code,
                    "created_at": self.now,
                }
            )
        for part in sliced(rows):
            self.order_ids |= await self._ensure(ORDERS, part)
        for each, row in zip(self.document.orders, rows, strict=True):
            if each.position_secret is not None:
                order_id = self.order_ids[row["organizer_id"], row["event_id"], row["code"]]
                secret = each.position_secret
                tickets.append({"organizer_id": row["organizer_id"], "order_id": order_id, "secret": secret})
        for part in sliced(tickets):
            for (_, secret), found in (await self._ensure(TICKETS, part)).items():
                self.loaded.ticket_ids.setdefault(secret, found)

    async def campaigns(self) -> None:
        rows = [
            {
                **each.model_dump(exclude={"organizer", "event"}),
                "organizer_id": self.organizer_ids[each.organizer],
                "event_id": self.event_ids[self.organizer_ids[each.organizer], each.event],
                "created_at": self.now,
            }
            for each in self.document.campaigns
        ]
        for part in sliced(rows):

            async def unit(tx: Tx, part: Sequence[_Row] = part) -> set[tuple[Any, ...]]:
                _, added = await CAMPAIGNS.ensure(tx, part)
                await _require_own(tx, {row["code"]: row["event_id"] for row in part})
                return added

            self._count(CAMPAIGNS, len(await self.database.write(unit)), len(part))
            self.progress(len(part))

    async def acceptances(self) -> None:
        rows = [
            {
                "organizer_id": self.organizer_ids[each.acceptor],
                "issuer_id": self.organizer_ids[each.issuer],
                "active": each.active,
            }
            for each in self.document.giftcard_acceptances
        ]
        for part in sliced(rows):
            await self._ensure(ACCEPTANCES, part)

    async def gift_cards(self) -> None:
        orders = {(each.event, each.code): self._order_id(each) for each in self.document.orders}
        for part in sliced(self.document.giftcards, CARDS_PER_SLICE):
            cards = [self._card(each) for each in part]

            async def unit(
                tx: Tx, part: Sequence[GiftCard] = part, cards: list[_Row] = cards
            ) -> tuple[_Ids, set[tuple[Any, ...]], int]:
                ids, added = await CARDS.ensure(tx, cards)
                booked: list[_Row] = []
                for card, row in zip(part, cards, strict=True):
                    key = (row["organizer_id"], row["secret"])
                    if key in added:
                        booked += self._transactions(card, row, ids[key], orders)
                for rows in sliced(booked):
                    await TRANSACTIONS.insert(tx, rows)
                return ids, added, len(booked)

            ids, added, booked = await self.database.write(unit)
            transactions = sum(len(card.transactions) for card in part)
            self._count(CARDS, len(added), len(part))
            self._count(TRANSACTIONS, booked, transactions)
            for row in cards:
                found = ids[row["organizer_id"], row["secret"]]
                self.loaded.gift_card_ids.setdefault(row["secret"], found)
            self.progress(len(part) + transactions)

    async def tokens(self) -> None:
        rows = [(row, each) for each in self.document.tokens for row in self._tokens(each)]
        for part in sliced(rows):

            async def unit(tx: Tx, part: Sequence[tuple[_Row, Token]] = part) -> int:
                ids, added = await TOKENS.ensure(tx, [row for row, _ in part])
                new = [(ids[row["digest"],], each) for row, each in part if (row["digest"],) in added]
                await TOKEN_ORGANIZERS.insert(tx, [row for found, each in new for row in self._reached(found, each)])
                await TOKEN_EVENTS.insert(tx, [row for found, each in new for row in self._limited(found, each)])
                return len(added)

            self._count(TOKENS, await self.database.write(unit), len(part))
        self.progress(len(self.document.tokens))

    # -- parts -----------------------------------------------------------------------------------------------

    async def _ensure(self, of: Slice, rows: Sequence[_Row]) -> _Ids:
        ids, added = await self.database.write(lambda tx: of.ensure(tx, rows))
        self._count(of, len(added), len(rows))
        self.progress(len(rows))
        return ids

    def _count(self, of: Slice, created: int, of_all: int) -> None:
        self.loaded.created[of.table.name] += created
        self.loaded.kept[of.table.name] += of_all - created

    def _order_id(self, each: Any) -> int:
        organizer_id = self.organizer_ids[each.organizer]
        return self.order_ids[organizer_id, self.event_ids[organizer_id, each.event], each.code]

    def _event(self, each: Event) -> _Row:
        known = {"organizer_id": self.organizer_ids[each.organizer], "created_at": self.now}
        return each.model_dump(exclude={"organizer", "limit_sales_channels"}) | known

    def _card(self, each: GiftCard) -> _Row:
        return {
            "organizer_id": self.organizer_ids[each.organizer],
            "secret": each.secret,
            "currency": each.currency,
            "balance": sum(booked.amount for booked in each.transactions),
            "last_number": len(each.transactions) or None,
            "testmode": each.testmode,
            "active": each.active,
            "issued_at": each.issuance or self.now,
            "expires_at": each.expires,
            "conditions": each.conditions,
        }

    def _transactions(self, card: GiftCard, row: _Row, card_id: int, orders: _Ids) -> Iterator[_Row]:
        balances = list(accumulate((booked.amount for booked in card.transactions), initial=0))
        for number, booked in enumerate(card.transactions, 1):
            yield {
                "organizer_id": row["organizer_id"],
                "gift_card_id": card_id,
                "number": number,
                "previous_number": number - 1 or None,
                "amount": booked.amount,
                "balance_before": balances[number - 1],
                "balance_after": balances[number],
                "booked_at": booked.datetime or row["issued_at"],
                "text": booked.text,
                "info": booked.info,
                "acceptor_id": self.organizer_ids[booked.acceptor or card.organizer],
                "order_id": None if booked.order is None else orders[booked.event, booked.order],
            }

    def _tokens(self, each: Token) -> Iterator[_Row]:
        match each:
            case TeamToken():
                scopes = {*each.event_permissions, *each.organizer_permissions}
                scopes |= {"event.*"} if each.all_event_permissions else set()
                scopes |= {"organizer.*"} if each.all_organizer_permissions else set()
                status = Status.ACTIVE if each.active else Status.INACTIVE
                yield self._token(each, Kind.TEAM, each.token, scopes=sorted(scopes), status=status.value) | {
                    "all_events": each.all_events
                }
            case DeviceToken():
                status = Status.ACTIVE if each.initialized else Status.UNINITIALIZED
                status = Status.REVOKED if each.revoked else status
                row = self._token(each, Kind.DEVICE, each.token, scopes=DEVICE_SCOPES, status=status.value)
                yield row | {"profile": each.profile}
            case OAuthToken():
                expires_at = self.now - timedelta(days=1) if each.expired else None
                yield self._token(each, Kind.OAUTH, each.token) | {
                    "access": each.scope,
                    "expires_at": expires_at,
                }
            case AppKeys():
                yield self._token(each, Kind.APP, each.app_token) | {"public_id": each.app_id}
                # What a client-side key may do is not a matter of permissions but of its door.
                yield self._token(each, Kind.CLIENT, each.client_token, scopes=()) | {"public_id": each.client_id}

    def _token(
        self,
        each: Token,
        kind: Kind,
        secret: str,
        *,
        scopes: Sequence[str] = ALL_SCOPES,
        status: str = Status.ACTIVE.value,
    ) -> _Row:
        return {
            "kind": kind.value,
            "name": each.name,
            "digest": digest_of(secret),
            "prefix": secret[:PREFIX_LENGTH],
            "public_id": None,
            "status": status,
            "access": "read write",
            "scopes": list(scopes),
            "all_events": True,
            "profile": None,
            "expires_at": None,
            "created_at": self.now,
        }

    def _reached(self, token_id: int, each: Token) -> Iterator[_Row]:
        for slug in each.organizers if isinstance(each, OAuthToken) else [each.organizer]:
            yield {"organizer_id": self.organizer_ids[slug], "token_id": token_id}

    def _limited(self, token_id: int, each: Token) -> Iterator[_Row]:
        if isinstance(each, TeamToken) and not each.all_events:
            organizer_id = self.organizer_ids[each.organizer]
            for slug in each.limit_events:
                event_id = self.event_ids[organizer_id, slug]
                yield {"organizer_id": organizer_id, "token_id": token_id, "event_id": event_id}


async def _require_own(tx: Tx, events: Mapping[str, int]) -> None:
    """Codes of campaigns are unique on the whole server. Refuses with `Taken` one that another event's campaign has."""
    for code, event_id in await tx.rows(_holders(tx.dialect), codes=tuple(events)):
        if events[code] != event_id:
            raise Taken(f"Another event has a campaign with the code {code!r}.", field="campaigns")


@cache
def _holders(dialect: Dialect) -> Executable:
    held = select(tracking_campaign.c.code, tracking_campaign.c.event_id)
    return held.where(any_of(tracking_campaign.c.code, "codes", dialect))


def _all_but(table: Any, *left_out: str) -> tuple[str, ...]:
    return tuple(column.name for column in table.c if column.name not in left_out)


ORGANIZERS = Slice(organizer, _all_but(organizer, "id"), ("slug",))
EVENTS = Slice(event, _all_but(event, "id"), ("organizer_id", "slug"))
EVENT_CHANNELS = Slice(
    event_sales_channel, _all_but(event_sales_channel), ("organizer_id", "event_id", "sales_channel_id")
)
CHANNELS = Slice(sales_channel, _all_but(sales_channel, "id", "active"), ("organizer_id", "identifier"))
ORDERS = Slice(order, _all_but(order, "id"), ("organizer_id", "event_id", "code"))
TICKETS = Slice(ticket, _all_but(ticket, "id"), ("organizer_id", "secret"))
CAMPAIGNS = Slice(tracking_campaign, _all_but(tracking_campaign, "id", "click_count", "order_count"), ("code",))
ACCEPTANCES = Slice(gift_card_acceptance, _all_but(gift_card_acceptance, "id"), ("organizer_id", "issuer_id"))
CARDS = Slice(
    gift_card, _all_but(gift_card, "id", "owner_ticket_id", "voucher", "action_id"), ("organizer_id", "secret")
)
TRANSACTIONS = Slice(
    gift_card_transaction, _all_but(gift_card_transaction, "id", "voucher"), ("organizer_id", "gift_card_id", "number")
)
TOKENS = Slice(token, _all_but(token, "id"), ("digest",))
TOKEN_ORGANIZERS = Slice(token_organizer, _all_but(token_organizer), ("organizer_id", "token_id"))
TOKEN_EVENTS = Slice(token_event, _all_but(token_event), ("organizer_id", "token_id", "event_id"))
