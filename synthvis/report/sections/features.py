"""Distances between the features of both sets."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from synthvis.gap.comparison import FeatureComparison
from synthvis.gap.distances import Distance, DistanceResult
from synthvis.gap.distances.registry import RANKING_DISTANCE, distances_of_names
from synthvis.gap.neighbours import ManifoldScores
from synthvis.report.page import BuiltSections, Section
from synthvis.report.report_inputs import ReportInputs, SetGap
from synthvis.report.sections.comparison_hints import gap_missing
from synthvis.viz.pictures import image_uri

__all__ = ["features_sections"]

MAX_CLASSES = 10
SHEET_NAME, SHEET_PX = "missing.jpg", 640
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturesData:
    """What the section shows.

    Attributes:
        features: The comparison of features.
        ours, theirs: What to call the images of either side.
        lead: Its first sentence; empty where neither of its numbers was measured.
        rows: The distances.
        manifold: Precision, recall, density and coverage.
        ranking: The distance that orders the classes.
        class_rows: The classes, the farthest first.
        maps: The features in two dimensions.
        sheet: Photographed objects with their nearest renders as a data URI; None where it is kept out.
        has_sheets: Whether such sheets lie beside the comparison.
    """

    features: FeatureComparison
    ours: str
    theirs: str
    lead: str
    rows: tuple[DistanceRow, ...]
    manifold: tuple[ManifoldRow, ...]
    ranking: Distance
    class_rows: tuple[ClassRow, ...]
    maps: tuple[FeatureMap, ...]
    sheet: str | None
    has_sheets: bool


def features_sections(inputs: ReportInputs) -> BuiltSections:
    """A section for each comparison that has features."""
    several = len(inputs.gaps) > 1
    sections = [
        _section(gap, gap.comparison.features, several, embed_real=inputs.embed_real)
        for gap in inputs.gaps
        if gap.comparison.features
    ]
    missing = [
        gap_missing(inputs, f"Feature distances to {gap.comparison.real.set}", "the comparison left them out")
        for gap in inputs.gaps
        if not gap.comparison.features
    ]
    return BuiltSections(sections=tuple(sections), missing=tuple(missing))


def _section(gap: SetGap, features: FeatureComparison, is_one_of_several: bool, *, embed_real: bool) -> Section:
    of = f": {gap.comparison.real.set}" if is_one_of_several else ""
    ours, theirs = gap.comparison.side_names
    data = FeaturesData(
        features=features,
        ours=ours,
        theirs=theirs,
        lead=_lead(features, ours, theirs),
        rows=tuple(_rows(features)),
        manifold=tuple(_manifold(features)),
        ranking=RANKING_DISTANCE,
        class_rows=tuple(_classes(features)),
        maps=tuple(_maps(gap.folder)),
        sheet=image_uri(gap.folder / SHEET_NAME, SHEET_PX) if embed_real else None,
        has_sheets=(gap.folder / SHEET_NAME).is_file(),
    )
    return Section(template="features", title=f"Distances between their features{of}", data=data, short="features")


def _lead(features: FeatureComparison, ours: str, theirs: str) -> str:
    sentences = []
    known = (part.value("proxy_a") for part in (features.crops, features.images))
    proxy = next((value for value in known if value is not None), None)
    if proxy is not None:
        wrong = (2 - proxy) / 4
        sentences.append(f"A linear classifier on these features confuses {100 * wrong:.0f}% of {ours} and {theirs}")
    share = features.neighbours.far_real_share if features.neighbours else None
    if share is not None:
        sentences.append(
            f"{100 * share:.0f}% of the objects in {theirs} are farther from every object of their class in {ours} "
            f"than 95% of them are from their nearest neighbour in {theirs}; between equal sets it would be 5%"
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
