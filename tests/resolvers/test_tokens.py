"""Tokens: who is let in, as whom, and how they are made and ended."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from models.change import change
from models.database import Database
from models.problems import Invalid, NotFound, PermissionDenied, Unauthenticated
from models.token import Kind, digest_of, token
from resolvers import tokens
from resolvers.context import Context
from resolvers.loading import load
from resolvers.principals import Principal, system
from resolvers.tokens import Created
from tests.resolvers.databases import opened, parsed, rows

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TEAM, DEVICE = "team-secret-0123456789", "device-secret-0123456789"
LOADED: dict[str, Any] = {
    "organizers": [{"slug": "acme", "name": "Acme"}, {"slug": "beta", "name": "Beta"}],
    "events": [
        {"organizer": slug, "slug": event, "name": {"en": event}, "date_from": "2030-01-01T00:00:00Z"}
        for slug, event in (("acme", "conf"), ("acme", "party"), ("beta", "conf"))
    ],
    "tokens": [
        {
            "kind": "team",
            "name": "limited",
            "organizer": "acme",
            "all_events": False,
            "limit_events": ["party", "conf"],
            "event_permissions": ["event.orders:read"],
            "organizer_permissions": ["organizer.giftcards:read"],
            "token": TEAM,
        },
        {"kind": "device", "name": "till", "organizer": "acme", "profile": "pretixpos", "token": DEVICE},
        {"kind": "device", "name": "new", "organizer": "acme", "initialized": False, "token": "uninitialized-0123"},
        {"kind": "device", "name": "lost", "organizer": "acme", "revoked": True, "token": "revoked-0123456789"},
        {"kind": "team", "name": "left", "organizer": "acme", "active": False, "token": "inactive-0123456789"},
        {
            "kind": "oauth",
            "name": "both",
            "organizers": ["acme", "beta"],
            "scope": "read profile",
            "token": "oauth-0123456789abc",
        },
        {"kind": "oauth", "name": "old", "organizers": ["acme"], "expired": True, "token": "expired-0123456789"},
    ],
}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as database:
        await load(database, parsed(LOADED), now=NOW)
        yield database


@pytest.fixture
def context(database: Database) -> Context:
    """The command line's, on both organizers."""
    return Context(database, system({"acme": 1, "beta": 2}), lambda: NOW)


async def create(context: Context, name: str = "new", **options: Any) -> Created:
    return await context.write(partial(tokens.create, name=name, **{"organizers": ["acme"], **options}))


async def known(database: Database, secret: str, kinds: Any = None, now: datetime = NOW) -> Principal:
    return await tokens.authenticate(database, secret, kinds, now)


async def test_a_team_token_reaches_its_events_with_its_scopes(database: Database) -> None:
    found = await known(database, TEAM, {Kind.TEAM})
    assert (found.name, found.kind, dict(found.organizers)) == ("limited", "team", {"acme": 1})
    assert found.scopes == {"event.orders:read", "organizer.giftcards:read"}
    assert (found.all_events, len(found.event_ids)) == (False, 2)
    assert found.may("organizer.giftcards:read")
    assert not found.may("organizer.giftcards:write")


async def test_an_oauth_token_reaches_several_organizers_with_its_access(database: Database) -> None:
    found = await known(database, "oauth-0123456789abc")
    assert dict(found.organizers) == {"acme": 1, "beta": 2}
    assert found.access == {"read", "profile"}
    assert found.may("organizer.giftcards:read")
    assert not found.may("organizer.giftcards:write")


