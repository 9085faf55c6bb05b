"""Organizers through the pretix door: those of the token, read-only."""

from tests.rest.pretix.conftest import ON_SQLITE, Door

pytestmark = ON_SQLITE

ACME = {"name": "Acme", "slug": "acme", "public_url": "http://foyer.test/acme/", "plugins": []}
DETAIL = "/api/v1/organizers/acme/"


async def test_a_token_sees_its_own_organizers(door: Door) -> None:
    for token in ("acme", "acme_nothing"):
        found = (await door.get("/api/v1/organizers/", token=token)).json()
        assert (found["count"], found["results"]) == (1, [ACME])
        assert (await door.get(DETAIL, token=token)).json() == ACME
    for slug in ("beta", "nobody", "ACME"):
        assert (await door.get(f"/api/v1/organizers/{slug}/")).status_code == 403


async def test_organizers_can_be_ordered(door: Door) -> None:
    for ordering, slugs in (("-slug", ["gamma", "acme"]), ("name", ["acme", "gamma"]), ("nope", ["acme", "gamma"])):
        found = (await door.get(f"/api/v1/organizers/?ordering={ordering}", token="oauth")).json()
        assert [each["slug"] for each in found["results"]] == slugs


async def test_changes_are_passed_over_but_for_plugins_of_which_there_are_none(door: Door) -> None:
    bodies: list[dict[str, object]] = [{}, {"name": "x", "slug": "y"}, {"plugins": []}]
    for method in ("PATCH", "PUT"):
        for body in bodies:
            assert (await door.ask(method, DETAIL, json=body)).json() == ACME
        answer = await door.ask(method, DETAIL, json={"plugins": ["nope"]})
        assert (answer.status_code, answer.json()) == (400, {"plugins": ["Unknown plugin: 'nope'."]})
    assert (await door.ask("PATCH", DETAIL, json={}, token="acme_nothing")).status_code == 403
    assert (await door.ask("DELETE", DETAIL)).status_code == 405
    assert (await door.post("/api/v1/organizers/", {})).status_code == 405
