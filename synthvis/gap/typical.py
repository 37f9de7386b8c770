"""Typical and strange synthetic objects, and real objects that no synthetic one is near: as lists and as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.data.split import Split
from synthvis.formats.images import read_image_rgb, write_jpeg
from synthvis.gap.crops import CROP_SIDE_PX, Crop, FeatureRows, crop_pixels
from synthvis.gap.neighbours import Nearest, nearest_rows, same_class, unit_rows
from synthvis.metrics.resampling import number

__all__ = ["Side", "neighbour_facts", "neighbour_sheet"]

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


def neighbour_facts(synthetic: Side, real: Side) -> dict[str, Any]:
    """Nearest neighbours of the same class by the direction of features.

    Returns:
        "typical" and "strange": synthetic objects nearest to and farthest from their nearest real one; "missing": real
        objects whose nearest synthetic one is farthest; "far_real_share": share of real objects that are farther from
        every synthetic one than 95% of real objects are from the nearest real one in another image; each object with
        file, box, class, distance and its nearest ones.
    """
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
    return {
        "typical": [_entry(place, synthetic, real, to_real) for place in order[:LISTED]],
        "strange": [_entry(place, synthetic, real, to_real) for place in order[::-1][:LISTED]],
        "missing": [_entry(place, real, synthetic, to_synthetic) for place in missing[:LISTED]],
        "usual_real_distance": number(usual),
        "far_real_share": number(float((reached > usual).mean())) if len(known) and len(reached) else None,
    }


def neighbour_sheet(path: Path, entries: Sequence[dict[str, Any]], sides: tuple[Side, Side], quality: int) -> None:
    """Write a sheet of crops: each row one object, and behind a gap its nearest ones in the other set.

    Args:
        path: The JPEG file.
        entries: From `neighbour_facts`.
        sides: The set of the objects, then that of their neighbours.
        quality: JPEG quality of the common form.
    """
    if not entries:
        return
    step = CROP_SIDE_PX + GAP_PX
    sheet = np.full((step * len(entries), step * (1 + BESIDE) + 2 * GAP_PX, 3), 255, dtype=np.uint8)
    for row, entry in enumerate(entries):
        tiles = [_tile(sides[0], entry["crop"], quality)]
        tiles += [_tile(sides[1], one["crop"], quality) for one in entry["nearest"]]
        for column, tile in enumerate(tiles):
            x = column * step + (2 * GAP_PX if column else 0)
            sheet[row * step : row * step + CROP_SIDE_PX, x : x + CROP_SIDE_PX] = tile
    write_jpeg(path, sheet, SHEET_QUALITY)


def _tile(side: Side, place: int, quality: int) -> Pixels:
    crop = side.crops[place]
    return crop_pixels(read_image_rgb(side.split.images[crop.image_index].path), crop, quality)


def _finite_order(nearest: Nearest) -> NDArray[np.intp]:
    """Rows that have a neighbour, the nearest first."""
    first = nearest.distances[:, 0]
    order = np.argsort(first, kind="stable")
    return np.asarray(order[np.isfinite(first[order])])


def _entry(place: np.intp, own: Side, other: Side, nearest: Nearest) -> dict[str, Any]:
    found = [
        {**_facts(other, int(row)), "distance": number(float(distance))}
        for row, distance in zip(nearest.rows[place], nearest.distances[place], strict=True)
        if row >= 0
    ]
    return {**_facts(own, int(place)), "distance": found[0]["distance"], "nearest": found}


def _facts(side: Side, place: int) -> dict[str, Any]:
    crop = side.crops[place]
    image = side.split.images[crop.image_index]
    return {
        "crop": place,
        "image_id": image.id,
        "file": image.path.name,
        "class": crop.class_name,
        "bbox_xywh_px": [round(value, 2) for value in crop.bbox_xywh_px],
    }
