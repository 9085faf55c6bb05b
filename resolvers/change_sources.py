"""What can be read of what happened, and of which nouns an asker may know that something did."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Dialect, Text, bindparam, cast, select

from models.change import ChangeKind, change
from models.metadata import Id
from models.token import token
from resolvers import gift_card_scopes, voucher_scopes
from resolvers.principals import Principal
from resolvers.reading.conditions import any_of
from resolvers.reading.source import SOURCES, Field, Kind, Order, Source, Via

_c = change.c
# Nouns below an event: a token that is for some events only is not told of them at all.
OF_EVENTS = ("event", "order", "tracking_campaign")
# Nouns that no door reads: whoever may do everything is told of them.
UNREAD = {"token": "organizer.*"}


def _own() -> ColumnElement[bool]:
    return _c.organizer_id == bindparam("organizer_id", type_=Id)


def _any(dialect: Dialect) -> ColumnElement[bool]:
    return any_of(_c.organizer_id, "organizer_ids", dialect)


def visible_kinds(asker: Principal) -> Sequence[str]:
    """The kinds of changes that the asker may know of: of what they may read, wherever in the organizer it is."""
    return [kind.value for kind in ChangeKind if _may_know(asker, kind)]


def _may_know(asker: Principal, kind: ChangeKind) -> bool:
    noun = kind.noun
    if noun in OF_EVENTS and not asker.all_events:
        return False
    scope = _of_action(kind) if noun == "action" else UNREAD.get(noun) or SOURCES[noun].scope
    return scope is None or asker.may(scope, reading=True)


def _of_action(kind: ChangeKind) -> str:
    """By what the action is about (resolvers/action_sources.py)."""
    return gift_card_scopes.READ if "gift_card" in kind.value else voucher_scopes.READ


CHANGES = Source(
    name="change",
    table=change,
    fields={
        "id": Field(_c.id, Kind.INTEGER),
        "kind": Field(_c.kind, Kind.TEXT),
        "noun_id": Field(_c.noun_id, Kind.INTEGER),
        # Both in one: what it happened to has a global id.
        "subject": Field(_c.kind.concat(":").concat(cast(_c.noun_id, Text)), Kind.TEXT),
        "happened_at": Field(_c.happened_at, Kind.TIMESTAMP),
        "content": Field(_c.content, Kind.JSON),
        "token_name": Field(
            select(token.c.name).where(token.c.id == _c.token_id).correlate(change).scalar_subquery(),
            Kind.TEXT,
            Via(_c.token_id, token.c.name),
        ),
    },
    orders={"default": Order(("id",))},
    reaches={"own": lambda dialect: _own(), "written": lambda dialect: _own(), "any": _any},
)
