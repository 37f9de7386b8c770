"""The image statistics by which two sets are compared: their titles, and which key of a recipe moves each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from synthvis.formats.json_file import Count, Number, Record
from synthvis.metrics.resampling import DIGITS

__all__ = [
    "NUMBER_STATISTICS",
    "SHARE_STATISTICS",
    "Direction",
    "NumberStatistic",
    "Quantiles",
    "ShareStatistic",
    "direction_of",
    "share_sentence",
    "shown_quantiles",
]

Direction = Literal["more", "less", "wider", "narrower", "alike"]

SHIFT_Z = 0.1
"""Medians that differ by less, in deviations of the real set, are called alike."""
SPREAD_RATIO = 1.25
NAMED = 3
MIN_SHARE_DIFFERENCE = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberStatistic:
    """An image statistic that is a number.

    Attributes:
        title: Short name with its unit.
        subject: What has it: "objects" or "images".
        more: Predicate where the synthetic values are higher.
        less: Predicate where they are lower.
        digits: Decimals that are worth showing.
        if_more: What to change then; also for `if_less`.
        key: Key of the recipe that holds its range, for "widen" and "narrow".
        log2: Values are logarithms to base 2, shown undone.
    """

    title: str
    subject: str
    more: str
    less: str
    if_more: str
    if_less: str
    key: str
    digits: int = 2
    log2: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareStatistic:
    """An image statistic that is shares of categories, and the key of the recipe that moves it."""

    title: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantiles(Record):
    """How the values of a statistic are distributed in one set.

    Attributes:
        q10: 10% of the values are no higher.
        median: Half of them.
        q90: 90% of them.
        mean: Of all of them.
        count: How many there are.
    """

    q10: Number
    median: Number
    q90: Number
    mean: Number
    count: Count

    def rounded(self) -> Quantiles:
        """The values as they are written to files."""
        q10, median, q90, mean = (round(value, DIGITS) for value in (self.q10, self.median, self.q90, self.mean))
        return Quantiles(q10=q10, median=median, q90=q90, mean=mean, count=self.count)


NUMBER_STATISTICS: Mapping[str, NumberStatistic] = {
    "size": NumberStatistic(
        title="object size, sqrt of share of the image", subject="objects", more="are larger", less="are smaller",
        if_more="lower camera.fill", if_less="raise camera.fill", key="camera.fill",
    ),
    "aspect": NumberStatistic(
        title="object width / height", subject="objects", more="are wider for their height",
        less="are taller for their width", log2=True, key="camera.elevation_deg and the objects' poses",
        if_more="raise the share of upright objects in objects.kinds, or camera.elevation_deg",
        if_less="raise the share of flat and lying objects in objects.kinds, or lower camera.elevation_deg",
    ),
    "centre_x": NumberStatistic(
        title="object centre, from the left", subject="objects", more="stand further right",
        less="stand further left", if_more="set camera.off_centre anew", if_less="set camera.off_centre anew",
        key="camera.off_centre",
    ),
    "centre_y": NumberStatistic(
        title="object centre, from the top", subject="objects", more="stand lower in the image",
        less="stand higher in the image", if_more="lower camera.elevation_deg, or set camera.off_centre anew",
        if_less="raise camera.elevation_deg, or set camera.off_centre anew", key="camera.off_centre",
    ),
    "cut": NumberStatistic(
        title="objects cut by the frame", subject="objects", more="are cut by the frame more often",
        less="are cut by the frame less often", if_more="lower camera.fill and camera.off_centre",
        if_less="raise camera.fill and camera.off_centre", key="camera.fill",
    ),
    "overlap": NumberStatistic(
        title="share of an object's box that another reaches into", subject="objects", more="overlap more",
        less="overlap less", if_more="give more weight to scatter in objects.layouts",
        if_less="give more weight to cluster and pile in objects.layouts, or raise objects.count_mean",
        key="objects.layouts",
    ),
    "objects_per_image": NumberStatistic(
        title="objects an image", subject="images", more="have more objects", less="have fewer objects", digits=0,
        if_more="lower objects.count_mean or the upper end of objects.count",
        if_less="raise objects.count_mean and the upper end of objects.count", key="objects.count",
    ),
    "classes_per_image": NumberStatistic(
        title="classes an image", subject="images", more="have more classes", less="have fewer classes", digits=0,
        if_more="raise objects.same_kind_share", if_less="lower objects.same_kind_share, or raise objects.count_mean",
        key="objects.same_kind_share",
    ),
    "luma": NumberStatistic(
        title="mean luma of the image, 0..1", subject="images", more="are brighter", less="are darker",
        if_more="lower sensor.exposure_ev", if_less="raise sensor.exposure_ev", key="sensor.exposure_ev",
    ),
    "contrast": NumberStatistic(
        title="RMS contrast of the image, 0..1", subject="images", more="have more contrast",
        less="have less contrast", if_more="lower sensor.contrast", key="sensor.contrast",
        if_less="raise sensor.contrast, or world.hdri_share for deeper shadows",
    ),
    "saturation": NumberStatistic(
        title="mean saturation of the image, 0..1", subject="images", more="are more colourful",
        less="are less colourful", if_more="lower sensor.saturation", if_less="raise sensor.saturation",
        key="sensor.saturation",
    ),
    "saturation_spread": NumberStatistic(
        title="spread of saturation in an image", subject="images", more="mix dull and vivid more",
        less="mix dull and vivid less", if_more="lower free_environment.clutter, or bring own textures",
        if_less="raise free_environment.clutter, or bring own textures", key="sensor.saturation",
    ),
    "hue_spread": NumberStatistic(
        title="spread of hue in an image, 0..1", subject="images", more="hold more hues", less="hold fewer hues",
        if_more="lower free_environment.clutter and distractors.count",
        if_less="raise free_environment.clutter and distractors.count", key="distractors.count",
    ),
    "sharpness": NumberStatistic(
        title="sharpness, log10 variance of the Laplacian", subject="images", more="are sharper or more detailed",
        less="are softer or less detailed", key="sensor.blur_sigma_px",
        if_more="raise sensor.blur_sigma_px or camera.defocus_share, or lower sensor.sharpen",
        if_less="raise sensor.sharpen, or lower sensor.blur_sigma_px and "
        "camera.defocus_share, or add detail: free_environment.clutter, own textures",
    ),
    "noise": NumberStatistic(
        title="noise of flat parts, 8-bit steps", subject="images", more="are noisier", less="are cleaner",
        if_more="lower sensor.shot_noise and sensor.read_noise",
        if_less="raise sensor.shot_noise and sensor.read_noise", key="sensor.shot_noise",
    ),
    "spectrum_slope": NumberStatistic(
        title="slope of the power spectrum", subject="images", more="have less fine structure",
        less="have more fine structure", if_more="raise free_environment.clutter, or bring own textures",
        if_less="lower free_environment.clutter, or raise sensor.blur_sigma_px", key="free_environment.clutter",
    ),
    "object_luma": NumberStatistic(
        title="mean luma of objects, 0..1", subject="objects", more="are brighter", less="are darker",
        if_more="lower sensor.exposure_ev, or darken the objects' materials",
        if_less="raise sensor.exposure_ev, or lighten the objects' materials", key="world.strength",
    ),
    "object_contrast": NumberStatistic(
        title="RMS contrast of objects, 0..1", subject="objects", more="have more contrast",
        less="have less contrast", if_more="plainer materials, or lower sensor.contrast",
        if_less="more shading and pattern in the materials, or raise sensor.contrast", key="sensor.contrast",
    ),
    "object_saturation": NumberStatistic(
        title="mean saturation of objects, 0..1", subject="objects", more="are more colourful",
        less="are less colourful", if_more="duller materials, or lower sensor.saturation",
        if_less="more vivid materials, or raise sensor.saturation", key="sensor.saturation",
    ),
    "object_saturation_spread": NumberStatistic(
        title="spread of saturation in an object", subject="objects", more="mix dull and vivid more",
        less="mix dull and vivid less", if_more="plainer materials", if_less="more pattern in the materials",
        key="sensor.saturation",
    ),
}  # fmt: skip
"""Statistics that are numbers, by name."""

SHARE_STATISTICS: Mapping[str, ShareStatistic] = {
    "classes": ShareStatistic(title="class frequencies", advice="set the weights of objects.kinds, or of environments"),
    "pairs": ShareStatistic(
        title="classes that share an image", advice="set the weights of environments, objects.same_kind_share"
    ),
    "hue": ShareStatistic(
        title="hues of images", advice="change sensor.white_balance, or the colours of surroundings and textures"
    ),
    "object_hue": ShareStatistic(title="hues of objects", advice="change the colours of the objects' materials"),
}
"""Statistics that are shares, by name."""


def direction_of(
    statistic: NumberStatistic, synthetic: Quantiles, real: Quantiles, scale: float
) -> tuple[Direction, str, str]:
    """How the synthetic values differ, as a kind, as a sentence, and what to change.

    Args:
        statistic: The statistic.
        synthetic: Its values.
        real: Likewise.
        scale: Robust deviation of the real values.
    """
    shift = (synthetic.median - real.median) / scale
    if shift == 0:
        # Shares of yes and no, and small counts, often have equal medians.
        shift = (synthetic.mean - real.mean) / scale
        ends = f"mean {_shown(statistic, synthetic.mean, 2)} against {_shown(statistic, real.mean, 2)}"
    else:
        ends = f"median {_shown(statistic, synthetic.median)} against {_shown(statistic, real.median)}"
    if abs(shift) >= SHIFT_Z:
        kind: Direction = "more" if shift > 0 else "less"
        words, advice = (statistic.more, statistic.if_more) if shift > 0 else (statistic.less, statistic.if_less)
        return kind, f"synthetic {statistic.subject} {words}: {ends}", advice
    return _spread_direction(statistic, synthetic, real)


def share_sentence(names: Sequence[str], synthetic: Sequence[float], real: Sequence[float]) -> str:
    """The categories whose shares differ most, in words.

    Args:
        names: Of the categories.
        synthetic: Shares, sum 1.
        real: Likewise.
    """
    rows = sorted(zip(names, synthetic, real, strict=True), key=lambda row: row[2] - row[1])
    more = [row for row in rows if row[1] - row[2] >= MIN_SHARE_DIFFERENCE][:NAMED]
    less = [row for row in reversed(rows) if row[2] - row[1] >= MIN_SHARE_DIFFERENCE][:NAMED]
    parts = [
        f"{word} {', '.join(f'{name} {ours:.1%} against {theirs:.1%}' for name, ours, theirs in chosen)}"
        for word, chosen in (("more", more), ("less", less))
        if chosen
    ]
    return f"synthetic has {'; '.join(parts)}" if parts else "the shares are much alike"


def _spread_direction(statistic: NumberStatistic, synthetic: Quantiles, real: Quantiles) -> tuple[Direction, str, str]:
    ours, theirs = synthetic.q90 - synthetic.q10, real.q90 - real.q10
    digits = max(statistic.digits, 1)
    ends = " against ".join(
        f"{_shown(statistic, side.q10, digits)} to {_shown(statistic, side.q90, digits)}" for side in (synthetic, real)
    )
    sentence = f"synthetic {statistic.subject} vary {{}} in {statistic.title}: 10 to 90% span {ends}"
    if ours > SPREAD_RATIO * theirs:
        return "wider", sentence.format("more"), f"narrow {statistic.key}"
    if theirs > SPREAD_RATIO * ours:
        return "narrower", sentence.format("less"), f"widen {statistic.key}"
    return "alike", f"much alike in median and spread: 10 to 90% span {ends}", f"look at the shape of {statistic.title}"


def _shown(statistic: NumberStatistic, value: float, digits: int | None = None) -> str:
    return f"{2**value if statistic.log2 else value:.{statistic.digits if digits is None else digits}f}"


def shown_quantiles(statistic: str, values: Quantiles) -> str:
    """Median and spread as text, such as "0.55 (0.11 to 0.99)"; logarithms are undone."""
    known = NUMBER_STATISTICS.get(statistic)
    undone = [2**value if known and known.log2 else value for value in (values.q10, values.median, values.q90)]
    return f"{undone[1]:.2f} ({undone[0]:.2f} to {undone[2]:.2f})"
