"""The statements that redemptions are written by, each compiled once per engine when it is first run.

What may be is asked again where it is done: the guard of TAKE holds whatever happened since the look-up, the
campaign's switch and what other sessions hold included.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    Dialect,
    Select,
    Text,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.sql.base import Executable

from models.change import change
from models.metadata import Hundredths, Id, JsonText, UtcDateTime
from models.redemption import Kind, Status, redemption, voucher_hold
from models.voucher import voucher, voucher_terms
from models.voucher_campaign import voucher_campaign
from resolvers.reading.conditions import any_of
from resolvers.redeemable_statements import held_by_others

_v, _r, _campaign, _hold = voucher.c, redemption.c, voucher_campaign.c, voucher_hold.c
_now = bindparam("now", type_=UtcDateTime)
_amount = bindparam("taken_amount", type_=Hundredths)
_this_voucher = and_(_v.organizer_id == bindparam("of_organizer", type_=Id), _v.id == bindparam("of_voucher", type_=Id))
_campaign_is_on = (
    select(_campaign.id)
    .where(
        _campaign.organizer_id == _v.organizer_id,
        _campaign.id == _v.campaign_id,
        _campaign.active == True,  # noqa: E712  an SQL expression
        _campaign.binned_at.is_(None),
    )
    .correlate(voucher)
    .exists()
)
# One redemption of a voucher, unless something forbids it by now. No row then.
TAKE = (
    update(voucher)
    .where(
        _this_voucher,
        _v.active == True,  # noqa: E712  an SQL expression
        _v.binned_at.is_(None),
        _v.terms_id == bindparam("of_terms", type_=Id),
        or_(_v.starts_at.is_(None), _v.starts_at <= _now),
        or_(_v.expires_at.is_(None), _v.expires_at > _now),
        or_(_v.quantity.is_(None), _v.redeemed_quantity + held_by_others(func.count()) < _v.quantity),
        or_(_v.campaign_id.is_(None), _campaign_is_on),
    )
    .values(
        redeemed_quantity=_v.redeemed_quantity + literal_column("1"),
        redeemed_amount=_v.redeemed_amount + _amount,
        updated_at=_now,
    )
    .returning(_v.id)
)
INSERT = insert(redemption).returning(_r.id)
_COLUMNS = tuple(column for column in redemption.c if column is not _r.id)


def _all_at_once() -> Select[Any]:
    """A redemption with its row and its change record, each of which is there only if the voucher could be taken."""
    taken = TAKE.cte("taken")
    values: dict[Any, Any] = {column: bindparam(column.name, type_=column.type) for column in _COLUMNS}
    rows = select(*values.values()).select_from(taken)
    redeemed = insert(redemption).from_select([*values], rows).returning(_r.id).cte("redeemed")
    told: dict[Any, Any] = {
        change.c.organizer_id: bindparam("organizer_id", type_=Id),
        change.c.kind: bindparam("change_kind", type_=Text),
        change.c.noun_id: redeemed.c.id,
        change.c.token_id: bindparam("token_id", type_=Id),
        change.c.happened_at: _now,
        change.c.content: bindparam("content", type_=JsonText),
    }
    recorded = insert(change).from_select([*told], select(*told.values())).returning(change.c.id).cte("recorded")
    return select(redeemed.c.id).add_cte(recorded)


AT_ONCE = _all_at_once()

RELEASE = delete(voucher_hold).where(
    _hold.organizer_id == bindparam("organizer_id", type_=Id), _hold.session_key == bindparam("session_key")
)

# -- rollbacks -------------------------------------------------------------------------------------------------------

_SHOWN = (
    *(_r[name] for name in ("id", "token", "kind", "status", "parent_id", "voucher_id", "campaign_id", "customer_id")),
    *(_r[name] for name in ("amount", "order", "order_token", "tracking_id", "happened_at")),
    _v.gift_card_id,
    voucher_terms.c.type,
)
_own_redemption = _r.organizer_id == bindparam("organizer_id", type_=Id)
_with_voucher = redemption.outerjoin(
    voucher, and_(_v.organizer_id == _r.organizer_id, _v.id == _r.voucher_id)
).outerjoin(voucher_terms, and_(voucher_terms.c.organizer_id == _v.organizer_id, voucher_terms.c.id == _v.terms_id))
_find = select(*_SHOWN).select_from(_with_voucher)
BY_TOKEN = _find.where(_own_redemption, _r.token == bindparam("token"))
CHILDREN = _find.where(
    _own_redemption, _r.parent_id == bindparam("of_parent", type_=Id), _r.kind == Kind.REDEMPTION.value
).order_by(_r.id)


@cache
def lock_vouchers(dialect: Dialect) -> Executable:
    """Vouchers before what refers to them, in the order of their ids: whoever takes several locks takes them so."""
    these = (_v.organizer_id == bindparam("organizer_id", type_=Id), any_of(_v.id, "ids", dialect))
    return select(_v.id).where(*these).order_by(_v.id).with_for_update(key_share=True)


# At most once: no row if it was rolled back, or never succeeded.
MOVE_BACK = (
    update(redemption)
    .where(
        _r.organizer_id == bindparam("of_organizer", type_=Id),
        _r.id == bindparam("of", type_=Id),
        _r.status == Status.SUCCEEDED.value,
    )
    .values(status=Status.ROLLED_BACK.value)
    .returning(_r.id)
)
GIVE_BACK = (
    update(voucher)
    .where(_this_voucher)
    .values(
        # What was imported may say less than what was redeemed here.
        redeemed_quantity=case(
            (_v.redeemed_quantity > 0, _v.redeemed_quantity - literal_column("1")), else_=literal_column("0")
        ),
        redeemed_amount=_v.redeemed_amount - _amount,
        updated_at=_now,
    )
    .returning(_v.loaded_amount)
)
