"""What the bench says of memory."""

from __future__ import annotations

import pytest

from synthvis.bench.render import memory_growth_mb


def test_a_leak_shows_and_a_sawtooth_or_a_large_last_image_does_not() -> None:
    leaking = [400 + 0.5 * number for number in range(200)]
    assert memory_growth_mb(leaking) == pytest.approx(0.5 * 100)
    sawtooth = [400 + number % 25 for number in range(200)]
    assert memory_growth_mb(sawtooth) == 0
    assert abs(memory_growth_mb([*sawtooth, 900])) <= 1
    assert memory_growth_mb([400.0, 500.0, 600.0]) == 0
