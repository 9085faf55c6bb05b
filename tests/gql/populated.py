"""A world with something of everything that can be asked for."""

from tests.gql.shop import CARD, GIFT, do, done, voucher
from tests.gql.shop import campaign as campaign_of_vouchers
from tests.tracking import campaign, click, record
from tests.world import World


async def populate(world: World) -> None:
    first = await world.card(2500, secret="AAA1", conditions="Only ☃ 🎁")
    await world.transact(first, -150, text="a note", info={"b": [1, None, "ü"]})
    await world.transact(first, 99)
    await world.card(0, secret="bbb2", testmode=True, currency="JPY")
    await world.card(10**13 - 1, secret="CCC3")
    accepted = await world.card(700, of="beta", secret="BETA1")
    await world.transact(accepted, -5, of="acme", accepted=True)
    await campaign(world, "AAA", external_target="https://example.org/")
    await campaign(world, "bbb", event="party")
    await click(world, "AAA")
    await record(world, "O1", campaigns=["AAA"], tickets=["t-1", "t-2"])
    await world.app.clicks.flush()
    await stock(world)


async def stock(world: World) -> None:
    """Vouchers of each kind with what happens to them."""
    spring = await campaign_of_vouchers(world, "Spring", vouchersCount=2, category="a", metadata={"tier": "gold"})
    await done(world, "voucherPublish", {"campaignId": spring["id"], "customer": {"sourceId": "ada", "name": "Ada"}})
    await campaign_of_vouchers(world, "Gifts", benefit=GIFT, validityDaysOfWeek=["SUNDAY"], codeConfig={"prefix": "G-"})
    await campaign_of_vouchers(world, "Sale", campaignType="PROMOTION", benefit=None, promotion={"tiers": []})
    hours = [{"startTime": "00:00", "expirationTime": "24:00", "daysOfWeek": ["THURSDAY"]}]
    await voucher(world, "GIFT1", benefit=GIFT, validityHours=hours, metadata={"a": [1]})
    await voucher(world, "CARD1", benefit=CARD, category="b", additionalInfo="A card")
    unit = {"unitOff": 1, "unitType": "p1", "effect": "ADD_NEW_ITEMS", "product": {"token": "p1", "price": "2.50"}}
    await voucher(world, "UNITS", benefit={"discount": {"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": [unit]}})
    await voucher(world, "GONE")
    item = {"productId": "p2", "quantity": 2, "price": "10.00", "product": {"name": "Tea"}}
    for codes in (["GIFT1"], ["UNITS", "GONE"], ["UNITS"]):
        given = {"vouchers": [{"code": code} for code in codes], "order": {"items": [item]}}
        await do(world, "voucherRedeem", {**given, "customer": {"sourceId": "ada"}})
    await done(world, "redemptionRollback", {"id": "UmVkZW1wdGlvbjox", "reason": "Wrong tea"})
    await done(world, "voucherDelete", {"id": (await world.data('{ voucher(code: "GONE") { id } }'))["voucher"]["id"]})
