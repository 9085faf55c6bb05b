"""Deliveries, sent to real receivers: signed, once each, again when they fail, and never to where they may not go."""

import asyncio
import base64
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from models.database import Database
from models.webhook import webhook
from models.webhook_address import Reach
from resolvers import webhook_deliveries, webhooks
from resolvers.context import Context, utc_now
from resolvers.principals import Principal, system
from server.webhook_network import Resolve
from tests.receivers import Receiver, answer, receiver
from tests.resolvers import databases
from tests.survival.test_locked import locked
from tests.vouchers import changes, making, opened, written
from tests.webhooks import (
    LOCAL,
    a_webhook,
    attempts,
    deliveries,
    happen,
    sending,
    settled,
    the_webhook,
)

on_sqlite = pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)


@pytest.fixture
async def place(database_url: str) -> AsyncIterator[tuple[Database, int]]:
    async with opened(database_url) as found:
        yield found


@pytest.fixture
async def here() -> AsyncIterator[Receiver]:
    async with receiver() as found:
        yield found


async def act(place: tuple[Database, int], verb: Any, *given: Any, **named: Any) -> Any:
    context = Context(place[0], system({"acme": place[1]}), utc_now)
    return await context.write(making(verb, place[1], *given, **named))


# -- what is sent ------------------------------------------------------------------------------------------------------


async def test_a_change_is_told_signed_and_noted(place: tuple[Database, int], here: Receiver) -> None:
    made = await a_webhook(*place, here.url)
    async with sending(place[0]):
        (change_id,) = await happen(*place, amount=1250, gift_card_id=7, fields=["expires_at"])
        (received,) = await here.got(1)
        (row,) = await settled(place[0], 1)
    told = received.verified(made.secret)
    assert received.target == "/hooks?a=1"
    assert received.headers["content-type"] == "application/json"
    assert received.id == row.token == told["id"]
    assert (told["type"], told["timestamp"][-1]) == ("gift_card.issued", "Z")
    card = base64.urlsafe_b64encode(b"GiftCard:7").decode()
    assert told["data"]["organizer"]["slug"] == "acme"
    assert told["data"]["subject"] == {"id": card, "type": "GiftCard"}
    assert told["data"]["content"] == {"amount": "12.50", "giftCardId": card, "fields": ["expiresAt"]}
    assert (row.status, row.attempts, row.change_id, row.body.encode()) == ("SUCCEEDED", 1, change_id, received.body)
    (noted,) = await attempts(place[0])
    assert (noted.number, noted.response_status, noted.response, noted.error) == (1, 200, "OK", None)
    with pytest.raises(WebhookVerificationError):
        received.verified("whsec_" + base64.b64encode(b"other" * 5).decode())


@on_sqlite
async def test_a_query_shapes_what_is_told(place: tuple[Database, int], here: Receiver) -> None:
    query = "subscription { changes { what: change { kind subjectId content } node { __typename } } }"
    await a_webhook(*place, here.url, query=query)
    async with sending(place[0]):
        await happen(*place, amount=100)
        (received,) = await here.got(1)
    card = base64.urlsafe_b64encode(b"GiftCard:7").decode()
    shown = {"kind": "GIFT_CARD_ISSUED", "subjectId": card, "content": {"amount": "1.00"}}
    assert received.json["data"] == {"changes": {"what": shown, "node": None}}
    assert received.json["type"] == "gift_card.issued"


