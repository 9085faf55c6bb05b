"""The statements by which vouchers are held for a session, each compiled once per engine when it is first run."""

from sqlalchemy import bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite

from models.metadata import Id, UtcDateTime
from models.redemption import voucher_hold

_h = voucher_hold.c
_KEY = ("organizer_id", "voucher_id", "session_key")
_KEPT = ("credits", "expires_at")

# One that a session held before and whose time is up may still be there.
HOLD = {
    engine: inserting.on_conflict_do_update(
        index_elements=_KEY, set_={name: inserting.excluded[name] for name in _KEPT}
    ).returning(_h.voucher_id)
    for engine, inserting in (
        (name, module.insert(voucher_hold).values({column: bindparam(column) for column in (*_KEY, *_KEPT)}))
        for name, module in (("sqlite", sqlite), ("postgresql", postgresql))
    )
}
RELEASE_ONE = (
    delete(voucher_hold)
    .where(
        _h.organizer_id == bindparam("organizer_id", type_=Id),
        _h.voucher_id == bindparam("voucher_id", type_=Id),
        _h.session_key == bindparam("session_key"),
        _h.expires_at > bindparam("now", type_=UtcDateTime),
    )
    .returning(_h.voucher_id)
)
# What nobody is held up by any more.
FORGET = delete(voucher_hold).where(_h.expires_at < bindparam("before", type_=UtcDateTime))
