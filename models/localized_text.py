"""Localised text: a map of languages to text. Which languages there are is pretix's choice."""

from collections.abc import Mapping
from typing import Any, TypeAlias

LocalizedText: TypeAlias = Mapping[str, str]

# The language that a text without one is in, and that is shown where the one asked for is missing.
DEFAULT = "en"
LANGUAGES: frozenset[str] = frozenset(
    (
        *("ar", "ca", "cs", "da", "de", "de-informal", "el", "en", "es", "es-419", "eu", "fi", "fr", "gl", "he", "hr"),
        *("hu", "id", "it", "ja", "lv", "nb-no", "nl", "nl-informal", "pl", "pt-br", "pt-pt", "ro", "ru"),
        *("sk", "sv", "th", "tr", "uk", "zh-hans", "zh-hant"),
    )
)


def wrong_with(value: Any) -> str | None:
    """Why this is no localised text, as the name of a rule: `type`, `entries`, `languages`, `null_character`."""
    if not isinstance(value, Mapping):
        return "type"
    if not all(isinstance(text, str) for text in value.values()):
        return "entries"
    if not LANGUAGES.issuperset(value):
        return "languages"
    return "null_character" if any("\0" in text for text in value.values()) else None
