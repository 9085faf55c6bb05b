"""Refusals of this door's own: what can be wrong with a request before a verb sees it."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from models.problems import Problem
from rest.pretix.texts import Text, text


class Said(Problem):
    """A refusal whose answer is one text under `detail`."""

    code: ClassVar[str] = "refused"

    def __init__(self, said: Text) -> None:
        super().__init__(said.code)
        self.said = said


class NotAcceptable(Said):
    code, status_hint = "not_acceptable", 406


class MethodNotAllowed(Said):
    """`method` is what was asked for; pretix once puts a whole sentence there (deleting a gift card)."""

    code, status_hint = "method_not_allowed", 405

    def __init__(self, method: str) -> None:
        super().__init__(text("method", method=method))


class UnsupportedMediaType(Said):
    code, status_hint = "unsupported_media_type", 415

    def __init__(self, media_type: str) -> None:
        super().__init__(text("media_type", media_type=media_type))


class Malformed(Said):
    """A body that is not what its content type says."""

    code, status_hint = "malformed", 400


class Nowhere(Said):
    """A page, a format or a key that is no such thing."""

    code, status_hint = "nowhere", 404


class WrongFields(Problem):
    """Values that do not fit, by field, in the order of the fields."""

    code, status_hint = "wrong_fields", 400

    def __init__(self, errors: Mapping[str, Sequence[Text]]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


class WrongValue(Problem):
    """One value that does not fit, where pretix does not name the field (transact)."""

    code, status_hint = "wrong_value", 400

    def __init__(self, texts: Sequence[Text]) -> None:
        super().__init__(texts[0].code)
        self.texts = texts
