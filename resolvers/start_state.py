"""The document that `foyer load` reads: what a house already has when it moves in.

Everything a document names (an organizer, an event, a channel) is in the document itself. Keys that begin
with an underscore are remarks.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

import orjson
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from models import timezones
from models.currency import CODES
from models.money import HUNDREDTHS_MAX, decimal_text, hundredths_of
from models.problems import Invalid, Several
from models.web_address import is_web_address
from resolvers.event_rules import SLUG, SLUG_LENGTH_MAX, at_odds
from resolvers.gift_cards import SECRET_LENGTH_MAX
from resolvers.tracking_campaigns import CODE, CODE_LENGTH_MAX, DESCRIPTION_LENGTH_MAX

# Most errors told at once.
ERRORS_MAX = 20


def parse(content: bytes) -> "Document":
    """The document of a file. Refuses with `Several`; its problems' fields are paths: `giftcards[3].currency`."""
    try:
        document = Document.model_validate_json(content)
    except ValidationError as error:
        found = [Invalid(_message(each), field=_path(each["loc"])) for each in error.errors(include_url=False)]
        raise Several(found[:ERRORS_MAX]) from None
    wrong = [Invalid(message, field=path) for path, message in _contradictions(document)]
    if wrong:
        raise Several(wrong[:ERRORS_MAX])
    return document


def _no_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("NUL characters cannot be stored")
    return value


def _currency(value: str) -> str:
    if value not in CODES:
        raise ValueError("not an ISO 4217 currency code")
    return value


def _timezone(value: str) -> str:
    if value not in timezones.names():
        raise ValueError("not the name of a time zone")
    return value


def _storable(value: Any) -> Any:
    try:
        orjson.dumps(value)
    except TypeError as error:
        raise ValueError(str(error)) from None
    return value


def _campaign_code(value: str) -> str:
    if not CODE.fullmatch(value):
        raise ValueError("only letters, digits, dots, dashes and underscores")
    return value


def _target(value: str) -> str:
    if value and not is_web_address(value):
        raise ValueError("not an http or https address")
    return value


Text: TypeAlias = Annotated[str, AfterValidator(_no_nul)]
Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=190), AfterValidator(_no_nul)]
Slug: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]*$", max_length=190)]
EventSlug: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^{SLUG.pattern}$", max_length=SLUG_LENGTH_MAX)]
Localized: TypeAlias = dict[Slug, Text]
Currency: TypeAlias = Annotated[str, AfterValidator(_currency)]
Timezone: TypeAlias = Annotated[str, AfterValidator(_timezone)]
CardSecret: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9.-]+$", max_length=SECRET_LENGTH_MAX)
]
TokenSecret: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[!-~]+$", min_length=16, max_length=190)]
Amount: TypeAlias = Annotated[Decimal, Field(max_digits=13, decimal_places=2, allow_inf_nan=False)]
Latitude: TypeAlias = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude: TypeAlias = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Permission: TypeAlias = Annotated[str, StringConstraints(pattern=r"^(organizer|event)\.[a-z.]+:[a-z]+$")]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_remarks(cls, value: Any) -> Any:
        if isinstance(value, dict) and any(isinstance(key, str) and key[:1] == "_" for key in value):
            return {key: part for key, part in value.items() if key[:1] != "_"}
        return value


class Organizer(Part):
    slug: Slug
    name: Name
    # The properties that events may have values for in `meta_data`: each with its default value.
    event_properties: dict[Name, Text] = {}
    plugins: list[Name] = []


class Event(Part):
    organizer: Slug
    slug: EventSlug
    name: Localized
    currency: Currency = "EUR"
    date_from: AwareDatetime
    date_to: AwareDatetime | None = None
    location: Localized | None = None
    timezone: Timezone = timezones.DEFAULT
    live: bool = False
    testmode: bool = False
    is_public: bool = True
    has_subevents: bool = False
    plugins: list[Name] = []
    date_admission: AwareDatetime | None = None
    presale_start: AwareDatetime | None = None
    presale_end: AwareDatetime | None = None
    geo_lat: Latitude | None = None
    geo_lon: Longitude | None = None
    meta_data: dict[Name, Text] = {}
    item_meta_properties: dict[Name, Text] = {}
    all_sales_channels: bool = True
    limit_sales_channels: list[Slug] = []


class SalesChannel(Part):
    organizer: Slug
    identifier: Slug
    type: Literal["api"] = "api"
    label: Localized
    position: Annotated[int, Field(ge=0, lt=2**31)] = 0


class Order(Part):
    organizer: Slug
    event: Slug
    code: Slug
    sales_channel: Slug = "web"
    position_secret: Name | None = None


