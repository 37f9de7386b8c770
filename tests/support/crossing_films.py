"""Films of figures of two colours that meet, hide each other, and often turn back: trackers swap their numbers there.

python tests/support/crossing_films.py        # measures every tracker on 30 films of each kind
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.data.film import Film
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.formats.images import write_png

HW, SIZE = (240, 320), (20, 40)
FIGURES, FRAMES, FPS = 4, 40, 10.0
TURN_BACK = 0.3
"""Chance that two turn back in a frame in which they meet."""


@dataclass(slots=True, eq=False)
class Figures:
    """Where the figures of a film are: (N, 2) left top, pixels, (N, 2) steps, and (N, 2, 3) colours of their halves."""

    left_top_px: NDArray[np.float64]
    steps_px: NDArray[np.float64]
    colors_rgb: NDArray[np.int64]

    @classmethod
    def drawn(cls, rng: np.random.Generator, *, alike: bool) -> Figures:
        """Four figures; `alike`: of the same colours."""
        left_top = np.stack([rng.uniform(10, 290, FIGURES), rng.uniform(60, 140, FIGURES)], axis=1)
        across = rng.uniform(2, 6, FIGURES) * rng.choice([-1, 1], FIGURES)
        colors = rng.integers(30, 230, (1 if alike else FIGURES, 2, 3))
        return cls(
            left_top_px=left_top,
            steps_px=np.stack([across, rng.uniform(-0.6, 0.6, FIGURES)], axis=1),
            colors_rgb=np.broadcast_to(colors, (FIGURES, 2, 3)),
        )

    def hidden(self) -> list[bool]:
        """Whether another figure, which stands lower in the picture, covers most of each."""
        return [
            any(
                other[1] > own[1] and abs(other[0] - own[0]) < SIZE[0] / 2 and other[1] - own[1] < 25
                for other in self.left_top_px
            )
            for own in self.left_top_px
        ]

    def picture(self, rng: np.random.Generator) -> NDArray[np.uint8]:
        """(H, W, 3) the figures before a grey ground, with noise."""
        pixels = rng.integers(90, 150, (*HW, 3)).astype(np.uint8)
        for one in np.argsort(self.left_top_px[:, 1]):
            x, y = np.round(self.left_top_px[one]).astype(int)
            for half, color in enumerate(self.colors_rgb[one]):
                top = y + half * SIZE[1] // 2
                part = pixels[max(top, 0) : max(top + SIZE[1] // 2, 0), max(x, 0) : max(x + SIZE[0], 0)]
                part[:] = np.clip(color + rng.normal(0, 12, part.shape), 0, 255)
        return pixels

    def move(self, rng: np.random.Generator) -> None:
        """To the next frame: some that meet turn back, and all do at the border."""
        self.left_top_px = self.left_top_px + self.steps_px
        for first in range(FIGURES):
            for second in range(first):
                apart = np.abs(self.left_top_px[first] - self.left_top_px[second])
                if (apart < (SIZE[0] / 2, 35)).all() and rng.random() < TURN_BACK:
                    self.steps_px[[first, second], 0] *= -1
        outside = (self.left_top_px < (2, 40)) | (self.left_top_px > (298, 180))
        self.steps_px[outside] *= -1
        self.left_top_px[outside] += 2 * self.steps_px[outside]


def crossing_films(folder: Path, films: int, *, alike: bool, seed: int = 5) -> Split:
    """Write the pictures of films below a folder; a figure that is hidden has no box in that frame."""
    rng = np.random.default_rng(seed)
    images: list[Sample] = []
    for film in range(1, films + 1):
        figures = Figures.drawn(rng, alike=alike)
        for frame in range(1, FRAMES + 1):
            path = folder / f"{film:02d}_{frame:02d}.png"
            write_png(path, figures.picture(rng))
            seen = zip(figures.left_top_px.tolist(), figures.hidden(), strict=True)
            objects = tuple(
                LabelledObject(
                    class_name="figure", bbox_xywh_px=(x, y, *map(float, SIZE)), area_px=800.0, is_crowd=False,
                    track_id=track_id,
                )
                for track_id, ((x, y), hidden) in enumerate(seen, start=1)
                if not hidden
            )  # fmt: skip
            images.append(
                Sample(id=len(images) + 1, path=path, labelled_hw=HW, objects=objects, video_id=film, frame_id=frame)
            )
            figures.move(rng)
    return Split(
        name="crossings", kind="real", split="val", images=tuple(images), class_names=("figure",),
        category_ids={"figure": 1}, films={k: Film(id=k, name=f"film {k}", fps=FPS) for k in range(1, films + 1)},
    )  # fmt: skip


def main() -> None:
    """Print metrics of every tracker with 95% intervals over films."""
    from synthvis.metrics.tracking.tracking import tracking_metrics
    from synthvis.tracking.on_films import labelled_boxes, tracked
    from synthvis.tracking.registry import trackers
    from synthvis.tracking.tracker import TrackerChoice

    for alike in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            split = crossing_films(Path(folder), 30, alike=alike)
            for name, kind in trackers().items():
                rows = tracked(split, labelled_boxes(split, ["figure"]), TrackerChoice(kind=kind))
                found = tracking_metrics(split, rows, ["figure"])
                said = ", ".join(f"{metric} {found[metric]}" for metric in ("HOTA", "AssA", "IDF1", "IDSW"))
                sys.stdout.write(f"{'alike' if alike else 'different'} {name}: {said}\n")


if __name__ == "__main__":
    main()
