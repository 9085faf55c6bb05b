"""Gift cards through the pretix door: what is shown, what is taken, what is refused and in which words."""

import asyncio
from typing import Any

import pytest

from resolvers import gift_cards
from tests.rest.pretix.conftest import ON_SQLITE, TICKET, Door

FIELDS = [
    "id",
    "secret",
    "issuance",
    "value",
    "currency",
    "testmode",
    "expires",
    "conditions",
    "owner_ticket",
    "issuer",
]
NEW = {"secret": "NEW1", "value": "12.00", "currency": "EUR"}
REQUIRED = "This field is required."
DENIED = {"detail": "You do not have permission to perform this action."}
NO_CARD = {"detail": "No GiftCard matches the given query."}
NOT_A_NUMBER = ["A valid number is required."]


# -- reading ---------------------------------------------------------------------------------------------------


async def test_a_card_is_shown_with_pretix_names_in_its_order(door: Door) -> None:
    card = await door.world.card(2345, secret="AAA1", conditions="Only ☃ 🎁")
    answer = await door.get(f"{card}/")
    shown = answer.json()
    assert list(shown) == FIELDS
    assert shown["value"] == "23.45"
    assert shown["issuance"].endswith("Z")
    assert shown["issuer"] == "acme"
    assert shown["conditions"] == "Only ☃ 🎁"
    assert b"Only \\u2603 \\ud83c\\udf81" in answer.content


@ON_SQLITE
async def test_headers_are_those_of_pretix(door: Door) -> None:
    answer = await door.get()
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["allow"] == "GET, POST, HEAD, OPTIONS"
    assert answer.headers["vary"] == "Accept-Language, Cookie, Host"
    assert answer.headers["content-language"] == "en"
    assert answer.headers["x-frame-options"] == "DENY"
    assert b", " not in answer.content


async def test_lists_run_by_issuance_and_count_exactly(door: Door) -> None:
    cards = [await door.world.card(100 * n) for n in range(4)]
    first = (await door.get("?page_size=3")).json()
    assert [card["id"] for card in first["results"]] == cards[:3]
    assert first["count"] == 4
    assert first["previous"] is None
    assert first["next"] == "http://foyer.test/api/v1/organizers/acme/giftcards/?page=2&page_size=3"
    second = (await door.get("?page_size=3&page=2")).json()
    assert [card["id"] for card in second["results"]] == cards[3:]
    assert second["previous"] == "http://foyer.test/api/v1/organizers/acme/giftcards/?page_size=3"
    assert (await door.get("?page_size=3&page=last")).json()["results"] == second["results"]


async def test_a_written_card_is_counted_at_once(door: Door) -> None:
    for count in range(3):
        assert (await door.get()).json()["count"] == count
        assert (await door.post(json={**NEW, "secret": f"NEW{count}"})).status_code == 201


async def test_filters_narrow_lists_and_single_cards(door: Door) -> None:
    plain = await door.world.card(2300, secret="ABC-1")
    test = await door.world.card(0, secret="xyz.2", testmode=True)
    found: dict[str, list[int]] = {
        "secret=abc-1": [plain],
        "secret=%20ABC-1%20": [plain],
        "secret=ABC": [],
        "secret=ABC-%25": [],
        "secret=": [plain, test],
        "secret=ABC-1&secret=XYZ.2": [test],
        "testmode=true": [test],
        "testmode=True": [test],
        "testmode=0": [plain],
        "testmode=maybe": [plain, test],
        "value=23": [plain],
        "value=23.000": [plain],
        "value=2.3e1": [plain],
        "value=0": [test],
        "value=23.001": [],
        "value=-23": [],
        "value=1e50": [],
        "value=1e-999999999": [],
        "value=99999999999999999999": [],
        "value=": [plain, test],
        "expired=true": [],
        "expired=false": [plain, test],
        "expired=x": [plain, test],
        "ordering=-id": [plain, test],
        "currency=USD": [plain, test],
    }
    for query, expected in found.items():
        answer = (await door.get(f"?{query}")).json()
        assert [card["id"] for card in answer["results"]] == expected, query
        assert answer["count"] == len(expected), query
        status = (await door.get(f"{plain}/?{query}")).status_code
        assert status == (200 if plain in expected else 404), query


