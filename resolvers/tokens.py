"""Tokens: who is asking. Found by the digest of their secret on every request; created and revoked rarely."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Select,
    String,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    update,
)

from models.database import Database, Plan, Query, Rows, Statement
from models.event import event
from models.metadata import Id
from models.organizer import organizer
from models.problems import Invalid, NotFound, Unauthenticated
from models.token import Kind, Status, digest_of, new_secret, token, token_event, token_organizer
from resolvers.context import Context, Work
from resolvers.principals import Principal
from resolvers.reading.conditions import any_of

MANAGE = "organizer.teams:write"
PREFIX_LENGTH = 8
NAME_LENGTH_MAX = 190
LISTED_MAX = 1000
# Most principals kept between requests; a token whose rows are unchanged gives the very same object.
KNOWN_MAX = 1024

REFUSED = {
    Status.INACTIVE: ("The token is inactive or deleted.", "inactive"),
    Status.REVOKED: ("The token has been revoked.", "revoked"),
    Status.UNINITIALIZED: ("The device has not been initialized.", "uninitialized"),
}


@dataclass(frozen=True, slots=True)
class Created:
    """A new token. Its secret is nowhere else: what is stored is a digest."""

    id: int
    secret: str
    public_id: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A token as it may be shown."""

    id: int
    kind: Kind
    name: str
    prefix: str
    organizers: tuple[str, ...]
    scopes: tuple[str, ...]
    status: Status
    expires_at: datetime | None
    created_at: datetime


# -- verbs ---------------------------------------------------------------------------------------------------


async def authenticate(database: Database, secret: str, kinds: Collection[Kind] | None, now: datetime) -> Principal:
    """Who presents this secret: a token of one of the `kinds`, or of any.

    Refuses with `Unauthenticated`; reasons: `unknown`, `inactive`, `revoked`, `uninitialized`, `expired`.
    """
    query = _by_digest(database.dialect).query({"digest": digest_of(secret)})
    rows = await database.read(lambda: _rows(query))
    known = _known(database.dialect, tuple(map(tuple, rows))) if rows else None
    if known is None or (kinds is not None and known.kind not in kinds):
        raise Unauthenticated("The token is unknown.", reason="unknown")
    if known.status is not Status.ACTIVE:
        message, reason = REFUSED[known.status]
        raise Unauthenticated(message, reason=reason)
    if known.expires_at is not None and known.expires_at <= now:
        raise Unauthenticated("The token has expired.", reason="expired")
    return known.principal


