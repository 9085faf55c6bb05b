"""The statements that vouchers are written by, each compiled once per engine when it is first run."""

from sqlalchemy import bindparam, delete, select, update

from models.gift_card import gift_card
from models.metadata import Id
from models.voucher import voucher
from models.voucher_campaign import voucher_campaign
from resolvers.voucher_sources import not_binned

_c = voucher.c
_this = _c.id == bindparam("voucher_id", type_=Id)
OWN = _c.organizer_id == bindparam("organizer_id", type_=Id)
_of_organizer = _c.organizer_id == bindparam("of_organizer", type_=Id)

AMENDED = (
    *("terms_id", "active", "quantity", "starts_at", "expires_at", "category_id", "metadata", "additional_info"),
    "updated_at",
)
HELD = ("token", "code", "campaign_id", "gift_card_id", *(name for name in AMENDED if name != "updated_at"))

BY_CODE = select(_c.id).where(OWN, _c.code == bindparam("ref"), not_binned())
BY_TOKEN = select(_c.id).where(OWN, _c.token == bindparam("ref"), not_binned())
LOCK = select(*(_c[name] for name in HELD)).where(_this, OWN, not_binned()).with_for_update(of=voucher, key_share=True)
AMEND = update(voucher).where(_this, _of_organizer).values({n: bindparam(n) for n in AMENDED}).returning(_c.id)
SWITCH = (
    update(voucher)
    .where(_this, OWN, _c.active != bindparam("wanted"))
    .values(active=bindparam("wanted"), updated_at=bindparam("at"))
    .returning(_c.id)
)
BIN = update(voucher).where(_this, _of_organizer).values(binned_at=bindparam("at")).returning(_c.id)
DELETE = delete(voucher).where(_this, OWN).returning(_c.campaign_id, _c.gift_card_id, _c.binned_at)
CLOSE = (
    update(gift_card)
    .where(
        gift_card.c.organizer_id == bindparam("organizer_id", type_=Id),
        gift_card.c.id == bindparam("gift_card_id", type_=Id),
    )
    .values(active=False)
    .returning(gift_card.c.id)
)
# The voucher's campaign, if it has one, under its lock.
LOCK_CAMPAIGN = (
    select(voucher_campaign.c.token)
    .where(
        voucher_campaign.c.organizer_id == bindparam("organizer_id", type_=Id),
        voucher_campaign.c.id == select(_c.campaign_id).where(_this, OWN).scalar_subquery(),
    )
    .with_for_update(key_share=True)
)