async def test_expired_cards_are_those_past_their_date(door: Door) -> None:
    past = (await door.post(json={**NEW, "expires": "2020-01-01T00:00:00Z"})).json()["id"]
    later = (await door.post(json={**NEW, "secret": "NEW2", "expires": "2099-01-01T00:00:00Z"})).json()["id"]
    for query, expected in (("true", [past]), ("false", [later])):
        results = (await door.get(f"?expired={query}")).json()["results"]
        assert [card["id"] for card in results] == expected


@ON_SQLITE
async def test_a_value_filter_that_is_no_number_is_refused(door: Door) -> None:
    card = await door.world.card()
    for path in ("?value=abc", "?value=NaN", "?value=Infinity", f"{card}/?value=x"):
        answer = await door.get(path)
        assert (answer.status_code, answer.json()) == (400, {"value": ["Enter a number."]})
    too_large = await door.get("?value=1e999999999")
    assert too_large.json() == {"value": ["Ensure this value is less than or equal to 1e+50."]}


async def test_accepted_cards_are_included_by_the_very_text_true(door: Door) -> None:
    beta = await door.world.card(1000, of="beta")
    gamma = await door.world.card(1000, of="gamma")
    assert (await door.get("?include_accepted=true")).json()["count"] == 1
    assert (await door.get(f"{beta}/?include_accepted=true")).json()["issuer"] == "beta"
    for query in ("", "?include_accepted=True", "?include_accepted=1", "?include_accepted="):
        assert (await door.get(query)).json()["count"] == 0
        assert (await door.get(f"{beta}/{query}")).json() == NO_CARD
    # Not taken up, and not the other way round.
    assert (await door.get(f"{gamma}/?include_accepted=true")).status_code == 404
    other = await door.get("/api/v1/organizers/beta/giftcards/?include_accepted=true", token="beta")
    assert other.json()["count"] == 1


async def test_unknown_cards_are_not_found(door: Door) -> None:
    for name in ("99999999", "0", "-1", "9" * 23, "9223372036854775808", "-9223372036854775809"):
        answer = await door.get(f"{name}/")
        assert (answer.status_code, answer.json()) == (404, NO_CARD), name
    for name in ("ACME", "1.5", "9" * 5000, "%00", "1%00", "a%20b"):
        answer = await door.get(f"{name}/")
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."}), name


async def test_the_ticket_is_shown_by_id_or_expanded(door: Door) -> None:
    card = (await door.post(json={**NEW, "owner_ticket": TICKET})).json()
    assert card["owner_ticket"] == door.ticket_id
    address = f"{card['id']}/?expand=owner_ticket"
    whole = {"id": door.ticket_id, "order": {"code": "FOO12", "event": "conf"}, "secret": TICKET}
    assert (await door.get(address)).json()["owner_ticket"] == whole
    assert (await door.get("?expand=x&expand=owner_ticket")).json()["results"][0]["owner_ticket"] == whole
    for token in ("acme_reads", "some_events"):
        assert (await door.get(address, token=token)).json()["owner_ticket"] == {"id": door.ticket_id}
    without = await door.world.card()
    for token in ("acme", "acme_reads"):
        assert (await door.get(f"{without}/?expand=owner_ticket", token=token)).json()["owner_ticket"] is None


# -- creating --------------------------------------------------------------------------------------------------


