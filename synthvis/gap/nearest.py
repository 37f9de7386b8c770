"""Synthetic objects nearest to and far from real ones, and real objects that no synthetic one is near, as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.data.split import Split
from synthvis.formats.images import write_jpeg
from synthvis.gap.comparison import CropNeighbours, NearbyCrop, Neighbours
from synthvis.gap.crops import CROP_SIDE_PX, Crop, crop_pixels
from synthvis.gap.feature_rows import FeatureRows
from synthvis.gap.neighbours import Nearest, nearest_rows, same_class, unit_rows
from synthvis.metrics.resampling import number

__all__ = ["Side", "crop_neighbours", "neighbour_sheet"]

Pixels = NDArray[np.uint8]

LISTED = 12
BESIDE = 3
"""Neighbours of each."""
FAR_QUANTILE = 0.95
GAP_PX = 4
SHEET_QUALITY = 88


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """One set's crops."""

    split: Split
    crops: Sequence[Crop]
    rows: FeatureRows


def crop_neighbours(synthetic: Side, real: Side) -> Neighbours:
    """Nearest neighbours of the same class by the direction of features."""
    ours, theirs = (unit_rows(side.rows.features) for side in (synthetic, real))
    alike = same_class(synthetic.rows.labels, real.rows.labels)
    to_real = nearest_rows(ours, theirs, alike, BESIDE)
    to_synthetic = nearest_rows(theirs, ours, alike.T, BESIDE)
    elsewhere = real.rows.owner[:, None] != real.rows.owner[None]
    among_real = nearest_rows(theirs, theirs, same_class(real.rows.labels, real.rows.labels) & elsewhere)
    order = _finite_order(to_real)
    missing = _finite_order(to_synthetic)[::-1]
    known = among_real.distances[np.isfinite(among_real.distances)]
    usual = float(np.quantile(known, FAR_QUANTILE)) if len(known) else float("nan")
    reached = to_synthetic.distances[:, 0]
    return Neighbours(
        nearest=tuple(_with_neighbours(position, synthetic, real, to_real) for position in order[:LISTED]),
        far=tuple(_with_neighbours(position, synthetic, real, to_real) for position in order[::-1][:LISTED]),
        missing=tuple(_with_neighbours(position, real, synthetic, to_synthetic) for position in missing[:LISTED]),
        real_distance_95=number(usual),
        far_real_share=number(float((reached > usual).mean())) if len(known) and len(reached) else None,
    )


def neighbour_sheet(path: Path, entries: Sequence[CropNeighbours], sides: tuple[Side, Side], quality: int) -> None:
    """Write a sheet of crops: each row one object, and behind a gap its nearest ones in the other set.

    Args:
        path: The JPEG file.
        entries: From `crop_neighbours`.
        sides: The set of the objects, then that of their neighbours.
        quality: JPEG quality of the common form.
    """
    if not entries:
        return
    step = CROP_SIDE_PX + GAP_PX
    sheet = np.full((step * len(entries), step * (1 + BESIDE) + 2 * GAP_PX, 3), 255, dtype=np.uint8)
    for row, entry in enumerate(entries):
        tiles = [_tile(sides[0], entry.crop, quality)]
        tiles += [_tile(sides[1], other.crop, quality) for other in entry.nearest]
        for column, tile in enumerate(tiles):
            x = column * step + (2 * GAP_PX if column else 0)
            sheet[row * step : row * step + CROP_SIDE_PX, x : x + CROP_SIDE_PX] = tile
    write_jpeg(path, sheet, SHEET_QUALITY)


def _tile(side: Side, position: int, quality: int) -> Pixels:
    crop = side.crops[position]
    return crop_pixels(side.split.images[crop.image_index].image, crop, quality)


def _finite_order(nearest: Nearest) -> NDArray[np.intp]:
    """Rows that have a neighbour, the nearest first."""
    first = nearest.distances[:, 0]
    order = np.argsort(first, kind="stable")
    return np.asarray(order[np.isfinite(first[order])])


def _with_neighbours(position: np.intp, own: Side, other: Side, nearest: Nearest) -> CropNeighbours:
    found = tuple(
        _crop(other, int(row), float(distance))
        for row, distance in zip(nearest.rows[position], nearest.distances[position], strict=True)
        if row >= 0
    )
    crop = _crop(own, int(position), float(nearest.distances[position][0]))
    return CropNeighbours(**{part.name: getattr(crop, part.name) for part in fields(crop)}, nearest=found)


def _crop(side: Side, position: int, distance: float) -> NearbyCrop:
    crop = side.crops[position]
    image = side.split.images[crop.image_index]
    x, y, width, height = (round(value, 2) for value in crop.bbox_xywh_px)
    return NearbyCrop(
        crop=position,
        image_id=image.id,
        file=image.path.name,
        class_name=crop.class_name,
        bbox_xywh_px=(x, y, width, height),
        distance=number(distance),
    )
