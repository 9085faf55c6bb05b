"""Whole amounts split so that nothing is lost: by largest remainder, equal remainders to whoever comes first."""

from collections.abc import Sequence
from fractions import Fraction


def by_weight(total: int, weights: Sequence[int]) -> list[int]:
    """Shares of `total` that sum to it; all zero where nothing weighs anything.

    A share is within one of the exact one, and never above its weight while `total` is not above their sum.
    """
    whole = sum(weights)
    if whole <= 0 or total <= 0:
        return [0] * len(weights)
    parts = [divmod(total * weight, whole) for weight in weights]
    shares = [share for share, _ in parts]
    for place in sorted(range(len(parts)), key=lambda place: -parts[place][1])[: total - sum(shares)]:
        shares[place] += 1
    return shares


def up_to(total: int, weights: Sequence[int], limits: Sequence[int]) -> list[int]:
    """Shares by weight of which none is above its limit: what one cannot take goes to the others, by their weights."""
    open_places = [place for place, weight in enumerate(weights) if weight > 0 and limits[place] > 0]
    # Who reaches the limit first for its weight: everybody behind the first who does not can take the rest.
    open_places.sort(key=lambda place: Fraction(limits[place], weights[place]))
    shares, weight = [0] * len(weights), sum(weights[place] for place in open_places)
    while open_places and total * weights[open_places[0]] >= limits[open_places[0]] * weight:
        place = open_places.pop(0)
        shares[place] = limits[place]
        total, weight = total - limits[place], weight - weights[place]
    rest = sorted(open_places)
    for place, share in zip(rest, by_weight(total, [weights[place] for place in rest]), strict=True):
        shares[place] = share
    return shares


def half_up(numerator: int, denominator: int) -> int:
    """The nearest whole number of a quotient that is not negative; halves go up."""
    return (2 * numerator + denominator) // (2 * denominator)
