"""How far the features of renders and photographs lie apart."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from synthvis.gap.comparison import FeatureComparison
from synthvis.gap.distances import Distance, DistanceResult
from synthvis.gap.distances.registry import RANKING_DISTANCE, distances_of_names
from synthvis.gap.neighbours import ManifoldScores
from synthvis.report.page import Part, Section
from synthvis.report.report_inputs import Material, SetGap
from synthvis.report.sections.comparing import gap_missing
from synthvis.viz.pictures import image_uri

__all__ = ["features_part"]

MAX_CLASSES = 10
SHEET_PX = 640
MAPS = (("embedding_images_pca.svg", "images"), ("embedding_crops_pca.svg", "objects"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceRow:
    """A distance of images and of objects, in the unit in which it is shown; None where it was not measured."""

    distance: Distance
    results: tuple[DistanceResult | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifoldRow:
    """A score of images and of objects."""

    title: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """The distance of a class."""

    name: str
    objects: int
    result: DistanceResult


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureMap:
    """A map of the features as a picture, in which a browser runs nothing."""

    uri: str
    of: str


def features_part(material: Material) -> Part:
    """A section for each comparison that has features."""
    several = len(material.gaps) > 1
    sections = [
        _section(gap, gap.comparison.features, several, embed_real=material.embed_real)
        for gap in material.gaps
        if gap.comparison.features
    ]
    holes = [
        gap_missing(material, f"Feature distances to {gap.comparison.real.set}", "the comparison left them out")
        for gap in material.gaps
        if not gap.comparison.features
    ]
    return Part(sections=tuple(sections), holes=tuple(holes))


def _section(gap: SetGap, features: FeatureComparison, is_one_of_several: bool, *, embed_real: bool) -> Section:
    of = f": {gap.comparison.real.set}" if is_one_of_several else ""
    facts = {
        "features": features,
        "lead": _lead(features),
        "rows": list(_rows(features)),
        "manifold": list(_manifold(features)),
        "ranking": RANKING_DISTANCE,
        "class_rows": list(_classes(features)),
        "maps": list(_maps(gap.folder)),
        "sheet": image_uri(gap.folder / "missing.jpg", SHEET_PX) if embed_real else None,
        "has_sheets": (gap.folder / "missing.jpg").is_file(),
    }
    return Section(name="features", title=f"How far their features are apart{of}", facts=facts, short="features")


def _lead(features: FeatureComparison) -> str:
    sentences = []
    known = (part.value("proxy_a") for part in (features.crops, features.images))
    proxy = next((value for value in known if value is not None), None)
    if proxy is not None:
        wrong = (2 - proxy) / 4
        sentences.append(
            f"A linear classifier on these features mistakes {100 * wrong:.0f}% of renders and photographs"
        )
    share = features.neighbours.far_real_share if features.neighbours else None
    if share is not None:
        sentences.append(
            f"{100 * share:.0f}% of the real objects are farther from every render of their class than 95% of real "
            "objects are from the nearest other one; between equal sets it would be 5%"
        )
    return ". ".join(sentences) + "." if sentences else ""


def _rows(features: FeatureComparison) -> Iterator[DistanceRow]:
    for distance in distances_of_names(features.distance_names):
        results = [part.distances.get(distance.name) for part in (features.images, features.crops)]
        shown = tuple(result.times(distance.scale) if result else None for result in results)
        if any(result is not None and result.value is not None for result in shown):
            yield DistanceRow(distance=distance, results=shown)


def _manifold(features: FeatureComparison) -> Iterator[ManifoldRow]:
    scores = [part.manifold for part in (features.images, features.crops)]
    if any(scores):
        for field in fields(ManifoldScores):
            values = tuple(getattr(one, field.name) if one else None for one in scores)
            yield ManifoldRow(title=field.name, values=values)


def _classes(features: FeatureComparison) -> Iterator[ClassRow]:
    """Classes by the distance that orders them, the farthest first."""
    found = [
        ClassRow(name=name, objects=part.rows.synthetic, result=result.times(RANKING_DISTANCE.scale))
        for name, part in features.crops_by_class.items()
        if (result := part.distances.get(RANKING_DISTANCE.name)) is not None and result.value is not None
    ]
    return iter(sorted(found, key=lambda row: -(row.result.value or 0.0))[:MAX_CLASSES])


def _maps(folder: Path) -> Iterator[FeatureMap]:
    for name, of in MAPS:
        path = folder / name
        if path.is_file():
            content = base64.b64encode(path.read_bytes()).decode("ascii")
            yield FeatureMap(uri=f"data:image/svg+xml;base64,{content}", of=of)
