"""The few sentences and number forms of a report."""

from __future__ import annotations

from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.predictions import KeypointPrediction
from synthvis.metrics.registry import metric_named
from synthvis.report.scores import Scores
from synthvis.study.estimate import Estimate

__all__ = [
    "about_metric",
    "baseline_said",
    "headline",
    "interval_text",
    "left_out",
    "metric_text",
    "percent_text",
]

SAID = {
    "AP": "AP is COCO box AP (IoU .50 to .95, at most 100 detections an image), computed by pycocotools.",
    "mask_AP": "mask_AP is COCO mask AP (IoU .50 to .95), computed by pycocotools.",
    "accuracy": "Accuracy is the share of pictures whose most probable class is the right one.",
    "mIoU": "mIoU is the mean over classes of the intersection over the union of their pixels.",
    "AbsRel": "AbsRel is the mean over pixels of the distance by which depth is wrong, over the true depth.",
    "mean_deg": "mean_deg is the mean over pixels of the angle between true and predicted normal, in degrees.",
}


KEYPOINT_AP = "AP is COCO keypoint AP (OKS .50 to .95), computed by pycocotools."


def metric_text(value: float | None, digits: int = 3) -> str:
    """A number, or a dash where nothing is known."""
    return "–" if value is None else f"{value:.{digits}f}"


def percent_text(value: float | None) -> str:
    """A ratio in per cent."""
    return "–" if value is None else f"{100 * value:.0f}%"


def about_metric(scores: Scores) -> str:
    """What the headline metric is, and which way is up where that is not plain."""
    said = SAID.get(scores.headline, _about_registered(scores.headline))
    said = KEYPOINT_AP if scores.headline == "AP" and scores.predicts(KeypointPrediction) else said
    return f"{said} Lower is better." if scores.lower_is_better else said


def _about_registered(name: str) -> str:
    metric = metric_named(name)
    unit = f", in {metric.unit}" if metric.unit else ""
    return f"The metric of this task is {name}{unit}. {metric.explanation}"


def left_out(scores: Scores, *, curves: bool) -> str | None:
    """What the page of another task does not show, in a sentence."""
    missing = [] if curves else ["precision and recall curves"]
    missing += [] if scores.class_metrics else ["the table of classes"]
    if not missing:
        return None
    needed = " and ".join([*([] if curves else ["boxes"]), *([] if scores.class_metrics else ["classes"])])
    return (
        f"Left out: {', '.join(missing)}. They need {needed}, which predictions of the task {scores.task} do not have."
    )


def headline(scores: Scores) -> str:
    """The result in a sentence, with no more than was measured."""
    name = scores.headline
    synthetic = scores.gap.synthetic
    real = [one for one in scores.sets if one.kind == "real"]
    ours = None if synthetic is None else _value(scores, synthetic)
    if not real:
        start = f"{name} {metric_text(ours)} on rendered images. " if ours is not None else ""
        start += f"{baseline_said(scores, synthetic)} " if synthetic and baseline_said(scores, synthetic) else ""
        return f"{start}The gap to real photographs was not measured: this run had no real test set."
    said = [_about(scores, one, ours) for one in real]
    return " ".join([*said, *([baseline_said(scores, synthetic)] if synthetic else [])]).strip()


def _about(scores: Scores, real: Evaluation, ours: float | None) -> str:
    said = baseline_said(scores, real)
    return f"{_result(scores, real, ours)} {said}" if said else _result(scores, real, ours)


def baseline_said(scores: Scores, one: Evaluation) -> str:
    """Where a network is not shown to be better than a prediction that ignores the image, that it is not."""
    baseline, found = scores.baseline(one), _value(scores, one)
    if baseline is None or found is None or not scores.is_no_better_than_baseline(one):
        return ""
    worse = found > baseline if scores.lower_is_better else found < baseline
    compared = "is worse than" if worse else "is not shown to be better than"
    where = "photographs" if one.kind == "real" else "renders"
    return (
        f"On these {where} the network {compared} a prediction that ignores the image "
        f"({scores.headline} {metric_text(baseline)})."
    )


def _result(scores: Scores, real: Evaluation, ours: float | None) -> str:
    name, theirs = scores.headline, _value(scores, real)
    where = f"{real.images:,} real photographs of {real.set}"
    if theirs is None:
        why = ": they show none of the classes" if scores.class_metrics else ""
        return f"{name} on {where} is undefined{why}."
    if ours is None:
        return f"{name} {metric_text(theirs)} on {where}; synthetic images were not measured."
    if scores.lower_is_better:
        becomes = f"{name} {metric_text(ours)} on rendered images is {metric_text(theirs)} on {where}"
        return f"{becomes}; lower is better."
    if not ours:
        return f"{name} {metric_text(theirs)} on {where}, {name} 0 on rendered images: the model has not learned yet."
    if theirs > ours:
        return f"{name} {metric_text(theirs)} on {where}, more than the {metric_text(ours)} on rendered images."
    if not scores.beats_baseline(real):
        # A share of a score that needs no image says nothing about what was learnt.
        return f"{name} {metric_text(theirs)} on {where}, {metric_text(ours)} on rendered images."
    share = percent_text(theirs / ours)
    falls = f"{name} falls from {metric_text(ours)} on rendered images to {metric_text(theirs)} on {where}"
    return f"{falls}: {share} of the synthetic value."


def _value(scores: Scores, one: Evaluation) -> float | None:
    return scores.metric(one, scores.headline).value


def interval_text(found: MetricValue | Estimate | None, digits: int = 3, sign: bool = False) -> str:
    """A value with its interval, such as 0.412 [0.371, 0.455]; a dash where nothing was measured.

    Args:
        found: A metric, or an estimate over seeds.
        digits: Decimals.
        sign: Write plus signs, as for differences.
    """
    shown = found.metric_value if isinstance(found, Estimate) else found
    if shown is None or shown.value is None:
        return "–"
    form = f"{'+' if sign else ''}.{digits}f"
    if shown.low is None or shown.high is None:
        return f"{shown.value:{form}}"
    return f"{shown.value:{form}} [{shown.low:{form}}, {shown.high:{form}}]"
