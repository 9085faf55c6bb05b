"""Organizers through the pretix door: those of the token, read-only but for their plugins."""

from typing import Any

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


async def test_changes_are_passed_over_but_for_plugins(door: Door) -> None:
    bodies: list[dict[str, object]] = [{}, {"name": "x", "slug": "y"}, {"plugins": []}]
    for method in ("PATCH", "PUT"):
        for body in bodies:
            assert (await door.ask(method, DETAIL, json=body)).json() == ACME
    assert (await door.ask("PATCH", DETAIL, json={}, token="acme_nothing")).status_code == 403
    assert (await door.ask("DELETE", DETAIL)).status_code == 405
    assert (await door.post("/api/v1/organizers/", {})).status_code == 405


async def test_plugins_of_events_and_unknown_ones_are_refused(door: Door) -> None:
    on_events = "Plugin cannot be enabled on this level: 'pretix.plugins.sendmail'."
    cases: list[tuple[Any, str]] = [
        (["nope"], "Unknown plugin: 'nope'."),
        (["pretix.plugins.sendmail"], on_events),
        # The first that is wrong is told; a text is gone through letter by letter, as in pretix.
        (["pretix.plugins.sendmail", "nope"], on_events),
        (["nope", "pretix.plugins.sendmail"], "Unknown plugin: 'nope'."),
        ("x", "Unknown plugin: 'x'."),
        (7, "Unknown plugin: '7'."),
        ([[]], "Unknown plugin: '[]'."),
        (None, "This field may not be null."),
    ]
    for method in ("PATCH", "PUT"):
        for plugins, said in cases:
            answer = await door.ask(method, DETAIL, json={"plugins": plugins})
            assert (answer.status_code, answer.json()) == (400, {"plugins": [said]}), plugins
    assert (await door.get(DETAIL)).json() == ACME


async def test_a_plugin_is_switched_on_for_the_organizer_and_then_for_events(door: Door) -> None:
    bank, event = "pretix.plugins.banktransfer", "/api/v1/organizers/acme/events/conf/"
    answer = await door.ask("PATCH", event, json={"plugins": [bank]})
    assert answer.json() == {"plugins": [f"Plugin should be enabled on organizer level first: '{bank}'."]}
    assert (await door.ask("PATCH", DETAIL, json={"plugins": [bank]})).json() == {**ACME, "plugins": [bank]}
    assert (await door.get("/api/v1/organizers/")).json()["results"] == [{**ACME, "plugins": [bank]}]
    wanted = ["pretix.plugins.badges", bank]
    assert (await door.ask("PATCH", event, json={"plugins": wanted})).json()["plugins"] == wanted
    # Switched off, it is gone from the events, too.
    assert (await door.ask("PUT", DETAIL, json={"plugins": []})).json() == ACME
    assert (await door.get(event)).json()["plugins"] == ["pretix.plugins.badges"]
