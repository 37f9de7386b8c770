"""Rendering a dataset: what is asked for, what would be done, and what came of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthvis.api.looking import check
from synthvis.api.recipes import load_recipe
from synthvis.api.talk import OnProgress
from synthvis.config.motion import Motion
from synthvis.config.recipe import Recipe
from synthvis.config.validate import validate
from synthvis.data.dataset import Dataset, find_dataset
from synthvis.errors import ChecksFoundProblems, RenderError, UsageError, counted

if TYPE_CHECKING:
    from synthvis.checks.gate import CheckReport
    from synthvis.render.job import Device
    from synthvis.render.produce import RenderRequest, RenderSummary
    from synthvis.render.progress import RenderProgress

__all__ = ["RenderResult", "render", "render_and_check", "request_of"]

POLL_S = 0.25
IMAGES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderResult:
    """What a render did.

    Attributes:
        request: What was asked for.
        summary: Images made, images that were there, images that could not be made.
        report: What the quality gate found; None where it was not asked.
    """

    request: RenderRequest
    summary: RenderSummary
    report: CheckReport | None

    def raise_for_problems(self, *, hint: str | None = None, check_hint: str | None = None) -> None:
        """Raise what went wrong.

        Args:
            hint: What to do about images that could not be made.
            check_hint: What to do about problems that the quality gate found.

        Raises:
            RenderError: Images could not be made.
            ChecksFoundProblems: The quality gate found something.
        """
        root, quarantined = self.request.root, self.summary.quarantined
        if quarantined:
            index, reason = next(iter(quarantined.items()))
            what = f"{counted(len(quarantined), 'image')} could not be made ({root / 'quarantine.json'} lists them)"
            raise RenderError(f"{what}; image {index}: {reason}", hint=hint)
        if self.report is not None and not self.report.ok:
            found = counted(len(self.report.problems), "problem")
            raise ChecksFoundProblems(f"the quality gate found {found} in {root}", hint=check_hint)


def render(
    recipe: Recipe | str,
    n: int = IMAGES,
    out: Path | str | None = None,
    *,
    seed: int = 0,
    frames: int | None = None,
    fps: float | None = None,
    only: Sequence[int] = (),
    shard: tuple[int, int] = (1, 1),
    workers: int | None = None,
    device: Device = "auto",
    timeout_s: float = 600.0,
    retries: int = 2,
    checks: bool = True,
    on_image: OnProgress | None = None,
) -> Dataset:
    """Render a labelled dataset in worker processes, and put it through the quality gate.

    What is in the folder already is kept: the same call resumes, and a larger `n` extends. A script that calls this
    needs `if __name__ == "__main__":`, as every program with worker processes does.

    Args:
        recipe: From `load_recipe`, or the name of a shipped recipe.
        n: The number of images to render; of films, where the recipe or `frames` asks for films.
        out: The folder of the dataset; None: data/NAME of the recipe.
        seed: The seed of the dataset, from 0 to 2^63 - 1; another seed gives other images.
        frames: The number of frames of each film; None: what the recipe's `motion` says, or no films.
        fps: The number of frames a second of a film; None: what the recipe's `motion` says.
        only: Numbers of images to render again; empty: those that are missing.
        shard: (i, k): render the i-th of k parts of the images, counted from 1.
        workers: The number of worker processes; None: as many as the machine carries.
        device: The device to render on: auto, cpu or gpu.
        timeout_s: The number of seconds that one image may take.
        retries: The number of further attempts at an image that failed.
        checks: Put the result through the quality gate.
        on_image: Is called with (images finished, images to make) as rendering goes on, from another thread.

    Returns:
        The dataset, opened.

    Raises:
        MissingDependency: Blender is not installed (`pip install 'synthvis[render]'`).
        UsageError: The request makes no sense.
        DatasetError: The folder holds another dataset, is in use, or cannot be written.
        RenderError: Images could not be made; all others are there.
        ChecksFoundProblems: The quality gate found something; the dataset is there.

    Examples:
        >>> import synthvis as sv
        >>> dataset = sv.render("fruit", n=3, out="data/fruit")  # doctest: +SKIP
    """
    request = request_of(
        recipe, n, out, seed=seed, frames=frames, fps=fps, only=only, shard=shard, workers=workers, device=device,
        timeout_s=timeout_s, retries=retries,
    )  # fmt: skip
    result = render_and_check(request, checks=checks, display=lambda progress: _told(progress, on_image))
    result.raise_for_problems(hint="the same call tries them again", check_hint="`sv.check(dataset)` returns them all")
    return find_dataset(request.root)


def request_of(
    recipe: Recipe | str,
    n: int = IMAGES,
    out: Path | str | None = None,
    *,
    seed: int = 0,
    frames: int | None = None,
    fps: float | None = None,
    only: Sequence[int] = (),
    **asked: Any,
) -> RenderRequest:
    """What `render` asks for; arguments are those of `render`."""
    from synthvis.render.produce import RenderRequest

    chosen = _filmed(load_recipe(recipe) if isinstance(recipe, str) else recipe, frames, fps)
    root = Path(out) if out is not None else Path("data") / chosen.name
    return RenderRequest(recipe=chosen, root=root, n=n * chosen.frames, seed=seed, only=tuple(only), **asked)


def _filmed(recipe: Recipe, frames: int | None, fps: float | None) -> Recipe:
    """The recipe, of films where frames are asked for.

    Raises:
        UsageError: Frames a second of a recipe without films.
        RecipeError: So many frames, or so many a second, make no film.
    """
    if frames is None and fps is None:
        return recipe
    if frames is None and recipe.motion is None:
        raise UsageError("--fps is for films", hint="say how many frames a film has: --frames 30")
    asked = {name: value for name, value in (("frames", frames), ("fps", fps)) if value is not None}
    before = recipe.motion.model_dump(mode="json") if recipe.motion else {}
    return recipe.model_copy(update={"motion": validate(Motion, {**before, **asked}, where="motion")})


def render_and_check(
    request: RenderRequest,
    *,
    checks: bool = True,
    display: Callable[[RenderProgress], AbstractContextManager[Any]] = lambda progress: nullcontext(),
    on_checked: OnProgress | None = None,
) -> RenderResult:
    """Render what is missing, then check the whole; what went wrong is in the result.

    Args:
        request: What is asked for.
        checks: Put the result through the quality gate.
        display: Makes the context in which images are rendered, e.g. a progress display.
        on_checked: Is called with (images checked, all images).

    Raises:
        MissingDependency: Blender is not installed.
        DatasetError: The folder is in use, holds something else, or cannot be written.
        SynthvisError: No space is left on the disk; everything finished is kept.
    """
    from synthvis.render.needs import need_blender
    from synthvis.render.produce import render_dataset

    if request.wanted:
        need_blender()
    summary = render_dataset(request, display)
    report = check(request.root, on_image=on_checked) if checks and request.wanted else None
    return RenderResult(request=request, summary=summary, report=report)


@contextmanager
def _told(progress: RenderProgress, on_image: OnProgress | None) -> Iterator[None]:
    """Tell `on_image` of every image while the context lasts."""
    if on_image is None:
        yield
        return
    ended = threading.Event()

    def tell() -> None:
        before = -1
        while True:
            last = ended.wait(POLL_S)
            view = progress.view()
            if view.done != before:
                on_image(view.done, view.total)
                before = view.done
            if last:
                return

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()
