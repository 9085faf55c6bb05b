"""A shop that asks GraphQL about vouchers: short ways to do things and to see what came of them."""

import asyncio
from collections.abc import Mapping
from typing import Any

from tests.world import World

ERRORS = "userErrors { code field message }"
PERCENT = {"discount": {"type": "PERCENT", "percentOff": 10}}
GIFT = {"gift": {"amount": "50.00"}}
CARD = {"loyaltyCard": {"points": 100}}


async def do(world: World, name: str, given: Mapping[str, Any], shown: str = "", *, token: str = "acme") -> Any:
    """The payload of one mutation, whatever came of it."""
    input_type = f"{name[0].upper()}{name[1:]}Input"
    query = f"mutation ($input: {input_type}!) {{ did: {name}(input: $input) {{ {shown} {ERRORS} }} }}"
    return (await world.data(query, {"input": given}, token=token))["did"]


async def done(world: World, name: str, given: Mapping[str, Any], shown: str = "", *, token: str = "acme") -> Any:
    """The payload of one mutation that must succeed."""
    payload = await do(world, name, given, shown, token=token)
    assert payload["userErrors"] == [], payload
    return payload


async def errors(
    world: World, name: str, given: Mapping[str, Any], *, token: str = "acme"
) -> list[tuple[str, str | None]]:
    """The user errors of a mutation: code, and field with dots."""
    payload = await do(world, name, given, token=token)
    return [(error["code"], error["field"] and ".".join(error["field"][1:])) for error in payload["userErrors"]]


async def campaign(world: World, name: str = "Spring", shown: str = "id", **given: Any) -> Any:
    """A voucher campaign; of discounts of 10 % unless asked otherwise. Its action is over."""
    payload = await done(
        world,
        "voucherCampaignCreate",
        {"name": name, "benefit": PERCENT, **given},
        f"voucherCampaign {{ id {shown} }} action {{ id }}",
    )
    if payload["action"] is not None:
        await over(world, payload["action"]["id"])
    return payload["voucherCampaign"]


async def voucher(world: World, code: str | None = None, shown: str = "id", **given: Any) -> Any:
    """A voucher: of a campaign if `campaignId` is given, else by itself."""
    if "campaignId" not in given:
        given = {"benefit": PERCENT, **given}
    payload = await done(world, "voucherCreate", {"code": code, **given}, f"voucher {{ id code {shown} }}")
    return payload["voucher"]


async def node(world: World, id: str | None, shown: str, *, token: str = "acme") -> Any:
    """The object with a global id, or None; `shown` are its fields with a type condition, such as `... on Voucher`."""
    return (await world.data(f"query ($id: ID!) {{ node(id: $id) {{ {shown} }} }}", {"id": id}, token=token))["node"]


ACTION = (
    "... on Action { type status progress total doneCount failedCount message finishedAt "
    "campaign { id } failures { nodes { row code reason } } }"
)


async def over(world: World, action_id: str) -> Any:
    """The action once it is over."""
    found: Any = None
    for _ in range(400):
        found = await node(world, action_id, ACTION)
        if found["status"] in ("DONE", "FAILED"):
            return found
        await asyncio.sleep(0.025)
    raise AssertionError(f"the action is not over: {found}")


async def redeem(world: World, *codes: str, amount: str | None = "100.00", shown: str = "", **given: Any) -> Any:
    """The payload of a redemption, whatever came of it."""
    order = {} if amount is None else {"order": {"amount": amount}}
    vouchers = [{"code": code} for code in codes]
    return await do(world, "voucherRedeem", {"vouchers": vouchers, **order, **given}, f"redemption {{ id }} {shown}")
