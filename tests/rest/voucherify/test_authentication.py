"""Who is asking: pairs of keys for programs and for browsers, and Bearer tokens."""

import pytest

from tests.rest.voucherify.conftest import ON_SQLITE, Door

pytestmark = ON_SQLITE


async def test_a_pair_of_keys_opens_the_organizer_it_is_for(door: Door) -> None:
    for name, slug in (("app", "acme"), ("app_beta", "beta")):
        found = (await door.get("who", token=name)).json()
        assert (found["kind"], found["organizer_id"]) == ("app", door.world.organizers[slug])


async def test_whatever_is_wrong_with_a_pair_the_answer_is_the_same(door: Door) -> None:
    public_id, secret = door.keys["app"]
    other_id, other_secret = door.keys["app_beta"]
    _, team_secret = door.keys["team"]
    assert public_id
    assert other_id
    wrong: list[dict[str, str | bytes]] = [
        {},
        {"X-App-Id": public_id},
        {"X-App-Token": secret},
        {"X-App-Id": "", "X-App-Token": secret},
        {"X-App-Id": other_id, "X-App-Token": secret},
        {"X-App-Id": public_id, "X-App-Token": other_secret},
        {"X-App-Id": public_id, "X-App-Token": "unknown"},
        {"X-App-Id": public_id, "X-App-Token": b"\xff\xfe"},
        {"X-App-Id": b"\xff\xfe", "X-App-Token": secret},
        {"X-App-Id": public_id, "X-App-Token": ""},
        {"X-App-Id": "", "X-App-Token": team_secret},
        {"X-Client-Application-Id": public_id, "X-Client-Token": secret},
        {"Authorization": f"Basic {secret}"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer unknown"},
        {"Authorization": b"Bearer \xff"},
        # A pair that is wrong is not made right by a token beside it.
        {"X-App-Token": "unknown", "Authorization": f"Bearer {secret}"},
        *(door.headers(name) for name in ("app_revoked", "app_expired", "client", "device")),  # type: ignore[list-item]
        {"Authorization": f"Bearer {door.keys['client'][1]}"},
    ]
    for headers in wrong:
        answer = await door.get("who", token=None, headers=headers)
        body = answer.json()
        assert answer.status_code == 401, headers
        assert body.pop("request_id").startswith("v-")
        assert body == {"code": 401, "key": "unauthorized", "message": "Unauthorized"}


async def test_blanks_around_keys_are_none_of_them(door: Door) -> None:
    public_id, secret = door.keys["app"]
    headers = {"X-App-Id": f" {public_id} ", "X-App-Token": f"{secret} "}
    assert (await door.get("who", token=None, headers=headers)).status_code == 200


@pytest.mark.parametrize("name", ["oauth", "team", "app"])
async def test_a_bearer_token_opens_what_its_scopes_open(door: Door, name: str) -> None:
    _, secret = door.keys[name]
    answer = await door.get("who", token=None, headers={"Authorization": f"bearer  {secret}"})
    assert (answer.status_code, answer.json()["kind"]) == (200, name)


async def test_browsers_keys_open_their_own_addresses_and_no_others(door: Door) -> None:
    answer = await door.get("/client/v1/who", token="client")
    assert answer.status_code == 200
    assert (await door.get("who", token="client")).status_code == 401
    for name in ("app", "oauth", "team"):
        assert (await door.get("/client/v1/who", token=name)).status_code == 401


async def test_browsers_keys_may_do_what_browsers_may_whatever_the_token_says(door: Door) -> None:
    found = (await door.get("/client/v1/who", token="client")).json()
    assert found["scopes"] == [
        "organizer.publications:write",
        "organizer.redemptions:read",
        "organizer.redemptions:write",
    ]
    # What the token may is not lost for whoever is asked next about it.
    assert (await door.get("read", token="client")).status_code == 401
    assert (await door.get("who")).json()["scopes"] == ["organizer.*"]


async def test_a_token_of_several_organizers_names_none(door: Door) -> None:
    answer = await door.get("who", token="app_both")
    assert (answer.status_code, answer.json()["key"]) == (403, "forbidden")
