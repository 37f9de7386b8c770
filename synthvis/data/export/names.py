"""Names for the pictures of an export."""

from __future__ import annotations

from synthvis.data.formats.base import DataFormat
from synthvis.data.sample import Sample

__all__ = ["own_name"]

MAX_STEM_BYTES = 200
"""Of 255 that a file name can have: endings of masks and temporary files need the rest."""


def own_name(image: Sample, split: str, form: DataFormat, taken: set[str]) -> str:
    """The picture's own name, with that of its folder or a number where several share one.

    Names differ without their endings and in lower case too, since label files are named after pictures and some file
    systems tell no case apart.

    Args:
        image: The image.
        split: Name of its split.
        form: What it is written in.
        taken: Names of other pictures, without endings and in lower case; this one is added.
    """
    own, suffix = _safe_stem(image.path.stem), form.picture_suffix(image)
    parent = _safe_stem(image.path.parent.name)
    tried = [_named(one, form) for one in (own, f"{parent}_{own}", f"{split}_{own}", f"{split}_{image.id}")]
    stem = next((one for one in tried if one.casefold() not in taken), None)
    number = 1
    while stem is None:
        number += 1
        again = _named(f"{own}_{number}", form)
        stem = None if again.casefold() in taken else again
    taken.add(stem.casefold())
    return f"{stem}{suffix}"


def _named(stem: str, form: DataFormat) -> str:
    return stem if form.dots_in_names else stem.replace(".", "_")


def _safe_stem(text: str) -> str:
    """Without characters that some system takes for something else, or that lists of names cannot hold."""
    safe = "".join(one if one.isprintable() and one not in '/\\:*?"<>|' else "_" for one in text).strip(" .")
    while len(safe.encode("utf-8", "replace")) > MAX_STEM_BYTES:
        safe = safe[:-1]
    return safe or "picture"