async def test_a_device_reads_and_writes_gift_cards_and_nothing_else(database: Database) -> None:
    found = await known(database, DEVICE)
    assert found.profile == "pretixpos"
    assert found.scopes == {"organizer.giftcards:read", "organizer.giftcards:write"}


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ("nobody's", "unknown"),
        ("", "unknown"),
        ("\0", "unknown"),
        ("\ud800", "unknown"),
        ("inactive-0123456789", "inactive"),
        ("revoked-0123456789", "revoked"),
        ("uninitialized-0123", "uninitialized"),
        ("expired-0123456789", "expired"),
    ],
)
async def test_who_is_not_let_in(database: Database, secret: str, reason: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await known(database, secret)
    assert refused.value.details == {"reason": reason}


async def test_a_token_of_another_kind_is_unknown(database: Database) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await known(database, DEVICE, (Kind.TEAM, Kind.OAUTH))
    assert refused.value.details == {"reason": "unknown"}


async def test_one_statement_and_one_object_per_token(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    read = type(database).read

    async def counted(self: Any, plan: Any, *, snapshot: bool = False) -> Any:
        def counting() -> Any:
            inner = plan()
            query = next(inner)
            while True:
                asked.append(query.sql)
                try:
                    query = inner.send((yield query))
                except StopIteration as end:
                    return end.value

        return await read(self, counting, snapshot=snapshot)

    monkeypatch.setattr(type(database), "read", counted)
    first = await known(database, "oauth-0123456789abc")
    assert len(asked) == 1
    assert await known(database, "oauth-0123456789abc") is first


async def test_a_new_token_works_and_only_its_digest_is_stored(database: Database, context: Context) -> None:
    created = await create(context, scopes=["organizer.giftcards:read"], all_events=False, events=["conf"])
    found = await known(database, created.secret)
    assert (found.token_id, len(found.event_ids)) == (created.id, 1)
    assert found.scopes == {"organizer.giftcards:read"}
    stored = [row for row in await rows(database, token.select()) if row[0] == created.id]
    assert digest_of(created.secret) in stored[0]
    assert created.secret not in map(str, stored[0])


async def test_an_event_of_one_name_is_reached_in_each_organizer(database: Database, context: Context) -> None:
    created = await create(context, organizers=["acme", "beta"], all_events=False, events=["conf"])
    assert len((await known(database, created.secret)).event_ids) == 2


async def test_a_token_ends_when_it_expires(database: Database, context: Context) -> None:
    created = await create(context, expires_at=NOW + timedelta(hours=1))
    assert (await known(database, created.secret)).token_id == created.id
    with pytest.raises(Unauthenticated) as refused:
        await known(database, created.secret, now=NOW + timedelta(hours=1))
    assert refused.value.details == {"reason": "expired"}


async def test_app_and_client_tokens_have_a_public_id(context: Context) -> None:
    first, second = await create(context, kind=Kind.APP), await create(context, kind=Kind.CLIENT)
    assert first.public_id
    assert first.public_id != second.public_id
    assert (await create(context)).public_id is None


@pytest.mark.parametrize("by", ["id", "prefix"])
async def test_a_revoked_token_is_refused_from_then_on(database: Database, context: Context, by: str) -> None:
    created = await create(context)
    named: Any = {"token_id": created.id} if by == "id" else {"prefix": created.secret[: tokens.PREFIX_LENGTH]}
    for _ in range(2):
        assert await context.write(partial(tokens.revoke, **named)) == created.id
    with pytest.raises(Unauthenticated) as refused:
        await known(database, created.secret)
    assert refused.value.details == {"reason": "revoked"}
    kinds = [row[2] for row in await rows(database, change.select().order_by(change.c.id))]
    assert kinds == ["token.created", "token.revoked"]


async def test_a_prefix_of_several_tokens_is_refused(context: Context) -> None:
    same = [{**each, "token": f"same-prefix-0123{number}"} for number, each in enumerate(LOADED["tokens"][:2])]
    await load(context.database, parsed({**LOADED, "tokens": same}), now=NOW)
    with pytest.raises(Invalid) as refused:
        await context.write(partial(tokens.revoke, prefix="same-pre"))
    assert refused.value.details == {"reason": "ambiguous"}


async def test_tokens_are_listed_newest_first_without_secrets(context: Context) -> None:
    created = await create(context, "mine", organizers=["beta", "acme"])
    listed = await tokens.listed(context)
    assert [each.id for each in listed] == sorted((each.id for each in listed), reverse=True)
    assert (listed[0].id, listed[0].name, listed[0].organizers) == (created.id, "mine", ("acme", "beta"))
    assert listed[0].prefix == created.secret[:8]
    assert created.secret not in repr(listed)


async def test_other_organizers_tokens_are_out_of_reach(context: Context) -> None:
    mine = await create(context, organizers=["acme"])
    shared = await create(context, organizers=["acme", "beta"])
    theirs = Context(context.database, system({"beta": 2}), lambda: NOW)
    assert mine.id not in [each.id for each in await tokens.listed(theirs)]
    for token_id in (mine.id, shared.id, 999):
        with pytest.raises(NotFound):
            await theirs.write(partial(tokens.revoke, token_id=token_id))
    with pytest.raises(PermissionDenied):
        await create(theirs, organizers=["acme"])


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 191}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"organizers": []}, "organizers"),
        ({"scopes": ["everything"]}, "scopes"),
    ],
)
async def test_what_cannot_be_a_token(context: Context, options: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await create(context, **options)
    assert refused.value.field == field


async def test_an_unknown_event_makes_no_token(context: Context) -> None:
    before = await tokens.listed(context)
    with pytest.raises(NotFound):
        await create(context, all_events=False, events=["conf", "nowhere"])
    assert await tokens.listed(context) == before


async def test_without_the_permission_nothing_is_managed(database: Database) -> None:
    asker = Principal("reader", "team", {"acme": 1}, frozenset(("organizer.giftcards:read",)))
    context = Context(database, asker, lambda: NOW)
    with pytest.raises(PermissionDenied):
        await create(context)
    with pytest.raises(PermissionDenied):
        await tokens.listed(context)
    with pytest.raises(PermissionDenied):
        await context.write(partial(tokens.revoke, token_id=1))
