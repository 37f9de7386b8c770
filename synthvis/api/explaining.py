"""How one image came about, from its seed to its COCO entry."""

from __future__ import annotations

from synthvis.api.sources import Source, source_text
from synthvis.dataset.manifest import open_rendered
from synthvis.report.provenance import ImageProvenance, provenance_of

__all__ = ["explain_image"]


def explain_image(data: Source, index: int) -> ImageProvenance:
    """Read back everything that decided one image of a rendered dataset, and everything said about it.

    Args:
        data: A rendered dataset, or its folder.
        index: Number of the image, from 1.

    Returns:
        The seed, the sampled values, the objects, the labels, the COCO entry, the file behind each of them, and the
        command that makes this one image again.

    Raises:
        DatasetError: There is no such dataset, or a file of the image is damaged.
        UsageError: It has no such image.

    Examples:
        >>> import synthvis as sv
        >>> found = sv.explain_image("data/fruit", 2)
        >>> found.split, len(found.labels)
        ('train', 3)
    """
    return provenance_of(open_rendered(source_text(data)), index)