@on_sqlite
async def test_a_query_reads_no_more_than_the_token_that_made_the_webhook(
    place: tuple[Database, int], here: Receiver
) -> None:
    asker = Principal("a", "app", {"acme": place[1]}, frozenset((webhooks.WRITE, "organizer.giftcards:read")))
    query = "subscription { changes { node { ... on GiftCard { issuer { vouchers { totalCount } } } } } }"
    await a_webhook(*place, here.url, query=query, asker=asker)
    await a_webhook(*place, here.url, asker=asker)
    async with sending(place[0], pauses=()):
        await happen(*place, kind="voucher.created")
        await happen(*place)
        rows = await settled(place[0], 2)
    assert [(row.kind, row.status) for row in rows] == [
        ("gift_card.issued", "FAILED"),
        ("gift_card.issued", "SUCCEEDED"),
    ]
    (refused,) = [each.error for each in await attempts(place[0]) if each.error]
    assert refused == "The query cannot be answered: You do not have permission to perform this action."


async def test_only_what_follows_and_is_asked_for_is_told(place: tuple[Database, int], here: Receiver) -> None:
    await happen(*place, 3)
    chosen = await a_webhook(*place, here.url, kinds=["gift_card.updated"])
    every = await a_webhook(*place, here.url)
    off = await a_webhook(*place, here.url)
    await act(place, webhooks.disable, off.webhook_id)
    async with sending(place[0]):
        await happen(*place)
        (changed,) = await happen(*place, kind="gift_card.updated")
        await happen(*place, kind="webhook.updated")
        await settled(place[0], 3)
        await asyncio.sleep(0.1)
    rows = await deliveries(place[0])
    assert [row.change_id for row in rows if row.webhook_id == chosen.webhook_id] == [changed]
    assert sorted((row.webhook_id, row.kind) for row in rows) == sorted(
        [
            (chosen.webhook_id, "gift_card.updated"),
            (every.webhook_id, "gift_card.issued"),
            (every.webhook_id, "gift_card.updated"),
        ]
    )


async def test_a_webhook_that_was_off_is_told_what_follows_and_what_waited(
    place: tuple[Database, int], here: Receiver
) -> None:
    here.usual = answer(500)
    made = await a_webhook(*place, here.url)
    async with sending(place[0], pauses=(0.2,) * 9):
        (waited,) = await happen(*place)
        await here.got(1)
        await act(place, webhooks.disable, made.webhook_id)
        here.usual = answer(204)
        await asyncio.sleep(0.3)
        await happen(*place)
        await asyncio.sleep(0.1)
        await act(place, webhooks.enable, made.webhook_id)
        (after,) = await happen(*place)
        rows = await settled(place[0], 2)
    assert [(row.change_id, row.status) for row in rows] == [(waited, "SUCCEEDED"), (after, "SUCCEEDED")]


async def test_both_secrets_sign_for_a_day(place: tuple[Database, int], here: Receiver) -> None:
    made = await a_webhook(*place, here.url)
    renewed = await act(place, webhooks.rotate, made.webhook_id)
    late = lambda: utc_now() + timedelta(hours=25)  # noqa: E731
    async with sending(place[0]):
        await happen(*place)
        (received,) = await here.got(1)
    async with sending(place[0], clock=late):
        await happen(*place)
        received, later = await here.got(2)
    assert received.verified(made.secret) == received.verified(renewed.secret)
    assert later.verified(renewed.secret)
    with pytest.raises(WebhookVerificationError):
        later.verified(made.secret)


# -- what fails --------------------------------------------------------------------------------------------------------


async def test_what_failed_is_sent_again_as_it_was(place: tuple[Database, int], here: Receiver) -> None:
    made = await a_webhook(*place, here.url)
    here.answers.extend([answer(500, body=b"oh \xff\0"), answer(302, f"location: {here.url}"), b"nonsense\r\n\r\n"])
    async with sending(place[0]):
        await happen(*place, amount=1)
        received = await here.got(4)
        (row,) = await settled(place[0], 1)
    assert len({(each.id, each.body) for each in received}) == 1
    assert all(each.verified(made.secret) for each in received)
    assert (row.status, row.attempts) == ("SUCCEEDED", 4)
    noted = await attempts(place[0])
    assert [(each.number, each.response_status) for each in noted] == [(1, 500), (2, 302), (3, None), (4, 200)]
    assert noted[0].response == "oh \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"
    assert noted[2].error.startswith("No HTTP: ")
    assert (await the_webhook(place[0], made.webhook_id)).failing_since is None