async def test_a_card_is_created_with_its_first_transaction(door: Door) -> None:
    given = {**NEW, "testmode": "yes", "expires": "2031-12-31T23:59:59+01:00", "conditions": " a  b \n", "id": 7}
    answer = await door.post(json={**given, "issuer": "beta", "color": "red"})
    card = answer.json()
    assert answer.status_code == 201
    assert (card["value"], card["testmode"], card["expires"]) == ("12.00", True, "2031-12-31T22:59:59Z")
    assert (card["conditions"], card["owner_ticket"], card["issuer"]) == ("a  b", None, "acme")
    (booked,) = (await door.get(f"{card['id']}/transactions/")).json()["results"]
    assert (booked["value"], booked["text"], booked["info"], booked["acceptor"]) == ("12.00", None, None, "acme")


WRONG: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
    ({}, {"secret": [REQUIRED], "value": [REQUIRED], "currency": [REQUIRED]}),
    (
        {"secret": "Ä", "value": "x", "currency": "eur", "testmode": "maybe", "expires": "x", "conditions": []},
        {
            "secret": ["The gift card code may only contain letters, numbers, dots and dashes."],
            "value": NOT_A_NUMBER,
            "currency": ['"eur" is not a valid choice.'],
            "testmode": ["Must be a valid boolean."],
            "expires": [
                "Datetime has wrong format. Use one of these formats instead: "
                "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
            ],
            "conditions": ["Not a valid string."],
        },
    ),
    ({**NEW, "secret": "A" * 191}, {"secret": ["Ensure this field has no more than 190 characters."]}),
    ({**NEW, "value": None}, {"value": ["This field may not be null."]}),
    ({**NEW, "value": "-0.01"}, {"value": ["Ensure this value is greater than or equal to 0.00."]}),
    ({**NEW, "currency": 978}, {"currency": ['"978" is not a valid choice.']}),
    ({**NEW, "currency": "XTS"}, {"currency": ['"XTS" is not a valid choice.']}),
    ({**NEW, "owner_ticket": 99}, {"owner_ticket": ['Invalid pk "99" - object does not exist.']}),
    ({**NEW, "owner_ticket": 0}, {"owner_ticket": ['Invalid pk "0" - object does not exist.']}),
    ({**NEW, "owner_ticket": 2**70}, {"owner_ticket": [f'Invalid pk "{2**70}" - object does not exist.']}),
    ({**NEW, "owner_ticket": "no\0pe"}, {"owner_ticket": ['Invalid pk "no\0pe" - object does not exist.']}),
    ({**NEW, "owner_ticket": True}, {"owner_ticket": ['Invalid pk "True" - object does not exist.']}),
    ({**NEW, "owner_ticket": []}, {"owner_ticket": ["Incorrect type. Expected pk value, received list."]}),
    (
        {**NEW, "value": "x", "owner_ticket": "nope"},
        {"value": NOT_A_NUMBER, "owner_ticket": ['Invalid pk "nope" - object does not exist.']},
    ),
]


async def test_what_is_wrong_is_said_by_field_and_nothing_is_created(door: Door) -> None:
    for body, errors in WRONG:
        answer = await door.post(json=body)
        assert (answer.status_code, answer.json()) == (400, errors), body
        assert list(answer.json()) == list(errors)
    assert (await door.get()).json()["count"] == 0


async def test_secrets_are_unique_among_own_and_accepted_cards(door: Door) -> None:
    taken = {"secret": ["A gift card with the same secret already exists in your or an affiliated organizer account."]}
    await door.world.card(secret="MINE")
    await door.world.card(secret="BETA", of="beta")
    await door.world.card(secret="GAMMA", of="gamma")
    for secret in ("MINE", "BETA"):
        answer = await door.post(json={**NEW, "secret": secret})
        assert (answer.status_code, answer.json()) == (400, taken)
    for secret in ("mine", "GAMMA"):
        assert (await door.post(json={**NEW, "secret": secret})).status_code == 201
    issuer = await door.post("/api/v1/organizers/beta/giftcards/", {**NEW, "secret": "MINE"}, token="beta")
    assert issuer.status_code == 201
    # Only looked at when all fields fit.
    both = await door.post(json={"secret": "MINE", "value": "1.00", "currency": "eur"})
    assert both.json() == {"currency": ['"eur" is not a valid choice.']}


