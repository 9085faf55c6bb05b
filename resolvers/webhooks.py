"""Webhooks: made, changed, switched on and off, tried. Who sends their deliveries is server/webhook_sender.py.

A webhook reads what the token that made it could read. So whoever decides where it leads, or what is sent there, must
be able to read all of that: a token that may less cannot make it bring more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from models import public_ids
from models.change import ChangeKind
from models.problems import Disabled, Invalid, NotFound, PermissionDenied, refuse
from models.unset import UNSET, Unset
from models.webhook import PING
from models.webhook_address import Reach
from models.webhook_signature import new_secret
from resolvers import webhook_statements as statements
from resolvers.context import Work

READ = "organizer.webhooks:read"
WRITE = "organizer.webhooks:write"

# Of one organizer: each change asks every one of them.
WEBHOOKS_MAX = 50
QUERY_LENGTH_MAX = 20_000
DESCRIPTION_LENGTH_MAX = 1000
# How long a secret signs beside the one that follows it.
ROTATION = timedelta(hours=24)
NOUN = "webhook"


@dataclass(frozen=True, slots=True)
class Secret:
    """A webhook and what it signs by, which is told once."""

    webhook_id: int
    secret: str


# -- verbs -------------------------------------------------------------------------------------------------------------


async def create(
    work: Work,
    organizer_id: int,
    url: str,
    *,
    reach: Reach,
    kinds: Sequence[str] = (),
    query: str | None = None,
    description: str | None = None,
) -> Secret:
    """A webhook that is told of every change from now on; without `kinds`, of all that its token may know of.

    Refuses with `Invalid`. That the query is one, the door has to say: it knows the schema.
    """
    work.principal.require(WRITE)
    # What it reads is told: whoever may only write has none made.
    work.principal.require(WRITE, reading=True)
    _check(reach, url, kinds, query, description)
    ((count,),) = await work.rows(statements.COUNT, of_organizer=organizer_id)
    if count >= WEBHOOKS_MAX:
        raise Invalid(f"An organizer has at most {WEBHOOKS_MAX} webhooks.", field="url", reason="too_many")
    secret = new_secret()
    asker = work.principal
    (webhook_id,) = await work.row(
        statements.INSERT,
        organizer_id=organizer_id,
        token=public_ids.webhook(),
        url=url,
        description=description,
        secret=secret,
        kinds=sorted(set(kinds)),
        query=query,
        token_id=asker.token_id,
        scopes=sorted(asker.scopes),
        all_events=asker.all_events,
        event_ids=list(asker.event_ids),
        created_at=work.now,
    )
    change_id = await work.record("webhook.created", organizer_id, webhook_id, {"url": url})
    await work.row(statements.BEGIN, of_organizer=organizer_id, of_id=webhook_id, from_id=change_id)
    return Secret(webhook_id, secret)


async def update(
    work: Work,
    organizer_id: int,
    webhook_id: int,
    *,
    reach: Reach,
    url: str | Unset = UNSET,
    kinds: Sequence[str] | Unset = UNSET,
    query: str | Unset | None = UNSET,
    description: str | Unset | None = UNSET,
) -> int:
    """Change where it leads and what it is told; its id. What is under way already goes to the new address.

    Refuses with `NotFound`, `Invalid`, and with `PermissionDenied` a token that may not read what the webhook reads.
    """
    held = await _held(work, organizer_id, webhook_id)
    _require_all(work, held)
    given: dict[str, Any] = {"url": url, "kinds": kinds, "query": query, "description": description}
    wanted: dict[str, Any] = {name: held[name] if isinstance(value, Unset) else value for name, value in given.items()}
    _check(reach, **wanted)
    wanted["kinds"] = sorted(set(wanted["kinds"]))
    changed = [name for name, value in wanted.items() if value != held[name]]
    if changed:
        new = {f"new_{name}": value for name, value in wanted.items()}
        await work.row(statements.AMEND, of_organizer=organizer_id, of_id=webhook_id, at=work.now, **new)
        await work.record("webhook.updated", organizer_id, webhook_id, {"fields": changed})
    return webhook_id


async def enable(work: Work, organizer_id: int, webhook_id: int) -> int:
    """Switch it on; its id. It is told of what happens from now on, and what was waiting is sent."""
    held = await _held(work, organizer_id, webhook_id)
    _require_all(work, held)
    if not held["active"]:
        change_id = await work.record("webhook.enabled", organizer_id, webhook_id, {})
        given = {"of_organizer": organizer_id, "of_id": webhook_id}
        await work.row(statements.ENABLE, **given, from_id=change_id, at=work.now)
    return webhook_id


async def disable(work: Work, organizer_id: int, webhook_id: int) -> int:
    """Switch it off; its id. It is told nothing that happens until it is on; what was waiting waits."""
    held = await _held(work, organizer_id, webhook_id)
    if held["active"]:
        await work.row(statements.DISABLE, of_organizer=organizer_id, of_id=webhook_id, at=work.now)
        await work.record("webhook.disabled", organizer_id, webhook_id, {"reason": None})
    return webhook_id


async def delete(work: Work, organizer_id: int, webhook_id: int) -> int:
    """Delete it, with its log and what was waiting; its id."""
    await _held(work, organizer_id, webhook_id)
    await work.row(statements.DELETE, of_organizer=organizer_id, of_id=webhook_id, at=work.now)
    await work.record("webhook.deleted", organizer_id, webhook_id, {})
    return webhook_id


async def rotate(work: Work, organizer_id: int, webhook_id: int) -> Secret:
    """A new secret. For `ROTATION` the one before signs beside it; the one before that signs no more."""
    held = await _held(work, organizer_id, webhook_id)
    _require_all(work, held)
    secret = new_secret()
    given = {"new_secret": secret, "until": work.now + ROTATION, "at": work.now}
    await work.row(statements.ROTATE, of_organizer=organizer_id, of_id=webhook_id, **given)
    await work.record("webhook.updated", organizer_id, webhook_id, {"fields": ["secret"]})
    return Secret(webhook_id, secret)


async def ping(work: Work, organizer_id: int, webhook_id: int) -> int:
    """Have a delivery sent that tells of nothing, once; its id. Refuses with `Disabled` a webhook that is off."""
    held = await _held(work, organizer_id, webhook_id)
    _require_on(held)
    (delivery_id,) = await work.row(
        statements.insert_ping(work.engine),
        organizer_id=organizer_id,
        webhook_id=webhook_id,
        token=public_ids.webhook_delivery(),
        change_id=None,
        kind=PING,
        created_at=work.now,
    )
    await work.record(PING, organizer_id, webhook_id, {})
    return int(delivery_id)


async def redeliver(work: Work, organizer_id: int, delivery_id: int) -> int:
    """Have a delivery sent again, whatever came of it: the same id and the same body; its id.

    Refuses with `NotFound`, and with `Disabled` that of a webhook that is off.
    """
    work.principal.require(WRITE)
    found = await work.row(statements.LOCK_DELIVERY, of_organizer=organizer_id, of_id=delivery_id)
    if found is None:
        raise NotFound("webhook_delivery", "There is no such delivery.")
    held = await _held(work, organizer_id, found[0])
    _require_all(work, held)
    _require_on(held)
    await work.row(statements.again(work.engine), of_organizer=organizer_id, of_id=delivery_id)
    await work.record("webhook.redelivered", organizer_id, found[0], {"webhook_delivery_id": delivery_id})
    return delivery_id


# -- parts -------------------------------------------------------------------------------------------------------------


async def _held(work: Work, organizer_id: int, webhook_id: int) -> dict[str, Any]:
    """What it is, under its lock."""
    work.principal.require(WRITE)
    row = await work.row(statements.LOCK, of_organizer=organizer_id, of_id=webhook_id)
    if row is None:
        raise NotFound(NOUN, "There is no such webhook.")
    return dict(zip(statements.HELD, row, strict=True))


def _require_all(work: Work, held: dict[str, Any]) -> None:
    asker = work.principal
    reaches_events = asker.all_events or (not held["all_events"] and set(held["event_ids"]) <= set(asker.event_ids))
    if not reaches_events or not all(asker.may(scope, reading=True) for scope in held["scopes"]):
        raise PermissionDenied("The webhook reads more than your token may.", scope=WRITE)


def _require_on(held: dict[str, Any]) -> None:
    if not held["active"]:
        raise Disabled("The webhook is switched off.")


def _check(reach: Reach, url: str, kinds: Sequence[str], query: str | None, description: str | None) -> None:
    reach.check(url)
    known = {kind.value for kind in ChangeKind if kind.noun != NOUN}
    wrong = [kind for kind in kinds if kind not in known]
    refuse(
        [
            *[Invalid("A webhook is told nothing of webhooks.", field="kinds", reason="kind") for _ in wrong[:1]],
            *_text_errors("query", query, QUERY_LENGTH_MAX),
            *_text_errors("description", description, DESCRIPTION_LENGTH_MAX),
        ]
    )


def _text_errors(field: str, text: str | None, length_max: int) -> list[Invalid]:
    if text is None or (len(text) <= length_max and "\0" not in text):
        return []
    return [Invalid(f"At most {length_max} characters, no NUL.", field=field, reason="length")]
