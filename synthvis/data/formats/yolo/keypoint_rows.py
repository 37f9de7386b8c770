"""The keypoints of several classes in rows of one length, as YOLO wants them.

A set with one class that has keypoints has them as they are. Of several classes each has its own places in the row, so
that the mirror of the whole row is right for every class; the other places are "not labelled".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from synthvis.data.formats.yolo.data_yaml import KeypointShape
from synthvis.data.formats.yolo.rows import MAX_SHARE, PX_DIGITS, BadRow
from synthvis.data.keypoints import SEPARATOR
from synthvis.data.sample import KeypointNames

__all__ = ["KeypointRows", "keypoints_of_numbers", "names_from_shape"]

Keypoints = Sequence[tuple[float, float, int]]


class KeypointRows:
    """Places of the keypoints of each class in a row.

    Args:
        keypoints: Of each class that has some.
        class_names: Of the set, in the order of the class indices.
        mirror_is_known: Keypoints without a partner are their own; else that is so only where some class names pairs.
    """

    def __init__(
        self, keypoints: Mapping[str, KeypointNames], class_names: Sequence[str], *, mirror_is_known: bool = False
    ) -> None:
        self._starts: dict[str, int] = {}
        names: list[str] = []
        flip: list[int] = []
        for class_name, own in keypoints.items():
            start = self._starts[class_name] = len(names)
            several = len(keypoints) > 1
            names += [f"{class_name}{SEPARATOR}{name}" if several else name for name in own.names]
            partner = list(range(start, start + len(own.names)))
            for a, b in own.flip_pairs:
                partner[a], partner[b] = start + b, start + a
            flip += partner
        self._count = len(names)
        places = {name: (self._starts[name], len(one.names)) for name, one in keypoints.items()}
        self.shape = KeypointShape(
            count=len(names),
            dims=3,
            flip_index=tuple(flip) if mirror_is_known or any(own.flip_pairs for own in keypoints.values()) else (),
            names={index: tuple(names) for index, name in enumerate(class_names) if name in keypoints},
            own={index: places[name] for index, name in enumerate(class_names) if name in keypoints},
        )

    def row(self, class_name: str, points: Keypoints, image_hw: tuple[int, int]) -> list[float]:
        """x, y as shares and the visibility of every place, 0 where nothing is labelled."""
        height, width = image_hw
        numbers = [0.0] * (3 * self._count)
        start = self._starts.get(class_name, 0)
        for place, (x, y, seen) in enumerate(points, start=start):
            if seen > 0:
                numbers[3 * place : 3 * place + 3] = [x / width, y / height, float(seen)]
        return numbers


def names_from_shape(shape: KeypointShape, class_names: Sequence[str]) -> dict[str, tuple[int, KeypointNames]]:
    """First place and keypoints of each class."""
    found = {}
    for index, class_name in enumerate(class_names):
        names = shape.names.get(index) or _numbered(shape)
        prefix = f"{class_name}{SEPARATOR}"
        places = _places(shape, index, names, prefix) if names else []
        if not places:
            continue
        is_prefixed = len(shape.own) != 1
        short = tuple(names[place].removeprefix(prefix) if is_prefixed else names[place] for place in places)
        found[class_name] = (places[0], KeypointNames(names=short, flip_pairs=_pairs(shape, places)))
    return found


def _places(shape: KeypointShape, index: int, names: Sequence[str], prefix: str) -> list[int]:
    """Places of the keypoints of a class: as the file says, else those whose names begin with that of the class."""
    if shape.own:
        start, number = shape.own.get(index, (0, 0))
        return list(range(start, start + number))
    own = [place for place, name in enumerate(names) if name.startswith(prefix)]
    return own or ([] if any(SEPARATOR in name for name in names) else list(range(len(names))))


def _numbered(shape: KeypointShape) -> tuple[str, ...]:
    """Names for keypoints that have none; nothing where the file names those of other classes."""
    return () if shape.names else tuple(f"keypoint {number}" for number in range(shape.count))


def _pairs(shape: KeypointShape, places: Sequence[int]) -> tuple[tuple[int, int], ...]:
    if not shape.flip_index:
        return ()
    at = {place: number for number, place in enumerate(places)}
    partners = [(at[place], at.get(shape.flip_index[place])) for place in places]
    return tuple((here, there) for here, there in partners if there is not None and here < there)


def keypoints_of_numbers(
    numbers: Sequence[float], dims: int, image_hw: tuple[int, int]
) -> tuple[tuple[float, float, int], ...]:
    """x, y in pixels and COCO's visibility of each keypoint of a row.

    A row that states no visibility has 0, 0 for what is not labelled.

    Raises:
        BadRow: A keypoint belongs to no picture, or its visibility is not 0, 1 or 2.
    """
    height, width = image_hw
    found = []
    for start in range(0, len(numbers), dims):
        x, y, *seen = numbers[start : start + dims]
        visibility = seen[0] if seen else 2 * bool(x or y)
        if visibility not in (0, 1, 2):
            raise BadRow("the visibility of a keypoint is not 0, 1 or 2")
        if max(abs(x), abs(y)) > MAX_SHARE:
            raise BadRow("coordinates are not shares of the picture")
        labelled = visibility > 0
        x_px, y_px = (round(x * width, PX_DIGITS), round(y * height, PX_DIGITS)) if labelled else (0.0, 0.0)
        found.append((x_px, y_px, int(visibility)))
    return tuple(found)