async def test_of_parallel_cards_with_one_secret_one_is_created(door: Door) -> None:
    answers = await asyncio.gather(*[door.post(json=NEW) for _ in range(8)])
    assert sorted(answer.status_code for answer in answers) == [201, *[400] * 7]


@ON_SQLITE
async def test_forms_are_taken_like_json(door: Door) -> None:
    fields = {**NEW, "expires": "", "testmode": "", "conditions": "", "owner_ticket": ""}
    urlencoded = await door.ask("POST", data=fields)
    assert urlencoded.status_code == 201, urlencoded.text
    assert {name: urlencoded.json()[name] for name in ("expires", "testmode", "conditions")} == {
        "expires": None,
        "testmode": False,
        "conditions": "",
    }
    parts = {name: (None, value) for name, value in {**fields, "secret": "NEW2"}.items()}
    assert (await door.ask("POST", files=parts)).status_code == 201
    upload = {**parts, "secret": ("a.txt", b"NEW3"), "value": ("b.txt", b"1.00")}
    answer = await door.ask("POST", files=upload)
    assert answer.json() == {"secret": ["Not a valid string."], "value": NOT_A_NUMBER}
    card = urlencoded.json()["id"]
    booked = await door.ask("POST", f"{card}/transact/", data={"value": "1.00", "info": "a text"})
    assert booked.json()["value"] == "13.00"


# -- updating --------------------------------------------------------------------------------------------------


async def test_patch_answers_with_the_new_value_and_books_the_difference(door: Door) -> None:
    card = await door.world.card(1000)
    answer = await door.ask("PATCH", f"{card}/", json={"value": "7.50"})
    assert (answer.status_code, answer.json()["value"]) == (200, "7.50")
    assert (await door.ask("PATCH", f"{card}/", json={"value": 7.5})).json()["value"] == "7.50"
    booked = (await door.get(f"{card}/transactions/")).json()["results"]
    assert [each["value"] for each in booked] == ["10.00", "-2.50", "0.00"]
    assert [each["text"] for each in booked] == [None, None, None]


async def test_patch_changes_what_may_change_and_keeps_the_rest(door: Door) -> None:
    card = (await door.post(json={**NEW, "conditions": "x", "owner_ticket": TICKET})).json()
    assert (await door.ask("PATCH", f"{card['id']}/", json={})).json() == card
    fixed = {"secret": "OTHER", "currency": "USD", "testmode": True, "issuer": "beta"}
    assert (await door.ask("PATCH", f"{card['id']}/", json=fixed)).json() == card
    given = {"expires": "2031-01-01", "conditions": None, "owner_ticket": None}
    answer = await door.ask("PATCH", f"{card['id']}/", json=given)
    assert answer.json() == {**card, "expires": "2031-01-01T00:00:00Z", "conditions": None, "owner_ticket": None}
    assert (await door.get(f"{card['id']}/transactions/")).json()["count"] == 1


async def test_put_needs_what_is_required_and_keeps_what_is_left_out(door: Door) -> None:
    card = (await door.post(json={**NEW, "conditions": "x"})).json()
    missing = await door.ask("PUT", f"{card['id']}/", json={})
    assert missing.json() == {"secret": [REQUIRED], "value": [REQUIRED], "currency": [REQUIRED]}
    put = await door.ask("PUT", f"{card['id']}/", json={**NEW, "value": "5.00"})
    assert put.json() == {**card, "value": "5.00"}


async def test_a_bad_or_taken_secret_is_refused_in_updates_too(door: Door) -> None:
    card = await door.world.card(secret="MINE")
    await door.world.card(secret="OTHER")
    await door.world.card(secret="BETA", of="beta")
    for secret in ("OTHER", "BETA"):
        answer = await door.ask("PATCH", f"{card}/", json={"secret": secret})
        assert (answer.status_code, list(answer.json())) == (400, ["secret"])
    for body in ({"secret": "Ä"}, {"value": None}, {"currency": "eur"}, {"testmode": None}, {"owner_ticket": 99}):
        answer = await door.ask("PATCH", f"{card}/", json=body)
        assert (answer.status_code, list(answer.json())) == (400, list(body))
    assert (await door.ask("PATCH", f"{card}/", json={"secret": "MINE"})).status_code == 200


