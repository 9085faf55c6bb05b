"""Letters are folded one by one, and told apart from each other exactly as they are folded."""

from collections import defaultdict

from models.letter_case import capitals_of, contains, folded, map_contains

# Beyond these planes no script has capitals.
LETTERS = [chr(number) for number in range(0x20000)]


def test_every_capital_of_every_letter_is_known() -> None:
    capitals = defaultdict(set)
    for letter in LETTERS:
        if folded(letter) != letter:
            capitals[folded(letter)].add(letter)
    for letter in LETTERS:
        assert set(capitals_of(letter)[0]) == capitals[letter], letter


def test_folding_keeps_the_length_of_a_text_and_is_done_after_one_time() -> None:
    text = "Straße ΟΔΟΣ İzmir DŽ Kelvin 🎁"
    assert len(folded(text)) == len(text)
    assert folded(folded(text)) == folded(text) == "straße οδοσ İzmir dž kelvin 🎁".replace("DŽ", "dž")


def test_texts_are_looked_at_and_languages_are_not() -> None:
    stored = '{"de":"Große Messe","en":"Fair"}'
    assert map_contains(stored, folded("GROẞE"))
    assert not map_contains(stored, "de")
    assert not map_contains(None, "fair")
    assert not contains(None, "")
