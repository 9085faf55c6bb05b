"""Who is asking: a pair of keys, for programs at /v1/ or for browsers at /client/v1/; or a Bearer token at /v1/.

Whatever is wrong with them, the answer is the same: nobody learns that one half of a pair is right.
"""

import hmac
from collections.abc import Mapping
from dataclasses import replace

from models.problems import Unauthenticated
from models.token import Kind
from resolvers.authentication import Authenticator
from resolvers.principals import Principal

APP = frozenset((Kind.APP,))
CLIENT = frozenset((Kind.CLIENT,))
# A device asks by its profile, which knows nothing of vouchers; a browser's key is known to everyone.
BEARER = frozenset((Kind.APP, Kind.OAUTH, Kind.TEAM))
# What whoever has a browser's keys may do, whatever the token says.
CLIENT_SCOPES = frozenset(("organizer.redemptions:read", "organizer.redemptions:write", "organizer.publications:write"))


async def principal_of(headers: Mapping[bytes, bytes], authenticator: Authenticator, *, client: bool) -> Principal:
    """Refuses with `Unauthenticated`."""
    if client:
        found = await _by_pair(headers, b"x-client-application-id", b"x-client-token", CLIENT, authenticator)
        return replace(found, scopes=CLIENT_SCOPES)
    scheme, _, secret = headers.get(b"authorization", b"").strip().partition(b" ")
    if b"x-app-token" not in headers and scheme.lower() == b"bearer":
        return await authenticator.principal(_text(secret.strip()), BEARER)
    return await _by_pair(headers, b"x-app-id", b"x-app-token", APP, authenticator)


async def _by_pair(
    headers: Mapping[bytes, bytes],
    id_name: bytes,
    secret_name: bytes,
    kinds: frozenset[Kind],
    authenticator: Authenticator,
) -> Principal:
    public_id, secret = headers.get(id_name, b"").strip(), headers.get(secret_name, b"").strip()
    found = await authenticator.principal(_text(secret), kinds)
    if not hmac.compare_digest((found.public_id or "").encode(), public_id) or not public_id:
        raise _nobody()
    return found


def _text(secret: bytes) -> str:
    try:
        return secret.decode()
    except UnicodeDecodeError:
        raise _nobody() from None


def _nobody() -> Unauthenticated:
    return Unauthenticated("Nobody we know is asking.", reason="unknown")
