"""Organizers through GraphQL: what may change of them."""

from gql.ids import encoder as to_global
from tests.event_doors import event_id
from tests.tracking import told
from tests.world import World

UPDATE = """
mutation ($input: OrganizerUpdateInput!) {
  organizerUpdate(input: $input) { organizer { slug plugins } userErrors { code field message } }
}
"""
BANK = "pretix.plugins.banktransfer"
EVENT_UPDATE = "mutation ($input: EventUpdateInput!) { eventUpdate(input: $input) { event { plugins } } }"


async def update(world: World, plugins: list[str] | None, token: str = "acme") -> tuple[object, list[str]]:
    given = {} if plugins is None else {"plugins": plugins}
    payload = (await world.data(UPDATE, {"input": given}, token=token))["organizerUpdate"]
    return payload["organizer"], [error["code"] for error in payload["userErrors"]]


async def test_plugins_are_switched_on_and_off(world: World) -> None:
    assert await update(world, [BANK, BANK]) == ({"slug": "acme", "plugins": [BANK]}, [])
    assert await update(world, None) == ({"slug": "acme", "plugins": [BANK]}, [])
    assert await update(world, []) == ({"slug": "acme", "plugins": []}, [])


async def test_other_plugins_and_other_tokens_are_refused(world: World) -> None:
    for plugins in (["nope"], ["pretix.plugins.sendmail"], [BANK, "nope"]):
        assert await update(world, plugins) == (None, ["INVALID"])
    assert await update(world, [BANK], token="acme_reads") == (None, ["PERMISSION_DENIED"])
    assert await update(world, None) == ({"slug": "acme", "plugins": []}, [])


async def test_what_an_event_loses_is_told(world: World) -> None:
    await update(world, [BANK])
    given = {"id": to_global("Event")(await event_id(world, "conf")), "plugins": [BANK]}
    assert (await world.data(EVENT_UPDATE, {"input": given}))["eventUpdate"]["event"] == {"plugins": [BANK]}
    await update(world, [])
    assert await told(world, "event.updated", "organizer.updated") == [{"fields": ["plugins"]}] * 4
    assert (await world.data('{ event(organizer: "acme", slug: "conf") { plugins } }'))["event"] == {"plugins": []}