async def test_updates_with_include_accepted_are_refused(door: Door) -> None:
    own, beta = await door.world.card(100), await door.world.card(100, of="beta")
    refused = {"detail": "Accepted gift cards cannot be updated, use transact instead."}
    for path in (f"{own}/?include_accepted=false", f"{beta}/?include_accepted=true"):
        answer = await door.ask("PATCH", path, json={"value": "5.00"})
        assert (answer.status_code, answer.json()) == (403, refused)
    assert (await door.ask("PATCH", f"{beta}/?include_accepted=false", json={})).json() == NO_CARD
    wrong = await door.ask("PATCH", f"{own}/?include_accepted=true", json={"value": "x"})
    assert wrong.json() == {"value": NOT_A_NUMBER}
    assert await door.value(own) == "1.00"


async def test_parallel_patches_of_the_value_lose_no_update(door: Door) -> None:
    card = await door.world.card(10_000)
    answers = await asyncio.gather(
        *[door.ask("PATCH", f"{card}/", json={"value": "50.00"}) for _ in range(6)],
        *[door.post(f"{card}/transact/", {"value": "1.00"}) for _ in range(6)],
    )
    assert {answer.status_code for answer in answers} == {200}
    booked = (await door.get(f"{card}/transactions/")).json()["results"]
    last = max(index for index, each in enumerate(booked) if each["text"] != "")
    assert await door.value(card) == f"{50 + len(booked) - 1 - last:.2f}"
    assert [answer.json()["value"] for answer in answers[:6]] == ["50.00"] * 6


async def test_cards_are_not_deleted(door: Door) -> None:
    card = await door.world.card()
    answer = await door.ask("DELETE", f"{card}/")
    assert answer.status_code == 405
    assert answer.json() == {"detail": 'Method "Gift cards cannot be deleted." not allowed.'}
    assert answer.headers["allow"] == "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"
    assert (await door.ask("DELETE", "99999999/")).json() == NO_CARD
    assert (await door.ask("DELETE", "abc/")).status_code == 404


# -- transact --------------------------------------------------------------------------------------------------


async def test_transact_books_and_answers_with_the_card(door: Door) -> None:
    card = await door.world.card(1000)
    body = {"value": "-2.50", "text": "  bar ", "info": {"n": [1, None, "ü"]}, "order": "x", "event": "y"}
    answer = await door.post(f"{card}/transact/", body)
    assert (answer.status_code, answer.json()["value"], list(answer.json())) == (200, "7.50", FIELDS)
    assert answer.headers["allow"] == "POST, OPTIONS"
    for zero in ({"value": 0}, {"value": "0.00", "text": 5, "info": None}):
        assert (await door.post(f"{card}/transact/", zero)).json()["value"] == "7.50"
    booked = (await door.get(f"{card}/transactions/")).json()["results"]
    assert [each["text"] for each in booked] == [None, "bar", "", "5"]
    assert [each["info"] for each in booked] == [None, {"n": [1, None, "ü"]}, {}, None]
    assert {each["acceptor"] for each in booked} == {"acme"}


