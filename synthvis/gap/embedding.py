"""Features on a plane: principal components always, t-SNE and UMAP where a library brings them."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import MissingDependency

__all__ = ["Method", "Plane", "on_a_plane", "principal_axes", "scatter_svg"]

Floats = NDArray[np.float64]
Method = Literal["pca", "tsne", "umap"]

LIBRARY = {"tsne": ("sklearn", "scikit-learn"), "umap": ("umap", "umap-learn")}
SIZE_PX = 560
MARGIN_PX = 34
COLOURS = ("#1971c2", "#d9480f")
CLIPPED_QUANTILES = (0.005, 0.995)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plane:
    """Points of two sets.

    Attributes:
        first: (N, 2).
        second: (M, 2).
        label: What the axes are.
    """

    first: Floats
    second: Floats
    label: str


def on_a_plane(first: Floats, second: Floats, method: Method = "pca", seed: int = 0) -> Plane:
    """Both sets of features in one plane.

    Args:
        first: (N, D).
        second: (M, D).
        method: "pca" keeps distances as far as a plane can; the others keep neighbourhoods, and distances mean little.
        seed: Of the others.

    Raises:
        MissingDependency: The library of the method is not installed.
    """
    if method == "pca":
        mean, axes, shares = principal_axes(first, second)
        label = f"principal components 1 and 2 ({shares[0]:.0%} and {shares[1]:.0%} of the variance)"
        return Plane(first=(first - mean) @ axes, second=(second - mean) @ axes, label=label)
    module, package = LIBRARY[method]
    if importlib.util.find_spec(module) is None:
        raise MissingDependency(f"{method} needs {package}, which is not installed", hint=f"pip install {package}")
    points = _reducer(method, len(first) + len(second), seed).fit_transform(np.concatenate([first, second]))
    placed = np.asarray(points, dtype=np.float64)
    return Plane(first=placed[: len(first)], second=placed[len(first) :], label=f"{method} (distances mean little)")


def principal_axes(first: Floats, second: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean (D,), the two main directions (D, 2) and their shares of the variance; each set counts half.

    A direction's sign is such that its largest entry is positive.
    """
    mean = (first.mean(axis=0) + second.mean(axis=0)) / 2
    centred = np.concatenate([(one - mean) / np.sqrt(2 * len(one)) for one in (first, second)])
    _, values, directions = np.linalg.svd(centred, full_matrices=False)
    axes = np.zeros((first.shape[1], 2))
    found = directions[:2].T
    axes[:, : found.shape[1]] = found * np.sign(found[np.abs(found).argmax(axis=0), np.arange(found.shape[1])])
    shares = np.zeros(2)
    total = float((values**2).sum())
    shares[: min(2, len(values))] = values[:2] ** 2 / total if total > 0 else 0.0
    return mean, axes, shares


def scatter_svg(plane: Plane, names: Sequence[str], title: str) -> str:
    """A scatter plot as one SVG file without script; far outliers are drawn at the edge."""
    everything = np.concatenate([plane.first, plane.second])
    low, high = np.quantile(everything, CLIPPED_QUANTILES, axis=0)
    span = np.where(high > low, high - low, 1.0)
    parts = []
    for points, colour, name in zip((plane.first, plane.second), COLOURS, names, strict=True):
        place = MARGIN_PX + np.clip((points - low) / span, 0, 1) * (SIZE_PX - 2 * MARGIN_PX)
        dots = "".join(f'<circle cx="{x:.1f}" cy="{SIZE_PX - y:.1f}" r="2.6"/>' for x, y in place)
        parts.append(f'<g fill="{colour}" fill-opacity="0.55"><title>{escape(name)}</title>{dots}</g>')
    legend = "".join(
        f'<text x="{MARGIN_PX}" y="{SIZE_PX + 16 * (number + 1)}" fill="{colour}">{escape(name)}</text>'
        for number, (colour, name) in enumerate(zip(COLOURS, names, strict=True))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE_PX} {SIZE_PX + 44}" width="{SIZE_PX}" '
        f'font-family="sans-serif" font-size="13" role="img" aria-label="{escape(title)}">'
        f'<rect width="100%" height="100%" fill="white"/><text x="{MARGIN_PX}" y="16">{escape(title)}</text>'
        f'<text x="{MARGIN_PX}" y="30" font-size="11" fill="#666">{escape(plane.label)}</text>'
        f"{''.join(parts)}{legend}</svg>\n"
    )


def _reducer(method: Method, rows: int, seed: int) -> Any:
    if method == "tsne":
        perplexity = max(min(30.0, (rows - 1) / 3), 1.0)
        return importlib.import_module("sklearn.manifold").TSNE(random_state=seed, init="pca", perplexity=perplexity)
    return importlib.import_module("umap").UMAP(random_state=seed)
