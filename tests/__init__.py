"""Tests mirror what they test: `resolvers/gift_cards.py` has `tests/resolvers/test_gift_cards.py`."""
