"""How long and how thick people are, from stature, age, sex and body mass index.

Lengths of limbs are the shares of stature of Drillis and Contini, "Body Segment Parameters" (1966). Adults' statures
are the means and spreads of Gordon et al., "2012 Anthropometric Survey of U.S. Army Personnel" (2014); children's are
the medians of the growth charts of the CDC (Kuczmarski et al., 2002), rounded. A child's head is larger and its legs
are shorter by the shares in Huelke, "An Overview of Anatomical Considerations of Infants and Children" (1998).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, uniform
from synthvis.objects.mesh.params import number
from synthvis.objects.spec import Param

__all__ = ["GROWN_YEARS", "Body", "body_of", "draw_body"]

GROWN_YEARS = 17.0
_AGES = (2.0, 6.0, 10.0, 14.0, 18.0)
_HEADS = (1 / 5, 1 / 6, 1 / 6.7, 1 / 7.2, 1 / 7.5)
_LEGS = (0.47, 0.505, 0.52, 0.528, 0.53)
_CHILD_STATURES_M = {2: 0.87, 4: 1.02, 6: 1.15, 8: 1.28, 10: 1.385, 12: 1.49, 14: 1.62, 16: 1.69}
_ADULT_STATURES_M = {"male": (1.756, 0.069), "female": (1.629, 0.064)}
MEAN_BMI = 22.0
"""Radii below are those of a body of this body mass index."""
NECK = 0.045


@dataclass(frozen=True, slots=True)
class Body:
    """Lengths and widths of one person, metres.

    Attributes:
        height_m: Stature.
        male: 1 for a man's shape, 0 for a woman's; children are in between.
        child: 0 for the grown, 1 at two years.
        girth: Radii over those of a body mass index of 22.
        belly: How far the belly bulges, 0 for the slim.
        head_m: From chin to crown.
        leg_m: Height of the hip joints over the sole.
        thigh_m: From hip to knee.
        shin_m: From knee to ankle.
        ankle_m: Height of the ankles.
        foot_m: Length of a foot.
        torso_m: From the hip joints to the shoulders.
        neck_m: From the shoulders to the chin.
        upper_arm_m: From shoulder to elbow.
        forearm_m: From elbow to wrist.
        hip_m: Half the distance of the hip joints.
        shoulder_m: Half the distance of the shoulder joints.
    """

    height_m: float
    male: float
    child: float
    girth: float
    belly: float
    head_m: float
    leg_m: float
    thigh_m: float
    shin_m: float
    ankle_m: float
    foot_m: float
    torso_m: float
    neck_m: float
    upper_arm_m: float
    forearm_m: float
    hip_m: float
    shoulder_m: float


def draw_body(rng: Generator) -> dict[str, Param]:
    """Age, sex, stature and body mass index of somebody; one in six is a child.

    Args:
        rng: Source of the draws.
    """
    sex = "male" if chance(rng, 0.52) else "female"
    if chance(rng, 0.16):
        age_years = uniform(rng, (3.0, GROWN_YEARS))
        middle_m, spread_m = float(np.interp(age_years, *_columns(_CHILD_STATURES_M))), 0.045
        height_m, bmi = middle_m * (1 + spread_m * float(np.clip(rng.normal(), -2, 2))), uniform(rng, (14.5, 21.0))
    else:
        age_years = float(pick(rng, {"24": 3.0, "35": 3.0, "48": 2.5, "62": 1.6, "75": 1.0})) + uniform(rng, (-6, 6))
        middle_m, spread_m = _ADULT_STATURES_M[sex]
        height_m = middle_m + spread_m * float(np.clip(rng.normal(), -2.3, 2.3)) - 0.02 * (age_years > 65)
        bmi = float(np.clip(25.0 * np.exp(0.16 * rng.normal()), 17.5, 38.0))
    return {
        "age_years": round(age_years, 2),
        "bmi": round(bmi, 2),
        "height_m": round(height_m, 4),
        "sex": sex,
    }


def _columns(table: Mapping[int, float]) -> tuple[list[int], list[float]]:
    return list(table), list(table.values())


def body_of(params: Mapping[str, Param]) -> Body:
    """The body of parameters as `draw_body` gives them."""
    h, age_years, bmi = number(params, "height_m"), number(params, "age_years"), number(params, "bmi")
    child = float(np.clip((GROWN_YEARS - age_years) / 15.0, 0.0, 1.0))
    grown_male = 1.0 if params["sex"] == "male" else 0.0
    male = grown_male + (0.5 - grown_male) * min(1.6 * child, 1.0)
    head, leg = (float(np.interp(age_years, _AGES, shares)) for shares in (_HEADS, _LEGS))
    arm = 1 - 0.06 * child
    # Women's and children's mass at one index is spread over narrower frames than the rows of `flesh` are for.
    girth = float(np.sqrt(bmi / MEAN_BMI)) * (0.985 + 0.075 * (1 - male) * (1 - child)) * (1 + 0.40 * child**1.3)
    return Body(
        height_m=h,
        male=male,
        child=child,
        girth=girth,
        belly=float(np.clip((bmi - 24.0) / 14.0, 0.0, 1.0)) + 0.25 * max(child - 0.6, 0.0),
        head_m=head * h,
        leg_m=leg * h,
        thigh_m=0.245 / 0.53 * leg * h,
        shin_m=0.246 / 0.53 * leg * h,
        ankle_m=0.039 / 0.53 * leg * h,
        foot_m=0.152 * h,
        torso_m=(1 - leg - head - NECK) * h,
        neck_m=NECK * h,
        upper_arm_m=0.186 * arm * h,
        forearm_m=0.146 * arm * h,
        hip_m=(0.049 + 0.003 * (1 - male)) * h,
        shoulder_m=(0.094 + 0.009 * male) * h * (0.94 + 0.06 * girth),
    )
