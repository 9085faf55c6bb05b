"""The statements that balances of vouchers are adjusted by, each compiled once per engine when it is first run."""

from sqlalchemy import and_, bindparam, select, update

from models.gift_card import gift_card
from models.metadata import Hundredths, Id, UtcDateTime
from models.voucher import voucher

_v = voucher.c
_this = _v.id == bindparam("voucher_id", type_=Id)

# Before the ledger's row, as whoever redeems takes them. A balance's currency, which says what it is of, never changes.
LOCK = (
    select(_v.token, _v.code, _v.gift_card_id, _v.loaded_amount, gift_card.c.currency)
    .select_from(
        voucher.outerjoin(
            gift_card, and_(gift_card.c.organizer_id == _v.organizer_id, gift_card.c.id == _v.gift_card_id)
        )
    )
    .where(_v.organizer_id == bindparam("organizer_id", type_=Id), _this)
    .with_for_update(of=voucher, key_share=True)
)
LOAD = (
    update(voucher)
    .where(_v.organizer_id == bindparam("of_organizer", type_=Id), _this)
    .values(loaded_amount=bindparam("loaded_amount", type_=Hundredths), updated_at=bindparam("at", type_=UtcDateTime))
    .returning(_v.id)
)
