"""Losses of the distance of each pixel; the network answers in logarithms of metres.

In the default a mistake of a tenth weighs the same near and far. `berhu` weighs metres, so what is far counts for more;
`inverse-l1` weighs disparities, so what is near does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from synthvis.train.dense.network import Losses

__all__ = [
    "BERHU_SHARE",
    "LOSSES",
    "SCALE_FREEDOM",
    "berhu_losses",
    "depth_losses",
    "even_depth_losses",
    "inverse_losses",
    "metres",
    "silog_losses",
]

SCALE_FREEDOM = 0.5
"""Lambda of Eigen et al.: how much of an error common to all pixels of an image the first term forgives."""

GRADIENT_WEIGHT, GRADIENT_SCALES = 0.5, 4
"""Of Li and Snavely, CVPR 2018."""

SILOG_FREEDOM = 0.85
SILOG_FACTOR = 10.0
"""Lambda and alpha of Lee et al. 2019."""

SMALLEST_SPREAD = 1e-12
"""Under the root, whose slope at 0 has no end."""

BERHU_SHARE = 0.2
"""Of the largest error in a batch: where the loss passes from the error to its square."""

Targets = Sequence[Mapping[str, Tensor]]


def depth_losses(log_depths: Tensor, targets: Targets) -> dict[str, Tensor]:
    """The scale-invariant log error of Eigen et al. (NeurIPS 2014, equation 4), and the mean absolute log error.

    With e = ln d - ln t over the valid pixels of an image: mean(e^2) - lambda mean(e)^2, and mean(|e|), which holds
    the scale that the first lets go. Both are means over the images that have a valid pixel, 0 where none has.

    Args:
        log_depths: (N, 1, S, S) float32, logarithms of metres.
        targets: Each with "depth_m" (S, S) metres, 0 where unknown.
    """
    truth_m, valid = _truth(targets)
    errors = torch.where(valid, log_depths[:, 0].flatten(1) - truth_m.log(), 0.0)
    spread = _pixel_means(errors.square(), valid) - SCALE_FREEDOM * _pixel_means(errors, valid).square()
    return {
        "scale_invariant": _image_mean(spread, valid),
        "log_l1": _image_mean(_pixel_means(errors.abs(), valid), valid),
    }


def even_depth_losses(log_depths: Tensor, targets: Targets) -> dict[str, Tensor]:
    """`depth_losses`, and half the multi-scale gradient term of Li and Snavely ("MegaDepth", CVPR 2018).

    That is the mean of |e - e'| over pairs of neighbours that are both valid, to the right and below, summed over both
    directions and four scales (every first, second, fourth, eighth pixel): what is flat stays flat, steps stay sharp.
    """
    truth_m = torch.stack([target["depth_m"] for target in targets]).float()
    valid = truth_m > 0
    errors = log_depths[:, 0] - torch.where(valid, truth_m, 1.0).log()
    terms = []
    for scale in range(GRADIENT_SCALES):
        step = 2**scale
        some, known = errors[:, ::step, ::step], valid[:, ::step, ::step]
        terms += [_unevenness(some, known), _unevenness(some.mT, known.mT)]
    return {**depth_losses(log_depths, targets), "gradient": GRADIENT_WEIGHT * torch.stack(terms).sum()}


def _unevenness(errors: Tensor, valid: Tensor) -> Tensor:
    """Mean difference of neighbours in a row of (N, H, W) errors, over pairs that are valid, then over images."""
    both = (valid[..., 1:] & valid[..., :-1]).flatten(1)
    steps = torch.where(both, errors.diff(dim=-1).abs().flatten(1), 0.0)
    return _image_mean(_pixel_means(steps, both), both)


def silog_losses(log_depths: Tensor, targets: Targets) -> dict[str, Tensor]:
    """10 sqrt(mean(e^2) - 0.85 mean(e)^2) of e as above: Lee et al., "From big to small", arXiv 1907.10326.

    Taken for each image, then the mean over images; arguments as for `depth_losses`.
    """
    truth_m, valid = _truth(targets)
    errors = torch.where(valid, log_depths[:, 0].flatten(1) - truth_m.log(), 0.0)
    spread = _pixel_means(errors.square(), valid) - SILOG_FREEDOM * _pixel_means(errors, valid).square()
    return {"silog": _image_mean(SILOG_FACTOR * spread.clamp(min=SMALLEST_SPREAD).sqrt(), valid)}


def berhu_losses(log_depths: Tensor, targets: Targets) -> dict[str, Tensor]:
    """The reverse Huber loss of metres (Laina et al., 3DV 2016).

    With x = |d - t| and c a fifth of the largest x in the batch: x up to c, (x^2 + c^2) / 2c beyond. Mean over the
    valid pixels of an image, then over images; arguments as for `depth_losses`.
    """
    truth_m, valid = _truth(targets)
    errors = torch.where(valid, metres(log_depths)[:, 0].flatten(1) - truth_m, 0.0).abs()
    limit = (BERHU_SHARE * errors.detach().amax()).clamp(min=torch.finfo(errors.dtype).tiny)
    values = torch.where(errors <= limit, errors, (errors.square() + limit.square()) / (2 * limit))
    return {"berhu": _image_mean(_pixel_means(values, valid), valid)}


def inverse_losses(log_depths: Tensor, targets: Targets) -> dict[str, Tensor]:
    """|1 / d - 1 / t|, 1 / m: an L1 loss of inverse depth, in which MiDaS (Ranftl et al., TPAMI 2022) is learnt too.

    MiDaS fits scale and shift before; here they are learnt. Means and arguments as for `depth_losses`.
    """
    truth_m, valid = _truth(targets)
    errors = torch.where(valid, (-log_depths[:, 0]).exp().flatten(1) - 1 / truth_m, 0.0)
    return {"inverse_l1": _image_mean(_pixel_means(errors.abs(), valid), valid)}


LOSSES: dict[str, Losses] = {
    "silog+l1": depth_losses,
    "silog+l1+gradient": even_depth_losses,
    "silog": silog_losses,
    "berhu": berhu_losses,
    "inverse-l1": inverse_losses,
}
"""By the name that `loss` takes, the task's own first."""


def metres(log_depths: Tensor) -> Tensor:
    """Metres of logarithms."""
    return log_depths.exp()


def _truth(targets: Targets) -> tuple[Tensor, Tensor]:
    """Metres (N, P), 1 where unknown, and where they are known."""
    depth_m = torch.stack([target["depth_m"] for target in targets]).float().flatten(1)
    valid = depth_m > 0
    return torch.where(valid, depth_m, 1.0), valid


def _pixel_means(values: Tensor, valid: Tensor) -> Tensor:
    """Mean of (N, P) values, which are 0 where not valid, over the valid pixels of each image: (N,)."""
    return values.sum(dim=1) / valid.sum(dim=1).clamp(min=1)


def _image_mean(values: Tensor, valid: Tensor) -> Tensor:
    """Mean over the images that have a valid pixel, 0 where none has."""
    known = valid.any(dim=1)
    return torch.where(known, values, 0.0).sum() / known.sum().clamp(min=1)
