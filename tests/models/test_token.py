"""Secrets of tokens."""

from models.token import new_secret


def test_no_secret_looks_like_an_option() -> None:
    found = {new_secret() for _ in range(2000)}
    assert len(found) == 2000
    assert not any(secret.startswith("-") for secret in found)
