"""What the evaluations of a run leave open, and how to find out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.missing import MissingResult, missing_result

__all__ = ["not_measured"]

COUNTED = {"boxes": "box", "labels": "label", "pixels": "pixel"}
"""What an evaluation may count, and one of them."""

SIZES = {"AP_small": "small", "AP_medium": "medium", "AP_large": "large"}


def not_measured(
    synthetic: Evaluation | None, real: Sequence[Evaluation], run: str, photographs: Mapping[str, str]
) -> Iterator[MissingResult]:
    """What is not known of a run.

    Args:
        synthetic: On renders.
        real: On photographs.
        run: The run folder as the user would type it.
        photographs: Named sets of photographs by task.
    """
    evaluations = [*([synthetic] if synthetic else []), *real]
    headline = next((one.headline for one in evaluations), "AP")
    if synthetic is None:
        how = "evaluate the run on a rendered dataset; name its folder with --eval-on"
        yield missing_result(
            f"{headline} on synthetic images", "no synthetic split was evaluated", how, ("evaluate", "--help")
        )
    if not real:
        name = photographs.get(synthetic.task) if synthetic else next(iter(photographs.values()), None)
        why = "no real set was given to this run"
        yield missing_result(f"{headline} on real photographs, and so the gap", why, *_measuring_photographs(name, run))
    for one in evaluations:
        yield from _of_evaluation(one)
    seed = next((one.training.seed for one in evaluations), 0)
    yield missing_result(
        "Spread between training seeds",
        "one run is one seed; the intervals cover the choice of test images only",
        f"repeat the command of this training with --seed {1 if seed is None else seed + 1} and another --out",
    )


def _measuring_photographs(name: str | None, run: str) -> tuple[str, tuple[str, ...]]:
    """What to do in words, and the command for the photographs that have a name."""
    if name is None:
        return "evaluate the run on a folder of photographs with labels; name it with --eval-on", ("evaluate", "--help")
    how = f"with photographs of your own, name their folder in place of {name}; SYNTHVIS_REAL says where named sets are"
    return how, ("evaluate", run, "--eval-on", name)


def _of_evaluation(evaluation: Evaluation) -> Iterator[MissingResult]:
    count = next((name for name in COUNTED if name in evaluation.counts), "boxes")
    # A task may have nothing to count in a class.
    empty = [name for name, row in evaluation.per_class.items() if not row.counts.get(count, 1)]
    if empty:
        what, why = f"{', '.join(empty)} on {evaluation.set}", f"the set has no {COUNTED[count]} of it"
        yield missing_result(what, why, "evaluate on a set that has some")
    for metric, size in SIZES.items():
        if metric in evaluation.metrics and evaluation[metric].value is None:
            what, why = f"AP of {size} objects on {evaluation.set}", f"the set has no {size} box"
            yield missing_result(what, why, "evaluate on a set that has some")
    if evaluation.score.low is None:
        what = f"95% interval of {evaluation.headline} on {evaluation.set}"
        yield missing_result(what, "no bootstrap was run", "evaluate the run on this set again")
