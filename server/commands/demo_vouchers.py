"""What the demo has of vouchers: some of each noun, so that every example of the explorer finds something."""

from models.basket import Basket
from models.code_config import CodeConfig
from models.terms import Terms
from models.voucher import VoucherType
from models.voucher_campaign import Growth
from resolvers import categories, publications, redemptions, voucher_campaigns
from resolvers.context import Work
from resolvers.customers import CustomerGiven
from resolvers.publications import PublicationRequest
from resolvers.redeemables import Redeemable, RedemptionRequest
from resolvers.voucher_campaign_rules import NewCampaign

CODE = "EARLYBIRD"
GIFT_CODE = "TEA-50"
MANY = 50
CUSTOMER = CustomerGiven(source_id="ada", name="Ada Demo", email="ada@example.org")


async def stock(work: Work, organizer_id: int) -> None:
    """Voucher campaigns of every kind of benefit, one of them in the bin, with vouchers published and redeemed.

    The vouchers of one campaign are made by an action, so by the server that is started next.
    """
    percent = Terms.read(VoucherType.DISCOUNT_VOUCHER, {"type": "PERCENT", "percent_off": 10})
    gift = Terms.read(VoucherType.GIFT_VOUCHER, {"amount": 5000})
    points = Terms.read(VoucherType.LOYALTY_CARD, {"points": 100})
    summer = CodeConfig(prefix="SUMMER-")
    await categories.create(work, organizer_id, "Concerts", hierarchy=1)
    for new in (
        NewCampaign(name="Early bird", terms=percent, quantity=None, type=Growth.STANDALONE, code=CODE),
        NewCampaign(name="Tea house", terms=gift, type=Growth.STANDALONE, code=GIFT_CODE),
        NewCampaign(name="Summer", terms=percent, code_config=summer, vouchers_count=MANY, category="Concerts"),
        NewCampaign(name="Members", terms=points, type=Growth.AUTO_UPDATE, vouchers_count=1),
    ):
        await voucher_campaigns.create(work, organizer_id, new)
    old = await voucher_campaigns.create(work, organizer_id, NewCampaign(name="Last year", terms=percent))
    await voucher_campaigns.delete(work, organizer_id, old.campaign_id)
    await publications.publish(work, organizer_id, PublicationRequest(CUSTOMER, campaign="Members"))
    tea = RedemptionRequest((Redeemable(GIFT_CODE),), Basket.read({"amount": 650}), CUSTOMER)
    await redemptions.redeem(work, organizer_id, tea)
