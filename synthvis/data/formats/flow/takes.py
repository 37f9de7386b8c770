"""Which frames of a set follow each other: flow is of a frame and the next one, and an export may leave frames out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthvis.data.formats.film_folders import film_folders
from synthvis.data.split import Split

__all__ = ["TakeFrame", "take_frames"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFrame:
    """A frame in its take: frames of one film that follow each other without a gap.

    Attributes:
        take: Name of the take, that of the film; the second take of a film has "_2" behind it.
        number: Of the frame in its take, from 1.
        pair: Number of the pair, from 0 over the whole split, of this frame and the next one; None of the last frame.
        pair_before: Of the frame before and this one; None of the first.
    """

    take: str
    number: int
    pair: int | None
    pair_before: int | None


def take_frames(split: Split) -> tuple[TakeFrame, ...]:
    """The place of each image of a split of films, in the order of the split."""
    frames = [(one.video_id or 0, one.frame_id or 0) for one in split.images]
    order = sorted(range(len(frames)), key=lambda position: frames[position])
    folders = film_folders(split, {video_id for video_id, _ in frames})
    found: dict[int, TakeFrame] = {}
    pairs, takes = 0, dict.fromkeys(folders, 0)
    for run in _runs([frames[position] for position in order]):
        video_id = frames[order[run.start]][0]
        takes[video_id] += 1
        name = folders[video_id] if takes[video_id] == 1 else f"{folders[video_id]}_{takes[video_id]}"
        for number, position in enumerate(order[run.start : run.stop], start=1):
            is_first, is_last = number == 1, number == len(run)
            found[position] = TakeFrame(
                take=name,
                number=number,
                pair=None if is_last else pairs,
                pair_before=None if is_first else pairs - 1,
            )
            pairs += not is_last
    return tuple(found[position] for position in range(len(frames)))


def _runs(frames: Sequence[tuple[int, int]]) -> list[range]:
    """Ranges of positions whose frames follow each other in one film."""
    starts = [
        position
        for position in range(len(frames))
        if not position or frames[position] != (frames[position - 1][0], frames[position - 1][1] + 1)
    ]
    return [range(start, stop) for start, stop in zip(starts, [*starts[1:], len(frames)], strict=True)]