class Campaign(Part):
    """A tracking campaign, as pretix calls it."""

    organizer: Slug
    event: Slug
    code: Annotated[str, StringConstraints(max_length=CODE_LENGTH_MAX), AfterValidator(_campaign_code)]
    description: Annotated[
        str, StringConstraints(pattern=r"\S", max_length=DESCRIPTION_LENGTH_MAX), AfterValidator(_no_nul)
    ]
    external_target: Annotated[str, AfterValidator(_target)] = ""
    active: bool = True


class Acceptance(Part):
    issuer: Slug
    acceptor: Slug
    active: bool = True


class Transaction(Part):
    value: Amount
    text: Text | None = None
    info: Annotated[Any, AfterValidator(_storable)] = None
    event: Slug | None = None
    order: Slug | None = None
    acceptor: Slug | None = None
    datetime: AwareDatetime | None = None

    @property
    def amount(self) -> int:
        """In hundredths."""
        return hundredths_of(self.value)


class GiftCard(Part):
    organizer: Slug
    secret: CardSecret
    currency: Currency = "EUR"
    testmode: bool = False
    active: bool = True
    expires: AwareDatetime | None = None
    conditions: Text | None = None
    issuance: AwareDatetime | None = None
    transactions: list[Transaction] = []


class TeamToken(Part):
    kind: Literal["team"]
    name: Name
    organizer: Slug
    active: bool = True
    all_events: bool = True
    limit_events: list[Slug] = []
    all_event_permissions: bool = False
    all_organizer_permissions: bool = False
    event_permissions: list[Permission] = []
    organizer_permissions: list[Permission] = []
    token: TokenSecret


class DeviceToken(Part):
    kind: Literal["device"]
    name: Name
    organizer: Slug
    device_id: int | None = None
    initialized: bool = True
    revoked: bool = False
    profile: Name = "full"
    token: TokenSecret


class OAuthToken(Part):
    kind: Literal["oauth"]
    name: Name
    organizers: Annotated[list[Slug], Field(min_length=1)]
    scope: Annotated[str, StringConstraints(pattern=r"^(read|write|profile)( (read|write|profile))*$")] = "read"
    expired: bool = False
    token: TokenSecret


class AppKeys(Part):
    kind: Literal["app"]
    name: Name
    organizer: Slug
    app_id: Name
    app_token: TokenSecret
    client_id: Name
    client_token: TokenSecret


Token: TypeAlias = Annotated[TeamToken | DeviceToken | OAuthToken | AppKeys, Field(discriminator="kind")]


class Document(Part):
    organizers: list[Organizer] = []
    events: list[Event] = []
    sales_channels: list[SalesChannel] = []
    orders: list[Order] = []
    campaigns: list[Campaign] = []
    giftcard_acceptances: list[Acceptance] = []
    giftcards: list[GiftCard] = []
    tokens: list[Token] = []

    @property
    def size(self) -> int:
        """How many rows of their own it describes: what a progress bar ends at."""
        booked = sum(len(card.transactions) for card in self.giftcards)
        return booked + sum(len(getattr(self, name)) for name in type(self).model_fields)


# -- what the types cannot say -----------------------------------------------------------------------------------

_Found: TypeAlias = Iterator[tuple[str, str]]


def _contradictions(document: Document) -> _Found:
    yield from _repeated("organizers", (each.slug for each in document.organizers))
    yield from _repeated("events", ((each.organizer, each.slug) for each in document.events))
    yield from _repeated("sales_channels", ((each.organizer, each.identifier) for each in document.sales_channels))
    yield from _repeated("orders", ((each.organizer, each.event, each.code) for each in document.orders))
    yield from _repeated("campaigns", (each.code for each in document.campaigns))
    yield from _repeated("giftcards", ((each.organizer, each.secret) for each in document.giftcards))
    yield from _repeated(
        "giftcard_acceptances", ((each.acceptor, each.issuer) for each in document.giftcard_acceptances)
    )
    tickets = ((each.organizer, each.position_secret or number) for number, each in enumerate(document.orders))
    yield from _repeated("orders", tickets)
    yield from _unknown_names(document)
    yield from _events_at_odds(document)
    yield from _impossible_balances(document)


def _repeated(name: str, keys: Iterable[Hashable]) -> _Found:
    seen: Counter[Hashable] = Counter()
    for number, key in enumerate(keys):
        seen[key] += 1
        if seen[key] == 2:
            yield f"{name}[{number}]", f"{_spoken(key)} is there twice."


