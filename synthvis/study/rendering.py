"""The renders of an ablation: from the seeds of the study's own dataset, each without one randomiser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthvis.config.load import recipe_from
from synthvis.config.recipe import Recipe
from synthvis.data.derived.subset import of_known_classes
from synthvis.dataset.layout import SPLITS
from synthvis.dataset.manifest import RenderedDataset, open_rendered
from synthvis.errors import RenderError, counted
from synthvis.study.ablation import Factor, overrides_of, without
from synthvis.study.jobs import Data, data_of
from synthvis.study.sets import StudySets
from synthvis.train.registry import description_of

if TYPE_CHECKING:
    from synthvis.render.progress import RenderProgress

__all__ = [
    "EVERYTHING",
    "Ablated",
    "ablated_sets",
    "absent_factors",
    "data_after_render",
    "is_rendered",
    "render_ablated",
]

EVERYTHING = "everything"
"""The set with all randomisers on, rendered like the others, so that only the one change is between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablated:
    """One set to render.

    Attributes:
        name: EVERYTHING, or the randomiser that it lacks.
        recipe: What is rendered.
        overrides: How it differs from the dataset's recipe.
        seed: The dataset's seed, the same for all.
        images: Images 1 to this.
        root: Where it lies.
    """

    name: str
    recipe: Recipe
    overrides: tuple[str, ...]
    seed: int
    images: int
    root: Path


def ablated_sets(dataset: Path, factors: Sequence[Factor], images: int | None, out: Path) -> tuple[Ablated, ...]:
    """The sets to render for some randomisers; those that the recipe does not have are left out.

    Args:
        dataset: Rendered dataset whose recipe and seed are taken.
        factors: Randomisers.
        images: Images of each set; None: as many as the dataset has.
        out: Folder of the study.

    Raises:
        DatasetError: `dataset` is none.
    """
    source = open_rendered(dataset)
    recipe = _recipe_of(source)
    count = images or _images_in(source.root)
    chosen: list[tuple[str, tuple[str, ...]]] = [(EVERYTHING, ())]
    chosen += [(one.name, overrides) for one in factors if (overrides := overrides_of(one, recipe))]
    if len(chosen) == 1:
        return ()
    return tuple(
        Ablated(
            name=name, recipe=without(recipe, overrides), overrides=overrides, seed=source.seed, images=count,
            root=out / "data" / (name if name == EVERYTHING else f"without-{name}"),
        )
        for name, overrides in chosen
    )  # fmt: skip


def absent_factors(dataset: Path, factors: Sequence[Factor]) -> tuple[str, ...]:
    """Names of the randomisers that the dataset's recipe does not have, or that no override can hold."""
    recipe = _recipe_of(open_rendered(dataset))
    return tuple(one.name for one in factors if not overrides_of(one, recipe))


def render_ablated(
    one: Ablated, watch: Callable[[RenderProgress], AbstractContextManager[Any]], say: Callable[[str], None]
) -> None:
    """Render a set, or what is missing of it.

    Raises:
        SynthvisError: It cannot be rendered.
    """
    from synthvis.assets.resolve import resolve
    from synthvis.render.produce import RenderRequest, render_dataset

    request = RenderRequest(recipe=resolve(one.recipe, say=say), seed=one.seed, root=one.root, n=one.images)
    summary = render_dataset(request, watch)
    if summary.quarantined:
        index, reason = next(iter(summary.quarantined.items()))
        what = f"{counted(len(summary.quarantined), 'image')} of {one.root} could not be made; image {index}: {reason}"
        raise RenderError(what, hint="the same command tries them again")


def is_rendered(one: Ablated) -> bool:
    """Whether as many images are there as are wanted, merged."""
    merged = (one.root / "annotations" / "instances_train.json").is_file()
    return merged and _images_in(one.root) >= one.images


def data_after_render(one: Ablated, sets: StudySets) -> Data:
    """What is trained on: the train split of a set that is rendered, with the classes of the study."""
    chosen = description_of(sets.task)
    split = of_known_classes(chosen.read(chosen.find(str(one.root)), "train"), sets.classes)
    return data_of(split, real=0, synthetic=len(split.images))


def _recipe_of(source: RenderedDataset) -> Recipe:
    return recipe_from(dict(source.recipe.values), where=f"recipe of {source.root}")


def _images_in(root: Path) -> int:
    return sum(1 for split in SPLITS for _ in (root / "records" / split).glob("[!.]*.json"))
