"""How far synthetic sets are from a real one, and why."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthvis.api.sources import Source, source_text
from synthvis.api.talk import Notify, notify_of
from synthvis.dataset.layout import write_json_atomic
from synthvis.dataset.output import COMPARISON, reserve_folder
from synthvis.gap.sets import Pair, find_pair

if TYPE_CHECKING:
    from synthvis.gap.compare import GapOptions, Stage
    from synthvis.gap.comparison import SetComparison
    from synthvis.gap.embedding import Method
    from synthvis.gap.ranking import Ranking

__all__ = ["compare", "compare_pair", "gap_options", "pair_of", "rank_pairs"]

BACKBONE = "tf_efficientnet_lite0"
IMAGES = 500
CROPS = 600
NO_TORCH = "no features: torch is not installed (pip install 'synthvis[train]')"


def compare(
    synthetic: Source,
    real: Source,
    *,
    images: int = IMAGES,
    crops: int = CROPS,
    classes: str | None = None,
    run: Path | str | None = None,
    backbone: str | None = BACKBONE,
    long_side_px: int | None = None,
    embedding: Method = "pca",
    seed: int = 0,
    real_root: Path | str | None = None,
    out: Path | str | None = None,
    stage: Stage | None = None,
    notify: Notify | None = None,
) -> SetComparison:
    """Say how far a synthetic set is from a real one, and what to change.

    Sizes, positions, colours and classes side by side, ranked by how much they differ; distances of a network's
    features; with `run`, what a trained network loses on the way to photographs.

    Args:
        synthetic: A dataset, a folder, a file, or NAME or NAME:SPLIT of a known set.
        real: Likewise. A set compared with itself is cut into halves, which shows what no gap looks like.
        images: The largest number of images to take from each set.
        crops: The largest number of objects to take from each set.
        classes: The classes to compare, with commas between; None: all that both sets have.
        run: A run that was evaluated on both sets.
        backbone: The network of the features: a timm name, or inception-v3-fid; without it, no features are compared.
        long_side_px: The length in pixels to which the longer side of every picture is scaled; None: from the sets.
        embedding: The projection in which the features are drawn: pca, tsne or umap.
        seed: The seed of all random choices.
        real_root: The folder of the named real sets; None: $SYNTHVIS_REAL, then the cache.
        out: The folder for set_gap.json and pictures; None: nothing is written.
        stage: Is called with (title, total) as a piece of work begins; what it returns is called as it goes on.
        notify: Takes sentences, such as that torch is absent; None: the logger `synthvis`.

    Returns:
        What set_gap.json holds.

    Raises:
        RealDataError: One of the sets is absent or has no boxes.
        UsageError: They share no class, or the run was not evaluated on both.
        DatasetError: A picture cannot be read.

    Examples:
        >>> import synthvis as sv
        >>> gap = sv.compare("data/fruit:train", "data/fruit:val", backbone=None)
        >>> gap.synthetic.images, gap.real.images
        (2, 1)
    """
    pair = pair_of(synthetic, real, images=images, seed=seed, classes=classes, real_root=real_root)
    options = gap_options(
        crops=crops, seed=seed, long_side_px=long_side_px, backbone=backbone, embedding=embedding, stage=stage,
        notify=notify,
    )  # fmt: skip
    return compare_pair(pair, Path(run) if run else None, options, Path(out) if out else None)


def pair_of(
    synthetic: Source,
    real: Source,
    *,
    images: int = IMAGES,
    seed: int = 0,
    classes: str | None = None,
    real_root: Path | str | None = None,
) -> Pair:
    """Read the two sets of a comparison; arguments and errors are those of `compare`."""
    return find_pair(
        source_text(synthetic), source_text(real), images=images, seed=seed, classes=classes, real_root=real_root
    )


def gap_options(
    *,
    backbone: str | None = BACKBONE,
    features: bool = True,
    stage: Stage | None = None,
    notify: Notify | None = None,
    **values: Any,
) -> GapOptions:
    """Options of a comparison; features are left out, and that is said, where torch is not installed.

    Args:
        backbone: As of `compare`.
        features: Compare features.
        stage: As of `compare`.
        notify: As of `compare`.
        **values: Further fields of `GapOptions`.
    """
    from synthvis.gap.compare import GapOptions

    if not features:
        backbone = None
    if backbone is not None and importlib.util.find_spec("torch") is None:
        notify_of(notify)(NO_TORCH)
        backbone = None
    if stage is not None:
        values["stage"] = stage
    return GapOptions(backbone=backbone, **values)


def compare_pair(pair: Pair, run: Path | None, options: GapOptions, out: Path | None) -> SetComparison:
    """Compare two sets that were read; errors as `compare`."""
    from synthvis.gap.compare import compare_sets

    if out is not None:
        reserve_folder(out, COMPARISON)
    return compare_sets(pair, replace(options, run=run, out=out))


def rank_pairs(pairs: Sequence[Pair], runs: Sequence[Path], options: GapOptions, out: Path | None) -> Ranking:
    """Order several synthetic sets by their distance to one real set.

    Args:
        pairs: Each synthetic set with the real one.
        runs: A run of each set, or none.
        options: Of every comparison.
        out: Folder for rank.json; None: nothing is written.

    Raises:
        UsageError: A run was not evaluated on its set.
    """
    from synthvis.gap.compare import compare_sets
    from synthvis.gap.ranking import RealReference, distances_of, rank_recipes, run_score

    scores = [run_score(run, *pair.found) for run, pair in zip(runs, pairs, strict=False)]
    # One size for all of them: else the recipes would be measured with different rulers.
    form = options.long_side_px or _common_side(pairs)
    plain = replace(options, by_class=False, long_side_px=form)
    distances = [distances_of(compare_sets(pair, plain)) for pair in pairs]
    real = RealReference(set=pairs[0].real.name, split=pairs[0].real.split, long_side_px=form)
    result = rank_recipes(real, [_name(pair, pairs) for pair in pairs], distances, scores)
    if out is not None:
        reserve_folder(out, COMPARISON)
        write_json_atomic(out / "rank.json", result.to_dict())
    return result


def _common_side(pairs: Sequence[Pair]) -> int:
    from synthvis.gap.common_form import common_form_of

    return common_form_of([split for pair in pairs for split in (pair.synthetic, pair.real)]).long_side_px


def _name(pair: Pair, pairs: Sequence[Pair]) -> str:
    """The set's name, with its folder where two bear the same."""
    same = sum(other.synthetic.name == pair.synthetic.name for other in pairs)
    return pair.synthetic.name if same == 1 else str(pair.found[0].root)
