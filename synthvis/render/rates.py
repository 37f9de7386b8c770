"""How long images took on this machine, kept in the cache so that later plans rest on measurements."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from synthvis.cache import cache_folder
from synthvis.config.recipe import Recipe
from synthvis.dataset.run_facts import RunFacts
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.json_file import FileModel, JsonError, Name, parse_json, validated

__all__ = ["Rate", "RunSpeed", "keep_rate", "known_rates"]

FILE_NAME = "render_rates.json"
KEPT = 200
MIN_IMAGES = 4
START = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What one run measured.

    Attributes:
        host: Machine.
        recipe: Name of the recipe.
        width_px: Of the images.
        height_px: Of the images.
        samples: A pixel.
        on_gpu: Whether Cycles computed on a GPU.
        images: Images made.
        core_seconds: Seconds an image times the threads of its worker, the worker's start left out.
    """

    host: str
    recipe: str
    width_px: int
    height_px: int
    samples: int
    on_gpu: bool
    images: int
    core_seconds: float


class _SpeedFile(FileModel):
    """What a run.json says of the speed of a render."""

    images_made: Annotated[int, Field(ge=0)]
    stage_seconds_per_image: dict[Name, Annotated[float, Field(ge=0, le=1e6)]]
    threads_per_worker: Annotated[int, Field(ge=1, le=4096)]
    devices: list[Name] = Field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSpeed:
    """The speed of a run.

    Attributes:
        images: Images made.
        core_seconds: Seconds an image times the threads of its worker, without the start of a worker, which is shared
            by hundreds of images; None where no image was made.
        on_gpu: Whether Cycles computed on a GPU.
    """

    images: int
    core_seconds: float | None
    on_gpu: bool

    @classmethod
    def of(cls, facts: RunFacts) -> RunSpeed:
        """Of a run."""
        return _speed_of(facts.images_made, facts.stage_seconds_per_image, facts.threads_per_worker, facts.devices)

    @classmethod
    def of_file(cls, run_json: Path) -> RunSpeed | None:
        """Of the last run over a dataset; None where the file is not there, or damaged."""
        try:
            found = validated(parse_json(run_json.read_bytes()), _SpeedFile)
        except (OSError, JsonError):
            return None
        return _speed_of(found.images_made, found.stage_seconds_per_image, found.threads_per_worker, found.devices)


def _speed_of(images: int, stages: Mapping[str, float], threads: int, devices: Iterable[str]) -> RunSpeed:
    seconds = sum(value for name, value in stages.items() if name != START)
    core_seconds = seconds * threads if seconds > 0 else None
    return RunSpeed(images=images, core_seconds=core_seconds, on_gpu=any(device != "CPU" for device in devices))


def keep_rate(recipe: Recipe, speed: RunSpeed) -> None:
    """Remember a run of some images; a cache that cannot be written costs nothing but that."""
    if speed.core_seconds is None or speed.images < MIN_IMAGES:
        return
    rate = Rate(
        host=platform.node(),
        recipe=recipe.name,
        width_px=recipe.image.width_px,
        height_px=recipe.image.height_px,
        samples=recipe.render.samples,
        on_gpu=speed.on_gpu,
        images=speed.images,
        core_seconds=round(speed.core_seconds, 4),
    )
    kept = [*_read(), rate][-KEPT:]
    with suppress(OSError):
        cache_folder().mkdir(parents=True, exist_ok=True)
        content = json.dumps([asdict(one) for one in kept], indent=0) + "\n"
        write_bytes_atomic(cache_folder() / FILE_NAME, content.encode())


def known_rates(*, on_gpu: bool) -> list[Rate]:
    """What was measured on this machine with such a device, oldest first."""
    return [rate for rate in _read() if rate.host == platform.node() and rate.on_gpu == on_gpu]


def _read() -> list[Rate]:
    try:
        rows = parse_json((cache_folder() / FILE_NAME).read_bytes())
    except (OSError, ValueError, RecursionError):
        return []
    return list(_rates(rows)) if isinstance(rows, list) else []


def _rates(rows: Iterable[Any]) -> Iterable[Rate]:
    for row in rows:
        # A file that another version wrote is started anew, row by row.
        with suppress(TypeError, ValueError):
            rate = Rate(**row)
            if rate.core_seconds > 0 and rate.width_px > 0 and rate.height_px > 0 and rate.samples > 0:
                yield rate
