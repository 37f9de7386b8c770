"""What the metrics of tracks are called; loads no scipy."""

from __future__ import annotations

from synthvis.metrics.metric import Metric

__all__ = ["HEADLINE", "METRICS"]

HEADLINE = "HOTA"

METRICS = (
    Metric(
        name="HOTA", title="HOTA",
        explanation="Higher order tracking accuracy: root of DetA times AssA, mean over IoU thresholds 0.05 to 0.95.",
    ),
    Metric(
        name="DetA", title="Detection accuracy",
        explanation="Share of matched boxes among all true and predicted boxes, mean over IoU thresholds 0.05 to 0.95.",
    ),
    Metric(
        name="AssA", title="Association accuracy",
        explanation="How long matched true and predicted tracks stay together, mean over IoU thresholds 0.05 to 0.95.",
    ),
    Metric(
        name="LocA", title="Localisation accuracy",
        explanation="Mean IoU of matched boxes, mean over IoU thresholds 0.05 to 0.95; 1 at one without a match.",
    ),
    Metric(
        name="MOTA", title="MOTA",
        explanation="1 less the share of missed boxes, wrong boxes and switches among the true boxes, at IoU 0.5.",
    ),
    Metric(name="MOTP", title="MOTP", explanation="Mean IoU of the boxes that MOTA matches; 1 is best."),
    Metric(
        name="IDF1", title="IDF1",
        explanation="F1 of boxes with the right track, each true track taken with one predicted track, at IoU 0.5.",
    ),
    Metric(
        name="IDP", title="Precision of tracks",
        explanation="Share of predicted boxes with the right track (IDF1).",
    ),
    Metric(name="IDR", title="Recall of tracks", explanation="Share of true boxes that their own track found (IDF1)."),
    Metric(
        name="IDSW", title="Switches", unit="switches", lower_is_better=True, is_count=True,
        explanation="How often a true track is found by another predicted track than before.",
    ),
    Metric(
        name="Frag", title="Fragmentations", unit="gaps", lower_is_better=True, is_count=True,
        explanation="How often a true track is lost and found again.",
    ),
    Metric(name="MT", title="Mostly tracked", explanation="Share of true tracks of which more than 80% is found."),
    Metric(
        name="ML", title="Mostly lost", lower_is_better=True,
        explanation="Share of true tracks of which less than 20% is found.",
    ),
)  # fmt: skip