def _spoken(key: Hashable) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _unknown_names(document: Document) -> _Found:
    organizers = {each.slug for each in document.organizers}
    events = {(each.organizer, each.slug) for each in document.events}
    channels = {(each.organizer, each.identifier) for each in document.sales_channels}
    channels |= {(slug, "web") for slug in organizers}
    orders = {(each.event, each.code) for each in document.orders}
    for path, slug in _organizers_named(document):
        if slug not in organizers:
            yield path, f"There is no organizer {slug!r} in the document."
    for number, channel in enumerate(document.sales_channels):
        if channel.identifier == "web":
            yield f"sales_channels[{number}].identifier", "`web` is built in."
    for number, order in enumerate(document.orders):
        if (order.organizer, order.event) not in events:
            yield f"orders[{number}].event", f"{order.organizer} has no event {order.event!r}."
        if (order.organizer, order.sales_channel) not in channels:
            yield (
                f"orders[{number}].sales_channel",
                f"{order.organizer} has no channel {order.sales_channel!r}.",
            )
    for number, campaign in enumerate(document.campaigns):
        if (campaign.organizer, campaign.event) not in events:
            yield f"campaigns[{number}].event", f"{campaign.organizer} has no event {campaign.event!r}."
    for number, acceptance in enumerate(document.giftcard_acceptances):
        if acceptance.issuer == acceptance.acceptor:
            yield f"giftcard_acceptances[{number}]", "Everybody accepts their own gift cards."
    for number, card in enumerate(document.giftcards):
        for place, booked in enumerate(card.transactions):
            if booked.order is not None and (booked.event, booked.order) not in orders:
                path = f"giftcards[{number}].transactions[{place}].order"
                yield path, f"There is no order {booked.order!r} of event {booked.event!r}."
    for number, token in enumerate(document.tokens):
        for slug in token.limit_events if isinstance(token, TeamToken) else ():
            if (getattr(token, "organizer", None), slug) not in events:
                yield f"tokens[{number}].limit_events", f"There is no event {slug!r}."


def _events_at_odds(document: Document) -> _Found:
    properties = {each.slug: each.event_properties for each in document.organizers}
    channels = {(each.organizer, each.identifier) for each in document.sales_channels}
    channels |= {(slug, "web") for slug in properties}
    for number, event in enumerate(document.events):
        for problem in at_odds(event.model_dump()):
            yield f"events[{number}].{problem.field}", problem.message
        if event.all_sales_channels and event.limit_sales_channels:
            yield f"events[{number}].limit_sales_channels", "The event is sold through all sales channels."
        for identifier in event.limit_sales_channels:
            if (event.organizer, identifier) not in channels:
                path = f"events[{number}].limit_sales_channels"
                yield path, f"{event.organizer} has no channel {identifier!r}."
        for name in event.meta_data:
            if name not in properties.get(event.organizer, {}):
                yield f"events[{number}].meta_data", f"{event.organizer} has no event property {name!r}."


def _organizers_named(document: Document) -> _Found:
    for name in ("events", "sales_channels", "orders", "campaigns", "giftcards"):
        for number, each in enumerate(getattr(document, name)):
            yield f"{name}[{number}].organizer", each.organizer
    for number, acceptance in enumerate(document.giftcard_acceptances):
        yield f"giftcard_acceptances[{number}].issuer", acceptance.issuer
        yield f"giftcard_acceptances[{number}].acceptor", acceptance.acceptor
    for number, card in enumerate(document.giftcards):
        for place, booked in enumerate(card.transactions):
            yield f"giftcards[{number}].transactions[{place}].acceptor", booked.acceptor or card.organizer
    for number, token in enumerate(document.tokens):
        for slug in token.organizers if isinstance(token, OAuthToken) else (token.organizer,):
            yield f"tokens[{number}].organizer", slug


def _impossible_balances(document: Document) -> _Found:
    for number, card in enumerate(document.giftcards):
        balance = 0
        for place, booked in enumerate(card.transactions):
            balance += booked.amount
            if not 0 <= balance <= HUNDREDTHS_MAX:
                path = f"giftcards[{number}].transactions[{place}].value"
                yield path, f"The balance would be {decimal_text(balance)}."
                break


def _message(error: ErrorDetails) -> str:
    return error["msg"].removeprefix("Value error, ").rstrip(".") + "."


def _path(location: tuple[int | str, ...]) -> str:
    """`giftcards[3].currency`; the union's tag, which pydantic puts in, is none of the document's names."""
    parts = [each for each in location if each not in ("team", "device", "oauth", "app")]
    text = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in parts)
    return text.removeprefix(".") or "document"
