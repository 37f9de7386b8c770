"""The one source of randomness: image i depends on (recipe, seed, i) and nothing else."""

from __future__ import annotations

import zlib

import numpy as np

__all__ = ["integer_seed_for", "rng_for"]


def rng_for(seed: int, image_index: int, stream: str) -> np.random.Generator:
    """Generator for one named stream of one image.

    Streams are independent: drawing more from "camera" never moves what "objects" yields, so one part of a scene can
    be changed or resampled while the rest stays put.

    Args:
        seed: Dataset seed, >= 0.
        image_index: Image number (>= 1), or a world group's number for streams shared by a group.
        stream: Name of the stream, e.g. "objects".
    """
    return np.random.Generator(np.random.PCG64(_sequence(seed, image_index, stream)))


def integer_seed_for(seed: int, image_index: int, stream: str) -> int:
    """31-bit seed for a consumer that takes an integer, such as Cycles or a noise texture."""
    return int(_sequence(seed, image_index, stream).generate_state(1, np.uint32)[0] >> 1)


def _sequence(seed: int, image_index: int, stream: str) -> np.random.SeedSequence:
    if seed < 0 or image_index < 0:
        raise ValueError(f"seed and image_index must be >= 0, got {seed} and {image_index}")
    return np.random.SeedSequence(seed, spawn_key=(image_index, zlib.crc32(stream.encode())))
