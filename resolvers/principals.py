"""Who is asking, and what they may do."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from models.problems import PermissionDenied

# A permission; or several, of which one is enough.
Scope: TypeAlias = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Principal:
    """A token that was presented, was valid, and was looked up. `organizers` maps the slugs it reaches to their ids."""

    name: str
    kind: str
    organizers: Mapping[str, int]
    scopes: frozenset[str]
    token_id: int | None = None
    access: frozenset[str] = frozenset(("read", "write"))
    all_events: bool = True
    event_ids: tuple[int, ...] = ()
    profile: str | None = None
    # The half of a key pair that is no secret.
    public_id: str | None = None
    # Whether each scope was found to be granted, since it is asked on every request.
    _known: dict[str, bool] = field(default_factory=dict, init=False, compare=False, repr=False)
    # What every read is given of the asker, once it was asked for (resolvers/context.py).
    parameters: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def may(self, scope: Scope, *, reading: bool = False) -> bool:
        """Permission names are pretix's, e.g. `organizer.giftcards:read`; reading needs read access, the rest write.

        With `reading`, what the scope guards is only read: sales channels are shown to whoever may change them.
        """
        if isinstance(scope, tuple):
            return any(self.may(each, reading=reading) for each in scope)
        granted = self._known.get(scope)
        if granted is None:
            granted = self._known[scope] = scope in self.scopes or f"{scope.partition('.')[0]}.*" in self.scopes
        return granted and ("read" if reading or scope.endswith(":read") else "write") in self.access

    def require(self, scope: Scope, *, reading: bool = False) -> None:
        if not self.may(scope, reading=reading):
            raise PermissionDenied("You do not have permission to perform this action.", scope=scope)

    @property
    def rights(self) -> Hashable:
        """What decides what is shown: two with equal rights are shown the same."""
        reached = frozenset(self.organizers.items())
        return (self.token_id, self.kind, reached, self.scopes, self.access, self.all_events, self.event_ids)

    def reaches_event(self, event_id: int) -> bool:
        """Whether the event is one of those that the token is for; that it is the organizer's is asked elsewhere."""
        return self.all_events or event_id in self.event_ids

    def organizer_id(self, slug: str | None) -> int:
        """The organizer meant by a slug, or the only one there is. One that is not the asker's looks like none."""
        if slug is not None:
            found = self.organizers.get(slug)
            if found is None:
                raise PermissionDenied("There is no such organizer, or it is not yours.", field="organizer")
            return found
        if len(self.organizers) != 1:
            raise PermissionDenied("Name the organizer: this token reaches several.", field="organizer")
        return next(iter(self.organizers.values()))


# The command line and the tests: everything, on the organizers given.
def system(organizers: Mapping[str, int]) -> Principal:
    return Principal("system", "system", organizers, frozenset(("organizer.*", "event.*")))
