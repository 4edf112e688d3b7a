"""Money: whole minor units, split without losing or making any."""

from __future__ import annotations

from collections.abc import Sequence

from frontline.kernel.words import Fen

BASIS_POINTS = 10_000


def share(total: Fen, weights: Sequence[int]) -> list[Fen]:
    """Split `total` in proportion to `weights`, so that the parts sum to it exactly.

    Largest remainder, ties to the earlier part. Weights are not negative and not all zero,
    unless `total` is zero.
    """
    assert total >= 0
    assert all(weight >= 0 for weight in weights)
    whole = sum(weights)
    if whole == 0:
        assert total == 0, "nothing to share among"
        return [Fen(0) for _ in weights]
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(total * weights[place] % whole))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return [Fen(part) for part in parts]


def part_of(amount: Fen, rate_bp: int) -> Fen:
    """`rate_bp` basis points of `amount`, rounded down (in favour of whoever keeps the rest)."""
    return Fen(amount * rate_bp // BASIS_POINTS)
