"""Tracking sessions: which campaigns a visitor came by, as a signed text that their browser keeps.

Nothing of it is stored here. The text names campaigns and moments and no person; whoever changes it breaks its
signature, and a broken one is as good as none.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from itsdangerous import BadSignature, Signer

# What its key is for, in the table of signing keys.
PURPOSE = "tracking_session"
# How long a visit counts: as long as Django keeps a session, which is where pretix keeps this.
KEPT_FOR = timedelta(days=14)
VISITS_MAX = 10
# A session longer than any that was ever made is not looked at.
LENGTH_MAX = 1000
# A visit that is repeated is told anew only after this time, so that most answers need no cookie.
REFRESHED_AFTER = timedelta(hours=1)


class Visit(NamedTuple):
    campaign_id: int
    # Seconds since 1970.
    at: int


def read(session: str | None, secret: str, now: datetime) -> tuple[Visit, ...]:
    """The visits that count, oldest first. Of a session that is broken, foreign or too old there are none."""
    if not session or len(session) > LENGTH_MAX:
        return ()
    try:
        signed = _signer(secret).unsign(session.encode("utf-8", "replace")).decode()
    except BadSignature:
        return ()
    # Only what we signed comes this far: its form is ours.
    visits = [Visit(*map(int, visit.split("-"))) for visit in signed.split("_")]
    oldest = (now - KEPT_FOR).timestamp()
    return tuple(visit for visit in visits if visit.at >= oldest)


def visited(visits: Sequence[Visit], campaign_id: int, now: datetime) -> tuple[Visit, ...] | None:
    """The visits with one more, the newest last; None if that would tell nothing new."""
    at = int(now.timestamp())
    if visits and visits[-1].campaign_id == campaign_id and at - visits[-1].at < REFRESHED_AFTER.total_seconds():
        return None
    others = [visit for visit in visits if visit.campaign_id != campaign_id]
    return (*others[1 - VISITS_MAX :], Visit(campaign_id, at))


# Visitors who come by one link within one second are told the same.
@lru_cache(maxsize=1024)
def write(visits: tuple[Visit, ...], secret: str) -> str:
    """`12-1767225600_7-1767225601.…`: letters that a cookie takes as they are."""
    return _signer(secret).sign("_".join(f"{visit.campaign_id}-{visit.at}" for visit in visits)).decode()


@lru_cache(maxsize=8)
def _signer(secret: str) -> Signer:
    return Signer(secret, salt=f"foyer.{PURPOSE}", key_derivation="hmac", digest_method=sha256)