async def create(
    work: Work,
    name: str,
    *,
    organizers: Sequence[str],
    scopes: Collection[str] = ("organizer.*", "event.*"),
    kind: Kind = Kind.TEAM,
    all_events: bool = True,
    events: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> Created:
    """A new token for some of the asker's organizers; with `all_events` false only for those named.

    An app or client token also gets a public id. Refuses with `PermissionDenied` for an organizer that is not
    the asker's, with `NotFound` for an unknown event, and with `Invalid`.
    """
    work.principal.require(MANAGE)
    _check(name, organizers, scopes)
    organizer_ids = [work.principal.organizer_id(slug) for slug in dict.fromkeys(organizers)]
    secret = new_secret()
    public_id = str(uuid.uuid4()) if kind in (Kind.APP, Kind.CLIENT) else None
    (token_id,) = await work.row(
        INSERT,
        kind=kind.value,
        name=name,
        digest=digest_of(secret),
        prefix=secret[:PREFIX_LENGTH],
        public_id=public_id,
        status=Status.ACTIVE.value,
        access="read write",
        scopes=sorted(scopes),
        all_events=all_events,
        profile=None,
        expires_at=expires_at,
        created_at=work.now,
    )
    for organizer_id in organizer_ids:
        await work.row(INSERT_ORGANIZER, organizer_id=organizer_id, token_id=token_id)
        await work.record("token.created", organizer_id, token_id, {"name": name, "kind": kind.value})
    if not all_events:
        for slug in dict.fromkeys(events):
            await _reach_event(work, token_id, organizer_ids, slug)
    return Created(token_id, secret, public_id)


async def revoke(work: Work, *, token_id: int | None = None, prefix: str | None = None) -> int:
    """End a token for good; its id. Nothing happens if it is revoked already.

    Only tokens whose organizers are all the asker's can be named. Refuses with `NotFound`, and with `Invalid`
    a prefix that several tokens have.
    """
    work.principal.require(MANAGE)
    found: dict[int, list[int]] = {}
    for found_id, organizer_id in await work.rows(NAMED, token_id=token_id, prefix=prefix):
        found.setdefault(found_id, []).append(organizer_id)
    own = set(work.principal.organizers.values())
    reached = {found_id: ids for found_id, ids in found.items() if own.issuperset(ids)}
    if not reached:
        raise NotFound("token", "There is no such token.")
    if len(reached) > 1:
        raise Invalid("Several tokens begin like that; name one by its id.", field="prefix", reason="ambiguous")
    ((found_id, organizer_ids),) = reached.items()
    if await work.row(REVOKE, token_id=found_id, wanted=Status.REVOKED.value):
        for organizer_id in organizer_ids:
            await work.record("token.revoked", organizer_id, found_id, {})
    return found_id


async def listed(context: Context) -> list[Listed]:
    """The newest tokens of the asker's organizers, newest first, at most `LISTED_MAX`."""
    context.principal.require(MANAGE)
    dialect = context.database.dialect
    statement = _list(dialect)
    query = statement.query({"organizer_ids": tuple(context.principal.organizers.values())})
    rows = statement.read(await context.database.read(lambda: _rows(query)))
    return [
        Listed(
            *(
                token_id,
                Kind(kind),
                name,
                prefix,
                tuple(sorted(slugs.split())),
                tuple(scopes),
                Status(status),
            ),
            *times,
        )
        for token_id, kind, name, prefix, slugs, scopes, status, *times in rows
    ]


# -- parts ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Known:
    kind: Kind
    status: Status
    expires_at: datetime | None
    principal: Principal


def _rows(query: Query) -> Plan[Rows]:
    return (yield query)


@lru_cache(KNOWN_MAX)
def _known(dialect: Dialect, raw: Rows) -> _Known:
    """What the rows of a token say, one row per organizer: a pure function of them."""
    rows = _by_digest(dialect).read(raw)
    token_id, kind, name, status, access, scopes, all_events, profile, expires_at = rows[0][:9]
    events = ",".join(row[11] for row in rows if row[11])
    principal = Principal(
        name=name,
        kind=kind,
        organizers={row[9]: row[10] for row in rows},
        scopes=frozenset(scopes),
        token_id=token_id,
        access=frozenset(access.split()),
        all_events=all_events,
        event_ids=() if all_events or not events else tuple(sorted(map(int, events.split(",")))),
        profile=profile,
        public_id=rows[0][12],
    )
    return _Known(Kind(kind), Status(status), expires_at, principal)


def _check(name: str, organizers: Sequence[str], scopes: Collection[str]) -> None:
    if not name or len(name) > NAME_LENGTH_MAX or "\0" in name:
        raise Invalid(f"From 1 to {NAME_LENGTH_MAX} characters, no NUL.", field="name", reason="length")
    if not organizers:
        raise Invalid("Name at least one organizer.", field="organizers", reason="empty")
    for scope in scopes:
        if scope.partition(".")[0] not in ("organizer", "event"):
            message = f"{scope!r} is no permission: they begin with `organizer.` or `event.`."
            raise Invalid(message, field="scopes", reason="pattern")


async def _reach_event(work: Work, token_id: int, organizer_ids: Sequence[int], slug: str) -> None:
    """Events are unique within an organizer: the token reaches that of each of its organizers."""
    reached = 0
    for organizer_id in organizer_ids:
        found = await work.row(EVENT, organizer_id=organizer_id, slug=slug)
        if found is not None:
            await work.row(INSERT_EVENT, organizer_id=organizer_id, token_id=token_id, event_id=found[0])
            reached += 1
    if not reached:
        raise NotFound("event", f"There is no event {slug!r}.", field="events")


# -- statements ----------------------------------------------------------------------------------------------


def _joined(values: ColumnElement[Any], separator: str, dialect: Dialect) -> ColumnElement[Any]:
    """The values of many rows in one text, in any order."""
    aggregate = func.string_agg if dialect.name == "postgresql" else func.group_concat
    return aggregate(cast(values, String), literal_column(f"'{separator}'"), type_=String)


@cache
def _by_digest(dialect: Dialect) -> Statement:
    events = (
        select(_joined(token_event.c.event_id, ",", dialect))
        .where(
            token_event.c.organizer_id == token_organizer.c.organizer_id,
            token_event.c.token_id == token_organizer.c.token_id,
        )
        .scalar_subquery()
    )
    shown = (
        *(token.c[name] for name in ("id", "kind", "name", "status", "access", "scopes", "all_events")),
        *(token.c.profile, token.c.expires_at, organizer.c.slug, organizer.c.id, events),
        token.c.public_id,
    )
    return Statement(_with_organizers(*shown).where(token.c.digest == bindparam("digest")), dialect)


@cache
def _list(dialect: Dialect) -> Statement:
    slugs = (
        select(_joined(organizer.c.slug, " ", dialect))
        .join(token_organizer, token_organizer.c.organizer_id == organizer.c.id)
        .where(token_organizer.c.token_id == token.c.id)
        .scalar_subquery()
    )
    own = select(token_organizer.c.token_id).where(any_of(token_organizer.c.organizer_id, "organizer_ids", dialect))
    shown = (
        *(token.c.id, token.c.kind, token.c.name, token.c.prefix, slugs),
        *(token.c.scopes, token.c.status, token.c.expires_at, token.c.created_at),
    )
    newest = select(*shown).where(token.c.id.in_(own)).order_by(token.c.id.desc())
    return Statement(newest.limit(literal_column(str(LISTED_MAX))), dialect)


def _with_organizers(*columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    joined = token.join(token_organizer, token_organizer.c.token_id == token.c.id)
    joined = joined.join(organizer, organizer.c.id == token_organizer.c.organizer_id)
    return select(*columns).select_from(joined)


NAMED = _with_organizers(token.c.id, organizer.c.id).where(
    (token.c.id == bindparam("token_id", type_=Id)) | (token.c.prefix == bindparam("prefix", type_=String))
)
INSERT = (
    insert(token)
    .values({column.name: bindparam(column.name) for column in token.c if column is not token.c.id})
    .returning(token.c.id)
)
INSERT_ORGANIZER = insert(token_organizer).returning(token_organizer.c.token_id)
INSERT_EVENT = insert(token_event).returning(token_event.c.token_id)
EVENT = select(event.c.id).where(
    event.c.organizer_id == bindparam("organizer_id", type_=Id), event.c.slug == bindparam("slug")
)
REVOKE = (
    update(token)
    .where(token.c.id == bindparam("token_id", type_=Id), token.c.status != bindparam("wanted"))
    .values(status=bindparam("wanted"))
    .returning(token.c.id)
)
