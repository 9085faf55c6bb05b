"""Who is asking: the forms of the Authorization header, kinds of tokens, what each may ask at all."""

from tests.rest.pretix.conftest import ON_SQLITE, Door

pytestmark = ON_SQLITE

NOTHING = "Authentication credentials were not provided."
REFUSED = {
    "": NOTHING,
    "Basic YWRtaW46YWRtaW4=": NOTHING,
    "Digest abc": NOTHING,
    "Token": "Invalid token header. No credentials provided.",
    "Token a b": "Invalid token header. Token string should not contain spaces.",
    "Token ABCDE": "Invalid token.",
    "tOkEn ABCDE": "Invalid token.",
    "inactive": "Token inactive or deleted.",
    "Device": "Invalid token header. No credentials provided.",
    "Device ABCDE": "Invalid token.",
    "device_revoked": "Device access has been revoked.",
    "device_new": "Device has not been initialized.",
    "Bearer": NOTHING,
    "Bearer a b": NOTHING,
    "Bearer ABCDE": NOTHING,
    "oauth_expired": NOTHING,
}


async def test_what_is_no_good_token_is_refused_in_the_words_of_pretix(door: Door) -> None:
    for header, detail in REFUSED.items():
        answer = await door.get(token=header)
        assert (answer.status_code, answer.json()) == (401, {"detail": detail}), header
        assert answer.headers["www-authenticate"] == "Token"
        assert answer.headers["allow"] == "GET, POST, HEAD, OPTIONS"


async def test_tokens_are_good_for_their_own_scheme_only(door: Door) -> None:
    secret = door.headers["acme"].split()[1]
    for scheme, detail in (("Device", "Invalid token."), ("Bearer", NOTHING)):
        assert (await door.get(token=f"{scheme} {secret}")).json() == {"detail": detail}
    assert (await door.get(token=f"tOKEN  {secret} ")).status_code == 200


async def test_headers_that_are_not_ascii_are_no_tokens(door: Door) -> None:
    for header, detail in (
        ("Token äöü".encode(), "Invalid token."),
        (b"Token \xff\xfe", "Invalid token header. Token string should not contain invalid characters."),
        (b"\xff\xfe", NOTHING),
    ):
        answer = await door.get(token=None, headers={"Authorization": header})
        assert (answer.status_code, answer.json()) == (401, {"detail": detail})


async def test_device_profiles_allow_what_pretix_lists(door: Door) -> None:
    denied = {"detail": "Request denied by device security profile."}
    card = await door.world.card(1000)
    for token, many, one, transact in (
        ("device", 200, 200, 200),
        ("device_pos", 200, 403, 200),
        ("device_scan", 403, 403, 403),
        ("device_strange", 403, 403, 403),
    ):
        assert (await door.get(token=token)).status_code == many
        answer = await door.get(f"{card}/", token=token)
        assert answer.status_code == one
        assert one == 200 or answer.json() == denied
        assert (await door.post(f"{card}/transact/", {"value": "0"}, token=token)).status_code == transact
    assert (await door.ask("HEAD", token="device_pos")).status_code == 200
    assert (await door.get("/api/v1/version", token="device_scan")).status_code == 200


async def test_oauth_words_say_what_a_bearer_may_ask(door: Door) -> None:
    card = await door.world.card(1000)
    for token, reads, writes in (("oauth", 200, 200), ("oauth_read", 200, 403), ("oauth_profile", 403, 403)):
        assert (await door.get(token=token)).status_code == reads
        for path in ("/api/v1/", "/api/v1/organizers/"):
            assert (await door.get(path, token=token)).status_code == reads
        assert (await door.post(f"{card}/transact/", {"value": "0"}, token=token)).status_code == writes
        assert (await door.get("/api/v1/me", token=token)).status_code == 200
    assert (await door.get("/api/v1/organizers/gamma/giftcards/", token="oauth")).status_code == 200
    assert (await door.get("/api/v1/organizers/beta/giftcards/", token="oauth")).status_code == 403


async def test_version_and_me_forbid_instead_of_asking_for_credentials(door: Door) -> None:
    for path, token, detail in (
        ("version", None, NOTHING),
        ("version", "Token ABCDE", "Invalid token."),
        ("me", None, NOTHING),
        ("me", "acme", NOTHING),
        ("me", "device", NOTHING),
    ):
        answer = await door.get(f"/api/v1/{path}", token=token)
        assert (answer.status_code, answer.json()) == (403, {"detail": detail})
        assert "www-authenticate" not in answer.headers
    assert (await door.get("/api/v1/version")).json()["pretix"] == "2026.8.0"