WRONG_TRANSACTIONS: list[tuple[Any, list[str]]] = [
    ({}, NOT_A_NUMBER),
    ({"value": None}, NOT_A_NUMBER),
    ({"value": True}, NOT_A_NUMBER),
    ({"value": "NaN", "text": None}, NOT_A_NUMBER),
    ({"value": []}, NOT_A_NUMBER),
    ({"value": "1.001"}, ["Ensure that there are no more than 2 decimal places."]),
    ({"value": "100000000000.00"}, ["Ensure that there are no more than 13 digits in total."]),
    ({"value": "100000000000"}, ["Ensure that there are no more than 11 digits before the decimal point."]),
    ({"value": "1.00", "text": None}, ["Not a valid string."]),
    ({"value": "1.00", "text": True}, ["Not a valid string."]),
    ({"value": "1.00", "text": []}, ["Not a valid string."]),
    ({"value": "1.00", "text": "a\0b"}, ["Null characters are not allowed."]),
    ({"value": "1.00", "info": 2**70}, ["Value must be valid JSON."]),
]


async def test_what_is_wrong_with_a_transaction_is_a_bare_list(door: Door) -> None:
    card = await door.world.card(1000)
    for body, errors in WRONG_TRANSACTIONS:
        answer = await door.post(f"{card}/transact/", body)
        assert (answer.status_code, answer.json()) == (400, errors), body
    assert (await door.get(f"{card}/transactions/")).json()["count"] == 1


async def test_overdraft_is_a_conflict_and_books_nothing(door: Door) -> None:
    card = await door.world.card(1000)
    answer = await door.post(f"{card}/transact/", {"value": "-10.01"})
    refused = {"value": ["The gift card does not have sufficient credit for this operation."]}
    assert (answer.status_code, answer.json()) == (409, refused)
    assert "retry-after" not in answer.headers
    assert (await door.get(f"{card}/transactions/")).json()["count"] == 1


async def test_a_balance_that_grows_too_large_is_refused(door: Door) -> None:
    card = await door.world.card(10**13 - 1)
    answer = await door.post(f"{card}/transact/", {"value": "0.01"})
    assert answer.status_code == 400
    assert answer.json() == ["The balance of a gift card cannot be more than 99999999999.99."]


async def test_a_disabled_card_refuses_money_to_move(door: Door) -> None:
    card = await door.world.card(1000)
    acme = door.world.organizers["acme"]
    await door.world.context().write(lambda work: gift_cards.disable(work, acme, card))
    disabled = {"value": ["This gift card is disabled."]}
    for answer in (
        await door.post(f"{card}/transact/", {"value": "-1.00"}),
        await door.ask("PATCH", f"{card}/", json={"value": "1.00"}),
    ):
        assert (answer.status_code, answer.json()) == (409, disabled)
    assert (await door.ask("PATCH", f"{card}/", json={"conditions": "x"})).status_code == 200


async def test_accepted_cards_can_be_spent(door: Door) -> None:
    beta = await door.world.card(1000, of="beta")
    assert (await door.post(f"{beta}/transact/", {"value": "-1.00"})).json() == NO_CARD
    answer = await door.post(f"{beta}/transact/?include_accepted=true", {"value": "-1.00"})
    assert (answer.json()["value"], answer.json()["issuer"]) == ("9.00", "beta")
    booked = (await door.get(f"{beta}/transactions/?include_accepted=true")).json()["results"]
    assert [each["acceptor"] for each in booked] == ["beta", "acme"]


async def test_filters_apply_to_transact(door: Door) -> None:
    card = await door.world.card(1000)
    assert (await door.post(f"{card}/transact/?testmode=true", {"value": "1.00"})).json() == NO_CARD
    assert (await door.post(f"{card}/transact/?value=10", {"value": "1.00"})).json()["value"] == "11.00"
    assert (await door.post(f"{card}/transact/?value=x", {"value": "1.00"})).status_code == 400


async def test_of_20_parallel_debits_of_1_on_10_ten_succeed(door: Door) -> None:
    card = await door.world.card(1000)
    answers = await asyncio.gather(*[door.post(f"{card}/transact/", {"value": "-1.00"}) for _ in range(20)])
    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [409] * 10
    values = sorted(float(answer.json()["value"]) for answer in answers if answer.status_code == 200)
    assert values == [float(left) for left in range(10)]
    assert await door.value(card) == "0.00"


# -- who may, and in which order it is said --------------------------------------------------------------------


