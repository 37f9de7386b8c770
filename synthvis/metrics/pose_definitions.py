"""The metrics of 6D poses by name, without what computes them."""

from __future__ import annotations

from synthvis.metrics.metric import Metric

__all__ = ["HEADLINE", "METRICS"]

HEADLINE = "ADD(-S)-0.1d"


def _metric(name: str, title: str, text: str, unit: str = "", *, lower: bool = False) -> Metric:
    return Metric(name=name, title=title, unit=unit, lower_is_better=lower, explanation=text)


METRICS = (
    _metric(HEADLINE, "Share within 10% of the diameter",
            "Share of objects whose points are off by less than 10% of the diameter on average; of symmetric ones each "
            "point counts to the nearest."),
    _metric("ADD(-S)_AUC", "AUC of ADD(-S) to 10 cm",
            "Area under the share of objects within a mean distance of 0 to 10 cm: ADD, of symmetric objects ADD-S."),
    _metric("ADD_AUC", "AUC of ADD to 10 cm", "The same by ADD for all objects, symmetric or not."),
    _metric("ADD-S_AUC", "AUC of ADD-S to 10 cm", "The same by ADD-S for all objects, symmetric or not."),
    _metric("reprojection_5px", "Share within 5 px", "Share of objects whose points are off by less than 5 px on "
            "average in the picture."),
    _metric("AR", "Average recall of BOP", "Mean of AR_VSD, AR_MSSD and AR_MSPD; undefined without depth maps."),
    _metric("AR_VSD", "Average recall by VSD", "Mean share of objects whose visible surface is where it should be."),
    _metric("AR_MSSD", "Average recall by MSSD", "Mean share of objects whose points are all within 5% to 50% of the "
            "diameter."),
    _metric("AR_MSPD", "Average recall by MSPD", "Mean share of objects whose points are all within 5 to 50 px in a "
            "picture 640 px wide."),
    _metric("posed", "Share with an estimate", "Share of objects that have an estimated pose, right or wrong."),
    _metric("rotation_error", "Median error of the rotation", "Half of the objects are turned wrongly by less than "
            "this; those without an estimate count as the worst.", "degrees", lower=True),
    _metric("translation_error", "Median error of the place", "Half of the objects are less than this away from where "
            "they should be; those without an estimate count as the worst.", "m", lower=True),
    _metric("reprojection_error", "Median error in the picture", "Half of the objects have points that are off by less "
            "than this on average; those without an estimate count as the worst.", "px", lower=True),
)  # fmt: skip
