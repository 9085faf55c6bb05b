"""Who is asking, from the Authorization header; and whether they may ask this at all."""

from models.problems import PermissionDenied, Unauthenticated
from models.token import Kind
from resolvers.authentication import Authenticator
from resolvers.principals import Principal
from rest.pretix.routing import Route

SAFE = ("GET", "HEAD", "OPTIONS")

SCHEMES = {b"token": Kind.TEAM, b"device": Kind.DEVICE, b"bearer": Kind.OAUTH}
KINDS = {kind: frozenset((kind,)) for kind in SCHEMES.values()}

# What each reason is called in this dialect; a Bearer token that is not good for anything counts as none at all.
SAID = {
    (Kind.DEVICE, "revoked"): "device_revoked",
    (Kind.DEVICE, "uninitialized"): "device_new",
    (Kind.TEAM, "unknown"): "token_unknown",
    (Kind.DEVICE, "unknown"): "token_unknown",
}

# Device security profiles: what a device with this profile may ask, as pretix's method and view. `full`: anything.
SCAN = frozenset((("GET", "version"), ("GET", "event-list"), ("GET", "event-detail")))
PROFILES = {
    "pretixscan": SCAN,
    "pretixscan_online_kiosk": SCAN,
    "pretixpos": SCAN | {("GET", "giftcard-list"), ("POST", "giftcard-transact")},
}


async def principal_of(header: bytes, route: Route, authenticator: Authenticator) -> Principal:
    scheme, *secrets = header.split() or [b""]
    kind = SCHEMES.get(scheme.lower())
    if kind is None or kind not in route.kinds or (kind is Kind.OAUTH and len(secrets) != 1):
        raise _unauthenticated("no_credentials")
    if len(secrets) != 1:
        raise _unauthenticated("token_header_spaces" if secrets else "token_header_empty")
    try:
        return await authenticator.principal(secrets[0].decode(), KINDS[kind])
    except UnicodeDecodeError:
        raise _unauthenticated("token_header_characters") from None
    except Unauthenticated as refusal:
        said = "no_credentials" if kind is Kind.OAUTH else "token_inactive"
        raise _unauthenticated(SAID.get((kind, refusal.details["reason"]), said)) from None


def admit(principal: Principal, route: Route, method: str, organizer: str | None) -> int:
    """The id of the organizer in the path, 0 if there is none. Refuses whoever may not ask this.

    An unknown organizer is one that is not theirs.
    """
    safe = method in SAFE
    asked = "GET" if method == "HEAD" else method
    profile = principal.profile
    # A profile that is not known here allows nothing.
    if profile not in (None, "full") and (asked, route.view) not in PROFILES.get(profile or "", ()):
        raise PermissionDenied("The device's profile forbids this.", said="denied_profile")
    organizer_id = 0 if organizer is None else principal.organizer_id(organizer)
    access = route.access or (("read",) if safe else ("write",))
    if principal.access.isdisjoint(access):
        raise PermissionDenied("The token may not be used for this.")
    scope = route.read if safe else route.write
    if scope is not None and (route.guards_unserved or asked in route.handlers):
        principal.require(scope, reading=safe)
    return organizer_id


def _unauthenticated(said: str) -> Unauthenticated:
    return Unauthenticated("Nobody we know is asking.", reason=said)