@ON_SQLITE
async def test_reading_and_writing_are_two_permissions(door: Door) -> None:
    card = await door.world.card(1000)
    body = {"value": "1.00"}
    for token, reads, writes in (("acme_reads", 200, 403), ("acme_writes", 403, 200), ("acme_nothing", 403, 403)):
        assert (await door.get(token=token)).status_code == reads
        assert (await door.get(f"{card}/", token=token)).status_code == reads
        assert (await door.get(f"{card}/transactions/", token=token)).status_code == reads
        assert (await door.post(f"{card}/transact/", body, token=token)).status_code == writes
        assert (await door.ask("PATCH", f"{card}/", json={}, token=token)).status_code == writes


@ON_SQLITE
async def test_unknown_and_foreign_organizers_are_forbidden(door: Door) -> None:
    for slug in ("beta", "nobody", "ACME", "a%20b%C3%BC", "a%00b"):
        answer = await door.get(f"/api/v1/organizers/{slug}/giftcards/")
        assert (answer.status_code, answer.json()) == (403, DENIED)
    assert (await door.get("/api/v1/organizers/ac%6De/giftcards/")).status_code == 200


@ON_SQLITE
async def test_checks_come_in_the_order_of_pretix(door: Door) -> None:
    card, broken = await door.world.card(), {"content": b"{", "headers": {"Content-Type": "application/json"}}
    xml = {"headers": {"Accept": "application/xml"}}
    typed = {"content": b"x", "headers": {"Content-Type": "text/plain"}}
    steps: list[tuple[int, str, str, dict[str, Any]]] = [
        (406, "POST", f"{card}/", {**xml, "token": None}),
        (401, "POST", f"{card}/", {**broken, "token": None}),
        (403, "POST", f"{card}/", {**broken, "token": "acme_reads"}),
        (405, "POST", f"{card}/", broken),
        (404, "PATCH", "99999999/", broken),
        (404, "POST", "99999999/transact/", typed),
        (404, "POST", "abc/transact/", typed),
        (415, "PATCH", f"{card}/", typed),
        (415, "POST", f"{card}/transact/", typed),
        (400, "PATCH", f"{card}/", broken),
        (400, "POST", f"{card}/transact/", broken),
        (400, "PUT", f"{card}/", {"json": {"value": "-9.00"}}),
        (409, "POST", f"{card}/transact/", {"json": {"value": "-9.00"}}),
    ]
    for status, method, path, options in steps:
        assert (await door.ask(method, path, **options)).status_code == status, (method, path, options)


@ON_SQLITE
async def test_texts_follow_the_language(door: Door) -> None:
    german = {"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"}
    answer = await door.post(json={"secret": "NEW", "currency": "eur"}, headers=german)
    assert answer.headers["content-language"] == "de"
    assert answer.json() == {
        "value": ["Dieses Feld ist erforderlich."],
        "currency": ['"eur" ist keine gültige Auswahl.'],
    }
    assert (await door.get("99999999/", headers=german)).json() == NO_CARD
    assert (await door.get(token=None, headers=german)).json() == {"detail": "Anmeldedaten fehlen."}


@ON_SQLITE
@pytest.mark.parametrize("path", ["", "1/", "1/transact/"])
async def test_options_describes_the_fields_to_whoever_may_write(door: Door, path: str) -> None:
    if path == "1/":
        # Of a card that is not there nothing is told that could be put.
        assert "actions" not in (await door.ask("OPTIONS", path)).json()
        await door.world.card()
    answer = await door.ask("OPTIONS", path)
    assert answer.status_code == 200
    (action,) = answer.json()["actions"].values()
    assert list(action) == FIELDS
    assert action["value"]["max_digits"] == 13
    assert {"value": "EUR", "display_name": "EUR - Euro"} in action["currency"]["choices"]
    assert "actions" not in (await door.ask("OPTIONS", path, token="acme_reads")).json()
    assert (await door.ask("OPTIONS", path, token=None)).status_code == 401