@on_sqlite
async def test_a_delivery_fails_when_its_pauses_are_used_up(place: tuple[Database, int], here: Receiver) -> None:
    here.usual = answer(503, body=b"x" * 5000)
    made = await a_webhook(*place, here.url)
    async with sending(place[0], pauses=(0.01, 0.01)):
        await happen(*place)
        (row,) = await settled(place[0], 1)
        assert (row.status, row.attempts, len(here.received)) == ("FAILED", 3, 3)
        assert len((await attempts(place[0]))[0].response) == webhook_deliveries.RESPONSE_LENGTH_MAX
        found = await the_webhook(place[0], made.webhook_id)
        assert (found.active, found.failing_since is not None) == (True, True)
        here.usual = answer(200)
        await act(place, webhooks.redeliver, row.id)
        (row,) = await settled(place[0], 1, status=["SUCCEEDED"])
    assert (row.attempts, row.tries) == (4, 1)
    assert len({each.id for each in here.received}) == 1
    assert (await the_webhook(place[0], made.webhook_id)).failing_since is None


@on_sqlite
async def test_what_counts_is_a_whole_answer_of_200_to_299_in_time(
    place: tuple[Database, int], here: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends its answer drop by drop has not answered. Proxies of the environment are not asked."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    await a_webhook(*place, here.url)
    here.answers.extend([answer(299), answer(300), b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nOK"])
    async with sending(place[0], pauses=(), of_webhook_max=1, requests={"timeout_seconds": 0.3}):
        await happen(*place, 3)
        rows = await settled(place[0], 3)
    assert [row.status for row in rows] == ["SUCCEEDED", "FAILED", "FAILED"]
    noted = [(each.response_status, each.error) for each in await attempts(place[0])]
    assert noted == [(299, None), (300, None), (None, "There was no answer within 0.3 seconds.")]


@on_sqlite
async def test_what_is_sent_again_is_the_same_and_goes_to_where_the_webhook_leads_by_then(
    place: tuple[Database, int], here: Receiver
) -> None:
    made = await a_webhook(*place, here.url)
    async with receiver() as there, sending(place[0]):
        await happen(*place)
        (row,) = await settled(place[0], 1)
        changed = {"url": there.url, "query": "subscription { changes { cursor } }"}
        await act(place, webhooks.update, made.webhook_id, reach=LOCAL, **changed)
        await act(place, webhooks.redeliver, row.id)
        (again,) = await there.got(1)
    (first,) = here.received
    assert (again.id, again.body) == (first.id, first.body)


@on_sqlite
async def test_a_receiver_is_heeded_that_asks_for_a_pause(place: tuple[Database, int], here: Receiver) -> None:
    await a_webhook(*place, here.url)
    for asked in ("3600", format_datetime(utc_now() + timedelta(hours=1)), "99999999999", "-5", "soon"):
        here.answers.append(answer(503, f"retry-after: {asked}"))
    async with sending(place[0]):
        await happen(*place, 5)
        await here.got(5)
        await settled(place[0], 2)
    left = [row.due_at / 1000 - utc_now().timestamp() for row in await deliveries(place[0]) if row.status == "PENDING"]
    assert [round(seconds / 3600) for seconds in sorted(left)] == [1, 1, 24]


@on_sqlite
async def test_a_receiver_that_is_gone_is_told_nothing_any_more(place: tuple[Database, int], here: Receiver) -> None:
    here.usual = answer(410)
    made = await a_webhook(*place, here.url)
    async with sending(place[0]):
        await happen(*place)
        (row,) = await settled(place[0], 1)
        await happen(*place)
        await asyncio.sleep(0.1)
    found = await the_webhook(place[0], made.webhook_id)
    assert (row.status, found.active, found.disabled_reason, len(here.received)) == ("FAILED", False, "GONE", 1)
    assert await changes(place[0], "webhook.disabled") == [{"reason": "GONE"}]


@on_sqlite
async def test_a_webhook_that_fails_for_days_is_switched_off(place: tuple[Database, int], here: Receiver) -> None:
    here.usual = answer(500)
    made = await a_webhook(*place, here.url)
    async with sending(place[0], pauses=()):
        await happen(*place)
        await settled(place[0], 1)
    later = lambda: utc_now() + webhook_deliveries.PATIENCE  # noqa: E731
    async with sending(place[0], pauses=(), clock=later):
        await happen(*place)
        await settled(place[0], 2)
    found = await the_webhook(place[0], made.webhook_id)
    assert (found.active, found.disabled_reason) == (False, "FAILING")
    await act(place, webhooks.enable, made.webhook_id)
    found = await the_webhook(place[0], made.webhook_id)
    assert (found.active, found.disabled_reason, found.failing_since) == (True, None, None)


@on_sqlite
async def test_a_ping_is_sent_once(place: tuple[Database, int], here: Receiver) -> None:
    here.usual = answer(500)
    made = await a_webhook(*place, here.url, query="subscription { changes { cursor } }")
    async with sending(place[0]):
        await act(place, webhooks.ping, made.webhook_id)
        (received,) = await here.got(1)
        (row,) = await settled(place[0], 1)
    assert (row.status, row.attempts, received.json["type"]) == ("FAILED", 1, "webhook.pinged")
    assert received.json["data"]["subject"]["type"] == "Webhook"
    assert received.verified(made.secret)


@on_sqlite
async def test_a_database_that_is_locked_is_waited_for_and_nothing_is_sent_twice(
    database_url: str, here: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.webhook_sender.PAUSE_SECONDS", 0.05)
    async with opened(database_url, write_timeout_seconds=0.1) as place:
        await a_webhook(*place, here.url)
        here.open.clear()
        async with sending(place[0]):
            await happen(*place, 2)
            await here.got(2)
            async with locked(database_url):
                here.open.set()
                await asyncio.sleep(0.5)
            rows = await settled(place[0], 2)
            await happen(*place)
            await settled(place[0], 3)
    assert [row.attempts for row in rows] == [1, 1]
    assert len(here.received) == 3


@on_sqlite
async def test_a_bug_costs_an_attempt_and_is_not_shown(
    place: tuple[Database, int], here: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any) -> str:
        raise ValueError("a secret")

    monkeypatch.setattr("server.webhook_sender.body_of", fails)
    await a_webhook(*place, here.url)
    async with sending(place[0], pauses=()):
        await happen(*place)
        (row,) = await settled(place[0], 1)
    assert (row.status, [each.error for each in await attempts(place[0])]) == (
        "FAILED",
        ["The payload could not be made."],
    )


@on_sqlite
async def test_a_worker_that_stops_lets_what_it_sends_come_to_its_end(
    place: tuple[Database, int], here: Receiver
) -> None:
    await a_webhook(*place, here.url)
    here.open.clear()
    async with sending(place[0], stop_seconds=5):
        await happen(*place)
        await here.got(1)
        asyncio.get_running_loop().call_later(0.1, here.open.set)
    assert [row.status for row in await deliveries(place[0])] == ["SUCCEEDED"]
    here.open.clear()
    async with sending(place[0], stop_seconds=0.05):
        await happen(*place)
        await here.got(2)
    assert [row.status for row in await deliveries(place[0])] == ["SUCCEEDED", "PENDING"]


# -- how much at once --------------------------------------------------------------------------------------------------


async def test_one_receiver_that_does_not_answer_holds_up_no_other(place: tuple[Database, int], here: Receiver) -> None:
    async with receiver() as dead:
        dead.open.clear()
        await a_webhook(*place, dead.url)
        await a_webhook(*place, here.url)
        async with sending(place[0], requests={"timeout_seconds": 1.0}, of_webhook_max=3, requests_max=6):
            await happen(*place, 30)
            received = await here.got(30)
            assert len({each.id for each in received}) == 30
            assert dead.at_once_max <= 3
            await dead.until(lambda there: len(there.received) > 3, 5)
            # It failed: from then on one at a time.
            dead.at_once_max = 0
            await dead.until(lambda there: len(there.received) > 5, 5)
            assert dead.at_once_max == 1
            dead.open.set()
            await settled(place[0], 60)
    assert len({each.id for each in dead.received}) == 30


async def test_two_workers_send_everything_and_nothing_at_the_same_time(database_url: str, here: Receiver) -> None:
    async with opened(database_url) as place, databases.opened(database_url) as other:
        await a_webhook(*place, here.url)
        async with sending(place[0]), sending(other):
            await happen(*place, 60)
            await here.got(60)
            rows = await settled(place[0], 60)
            await asyncio.sleep(0.1)
    assert sorted(each.id for each in here.received) == sorted(row.token for row in rows)
    assert here.connections <= 16


async def test_what_a_worker_claimed_and_did_not_send_is_sent_by_another(
    place: tuple[Database, int], here: Receiver
) -> None:
    made = await a_webhook(*place, here.url)
    (change_id,) = await happen(*place)

    async def made_and_claimed(work: Any) -> list[webhook_deliveries.Delivery]:
        await webhook_deliveries.move(work, 0, change_id, [(change_id, place[1], "gift_card.issued")])
        return await webhook_deliveries.claim(work, {(place[1], made.webhook_id): 9}, 300)

    (lost,) = await written(place[0], made_and_claimed)
    async with sending(place[0]):
        (received,) = await here.got(1)
        await settled(place[0], 1)
    assert received.id == lost.token
    late = webhook_deliveries.Attempted(utc_now(), 1, status=500)
    assert await written(place[0], making(webhook_deliveries.settle, lost, late)) is None
    assert [row.status for row in await deliveries(place[0])] == ["SUCCEEDED"]


async def test_changes_are_made_deliveries_of_once_whoever_comes_first(place: tuple[Database, int]) -> None:
    database = place[0]
    await a_webhook(*place, "https://example.org/")
    ids = await happen(*place, 250)

    async def write(verb: Any) -> Any:
        return await written(database, verb)

    async def reader() -> None:
        while (await webhook_deliveries.advance(database, write, ids[-1]) or 0) < ids[-1]:
            pass

    await asyncio.gather(*[reader() for _ in range(4)])
    assert [row.change_id for row in await deliveries(database)] == ids
    # Behind the first webhook nothing is looked at.
    assert await webhook_deliveries.start(database) == ids[-1]


# -- where it may not go -----------------------------------------------------------------------------------------------


def leading_to(*addresses: str) -> Resolve:
    """A name server that was taken over."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


@on_sqlite
async def test_a_name_that_leads_to_this_machine_is_not_gone_to(place: tuple[Database, int], here: Receiver) -> None:
    """Names are looked at when a connection is opened: by what they stand for then, all of it."""
    name = f"http://receiver.test:{here.port}/"
    await a_webhook(*place, name)
    several = (
        ("127.0.0.1",),
        ("::ffff:127.0.0.1",),
        ("1.1.1.1", "127.0.0.1"),
        ("169.254.169.254",),
        ("64:ff9b::7f00:1",),
        ("fe80::1%lo",),
        (),
    )
    for number, addresses in enumerate(several, 1):
        requests = {"reach": Reach(allow_http=True), "resolve": leading_to(*addresses)}
        async with sending(place[0], pauses=(), requests=requests):
            await happen(*place)
            await settled(place[0], number)
        assert "not allowed" in (await attempts(place[0]))[-1].error
    assert here.connections == 0


@on_sqlite
async def test_an_address_that_takes_no_connection_is_passed_over(place: tuple[Database, int], here: Receiver) -> None:
    await a_webhook(*place, f"http://receiver.test:{here.port}/")
    for number, addresses in enumerate((("127.0.0.2", "127.0.0.1"), ("127.0.0.2",)), 1):
        async with sending(place[0], pauses=(), requests={"resolve": leading_to(*addresses)}):
            await happen(*place)
            await settled(place[0], number)
    # A name under `.invalid` is never found (RFC 6761).
    await a_webhook(*place, "http://nobody.invalid/", kinds=["gift_card.updated"])
    async with sending(place[0], pauses=()):
        await happen(*place, kind="gift_card.updated")
        await settled(place[0], 4)
    found, *lost = await attempts(place[0])
    assert (found.response_status, len(here.received)) == (200, 1)
    assert all(each.error.startswith("No connection: ") for each in lost)
    assert any("'nobody.invalid'" in each.error for each in lost)


@on_sqlite
async def test_ways_of_writing_this_machine_lead_nowhere(place: tuple[Database, int], here: Receiver) -> None:
    """What passes as a name is still what the system makes of it: by its own resolver."""
    requests = {"reach": Reach(allow_http=True)}
    ways = ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "127.0.0.1"]
    async with sending(place[0], pauses=(), requests=requests):
        for way in ways:
            made = await a_webhook(*place, here.url)
            url = f"http://{way}:{here.port}/"
            await databases.rows(place[0], _lead(made.webhook_id, url))
        await happen(*place)
        await settled(place[0], len(ways))
    assert [each.error for each in await attempts(place[0])] == [
        "The address leads into a network that is not allowed."
    ] * len(ways)
    assert here.connections == 0


def _lead(webhook_id: int, url: str) -> Any:
    return webhook.update().where(webhook.c.id == webhook_id).values(url=url).returning(webhook.c.id)


@on_sqlite
async def test_redirects_are_not_followed(place: tuple[Database, int], here: Receiver) -> None:
    async with receiver() as inside:
        here.usual = answer(307, f"location: {inside.url}")
        await a_webhook(*place, here.url)
        async with sending(place[0], pauses=()):
            await happen(*place)
            (row,) = await settled(place[0], 1)
    assert (row.status, inside.connections) == ("FAILED", 0)


@on_sqlite
async def test_tls_asks_for_the_certificate_of_the_name(place: tuple[Database, int], tmp_path: Path) -> None:
    key, certificate = _certificate(tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key)
    names: list[str] = []
    serving.sni_callback = lambda socket, name, context: names.append(name)
    requests = {"ssl_context": ssl.create_default_context(cafile=certificate), "resolve": leading_to("127.0.0.1")}
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(receiver(serving))
        await a_webhook(*place, f"https://receiver.test:{here.port}/", reach=LOCAL)
        await stack.enter_async_context(sending(place[0], pauses=(), requests=requests))
        await happen(*place)
        await here.got(1)
        await settled(place[0], 1)
        await a_webhook(*place, f"https://other.test:{here.port}/", reach=LOCAL, kinds=["gift_card.updated"])
        await happen(*place, kind="gift_card.updated")
        rows = await settled(place[0], 3)
    assert sorted(row.status for row in rows) == ["FAILED", "SUCCEEDED", "SUCCEEDED"]
    assert names == ["receiver.test", "other.test"]
    (failed,) = [each for each in await attempts(place[0]) if each.error]
    assert "certificate" in failed.error.lower()


def _certificate(folder: Path) -> tuple[Path, Path]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    names = ("-subj", "/CN=receiver.test", "-addext", "subjectAltName=DNS:receiver.test")
    command = [openssl, "req", "-x509", *kind, "-keyout", str(key), "-out", str(certificate), *names]
    subprocess.run(command, check=True, capture_output=True)
    return key, certificate
